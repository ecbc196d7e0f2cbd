"""What should we do together? Choosing with several criteria, weights, and the policy brief."""

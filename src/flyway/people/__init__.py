"""Who lives with the birds, and what did they learn? Household surveys, training, safe tables."""

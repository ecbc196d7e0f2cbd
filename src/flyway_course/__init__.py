"""The teaching tools of the course Counting Across Borders."""

"""nbgrader's gradebook: copied before it is written, written whole, brought back, read without harm."""

"""Who is in the class, and whose work a file is."""

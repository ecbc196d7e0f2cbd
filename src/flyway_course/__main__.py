"""`python -m flyway_course` is the same as `python3 course.py`, once set up."""

from flyway_course.cli import main

main()

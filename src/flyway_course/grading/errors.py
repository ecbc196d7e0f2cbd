"""The one error that the grading commands raise on purpose."""

from __future__ import annotations


class GradingError(Exception):
    """Something the instructor can mend; the message names the place and the mend."""


class NothingGraded(GradingError):
    """No work for an assignment has been graded yet; `short` is its short name, such as "X0"."""

    def __init__(self, short: str):
        super().__init__(f"Nothing is graded for {short} yet. First run: course.py grade {short}")

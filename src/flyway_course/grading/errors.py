"""The one error that the grading commands raise on purpose."""

from __future__ import annotations


class GradingError(Exception):
    """Something the instructor can mend; the message names the place and the mend."""

"""Whether marks belong to the tasks as they are now: two versions never mix on one page or table."""

from __future__ import annotations

from collections.abc import Iterable

from flyway_course.grading import stock
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError, command
from flyway_course.grading.manifest import Entry


def need_current(asked: Assignment, home: Cohort, graded: Iterable[Entry]) -> None:
    """Refuse work that was graded with other tasks, tests or data than there are now.

    Raises
    ------
    GradingError
        Some of it was; the message says what to run.
    """
    now = asked.digest(asked.files(home.folder), home.seed())
    theirs = stock.digest(asked)
    if any(e.tests != (theirs if e.engine == stock.ENGINE else now) for e in graded):
        raise GradingError(
            f"The tasks, tests or data of {asked.short} have changed since the work of the class "
            f"{home.name!r} was graded. Run: {command(f'grade {asked.short}', home.name)}"
        )

"""Whether marks belong to the tasks as they are now: two versions never mix on one page or table."""

from __future__ import annotations

from collections.abc import Iterable

from flyway_course.grading import stock
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError, command
from flyway_course.grading.intake.manifest import Entry
from flyway_course.grading.records import recorded
from flyway_course.grading.records.recorded import Recorded


def need_current(asked: Assignment, home: Cohort, graded: Iterable[Entry]) -> None:
    """Refuse work that was graded with other tasks, or whose marks are for another file.

    Raises
    ------
    GradingError
        Some of it was; the message says what to run.
    """
    graded, mend = list(graded), command(f"grade {asked.short}", home.name)
    now = asked.digest(asked.files(home.folder), home.seed())
    theirs = stock.digest(asked)
    if any(e.tests != (theirs if e.engine == stock.ENGINE else now) for e in graded):
        raise GradingError(
            f"The tasks, tests or data of {asked.short} have changed since the work of the class "
            f"{home.name!r} was graded. Run: {mend}"
        )
    known = recorded.read(home, asked.name)
    if other := [e.student for e in graded if _is_other(known.get(e.student), e)]:
        raise GradingError(
            f"The gradebook of {home.name!r} holds other marks than those of the work in the list, "
            f"as an older copy does: {', '.join(other)}. Run: {mend}"
        )


def _is_other(mine: Recorded | None, entry: Entry) -> bool:
    """Say whether marks are known to be for another file, or made with other tests."""
    if mine is None or not mine.file or entry.engine == stock.ENGINE:
        return False  # not there, or recorded by nbgrader itself or an older version
    return (mine.file, mine.tests) != (entry.sha256, entry.tests)

"""Write marks into nbgrader's gradebook: one writer, one transaction, all or nothing.

nbgrader opens the file and commits once for each cell. A class of 100 is written here in one
transaction, without importing nbgrader. The tables are its own, so formgrader and every nbgrader
tool read them; another version of nbgrader with other tables is refused by name.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flyway_course.grading.errors import GradingError
from flyway_course.grading.plan import ANSWER, WRITTEN, text_of
from flyway_course.grading.records import gradebook_file as book_file
from flyway_course.grading.records import recorded

if TYPE_CHECKING:
    from flyway_course.grading.assignment import Assignment
    from flyway_course.grading.cohort import Cohort

NO_RESPONSE = "No response."


@dataclass(frozen=True)
class Marks:
    """What one submission earned.

    `scores` are the points of each test by its name. `answered` says of each answer cell whether
    it was; `changed` names the answers that are new since the last time they were recorded, and their checks. `source`
    is what the gradebook remembers of where the marks come from.
    """

    scores: Mapping[str, float]
    answered: Mapping[str, bool]
    changed: frozenset[str] = field(default_factory=frozenset)
    time: str = ""
    source: recorded.Recorded | None = None


def _new() -> str:
    return uuid.uuid4().hex


@contextmanager
def writing(home: Cohort) -> Iterator[sqlite3.Connection]:
    """Open the gradebook for one transaction: committed at the end, undone at an error.

    Raises
    ------
    GradingError
        It is damaged, of another version of nbgrader, or locked by another program, or the disk
        refuses; the message names which.
    """
    with book_file.plain_errors(home):
        if book_file.state(home.gradebook) == book_file.MISSING:
            book_file.create(home.gradebook)
    book_file.need_whole(home)
    with book_file.plain_errors(home), closing(book_file.opened(home.gradebook)) as book:
        book.execute("BEGIN IMMEDIATE")
        try:
            yield book
            book.execute("COMMIT")
        except BaseException:
            if book.in_transaction:  # a full disk has undone it already
                book.execute("ROLLBACK")
            raise


def save_assignment(book: sqlite3.Connection, asked: Assignment, home: Cohort) -> str:
    """Bring the gradebook's copy of an assignment up to date; return its notebook's id.

    The gradebook keeps its own copy of every test. Renewing it before each run keeps an old
    gradebook from grading with old tests.

    Raises
    ------
    GradingError
        Tasks were added or removed after work was graded.
    """
    assignment = _find(book, "assignment", name=asked.name)
    if assignment is None:
        assignment = _insert(book, "assignment", name=asked.name, course_id="default_course")
    notebook = _find(book, "notebook", name=asked.name, assignment_id=assignment)
    kernel = json.dumps(asked.notebook["metadata"]["kernelspec"])
    if notebook is None:
        notebook = _insert(
            book, "notebook", name=asked.name, assignment_id=assignment, kernelspec=kernel
        )
    cells = _cells(asked)
    rows = book.execute("SELECT name, type, id FROM base_cell WHERE notebook_id=?", (notebook,))
    before = {(name, kind): id for name, kind, id in rows}
    wanted = {(name, kind) for name, (_, kinds) in cells.items() for kind in kinds}
    if set(before) != wanted and _graded_before(book, notebook):
        raise GradingError(
            f"The tasks of {asked.short} were added or removed after work was graded in the cohort "
            f"{home.name!r}. Grade with a new cohort (--cohort NAME), or bring back the version of "
            f"solutions/{asked.name} that the class worked with."
        )
    for (_, kind), id in before.items():
        if set(before) != wanted:
            book.execute(f"DELETE FROM {TABLES[kind]} WHERE id=?", (id,))
            book.execute("DELETE FROM base_cell WHERE id=?", (id,))
    known = before if set(before) == wanted else {}
    for name, (points, kinds) in cells.items():
        for kind in kinds:
            cell = known.get((name, kind))
            if cell is None:
                cell = _insert(book, "base_cell", name=name, notebook_id=notebook, type=kind)
                values = {"id": cell}
                if kind != "SolutionCell":
                    values |= {"max_score": points, "cell_type": _type(asked, name)}
                _insert(book, TABLES[kind], **values)
            elif kind != "SolutionCell":
                _set_points(book, kind, cell, points)
    book.execute("DELETE FROM source_cell WHERE notebook_id=?", (notebook,))
    for step, cell in zip(asked.plan, asked.notebook["cells"], strict=True):
        if mark := asked.marks.get(step.id):
            _insert(
                book,
                "source_cell",
                name=step.id,
                cell_type=_type(asked, step.id),
                locked=int(bool(mark.get("locked") and not mark.get("solution"))),
                source=text_of(cell),
                checksum=asked.checksum(step, released=False),
                notebook_id=notebook,
            )
    return notebook


def _set_points(book: sqlite3.Connection, kind: str, cell: str, points: float) -> None:
    """Set what a cell is worth; what was marked by hand for other points is looked at again."""
    done = book.execute(
        f"UPDATE {TABLES[kind]} SET max_score=? WHERE id=? AND max_score<>?", (points, cell, points)
    )
    if done.rowcount:
        book.execute(
            "UPDATE grade SET needs_manual_grade=1 WHERE cell_id=? AND manual_score IS NOT NULL",
            (cell,),
        )


TABLES = {"GradeCell": "grade_cells", "SolutionCell": "solution_cells", "TaskCell": "task_cells"}


def _cells(asked: Assignment) -> dict[str, tuple[float, list[str]]]:
    """Return nbgrader's kinds of each cell that it keeps marks or comments for."""
    found = {}
    for step in asked.plan:
        mark = asked.marks.get(step.id, {})
        kinds = [
            kind
            for kind, is_one in (
                ("GradeCell", mark.get("grade")),
                ("SolutionCell", mark.get("solution")),
                ("TaskCell", mark.get("task")),
            )
            if is_one
        ]
        if kinds:
            found[step.id] = (float(mark.get("points", 0)), kinds)
    return found


def _type(asked: Assignment, name: str) -> str:
    return next("code" if s.is_code else "markdown" for s in asked.plan if s.id == name)


def _graded_before(book: sqlite3.Connection, notebook: str) -> bool:
    found = book.execute("SELECT 1 FROM submitted_notebook WHERE notebook_id=?", (notebook,))
    return found.fetchone() is not None


def _find(book: sqlite3.Connection, table: str, **by: str) -> str | None:
    where = " AND ".join(f"{column}=?" for column in by)
    found = book.execute(f"SELECT id FROM {table} WHERE {where}", tuple(by.values())).fetchone()
    return found and found[0]


def _insert(book: sqlite3.Connection, table: str, **values: object) -> str:
    values = {"id": _new(), **values}
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    book.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))
    return str(values["id"])


def record(
    book: sqlite3.Connection, asked: Assignment, notebook: str, student: str, marks: Marks
) -> None:
    """Write the marks of one submission. Marks and comments given by hand stay.

    Where an answer changed after it, or a check of it, was marked by hand, the mark is kept and
    shown as to be looked at again.
    """
    if _find(book, "student", id=student) is None:
        _insert(book, "student", id=student)
    assignment = _find(book, "assignment", name=asked.name)
    handed = _find(book, "submitted_assignment", assignment_id=assignment, student_id=student)
    if handed is None:
        handed = _insert(book, "submitted_assignment", assignment_id=assignment, student_id=student)
    if marks.time:
        when = datetime.fromisoformat(marks.time).isoformat(sep=" ", timespec="microseconds")
        book.execute("UPDATE submitted_assignment SET timestamp=? WHERE id=?", (when, handed))
    own = _find(book, "submitted_notebook", assignment_id=handed, notebook_id=notebook)
    if own is None:
        own = _insert(
            book, "submitted_notebook", assignment_id=handed, notebook_id=notebook, flagged=0
        )
    if marks.source:
        recorded.write(book, own, marks.source)
    rows = book.execute("SELECT name, type, id FROM base_cell WHERE notebook_id=?", (notebook,))
    cells = {(name, kind): id for name, kind, id in rows}
    for step in asked.plan:
        if cell := cells.get((step.id, "GradeCell")) or cells.get((step.id, "TaskCell")):
            _record_grade(book, step, cell, own, marks)
        cell = cells.get((step.id, "SolutionCell")) or cells.get((step.id, "TaskCell"))
        if cell and step.kind in (ANSWER, WRITTEN):
            _record_comment(book, cell, own, marks.answered.get(step.id, False))


def _record_grade(
    book: sqlite3.Connection, step: object, cell: str, own: str, marks: Marks
) -> None:
    if step.id in marks.scores:
        score: float | None = marks.scores[step.id]
    else:  # marked by hand: no answer earns nothing, an answer waits for a person
        score = None if marks.answered.get(step.id, False) else 0.0
    row = book.execute(
        "SELECT id, auto_score, manual_score, extra_credit, needs_manual_grade FROM grade "
        "WHERE cell_id=? AND notebook_id=?",
        (cell, own),
    ).fetchone()
    if row is None:
        _insert(book, "grade", cell_id=cell, notebook_id=own, auto_score=score,
                needs_manual_grade=int(score is None))  # fmt: skip
        return
    id, old, by_hand, extra, waits = row
    if by_hand is None and not extra:
        waits = score is None
    elif score != old or step.id in marks.changed:
        waits = True  # what was marked by hand is not what is there now
    book.execute(
        "UPDATE grade SET auto_score=?, needs_manual_grade=? WHERE id=?", (score, int(waits), id)
    )


def _record_comment(book: sqlite3.Connection, cell: str, own: str, answered: bool) -> None:
    words = None if answered else NO_RESPONSE
    found = book.execute("SELECT id FROM comment WHERE cell_id=? AND notebook_id=?", (cell, own))
    if row := found.fetchone():
        book.execute("UPDATE comment SET auto_comment=? WHERE id=?", (words, row[0]))
    else:
        _insert(book, "comment", cell_id=cell, notebook_id=own, auto_comment=words)

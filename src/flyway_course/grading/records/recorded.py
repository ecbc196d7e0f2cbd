"""What the gradebook remembers of how each mark came about: the file, the tests and the answers.

The list of files and the gradebook are two files, and a copy of one may be brought back without the
other. So the gradebook itself says what its marks are for, and its copies say it too. nbgrader leaves
a table that it does not know alone.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flyway_course.grading.plan import ANSWER, TEST, Step
from flyway_course.grading.records import gradebook_file as book_file

if TYPE_CHECKING:
    from flyway_course.grading.cohort import Cohort

TABLE = """
CREATE TABLE IF NOT EXISTS flyway_recorded (
    notebook_id VARCHAR(32) NOT NULL,
    file VARCHAR(64) NOT NULL,
    tests VARCHAR(64) NOT NULL,
    answers TEXT NOT NULL,
    PRIMARY KEY (notebook_id)
)
"""
HANDED = """
SELECT s.student_id, n.id
FROM submitted_notebook n
JOIN submitted_assignment s ON s.id = n.assignment_id
JOIN assignment a ON a.id = s.assignment_id
WHERE a.name = ?
"""


@dataclass(frozen=True)
class Recorded:
    """Where the marks of one submission come from.

    `file` is the SHA-256 of the file that was handed in and `tests` that of the tests. `answers`
    holds the fingerprint of each answer, by the name of its cell.
    """

    file: str = ""
    tests: str = ""
    answers: Mapping[str, str] | None = None


def fingerprint(answer: str) -> str:
    """Return a short hash of an answer."""
    return hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def changed(
    plan: list[Step], now: Mapping[str, str], before: Iterable[Mapping[str, str]]
) -> frozenset[str]:
    """Return what a mark by hand may no longer be for: answers that are new, and the checks of them.

    `now` and `before` are fingerprints by the names of cells. An answer is the one that was marked
    only where all of `before` have it; a check looks at the answers between it and the check before.
    """
    known = list(before)
    new = {name for name in now if not known or any(b.get(name) != now[name] for b in known)}
    judged: set[str] = set()
    checked = False
    for step in plan:
        if step.kind == ANSWER:
            judged = {step.id} if checked else judged | {step.id}
            checked = False
        elif step.kind == TEST:
            checked = True
            new |= {step.id} if judged & new else set()
    return frozenset(new)


def read(home: Cohort, assignment: str) -> dict[str, Recorded]:
    """Return by trainee where the marks of an assignment come from.

    Marks that nbgrader itself or an older version of the course has recorded have an empty
    `Recorded`. There is nothing where the gradebook is missing.

    Raises
    ------
    GradingError
        The gradebook is damaged, or of another version of nbgrader.
    """
    book_file.need_whole(home, missing=True)
    if not home.gradebook.exists():
        return {}
    with book_file.plain_errors(home), closing(book_file.opened(home.gradebook)) as book:
        handed = book.execute(HANDED, (assignment,)).fetchall()
        table = book.execute("SELECT 1 FROM sqlite_master WHERE name='flyway_recorded'")
        rows = book.execute("SELECT * FROM flyway_recorded") if table.fetchone() else ()
        known = {id: Recorded(file, tests, json.loads(said)) for id, file, tests, said in rows}
    return {student: known.get(id, Recorded()) for student, id in handed}


def write(book: sqlite3.Connection, notebook: str, made: Recorded) -> None:
    """Remember where the marks of a submitted notebook come from."""
    book.execute(TABLE)
    values = (notebook, made.file, made.tests, json.dumps(dict(made.answers or {})))
    book.execute("INSERT OR REPLACE INTO flyway_recorded VALUES (?, ?, ?, ?)", values)


def doubt(book: sqlite3.Connection) -> None:
    """Say of every mark whose answer is not known that it may be for another answer.

    That is so in a copy from before this table: the graded notebooks beside it may be newer.
    """
    book.execute(TABLE)
    book.execute(
        "INSERT OR IGNORE INTO flyway_recorded SELECT id, '', '', '{}' FROM submitted_notebook"
    )

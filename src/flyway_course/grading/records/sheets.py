"""Read marks from the gradebook: one sheet for each trainee. Nothing is written here."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.records import gradebook_file as book_file

SCORES = """
SELECT s.student_id, b.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade,
       COALESCE(c.max_score, t.max_score)
FROM grade g
JOIN submitted_notebook n ON n.id = g.notebook_id
JOIN submitted_assignment s ON s.id = n.assignment_id
JOIN assignment a ON a.id = s.assignment_id
JOIN base_cell b ON b.id = g.cell_id
LEFT JOIN grade_cells c ON c.id = b.id
LEFT JOIN task_cells t ON t.id = b.id
WHERE a.name = ?
"""
COMMENTS = """
SELECT s.student_id, b.name, c.auto_comment, c.manual_comment
FROM comment c
JOIN submitted_notebook n ON n.id = c.notebook_id
JOIN submitted_assignment s ON s.id = n.assignment_id
JOIN assignment a ON a.id = s.assignment_id
JOIN base_cell b ON b.id = c.cell_id
WHERE a.name = ?
"""


@dataclass(frozen=True)
class Mark:
    """The mark of one cell. `waits` says that a person still has to look at it."""

    score: float
    points: float
    waits: bool

    @property
    def is_full(self) -> bool:
        """Whether it is sure and all points are there; a person may have given more."""
        return self.score >= self.points and not self.waits


@dataclass
class Sheet:
    """The marks of one trainee, by the name of the cell, and what was written to them."""

    student: str
    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The points so far: a mark that waits may be for an answer from before."""
        return sum(mark.score for mark in self.marks.values() if not mark.waits)

    @property
    def points(self) -> float:
        """The points that can be earned."""
        return sum(mark.points for mark in self.marks.values())

    @property
    def pending(self) -> float:
        """The points that wait for a person."""
        return sum(mark.points for mark in self.marks.values() if mark.waits)


def read(home: Cohort, assignment: str) -> dict[str, Sheet]:
    """Return the sheets of an assignment by trainee.

    Raises
    ------
    GradingError
        The gradebook is missing, damaged, or of another version of nbgrader.
    """
    book_file.need_whole(home)
    sheets: dict[str, Sheet] = {}
    with book_file.plain_errors(home), closing(book_file.opened(home.gradebook)) as book:
        for student, cell, auto, by_hand, extra, waits, points in book.execute(
            SCORES, (assignment,)
        ):
            base = by_hand if by_hand is not None else auto or 0.0
            mark = Mark(base + (extra or 0.0), points, bool(waits))
            sheets.setdefault(student, Sheet(student)).marks[cell] = mark
        for student, cell, auto, by_hand in book.execute(COMMENTS, (assignment,)):
            if words := by_hand or auto:
                sheets.setdefault(student, Sheet(student)).comments[cell] = words
    return sheets

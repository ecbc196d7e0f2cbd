"""Export the marks of an assignment as a table that opens in any spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

from flyway_course.grading import manifest as m
from flyway_course.grading.assignments import resolve, short_name
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError

FORMATS = ("csv",)
FINAL, PENDING, REFUSED = "final", "pending: marking by hand", "refused"


def export(assignment: str, to: str = "csv", cohort: str | Path | Cohort = "class") -> Path:
    """Write `cohorts/<cohort>/marks/<assignment>.csv` and return its path.

    One row for each trainee. `score` is empty until every part is marked: a half-marked assignment
    shows `points_so_far` and the status "pending", never a final mark. Trainees whose every file
    was refused have a row too.

    Raises
    ------
    GradingError
        An unknown format, or nothing is graded yet.
    """
    if to not in FORMATS:
        raise GradingError(f"Marks can be exported to {', '.join(FORMATS)}; not to {to!r}.")
    home = Cohort.of(cohort)
    name = resolve(assignment, home.solutions)
    listed = m.Manifest.load(home.manifest_path(name))
    graded = [e.student for e in listed.current() if e.state == m.GRADED]
    if not graded:
        short = short_name(name)
        raise GradingError(f"Nothing is graded for {short} yet. First run: course.py grade {short}")
    rows = _rows(home, name, graded)
    refused = {e.student: e.reason for e in listed.refusals() if e.student not in (*graded, "")}
    rows += [
        {"student": s, "assignment": name, "status": REFUSED, "note": why}
        for s, why in sorted(refused.items())
    ]
    path = home.marks_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    new = path.with_suffix(".new")
    # the byte-order mark tells spreadsheets that names are UTF-8
    with new.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({k: _safe(v) for k, v in row.items()} for row in rows)
    new.replace(path)
    return path


def _rows(home: Cohort, name: str, students: list[str]) -> list[dict[str, object]]:
    """Return one row for each graded trainee, from the gradebook; tasks in the notebook's order."""
    from nbgrader.api import Gradebook

    from flyway_course.grading import notebooks
    from flyway_course.paths import put_tools_on_path

    put_tools_on_path()
    source = notebooks.read(home.folder / "source" / name / f"{name}.ipynb")
    order = [notebooks.grade_id(cell) for cell in source.cells]
    rows = []
    with Gradebook(home.db_url) as gradebook:
        for student in students:
            submission = gradebook.find_submission(name, student)
            grades = [g for notebook in submission.notebooks for g in notebook.grades]
            pending = [g for g in grades if g.needs_manual_grade]
            row: dict[str, object] = {
                "student": student,
                "assignment": name,
                "status": PENDING if pending else FINAL,
                "score": "" if pending else submission.score,
                "points_so_far": submission.score,
                "points": submission.max_score,
                "points_pending": sum(g.max_score for g in pending),
                "note": "",
            }
            marks = {g.name: "pending" if g in pending else g.score for g in grades}
            rows.append(row | {task: marks[task] for task in order if task in marks})
    return rows


def _safe(value: object) -> object:
    """Keep a spreadsheet from reading a trainee's name or a reason as a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value

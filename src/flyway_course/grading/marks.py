"""Export the marks of an assignment: a table for any spreadsheet, or what Moodle and Canvas read."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from flyway_course.grading import manifest as m
from flyway_course.grading import sheets
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import SANDBOX
from flyway_course.grading.errors import GradingError
from flyway_course.grading.roster import Person, people

FORMATS = ("csv", "moodle", "canvas")
FINAL, PENDING, REFUSED, ABSENT = (
    "final",
    "pending: marking by hand",
    "refused",
    "nothing handed in",
)


def export(assignment: str, to: str = "csv", cohort: str | Path | Cohort = "class") -> Path:
    """Write the marks of a class into its folder `marks/` and return the file.

    `csv` has one row for each trainee and one column for each task. `score` is empty until every
    part is marked: a half-marked assignment shows `points_so_far` and the status "pending", never
    a final mark. Trainees whose every file was refused, and those of the roster who handed in
    nothing, have a row too. `moodle` and `canvas` give the table that the platform's gradebook
    imports; there a pending mark is left empty, so that nothing is overwritten by half a mark.

    Raises
    ------
    GradingError
        An unknown format, or nothing is graded yet.
    """
    if to not in FORMATS:
        raise GradingError(f"Marks can be exported to {', '.join(FORMATS)}; not to {to!r}.")
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    listed = m.Manifest.load(home.manifest_path(asked.name))
    graded = listed.graded(asked.short)
    rows = _rows(home, asked, listed, graded)
    path = home.marks_path(asked.name)
    if to != "csv":
        path = path.with_name(f"{asked.name}-{to}.csv")
        rows = (_moodle if to == "moodle" else _canvas)(rows, asked, listed, home)
    _write(path, rows)
    return path


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    new = path.with_suffix(".new")
    # the byte-order mark tells spreadsheets that names are UTF-8
    with new.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({k: _safe(v) for k, v in row.items()} for row in rows)
    new.replace(path)


def _rows(
    home: Cohort, asked: Assignment, listed: m.Manifest, graded: Iterable[m.Entry]
) -> list[dict[str, object]]:
    """Return one row for each trainee; tasks in the notebook's order."""
    all_sheets = sheets.read(home, asked.name)
    rows = []
    for entry in graded:
        sheet = all_sheets.get(entry.student)
        if sheet is None:
            continue
        row: dict[str, object] = {
            "student": entry.student,
            "assignment": asked.name,
            "status": PENDING if sheet.pending else FINAL,
            "score": "" if sheet.pending else sheet.score,
            "points_so_far": sheet.score,
            "points": sheet.points,
            "points_pending": sheet.pending,
            "note": _note(entry),
        }
        for step in asked.plan:
            if mark := sheet.marks.get(step.id):
                row[step.id] = "pending" if mark.waits else mark.score
        rows.append(row)
    named = {e.student for e in graded} | {""}
    refused = {e.student: e.reason for e in listed.refusals() if e.student not in named}
    rows += [
        {"student": s, "assignment": asked.name, "status": REFUSED, "note": why}
        for s, why in sorted(refused.items())
    ]
    there = named | set(refused)
    rows += [
        {"student": p.name, "assignment": asked.name, "status": ABSENT}
        for p in people(home)
        if p.name not in there
    ]
    return rows


def _note(entry: m.Entry) -> str:
    notes = [entry.reason, f"mended: {entry.repairs}" if entry.repairs else ""]
    notes.append("" if entry.engine == SANDBOX else f"graded by {entry.engine}")
    return "; ".join(note for note in notes if note)


def _moodle(
    rows: list[dict[str, object]], asked: Assignment, listed: m.Manifest, home: Cohort
) -> list[dict[str, object]]:
    """Return the columns of Moodle's grading worksheet."""
    known = _known(listed, home)
    return [
        {
            "Identifier": f"Participant {known[who].moodle}" if known[who].moodle else "",
            "Full name": who,
            "Email address": known[who].email,
            "Status": row["status"],
            "Grade": row.get("score", ""),
            "Maximum Grade": sum(step.points for step in asked.plan),
            "Feedback comments": row.get("note", ""),
        }
        for row in rows
        if (who := str(row["student"]))
    ]


def _canvas(
    rows: list[dict[str, object]], asked: Assignment, listed: m.Manifest, home: Cohort
) -> list[dict[str, object]]:
    """Return the columns of Canvas's gradebook; the first row holds the points possible."""
    known = _known(listed, home)
    title = f"{asked.short} {asked.name}"
    columns = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    first: dict[str, object] = dict.fromkeys(columns, "")
    first |= {"Student": "    Points Possible", title: sum(step.points for step in asked.plan)}
    return [first] + [
        {
            "Student": who,
            "ID": known[who].canvas,
            "SIS User ID": known[who].id if known[who].id != who else "",
            "SIS Login ID": known[who].email,
            "Section": home.name,
            title: row.get("score", ""),
        }
        for row in rows
        if (who := str(row["student"]))
    ]


class _Known(dict):
    def __missing__(self, name: str) -> Person:
        return Person(name=name)


def _known(listed: m.Manifest, home: Cohort) -> _Known:
    """Return what is known of each trainee: the roster, and the numbers in files' names."""
    known = _Known({p.name: p for p in people(home)})
    for entry in listed.current():
        if entry.number and entry.student not in known:
            known[entry.student] = Person(
                name=entry.student, moodle=entry.number, canvas=entry.number
            )
    return known


def _safe(value: object) -> object:
    """Keep a spreadsheet from reading a trainee's name or a reason as a formula."""
    risky = isinstance(value, str) and value.lstrip()[:1] in tuple("=+-@\t\r|%")
    return f"'{value}" if risky else value

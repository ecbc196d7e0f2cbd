"""Export the marks of an assignment: a table for any spreadsheet, or what Moodle and Canvas read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import SANDBOX
from flyway_course.grading.errors import GradingError, number_of
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.people import tables
from flyway_course.grading.people.roster import Person, people, roster_path
from flyway_course.grading.records import sheets
from flyway_course.grading.records.up_to_date import need_current
from flyway_course.grading.trainees import Trainee, gather

FORMATS = ("csv", "moodle", "canvas")
FINAL, PENDING, WAITING, LOST, REFUSED, ABSENT = STATUSES = (
    "final",
    "pending: marking by hand",
    "not graded yet: run grade",
    "not in the gradebook: run grade",
    "refused",
    "nothing handed in",
)
MARKS = ("score", "points_so_far", "points", "points_pending")
Row = dict[str, object]


def export(
    assignment: str,
    to: str = "csv",
    cohort: str | Path | Cohort = "class",
    say: Callable[[str], None] = lambda words: None,
) -> Path:
    """Write the marks of a class into its folder `marks/` and return the file.

    `csv` has one row for each trainee and one column for each task. `score` is empty until every
    part is marked: a half-marked assignment shows `points_so_far` and the status "pending", never
    a final mark. Trainees whose every file was refused, and those of the roster who handed in
    nothing, have a row too. `student` is what the files of a trainee are called, `on_the_roster` what
    your list of people says. `moodle` and `canvas` give the table that the platform's gradebook
    imports; there a pending mark is left empty, so that nothing is overwritten by half a mark. `say`
    is told whom the platform will pass over.

    Raises
    ------
    GradingError
        An unknown format, nothing is graded yet, or the tasks have changed since.
    """
    if to not in FORMATS:
        raise GradingError(f"Marks can be exported to {', '.join(FORMATS)}; not to {to!r}.")
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    listed = m.Manifest.load(home.manifest_path(asked.name))
    need_current(asked, home, listed.graded(asked.short))
    found = _rows(home, asked, listed)
    path = home.marks_path(asked.name)
    if to == "csv":
        rows = [row for _, row in found]
    else:
        path = path.with_name(f"{asked.name}-{to}.csv")
        rows = (_moodle if to == "moodle" else _canvas)(found, asked, home)
        if strangers := [row["student"] for who, row in found if _is_stranger(who.person, row, to)]:
            say(
                f"{to.capitalize()} will pass over {number_of(len(strangers), 'trainee')} whose number "
                f"is not known: {', '.join(map(str, strangers))}. Write the numbers into the column "
                f"{to!r} of {roster_path(home)}, then export again."
            )
    tables.write(path, dict.fromkeys(column for row in rows for column in row), rows)
    return path


def _rows(home: Cohort, asked: Assignment, listed: m.Manifest) -> list[tuple[Trainee, Row]]:
    """Return one row for each trainee, those with marks first; tasks in the notebook's order."""
    all_sheets = sheets.read(home, asked.name)
    rows = []
    for trainee in gather(people(home), listed):
        entry = trainee.counts
        sheet = all_sheets.get(entry.student) if entry and entry.state == m.GRADED else None
        row: Row = {
            "student": trainee.name,
            "assignment": asked.name,
            "status": _status(trainee, sheet),
            **dict.fromkeys(MARKS, ""),
            "note": _note(trainee, listed),
            "on_the_roster": trainee.person.name if trainee.listed else "",
        }
        if sheet is not None:
            so_far = (sheet.score, sheet.points, sheet.pending)
            row |= zip(MARKS, ("" if sheet.pending else sheet.score, *so_far), strict=True)
        for step in asked.plan:
            if sheet is not None and (mark := sheet.marks.get(step.id)):
                row[step.id] = "pending" if mark.waits else mark.score
        rows.append((trainee, row))
    return sorted(rows, key=lambda found: _place(found[1]))


def _place(row: Row) -> tuple[int, str]:
    """Return where a row stands: those who are absent in the order of the roster."""
    status = str(row["status"])
    marked = status in (FINAL, PENDING)
    return 0 if marked else STATUSES.index(status), "" if status == ABSENT else str(row["student"])


def _status(trainee: Trainee, sheet: sheets.Sheet | None) -> str:
    if sheet is not None:
        return PENDING if sheet.pending else FINAL
    if entry := trainee.counts:
        return LOST if entry.state == m.GRADED else WAITING
    return REFUSED if trainee.refused else ABSENT


def _note(trainee: Trainee, listed: m.Manifest) -> str:
    entry = trainee.counts
    if entry is None:
        return "; ".join(dict.fromkeys(e.reason for e in trainee.refused))
    notes = [entry.reason, f"mended: {entry.repairs}" if entry.repairs else "", entry.doubt]
    notes.append(listed.not_used(entry))
    notes.append(f"graded by {entry.engine}" if entry.engine not in ("", SANDBOX) else "")
    older = {e.student for e in trainee.entries if e.state != m.REFUSED} - {entry.student}
    notes += [f"older work, called {name}, does not count" for name in sorted(older)]
    return "; ".join(note for note in notes if note)


def _is_stranger(person: Person, row: Row, to: str) -> bool:
    """Say whether a platform cannot tell whose a row with marks is."""
    known = person.moodle if to == "moodle" else person.canvas or person.id or person.email
    return row["status"] in (FINAL, PENDING) and not known


def _moodle(found: list[tuple[Trainee, Row]], asked: Assignment, home: Cohort) -> list[Row]:
    """Return the columns of Moodle's grading worksheet.

    Moodle takes no worksheet without "Last modified (grade)". It would put a column of its name
    "Feedback comments", also an empty cell, in the place of what was written there by hand.
    """
    return [
        {
            "Identifier": f"Participant {who.person.moodle}" if who.person.moodle else "",
            "Full name": who.person.name,
            "Email address": who.person.email,
            "Status": row["status"],
            "Grade": row["score"],
            "Maximum Grade": row["points"] or sum(step.points for step in asked.plan),
            "Last modified (grade)": "-",
            "Note": row["note"],
        }
        for who, row in found
    ]


def _canvas(found: list[tuple[Trainee, Row]], asked: Assignment, home: Cohort) -> list[Row]:
    """Return the columns of Canvas's gradebook; the first row holds the points possible."""
    title = f"{asked.short} {asked.name}"
    columns = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    first: Row = dict.fromkeys(columns, "")
    first |= {"Student": "    Points Possible", title: sum(step.points for step in asked.plan)}
    return [first] + [
        {
            "Student": who.person.name,
            "ID": who.person.canvas,
            "SIS User ID": who.person.id,
            "SIS Login ID": who.person.email,
            "Section": home.name,
            title: row["score"],
        }
        for who, row in found
    ]

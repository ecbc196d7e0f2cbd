"""What an instructor should look at: each task's success and usual mistakes, each trainee in need."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from flyway_course.grading import hidden, outcome
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import SANDBOX
from flyway_course.grading.errors import number_of
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.people.roster import people
from flyway_course.grading.plan import ANSWER, TEST, WRITTEN
from flyway_course.grading.records import sheets
from flyway_course.grading.records.up_to_date import need_current
from flyway_course.grading.trainees import gather

SLOW_S, LONG_S, LOW = 20.0, 5.0, 0.5
MOST_SENTENCES = 3
LONGEST_SEEN = 80  # values are kept up to here: longer ones may differ behind it


@dataclass
class TaskReport:
    """One test: how many passed, how long it took for whom, what was said to those who failed.

    The first test of a task has the time of the answer with it.
    """

    name: str
    label: str
    passed: int = 0
    tried: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    sentences: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def time(self) -> str:
        """The seconds of the one in the middle of the class; a dash where they are not known."""
        return f"{median(self.seconds.values()):.2f} s" if self.seconds else "-"

    @property
    def slowest(self) -> list[str]:
        """Who took long, if anybody did."""
        who = max(self.seconds, key=self.seconds.__getitem__, default="")
        return [f"{self.seconds[who]:.0f} s for {who}"] if self.seconds.get(who, 0) > LONG_S else []


@dataclass
class Report:
    """The report of one assignment in one class."""

    assignment: str
    cohort: str
    counts: str
    tasks: list[TaskReport]
    people: list[tuple[str, str]]
    pending: int
    alike: list[list[str]]
    marked: list[str]
    seconds: float

    def text(self) -> str:
        """Return the report as text for a terminal or a file."""
        lines = [f"{self.assignment}, class {self.cohort}", self.counts]
        lines += [f"NOT SAFE: {note}" for note in self.marked]
        if self.pending:
            waiting = number_of(self.pending, "answer waits", "answers wait")
            lines.append(f"{waiting} to be marked by hand.")
        lines.append(f"Running the notebooks took {self.seconds:.0f} s in all.")
        lines += ["", "Tasks: who passed, and the seconds of the one in the middle of the class"]
        for task in self.tasks:
            share = task.passed / task.tried if task.tried else 0
            lines.append(
                f"  {share:4.0%}  {task.passed} of {task.tried}  {task.time:>6}  "
                f"{task.label} ({task.name})"
            )
            lines += [f"          {text}" for text in task.slowest]
            for said, count in task.sentences.most_common(MOST_SENTENCES):
                lines.append(f"          {count} x {said}")
            common = [
                f"{said} ({count} x)" for said, count in task.answers.most_common(3) if count > 1
            ]
            if common:
                lines.append(f"          usual wrong answers: {'; '.join(common)}")
        lines += ["", "Look at"]
        lines += [f"  {who}: {why}" for who, why in self.people] or ["  nobody in particular"]
        if self.alike:
            lines += [
                "",
                "The same code, as pairs hand it in; it was run once",
            ]
            lines += [f"  {', '.join(names)}" for names in self.alike]
        return "\n".join(lines) + "\n"


def report(assignment: str, cohort: str | Path | Cohort = "class") -> Report:
    """Return the report of an assignment.

    Raises
    ------
    GradingError
        Nothing is graded yet, or the tasks have changed since.
    """
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    listed = m.Manifest.load(home.manifest_path(asked.name))
    graded = listed.graded(asked.short)
    need_current(asked, home, graded)
    names = {entry.student for entry in graded}  # the gradebook keeps the marks of old names too
    every = sheets.read(home, asked.name)
    all_sheets = {who: sheet for who, sheet in every.items() if who in names}
    found = {e.student: _outcome(e, asked, home) for e in graded}
    marked = sorted({f"some work was graded by {e.engine}" for e in graded if e.engine != SANDBOX})
    return Report(
        assignment=asked.short,
        cohort=home.name,
        counts=listed.summary(),
        tasks=_tasks(asked, all_sheets, found, _right(asked, home, graded[0].tests)),
        people=[
            *_left_behind(asked, listed, every),
            *_people(asked, home, listed, graded, all_sheets, found),
        ],
        pending=sum(mark.waits for s in all_sheets.values() for mark in s.marks.values()),
        alike=_alike(graded, found),
        marked=marked,
        seconds=sum({_ran(e): o.seconds for e in graded if (o := found[e.student])}.values()),
    )


def _ran(entry: m.Entry) -> str:
    """Return what an entry's outcome is named after; a list of an older version names the file."""
    return entry.program or entry.sha256


def _alike(graded: list[m.Entry], found: dict[str, Outcome | None]) -> list[list[str]]:
    """Return the trainees who handed in the same code, where it earned anything."""
    groups: dict[str, list[str]] = {}
    for entry in graded:
        if (mine := found[entry.student]) and any(mine.scores.values()):
            groups.setdefault(_ran(entry), []).append(entry.student)
    return sorted(names for names in groups.values() if len(names) > 1)


def _outcome(entry: m.Entry, asked: Assignment, home: Cohort) -> Outcome | None:
    name = f"{outcome.key(_ran(entry), entry.tests)}.json"
    return Outcome.load(home.folder / "outcomes" / asked.name / name)


def _right(asked: Assignment, home: Cohort, tests: str) -> dict[str, str]:
    """Return the values that the reference solution gave when it was graded here."""
    done = Outcome.load(outcome.of_the_reference(home.folder, asked.name, tests))
    return done.seen if done else {}


def _is_wrong(value: str, right: str | None) -> bool:
    """Say whether a value can be told as a wrong one: not as the right one, and not cut short."""
    try:
        same = math.isclose(float(value), float(right or "nan"), rel_tol=1e-9)
    except ValueError:  # words
        same = value == right
    return not same and len(value) < LONGEST_SEEN


def _tasks(
    asked: Assignment,
    all_sheets: dict[str, sheets.Sheet],
    found: dict[str, Outcome | None],
    right: dict[str, str],
) -> list[TaskReport]:
    """Return the report of each test; `right` are the values of the reference solution."""
    made = []
    asks: list[str] = []
    answer = ""  # whose time is still to be told
    for step in asked.plan:
        if step.kind == ANSWER:
            asks, answer = sorted(step.names), step.id
        if step.kind != TEST:
            continue
        task = TaskReport(step.id, hidden.label(step.source))
        for student, sheet in all_sheets.items():
            mark, mine = sheet.marks.get(step.id), found.get(student)
            if mark is None:
                continue
            task.tried += 1
            task.passed += mark.is_full
            if mine and step.id in mine.took:
                task.seconds[student] = mine.took[step.id] + mine.took.get(answer, 0.0)
            if mine and step.id in mine.said:
                task.sentences[mine.said[step.id]] += 1
                given = {n: mine.seen[n] for n in asks if n in mine.seen}
                task.answers.update(
                    f"{n} = {v}" for n, v in given.items() if _is_wrong(v, right.get(n))
                )
        made.append(task)
        answer = ""
    return made


def _left_behind(
    asked: Assignment, listed: m.Manifest, every: dict[str, sheets.Sheet]
) -> list[tuple[str, str]]:
    """Return the names that have marks by hand in the gradebook, and no file on the list."""
    by_hand = {s.id for s in asked.plan if s.kind == WRITTEN}
    here = {entry.student for entry in listed.entries}
    marked = [
        who
        for who, sheet in every.items()
        if any(sheet.marks[n].score for n in by_hand & set(sheet.marks))
    ]
    why = (
        "has marks that you gave by hand, and no file any more. Was it renamed? Give the file or its "
        "folder the old name, collect again and grade; or mark it anew under its new name"
    )
    return [(who, why) for who in sorted(marked) if who not in here]


def _people(
    asked: Assignment,
    home: Cohort,
    listed: m.Manifest,
    graded: list[m.Entry],
    all_sheets: dict[str, sheets.Sheet],
    found: dict[str, Outcome | None],
) -> list[tuple[str, str]]:
    """Return who needs a look, and why; those in most need first."""
    tests = sum(s.points for s in asked.plan if s.kind == TEST)
    by_hand = {s.id for s in asked.plan if s.kind == WRITTEN}
    needs: list[tuple[float, str, str]] = []
    for entry in graded:
        sheet, mine = all_sheets.get(entry.student), found.get(entry.student)
        if sheet is None:
            needs.append((-2, entry.student, "not in the gradebook: run grade"))
            continue
        sure = [k for name, k in sheet.marks.items() if name not in by_hand and not k.waits]
        share = sum(mark.score for mark in sure) / (tests or 1)
        why = []
        if entry.reason:
            why.append(entry.reason)
        if share < LOW:
            why.append(f"{share:.0%} of the checks hold")
        if mine and mine.seconds > SLOW_S:
            why.append(f"it ran for {mine.seconds:.0f} s")
        if entry.repairs:
            why.append(f"mended: {entry.repairs}")
        why += filter(None, (entry.doubt, listed.not_used(entry)))
        if why:
            needs.append((share, entry.student, "; ".join(why)))
    needs += [(-1, e.file, e.reason) for e in listed.refusals() if not e.student]
    for trainee in gather(people(home), listed):
        entry = trainee.counts
        if entry is None:
            needs += [(-1, trainee.name, e.reason) for e in trainee.refused]
            needs += [] if trainee.refused else [(-0.5, trainee.name, "nothing handed in")]
        elif entry.state != m.GRADED:
            needs.append((-0.5, trainee.name, "handed in, but not graded yet: run grade"))
    return [(who, why) for _, who, why in sorted(needs)]

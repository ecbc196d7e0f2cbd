"""Take in what trainees hand in: notebooks, folders of them, zip files of a learning platform.

Whose work a file is, is read from its folder (`Anna Kim/x0-first-counts.ipynb`), from its name
(`x0-first-counts-Anna Kim.ipynb`), or from what Moodle, Canvas and nbgrader's exchange call it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from flyway_course.grading import whole_files
from flyway_course.grading.answers.rebuild import OTHER_NOTEBOOK, RebuildError, Rebuilt, rebuild
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.assignments import known_assignments
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import kinds, times
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.archives import Received, files
from flyway_course.grading.intake.reading import Handed, ReadError, read
from flyway_course.grading.people import names
from flyway_course.grading.people.class_list import ClassList
from flyway_course.grading.people.owners import owners
from flyway_course.grading.people.roster import people
from flyway_course.grading.records import recorded

COMPUTERS_OWN = (".ipynb_checkpoints", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def collect(source: Path, assignment: str, cohort: str | Path | Cohort = "class") -> m.Manifest:
    """Take every file in `source` into the cohort and return the manifest of an assignment.

    The original bytes of each notebook are kept in `received/`. The newest one of each trainee
    counts, and is put, rebuilt, where nbgrader looks for it. Every other file is listed with the
    reason why it does not count.

    Raises
    ------
    GradingError
        `source` does not exist or is not a zip archive, or a file would be unaccounted for.
    """
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    known, listed = _known(home), ClassList(people(home))
    judged = [judge(one, asked, home, known, listed) for one in _handed_in(source, home, listed)]
    return _take_in(judged, asked, home, listed)


def _known(home: Cohort) -> list[Assignment]:
    return [Assignment(name, home.solutions) for name in known_assignments(home.solutions).values()]


def _handed_in(source: Path, home: Cohort, listed: ClassList) -> Iterator[Received]:
    """Give the files of `source`; the class's own folder is not what trainees handed in.

    A folder or a zip of somebody who is `listed` in the class is theirs.
    """
    place, own = Path(source).resolve(), home.folder.resolve()
    kept = [own / name for name in ("received", "submitted", "autograded", "feedback", "handout")]
    if own.is_relative_to(place) or any(place.is_relative_to(folder) for folder in kept):
        raise GradingError(
            f"{source} is where the class {home.name!r} itself is kept. Put what trainees handed in "
            "into a folder of its own, and collect that."
        )
    found = files(Path(source))
    if listed.person(place.name)[0] and (place.is_dir() or place.suffix.lower() == ".zip"):
        return (replace(one, file=f"{place.name}/{one.file}") for one in found)
    return found


def collect_all(source: Path, cohort: str | Path | Cohort = "class") -> list[m.Manifest]:
    """Take in files of several assignments; each file goes to the one that it belongs to.

    That is told by its cells, else by its name. What belongs to none is listed, and refused, with
    the assignment that most files belong to.
    """
    home = Cohort.of(cohort)
    known, listed = _known(home), ClassList(people(home))
    if not known:
        raise GradingError("There is no assignment in solutions/ yet.")
    groups: dict[str, list[m.Entry]] = {asked.name: [] for asked in known}
    strays = []
    for received in _handed_in(
        source, home, listed
    ):  # one at a time: a class may hand in a gigabyte
        if asked := _belongs_to(received, known):
            groups[asked.name].append(judge(received, asked, home, known, listed))
        else:
            # what belongs nowhere is only listed, so its bytes are let go
            reason = received.reason or OTHER_NOTEBOOK
            large = received.data is not None and len(received.data) > 1 << 20
            strays.append(replace(received, data=None, reason=reason) if large else received)
    main = max(known, key=lambda asked: len(groups[asked.name]))
    groups[main.name] += [judge(one, main, home, known, listed) for one in strays]
    return [_take_in(groups[a.name], a, home, listed) for a in known if groups[a.name]]


def _belongs_to(received: Received, known: list[Assignment]) -> Assignment | None:
    """Return the assignment of a file: from the cells that it holds, else from its name."""
    try:
        if asked := _by_cells(read(received.data or b""), known):
            return asked
    except ReadError:
        pass  # its name says at least in whose list it is refused
    words = re.split(r"[/\\\s_.()+-]+", received.file.lower())
    by_name = [a for a in known if a.name in received.file.lower() or a.short.lower() in words]
    return by_name[0] if len(by_name) == 1 else None


def _by_cells(handed: Handed, known: list[Assignment]) -> Assignment | None:
    """Return the assignment that most names of cells belong to; None where two share the lead."""
    names = {cell.mark or cell.id for cell in handed.cells}
    shared = [len(names & set(a.marks)) for a in known]
    best = max(shared, default=0)
    return known[shared.index(best)] if best and shared.count(best) == 1 else None


def _take_in(
    handed_in: list[m.Entry], asked: Assignment, home: Cohort, in_class: ClassList
) -> m.Manifest:
    with home.one_writer():
        listed = m.Manifest.load(home.manifest_path(asked.name))
        names = [entry.file for entry in handed_in]
        listed.follow(handed_in)
        for entry in handed_in:
            listed.add(entry)
        listed.settle(_marked(asked, home), in_class)
        for entry in listed.current():
            put_in_place(entry, asked, home)
        listed.save()
        home.configure()
    if lost := m.missing(names, listed.entries):
        raise GradingError(f"These files are not accounted for: {', '.join(lost)}.")
    return listed


def _marked(asked: Assignment, home: Cohort) -> dict[str, str]:
    """Return by a file's SHA-256 whose marks the gradebook holds for it, where that is one person."""
    try:
        known = recorded.read(home, asked.name)
    except GradingError:  # a gradebook that cannot be read keeps nobody from handing in
        return {}
    whose: dict[str, list[str]] = {}
    for student, mine in known.items():
        whose.setdefault(mine.file, []).append(student)
    return {file: names[0] for file, names in whose.items() if file and len(names) == 1}


def judge(
    received: Received,
    asked: Assignment,
    home: Cohort,
    known: list[Assignment],
    listed: ClassList,
) -> m.Entry:
    """Return the entry of one file; keep the original of a notebook that can be graded.

    `known` are all assignments: a notebook of another one is told from one that lost its names.
    Who is `listed` in the class has handed in something, also where it is no notebook.
    """
    path = PurePosixPath(received.file.replace("\\", "/"))
    when = times.of_exchange(path) or received.time
    entry = m.Entry(received.file, state=m.REFUSED, reason=received.reason, time=when)
    if received.data is not None:
        entry.sha256 = hashlib.sha256(received.data).hexdigest()
    whose = owners([received.file], asked.name, listed=listed)[received.file]
    if any(part in COMPUTERS_OWN for part in path.parts) or path.name.startswith("._"):
        entry.reason = "a copy made by the computer, not the work itself"
    elif path.name in {PurePosixPath(name).name for name in asked.files(home.folder)}:
        entry.reason = "a file of the exercise, not the work itself"
    elif not names.NOTEBOOK_ENDS.search(path.name) and not kinds.is_notebook(received.data):
        entry.reason = entry.reason or kinds.no_notebook(path.name)
        if whose.platform or whose.name in listed:  # a picture's name, say, is nobody's
            entry.student, entry.number = whose.name, whose.number
    elif not whose.name:
        entry.reason = entry.reason or (
            "no trainee's name: put the file in a folder with the name, or call it "
            f"{asked.name}-NAME.ipynb"
        )
    else:
        entry.student, entry.number = whose.name, whose.number
        if received.data is not None:
            try:
                entry.repairs = _try(received.data, path, asked, known)
            except (ReadError, RebuildError) as error:
                entry.reason = str(error)
            except Exception as error:  # what nobody foresaw stops this file and no other
                entry.reason = _unforeseen(error)
            else:
                entry.state, entry.reason = m.COLLECTED, ""
                _write(original(entry, asked, home), received.data)
    return entry


def _try(data: bytes, path: PurePosixPath, asked: Assignment, known: list[Assignment]) -> str:
    """Return how a notebook had to be mended so that it can be graded."""
    handed = read(data)
    if (other := _by_cells(handed, known)) not in (None, asked):
        raise RebuildError(
            f"it is the notebook of {other.short}, and {asked.short} is collected here: hand in "
            f"{asked.name}.ipynb"
        )
    rebuilt = rebuild(handed, asked.plan)
    end = names.NOTEBOOK_ENDS.search(path.name) or names.OTHER_ENDS.search(path.name)
    if end[0].lower() != ".ipynb":
        rebuilt.repairs.insert(0, f"its name ended with {end[0]!r}")
    return "; ".join(rebuilt.repairs)


def original(entry: m.Entry, asked: Assignment, home: Cohort) -> Path:
    """Return where the bytes of a collected file are kept as they came."""
    return home.folder / "received" / asked.name / f"{entry.sha256}.ipynb"


def rebuilt_of(entry: m.Entry, asked: Assignment, home: Cohort) -> Rebuilt:
    """Return the notebook of a collected file, rebuilt from the bytes that came.

    Raises
    ------
    RebuildError
        The original is gone or damaged, or belongs to another version of the assignment.
    """
    path = original(entry, asked, home)
    try:
        data = path.read_bytes()
    except OSError:
        data = None
    if data is None or hashlib.sha256(data).hexdigest() != entry.sha256:
        raise RebuildError(
            f"the file as it came is {'gone from' if data is None else 'damaged in'} "
            f"{home.name}/received: collect it again"
        )
    try:
        return rebuild(read(data), asked.plan)
    except ReadError as error:
        raise RebuildError(str(error)) from None
    except RebuildError:
        raise
    except Exception as error:  # as in `judge`: it may come at this depth of calls and not there
        raise RebuildError(_unforeseen(error)) from None


def _unforeseen(error: Exception) -> str:
    return f"it cannot be read ({type(error).__name__}): save it again in Jupyter"


def put_in_place(
    entry: m.Entry, asked: Assignment, home: Cohort, rebuilt: Rebuilt | None = None
) -> None:
    """Write the rebuilt notebook of an entry where nbgrader looks for submissions.

    `rebuilt` is that notebook, where somebody has it already.
    """
    try:
        content = asked.compose(rebuilt or rebuilt_of(entry, asked, home))
    except RebuildError as error:
        entry.state, entry.reason = m.REFUSED, str(error)
        return
    folder = home.submitted(entry.student, asked.name)
    _write(folder / f"{asked.name}.ipynb", content)
    for name, data in asked.files(home.folder).items():  # what the stock engine's kernels read
        _write(folder / name, base64.b64decode(data))


def _write(path: Path, data: bytes) -> None:
    """Write a file that is not there yet or says something else."""
    if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    whole_files.write(path, data)

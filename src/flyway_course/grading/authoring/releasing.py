"""Make what trainees get (`exercises/`) from what the author writes (`solutions/`)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from flyway_course.assignments import data_for
from flyway_course.grading import whole_files
from flyway_course.grading.assignments import resolve
from flyway_course.grading.errors import GradingError, command
from flyway_course.paths import EXERCISES, SOLUTIONS

if TYPE_CHECKING:
    from flyway_course.grading.cohort import Cohort

# nbgrader's own steps without SaveCells: a release needs no gradebook, so it touches none.
STEPS = [
    "LockCells",
    "ClearSolutions",
    "ClearOutput",
    "CheckCellMetadata",
    "ComputeChecksums",
    "ClearHiddenTests",
    "ClearMarkScheme",
    "ComputeChecksums",
    "CheckCellMetadata",
]


def release(assignment: str, solutions: Path = SOLUTIONS, exercises: Path = EXERCISES) -> Path:
    """Write `exercises/<assignment>/` from `solutions/<assignment>/` and return its folder.

    nbgrader's converter runs in a temporary course. The same source gives the same bytes on every
    machine: cell ids come from grade ids or from the cell's text. Beside the notebook lie the data that
    everybody may practise with.

    Raises
    ------
    GradingError
        No such assignment, or a source notebook breaks a rule; the message says which cell.
    """
    name = resolve(assignment, solutions)
    made = _converted(name, solutions) | data_for(name)
    for old in _others(exercises / name, made):
        old.unlink()  # the folder is made from solutions/, and git has its history
    return _write(exercises / name, made)


def release_for(assignment: str, cohort: str | Path | Cohort) -> Path:
    """Write what one class gets, with data from its private seed; return the folder to hand out.

    The notebook is the one in `exercises/`; only the data differ. Grading takes the same data. The
    folder is given to the class whole, so a file that is not for it is moved to the folder beside
    it that `kept_beside` names.

    Raises
    ------
    GradingError
        No such class or assignment, or the class has other data already.
    """
    from flyway_course.grading.cohort import Cohort

    home = Cohort.of(cohort)
    name = resolve(assignment, home.solutions)
    if (seed := home.seed()) is None:
        raise GradingError(
            f"The class {home.name!r} has no private seed, from which its data are made. "
            f"First run: {command(f'cohort new {home.name}')}"
        )
    data = data_for(name, seed)
    folder, made = home.folder / "handout" / name, _converted(name, home.solutions) | data
    with home.one_writer():
        if data:
            _write(_never_other(home.folder / "data" / name, data, home), data)
        for old in _others(folder, made):
            _keep(old, kept_beside(folder))
        return _write(folder, made)


def _never_other(folder: Path, data: dict[str, bytes], home: Cohort) -> Path:
    """Return the folder of a class's data; what was handed out once is what work is graded with."""
    there = {path.name: path for path in folder.glob("*")}
    other = [name for name in data if name in there and there[name].read_bytes() != data[name]]
    if other:
        raise GradingError(
            f"{folder} holds other data than the private seed of the class {home.name!r} gives now: "
            f"{', '.join(other)}. The seed was lost and drawn anew, or the course is a newer one. "
            "Nothing was changed, and `grade` takes the data that are there. Only where nobody has "
            f"these data yet, move the folder {folder} away and run this command again."
        )
    return folder


def kept_beside(folder: Path) -> Path:
    """Return where files of the instructor's own go that lay in a folder to hand out."""
    return folder.with_name(f"{folder.name}-not-for-the-class")


def _others(folder: Path, made: Iterable[str]) -> list[Path]:
    """Return the files of a folder that are not among the names in `made`."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in files if path.is_file() and path.name not in made]


def _keep(path: Path, folder: Path) -> None:
    """Move a file into a folder, under a name that is free there."""
    folder.mkdir(parents=True, exist_ok=True)
    names = (f"{path.stem}{f'-{n}' if n else ''}{path.suffix}" for n in count())
    path.rename(next(folder / name for name in names if not (folder / name).exists()))


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder; return it."""
    for name, content in files.items():
        whole_files.write(folder / name, content)
    return folder


def tidy_source(assignment: str, solutions: Path = SOLUTIONS) -> list[Path]:
    """Clear outputs and editor's traces from an assignment's source; return the files changed."""
    from flyway_course.grading.authoring import notebooks

    changed = []
    for path in sorted((solutions / resolve(assignment, solutions)).glob("*.ipynb")):
        content = notebooks.as_bytes(notebooks.tidy(notebooks.read(path)))
        if content != path.read_bytes():
            path.write_bytes(content)
            changed.append(path)
    return changed


def weaker_tests(assignment: str, solutions: Path = SOLUTIONS) -> list[str]:
    """Return what an author should know about tests that run inside the trainee's notebook."""
    from flyway_course.grading.authoring import notebooks, rules

    name = resolve(assignment, solutions)
    return rules.notes(notebooks.read(solutions / name / f"{name}.ipynb"))


def _converted(name: str, solutions: Path) -> dict[str, bytes]:
    """Return the released notebooks as bytes, by file name."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    from flyway_course.grading.authoring import notebooks, rules
    from flyway_course.grading.cohort import settings

    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary).resolve()
        (course / "source" / name).mkdir(parents=True)
        for path in sorted((solutions / name).glob("*.ipynb")):
            source = notebooks.tidy(notebooks.read(path))
            if found := rules.problems(source):
                raise GradingError("\n  ".join([f"{name}/{path.name} cannot be released:", *found]))
            notebooks.write(source, course / "source" / name / path.name)
        config = settings(course)
        config.CourseDirectory.assignment_id = name
        config.GenerateAssignment.preprocessors = [f"nbgrader.preprocessors.{s}" for s in STEPS]
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
        converter.log.setLevel("CRITICAL")
        converter.no_database, converter.force = True, True
        converter.start()
        made = {}
        for path in sorted((course / "release" / name).glob("*.ipynb")):
            nb = notebooks.read(path)
            notebooks.give_stable_ids(nb)
            made[path.name] = notebooks.as_bytes(nb)
        shutil.rmtree(course / "release", ignore_errors=True)
    return made

"""Make what trainees get (`exercises/`) from what the author writes (`solutions/`)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from flyway_course.assignments import data_for
from flyway_course.grading.assignments import resolve
from flyway_course.grading.errors import GradingError
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
    return _write(exercises / name, _converted(name, solutions) | data_for(name))


def release_for(assignment: str, cohort: str | Path | Cohort) -> Path:
    """Write what one class gets, with data from its private seed; return the folder to hand out.

    The notebook is the one in `exercises/`; only the data differ. Grading takes the same data.

    Raises
    ------
    GradingError
        No such class or assignment.
    """
    from flyway_course.grading.cohort import Cohort

    home = Cohort.of(cohort)
    name = resolve(assignment, home.solutions)
    if (seed := home.seed()) is None:
        raise GradingError(
            f"The class {home.name!r} has no private seed, from which its data are made. "
            f"First run: python3 course.py cohort new {home.name}"
        )
    data = data_for(name, seed)
    if data:
        _write(home.folder / "data" / name, data)
    return _write(home.folder / "handout" / name, _converted(name, home.solutions) | data)


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    """Leave in a folder these files and no other; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file() and old.name not in files:
            old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def tidy_source(assignment: str, solutions: Path = SOLUTIONS) -> list[Path]:
    """Clear outputs and editor's traces from an assignment's source; return the files changed."""
    from flyway_course.grading import notebooks

    changed = []
    for path in sorted((solutions / resolve(assignment, solutions)).glob("*.ipynb")):
        content = notebooks.as_bytes(notebooks.tidy(notebooks.read(path)))
        if content != path.read_bytes():
            path.write_bytes(content)
            changed.append(path)
    return changed


def weaker_tests(assignment: str, solutions: Path = SOLUTIONS) -> list[str]:
    """Return what an author should know about tests that run inside the trainee's notebook."""
    from flyway_course.grading import notebooks, rules

    name = resolve(assignment, solutions)
    return rules.notes(notebooks.read(solutions / name / f"{name}.ipynb"))


def _converted(name: str, solutions: Path) -> dict[str, bytes]:
    """Return the released notebooks as bytes, by file name."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    from flyway_course.grading import notebooks, rules
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

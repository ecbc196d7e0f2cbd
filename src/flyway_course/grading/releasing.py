"""Make what trainees get (`exercises/`) from what the author writes (`solutions/`)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from flyway_course.grading.assignments import resolve
from flyway_course.grading.errors import GradingError
from flyway_course.paths import EXERCISES, SOLUTIONS

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
    machine: cell ids come from grade ids or from the cell's text.

    Raises
    ------
    GradingError
        No such assignment, or a source notebook breaks a rule; the message says which cell.
    """
    name = resolve(assignment, solutions)
    released = _converted(name, solutions)
    target = exercises / name
    for old in target.glob("*.ipynb"):
        if old.name not in released:
            old.unlink()
    target.mkdir(parents=True, exist_ok=True)
    for file_name, content in released.items():
        (target / file_name).write_bytes(content)
    return target


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

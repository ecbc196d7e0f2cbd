"""The grading commands of `course.py`: what they ask and what they print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from flyway_course.grading.manifest import Manifest

Assignment = Annotated[str, typer.Argument(help="Short or full name, such as X0.")]
Class = Annotated[str, typer.Option("--cohort", help="The class; its folder is cohorts/NAME.")]


def _run(step: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a grading function; print its plain error and stop with 1 where it has one."""
    from flyway_course.grading.errors import GradingError

    try:
        return step(*args, **options)
    except GradingError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None


def release_command(assignment: Assignment) -> None:
    """Make what trainees get (exercises/) from what the author writes (solutions/).

    The trainees' copy holds no solution and no hidden test. Never edit it: edit the notebook in
    `solutions/` and run this command again.
    """
    from flyway_course.grading import release
    from flyway_course.grading.releasing import tidy_source

    for path in _run(tidy_source, assignment):
        typer.echo(f"Cleared outputs from {_short(path)}")
    folder = _run(release, assignment)
    for path in sorted(folder.iterdir()):
        typer.echo(f"Wrote {_short(path)}")


def collect_command(
    assignment: Assignment,
    source: Annotated[Path, typer.Argument(help="A folder, a .zip or one .ipynb.")],
    cohort: Class = "class",
) -> None:
    """Take in what trainees handed in; every file is listed, none is lost.

    Whose work a file is, is read from its folder (`Saraa/x0-first-counts.ipynb`) or from its name
    (`x0-first-counts-Saraa.ipynb`). The newest file of each trainee counts. Next: `grade`.
    """
    from flyway_course.grading import collect
    from flyway_course.grading.cohort import Cohort

    listed = _run(lambda: collect(source, assignment, Cohort.of(cohort)))
    _tell(listed)
    typer.echo(f"{len(listed.current())} trainees have work that counts.")


def grade_command(
    assignment: Assignment,
    cohort: Class = "class",
    trusted: Annotated[
        bool, typer.Option("--trusted", help="Run the submissions as yourself, without asking.")
    ] = False,
) -> None:
    """Run the tests of every submission and record the marks in the gradebook.

    The notebooks run as you: grade only the work of people whom you trust. Work that has not
    changed since the last run is not run again, so marks given by hand stay. The gradebook is
    copied to `backups/` first. Next: mark the written answers in formgrader, then `feedback`.
    """
    import sys

    from flyway_course.grading import grade
    from flyway_course.grading.engine import NOT_SAFE

    if not trusted and sys.stdin.isatty():
        trusted = typer.confirm(f"{NOT_SAFE} Go on?")

    def progress(done: int, total: int, student: str) -> None:
        typer.echo(f"[{done + 1}/{total}] {student}")

    _tell(_run(grade, assignment, cohort, trusted=trusted, progress=progress))


def feedback_command(assignment: Assignment, cohort: Class = "class") -> None:
    """Write one feedback page for each trainee, without the hidden tests.

    A page is one HTML file that can be sent as it is: it needs no other file and no internet.
    Next: `export`.
    """
    from flyway_course.grading import feedback

    pages = _run(feedback, assignment, cohort)
    for page in pages:
        typer.echo(f"Wrote {_short(page)}")


def export_command(
    assignment: Assignment,
    to: Annotated[str, typer.Option("--to", help="The kind of table: csv.")] = "csv",
    cohort: Class = "class",
) -> None:
    """Write the marks as a table; what is not marked yet is shown as pending.

    A trainee with a part to be marked by hand has no score yet, and the status says so.
    """
    from flyway_course.grading import export

    typer.echo(f"Wrote {_short(_run(export, assignment, to, cohort))}")


def _tell(listed: Manifest) -> None:
    """Print the counts of a manifest, and each refusal with its reason."""
    typer.echo(listed.summary())
    for entry in listed.refusals():
        typer.echo(f"  refused: {entry.file}: {entry.reason}")
    typer.echo(f"The whole list: {_short(listed.path)}")


def _short(path: Path) -> Path:
    """Return a path as seen from the checkout, where it lies inside."""
    from flyway_course.paths import ROOT

    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


COMMANDS = {
    "release": release_command,
    "collect": collect_command,
    "grade": grade_command,
    "feedback": feedback_command,
    "export": export_command,
}

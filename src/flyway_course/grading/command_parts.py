"""What the grading commands have in common: how they end, where paths lie, how a list and time are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flyway_course.paths import ROOT

if TYPE_CHECKING:
    from flyway_course.grading.cohort import Cohort
    from flyway_course.grading.intake.manifest import Manifest

Assignment = Annotated[str, typer.Argument(help="Short or full name, such as X0.")]
MOST_LINES = 10
Class = Annotated[str, typer.Option("--cohort", help="The class, by the name of its folder.")]


def run(step: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a grading function; print its plain error and stop with 1 where it has one.

    A disk that is full or read-only is that of the file which the error names, or of the class where
    one of `args` is a class.
    """
    from flyway_course.grading.cohort import Cohort
    from flyway_course.grading.errors import GradingError, of_the_disk

    try:
        return step(*args, **options)
    except GradingError as error:
        raise stop(str(error)) from None
    except OSError as error:
        place = next((a.folder for a in args if isinstance(a, Cohort)), error.filename)
        if place and (words := of_the_disk(error, place)):
            raise stop(words) from None
        raise


def stop(words: str) -> typer.Exit:
    """Print why a command ends here; return what ends it with 1."""
    typer.secho(words, fg="red", err=True)
    return typer.Exit(1)


def existing(name: str) -> Cohort:
    """Return a class that is there; only `cohort new` and `collect` make one."""
    from flyway_course.grading.cohort import Cohort

    return run(Cohort.existing, name)


def folder_of_the_caller() -> Path:
    """Return the folder in which the command was typed: there its arguments have their place."""
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return ROOT


def here(context: typer.Context, path: str | Path) -> Path:
    """Return a path as it was meant in the folder where the command was typed."""
    return (context.obj or Path()) / path


def need_files(source: Path, what: list[str]) -> None:
    """Refuse a source that is missing or empty."""
    from flyway_course.grading.assignments import known_assignments
    from flyway_course.grading.errors import GradingError
    from flyway_course.grading.intake.archives import files

    if what[0].upper() in known_assignments() and len(what) == 1 and not source.exists():
        raise GradingError(
            f"Say also where the work for {what[0]} is, a folder, a .zip or an .ipynb: "
            f"python3 course.py collect {what[0]} FOLDER_OR_ZIP"
        )
    if next(files(source), None) is None:
        raise GradingError(
            f"There is no file in {source}, so nothing was collected. Give the folder or the .zip "
            "in which the notebooks are."
        )


def tell(listed: Manifest, also: Iterable[str] = ()) -> None:
    """Print the counts of a manifest, each refusal with its reason, and other lines."""
    typer.echo(listed.summary())
    for entry in listed.refusals():
        typer.echo(f"  refused: {entry.file}: {entry.reason}")
    for entry in listed.current():
        if entry.repairs:
            typer.echo(f"  mended: {entry.file}: {entry.repairs}")
        if entry.doubt:
            typer.echo(f"  look at: {entry.file}: {entry.doubt}")
        if entry.state == "graded" and entry.reason:
            typer.echo(f"  cut short: {entry.file}: {entry.reason}")
    for line in also:
        typer.echo(f"  {line}")
    typer.echo(f"The whole list: {short(listed.path)}")


def whose(listed: Manifest, home: Cohort) -> list[str]:
    """Return which file took the place of which, and who is not on the list of the class."""
    from flyway_course.grading.people.names import same_person
    from flyway_course.grading.people.roster import people
    from flyway_course.grading.trainees import gather

    counts = {same_person(e.student): e for e in listed.current()}
    replaced = [
        f"replaced: {old.file} by {new.file}" + ", of the same time" * (old.time == new.time)
        for old in listed.entries
        if old.state == "replaced" and (new := counts.get(same_person(old.student)))
    ]
    known = people(home)
    others = [t for t in gather(known, listed) if not t.listed] if known else []
    strange = [f"not on the class list: {t.name}: {t.entries[0].file}" for t in others]
    return [*_some(strange, "not on the class list"), *_some(replaced, "replaced")]


def _some(lines: list[str], what: str) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"{what}: {more} more"] if more > 1 else lines


def short(path: Path) -> Path:
    """Return a path as seen from the checkout, where it lies inside."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


class Clock:
    """Says how much time is left, from the pace so far."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def left(self, done: int, total: int) -> str:
        """Return the time left in words."""
        seconds = (time.monotonic() - self.began) / max(1, done) * (total - done)
        if done == total:
            return "done"
        return (
            f"about {seconds:.0f} s left" if seconds < 90 else f"about {seconds / 60:.0f} min left"
        )

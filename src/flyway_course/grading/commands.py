"""The grading commands of `course.py`: what they ask and what they print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flyway_course.grading.command_parts import (
    Assignment,
    Class,
    Clock,
    existing,
    here,
    need_files,
    run,
    short,
    stop,
    tell,
    whose,
)


def release_command(
    assignment: Assignment,
    cohort: Annotated[
        str | None, typer.Option("--cohort", help="A class: it gets data of its own.")
    ] = None,
) -> None:
    """Make what trainees get (exercises/) from what the author writes (solutions/).

    The trainees' copy holds no solution and no hidden test. Never edit it: edit the notebook in
    `solutions/` and run this command again. With `--cohort` it is made for one class, with data from
    the private seed of that class: published solutions do not answer them.
    """
    from flyway_course.grading import release
    from flyway_course.grading.authoring.releasing import (
        kept_beside,
        release_for,
        tidy_source,
        weaker_tests,
    )

    if cohort is not None:
        folder = run(release_for, assignment, existing(cohort))
        for path in sorted(folder.iterdir()):
            typer.echo(f"Wrote {short(path)}")
        typer.echo("Give your class all files of this folder.")
        if (kept := kept_beside(folder)).is_dir():
            typer.echo(f"Files that are not part of it were moved to {short(kept)}")
        return
    for path in run(tidy_source, assignment):
        typer.echo(f"Cleared outputs from {short(path)}")
    folder = run(release, assignment)
    for path in sorted(folder.iterdir()):
        typer.echo(f"Wrote {short(path)}")
    for note in weaker_tests(assignment):
        typer.echo(f"  note: {note}")


def collect_command(
    context: typer.Context,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="[ASSIGNMENT] SOURCE", help="A folder, a .zip or one .ipynb; before it, X0."
        ),
    ],
    cohort: Class = "class",
) -> None:
    """Take in what trainees handed in; every file is listed, none is lost.

    Whose work a file is, is read from its folder (`Saraa/x0-first-counts.ipynb`), from its name
    (`x0-first-counts-Saraa.ipynb`), or from what Moodle, Canvas and nbgrader call it. Zip files
    are opened, zips inside them too. The newest file of each trainee counts.

    Without an assignment, each file goes to the one that it belongs to. Next: `grade`.
    """
    from flyway_course.grading import collect
    from flyway_course.grading.cohort import Cohort
    from flyway_course.grading.intake.collecting import collect_all

    if len(what) > 2:
        raise stop("Write: collect [ASSIGNMENT] SOURCE, with one source.")
    home, source = run(Cohort.of, cohort), here(context, what[-1])
    known = home.folder.exists()
    run(need_files, source, what)
    if len(what) == 2:
        found = [run(collect, source, what[0], home)]
    else:
        found = run(collect_all, source, home)
    if not known:
        typer.echo(f"New class {home.name!r}, in {home.folder}")
    for listed in found:
        tell(listed, run(whose, listed, home))
        people = len(listed.current())
        who = "1 trainee has" if people == 1 else f"{people} trainees have"
        typer.echo(f"{listed.path.stem}: {who} work that counts.")


def grade_command(
    assignment: Assignment,
    cohort: Class = "class",
    engine: Annotated[
        str, typer.Option(help="sandbox; or nbgrader, the stock engine, which is not safe.")
    ] = "sandbox",
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run submissions as yourself; the report is marked.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Run everything again, changed or not.")
    ] = False,
    seconds: Annotated[
        int,
        typer.Option(help="How long one notebook may run; one cell may take a third of it.", min=1),
    ] = 60,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no line for each trainee.")] = False,
) -> None:
    """Run the tests of every submission in a sandbox and record the marks in the gradebook.

    A submission reaches nothing of this computer: no file of yours, no network, no other
    submission, no hidden test. Work that has not changed is not run again, so marks given by hand
    stay. The gradebook is copied first; `restore` brings a copy back. Stop the command when you
    like and start it again: nothing is lost.
    Next: mark the written answers in formgrader, then `feedback`.
    """
    import sys

    from flyway_course.grading.engine import grade
    from flyway_course.grading.sandbox.session import Bounds
    from flyway_course.grading.stock import NOT_SAFE

    if engine == "nbgrader" and not unsafe and sys.stdin.isatty():
        unsafe = typer.confirm(f"{NOT_SAFE} Go on?")
    clock = Clock()

    def progress(done: int, total: int, student: str) -> None:
        if not quiet:
            typer.echo(f"[{done}/{total}] {student} · {clock.left(done, total)}")

    options = {"engine": engine, "unsafe": unsafe, "again": again}
    options["bounds"] = Bounds.within(seconds)
    home = existing(cohort)
    tell(run(grade, assignment, home, **options, progress=progress, say=typer.echo))


def mark_command(
    assignment: Assignment,
    cohort: Class = "class",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open no browser.")
    ] = False,
) -> None:
    """Open formgrader, nbgrader's page for marking written answers by hand.

    It shows each submission beside its marks. What trainees wrote is shown letter by letter, so
    nothing of theirs runs in your browser. Only this computer can reach the address; Ctrl-C in
    this window ends it. Then the gradebook is copied; `restore` brings a copy back.
    Next: `feedback`.
    """
    from flyway_course.grading.records.marking import mark

    raise typer.Exit(run(mark, assignment, existing(cohort), browser=not no_browser))


def feedback_command(assignment: Assignment, cohort: Class = "class") -> None:
    """Write one feedback page for each trainee, without the hidden tests.

    A page is one HTML file that can be sent as it is: it needs no other file and no internet.
    Next: `export`.
    """
    from flyway_course.grading import feedback

    pages = run(feedback, assignment, existing(cohort), say=typer.echo)
    for page in pages:
        typer.echo(f"Wrote {short(page)}")


def export_command(
    assignment: Assignment,
    to: Annotated[str, typer.Option("--to", help="csv, moodle or canvas.")] = "csv",
    cohort: Class = "class",
) -> None:
    """Write the marks as a table; what is not marked yet is shown as pending.

    A trainee with a part to be marked by hand has no score yet, and the status says so. `moodle`
    and `canvas` are the tables that these platforms import: a pending mark is empty there.
    """
    from flyway_course.grading import export

    typer.echo(f"Wrote {short(run(export, assignment, to, existing(cohort), say=typer.echo))}")


def report_command(assignment: Assignment, cohort: Class = "class") -> None:
    """Show what the class could do: success and usual mistakes of each task, whom to look at."""
    from flyway_course.grading import whole_files
    from flyway_course.grading.report import report

    home = existing(cohort)
    found = run(report, assignment, home)
    typer.echo(found.text(), nl=False)
    path = home.folder / "reports" / f"{found.assignment}.txt"
    run(whole_files.write, path, found.text().encode())
    typer.echo(f"Wrote {short(path)}")


def restore_command(
    cohort: Class = "class",
    which: Annotated[
        str,
        typer.Option(
            "--copy", help="Which copy: 1 is the newest, 2 the one before; or its name in the list."
        ),
    ] = "1",
    show: Annotated[bool, typer.Option("--list", help="Only list the copies.")] = False,
) -> None:
    """Bring back the gradebook as it was before a run of `grade` or at the end of `mark`.

    What is there now is put aside first.

    All work then waits for `grade`, which runs nothing twice: it records anew what the computer
    checked. Marks given by hand are those of the copy. Where an answer is another one than at that
    time, its mark waits for you.
    """
    from flyway_course.grading.errors import command
    from flyway_course.grading.records import backups

    home = existing(cohort)
    if show:
        for line in run(backups.listing, home):
            typer.echo(line)
        return
    chosen, kept = run(backups.restore, home, which)
    typer.echo(f"The gradebook is as it was in {chosen.name}.")
    if kept:
        typer.echo(f"What was there before is in {short(kept)}")
    for assignment in backups.waiting(home):
        typer.echo(f"Now run: {command(f'grade {assignment}', home.name)}")


def cohort_command(
    context: typer.Context,
    action: Annotated[str, typer.Argument(help="new")],
    name: Annotated[str, typer.Argument(help="The name of the class: letters, digits, - and _.")],
    roster: Annotated[
        Path | None, typer.Option(help="A CSV file with a column 'name', or Moodle's or Canvas's.")
    ] = None,
) -> None:
    """Make a class: a folder outside the course with its list of people and a private seed.

    From the private seed come the data that only this class gets, so that published solutions
    answer no assessment. Nobody but you needs to read it.
    """
    from flyway_course.grading.cohort import Cohort
    from flyway_course.grading.people.roster import new, people

    if action != "new":
        raise stop(f"There is no action {action!r}: write `cohort new NAME`.")
    home = run(Cohort.of, name)
    run(lambda home: new(name, roster and here(context, roster), home), home)
    typer.echo(f"Made the class {home.name} with {len(people(home))} people in {home.folder}")


COMMANDS = {
    "release": release_command,
    "collect": collect_command,
    "grade": grade_command,
    "mark": mark_command,
    "feedback": feedback_command,
    "export": export_command,
    "report": report_command,
    "restore": restore_command,
    "cohort": cohort_command,
}

"""The commands of the course: `python3 course.py COMMAND`, or `python -m flyway_course.cli`.

Each command's work lives in its own module and is imported when the command runs, so that `--help`
answers at once.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from flyway_course.grading.command_parts import folder_of_the_caller
from flyway_course.grading.commands import COMMANDS as GRADING
from flyway_course.grading.errors import of_the_disk
from flyway_course.paths import ROOT, put_tools_on_path
from flyway_course.startup import leave_out_slow_import
from flyway_course.steps import (
    build_lite_site,
    build_site,
    check_port,
    fetch_assets,
    pdf_for_bundle,
    say,
    serve_site,
    stop,
)
from flyway_course.website.command import website

LEARN, TEACH, CARE = "Learn", "Teach and grade", "Look after the course"


def _one_liners() -> dict[str, str]:
    """Read the line that describes each command from `course.py`, which prints them too."""
    spec = importlib.util.spec_from_file_location("course", ROOT / "course.py")
    launcher = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(launcher)
    return launcher.COMMANDS


SAYS = _one_liners()
app = typer.Typer(
    name="course.py",
    help="Counting Across Borders: read, run, teach and test the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Port = Annotated[
    int | None,
    typer.Option(help="Port of the address. Without it, the first free one from 8860 on."),
]
NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Print the address and open no browser.")
]


@app.command("open", short_help=SAYS["open"], rich_help_panel=LEARN)
def open_command(port: Port = None, no_browser: NoBrowser = False) -> None:
    """Build the book if needed, then open book and JupyterLab on one local address.

    Each page has a button that opens its lesson in JupyterLab, as your own copy in `workspace/`.
    Your copies are never overwritten: "Start again" keeps the old one beside the new one.

    Only this computer can reach the address. Ctrl-C in this window ends it.
    """
    check_port(port)
    fetch_assets()
    build_site()
    serve_site(port, browser=not no_browser)


@app.command(short_help=SAYS["build"], rich_help_panel=CARE)
def build(
    cold: Annotated[
        bool, typer.Option("--cold", help="Forget every cached result and execute all lessons.")
    ] = False,
    lite: Annotated[
        bool,
        typer.Option("--lite", help="Add lite/: the lessons as notebooks that run in the browser."),
    ] = False,
    pyodide: Annotated[
        Path | None,
        typer.Option(
            help="Folder or archive of Pyodide's full distribution, to serve Python from the site "
            "itself. Only with --lite; without it, the browser fetches Python from Pyodide's CDN."
        ),
    ] = None,
) -> None:
    """Build the book into `_build/html`; only what changed is executed again.

    A lesson runs again when its text, a module of `flyway` that it uses or a data file that it
    reads has changed. A lesson that fails is named with its cell and line, and the last good book
    stays in place.

    With --lite, each lesson gets a button "Run in the browser". A later build of a changed book
    leaves lite/ out again: give --lite each time.
    """
    if pyodide and not lite:
        raise stop("--pyodide says where the in-browser course has Python from: add --lite.")
    fetch_assets(dev=lite)  # the list of Pyodide's packages is among the test tools
    build_site(cold=cold, lite=lite)
    if lite:
        build_lite_site(pyodide)


app.command("website", short_help=SAYS["website"], rich_help_panel=CARE)(website)


@app.command(short_help=SAYS["bundle"], rich_help_panel=TEACH)
def bundle(
    for_: Annotated[
        str, typer.Option("--for", help="Add packages for windows, macos, linux (with commas).")
    ] = "",
    python: Annotated[
        str, typer.Option(help="For which Pythons, with commas. Without it: 3.11 to 3.14.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="Where folder and zip are written. Without it: dist/.")
    ] = None,
) -> None:
    """Put the course into one folder and one zip that work with no internet.

    START-HERE.html opens the book by double click. Lessons, data, exercises and the book as a PDF
    are in it, and no solutions. With `--for`, so are the packages and an `install` for each system; they are fetched
    once and checked by their hashes. A second run replaces the bundle. It does not replace a
    folder in which somebody's work lies.
    """
    from flyway_course.bundle import BundleError, make_bundle
    from flyway_course.bundle.targets import PYTHONS

    def listed(text: str) -> list[str]:
        return [part.strip().lower() for part in text.split(",") if part.strip()]

    fetch_assets()
    build_site()
    pdf_for_bundle()
    pythons, place = listed(python) or list(PYTHONS), (out or ROOT / "dist").absolute()
    try:
        made = make_bundle(ROOT, place, listed(for_), pythons, say)
    except (BundleError, TimeoutError) as error:
        raise stop(error) from None
    say(made.summary())


@app.command(short_help=SAYS["pdf"], rich_help_panel=TEACH)
def pdf(
    sheets: Annotated[
        bool,
        typer.Option("--sheets", help="One sheet per lesson to hand out, in place of the book."),
    ] = False,
) -> None:
    """Print the book into `_build/pdf/`, or with --sheets one sheet of two pages for each lesson.

    The PDF has its pages in the order of the book, an outline, page numbers and fonts for every
    script of the course; answers stand at its end. An installed Chrome, Chromium or Edge prints it.
    """
    from flyway_course.pdf import PdfError, make_book, make_sheets
    from flyway_course.pdf.printing import the_browser

    try:
        the_browser()  # before any long work
        fetch_assets(dev=True)  # the fonts are among the test tools
        build_site()
        if sheets:
            made = make_sheets(ROOT, say)
            say(
                f"{len(made)} sheets are in {made[0].parent}."
                if made
                else "There is no lesson yet."
            )
        else:
            say(make_book(ROOT, say).summary())
    except (PdfError, TimeoutError) as error:
        raise stop(error) from None


@app.command(short_help=SAYS["serve"], rich_help_panel=LEARN)
def serve(port: Port = None) -> None:
    """Serve the book and JupyterLab as they are, and print the address.

    Nothing is built: use `open` for that.
    """
    serve_site(port, browser=False)


@app.command(short_help=SAYS["lab"], rich_help_panel=LEARN)
def lab(port: Port = None, no_browser: NoBrowser = False) -> None:
    """Open JupyterLab on your own copies of the lessons, in `workspace/`.

    A lesson that you do not have yet is copied from the built book. What you have stays as it is.
    """
    check_port(port)
    fetch_assets()
    build_site()
    serve_site(port, browser=not no_browser, start_in="lab")


@app.command(
    short_help=SAYS["test"],
    rich_help_panel=CARE,
    # options that this command does not know, such as -k, go to pytest as they are
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def test(context: typer.Context) -> None:
    """Run the tests; everything after `test` goes to pytest.

    Examples: `test -k calendar`, `test tests/flyway`, `test -x -n0`.

    Browser tests need Chrome, Chromium or Edge. Where none is found they are skipped, and the
    summary says so; with the environment variable CI set, a missing browser is a failure.
    """
    from flyway_course.testing import run_tests

    fetch_assets(dev=True)
    raise typer.Exit(run_tests(context.args, say))


@app.command(short_help=SAYS["lint"], rich_help_panel=CARE)
def lint(
    fix: Annotated[bool, typer.Option("--fix", help="Format the code of lessons first.")] = False,
) -> None:
    """Check lessons and code against the course's own rules.

    Each problem is one line: file, line, rule, by how much, and the mend.
    """
    from flyway_course.lint import run

    fetch_assets(dev=True)
    raise typer.Exit(run(fix=fix))


for _name, _function in GRADING.items():
    app.command(_name, short_help=SAYS[_name], rich_help_panel=TEACH)(_function)


@app.command(short_help=SAYS["doctor"], rich_help_panel=CARE)
def doctor() -> None:
    """Show what is installed and what is missing, with the mend for each.

    Ends with code 1 if something is missing that `open` needs.
    """
    from flyway_course.doctor import examine

    findings = examine()
    for finding in findings:
        mark = {"ok": "ok     ", "note": "note   ", "bad": "MISSING"}[finding.state]
        say(f"{mark}  {finding.what}: {finding.found}")
        if finding.mend:
            say(f"         {finding.mend}")
    raise typer.Exit(any(finding.state == "bad" for finding in findings))


@app.command(short_help=SAYS["clean"], rich_help_panel=CARE)
def clean() -> None:
    """Remove built pages and caches (`_build/`); the next `open` builds all again.

    Your workspace, your cohorts and the installed packages stay.
    """
    import shutil

    from flyway_course.paths import BUILD

    if not BUILD.exists():
        say("There is nothing to remove.")
        return
    try:
        shutil.rmtree(BUILD)
    except OSError as error:
        raise stop(f"{error.filename} could not be removed: {error.strerror}. "
                   "Close the programs that use it, then run the command again.") from None  # fmt: skip
    say("Removed _build/. Your workspace is as it was.")


def main() -> None:
    """Run the command line; a full disk or a locked folder gets one sentence, not a trace."""
    put_tools_on_path()
    leave_out_slow_import()
    called_from = folder_of_the_caller()
    os.chdir(ROOT)  # the commands speak of files by their place in the course
    try:
        app(prog_name="python3 course.py", obj=called_from)
    except OSError as error:
        if words := of_the_disk(error, ROOT):
            sys.exit(words)
        raise


if __name__ == "__main__":
    main()

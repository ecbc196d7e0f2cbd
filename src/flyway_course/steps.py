"""What several commands do: say a line, stop with one sentence, fetch, build, serve.

Work is imported when it is done, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from flyway_course.paths import ROOT, SITE


def say(text: str) -> None:
    """Print one line of progress at once."""
    typer.echo(text)
    sys.stdout.flush()


def stop(error: Exception | str) -> typer.Exit:
    """Print what is wrong and how to mend it; return the exit to raise."""
    typer.secho(str(error), fg="red", err=True)
    return typer.Exit(1)


def fetch_assets(dev: bool = False) -> None:
    """Fetch page files and base map where they lack."""
    from flyway_course import setup_assets

    try:
        setup_assets.ensure_assets(dev=dev, say=lambda text: say(f"  {text} …"))
    except (setup_assets.AssetError, TimeoutError) as error:
        raise stop(error) from None


def build_site(cold: bool = False, lite: bool = False) -> None:
    """Bring the book up to date, showing how far it is; `lite` says that lite/ is made next."""
    from flyway_course.build import build_book
    from flyway_course.build.errors import BuildError

    had = (SITE / "lite").is_dir()
    try:
        report = build_book(cold=cold, progress=say, wait_s=900)
    except BuildError as error:
        raise stop(error) from None
    say(report.summary())
    if had and not lite and not (SITE / "lite").is_dir():
        say(
            "The in-browser course was older than the book and was left out: "
            "`python3 course.py build --lite` makes it again."
        )


def pdf_for_bundle() -> None:
    """Print book and sheets where they lack; without browser or fonts, say so and go on."""
    from flyway_course import setup_assets
    from flyway_course.pdf import PdfError, current_book, current_sheets, make_book, make_sheets
    from flyway_course.pdf.printing import the_browser

    book, sheets = current_book(ROOT), current_sheets(ROOT)
    if book and sheets:
        return
    try:
        the_browser()  # before anything is fetched
        setup_assets.ensure_assets(dev=True, say=lambda text: say(f"  {text} …"))
        if not book:
            say(make_book(ROOT, say).summary())
        if not sheets:
            say("One sheet for each lesson:")
            make_sheets(ROOT, say)
    except (PdfError, setup_assets.AssetError, TimeoutError) as error:
        say(f"The bundle goes without the book as a PDF. {error}")


def build_lite_site(pyodide: Path | None) -> None:
    """Add the in-browser course to the book."""
    from flyway_course.build.errors import BuildError
    from flyway_course.lite import LiteError, build_lite

    try:
        report = build_lite(pyodide, say=say, wait_s=900)
    except (BuildError, LiteError, TimeoutError) as error:
        raise stop(error) from None
    say(report.summary())


def serve_site(port: int | None, browser: bool, start_in: str = "book") -> None:
    """Serve until Ctrl-C."""
    from flyway_course.serve.run import PortError, serve

    try:
        serve(port=port, browser=browser, start_in=start_in, say=say)
    except PortError as error:
        raise stop(error) from None


def check_port(port: int | None) -> None:
    """Refuse a port that cannot be had before any long work."""
    from flyway_course.serve.run import PortError, choose_port

    try:
        choose_port(port)
    except PortError as error:
        raise stop(error) from None

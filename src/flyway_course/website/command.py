"""The command `website`: build all that a web host needs, into one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flyway_course.build.errors import BuildError
from flyway_course.paths import ROOT
from flyway_course.steps import build_lite_site, build_site, fetch_assets, say, stop

from .errors import WebsiteError
from .make import make_website


def website(
    address: Annotated[
        str | None,
        typer.Option(
            help="Where the site will be, such as https://example.org/course/. Without it: "
            "html: baseurl of _config.yml."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write. Without it: dist/website.")
    ] = None,
    lite: Annotated[
        bool, typer.Option("--lite/--no-lite", help="With lessons that run in the browser, or not.")
    ] = True,
    pyodide: Annotated[
        Path | None,
        typer.Option(help="Pyodide's full distribution, to serve Python from the site itself."),
    ] = None,
) -> None:
    """Build the book and put all that a web host needs into one folder; nothing is sent anywhere.

    Links are relative: the folder works at the root of a host and below any path. Pages that a
    reader has opened stay on the reader's device. An address adds a list of pages for search
    engines. The workflow of GitHub Pages runs this command and publishes the folder.
    """
    if pyodide and not lite:
        raise stop("--pyodide says where the in-browser course has Python from: omit --no-lite.")
    fetch_assets(dev=lite)
    build_site(lite=lite)
    if lite:
        build_lite_site(pyodide)
    try:
        made = make_website(out, address, lite, ROOT, say, wait_s=900)
    except (BuildError, WebsiteError) as error:
        raise stop(error) from None
    say(made.summary())

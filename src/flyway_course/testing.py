"""What `course.py test` does around pytest: a browser, the second environment, the book, workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from flyway_course.browsers import HOW_TO, find_browser, install_browser
from flyway_course.paths import ROOT

# choosing files, or one process, needs no workers; their start would cost more than it gives
ONE_PROCESS = ("-n", "--numprocesses", "-s", "--pdb", "--collect-only", "--co", "-k")


def workers(arguments: Sequence[str]) -> list[str]:
    """Return pytest-xdist's options: one worker per core for the whole run, else none.

    Tests of one file stay together, as they share what they build.
    """
    chosen = any(a.startswith(ONE_PROCESS) or (ROOT / a.split("::")[0]).exists() for a in arguments)
    return [] if chosen else ["-n", str(min(os.cpu_count() or 1, 6)), "--dist", "loadfile"]


def run_tests(arguments: Sequence[str], say: Callable[[str], None] = print) -> int:
    """Run pytest on the course; return its exit code. Its summary is the last thing printed."""
    import pytest

    if not (find_browser() or install_browser(say)):
        say(f"NO BROWSER FOUND: the browser tests cannot run. {HOW_TO}")
    options = workers(arguments)
    if options:  # a full run: both are made once here, and the workers find them ready
        _browser_versions(say)
        _build(say)
    return int(pytest.main(["--rootdir", str(ROOT), *options, *arguments]))


def _build(say: Callable[[str], None]) -> None:
    """Build the book; a broken one is told, and the tests that need it fail."""
    from flyway_course.build import build_book
    from flyway_course.build.errors import BuildError

    try:
        say(build_book(progress=say, wait_s=900).summary())
    except BuildError as error:
        say(f"{error}\nThe tests that need the book will fail.")


def _browser_versions(say: Callable[[str], None]) -> None:
    """Make the environment with the browser kernel's versions; without it, its test says so."""
    from flyway_course.browser_versions import BrowserVersionsError, ensure_browser_versions

    try:
        ensure_browser_versions(say)
    except BrowserVersionsError as error:
        say(str(error))

"""Fixtures for all tests: places, the built book, a browser."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from flyway_course import browsers, paths

# a shell's background job ignores Ctrl-C, and so would every program that the tests stop with it
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return paths.ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with the published reference cases beside the checkout, or skip."""
    folder = paths.ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(
            f"the published reference cases are not here ({folder.name}/ beside the course)"
        )
    return folder


@pytest.fixture(scope="session")
def browser() -> str:
    """Return the program of an installed Chrome, Chromium or Edge.

    Without one, the test is skipped on a person's computer and fails in CI.
    """
    found = browsers.find_browser()
    if found is None:
        message = f"NO BROWSER FOUND. {browsers.HOW_TO}"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return str(found)


@pytest.fixture(scope="session")
def chromium(browser):
    """Start one browser for all tests: a second one cannot start beside it in the same process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built book, brought up to date."""
    from flyway_course.build import build_book
    from flyway_course.build.errors import BuildError

    try:
        return build_book(wait_s=1800).site
    except BuildError as error:
        pytest.fail(str(error), pytrace=False)

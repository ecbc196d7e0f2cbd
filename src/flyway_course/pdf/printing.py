"""Let an installed Chrome, Chromium or Edge print a page or take a picture of it.

The browser is started as a program. Playwright would do the same and is among the test tools only:
40 MB that no trainee needs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pypdf import PdfReader

from flyway_course.browsers import HOW_TO, find_browser

from .errors import PdfError

NEWEST_LACKING = 130  # Chrome 131 is the first that prints page numbers in the margins
QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is asked of the internet
)


def the_browser() -> Path:
    """The browser that prints.

    Raises
    ------
    PdfError
        None is installed.
    """
    found = find_browser()
    if found is None:
        raise PdfError(f"A PDF is printed by a browser, and none was found. {HOW_TO}")
    return found


def print_page(browser: Path, page: Path, pdf: Path, patience_s: float = 900) -> None:
    """Print `page` into `pdf`: tagged, with its headings as outline.

    Raises
    ------
    PdfError
        The browser failed, took too long or is too old.
    """
    _run(
        browser,
        ["--no-pdf-header-footer", "--generate-pdf-document-outline", f"--print-to-pdf={pdf}"],
        page,
        pdf,
        patience_s,
    )
    producer = str((PdfReader(pdf).metadata or {}).get("/Producer", ""))
    version = producer.rpartition("m")[2]
    if version.isdigit() and int(version) <= NEWEST_LACKING:
        raise PdfError(
            f"{browser.name} {version} is too old to print page numbers: update it to "
            f"{NEWEST_LACKING + 1} or newer."
        )


def take_picture(browser: Path, page: Path, picture: Path, width: int, height: int) -> None:
    """Save what `page` shows in a window of that size, in CSS pixels, at twice as many dots."""
    _run(
        browser,
        [
            f"--window-size={width},{height}",
            "--force-device-scale-factor=2",
            "--virtual-time-budget=4000",  # its scripts may take that long on their own clock
            f"--screenshot={picture}",
        ],
        page,
        picture,
        120,
    )


def _run(browser: Path, options: list[str], page: Path, made: Path, patience_s: float) -> None:
    made.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(browser), *QUIET, f"--user-data-dir={profile}", *options]
        if sys.platform == "linux" and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to start for root without it
        try:
            run = subprocess.run(
                [*command, page.as_uri()],
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=patience_s,
            )
        except subprocess.TimeoutExpired:
            raise PdfError(
                f"{browser.name} was still printing after {patience_s / 60:.0f} minutes: close other "
                "programs and run the command again."
            ) from None
    if not made.is_file() or made.stat().st_size == 0:
        said = (run.stderr.strip().splitlines() or [f"code {run.returncode}"])[-1]
        raise PdfError(f"{browser.name} printed nothing. It said: {said}")

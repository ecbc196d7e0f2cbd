"""What is installed, what is missing, and the mend for each."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from dataclasses import dataclass
from typing import Literal

from flyway_course import setup_assets
from flyway_course.browsers import HOW_TO, find_browser
from flyway_course.paths import ASSETS, ROOT, SITE, WORKSPACE

ROOM_GB = 1.0
CORE = ("jupyter-book", "jupyterlab", "ipywidgets", "folium", "pandas", "seaborn", "nbgrader")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    state: `ok`; `note` for what works but is worth knowing; `bad` for what `open` needs and lacks.
    """

    what: str
    found: str
    state: Literal["ok", "note", "bad"] = "ok"
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything the course needs, in the order in which `open` needs it."""
    return [
        Finding("Python", f"{platform.python_version()} at {sys.executable}"),
        Finding("System", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        _folder(),
        *_packages(),
        _assets(),
        _book(),
        _workspace(),
        _disk(),
        _port(),
        _browser(),
        _sandbox(),
    ]


def _folder() -> Finding:
    """Look for a place that is known to disturb an environment."""
    text = str(ROOT)
    if "OneDrive" in text or "Dropbox" in text:
        return Finding(
            "Course", text, "note", "A folder that is synchronised makes set-up slow: move it out."
        )
    return Finding("Course", text)


def _packages() -> list[Finding]:
    """Compare the main packages with the lock file."""
    locked = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, _, rest = line.partition("==")
            locked.setdefault(name, set()).add(rest.split()[0])
    findings = []
    for name in CORE:
        mend = "Delete the folder .venv and run `python3 course.py open`."
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            findings.append(Finding(name, "not installed", "bad", mend))
            continue
        if version in locked.get(name, set()):
            findings.append(Finding(name, version))
        else:
            findings.append(Finding(name, f"{version}, which the lock file lacks", "note", mend))
    return findings


def _assets() -> Finding:
    if setup_assets.is_current():
        return Finding("Page files", str(ASSETS.relative_to(ROOT)))
    return Finding(
        "Page files", "not fetched yet", "note", "`python3 course.py open` fetches them."
    )


def _book() -> Finding:
    pages = len(list(SITE.rglob("*.html"))) if SITE.is_dir() else 0
    if pages:
        return Finding("Book", f"{pages} pages in {SITE.relative_to(ROOT)}")
    return Finding("Book", "not built yet", "note", "`python3 course.py open` builds it.")


def _workspace() -> Finding:
    notebooks = len(list(WORKSPACE.glob("*.ipynb"))) if WORKSPACE.is_dir() else 0
    return Finding("Your copies", f"{notebooks} notebooks in workspace/")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < ROOM_GB:
        return Finding("Disk", f"{free:.1f} GB free", "bad", f"Free {ROOM_GB:.0f} GB.")
    return Finding("Disk", f"{free:.0f} GB free")


def _port() -> Finding:
    from flyway_course.serve.run import FIRST_PORT, PortError, choose_port

    try:
        port = choose_port(None)
    except PortError as error:
        return Finding("Port", "none free", "bad", str(error))
    if port == FIRST_PORT:
        return Finding("Port", f"{port} is free")
    return Finding("Port", f"{FIRST_PORT} is used, {port} is free: `open` takes that")


def _browser() -> Finding:
    """Any browser opens the course; the tests need one that they can drive."""
    browser = find_browser()
    if browser:
        return Finding("Browser for the tests", str(browser))
    return Finding("Browser for the tests", "none found", "note", HOW_TO)


def _sandbox() -> Finding:
    """Instructors need a sandbox to grade; nobody else does."""
    from flyway_course.grading.errors import GradingError
    from flyway_course.grading.sandbox import machine

    try:
        found = machine.examine(look_only=True)
    except GradingError as error:
        return Finding("Sandbox for grading", "none here", "note", str(error))
    return Finding("Sandbox for grading", f"bubblewrap works ({found.bwrap})")

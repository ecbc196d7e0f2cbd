"""Find an installed Chrome, Chromium or Edge: the browser tests drive one, none is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
    "msedge",
)
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
HOW_TO = (
    "Install Chrome, Chromium or Edge, or set COURSE_BROWSER to the program's path "
    "(Debian, Ubuntu: sudo apt install chromium)."
)


def find_browser() -> Path | None:
    """Return the program of an installed browser, or None.

    `COURSE_BROWSER` is used before all others, so that a browser in an unusual place can be named.
    """
    named = os.environ.get("COURSE_BROWSER")
    candidates = [named] if named else []
    candidates += [shutil.which(name) for name in NAMES]
    if sys.platform == "darwin":
        homes = (Path("/Applications"), Path.home() / "Applications")
        candidates += [home / place for home in homes for place in MAC]
    if sys.platform == "win32":
        variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        homes = [Path(os.environ[name]) for name in variables if name in os.environ]
        candidates += [home / place for home in homes for place in WINDOWS]
    return next((Path(c) for c in candidates if c and Path(c).is_file()), None)


def can_install() -> bool:
    """Say whether Debian's package can be installed from here: Linux, apt and the right to."""
    return sys.platform == "linux" and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def install_browser(say: Callable[[str], None]) -> Path | None:
    """Install Debian's Chromium where that is possible; return the browser, or None."""
    if not can_install():
        return None
    say("  installing Chromium with apt, for the browser tests …")
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
        if run.returncode:
            say(f"  {' '.join(command)} failed: {run.stderr.strip().splitlines()[-1:]}")
            return None
    return find_browser()

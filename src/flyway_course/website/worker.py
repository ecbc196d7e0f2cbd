"""The service worker of the website, with a version made from the content of the site."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flyway_course.build.publish import write_anew

from .errors import WebsiteError

TEMPLATE = Path(__file__).with_name("sw.js")
PLACE = '"the version of the site"'
NOT_KEPT = {"lite", "notebooks", "_downloads", "_sources", "sw.js"}
"""Top-level names that the worker leaves alone: their change is no new version."""


def version(site: Path) -> str:
    """Return 16 letters that differ when a file that the worker may keep differs."""
    digest = hashlib.sha256(TEMPLATE.read_bytes())
    for file in sorted(site.rglob("*")):
        name = file.relative_to(site)
        if file.is_file() and name.parts[0] not in NOT_KEPT:
            digest.update(f"{name.as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def add_worker(site: Path) -> None:
    """Write `sw.js`, after everything else of the site."""
    text = TEMPLATE.read_text("utf-8")
    if text.count(PLACE) != 1:
        raise WebsiteError(f"{TEMPLATE.name} has lost the place of the site's version.")
    write_anew(site / "sw.js", text.replace(PLACE, f'"{version(site)}"'))

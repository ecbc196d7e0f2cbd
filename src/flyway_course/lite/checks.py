"""What must not be in the in-browser course: answers of assignments, and foreign addresses.

The guard of the book looks at every page. Below `lite/`, one address is allowed that is nowhere
else: that of Pyodide on its CDN, and in two files only, the settings and the list of packages.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from flyway_course.build.guard import EXTERNAL, SCRIPT_HOSTS, find_external
from flyway_course.build.leaks import Secret, find_leaks

MAY_NAME_CDN = {"jupyter-lite.json", "pyodide-lock.json", "open.html", "index.html"}
LOADS = {"pyodideUrl", "lockFileURL", "file_name", "pipliteUrls", "faviconUrl", "settingsUrl"}


def find_problems(lite: Path, secrets: list[Secret], cdn: str | None) -> list[str]:
    """One sentence for each thing below `lite` that must not be published.

    cdn: address of Pyodide's files where they come from the internet, else None.
    """
    found = find_leaks(lite, secrets)
    for wheel in sorted(lite.rglob("flyway-*.whl")):
        with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(wheel) as archive:
            archive.extractall(scratch)
            found += [f"{wheel.name}: {problem}" for problem in find_leaks(Path(scratch), secrets)]
    found += find_external(lite)
    for file, address in _named(lite):
        if cdn is None or not address.startswith(cdn) or file.name not in MAY_NAME_CDN:
            found.append(f"{file.relative_to(lite).as_posix()}: loads {address[:120]}")
    return found


def _named(lite: Path) -> Iterator[tuple[Path, str]]:
    """Addresses outside the site in the settings, the lists of packages, and the watcher's place."""
    for file in sorted([*lite.rglob("jupyter-lite.json"), *lite.rglob("pyodide-lock.json")]):
        for address in _loaded(json.loads(file.read_text("utf-8"))):
            if EXTERNAL.match(address):
                yield file, address
    for file in sorted(lite.rglob("*.html")):
        for address in re.findall(r'data-python="([^"]*)"', file.read_text("utf-8")):
            if EXTERNAL.match(address):
                yield file, address
    for file in sorted((*lite.glob("*.js"), *lite.glob("*.json"))):
        if file.name not in MAY_NAME_CDN:
            for address in SCRIPT_HOSTS.findall(file.read_text("utf-8", errors="replace")):
                yield file, address


def _loaded(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _loaded(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _loaded(part, key)
    elif isinstance(value, str) and key in LOADS:
        yield value

"""Where the browser's Python comes from: Pyodide's public CDN, or a folder of its distribution.

A distribution is what Pyodide publishes as `pyodide-<release>.tar.bz2`: the interpreter and a wheel
of each of its packages. It must be the release that the tests of the course ran with.
"""

from __future__ import annotations

import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from flyway_course.lite.errors import LiteError

CDN = "https://cdn.jsdelivr.net/pyodide/v{release}/full/"
"""The one place on the internet that a page below `lite/` may ask for anything."""
INTERPRETER = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"


@dataclass(frozen=True)
class Distribution:
    """One release of Pyodide.

    release: its number. packages: its lock file's entries by normalised name. info: the lock file's
    `info`. folder: where its files are; None for the CDN.
    """

    release: str
    info: dict[str, Any]
    packages: dict[str, dict[str, Any]]
    folder: Path | None = None

    @property
    def cdn(self) -> str:
        """Address of the release's files on the CDN."""
        return CDN.format(release=self.release)

    def lacking(self, names: set[str]) -> list[str]:
        """Files that the folder does not hold, of the interpreter and of some packages."""
        wanted = [*INTERPRETER, *(self.packages[name]["file_name"] for name in sorted(names))]
        return [name for name in wanted if not (self.folder / name).is_file()]


def from_cdn(npm: Path) -> Distribution:
    """Describe the release whose npm package is in the folder `npm`, with files from the CDN."""
    if not (npm / LOCK).is_file():
        raise LiteError(
            f"{npm.name} was not fetched from npm: run `python3 course.py build --lite` while "
            "connected to the internet."
        )
    release = json.loads((npm / "package.json").read_text("utf-8"))["version"]
    return _described(release, npm / LOCK, None)


def from_path(path: Path, release: str, scratch: Path) -> Distribution:
    """Describe the distribution in a folder, or in Pyodide's archive, which must be of `release`.

    An archive is unpacked into the folder `scratch`.
    """
    if not path.exists():
        raise LiteError(f"There is nothing at {path}: give the folder or archive of Pyodide.")
    folder = path if path.is_dir() else _unpacked(path, scratch)
    if not (folder / LOCK).is_file() and (folder / "pyodide" / LOCK).is_file():
        folder = folder / "pyodide"
    script = folder / "pyodide.mjs"
    if not (folder / LOCK).is_file() or not script.is_file():
        raise LiteError(
            f"{path} holds no distribution of Pyodide ({LOCK} and pyodide.mjs): give the folder or "
            f"archive pyodide-{release}.tar.bz2 of Pyodide's release page."
        )
    known = set(re.findall(r'="(\d+\.\d+\.\d+)"', script.read_text("utf-8", errors="replace")))
    if release not in known:
        found = ", ".join(sorted(known)) or "an unknown release"
        raise LiteError(
            f"{path} is Pyodide {found}, and the course was tested with Pyodide {release}: give "
            f"pyodide-{release}.tar.bz2 of Pyodide's release page."
        )
    return _described(release, folder / LOCK, folder)


def _described(release: str, lock: Path, folder: Path | None) -> Distribution:
    content = json.loads(lock.read_text("utf-8"))
    packages = {canonicalize_name(name): entry for name, entry in content["packages"].items()}
    return Distribution(release, content["info"], packages, folder)


def _unpacked(archive: Path, into: Path) -> Path:
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(into, filter="data")
    except tarfile.TarError as error:
        raise LiteError(f"{archive} is no archive that can be read: {error}") from None
    return into

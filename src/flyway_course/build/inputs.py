"""Has anything that the book is made of changed since the last build?

Each file is remembered by size and time of change, and by a hash of its content. Content is read
only where size or time differ, so that asking costs milliseconds, and a file that was only
touched (a fresh checkout) counts as unchanged.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

WATCHED = ("_config.yml", "_toc.yml", "requirements.lock", "book", "src", "datasets", "exercises")
WATCHED += ("solutions",)  # the finished site is searched for their lines
SKIPPED = {"__pycache__", ".ipynb_checkpoints"}

Table = dict[str, list]
"""Path below the root -> [size in bytes, time of change in ns, hash of the content]."""


def scan(root: Path, before: Mapping[str, list]) -> Table:
    """Look at all input files. `before` is the table of the last scan, or empty."""
    table: Table = {}
    for path, stat in _files(root):
        name = path.relative_to(root).as_posix()
        known = before.get(name)
        if known and known[:2] == [stat.st_size, stat.st_mtime_ns]:
            table[name] = known
        else:
            with contextlib.suppress(FileNotFoundError):  # an editor's file, gone already
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                table[name] = [stat.st_size, stat.st_mtime_ns, content]
    return table


def changed(before: Mapping[str, list], now: Mapping[str, list]) -> set[str]:
    """Names of the files that came, went or have another content."""
    hashes = [{name: entry[2] for name, entry in table.items()} for table in (before, now)]
    return {name for name, _ in hashes[0].items() ^ hashes[1].items()}


def _files(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for name in WATCHED:
        place = root / name
        if place.is_file():
            yield place, place.stat()
        else:
            yield from _below(place)


def _below(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.name not in SKIPPED and not entry.name.endswith(".egg-info"):
                yield from _below(Path(entry.path))
        elif entry.is_file() and not entry.name.endswith((".pyc", ".db", "~", ".swp")):
            yield Path(entry.path), entry.stat()

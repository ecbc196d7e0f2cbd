"""What a search of the site has found in each file, kept for the files that have not changed.

The whole site is searched after every build. A file whose content has the same hash as last time,
searched by the same code for the same things, has the same findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .places import read_json, write_json

CODE = ("guard.py", "leaks.py")


class Seen:
    """Findings by file. Without a file to keep them in, every search is made.

    rules: what is searched for, as texts.
    """

    def __init__(self, file: Path | None = None, *rules: str):
        self.file = file
        code = "".join(Path(__file__).with_name(name).read_text("utf-8") for name in CODE)
        self.rules = hashlib.sha256("\0".join([code, *rules]).encode()).hexdigest()
        kept = read_json(file) if file else {}
        self.before = kept["found"] if kept.get("rules") == self.rules else {}
        self.found: dict[str, list[Any]] = {}

    def find(self, kind: str, name: str, path: Path, search: Callable[[str], Any]) -> list[Any]:
        """What `search` finds in the text of a file, as a list of what JSON can hold."""
        data = path.read_bytes()
        key = f"{kind} {name} {hashlib.sha256(data).hexdigest()}"
        if key not in self.found:
            found = self.before.get(key)
            if found is None:
                found = list(search(data.decode("utf-8", errors="replace")))
            self.found[key] = found
        return self.found[key]

    def keep(self) -> None:
        """Remember what was found; files that are gone are forgotten."""
        if self.file:
            write_json(self.file, {"rules": self.rules, "found": self.found})

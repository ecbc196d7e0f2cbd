"""Where a build works, and what it remembers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Where a build works."""

    root: Path

    @property
    def made(self) -> Path:
        """Everything that a build makes."""
        return self.root / "_build"

    @property
    def site(self) -> Path:
        """The last good site."""
        return self.made / "html"

    @property
    def work(self) -> Path:
        """What a build under way writes; kept for the next one when it ended well."""
        return self.made / "work"

    @property
    def scratch(self) -> Path:
        """What only a build under way needs."""
        return self.made / "tmp"

    @property
    def cache(self) -> Path:
        """Outputs of lessons that ran."""
        return self.made / "outputs"

    @property
    def pictures(self) -> Path:
        """Pictures that lessons drew."""
        return self.made / "pictures"

    @property
    def state(self) -> Path:
        """What the last good build was made of."""
        return self.made / "state.json"

    @property
    def seen(self) -> Path:
        """What the search of the finished site has found in each file."""
        return self.made / "seen.json"

    @property
    def readings(self) -> Path:
        """What each module names, as the last build read it."""
        return self.made / "readings.json"

    @property
    def log(self) -> Path:
        """All that Sphinx said, the last time."""
        return self.made / "build.log"


def read_json(path: Path) -> dict:
    """The object in a file; empty where there is no file, half of one, or something else."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(content), "utf-8")
    new.replace(path)

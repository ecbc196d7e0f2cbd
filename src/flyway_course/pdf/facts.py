"""What the title page says: title, version, licences, and dates that come from the course itself.

No date is taken from the clock, so that the same course gives the same PDF.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import yaml

LICENCES = "Text, figures and data packages: CC BY 4.0. Code: MIT."


@dataclass(frozen=True)
class Facts:
    """Title, subtitle, authors and version of the course; when it and its data were last changed."""

    title: str
    subtitle: str
    authors: str
    version: str
    made: datetime
    data: date | None


def read_facts(root: Path) -> Facts:
    """Read the facts of the course in `root`: `CITATION.cff`, its git history, its data packages."""
    told = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    title, _, subtitle = str(told["title"]).partition(": ")
    released = date.fromisoformat(str(told["date-released"]))
    return Facts(
        title=title,
        subtitle=subtitle[:1].upper() + subtitle[1:],
        authors=", ".join(_name(author) for author in told["authors"]),
        version=str(told["version"]),
        made=_last_change(root) or datetime.combine(released, time(), UTC),
        data=_newest_data(root),
    )


def _name(author: dict[str, str]) -> str:
    return author.get("name") or f"{author.get('given-names', '')} {author['family-names']}".strip()


def _last_change(root: Path) -> datetime | None:
    """The time of the last commit, or of `SOURCE_DATE_EPOCH`, which makers of packages set."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(given), UTC)
    if not (root / ".git").exists():  # a folder above may be a repository of something else
        return None
    ask = ["git", "log", "-1", "--format=%ct"]
    try:
        told = subprocess.run(ask, cwd=root, capture_output=True, text=True, timeout=30, check=True)
        return datetime.fromtimestamp(int(told.stdout), UTC)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _newest_data(root: Path) -> date | None:
    created = [
        json.loads(path.read_text(encoding="utf-8")).get("created", "")[:10]
        for path in root.glob("datasets/*/datapackage.json")
    ]
    return max((date.fromisoformat(day) for day in created if day), default=None)


def in_words(day: date) -> str:
    """A date as British readers write it: 22 November 2026."""
    return f"{day.day} {day:%B %Y}"

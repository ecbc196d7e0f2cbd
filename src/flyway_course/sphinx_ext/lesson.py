"""The `lesson:` part of a page's front matter, and the names that follow from a page's place."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


def split(text: str) -> tuple[dict[str, Any], str, int]:
    """Split a page into (front matter, text, number of the text's first line counted from 1)."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != "---":
        return {}, text, 1
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == "---":
            head = yaml.safe_load("".join(lines[1 : number - 1])) or {}
            return head, "".join(lines[number:]), number + 1
    return {}, text, 1


@lru_cache(maxsize=512)
def _read(path: str, _stamp: int) -> dict[str, Any]:
    return split(Path(path).read_text(encoding="utf-8"))[0]


def front_matter(path: str | Path) -> dict[str, Any]:
    """Front matter of a `.md` page; empty for any other file."""
    place = Path(path)
    if place.suffix != ".md" or not place.is_file():
        return {}
    return _read(str(place), place.stat().st_mtime_ns)


def lessons_of(env: BuildEnvironment) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every lesson of the book: number -> (page, the `lesson:` part of its front matter)."""
    found = {}
    for page in sorted(env.found_docs):
        lesson = front_matter(env.doc2path(page)).get("lesson")
        if lesson:
            found[str(lesson["number"])] = (page, lesson)
    return found


def slug(docname: str) -> str:
    """Name of a lesson: `book/modules/04-change/01-is-it-recovering` -> `04-change-01-is-it-recovering`."""
    return "-".join(docname.split("/")[-2:])

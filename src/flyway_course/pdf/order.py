"""Which pages the book has, and in what order: `_toc.yml` says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .errors import PdfError


@dataclass(frozen=True)
class Place:
    """One page of the book.

    name: the page without its ending, such as `book/glossary`. part: caption of its part, empty for
    the first page. depth: 0 for a chapter, 1 for a page below it. title: what `_toc.yml` calls it,
    where it does.
    """

    name: str
    part: str
    depth: int
    title: str = ""

    @property
    def key(self) -> str:
        """A word that begins every id of this page, so that no two pages share one."""
        return self.name.removeprefix("book/").replace("/", "-")


def _below(chapters: list[dict[str, Any]], part: str, depth: int) -> list[Place]:
    found = []
    for chapter in chapters:
        found.append(Place(chapter["file"], part, depth, chapter.get("title", "")))
        found += _below(chapter.get("sections", []), part, depth + 1)
    return found


def listed_pages(root: Path) -> list[Place]:
    """Every page that `_toc.yml` names, in its order; root: folder of the course."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found = [Place(contents["root"], "", 0)]
    for part in contents.get("parts") or [contents]:
        found += _below(part.get("chapters", []), part.get("caption", ""), 0)
    return found


def pages_in_order(root: Path) -> list[Place]:
    """Every page of the built book in the order of `_toc.yml`.

    root: folder of the course.

    Raises
    ------
    PdfError
        A page of `_toc.yml` is not in the built book.
    """
    found = listed_pages(root)
    for place in found:
        if not page_file(root, place.name).is_file():
            raise PdfError(
                f"The page {place.name} of _toc.yml is not in the built book: run "
                "`python3 course.py build` first."
            )
    return found


def page_file(root: Path, name: str) -> Path:
    """Where the built page lies."""
    return root / "_build" / "html" / f"{name}.html"

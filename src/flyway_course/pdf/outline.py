"""The outline of a PDF: its words, and which of its entries are open."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import Tag
from pypdf.generic import DictionaryObject, NameObject, NumberObject, TextStringObject

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def headings_of(document: Tag) -> list[str]:
    """The words of all headings in order, as the outline shall have them."""
    return [" ".join(heading.get_text().split()) for heading in document.find_all(HEADINGS)]


def mend_outline(outlines: DictionaryObject, headings: list[str]) -> None:
    """Give the entries of a PDF's outline their words anew, and close all but the parts.

    Chromium loses the space where a heading is broken into lines, and doubles a heading that moved
    to the next page. It makes one entry of each heading, so that the two lists go together.
    """
    entries = list(_entries(outlines))
    if len(entries) == len(headings):
        for entry, heading in zip(entries, headings, strict=True):
            entry[NameObject("/Title")] = TextStringObject(heading)
    _close(outlines, 0)


def _entries(item: DictionaryObject) -> Iterator[DictionaryObject]:
    """Every entry below an item, in the order of the document."""
    child = item.get("/First")
    while child is not None:
        entry = child.get_object()
        yield entry
        yield from _entries(entry)
        child = entry.get("/Next")


def _close(item: DictionaryObject, depth: int) -> int:
    """Set how many lines each entry shows, negative where it is closed; return that number."""
    shown, child = 0, item.get("/First")
    while child is not None:
        entry = child.get_object()
        below = _close(entry, depth + 1)
        shown += 1 + (below if depth == 0 else 0)
        child = entry.get("/Next")
    if "/Count" in item:
        item[NameObject("/Count")] = NumberObject(shown if depth < 2 else -shown)
    return shown

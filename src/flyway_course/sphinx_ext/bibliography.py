"""The style `keyed` of the bibliography: each entry is labelled with its own key.

The data packages name their sources by key (`S19`), so a reader must find `S19` on the page of
references. The usual styles make labels such as `YKL+25` from the names of the authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as UnsortedStyle
from sphinx.application import Sphinx


def order(key: str) -> tuple[bool, int, str]:
    """Sort key: numbered sources by their number (S2 before S10), then the others by name."""
    numbered = re.fullmatch(r"S(\d+)", key)
    return (numbered is None, int(numbered.group(1)) if numbered else 0, key)


class KeyedStyle(UnsortedStyle):
    """Plain entries, labelled and sorted by key."""

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """Label of each entry: its key."""
        return (entry.key for entry in sorted_entries)

    def sort(self, entries: Iterable[Any]) -> list[Any]:
        """Entries in the order of the keys."""
        return sorted(entries, key=lambda entry: order(entry.key))


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the style known to the directive `{bibliography}`."""
    register_plugin("pybtex.style.formatting", "keyed", KeyedStyle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

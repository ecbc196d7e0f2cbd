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
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle
from sphinx.application import Sphinx


def order(key: str) -> tuple[bool, int, str]:
    """Sort key: numbered sources by their number (S2 before S10), then the others by name."""
    numbered = re.fullmatch(r"S(\d+)", key)
    return (numbered is None, int(numbered.group(1)) if numbered else 0, key)


class KeyLabels(BaseLabelStyle):
    """Label of each entry: its key."""

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """One label per entry."""
        return (entry.key for entry in sorted_entries)


class KeySorting(BaseSortingStyle):
    """Entries in the order of their keys."""

    def sorting_key(self, entry: Any) -> tuple[bool, int, str]:
        """What the entries are compared by."""
        return order(entry.key)


class KeyedStyle(UnsortedStyle):
    """Plain entries, labelled and sorted by key."""

    default_label_style = "keyed"
    default_sorting_style = "keyed"


def as_list_items(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Call each entry a list item: docutils gives it `doc-biblioentry`, a role that ARIA has retired.

    A screen reader then says "list, 200 items", and axe-core has nothing to report.
    """
    if "body" in context:
        context["body"] = context["body"].replace(' role="doc-biblioentry"', ' role="listitem"')


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the style known to the directive `{bibliography}`."""
    app.connect("html-page-context", as_list_items)
    register_plugin("pybtex.style.labels", "keyed", KeyLabels)
    register_plugin("pybtex.style.sorting", "keyed", KeySorting)
    register_plugin("pybtex.style.formatting", "keyed", KeyedStyle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

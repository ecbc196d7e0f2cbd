"""The style `keyed` of the bibliography: each entry is labelled with its own key.

The data packages name their sources by key (`S19`), so a reader must find `S19` on the page of
references. The usual styles make labels such as `YKL+25` from the names of the authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as UnsortedStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


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
    formatted: ClassVar[dict[str, tuple[Any, Any]]] = {}
    """Label -> (entry, the same in words)."""

    def format_entry(self, label: str, entry: Any, bib_data: Any = None) -> Any:
        """Give the entry in words. Sphinx asks for all of them, twice, whenever a page changed."""
        known, words = self.formatted.get(label, (None, None))
        if known != entry or words.key != entry.key:
            words = super().format_entry(label, entry, bib_data)
            self.formatted[label] = entry, words
        return words


def remember(_app: Sphinx, env: BuildEnvironment) -> None:
    """Begin with the entries that the last build has formatted; Sphinx keeps them."""
    KeyedStyle.formatted.clear()  # it may be another book
    domain = env.domaindata.get("cite", {})
    for citation in domain.get("citations", []):
        listed = domain["bibliographies"].get(citation.bibliography_key)
        if listed is not None and listed.style == "keyed":
            words = citation.formatted_entry
            KeyedStyle.formatted[words.label] = citation.entry, words


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
    app.connect("env-updated", remember, priority=100)  # before sphinxcontrib.bibtex begins anew
    register_plugin("pybtex.style.labels", "keyed", KeyLabels)
    register_plugin("pybtex.style.sorting", "keyed", KeySorting)
    register_plugin("pybtex.style.formatting", "keyed", KeyedStyle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

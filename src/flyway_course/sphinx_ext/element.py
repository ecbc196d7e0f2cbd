"""Two document nodes from which the course's boxes are made.

`element` becomes one HTML element; `phrase` is a paragraph that is written inside another line
(a label, a summary), where `<p>` is not allowed. Both hold ordinary nodes, so that the words in them
are found by Sphinx's translation tools. Builders other than HTML show the contents alone.
"""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation

VOID = {"input"}

translate = get_translation("flyway_course")
"""Fixed words of the boxes ("Check", "Answer"); translated by a `flyway_course` catalogue."""


class element(nodes.General, nodes.Element):
    """One HTML element: `tag`, and `attrs` as a dictionary (True gives an attribute alone)."""


class phrase(nodes.paragraph):
    """A line of text inside a label, a legend or a summary: translated like a paragraph."""


def make(
    tag: str, *children: nodes.Node, classes: list[str] | None = None, **attrs: Any
) -> element:
    """Make an element. Underscores in attribute names become hyphens, a last one is dropped."""
    clean = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
    node = element("", *children, tag=tag, attrs=clean)
    node["classes"] = list(classes or [])
    return node


def text(words: str, tag: str = "p", classes: list[str] | None = None, **attrs: Any) -> element:
    """Make an element that holds fixed words of the course's own."""
    return make(tag, nodes.Text(words), classes=classes, **attrs)


def line(words: str, source: tuple[str, int], classes: list[str] | None = None) -> phrase:
    """Make a line of the author's words, with the place it came from, so that it is translated."""
    node = phrase(words, words, classes=list(classes or []))
    node.source, node.line = source
    return node


def _start(self: Any, node: element) -> None:
    attributes = dict(node["attrs"])
    if node["ids"]:
        attributes = {"id": node["ids"][0], **attributes}
    if node["classes"]:
        attributes = {"class": " ".join(node["classes"]), **attributes}
    written = "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    self.body.append(f"<{node['tag']}{written}>")


def _end(self: Any, node: element) -> None:
    if node["tag"] not in VOID:
        self.body.append(f"</{node['tag']}>\n")


def _start_phrase(self: Any, node: phrase) -> None:
    self.body.append(f'<span class="{" ".join(["fw-line", *node["classes"]])}">')


def _end_phrase(self: Any, node: phrase) -> None:
    self.body.append("</span>")


def _nothing(self: Any, node: nodes.Node) -> None:
    """Show the children alone."""


def setup(app: Sphinx) -> None:
    """Register both nodes."""
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (_nothing, _nothing))
    app.add_node(element, html=(_start, _end), **others)
    app.add_node(phrase, html=(_start_phrase, _end_phrase), **others)

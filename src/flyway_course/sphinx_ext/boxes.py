"""Boxes of a lesson: the field story, where a method breaks, what to tell, the key points."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from flyway_course.sphinx_ext.element import element, make, phrase, text, translate


def heading_above(directive: SphinxDirective) -> str:
    """Title of the section in which the directive stands."""
    renderer = getattr(directive.state, "_renderer", None)
    node = getattr(renderer, "current_node", None)
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node[0].astext() if node is not None and len(node) else ""


def box_title(directive: SphinxDirective, kind: str) -> list[nodes.Node]:
    """Make the head of a box: its kind, and the author's title if the directive has one.

    The kind is left out where the heading just above says the same.
    """
    head = make("p", classes=["fw-box-title"])
    if heading_above(directive).casefold() != str(kind).casefold():
        head += text(kind, "span", ["fw-kind"])
    elif not directive.arguments:
        return []
    if directive.arguments:
        words = directive.arguments[0]
        title, messages = directive.state.inline_text(words, directive.lineno)
        named = phrase(words, "", *title, classes=["fw-title"])
        named.source, named.line = directive.get_source_info()
        head += [nodes.Text(" "), named]
        return [head, *messages]
    return [head]


def need_content(directive: SphinxDirective, what: str) -> None:
    """Stop with a plain sentence when a directive is empty."""
    if not directive.content:
        raise directive.error(
            f"{directive.name}: the box is empty. Write {what} between its fences."
        )


class Box(SphinxDirective):
    """A box with a head and ordinary text."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    kind = ""
    css = ""

    def run(self) -> list[nodes.Node]:
        """Give one section-like element."""
        need_content(self, "the text")
        box: element = make("div", *box_title(self, self.kind), classes=["fw-box", self.css])
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class Story(Box):
    """`:::{story} Place, date`: a decision in the field, at most 120 words."""

    required_arguments = 1
    optional_arguments = 0
    kind, css = translate("Field story"), "fw-story"


class Breaks(Box):
    """`:::{breaks} Title`: the assumption that fails in the field."""

    kind, css = translate("Where it breaks"), "fw-breaks"


class Tell(Box):
    """`:::{tell}`: one sentence for a warden, one for a ministry."""

    kind, css = translate("Decide and tell"), "fw-tell"


class KeyPoints(Box):
    """`:::{keypoints}`: at most four points."""

    kind, css = translate("Key points"), "fw-keypoints"


def setup(app: Sphinx) -> None:
    """Register the boxes."""
    for name, box in {
        "story": Story,
        "breaks": Breaks,
        "tell": Tell,
        "keypoints": KeyPoints,
    }.items():
        app.add_directive(name, box)

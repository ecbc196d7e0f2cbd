"""`:::{predict} Title`: a question before any code. A guess stays on the page and is never sent.

The body holds the question and, if wanted, a bullet list of choices; without a list the reader
gets a box to write in. What follows a line `---` is the reveal, folded.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from flyway_course.sphinx_ext.boxes import box_title, need_content
from flyway_course.sphinx_ext.element import element, make, text, translate
from flyway_course.sphinx_ext.quiz import as_phrase


class Predict(SphinxDirective):
    """The directive."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give the box as one element."""
        need_content(self, "the question")
        ident = nodes.make_id(f"predict-{self.env.new_serialno('predict')}")
        body = make("div", classes=["fw-question"])
        self.state.nested_parse(self.content, self.content_offset, body)
        question, reveal = _split(body.children)
        lists = [node for node in question if isinstance(node, nodes.bullet_list)]
        if len(lists) > 1:
            raise self.error("predict: give at most one bullet list of choices.")
        if not [node for node in question if node not in lists]:
            raise self.error("predict: there is no question above the choices.")
        body.children = []
        body += [node for node in question if node not in lists]
        body["ids"] = [f"{ident}-question"]
        root = make(
            "div",
            *box_title(self, translate("Predict")),
            body,
            self._choices(ident, lists[0]) if lists else self._writing(ident),
            classes=["fw-box", "fw-predict"],
            data_fw_predict=True,
        )
        said = text("", "p", ["fw-said"], role="status", hidden=True)
        if reveal:
            fold = make("details", text(translate("Then look"), "summary"), classes=["fw-reveal"])
            fold += [said, *reveal]
            root += fold
        else:
            root += said
        root["ids"] = [ident]
        return [root]

    def _choices(self, ident: str, items: nodes.bullet_list) -> element:
        fieldset = make(
            "fieldset",
            text(translate("Choose before you look"), "legend"),
            classes=["fw-choices"],
            aria_describedby=f"{ident}-question",
        )
        for number, item in enumerate(items.children, start=1):
            if len(item.children) != 1 or not isinstance(item.children[0], nodes.paragraph):
                raise self.error(
                    f"predict: the choice '{item.astext()[:40]}' must be one line of text."
                )
            name = f"{ident}-{number}"
            row = make("label", classes=["fw-choice"])
            row += make("input", type="radio", name=ident, id=name, value=number)
            row += as_phrase(item.children[0])
            fieldset += row
        return fieldset

    def _writing(self, ident: str) -> element:
        name = f"{ident}-guess"
        return make(
            "div",
            text(translate("Your guess"), "label", for_=name),
            make("textarea", rows=2, id=name, aria_describedby=f"{ident}-question"),
            classes=["fw-writing"],
        )


def _split(children: list[nodes.Node]) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Split at the first thematic break into (question, reveal)."""
    for place, node in enumerate(children):
        if isinstance(node, nodes.transition):
            return children[:place], children[place + 1 :]
    return list(children), []


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("predict", Predict)

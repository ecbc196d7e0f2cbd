"""`:::{quiz} label`: one question with explained answers and native form controls.

The body holds the question, then one bullet list. An item begins with `[x]` (right) or `[ ]`
(wrong); its first paragraph is the choice and the rest explains it. With `:answer:` the question
asks for a number, and the items hold explanations only: `[x] why` (right), `[ ] 0.5: why` (for that
wrong number), `[ ] *: why` (for any other).

Without JavaScript the controls still show and a fold holds the answer and every explanation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from flyway_course.sphinx_ext.element import element, make, phrase, text, translate
from flyway_course.sphinx_ext.lesson import front_matter

MARK = re.compile(r"^\[([ xX])\]\s*")
VALUE = re.compile(r"^(\*|[-+]?[\d.]+(?:e[-+]?\d+)?)\s*:\s*")
LETTERS = "ABCDEFGHIJ"


@dataclass
class Item:
    """One item of the list: is it right, its number if it names one, its choice, its reasons."""

    right: bool
    value: str | None
    choice: nodes.paragraph | None
    why: list[nodes.Node] = field(default_factory=list)


class Quiz(SphinxDirective):
    """The directive."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012 - docutils reads a plain dictionary
        "objective": directives.unchanged,
        "answer": directives.unchanged,
        "tolerance": directives.unchanged,
        "unit": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Give the quiz as one element."""
        label = self.arguments[0]
        used = self.env.temp_data.setdefault("fw_quiz_labels", set())
        if label in used:
            raise self.error(f"quiz {label}: this label is used twice on the page. Rename one.")
        used.add(label)
        self._check_objective()
        body = make("div", classes=["fw-question"])
        self.state.nested_parse(self.content, self.content_offset, body)
        lists = [child for child in body.children if isinstance(child, nodes.bullet_list)]
        if len(lists) != 1:
            raise self.error(
                f"quiz {label}: one bullet list of answers is needed, and {len(lists)} were found. "
                "Write the question first, then one list whose items begin with [x] or [ ]."
            )
        if len(body.children) == 1:
            raise self.error(f"quiz {label}: there is no question above the list of answers.")
        body.remove(lists[0])
        numeric = "answer" in self.options
        items = [self._item(label, node, numeric) for node in lists[0].children]
        self._check_items(label, items, numeric)
        ident = nodes.make_id(label)
        body["ids"] = [f"{ident}-question"]
        controls = self._number(ident) if numeric else self._choices(ident, items)
        many = sum(item.right for item in items) > 1
        root = make(
            "div",
            text(translate("Check your understanding"), "p", ["fw-box-title"]),
            body,
            controls,
            make("div", classes=["fw-feedback"], role="status"),
            self._fold(ident, items),
            classes=["fw-box", "fw-quiz"],
            data_fw_quiz="number" if numeric else "many" if many else "one",
        )
        root["ids"] = [ident]
        return [root]

    def _check_objective(self) -> None:
        wanted = self.options.get("objective")
        if wanted is None:
            return
        lesson = front_matter(self.env.doc2path(self.env.docname)).get("lesson") or {}
        known = [str(entry.get("id")) for entry in lesson.get("objectives") or []]
        if wanted not in known:
            raise self.error(
                f"quiz {self.arguments[0]}: objective '{wanted}' is not in the front matter of "
                f"this page. Known objectives: {', '.join(known) or 'none'}."
            )

    def _item(self, label: str, node: nodes.Node, numeric: bool) -> Item:
        first = node.children[0] if node.children else None
        mark = MARK.match(first.astext()) if isinstance(first, nodes.paragraph) else None
        if mark is None:
            raise self.error(
                f"quiz {label}: the answer '{node.astext()[:40]}' does not begin with [x] or [ ]. "
                "Begin the right answer with [x] and each wrong one with [ ]."
            )
        _strip(first, mark.end())
        right, value = mark.group(1) != " ", None
        if numeric:
            if not right:
                found = VALUE.match(first.astext())
                if found is None:
                    raise self.error(
                        f"quiz {label}: the wrong answer '{first.astext()[:40]}' names no number. "
                        "Write [ ] 0.5: why, or [ ] *: why for any other number."
                    )
                value = found.group(1)
                _strip(first, found.end())
            return Item(right, value, None, [n for n in node.children if n.astext().strip()])
        return Item(right, value, first, node.children[1:])

    def _check_items(self, label: str, items: list[Item], numeric: bool) -> None:
        if not any(item.right for item in items):
            raise self.error(f"quiz {label}: no answer is right. Begin the right one with [x].")
        if not numeric and len(items) < 2:
            raise self.error(f"quiz {label}: one answer is no choice. Give two or more.")
        if len(items) > len(LETTERS):
            raise self.error(f"quiz {label}: {len(items)} answers are too many. Ten is the most.")
        for item in items:
            if not item.why:
                shown = item.choice.astext()[:50] if item.choice else item.value or "[x]"
                raise self.error(
                    f"quiz {label}: the answer '{shown}' has no explanation. Write one below it, "
                    "after an empty line and indented like the answer."
                )
        if numeric:
            for name in ("answer", "tolerance"):
                given = self.options.get(name, "0")
                try:
                    float(given)
                except ValueError:
                    raise self.error(
                        f"quiz {label}: :{name}: is '{given}', and must be a number such as 0.092."
                    ) from None

    def _choices(self, ident: str, items: list[Item]) -> element:
        many = sum(item.right for item in items) > 1
        legend = translate("Choose every right answer") if many else translate("Choose one answer")
        fieldset = make(
            "fieldset",
            text(legend, "legend"),
            classes=["fw-choices"],
            aria_describedby=f"{ident}-question",
        )
        for letter, item in zip(LETTERS, items, strict=False):
            name = f"{ident}-{letter.lower()}"
            control = make(
                "input",
                type="checkbox" if many else "radio",
                name=name if many else ident,
                id=name,
                value=letter,
                data_right="yes" if item.right else "no",
            )
            words = as_phrase(item.choice)
            row = make("label", control, text(letter, "span", ["fw-letter"]), words)
            row["classes"] = ["fw-choice"]
            fieldset += row
        fieldset += _button()
        return fieldset

    def _number(self, ident: str) -> element:
        unit = self.options.get("unit")
        name = f"{ident}-number"
        row = make("div", classes=["fw-number"])
        row += text(translate("Your answer"), "label", for_=name)
        row += make(
            "input",
            type="text",
            inputmode="decimal",
            autocomplete="off",
            id=name,
            aria_describedby=f"{ident}-question" + (f" {ident}-unit" if unit else ""),
            data_answer=self.options["answer"],
            data_tolerance=self.options.get("tolerance", "0"),
        )
        if unit:
            row += text(unit, "span", ["fw-unit"], id=f"{ident}-unit")
        row += _button()
        return row

    def _fold(self, ident: str, items: list[Item]) -> element:
        fold = make("details", text(translate("Answer"), "summary"), classes=["fw-answer"])
        if "answer" in self.options:
            unit = self.options.get("unit", "")
            fold += text(f"{translate('Right answer')}: {self.options['answer']} {unit}".strip())
        else:
            right = [letter for letter, i in zip(LETTERS, items, strict=False) if i.right]
            fold += text(f"{translate('Right answer')}: {', '.join(right)}")
        for letter, item in zip(LETTERS, items, strict=False):
            why = make("div", classes=["fw-why"], data_for=item.value or letter)
            if item.right:
                why["attrs"]["data-right"] = "yes"
            name = letter
            if "answer" in self.options:
                other = translate("Any other number")
                name = self.options["answer"] if item.right else item.value
                name = other if name == "*" else name
            why += text(f"{name}: ", "p", ["fw-why-name"])
            body = make("div", *item.why, classes=["fw-why-text"])
            fold += [why]
            why += body
        return fold


def as_phrase(paragraph: nodes.paragraph) -> phrase:
    """Turn a paragraph into a line that may stand inside a label."""
    made = phrase(paragraph.rawsource, "", *paragraph.children)
    made.source, made.line = paragraph.source, paragraph.line
    return made


def _strip(paragraph: nodes.paragraph, length: int) -> None:
    """Take the mark off the front of a paragraph, and off the text that translators see."""
    first = paragraph.children[0]
    cut = first.astext()[length:]
    paragraph.rawsource = paragraph.rawsource.lstrip()[length:].lstrip()
    paragraph.replace(first, nodes.Text(cut))


def _button() -> element:
    return text(translate("Check"), "button", ["fw-button", "pst-js-only"], type="button")


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("quiz", Quiz)

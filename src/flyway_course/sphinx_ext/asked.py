"""`{asked}`: one question to ask of a number for each lesson, with the lesson's sentence to a ministry.

    :::{asked}
    4.1 Was it the birds that grew, or the counting?
    4.2 Which sites were counted in each year?
    :::

The sentence is the one of the lesson's `tell` box, and its badge (real or simulated) that of the first
data package in the lesson's front matter, on which the sentence stands; so neither can drift.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from flyway_course.sphinx_ext.boxes import need_content
from flyway_course.sphinx_ext.data_box import badge, package
from flyway_course.sphinx_ext.element import make, translate
from flyway_course.sphinx_ext.lesson import lessons_of, split

LINE = re.compile(r"(\d+\.\d+)\s+(\S.*)")
TELL = re.compile(r"^:::+\{tell\}.*?$(.*?)^:::+$", re.M | re.S)
MINISTRY = re.compile(r"^\*\*To a ministry:\*\*\s*(.+?)\s*$", re.M)


@dataclass(frozen=True)
class Asked:
    """A question, the page of its lesson, the lesson's sentence, and whether its data are real."""

    question: str
    page: str
    sentence: str
    truth: str


def said_to_a_ministry(text: str) -> str:
    """Return the sentence that a lesson tells a ministry. Raises ValueError where there is none."""
    box = TELL.search(text)
    found = MINISTRY.search(box[1]) if box else None
    if not found:
        raise ValueError("its tell box has no line that begins with **To a ministry:**")
    return found[1]


def read(lines: list[str], lessons: dict[str, tuple[str, str]]) -> list[Asked]:
    """Read the lines of the box.

    lessons : number -> (page, source text). Raises ValueError for a line without number and question,
    a lesson that the book does not have, or one without data or without a sentence to a ministry.
    """
    found = []
    for given in filter(None, map(str.strip, lines)):
        match = LINE.fullmatch(given)
        if not match:
            raise ValueError(f"{given!r} is not the number of a lesson and a question")
        number, question = match.groups()
        if number not in lessons:
            raise ValueError(f"there is no lesson {number}")
        page, text = lessons[number]
        data = split(text)[0]["lesson"].get("data")
        if not data:
            raise ValueError(f"lesson {number} names no data in its front matter")
        try:
            sentence = said_to_a_ministry(text)
        except ValueError as error:
            raise ValueError(f"lesson {number}: {error}") from None
        found.append(Asked(question, page, sentence, package(data[0])[0]["truth"]))
    return found


class AskedBox(SphinxDirective):
    """The list of questions."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Give a numbered list: question, badge and sentence, and the way to the lesson."""
        need_content(self, "numbers of lessons, each with a question")
        lessons = {
            number: (page, Path(self.env.doc2path(page)).read_text(encoding="utf-8"))
            for number, (page, _) in lessons_of(self.env).items()
        }
        try:
            asked = read(list(self.content), lessons)
        except ValueError as error:
            raise self.error(f"asked: {error}") from None
        listed = make("ol", classes=["fw-asked"])
        for one in asked:
            self.env.note_dependency(str(self.env.doc2path(one.page)))
            item = make("li")
            self._parse([f"**{one.question}**"], item)
            said = make("div", badge(one.truth), classes=["fw-report"])
            more = translate("How do we know?")
            self._parse([f"{one.sentence}", "", f"{more} {{doc}}`/{one.page}`"], said)
            item += said
            listed += item
        return [listed]

    def _parse(self, rows: list[str], into: nodes.Element) -> None:
        source = self.get_source_info()[0]
        self.state.nested_parse(StringList(rows, source=source), self.content_offset, into)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("asked", AskedBox)

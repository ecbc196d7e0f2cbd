"""`:::{my-progress} table` and `:::{my-progress} tools`: the page on which learners see their own progress.

The table lists lessons, questions and self-checks as the lessons hold them (`progress.collect`), so that
its totals cannot drift. `book/_static/progress-page.js` fills it in. Without JavaScript it is a list to
print and tick. Words stand here, in the page, where translators find them; `{done}` and the like are filled in
by the script.
"""

from __future__ import annotations

import hashlib
import json
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from flyway_course.sphinx_ext.element import element, make, text, translate
from flyway_course.sphinx_ext.progress import PAGE, Held, in_order

SUM = translate(
    "{done} of {lessons} lessons finished. {right} of {questions} questions answered right. "
    "{passed} of {checks} self-checks passed."
)
WORDS = {
    "finished": translate("finished"),
    "open": translate("not yet"),
    "right": translate("{right} of {all} right"),
    "more": translate("{right} of {all} right, {wrong} not yet"),
    "passed": translate("{passed} of {all} passed"),
    "sum": SUM,
    "saved": translate("Saved as {file}, where this browser puts what you download."),
    "loaded": translate("Loaded. The later of each answer was kept. {sum}"),
    "foreign": translate(
        "This file holds no progress of this course, so nothing was changed. Choose the file that "
        "“Save to a file” made."
    ),
    "full": translate("This browser has no room to keep the file, so nothing was changed."),
    "ask": translate("Erase what this browser remembers? {sum} This cannot be undone."),
    "erased": translate(
        "Erased. This browser remembers nothing of your progress now. It was: {sum}"
    ),
    "stays": translate("The browser refused to erase. Clear its site data in its own settings."),
    "lab-stays": translate(
        "The list of passed self-checks beside your notebooks could not be erased. Delete the file "
        ".self-checks there yourself."
    ),
    "kept": translate("Nothing was erased."),
    "on": translate("{lesson} (finished on {date})"),
    "none": translate("No lesson is marked as finished yet."),
}
NOTES = {
    "refused": translate(
        "This browser keeps nothing for these pages (a private window, or its settings). Everything "
        "else works. Print this list and tick on paper, or open the book in a usual window."
    ),
    "stick": translate(
        "You opened the book from a folder or a memory stick. Chrome and Edge then remember one "
        "progress for all pages. Some other browsers remember each page for itself, so that this table "
        "stays empty."
    ),
    "elsewhere": translate(
        "Self-checks are remembered where JupyterLab runs. Open the course there, then open this page "
        "from it, and they are counted here."
    ),
    "signed-out": translate(
        "To count your self-checks, open the course at the address that its window shows."
    ),
}
ABOUT = translate(
    "A course in monitoring, count analysis and impact assessment for the migratory birds of "
    "North-East Asia"
)
TRUTH = translate(
    "This is the learner’s own record. It is not a certificate, and nobody has checked it."
)


class table_place(nodes.General, nodes.Element):
    """Place of the table, which is made when all pages have been read."""


class MyProgress(SphinxDirective):
    """The directive; its argument says which part of the page stands here."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Give the part as one element."""
        part = self.arguments[0]
        if part not in ("table", "tools"):
            raise self.error(f"my-progress: there is no part '{part}', write table or tools.")
        if self.env.docname != PAGE:
            raise self.error(f"my-progress: the script looks for this page at {PAGE}.md only.")
        return [table_place() if part == "table" else tools()]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the table in its place."""
    for place in list(doctree.findall(table_place)):
        place.replace_self(table(app, docname))


def table(app: Sphinx, docname: str) -> element:
    """Make the table of all lessons, module by module, and what is said above and below it."""
    pages, env = in_order(app.env), app.env
    head = make("tr")
    for words in ("Lesson", "Finished", "Questions", "Self-checks"):
        head += text(translate(words), "th", scope="col")
    body = make("table", text(translate("Lessons, questions and self-checks"), "caption"))
    body["classes"] = ["fw-progress-table"]
    body += make("thead", head)
    for above, rows in groupby(pages, key=lambda pair: pair[0]):
        part = make("tbody")
        if above:
            name = env.titles[above].astext()
            part += make("tr", text(name, "th", colspan=4, scope="rowgroup"), classes=["fw-module"])
        for _, page in rows:
            address = app.builder.get_relative_uri(docname, page)
            part += _row(env.fw_progress[page], page, env.titles[page].astext(), address)
        body += part
    without = translate("JavaScript is off, so nothing is filled in. Print this list and tick it.")
    return make(
        "div",
        text(without, "p", ["fw-without"]),
        *(_note(name) for name in ("refused", "stick")),
        text("", "p", ["fw-progress-sum"]),
        body,
        *(_note(name) for name in ("elsewhere", "signed-out")),
        make("template", *(text(w, "span", data_word=name) for name, w in WORDS.items())),
        classes=["fw-progress"],
        data_fw_progress=True,
    )


def _row(held: Held, page: str, title: str, address: str) -> element:
    name = f"{held.number} {title}".strip()
    row = make("tr", data_page=page, data_quizzes=" ".join(held.quizzes))
    row["attrs"]["data-checks"] = json.dumps(held.checks)
    row["attrs"]["data-lesson"] = bool(held.number)
    row += make("th", text(name, "a", href=address), scope="row")
    row += text("☐" if held.number else "", "td", data_fw="finished")
    of = translate("… of {all}")
    for name, things in (("questions", held.quizzes), ("checks", held.checks)):
        row += text(of.format(all=len(things)) if things else "", "td", data_fw=name)
    return row


def _note(name: str) -> element:
    return text(NOTES[name], "p", ["fw-note"], data_note=name, hidden=True)


def _button(words: str, name: str, **more: Any) -> element:
    return text(words, "button", ["fw-button"], type="button", data_do=name, **more)


def tools() -> element:
    """Make the buttons, the question before erasing, and the record. The script shows them."""
    load = make("label", nodes.Text(translate("Load from a file")), classes=["fw-button"])
    load += make("input", type="file", accept=".json,application/json", classes=["fw-only-heard"])
    unfolds = {"aria_expanded": "false"}
    row = make(
        "div",
        _button(translate("Save to a file"), "save"),
        load,
        _button(translate("Print my record"), "record", aria_controls="fw-record", **unfolds),
        _button(
            translate("Erase everything on this device"),
            "erase",
            aria_controls="fw-erase",
            **unfolds,
        ),
        classes=["fw-tools-row"],
    )
    ask = make(
        "div",
        text("", "p", id="fw-erase-ask"),
        _button(translate("Yes, erase"), "erase-yes"),
        _button(translate("No, keep it"), "erase-no"),
        id="fw-erase",
        role="group",
        aria_labelledby="fw-erase-ask",
        hidden=True,
    )
    said = text("", "p", ["fw-tools-said"], role="status")
    box = make("div", row, ask, said, _record(), classes=["fw-progress-tools"], hidden=True)
    return box


def _record() -> element:
    """Make the record: a field for the name, which is kept nowhere, and the sheet that is printed."""
    facts = make("dl", classes=["fw-sheet-facts"])
    for words, name in ((translate("Name"), "name"), (translate("Printed on"), "date")):
        facts += make("div", text(words, "dt"), text("", "dd", data_fw=name))
    sheet = make(
        "div",
        text(translate("Counting Across Borders: my record"), "p", ["fw-sheet-title"]),
        text(ABOUT),
        facts,
        text("", "p", data_fw="sum"),
        make("ul", data_fw="lessons"),
        text(TRUTH, "p", ["fw-sheet-truth"]),
        classes=["fw-sheet"],
    )
    name = make("div", text(translate("Name for the paper"), "label", for_="fw-record-name"))
    name["classes"] = ["fw-writing"]
    name += make(
        "input",
        type="text",
        id="fw-record-name",
        maxlength=80,
        autocomplete="off",
        aria_describedby="fw-record-note",
    )
    name += text(translate("The name is printed and not kept."), "p", id="fw-record-note")
    return make(
        "div", name, sheet, _button(translate("Print"), "paper"), id="fw-record", hidden=True
    )


def _again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the page again when a lesson holds something else than at the last build."""
    held = [(above, page, env.fw_progress[page]) for above, page in in_order(env)]
    titles = [env.titles[name].astext() for row in held for name in row[:2] if name]
    now = hashlib.sha256(repr((held, titles)).encode()).hexdigest()
    if PAGE not in env.found_docs or getattr(env, "fw_progress_shown", "") == now:
        return []
    env.fw_progress_shown = now
    return [PAGE]


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_node(table_place)
    app.add_directive("my-progress", MyProgress)
    app.connect("doctree-resolved", fill)
    app.connect("env-updated", _again)

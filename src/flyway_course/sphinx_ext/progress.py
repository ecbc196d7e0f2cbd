"""What pages hold for the learner's own progress, which `book/_static/progress.js` keeps in the browser.

While pages are read, their questions and self-checks are noted, so that the page "My progress" counts
what the lessons hold. Each lesson ends with a button, "I have finished this lesson"; the menu of each page
carries the words of the ticks and the list of lessons. Without JavaScript none of it shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from flyway_course.sphinx_ext.element import element, make, text, translate
from flyway_course.sphinx_ext.lesson import front_matter

PAGE = "book/my-progress"
CHECK = re.compile(r"""\bcheck\(\s*["'](\d+\.\d+ [^"']+)["']""")


@dataclass(frozen=True)
class Held:
    """What one page holds: its lesson's number (or none), ids of questions, keys of self-checks."""

    number: str
    quizzes: tuple[str, ...]
    checks: tuple[str, ...]


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note what a page holds, and put the button at the foot of a lesson."""
    env = app.env
    source = Path(env.doc2path(env.docname))
    lesson = front_matter(source).get("lesson")
    quizzes = [box["ids"][0] for box in doctree.findall(element) if "data-fw-quiz" in box["attrs"]]
    if not lesson and not quizzes:
        return
    code = source.read_text(encoding="utf-8") if lesson else ""
    number = str(lesson.get("number", "")) if lesson else ""
    checks = dict.fromkeys(CHECK.findall(code))
    env.fw_progress[env.docname] = Held(number, tuple(quizzes), tuple(checks))
    top = next(iter(doctree.findall(nodes.section)), None)
    if lesson and top is not None:
        top += foot(env)


def foot(env: BuildEnvironment) -> element:
    """Make the button of a lesson. It stays hidden where the browser keeps nothing."""
    box = make("div", classes=["fw-finish"], data_fw_finish=True, hidden=True)
    button = make("button", classes=["fw-button"], type="button", aria_pressed="false")
    button += text("", "span", ["fw-finish-sign"], aria_hidden="true")
    button += nodes.Text(translate("I have finished this lesson"))
    box += button
    note = make("p", nodes.Text(translate("Your own word, kept on this device only.")))
    if PAGE in env.found_docs:
        address = "../" * env.docname.count("/") + f"{PAGE}.html"
        note += [nodes.Text(" "), text(translate("My progress"), "a", href=address)]
    box += note
    box += text("", "p", ["fw-finish-said"], role="status")
    return box


def in_order(env: BuildEnvironment) -> list[tuple[str, str]]:
    """Give the pages that count, in the order of the contents, each as (page above it, page)."""
    found: dict[str, str] = {}
    seen: set[str] = set()

    def walk(page: str, above: str) -> None:
        if page in seen:
            return
        seen.add(page)
        if page in env.fw_progress:
            found[page] = above
        for below in env.toctree_includes.get(page, []):
            walk(below, page)

    walk(env.config.root_doc, "")
    return [(above, page) for page, above in found.items()]


def side(env: BuildEnvironment) -> str:
    """Write what the script needs on every page: the list of lessons, and the words that it shows."""
    lessons = [page for _, page in in_order(env) if env.fw_progress[page].number]
    if not lessons:
        return ""
    tick = f'<span aria-hidden="true">✔</span><span class="fw-only-heard">{_(FINISHED)}</span>'
    return (
        f'<template id="fw-progress" data-lessons="{escape(" ".join(lessons))}" data-page="{PAGE}">'
        f'<span class="fw-tick"> {tick}</span>'
        f'<span class="fw-count">{_(COUNT)}</span>'
        f'<p class="fw-last" data-word="right">{_(LAST_RIGHT)}</p>'
        f'<p class="fw-last" data-word="wrong">{_(LAST_WRONG)}</p>'
        "</template>"
    )


FINISHED = translate("finished")
COUNT = translate("{done} of {all} lessons finished")
LAST_RIGHT = translate("Your last answer was right. Press Check to read why.")
LAST_WRONG = translate("Your last answer was not right yet. Choose again, or press Check.")


def _(words: Any) -> str:
    return escape(str(words))


def _context(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    context["fw_progress"] = side(app.env)


def _prepare(_app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    if not hasattr(env, "fw_progress"):
        env.fw_progress = {}


def _purge(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    getattr(env, "fw_progress", {}).pop(docname, None)


def _merge(_app: Sphinx, env: BuildEnvironment, _names: set[str], other: BuildEnvironment) -> None:
    env.fw_progress.update(other.fw_progress)


def setup(app: Sphinx) -> None:
    """Register the events."""
    app.connect("env-before-read-docs", _prepare)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-read", collect)
    app.connect("html-page-context", _context)

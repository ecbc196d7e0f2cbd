"""The lesson card and "You will be able to", made from the front matter and put after the title.

The card is made of real nodes before Sphinx translates the page, so both can be translated. Links to
the lessons that come before are filled in when all pages have been read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from flyway_course.sphinx_ext import binder
from flyway_course.sphinx_ext.data_box import badge, package
from flyway_course.sphinx_ext.element import element, line, make, text, translate
from flyway_course.sphinx_ext.lesson import front_matter, slug

logger = logging.getLogger(__name__)

LEVELS = {
    "first steps": translate("first steps"),
    "core": translate("core"),
    "further": translate("further"),
}


class before_link(nodes.General, nodes.Element):
    """Place of a link to an earlier lesson, known by its number."""


class CardTransform(SphinxTransform):
    """Puts the card and the objectives under the title of a lesson."""

    default_priority = 5  # before Sphinx's translation (20)

    def apply(self, **_kwargs: Any) -> None:
        """Insert the nodes, if this page is a lesson."""
        docname = self.env.docname
        lesson = front_matter(self.env.doc2path(docname)).get("lesson")
        if not lesson:
            return
        source = (str(self.env.doc2path(docname)), 1)
        self.env.fw_lessons[docname] = {"number": str(lesson.get("number", ""))}
        title = next(iter(self.document.findall(nodes.title)), None)
        if title is None:
            logger.warning("this lesson has no title (# ...).", location=source)
            return
        try:
            made = [_card(self.env, docname, lesson, source), *_objectives(lesson, source)]
        except (KeyError, TypeError, ValueError) as error:
            logger.warning(
                "the front matter of this lesson is not complete: %s. "
                "See CONTRIBUTING, 'Add a lesson'.",
                f"{error} is missing" if isinstance(error, KeyError) else error,
                location=source,
            )
            return
        place = title.parent.index(title) + 1
        title.parent.insert(place, made)


def _fact(name: str, *values: nodes.Node) -> element:
    return make("div", text(name, "dt"), make("dd", *values))


def _card(
    env: BuildEnvironment, docname: str, lesson: dict[str, Any], source: tuple[str, int]
) -> element:
    if lesson["level"] not in LEVELS:
        raise ValueError(f"level is '{lesson['level']}', and must be one of {', '.join(LEVELS)}")
    minutes = lesson["minutes"]
    facts = make("dl", classes=["fw-card-facts"])
    facts += _fact(translate("Lesson"), nodes.Text(str(lesson["number"])))
    time = translate("{read} min to read, {do} min to do")
    facts += _fact(translate("Time"), nodes.Text(time.format(**minutes)))
    facts += _fact(translate("Level"), nodes.Text(str(LEVELS[lesson["level"]])))
    if lesson.get("before"):
        links: list[nodes.Node] = []
        for number in lesson["before"]:
            link = before_link("", number=str(number))
            link.source, link.line = source
            links += [link, nodes.Text(", ")]
        facts += _fact(translate("Comes after"), *links[:-1])
    if lesson.get("data"):
        shown: list[nodes.Node] = []
        for dataset in lesson["data"]:
            described, place = package(dataset)
            env.note_dependency(str(place / "datapackage.json"))
            item = make("span", classes=["fw-card-data"])
            item += [_datasets_link(env, docname, described["title"]), nodes.Text(" ")]
            item += badge(described["truth"])
            shown.append(item)
        facts += _fact(translate("Data"), *shown)
    return make(
        "div",
        facts,
        _buttons(docname, binder.settings(Path(env.srcdir))),
        classes=["fw-card"],
        role="group",
        aria_label=translate("About this lesson"),
    )


def _datasets_link(env: BuildEnvironment, docname: str, title: str) -> nodes.Node:
    """Link to the page of data sets where the book has one, else the title alone."""
    if "book/datasets" not in env.found_docs:
        return nodes.Text(title)
    link = addnodes.pending_xref(
        "",
        nodes.inline(title, title),
        refdomain="std",
        reftype="doc",
        reftarget="/book/datasets",
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
    )
    return nodes.inline("", "", link)


def _buttons(docname: str, config: dict[str, Any]) -> element:
    """Make the buttons. Only the live server can open or restart a lesson: kit.js knows."""
    name = slug(docname)
    up = "../" * docname.count("/")
    # beside the book's own address, wherever a server or a hub has put both
    course = f"{up}../course"
    how = make("details", classes=["fw-how"], id="fw-how")
    how += text(translate("Open in JupyterLab"), "summary", ["fw-button", "fw-main"])
    how += text(
        translate(
            "On a telephone you can read, move and answer. Code runs on a computer: in the folder of the "
            "course, type:"
        )
    )
    how += make("pre", text("python3 course.py open", "code"))
    how += text(translate("Then open this page at the address that it shows, and press again."))
    live = text(
        translate("Open in JupyterLab"),
        "a",
        ["fw-button", "fw-main", "fw-live"],
        href=f"{course}/lesson/{name}",
        hidden=True,
    )
    file = text(
        translate("Download notebook"),
        "a",
        ["fw-button"],
        href=f"{up}notebooks/{name}.ipynb",
        download=f"{name}.ipynb",
    )
    # becomes a button where the site holds the in-browser course: see flyway_course.lite.pages
    browser = text(
        translate("Run in the browser"),
        "template",
        ["fw-lite"],
        data_lesson=name,
        data_stick=translate(
            "To run this lesson in the browser, open this page on the course's website: pages that "
            "are opened from a folder or a memory stick cannot start Python."
        ),
    )
    again = text(
        translate("Start again"),
        "a",
        ["fw-button", "fw-live"],
        href=f"{course}/restart/{name}",
        hidden=True,
    )
    buttons = [live, how, browser, file, again]
    if there := binder.address(config, f"course/lesson/{name}"):
        buttons.insert(3, text(translate("Open on Binder"), "a", ["fw-button"], href=there))
    return make("div", *buttons, classes=["fw-card-buttons"])


def _objectives(lesson: dict[str, Any], source: tuple[str, int]) -> list[nodes.Node]:
    if not lesson.get("objectives"):
        return []
    listed = make("ul")
    for entry in lesson["objectives"]:
        listed += make("li", line(entry["text"], source))
    head = text(translate("You will be able to"), "p", ["fw-box-title"])
    return [make("div", head, listed, classes=["fw-objectives"])]


def fill_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the place of each earlier lesson by a link, or say that there is no such lesson."""
    known = {entry["number"]: name for name, entry in app.env.fw_lessons.items()}
    for place in list(doctree.findall(before_link)):
        number = place["number"]
        target = known.get(number)
        if target is None:
            place.replace_self(nodes.Text(number))
            continue
        title = app.env.titles[target].astext()
        link = nodes.reference("", f"{number} {title}", internal=True)
        link["refuri"] = app.builder.get_relative_uri(docname, target)
        place.replace_self(nodes.inline("", "", link))  # Sphinx wants links inside text


def _prepare(_app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    if not hasattr(env, "fw_lessons"):
        env.fw_lessons = {}


def _purge(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    getattr(env, "fw_lessons", {}).pop(docname, None)


def _merge(_app: Sphinx, env: BuildEnvironment, _names: set[str], other: BuildEnvironment) -> None:
    env.fw_lessons.update(other.fw_lessons)


def setup(app: Sphinx) -> None:
    """Register the transform and the events that keep the list of lessons."""
    app.add_node(before_link)
    app.add_transform(CardTransform)
    app.connect("env-before-read-docs", _prepare)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-resolved", fill_links)

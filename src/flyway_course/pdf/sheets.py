"""One sheet for each lesson, to hand out: what to look at, what to do, and space to write.

A sheet is made from the lesson's own page, so that it cannot say something else: number, title,
objectives, the prediction, the pictures in their first state, the tasks, the key points and the
words. It holds no answer. Where two pages are too few, it shows fewer pictures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from html import escape
from pathlib import Path

from bs4 import Tag
from pypdf import PdfReader

from flyway_course.locks import one_at_a_time

from .article import Article, element
from .document import gather, texts_of, whole, work_folder, write
from .errors import PdfError
from .facts import Facts, read_facts
from .finish import finish
from .outline import headings_of
from .printing import print_page, the_browser
from .stamps import digest, set_stamp, sheets_folder
from .tidy import tidy

HERE = Path(__file__).parent
PAGES = 2
PICTURES = (4, 2, 1, 0)
"""How many pictures to try, until the sheet has at most `PAGES` pages."""
WORDS = "Words of this lesson"
TO_WRITE = ("What surprised me", "My sentence for a warden", "My sentence for a ministry")
NOT_FOR_SHEETS = ".pointer, .page, .shown .page, a.headerlink"
Say = Callable[[str], None]


def make_sheets(root: Path, say: Say = lambda text: None) -> list[Path]:
    """Print one sheet for each lesson of the built book into `_build/pdf/sheets/`.

    Raises
    ------
    PdfError
        One sentence: no browser, no built book, or a lesson that lacks objectives or key points.
    TimeoutError
        Another command has been making PDFs for too long.
    """
    browser, made = the_browser(), []
    with one_at_a_time(root / "_build" / "pdf.lock", lambda: say("Waiting for another PDF")):
        before, facts, folder = digest(root), read_facts(root), sheets_folder(root)
        folder.mkdir(parents=True, exist_ok=True)
        lessons = [one for one in gather(root, browser).articles if one.number]
        for lesson in lessons:
            name = re.sub(r"^\d+-", "", lesson.place.name.rpartition("/")[2])
            made.append(folder / f"{lesson.number}-{name}.pdf")
            say(f"  {made[-1].name}")
            _make(root, browser, lesson, facts, made[-1])
        for other in set(folder.glob("*.pdf")) - set(made):
            other.unlink()  # of a lesson that has gone or has another name
        set_stamp(root, "sheets", before)
    return made


def _make(root: Path, browser: Path, lesson: Article, facts: Facts, pdf: Path) -> None:
    printed = work_folder(root) / "sheet.printed.pdf"
    css = (HERE / "sheet.css").read_text(encoding="utf-8")
    title = f"{facts.title}: {lesson.short}"
    for pictures in PICTURES:
        body = sheet(lesson, facts, pictures)
        page = write(root, "sheet.html", whole(root, body, title, css, texts_of(body)))
        print_page(browser, page, printed, patience_s=120)
        if len(PdfReader(printed).pages) <= PAGES:
            break
    finish(printed, pdf, facts, title, headings_of(body))
    printed.unlink()


def sheet(lesson: Article, facts: Facts, pictures: int) -> Tag:
    """The sheet of a lesson that `paper` has made ready, with so many pictures at most."""
    page = element(
        '<body><main class="bd-content"><article class="bd-article sheet"></article></main></body>'
    )
    into, body = page.article, lesson.body
    into.append(
        element(f'<p class="course">{escape(facts.title)}, lesson {escape(lesson.number)}</p>')
    )
    into.append(element(f'<h1 class="level-1">{escape(lesson.title)}</h1>'))
    into.append(element('<p class="who">Name <span class="blank"></span> Partner <span class="blank"></span> '
                        'Date <span class="blank"></span></p>'))  # fmt: skip
    _section(into, "You will be able to", [_need(lesson, ".fw-objectives ul", "objectives")])
    for box in body.select(".fw-predict")[:1]:
        parts = box.select(".fw-question, .legend, ul.choices, .lines")
        _section(into, "Before you look", parts)
    shown = body.select("figure.fw-explore, figure.map, div.cell_output > .output")
    shown = [one for one in shown if one.name == "figure" or _is_plain_picture(one)][:pictures]
    if shown:
        _section(into, "Look", [_row(shown)])
    into.append(_to_write("What I see", 2))
    tasks = body.select(".exercise")
    for number, task in enumerate(tasks, 1):
        title = task.select_one(".admonition-title")
        told = (
            re.sub(r"^Exercise \d+\s*", "", title.get_text().strip()).strip("()") if title else ""
        )
        several = f" {number}" if len(tasks) > 1 else ""
        _section(into, f"Your task{several}: {told}", [task.select_one(".exercise-content")])
        into.append(_to_write("", 3))
        if number == 1:  # the second side: what to do, after the first: what to look at
            into.find_all("section")[-1]["class"] = ["second-side"]
    _section(into, "Key points", [_need(lesson, ".fw-keypoints ul", "key points")])
    if words := _words(body):
        _section(into, "Words", [words])
    for title in TO_WRITE:
        into.append(_to_write(title, 3))
    for part in into.select(NOT_FOR_SHEETS):
        part.decompose()
    for link in into.select("a"):
        link.unwrap()
    tidy(page)
    return page


def _to_write(title: str, lines: int) -> Tag:
    heading = f'<h2 class="level-2">{title}</h2>' if title else ""
    return element(
        f'<div class="write">{heading}<div class="lines">{"<span></span>" * lines}</div></div>'
    )


def _need(lesson: Article, select: str, what: str) -> Tag:
    found = lesson.body.select_one(select)
    if found is None:
        raise PdfError(
            f"Lesson {lesson.number} has no {what}: its page {lesson.place.name} must show them."
        )
    return found


def _section(into: Tag, title: str, parts: list[Tag]) -> None:
    section = element(f'<section><h2 class="level-2">{escape(title)}</h2></section>')
    for part in parts:
        section.append(copy(part))
    into.append(section)


def _is_plain_picture(output: Tag) -> bool:
    return output.find("img", recursive=True) is not None and output.figure is None


def _row(shown: list[Tag]) -> Tag:
    row = element('<div class="pictures"></div>')
    for one in shown:
        holder = element("<figure></figure>")
        holder.append(copy(one.find("img")))
        if one.find("figcaption"):
            holder.append(copy(one.figcaption))
        row.append(holder)
    return row


def _words(body: Tag) -> Tag | None:
    """The words that the lesson lists at its end, as a line."""
    for paragraph in body.select("p"):
        if paragraph.get_text().startswith(WORDS):
            words = [
                " ".join(link.get_text().split()) for link in paragraph.select("a[href*='--term-']")
            ]
            return element(f"<p>{escape(', '.join(words))}</p>") if words else None
    return None

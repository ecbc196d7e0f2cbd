"""The whole book as one document, printed as one PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bs4 import Tag

from flyway_course.locks import one_at_a_time

from .article import Article, element
from .document import Book, gather, mend_links, named_pages, texts_of, whole, work_folder, write
from .facts import Facts, read_facts
from .finish import finish
from .front import contents_page, title_page
from .notes import closing_chapters
from .outline import headings_of
from .page_numbers import fill, pages_of_places
from .printing import print_page, the_browser
from .stamps import NAME, digest, pdf_folder, set_stamp
from .tidy import compact, tidy

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A PDF: where it is, its pages, its size in bytes."""

    file: Path
    pages: int
    size: int

    def summary(self) -> str:
        """One sentence for people."""
        return f"The book as a PDF: {self.file} ({self.pages} pages, {self.size / 1e6:.0f} MB)."


def make_book(root: Path, say: Say = lambda text: None) -> Made:
    """Print the built book of the course in `root` into `_build/pdf/`.

    The pages come in the order of `_toc.yml`, then hints, answers and hidden code (`notes` says
    why). It is printed twice, so that the contents and the pointers can name pages (`page_numbers`).

    Raises
    ------
    PdfError
        One sentence; the last PDF is then as it was.
    TimeoutError
        Another command has been making PDFs for too long.
    """
    browser = the_browser()
    with one_at_a_time(root / "_build" / "pdf.lock", lambda: say("Waiting for another PDF")):
        before = digest(root)  # a book that is built meanwhile makes the PDF an old one
        facts = read_facts(root)
        say("  gathering the pages …")
        book = gather(root, browser)
        body, closing = _assemble(book, facts)
        mend_links(body)
        css = named_pages(book.articles, facts.title) + _closing_pages(closing, facts.title)
        texts = texts_of(body)
        printed, pages = work_folder(root) / "printed.pdf", None
        for doing in ("printing, to learn the page numbers", "printing the book"):
            say(f"  {doing} (a minute or two) …")
            fill(body, pages)
            page = write(root, "book.html", whole(root, body, facts.title, css, texts))
            print_page(browser, page, printed)
            pages = pages_of_places(printed)
        pdf = pdf_folder(root) / NAME
        count = finish(printed, pdf, facts, facts.title, headings_of(body))
        set_stamp(root, "book", before)
        printed.unlink()
    return Made(pdf, count, pdf.stat().st_size)


def _assemble(book: Book, facts: Facts) -> tuple[Tag, list[tuple[str, str]]]:
    """Title, contents, pages with their parts, chapters of the end; and the names of the last."""
    last = closing_chapters(book.notes)
    closing = [(key, title) for key, title, _ in last]
    body = element('<body><main class="bd-content"></main></body>')
    main = body.main
    cover = book.articles[0].body.select_one("figure.fw-explore")
    main.append(title_page(facts, cover))
    main.append(contents_page(book.articles, closing))
    part = ""
    for article in book.articles:
        if article.place.part != part:
            part = article.place.part
            article.body.insert(0, element(f'<h1 class="part">{escape(part)}</h1>'))
        _settle_headings(article)
        if article.place.name.startswith("book/reference/"):
            compact(article.body)
        main.append(article.body)
    for number, (_, _, chapter) in enumerate(last):
        for heading in reversed(chapter.find_all(["h1", "h2"])):
            _level(heading, 1)
        if not number:
            chapter.insert(0, element('<h1 class="part">At the end</h1>'))
        main.append(chapter)
    tidy(body)
    return body, closing


def _settle_headings(article: Article) -> None:
    """Make the page's headings those of its place in the book: part, chapter, lesson, section.

    They become the outline of the PDF. How they look follows from the page's own level.
    """
    down = (1 + article.place.depth) if article.place.part else 0
    if article.number:
        number = element(f'<span class="number">{escape(article.number)}</span>')
        article.body.select_one("h1:not(.part)").insert(0, number)
        number.insert_after(" ")
    for heading in article.body.find_all(["h1", "h2", "h3", "h4", "h5"]):
        if "part" not in heading.get("class", []):
            _level(heading, down)


def _level(heading: Tag, down: int) -> None:
    own = int(heading.name[1])
    heading["class"] = [*heading.get("class", []), f"level-{own}"]
    heading.name = f"h{min(6, own + down)}"


def _closing_pages(closing: list[tuple[str, str]], title: str) -> str:
    return "".join(
        f"#{key} {{ page: {key}; }}\n"
        f'@page {key} {{ @top-left {{ content: "{title}"; }} @top-right {{ content: "{name}"; }} }}\n'
        for key, name in closing
    )

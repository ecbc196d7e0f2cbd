"""The pages of the built book, made ready for paper, and the HTML document that is printed."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bs4 import Tag

from flyway_course.build.leaks import find_leaks, find_secrets
from flyway_course.paths import NODE_MODULES

from .article import Article, read_article
from .errors import PdfError
from .fonts import SCRIPTS, write_fonts
from .notes import Notes
from .order import pages_in_order
from .paper import put_on_paper
from .printing import take_picture

HERE = Path(__file__).parent
SHEETS = ("vendor/katex/katex.min.css", "styles/book.css")
BLOCK = re.compile(r"(</?(?:p|div|pre|li|h\d|t[dh]|d[dt]|section|article)\b)")
MAP_SIZE = (960, 720)


@dataclass
class Book:
    """Every page in order, and what was taken out of each for the end of the book."""

    articles: list[Article]
    notes: list[Notes]


def work_folder(root: Path) -> Path:
    """Where documents, fonts and still pictures lie while a PDF is made."""
    return root / "_build" / "pdf" / "work"


def gather(root: Path, browser: Path) -> Book:
    """Read every page of `_toc.yml` and make it ready for paper.

    Raises
    ------
    PdfError
        The book is not built, or not as `_toc.yml` has it.
    """
    folder = work_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    places = pages_in_order(root)
    keys = {place.name: place.key for place in places}
    articles = [read_article(root, place, keys, folder) for place in places]

    def still_map(source: str) -> str:
        picture = folder / f"{Path(source).stem}.png"
        if not picture.is_file():  # its name holds a hash of the map
            page = (folder / source).resolve()
            still = folder / page.name
            base = f'<base href="{page.as_uri()}"><style>.leaflet-control-zoom {{ display: none }}</style>'
            text = page.read_text(encoding="utf-8").replace("<head>", f"<head>{base}", 1)
            still.write_text(text, encoding="utf-8")
            take_picture(browser, still, picture, *MAP_SIZE)
            still.unlink()
        return picture.name

    return Book(articles, [put_on_paper(article, still_map) for article in articles])


def mend_links(document: Tag) -> None:
    """Lead a link whose place is not printed to its page, or leave its words alone."""
    places = {tag["id"] for tag in document.find_all(id=True)}
    for link in document.select('a[href^="#"]'):
        if (target := link["href"][1:]) not in places:
            page = target.partition("--")[0]
            if page in places:
                link["href"] = f"#{page}"
            else:
                link.unwrap()


def texts_of(document: Tag) -> dict[str, str]:
    """The text of a document by the language that it is marked with; the rest under ""."""
    texts: dict[str, str] = {}
    marked = [tag for tag in document.select("[lang]") if tag["lang"] in SCRIPTS]
    for tag in marked:
        texts[tag["lang"]] = texts.get(tag["lang"], "") + tag.get_text()
    apart = {id(tag) for tag in marked}
    texts[""] = "".join(
        string
        for string in document.strings
        if not any(id(parent) in apart for parent in string.parents)
    )
    return texts


def whole(root: Path, body: Tag, title: str, css: str, texts: dict[str, str]) -> str:
    """The HTML to be printed.

    css: rules of one document beside those of `print.css`. texts: what the fonts must draw.
    """
    folder, static = work_folder(root), root / "_build" / "html" / "_static"
    links = "".join(
        f'<link rel="stylesheet" href="{Path(os.path.relpath(static / name, folder)).as_posix()}">'
        for name in SHEETS
        if (static / name).is_file()
    )
    rules = write_fonts(NODE_MODULES, folder, texts)
    rules += (HERE / "print.css").read_text(encoding="utf-8") + css
    return (
        f'<!doctype html>\n<html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{links}<style>{rules}</style></head>\n{body}</html>\n"
    )


def write(root: Path, name: str, text: str) -> Path:
    """Write a document into a folder of its own beside the fonts, and search it for answers.

    Raises
    ------
    PdfError
        It shows what no trainee may see.
    """
    page = work_folder(root) / name
    page.write_text(text, encoding="utf-8", newline="\n")
    secrets = find_secrets(root / "solutions", root / "book")
    seen = page.parent / "searched"
    shutil.rmtree(seen, ignore_errors=True)
    seen.mkdir()
    # no words of a neighbour before or after a line of code
    (seen / name).write_text(BLOCK.sub(r"\n\1", text), encoding="utf-8")
    problems = find_leaks(seen, secrets)
    shutil.rmtree(seen)
    if problems:
        shown = "\n  ".join(problems[:10])
        raise PdfError(f"The PDF was not made, because of:\n  {shown}")
    return page


def named_pages(articles: list[Article], title: str) -> str:
    """CSS that puts the book's title and the page's own at the top of the paper."""
    return "".join(
        f"#{article.place.key} {{ page: p{number}; }}\n"
        f"@page p{number} {{ @top-left {{ content: {_quoted(title)}; }} "
        f"@top-right {{ content: {_quoted(article.short)}; }} }}\n"
        for number, article in enumerate(articles)
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ") + '"'

"""The first pages of the PDF: what it is, and where everything stands."""

from __future__ import annotations

from html import escape

from bs4 import Tag

from .article import Article, element
from .facts import LICENCES, Facts, in_words


def title_page(facts: Facts, cover: Tag | None) -> Tag:
    """Title, version, licence and dates, over a picture of the course.

    cover: a moving picture of the book's first page; its middle state is shown.
    """
    data = f"<p>Data as of {in_words(facts.data)}.</p>" if facts.data else ""
    page = element(
        f'<section class="title-page" id="title-page"><div class="title">{escape(facts.title)}</div>'
        f"<p>{escape(facts.subtitle)}</p>"
        f'<div class="facts"><p>{escape(facts.authors)}</p>'
        f"<p>Version {escape(facts.version)}, {in_words(facts.made)}. Made from the online course, whose "
        f"pictures move, whose questions answer, and whose notebooks run.</p>{data}"
        f"<p>{LICENCES}</p></div></section>"
    )
    if cover is not None:
        picture = element('<img class="cover">')
        first = cover.find("img")
        picture["src"] = cover.get("data-middle") or first["src"]
        picture["alt"] = cover.get("data-middle-alt") or first.get("alt", "")
        page.insert(2, picture)
    return page


def contents_page(articles: list[Article], closing: list[tuple[str, str]]) -> Tag:
    """Parts, chapters and lessons, each with a link and its page.

    closing: key and title of each chapter after the pages of `_toc.yml`.
    """
    page = element('<section class="contents" id="contents"><h1>Contents</h1></section>')
    part, chapters = None, None
    for article in articles:
        if article.place.part != part or chapters is None:
            part = article.place.part
            if part:
                page.append(element(f'<p class="part-name">{escape(part)}</p>'))
            chapters = element('<ul class="chapters"></ul>')
            page.append(chapters)
        line = _line(article.place.key, article.short)
        if article.place.depth and chapters.find("li"):
            last = chapters.find_all("li", recursive=False)[-1]
            if last.ul is None:
                last.append(element("<ul></ul>"))
            last.ul.append(line)
        else:
            chapters.append(line)
    page.append(element('<p class="part-name">At the end</p>'))
    page.append(ends := element('<ul class="chapters"></ul>'))
    for key, title in closing:
        ends.append(_line(key, title))
    return page


def _line(key: str, title: str) -> Tag:
    return element(
        f'<li><a class="line" href="#{key}"><span class="name">{escape(title)}</span>'
        f'<span class="dots"></span><span data-page-of="{key}"></span></a></li>'
    )

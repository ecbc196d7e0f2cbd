"""One page of the built book as a part of the PDF: its text, with ids of its own and no paths."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from .errors import PdfError
from .order import Place, page_file

# what serves a screen only: buttons, links to a place, the other colours, scripts' own parts
SCREEN = (
    ".only-dark, template, script, style, noscript, button, .headerlink, .fw-card-buttons, .fw-how, "
    ".fw-live, .fw-feedback, .fw-said, .fw-guess-play, .fw-only-heard, "
    ".fw-without, .fw-finish, .fw-progress-tools, .fw-sheet, [hidden]"
)
SCREEN_ATTRIBUTES = {"tabindex", "for", "role", "loading", "decoding", "title", "download",
                     "aria-labelledby", "aria-describedby", "aria-label", "aria-live"}  # fmt: skip
WEB = {"http", "https", "mailto"}


@dataclass
class Article:
    """A page of the book. body: its `<article>`. number: of a lesson, such as `4.1`, else empty."""

    place: Place
    body: Tag
    title: str
    number: str

    @property
    def short(self) -> str:
        """Its name at the top of the paper and in the contents."""
        return f"{self.number} {self.title}" if self.number else self.place.title or self.title


def soup(markup: str) -> BeautifulSoup:
    """Parse HTML."""
    return BeautifulSoup(markup, "html.parser")


def element(markup: str) -> Tag:
    """Make one element."""
    return soup(markup).find(True).extract()


def read_article(root: Path, place: Place, keys: Mapping[str, str], folder: Path) -> Article:
    """Read a built page, with links into the PDF and pictures as seen from `folder`.

    Parameters
    ----------
    keys
        `Place.key` of every page of the book by its name.
    folder
        Where the document to be printed will lie.

    Raises
    ------
    PdfError
        The page has no article: it was not made by this course's build.
    """
    file = page_file(root, place.name)
    body = soup(file.read_text(encoding="utf-8")).select_one("article.bd-article")
    if body is None or body.h1 is None:
        raise PdfError(
            f"{file.name} of the built book has no title: run `python3 course.py build` again."
        )
    for picture in body.select("figure.fw-explore"):
        fold = picture.find("template")
        states = fold.find_all("img") if fold else []
        if states:  # for the cover, which shows another state than the first
            picture["data-middle"] = states[len(states) // 2]["src"]
            picture["data-middle-alt"] = states[len(states) // 2].get("alt", "")
    for part in body.select(SCREEN):
        part.decompose()
    facts = {dt.get_text(): dt.find_next("dd").get_text() for dt in body.select(".fw-card dt")}
    number = facts.get("Lesson", "").strip()
    _own_ids(body, place.key)
    for link in body.select("a[href]"):
        _lead(link, place, keys)
    for tag in [body, *body.find_all(True)]:
        for name in SCREEN_ATTRIBUTES & set(tag.attrs):
            if (tag.name, name) != ("iframe", "title"):  # says what a map shows
                del tag[name]
        for name in ("src", "data-middle"):
            if tag.get(name):
                tag[name] = _from(folder, file.parent / unquote(tag[name]))
    return Article(place, body, " ".join(body.h1.get_text().split()), number)


def _own_ids(body: Tag, key: str) -> None:
    """Put the page's key before each id, and the page's own id on its article."""
    for tag in body.find_all(id=True):
        tag["id"] = f"{key}--{tag['id']}"
    body["id"] = key


def _lead(link: Tag, place: Place, keys: Mapping[str, str]) -> None:
    """Let a link lead into the PDF or to the web; where neither is meant, leave its words."""
    address = urlsplit(link["href"])
    if address.scheme in WEB:
        if not link.get_text().strip().startswith(("http", "doi:")):
            link["class"] = [*link.get("class", []), "out"]
        return
    name = posixpath.normpath(posixpath.join(posixpath.dirname(place.name), address.path))
    key = keys.get(name.removesuffix(".html")) if address.path else place.key
    if address.scheme or key is None:
        link.unwrap()
    elif address.fragment:
        link["href"] = f"#{key}--{unquote(address.fragment)}"
    else:
        link["href"] = f"#{key}"
        if address.path and (link.select_one(".doc") or link.find_parent(class_="toctree-wrapper")):
            link["data-page-of"] = key


def _from(folder: Path, file: Path) -> str:
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()

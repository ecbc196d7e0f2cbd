"""What a reader must not see beside a question: hints, answers, hidden code. It goes to the end.

A book cannot fold. A teacher would not print an answer under its question, and would give a hint
to somebody who is stuck without giving the solution too. So hints, answers and code of pictures
are three chapters at the end of the book, and each question names the page to turn to.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from html import escape

from bs4 import Tag

from .article import Article, element

CHAPTERS = {
    "hints": ("Hints", "Read one line, close the book, and try again."),
    "answers": ("Answers", "Write your own answer down before you turn to this chapter."),
    "code": (
        "Code of the pictures",
        "The lessons fold this code away. It is in the notebook of each lesson too.",
    ),
}


@dataclass
class Notes:
    """What was taken out of one page, by chapter: label, where it stood, and what it says."""

    article: Article
    taken: dict[str, list[Tag]] = field(default_factory=lambda: {name: [] for name in CHAPTERS})

    def take(self, chapter: str, label: str, parts: list[Tag]) -> tuple[str, str]:
        """Keep `parts` for a chapter; return the id of the note and of the place to come back to."""
        key = f"{self.article.place.key}--{chapter}-{len(self.taken[chapter]) + 1}"
        back = f"{key}-from"
        note = element(
            f'<div class="note" id="{key}"><p class="note-name"><a href="#{back}">{escape(label)}'
            f'</a> <span class="from">{page_of(back, "from page")}</span></p></div>'
        )
        for part in parts:
            note.append(part.extract())
        self.taken[chapter].append(note)
        return key, back


def page_of(key: str, words: str = "page") -> str:
    """A link that says on which page something stands; `page_numbers.fill` writes the number."""
    return f'<a class="page" href="#{key}">{words} <span data-page-of="{key}"></span></a>'


def pointer(words: str, key: str, back: str) -> Tag:
    """A line in the place of what was taken: where to find it."""
    return element(f'<p class="pointer" id="{back}">{escape(words)}: {page_of(key)}</p>')


def closing_chapters(notes: list[Notes]) -> list[tuple[str, str, Tag]]:
    """The chapters for the end of the book as key, title and article; none that would be empty."""
    made = []
    for chapter, (title, words) in CHAPTERS.items():
        pages = [one for one in notes if one.taken[chapter]]
        if not pages:
            continue
        body = element(
            f'<article class="bd-article closing" id="end-{chapter}"><h1>{title}</h1>'
            f"<p>{words}</p></article>"
        )
        for one in pages:
            article = one.article
            section = element(f"<section><h2>{escape(article.short)}</h2></section>")
            order = [tag["id"] for tag in article.body.find_all(id=True)]
            for note in sorted(one.taken[chapter], key=lambda n: order.index(f"{n['id']}-from")):
                section.append(copy(note))
            body.append(section)
        made.append((f"end-{chapter}", title, body))
    return made

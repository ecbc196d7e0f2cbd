"""Smaller things that make paper better: short tables whole, less colour, compact reference pages."""

from __future__ import annotations

import re

from bs4 import Tag

SHORT = 12  # rows: such a table moves to the next page as a whole
# tokens of code that have the colour of the text
PLAIN = "pre span.n, pre span.p, pre span.w, pre span.o, pre span.nn, pre span.err, pre span.pre"
SIGNATURE = re.compile(r"((?:from .+\n+)?)(\w[\w.]*)\(\n((?:    .*,\n)+)\)", re.A)
LONG_TERM = 32  # characters: a longer one is a sentence that asks, with the function as its answer


def tidy(document: Tag) -> None:
    """Mark short tables, leave each picture one figure, put marks of places into their headings, and drop elements of code that look like their surroundings.

    Each element of a document becomes one of the PDF's tree of tags, so the last makes the file
    smaller: by a fifth, measured.
    """
    for table in document.select("table"):
        if len(table.find_all("tr")) <= SHORT:
            table["class"] = [*table.get("class", []), "short"]
            _keep_with_heading(table)
    for figure in document.select("figure"):  # in a PDF only the picture itself is a figure
        figure.name = "div"
        figure["class"] = [*figure.get("class", []), "figure"]
        for caption in figure.select("figcaption"):
            caption.name = "p"
            caption["class"] = ["caption"]
    for mark in document.select("span[id]"):
        follows = mark.find_next_sibling()
        if not mark.contents and follows is not None and re.fullmatch("h[1-6]", follows.name):
            follows.insert(0, mark.extract())  # an empty line between would part it from its text
    for token in document.select(PLAIN):
        token.unwrap()
    for token in document.select("code span.pre"):
        token.unwrap()


def _keep_with_heading(table: Tag) -> None:
    """Hold heading, sentence and short table together: the browser leaves the first two behind."""
    box = table.find_parent(class_="fw-scroll") or table
    before, kept = box.find_previous_sibling(), [box]
    while before is not None and before.name in {"p", "span"} and len(kept) < 4:
        kept.insert(0, before)
        before = before.find_previous_sibling()
    if before is not None and re.fullmatch("h[1-6]", before.name):
        holder = Tag(name="div", attrs={"class": "keep"})
        before.insert_before(holder)
        for part in [before, *kept]:
            holder.append(part.extract())


def compact(article: Tag) -> None:
    """Set a reference page closer: terms beside what they mean, a call of a function in few lines."""
    article["class"] = [*article.get("class", []), "reference"]
    for terms in article.select("dl"):
        asks = any(
            len(term.get_text()) > LONG_TERM for term in terms.find_all("dt", recursive=False)
        )
        terms["class"] = [*terms.get("class", []), "asks" if asks else "terms"]
    for code in article.select("pre"):
        text = code.get_text().strip()
        if call := SIGNATURE.fullmatch(text):
            given = " ".join(line.strip() for line in call[3].splitlines()).removesuffix(",")
            text = f"{call[1].strip()}\n{call[2]}({given})"
        code.string = text.strip()

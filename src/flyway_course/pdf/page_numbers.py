"""Page numbers inside the text: printed once to learn them, and once more with them.

Chromium knows no `target-counter`. But every place that a link leads to is named in the PDF, with
its page. So the first printing has blanks of the right width, and the second has the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bs4 import Tag
from pypdf import PdfReader

BLANK = "000"


def fill(document: Tag, pages: Mapping[str, int] | None = None) -> None:
    """Write the page of each place that is asked for; without `pages`, a blank of that width."""
    for asked in document.select("[data-page-of]"):
        key = asked["data-page-of"]
        number = str(pages[key]) if pages and key in pages else BLANK
        if asked.name == "a":  # a link in a sentence: the number follows its words
            holder = asked.select_one(".paged")
            if holder is None:
                holder = Tag(name="span", attrs={"class": "paged"})
                asked.append(holder)
            holder.string = f" (page {number})"
        else:
            asked.string = number


def pages_of_places(pdf: Path) -> dict[str, int]:
    """The page, from 1, of every place that a link of the PDF leads to."""
    reader = PdfReader(pdf)
    numbers = {page.indirect_reference.idnum: i for i, page in enumerate(reader.pages, 1)}
    found = {}
    for name, place in reader.named_destinations.items():
        page = place.page
        if page is not None and page.idnum in numbers:
            found[name.removeprefix("/")] = numbers[page.idnum]
    return found

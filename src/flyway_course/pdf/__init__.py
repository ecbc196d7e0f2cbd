"""The book on paper: one tagged PDF of all pages, and one sheet for each lesson.

An installed Chrome, Chromium or Edge prints. All pages become one document first, so that there is
one outline, one tree of tags and links that lead from page to page; 50 pages take about a minute.

- `order`, `article`: which pages, and each page with ids of its own and no paths of this machine.
- `paper`: what moves and folds, as it can stand on paper. `notes`: hints, answers and hidden code
  go to the end, because an answer must not stand beside its question.
- `facts`, `front`: title page and contents. `page_numbers`: those inside the text.
- `fonts`, `joining`: fonts for every script of the course, inside the PDF.
- `printing`, `finish`, `outline`: the browser, and what it leaves to be mended. `tidy`: details.
- `document`, `book`, `sheets`: all of it together. `stamps`: what a PDF was made of.
"""

from __future__ import annotations

from .book import Made, make_book
from .errors import PdfError
from .sheets import make_sheets
from .stamps import NAME, current_book, current_sheets

__all__ = ["NAME", "Made", "PdfError", "current_book", "current_sheets", "make_book", "make_sheets"]

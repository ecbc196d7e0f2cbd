"""Where the PDFs are, and whether they were made of the book as it is built now."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .errors import PdfError
from .order import page_file, pages_in_order

HERE = Path(__file__).parent
NAME = "counting-across-borders.pdf"


def pdf_folder(root: Path) -> Path:
    """Where the PDFs are."""
    return root / "_build" / "pdf"


def sheets_folder(root: Path) -> Path:
    """Where the sheets of the lessons are."""
    return pdf_folder(root) / "sheets"


def current_book(root: Path) -> Path | None:
    """The PDF of the book, if there is one and it belongs to the book as it is built now."""
    pdf = pdf_folder(root) / NAME
    return pdf if pdf.is_file() and _is_current(root, "book") else None


def current_sheets(root: Path) -> list[Path]:
    """The sheets of the lessons, if there are any and they belong to the book as it is built now."""
    sheets = sorted(sheets_folder(root).glob("*.pdf"))
    return sheets if sheets and _is_current(root, "sheets") else []


def digest(root: Path) -> str:
    """A hash over what a PDF is made of: built pages in their order, style, and this package."""
    told = hashlib.sha256()
    for place in pages_in_order(root):
        told.update(f"{place}".encode() + page_file(root, place.name).read_bytes())
    style = root / "_build" / "html" / "_static" / "styles" / "book.css"
    files = [*sorted(HERE.glob("*.py")), *sorted(HERE.glob("*.css")), style]
    for file in [*files, root / "CITATION.cff", root / "package-lock.json"]:
        told.update(file.read_bytes() if file.is_file() else b"")
    return told.hexdigest()


def set_stamp(root: Path, kind: str, made_of: str) -> None:
    """Write down what `kind` ("book", "sheets") was made of."""
    _stamp(root, kind).write_text(made_of, encoding="utf-8")


def _stamp(root: Path, kind: str) -> Path:
    return pdf_folder(root) / f"{kind}.stamp"


def _is_current(root: Path, kind: str) -> bool:
    try:
        return _stamp(root, kind).read_text(encoding="utf-8") == digest(root)
    except (OSError, PdfError):  # no stamp, or no built book
        return False

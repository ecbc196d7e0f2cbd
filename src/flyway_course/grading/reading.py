"""Read a notebook that some program has saved: every encoding and every damage that can be mended.

Only the cells are read: their kind, their text, their names. nothing else of the file is kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

MOST_CELLS, LONGEST_CELL = 2_000, 400_000
DAMAGED = "the file is damaged: download the notebook again and hand in that copy"
NO_NOTEBOOK = "it is not a notebook: hand in the file that ends with .ipynb"


class ReadError(Exception):
    """The file cannot be read as a notebook; the message tells the trainee what to do."""


@dataclass
class Cell:
    """One cell as it was handed in. `mark` is nbgrader's name of it, `id` the notebook's own."""

    kind: str
    source: str
    mark: str = ""
    id: str = ""


@dataclass
class Handed:
    """The cells of a file, and what had to be mended to read them."""

    cells: list[Cell]
    repairs: list[str] = field(default_factory=list)


def read(data: bytes) -> Handed:
    """Return the cells of a notebook file.

    Raises
    ------
    ReadError
        It is no notebook, or too damaged.
    """
    repairs: list[str] = []
    text = _text(data, repairs)
    if not text.strip():
        raise ReadError("the file is empty: save the notebook, then hand in that file")
    content = _json(text, repairs)
    if not isinstance(content, dict):
        raise ReadError(NO_NOTEBOOK)
    raw = content.get("cells")
    if raw is None and isinstance(sheets := content.get("worksheets"), list):  # nbformat 3
        raw = [c for s in sheets if isinstance(s, dict) for c in s.get("cells") or ()]
        repairs.append("it was saved in an old format")
    if not isinstance(raw, list):
        raise ReadError(NO_NOTEBOOK)
    if len(raw) > MOST_CELLS:
        raise ReadError(f"it has {len(raw)} cells; {MOST_CELLS} at most")
    cells = [cell for item in raw if (cell := _cell(item, repairs)) is not None]
    return Handed(cells, list(dict.fromkeys(repairs)))


def _text(data: bytes, repairs: list[str]) -> str:
    """Decode the bytes. JSON is ASCII around its words, so that its shape shows the encoding."""
    marks = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16",
             b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}  # fmt: skip
    encoding = next((name for mark, name in marks.items() if data.startswith(mark)), "")
    if not encoding:
        head = data[:64].lstrip(b"\r\n\t ")
        if head[:4] in (b"{\x00\x00\x00", b"[\x00\x00\x00"):
            encoding = "utf-32-le"
        elif head[1:2] == b"\x00":
            encoding = "utf-16-le"
        elif head[:1] == b"\x00":
            encoding = "utf-16-be" if head[1:2] != b"\x00" else "utf-32-be"
    if encoding:
        repairs.append(f"it was saved as {encoding.upper().replace('-SIG', ' with a mark')}")
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        repairs.append("some letters were not saved as UTF-8 and are lost")
        return data.decode(encoding or "utf-8", errors="replace")


def _json(text: str, repairs: list[str]) -> Any:
    start = text.find("{")
    if start < 0:
        raise ReadError(NO_NOTEBOOK)
    text = text[start:]
    if re.search(r"^(<{7} |>{7} )", text, re.MULTILINE):
        raise ReadError(
            "it holds two versions at once (<<<<<<<): keep one of them and hand in again"
        )
    try:
        content, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError, MemoryError):
        raise ReadError(
            DAMAGED if '"cells"' in text or '"nbformat"' in text else NO_NOTEBOOK
        ) from None
    if text[end:].strip(" \r\n\t\0"):
        repairs.append("there was something after its end")
    return content


def _cell(item: Any, repairs: list[str]) -> Cell | None:
    if not isinstance(item, dict):
        repairs.append("a cell could not be read and was left out")
        return None
    source = item.get("source", item.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        source = ""
    if len(source) > LONGEST_CELL:
        repairs.append(f"a cell was longer than {LONGEST_CELL} letters and was cut")
        source = source[:LONGEST_CELL]
    clean = clean_text(source)
    if clean != source.replace("\r\n", "\n").replace("\r", "\n"):
        repairs.append("signs that no text can hold were taken out")
    kind = "code" if item.get("cell_type") == "code" else "markdown"
    metadata = item.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    own = item.get("id")
    return Cell(
        kind,
        clean,
        name if isinstance(name, str) else "",
        own if isinstance(own, str) else "",
    )


def clean_text(text: str) -> str:
    """Return text with one kind of line end, and nothing that cannot be written as UTF-8."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\x0b", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\ufeff", "")
    return text.encode("utf-8", "replace").decode("utf-8")

"""Read a notebook that some program has saved: every encoding and every damage that can be mended.

Only the cells are read: their kind, their text, their names. Nothing else of the file is kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from flyway_course.grading.intake import encodings, kinds

MOST_CELLS, LONGEST_CELL, MOST_LETTERS = 2_000, 400_000, 2_000_000
DAMAGED = "the file is damaged: download the notebook again and hand in that copy"
NO_NOTEBOOK = "it is not a notebook: in Jupyter, save the notebook, then hand in its file (.ipynb)"
TWO_VERSIONS = "it holds two versions at once (<<<<<<<): keep one of them and hand in again"
TWO_NOTEBOOKS = "it holds two notebooks, one after the other: keep one of them and hand in again"
ANOTHER = re.compile(r'"(?:cells|worksheets)"\s*:\s*\[')
# git writes these marks as lines of a cell, nbdime also in bold in cells of their own
MERGED = [
    re.compile(rf"^(<span[^>\n]{{0,99}}>\*\*)?{mark}", re.MULTILINE)
    for mark in ("<{7} ", r"={7}(\*\*</span>)?\s*$", ">{7} ")
]
PICTURE = re.compile(
    r"!\[[^][\n]{0,200}\]\(\s{0,9}data:[^)\s]*(?:[^)\n]{0,200}\))?"
    r"|<img\b[^<>]{0,200}?\bdata:[^>\s]*(?:[^>]{0,200}>)?"
    r"|data:image/[^\s)\"'>]*"
)
ODD_BREAKS = re.compile("[\x0b\u2028\u2029]")


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
    """The cells of a file, what had to be mended to read them, and the Python that saved it."""

    cells: list[Cell]
    repairs: list[str] = field(default_factory=list)
    python: str = ""


def read(data: bytes) -> Handed:
    """Return the cells of a notebook file.

    Raises
    ------
    ReadError
        It is no notebook, or too damaged.
    """
    try:
        return _read(data)
    except ReadError:
        raise
    except Exception:  # whatever a joker thought of and we did not: one file never stops a class
        raise ReadError(DAMAGED) from None


def _read(data: bytes) -> Handed:
    repairs: list[str] = []
    text = _text(data, repairs)
    if not text.strip():
        raise ReadError("the file is empty: save the notebook, then hand in that file")
    try:
        content = _json(text, repairs)
    except ReadError as error:
        raise ReadError(kinds.other(data) or kinds.archive(data) or str(error)) from None
    raw = content.get("cells")
    if raw is None and isinstance(sheets := content.get("worksheets"), list):  # nbformat 3
        lists = [s.get("cells") for s in sheets if isinstance(s, dict)]
        raw = [cell for cells in lists if isinstance(cells, list) for cell in cells]
        repairs.append("it was saved in an old format")
    if not isinstance(raw, list):
        raise ReadError(NO_NOTEBOOK)
    if len(raw) > MOST_CELLS:
        raise ReadError(f"it has {len(raw)} cells; {MOST_CELLS} at most")
    cells = [cell for item in raw if (cell := _cell(item, repairs)) is not None]
    _need_few_letters(cells, repairs)
    together = "\n".join(cell.source for cell in cells)
    if all(mark.search(together) for mark in MERGED):
        raise ReadError(TWO_VERSIONS)
    return Handed(cells, list(dict.fromkeys(repairs)), _python(content.get("metadata")))


def _need_few_letters(cells: list[Cell], repairs: list[str]) -> None:
    """Refuse a notebook that says more than anybody reads: a small zip may hold a hundred of them."""
    for kind, what in (("code", "its code has"), ("markdown", "its words have")):
        mine = [cell for cell in cells if cell.kind == kind]
        if kind == "markdown" and sum(len(cell.source) for cell in mine) > MOST_LETTERS:
            for cell in mine:
                cell.source = _without_pictures(cell.source, repairs)
        if (letters := sum(len(cell.source) for cell in mine)) > MOST_LETTERS:
            keep = "keep what answers the tasks"
            raise ReadError(f"{what} {letters:,} letters; {MOST_LETTERS:,} at most: {keep}")


def _without_pictures(words: str, repairs: list[str]) -> str:
    words, pictures = PICTURE.subn("(picture)", words)
    if pictures:
        repairs.append("pictures among the words of a cell were too large and were left out")
    return words


def _python(metadata: Any) -> str:
    """Return the version of the Python that saved a notebook, such as "3.13"; "" if it is not told."""
    told = metadata.get("language_info") if isinstance(metadata, dict) else None
    version = told.get("version") if isinstance(told, dict) else None
    found = re.match(r"3\.\d{1,3}", version) if isinstance(version, str) else None
    return found[0] if found else ""


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
    else:
        encoding = _of_a_script(data, repairs)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        repairs.append("some letters were not saved as UTF-8 and are lost")
        return data.decode(encoding, errors="replace")


def _of_a_script(data: bytes, repairs: list[str]) -> str:
    """Return UTF-8, or the encoding of one script in which the letters of the file make sense."""
    found = None
    if data.isascii():
        # Neither comes from a program that writes UTF-8: JSON spells the sign Escape out, and a
        # notebook without one backslash has no line ends in its cells.
        if b"\x1b$" in data:
            found = "iso2022_jp_2"
        elif b"+AFw" in data and b"\\" not in data:
            found = "utf-7"
    elif not encodings.mostly_utf8(data):
        found = encodings.likeliest(data, encodings.OF_FILES)
    if found is None:
        return "utf-8"
    repairs.append(f"it was not saved as UTF-8 but as {encodings.NAMES[found]}")
    return found


def _json(text: str, repairs: list[str]) -> dict[str, Any]:
    start = text.find("{")
    if start < 0:
        raise ReadError(NO_NOTEBOOK)
    text = text[start:]
    if re.search(r"^(<{7} |>{7} )", text, re.MULTILINE):
        raise ReadError(TWO_VERSIONS)
    decoder = json.JSONDecoder(strict=False)
    try:
        content, end = decoder.raw_decode(text)
    except (ValueError, RecursionError, MemoryError):
        raise ReadError(
            DAMAGED if '"cells"' in text or '"nbformat"' in text else NO_NOTEBOOK
        ) from None
    if text[end:].strip(" \r\n\t\0"):
        repairs.append("there was something after its end")
    if not isinstance(content, dict):
        raise ReadError(NO_NOTEBOOK)
    found = ANOTHER.search(text, end)
    while found:  # the same one twice is no question
        try:
            other, end = decoder.raw_decode(text, text.index("{", end))
        except (ValueError, RecursionError, MemoryError):
            raise ReadError(TWO_NOTEBOOKS) from None
        if other != content:
            raise ReadError(TWO_NOTEBOOKS)
        if end > found.start():  # the rest is looked through once, not once for each that it holds
            found = ANOTHER.search(text, end)
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
    kind = "code" if item.get("cell_type") == "code" else "markdown"
    source = _clean(source, kind, repairs)
    metadata = item.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    own = item.get("id")
    return Cell(
        kind,
        source,
        name if isinstance(name, str) else "",
        own if isinstance(own, str) else "",
    )


def _clean(source: str, kind: str, repairs: list[str]) -> str:
    """Return the text of a cell as Jupyter would show or run it, and not too long."""
    if len(source) > LONGEST_CELL and kind != "code":
        source = _without_pictures(source, repairs)
    if len(source) > LONGEST_CELL:
        repairs.append(f"a cell was longer than {LONGEST_CELL} letters and was cut")
        source = source[:LONGEST_CELL]
    source = _line_ends(source)
    # in the middle of a quoted text of Python, a line end would be an error
    instead, what = (" ", "spaces") if kind == "code" else ("\n", "line ends")
    broken = ODD_BREAKS.sub(instead, source)
    if broken != source:
        repairs.append(f"line breaks that Jupyter does not know became {what}")
    clean = clean_text(broken)
    if clean != broken:
        repairs.append("signs that no text can hold were taken out")
    return clean


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean_text(text: str) -> str:
    """Return text with one kind of line end, and nothing that cannot be written as UTF-8."""
    text = ODD_BREAKS.sub("\n", _line_ends(text)).replace("\0", "").replace("\ufeff", "")
    return text.encode("utf-8", "replace").decode("utf-8")

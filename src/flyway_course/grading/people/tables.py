"""CSV files that people open in a spreadsheet: no cell is read as a formula, every field is read."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from flyway_course.grading import whole_files

FORMULA = frozenset("=+-@|%\N{MINUS SIGN}")
# A spreadsheet may cut a cell in two at these, whatever separator the file was written with: in
# Mongolia and Russia, for example, ';' is the computer's own separator.
CELL_ENDS = ";\t\r\n"
CELL_BEGINS = re.compile(rf"(?:\A|(?<=[{CELL_ENDS}]))'*")
LONGEST_FIELD = 2**31 - 1  # csv's own limit is 128 KB, and the notes on one file may be longer
BLANK_LETTERS = frozenset(
    "\u115f\u1160\u3164\uffa0\u2800"
)  # letters to Unicode, nothing to the eye


def escaped(text: str) -> str:
    """Return a text with an apostrophe before whatever a spreadsheet could take for a formula.

    `plain` gives back exactly what went in, also where the text has apostrophes of its own.
    """
    return CELL_BEGINS.sub(lambda run: run[0] + "'" * _is_risky(run), text)


def plain(text: str) -> str:
    """Return the text that `escaped` was given."""
    return CELL_BEGINS.sub(lambda run: run[0][_is_risky(run) :], text)


def write(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table whole; a cell that a row lacks is empty, and texts are `escaped`."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(columns), restval="")
    table.writeheader()
    for row in rows:
        table.writerow({k: escaped(v) if isinstance(v, str) else v for k, v in row.items()})
    # the byte-order mark tells spreadsheets that names are UTF-8
    whole_files.write(path, text.getvalue().encode("utf-8-sig"))


def _is_risky(run: re.Match[str]) -> bool:
    """Say whether a cell could be a formula, from what follows the apostrophes at its start.

    Spreadsheets pass over blanks and signs that nobody sees, and read wide signs as narrow ones. A
    control sign, such as a tab, at the start of a text may begin another cell.
    """
    text, start = run.string, run.end()
    for place in range(start, len(text)):
        sign = text[place]
        kind = unicodedata.category(sign)
        if kind == "Cc" and place == start and run.start() == 0:
            return True
        if sign in CELL_ENDS:
            return False
        if kind[0] not in "CZM" and sign not in BLANK_LETTERS:
            return unicodedata.normalize("NFKC", sign)[:1] in FORMULA
    return False


def allow_long_fields() -> None:
    """Let `csv` read whatever it wrote, however long a field is."""
    csv.field_size_limit(LONGEST_FIELD)

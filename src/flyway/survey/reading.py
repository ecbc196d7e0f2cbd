"""How does a file become a table that can be checked? Every cell as written, every row with its line.

A spreadsheet program, and pandas too, guess at types: "-" becomes text, a blank becomes NaN, 1,200
becomes a word. Here nothing is guessed. `flyway.survey.validation` reads the cells, and says what it
could not read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import pandas as pd

ENCODINGS = {"cp949": "Korean", "gb18030": "Chinese", "cp932": "Japanese", "cp1251": "Cyrillic"}


def read_counts(
    source: str | PathLike | io.TextIOBase,
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8-sig",
) -> pd.DataFrame:
    """Read a CSV file of counts, every cell as the text that it holds.

    Parameters
    ----------
    source : path of the file, or an open text file. Cells are separated by commas, semicolons or tabs.
    columns : names in the file and in the count form, such as `{"Site name": "site"}`. Further columns
        keep their names. `form_fields()` lists the names of the form.
    encoding : how letters are stored; "utf-8-sig" is what spreadsheets call "CSV UTF-8".

    Returns the table as text, blanks as "". Its row labels are the lines that a spreadsheet shows at the
    left: the first row of counts is row 2. Empty lines are left out.

    Errors: ValueError for a file that is empty or holds no text in this encoding, a row with more or
    fewer cells than the heading, a heading that is blank or there twice, and a name in `columns` that is
    not in the file.
    """
    text = source.read() if hasattr(source, "read") else _text(Path(source), encoding)
    first = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    heading = [name.strip() for name in next(lines, [])]
    if not any(heading):
        raise ValueError("the file is empty: its first line must name the columns")
    rows, labels, line = [], [], 2
    for cells in lines:
        if any(cell.strip() for cell in cells):
            if len(cells) != len(heading):
                raise ValueError(
                    f"row {line} has {len(cells)} cells, the heading has {len(heading)}: put text that "
                    f"holds {separator!r} into double quotes"
                )
            rows.append(cells)
            labels.append(line)
        line += 1
    table = pd.DataFrame(rows, columns=_renamed(heading, columns or {}), index=labels, dtype=object)
    return table.rename_axis("row")


def _text(path: Path, encoding: str) -> str:
    try:
        return path.read_text(encoding=encoding)
    except UnicodeDecodeError:
        others = ", ".join(f"{name!r} ({script})" for name, script in ENCODINGS.items())
        raise ValueError(
            f"{path.name} is not stored as {encoding}: save it again as 'CSV UTF-8', or say its encoding, "
            f"such as {others}"
        ) from None


def _renamed(heading: list[str], columns: Mapping[str, str]) -> list[str]:
    unknown = [name for name in columns if name not in heading]
    if unknown:
        raise ValueError(
            f"columns names {unknown[0]!r}, which is not in the file; the file has "
            f"{', '.join(map(repr, heading))}"
        )
    names = [columns.get(name, name) for name in heading]
    if "" in names:
        raise ValueError(f"column {names.index('') + 1} has no name: name every column")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"two columns are named {twice!r}: give each its own name")
    return names

"""`book/references.bib`: one entry for each numbered source, so that a lesson can cite `S19`."""

from __future__ import annotations

import csv
from pathlib import Path

from flyway_course.compile_data.sources import Source

FIELDS = ("author", "year", "title", "journal", "howpublished", "volume", "number", "pages")
HEAD = """\
% Made by `python -m flyway_course.compile_data`: do not edit.
% The sources of the facts and of the data packages; keys as in the column `source` of the tables.
"""


def read_references() -> dict[str, dict[str, str]]:
    """Author, year, title and place of publication of each source, read from its citation by hand."""
    path = Path(__file__).with_name("references.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="|", quoting=csv.QUOTE_NONE))
    return {row["key"]: row for row in rows}


def bibliography(known: dict[str, Source]) -> str:
    """BibTeX text with all sources, in numerical order.

    Raises KeyError when a source has no line in `references.csv`.
    """
    references = read_references()
    return "\n".join([HEAD, *(entry(references[key], known[key]) for key in known)])


def entry(row: dict[str, str], source: Source) -> str:
    """One BibTeX entry. Titles stand in double braces, which keep their capital letters."""
    place = "journal" if row["type"] == "article" else "howpublished"
    values = row | {place: row["where"]}
    lines = [f"@{row['type']}{{{row['key']},"]
    for name in FIELDS:
        text = values.get(name) or ""
        if text:
            braced = f"{{{_tex(text)}}}" if name == "title" else _tex(text)
            lines.append(f"  {name} = {{{braced}}},")
    if source.url:
        lines.append(f"  url = {{{source.url}}},")
    return "\n".join([*lines, "}", ""])


def _tex(text: str) -> str:
    """Escape the signs that TeX reads as commands."""
    for sign in "&%$#_":
        text = text.replace(sign, "\\" + sign)
    return text

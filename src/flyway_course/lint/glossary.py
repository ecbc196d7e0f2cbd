"""Glossary: each `{term}` has its entry, and each entry has its six languages.

The entries are the terms of book/glossary.md; the forms in the other languages are columns of
`terms.csv` in the data package `field_glossary`. Chinese has two, for its two ways of writing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from .lesson import Lesson
from .parsing import parse
from .problem import Problem

LANGUAGES = ("zh_hans", "zh_hant", "ja", "ko", "mn", "ru")  # beside English: six in all


def terms(glossary: Path) -> dict[str, int]:
    """Return the terms of the glossary page, each with its line."""
    found: dict[str, int] = {}
    page = parse(glossary.read_text(encoding="utf-8"), glossary.name)
    for box in page.directives("glossary"):
        lines = box.raw.splitlines()
        for number, line in enumerate(lines):
            starts = bool(line.strip()) and not line.startswith((" ", "\t", ":", "%", "..", "#"))
            # MyST writes an entry as a term, then `: definition`; reST as a term, then an indent.
            if starts:
                found[line.strip().lower()] = box.body_line + number
    return found


def check(lesson: Lesson, known: dict[str, int]) -> list[Problem]:
    """Return the `{term}` roles of a page that lead nowhere."""
    return [
        Problem(
            lesson.path,
            role.line,
            "glossary",
            f"`{role.target}` has no entry in book/glossary.md; add it or mend the term",
        )
        for role in lesson.roles("term")
        if role.target.lower() not in known
    ]


def languages(table: Path, root: Path, known: dict[str, int]) -> Iterator[Problem]:
    """Every row of the table has its form in each language; every entry of the page has its row."""
    path = table.relative_to(root).as_posix()
    rows: set[str] = set()
    with table.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [
            column for column in ("term", *LANGUAGES) if column not in (reader.fieldnames or [])
        ]
        if missing:
            message = f"no column {', '.join(missing)}; the glossary speaks six languages"
            yield Problem(path, 1, "glossary-language", message)
            return
        for row in reader:
            rows |= {row["term"].lower(), *(row.get("other_terms") or "").lower().split("; ")}
            for column in LANGUAGES:
                if not (row[column] or "").strip():
                    message = f"`{row['term']}` has no form in column `{column}`; add it"
                    yield Problem(path, reader.line_num, "glossary-language", message)
    for term, line in known.items():
        if term not in rows:
            message = f"`{term}` is not in {path}, so it has no other language; add its row"
            yield Problem("book/glossary.md", line, "glossary-language", message)

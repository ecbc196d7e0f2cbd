"""Glossary: each `{term}` has its entry, and each entry has its six languages.

The entries are the terms of book/glossary.md; the languages are columns of the data package
`field_glossary`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from .lesson import Lesson, parse
from .problem import Problem

LANGUAGES = 6


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


def languages(table: Path, root: Path) -> Iterator[Problem]:
    """Every row of the glossary table has a term in each language (columns `en`, `ja`, …)."""
    path = table.relative_to(root).as_posix()
    with table.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        columns = [c for c in reader.fieldnames or [] if _is_language(c)]
        if len(columns) < LANGUAGES:
            message = f"{len(columns)} languages ({', '.join(columns)}), {LANGUAGES} wanted"
            yield Problem(path, 1, "glossary-language", message)
        for row in reader:
            for column in columns:
                if not (row[column] or "").strip():
                    message = f"`{row[columns[0]]}` has no term in column `{column}`; add it"
                    yield Problem(path, reader.line_num, "glossary-language", message)


def _is_language(column: str) -> bool:
    code = column.removeprefix("term_").split("_")[0].split("-")[0]
    return len(code) == 2 and code in {"en", "ja", "ko", "kr", "zh", "cn", "mn", "ru", "jp"}

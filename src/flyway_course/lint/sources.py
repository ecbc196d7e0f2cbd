"""A number comes with its source: counts in stories and data sections stand beside a citation.

A heuristic, and so an error only in the field story, where every figure is a fact. In data boxes
and elsewhere in the text it is a warning: a number there may be the lesson's own result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pybtex.database import BibliographyData, parse_file
from pybtex.exceptions import PybtexError

from .anatomy import CITES
from .forbidden import simulated
from .lesson import Lesson
from .problem import Problem

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[,.]\d+)*(?![\w])")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_BIRDS = r"(?:birds?|spoonbills?|cranes?|swans?|geese|goose|pairs?|individuals?|adults?|families|juveniles?)"
_COUNTED = re.compile(rf"\b\d+(?:[,.]\d+)*\s+(?:[\w-]+\s+){{0,3}}{_BIRDS}\b", re.IGNORECASE)


def has_count(text: str) -> bool:
    """Whether a text states a count: a number of two digits or more that is not a year."""
    for match in _NUMBER.finditer(text):
        digits = match.group().replace(",", "")
        if len(digits.replace(".", "")) >= 2 and not _YEAR.fullmatch(digits):
            day = re.match(
                r"[\s ]+(?:January|February|March|April|May|June|July|August|September"
                r"|October|November|December|minutes?|seconds?|%)\b",
                text[match.end() :],
            )
            if not day:
                return True
    return bool(_COUNTED.search(text))


def check(lesson: Lesson, datasets: Path) -> list[Problem]:
    """Return the counts without a citation; simulated data has no source but its generator."""
    return list(_check(lesson, datasets))


def _check(lesson: Lesson, datasets: Path) -> Iterator[Problem]:
    for name in ("story", "data"):
        for box in lesson.directives(name):
            if name == "data" and simulated(datasets, box.arg.strip()):
                continue
            for block in box.walk():
                cited = any(role.name in CITES for role in block.roles)
                if block.kind == "paragraph" and has_count(block.text) and not cited:
                    first = " ".join(block.text.split()[:8])
                    message = f"a count without its source: “{first} …”; add `{{cite:p}}`"
                    yield Problem(
                        lesson.path, block.line, "source", message, warning=name == "data"
                    )


def citations(lesson: Lesson, bibliography: BibliographyData) -> Iterator[Problem]:
    """Every citation is in the bibliography."""
    for role in lesson.roles(*CITES):
        for key in (part.strip() for part in role.text.split(",")):
            if key not in bibliography.entries:
                message = f"`{key}` is not in book/references.bib; add it or mend the key"
                yield Problem(lesson.path, role.line, "citation", message)


def read_bibliography(path: Path) -> BibliographyData | str:
    """Read the bibliography, or return the sentence that says why it cannot be read."""
    if not path.is_file():
        return "there is no such file"
    try:
        return parse_file(str(path), bib_format="bibtex")
    except PybtexError as broken:
        return str(broken)

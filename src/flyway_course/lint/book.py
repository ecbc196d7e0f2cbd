"""The whole book under the lint: each lesson by every rule, and what only all lessons can show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import yaml
from pybtex.database import BibliographyData

from . import (
    anatomy,
    budgets,
    figures,
    forbidden,
    glossary,
    objectives,
    parsing,
    quizzes,
    sources,
    spelling,
    style,
)
from .lesson import Lesson
from .problem import Problem


@dataclass(frozen=True)
class Book:
    """The lessons of a checkout, with what their rules need to know about the rest of it."""

    root: Path
    lessons: list[Lesson]
    terms: dict[str, int] | None
    bibliography: BibliographyData
    faults: list[Problem]

    # The groups of rules for one lesson; a test runs each of them on each lesson.
    RULES: ClassVar[dict[str, Callable[[Book, Lesson], list[Problem]]]] = {
        "budgets": lambda book, one: budgets.check(one),
        "anatomy": lambda book, one: anatomy.check(one),
        "objectives": lambda book, one: objectives.check(one, book.root / "solutions"),
        "quizzes": lambda book, one: quizzes.check(one),
        "figures": lambda book, one: figures.check(one),
        "forbidden": lambda book, one: forbidden.check(one, book.root / "datasets"),
        "sources": lambda book, one: [
            *sources.check(one, book.root / "datasets"),
            *sources.citations(one, book.bibliography),
        ],
        "glossary": lambda book, one: glossary.check(one, book.terms or {}),
        "style": lambda book, one: style.check(one, book.root),
    }

    @classmethod
    def load(cls, root: Path) -> Book:
        """Read the book of the checkout at `root`."""
        lessons = [parsing.read(path, root) for path in parsing.find(root / "book")]
        page = root / "book" / "glossary.md"
        faults: list[Problem] = []
        entries = BibliographyData()
        for name in bibliographies(root):
            read = sources.read_bibliography(root / name)
            if isinstance(read, str):
                faults.append(Problem(name, 1, "bibliography", f"it cannot be read: {read}"))
            else:
                entries.entries.update(read.entries)
        terms = glossary.terms(page) if page.is_file() else None
        return cls(root, lessons, terms, entries, faults)

    def check(self) -> list[Problem]:
        """Return every problem of the book."""
        found = [*self.faults, *self.together()]
        for one in self.lessons:
            found += self.check_lesson(one)
        table = self.root / "datasets" / "field_glossary" / "terms.csv"
        if table.is_file() and self.terms is not None:
            found += glossary.languages(table, self.root, self.terms)
        if not spelling.missing(self.root):
            found += spelling.check(self.texts(), self.root)
        return found

    def check_lesson(self, one: Lesson) -> list[Problem]:
        """Return the problems of one lesson, all rules but spelling."""
        if one.error:
            return list(anatomy.front_matter(one))
        return [problem for rules in self.RULES.values() for problem in rules(self, one)]

    def together(self) -> Iterator[Problem]:
        """What only all lessons can show: numbers are used once, and lead to earlier lessons."""
        files = {str(one.card.get("number")): one.path for one in reversed(self.lessons)}
        for one in self.lessons:
            number = str(one.card.get("number"))
            line = one.line_of("number:")
            if files[number] != one.path:
                message = f"lesson {number} is already {files[number]}; renumber one"
                yield Problem(one.path, line, "lesson-number", message)
            place = _place(one.path)
            if place and place != number:
                message = f"lesson {number} stands where lesson {place} belongs; rename or renumber"
                yield Problem(one.path, line, "lesson-number", message)
            for before in map(str, one.card.get("before") or []):
                if before not in files:
                    message = f"there is no lesson {before}; name one that is there"
                elif _key(before) >= _key(number):
                    message = f"lesson {before} comes after lesson {number}; name an earlier one"
                else:
                    continue
                yield Problem(one.path, one.line_of("before:"), "lesson-before", message)

    def texts(self) -> list[Path]:
        """Return the files that are spelt-checked: pages in full, Python's docstrings and comments."""
        found = sorted((self.root / "book").rglob("*.md"))
        found += sorted((self.root / "datasets").glob("*/README.md"))
        found += [
            p for name in ("README.md", "CONTRIBUTING.md") if (p := self.root / name).is_file()
        ]
        return found + sorted((self.root / "src").rglob("*.py"))

    def unchecked(self) -> list[str]:
        """Return, in sentences, what could not be checked on this machine."""
        return [why for why in [spelling.missing(self.root)] if why]

    def format(self) -> list[str]:
        """Format the code of the lessons in place; return the files that changed."""
        changed = []
        for one in self.lessons:
            new = style.formatted(one, self.root)
            if new != one.source:
                (self.root / one.path).write_text(new, encoding="utf-8", newline="\n")
                changed.append(one.path)
        return changed


def bibliographies(root: Path) -> list[str]:
    """Return the bibliography files that _config.yml names, relative to the checkout."""
    config = root / "_config.yml"
    if not config.is_file():
        return []
    return list(yaml.safe_load(config.read_text(encoding="utf-8")).get("bibtex_bibfiles") or [])


def _key(number: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in number.split("."))


def _place(path: str) -> str:
    """The number that folder and file give: `04-change/01-growth.md` is lesson 4.1."""
    numbers = [part.split("-")[0] for part in path.split("/")[-2:]]
    return ".".join(str(int(n)) for n in numbers) if all(n.isdigit() for n in numbers) else ""

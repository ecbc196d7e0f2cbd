"""What a rebuilt notebook consists of, and what in it is a trainee's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from flyway_course.grading.plan import ANSWER, WRITTEN, Step, given_names

LONGEST_PARSED = 20_000
"""Letters of code that Python's grammar reads: of 400,000 in a row it makes 36 GB."""
TOO_DEEP = (ValueError, RecursionError, MemoryError)
GIVEN = re.compile(r"^(?:def +)?(\w+) *[=(]", re.MULTILINE)


@dataclass
class Piece:
    """One cell of a rebuilt notebook: a step of the assignment, or a cell that the trainee added."""

    step: Step | None
    source: str
    kind: str
    answered: bool = False


@dataclass
class Rebuilt:
    """A notebook ready to grade, how it was mended, and the version of Python that it came from."""

    pieces: list[Piece]
    repairs: list[str] = field(default_factory=list)
    python: str = ""

    def answers(self) -> dict[str, str]:
        """Return each answer by the name of its cell, with the code that was added around that cell.

        An added cell belongs to the answer above it, or else to the one directly below it.
        """
        found: dict[str, list[str]] = {}
        above, waiting = "", []
        for piece in self.pieces:
            if piece.step is None:
                mine = found[above] if above else waiting
                mine += [piece.source] if piece.kind == "code" else []
            elif piece.step.kind in (ANSWER, WRITTEN):
                own = [piece.source] if piece.source else []
                above = piece.step.id if piece.step.kind == ANSWER else ""
                found[piece.step.id] = [*waiting, *own] if above else own
                waiting = []
            else:
                above, waiting = "", []
        return {name: "\n\n".join(parts) for name, parts in found.items()}


def names_in(source: str) -> frozenset[str]:
    """Return the names that a trainee's cell gives; those at the start of a line where it is too long."""
    return _parsed(source) if len(source) <= LONGEST_PARSED else _at_the_start(source)


@lru_cache(maxsize=1_000)
def _parsed(source: str) -> frozenset[str]:
    """Return the names of a cell; the same one is asked for once for each answer that is missing."""
    try:
        return given_names(source)
    except TOO_DEEP:
        return _at_the_start(source)


def _at_the_start(source: str) -> frozenset[str]:
    return frozenset(GIVEN.findall(source))


def added(kind: str, source: str) -> Piece:
    """Return a cell of the trainee's own."""
    return Piece(None, source, kind)


def says_more(source: str, released: str) -> bool:
    """Say whether a cell holds anything that the exercise does not: an answer."""
    given = {line.strip() for line in source.splitlines()}
    return bool(given - lines_of(released) - {""})


def lines_of(text: str) -> set[str]:
    """Return the lines of a text without their indentation."""
    return {line.strip() for line in text.splitlines()}


def bare(text: str) -> str:
    """Return a text without what nobody sees of it: blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())

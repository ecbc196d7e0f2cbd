"""One finding of the lint: where it is, which rule, by how much, and the mend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """A rule that a file breaks.

    `path` is relative to the checkout, `line` counts from 1. `message` says by how much the rule
    is broken and how to mend it. A `warning` asks for a human eye and does not fail the lint.
    """

    path: str
    line: int
    rule: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        mark = "warning: " if self.warning else ""
        return f"{self.path}:{self.line}: {mark}{self.rule}: {self.message}"


def errors(problems: list[Problem]) -> list[Problem]:
    """Return the problems that fail the lint, in file order."""
    return sorted(p for p in problems if not p.warning)

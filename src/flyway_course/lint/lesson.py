"""A lesson as a tree of blocks, each with its line in the source file (`parsing` makes it)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

# Boxes that a reader may leave closed.
FOLDS = frozenset({"solution", "hint", "dropdown"})
HIDDEN_TAGS = frozenset({"hide-input", "hide-cell", "remove-input", "remove-cell"})
# What an inline code span or formula counts as when a sentence is measured.
CODE = "code"
_SILENT_ROLES = ("cite", "footcite", "index")
_CODE_ROLES = frozenset({"math", "eq", "code"})
_PAGE_ROLES = frozenset({"doc", "ref", "numref"})


@dataclass
class Role:
    """An inline role such as {term}`flock`: its name, its text, its line."""

    name: str
    text: str
    line: int

    @property
    def target(self) -> str:
        """The name that the role points at: `flock` in both `flock` and `flocks <flock>`."""
        title, _, rest = self.text.rpartition("<")
        return (
            rest.rstrip(">").strip() if title.strip() and rest.endswith(">") else self.text.strip()
        )

    @property
    def shown(self) -> str:
        """The words that a reader sees: none of a citation, one for a formula or a bare page link."""
        title = self.text.rpartition("<")[0].strip() if self.text.endswith(">") else ""
        if self.name.startswith(_SILENT_ROLES):
            return ""
        if self.name in _CODE_ROLES or (self.name in _PAGE_ROLES and not title):
            return CODE
        return title or self.text.strip()


@dataclass
class Block:
    """One block of a lesson: heading, paragraph, list, item, directive, code, table, ….

    `text` holds the words a reader sees; `name`, `arg` and `options` belong to directives.
    """

    kind: str
    line: int
    text: str = ""
    raw: str = ""
    name: str = ""
    arg: str = ""
    level: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    children: list[Block] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    body_line: int = 0

    def walk(self) -> Iterator[Block]:
        """Yield this block and all blocks inside it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Cell:
    """A code cell: its source, the line of its first source line, its number from 1, its tags."""

    source: str
    line: int
    number: int
    tags: frozenset[str]
    folded: bool = False

    @property
    def visible(self) -> bool:
        """Whether the reader sees the code without opening a fold (a solution is one)."""
        return not self.folded and not self.tags & HIDDEN_TAGS

    @property
    def code_lines(self) -> list[str]:
        """The lines that are not blank."""
        return [line for line in self.source.splitlines() if line.strip()]


@dataclass
class Lesson:
    """A parsed lesson. `meta` is the whole front matter, `error` says why it cannot be read."""

    path: str
    source: str
    meta: dict[str, Any]
    blocks: list[Block]
    error: tuple[int, str] | None = None

    @property
    def card(self) -> dict[str, Any]:
        """The `lesson` part of the front matter."""
        card = self.meta.get("lesson")
        return card if isinstance(card, dict) else {}

    def walk(self) -> Iterator[Block]:
        """Yield every block of the page in reading order."""
        for block in self.blocks:
            yield from block.walk()

    def directives(self, *names: str) -> list[Block]:
        """Return the directives with one of these names, in reading order."""
        return [b for b in self.walk() if b.kind == "directive" and b.name in names]

    def roles(self, *names: str) -> list[Role]:
        """Return the roles with one of these names, in reading order."""
        return [role for b in self.walk() for role in b.roles if role.name in names]

    @cached_property
    def cells(self) -> list[Cell]:
        """The code cells, in order."""
        folded = {id(b) for box in self.directives(*FOLDS) for b in box.walk()}
        found = [b for b in self.walk() if b.kind == "cell"]
        return [
            Cell(b.raw, b.body_line, number, _tags(b.options.get("tags")), id(b) in folded)
            for number, b in enumerate(found, start=1)
        ]

    def line_of(self, words: str, default: int = 1) -> int:
        """Return the first line that holds `words`, for problems of the front matter."""
        for number, line in enumerate(self.source.splitlines(), start=1):
            if words in line:
                return number
        return default


def _tags(value: object) -> frozenset[str]:
    if isinstance(value, str):
        value = [value]
    return frozenset(str(tag) for tag in value) if isinstance(value, list) else frozenset()

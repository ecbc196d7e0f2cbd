"""Words of a lesson for JupyterLab: roles become plain text, folds and quotations plain Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

ROLE = re.compile(r"\{([\w:-]+)\}`([^`]+)`")
TARGET = re.compile(r"^(.*?)\s*<([^<>]+)>$", re.S)


@dataclass
class Names:
    """What only the whole book knows: titles of pages, and how to write a citation or a data set."""

    page: Callable[[str], str | None] = lambda _target: None
    cite: Callable[[str], str] = lambda keys: f"({keys})"
    data: Callable[[str], str] = lambda name: name
    exercises: dict[str, str] = field(default_factory=dict)
    heading: str = ""


def roles(text: str, names: Names) -> str:
    """Turn roles into plain words, links or mathematics; code fences stay untouched."""

    def replace(found: re.Match[str]) -> str:
        role, words = found.group(1), found.group(2)
        named = TARGET.match(words)
        shown, target = (named.group(1), named.group(2)) if named else (words, words)
        if role == "doc":
            return f"*{shown if named else names.page(target) or target.rsplit('/', 1)[-1]}*"
        if role.startswith("cite"):
            return names.cite(target)
        if role == "math":
            return f"${words}$"
        if role == "kbd":
            return f"<kbd>{words}</kbd>"
        if role in {"ref", "numref"}:
            return f"*{shown if named else names.exercises.get(target, target)}*"
        if role == "download" or role == "file":
            return f"`{shown}`"
        return shown

    pieces = re.split(r"(^(?:```|~~~)[^\n]*\n.*?^(?:```|~~~)\s*$)", text, flags=re.M | re.S)
    return "".join(
        piece if number % 2 else ROLE.sub(replace, piece) for number, piece in enumerate(pieces)
    )


def fold(summary: str, body: str, opened: bool = False) -> str:
    """Write a fold that JupyterLab shows; the empty lines let Markdown work inside."""
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>\n\n{body.strip()}\n\n</details>"


def quote(text: str) -> str:
    """Write text as a quotation, the box of a notebook."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())

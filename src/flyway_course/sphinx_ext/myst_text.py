"""Reads the block structure of MyST Markdown: which lines are text, and which are directives.

Only fences matter here (`:::{quiz} label`, ```` ```{exercise} ````), with their arguments, options
and nested fences. The text between them stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

OPEN = re.compile(r"^(\s*)(:{3,}|`{3,}|~{3,})\s*(?:\{([\w:+-]+)\}\s*(.*?)|([\w+-]*)\s*)$")
OPTION = re.compile(r"^:([\w-]+):\s*(.*?)\s*$")


@dataclass
class Directive:
    """One directive: its name, argument, options and the lines of its body."""

    name: str
    argument: str = ""
    options: dict[str, str] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)


Block = Directive | list[str]


def blocks(lines: Iterable[str]) -> list[Block]:
    """Split lines into blocks: lists of text lines, and directives. Plain code fences are text."""
    found: list[Block] = []
    text: list[str] = []
    rest = list(lines)
    place = 0
    while place < len(rest):
        opened = OPEN.match(rest[place])
        if opened is None:
            text.append(rest[place])
            place += 1
            continue
        end = _end(rest, place + 1, opened.group(2))
        inside = rest[place + 1 : end]
        if opened.group(3) is None:  # ```python: code for the eye
            text += rest[place : end + 1]
        else:
            if text:
                found.append(text)
                text = []
            found.append(_directive(opened, inside))
        place = end + 1
    if text:
        found.append(text)
    return found


def _end(lines: list[str], start: int, fence: str) -> int:
    """Find the line that closes a fence: the same sign, at least as many, and nothing else."""
    close = re.compile(rf"^\s*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
    depth = 0
    for place in range(start, len(lines)):
        if close.match(lines[place]):
            if depth == 0:
                return place
            depth -= 1
            continue
        opened = OPEN.match(lines[place])
        # A fence of the same sign and length with a name opens a nested block.
        if opened and opened.group(2) == fence and opened.group(3):
            depth += 1
    return len(lines)


def _directive(opened: re.Match[str], inside: list[str]) -> Directive:
    made = Directive(opened.group(3), (opened.group(4) or "").strip())
    place = 0
    while place < len(inside) and (option := OPTION.match(inside[place])):
        made.options[option.group(1)] = option.group(2)
        place += 1
    made.body = inside[place:]
    while made.body and not made.body[0].strip():
        made.body.pop(0)
    while made.body and not made.body[-1].strip():
        made.body.pop()
    return made

"""A quiz in a notebook: the question stays in sight, its explained answers are folded."""

from __future__ import annotations

import re
from collections.abc import Callable

from flyway_course.sphinx_ext.myst_text import Directive
from flyway_course.sphinx_ext.notebook_words import Names, fold, quote, roles

ITEM = re.compile(r"^[-*]\s+\[([ xX])\]\s+(.*)$")
VALUE = re.compile(r"^(\*|[-+]?[\d.]+(?:e[-+]?\d+)?)\s*:\s*(.*)$", re.S)
LETTERS = "ABCDEFGHIJ"


def quiz(block: Directive, names: Names, plain: Callable[[str, Names], str]) -> str:
    """Write a quiz: the question with its choices, and a fold with the explained answers."""
    question: list[str] = []
    items: list[tuple[bool, list[str]]] = []
    for row in block.body:
        item = ITEM.match(row)
        if item:
            items.append((item.group(1) != " ", [item.group(2)]))
        elif items:
            items[-1][1].append(row)
        else:
            question.append(row)
    asked = plain("\n".join(question), names).strip()
    head = f"**Check your understanding**\n\n{asked}"
    numeric, rows, answers = "answer" in block.options, [], []
    for letter, (right, text) in zip(LETTERS, items, strict=False):
        choice, why = _choice(text, names)
        if numeric:
            if right:
                name = f"{block.options['answer']} {block.options.get('unit', '')}".strip()
            else:
                found = VALUE.match(choice)
                name, choice = (found.group(1), found.group(2)) if found else ("*", choice)
                name = "Any other number" if name == "*" else name
            answers.append((right, name, f"{choice} {why}".strip()))
        else:
            rows.append(f"- **{letter}**: {choice}")
            answers.append((right, letter, why))
    told = "\n".join(
        f"- **{name}**: {'' if why.startswith(('Right', 'Yes')) else 'right. ' if right else 'not right. '}"
        f"{why}"
        for right, name, why in answers
    )
    asked = head + ("\n\n" + "\n".join(rows) if rows else "")
    return quote(asked) + "\n\n" + fold("Answer", told)


def _choice(text: list[str], names: Names) -> tuple[str, str]:
    """Split an item into its first paragraph and the rest, each on one line."""
    joined = roles("\n".join(line.strip() for line in text), names)
    first, _, rest = joined.partition("\n\n")
    return " ".join(first.split()), " ".join(rest.split())

"""From the words of a docstring to the Markdown of a page."""

from __future__ import annotations

import re
from collections.abc import Callable

from .docstrings import flat, is_formula, is_list

# Signs that Markdown would read as marks, outside code.
SIGNS = re.compile(r"([\\*_\[\]<>{}$#|~])")
CODE = re.compile(r"(``[^`]+``|`[^`]+`)")
ROLE = re.compile(r":\w+:(?=`)")
STRESSED = re.compile(r"(?<![\w*])\\\*(\w+)\\\*(?![\w*])")
Linker = Callable[[str], str | None]


def prose(text: str, link: Linker | None = None) -> str:
    """One paragraph; names in backticks lead to their place in the reference where there is one."""
    out = []
    for piece in CODE.split(ROLE.sub("", flat(text))):
        if not piece.startswith("`"):
            out.append(STRESSED.sub(r"*\1*", SIGNS.sub(r"\\\1", piece)))
            continue
        name = piece.strip("`")
        target = link(name) if link else None
        shown = f"`{name.rpartition('.')[2] if target else name}`"
        out.append(f"[{shown}](#{target})" if target else shown)
    return "".join(out)


def literal(text: str) -> str:
    """Set quoted choices in code, so that a copy keeps its straight quotation marks."""
    parts = CODE.split(text)
    return "".join(
        part if part.startswith("`") else re.sub(r'"([\w./:+-]+)"', r'`"\1"`', part)
        for part in parts
    )


def block(text: str, link: Linker | None = None) -> list[str]:
    """A paragraph, a list or a formula, with an empty line after it."""
    if is_formula(text):
        lines = [line[4:] for line in text.split("\n")]
        return ["```text", *lines, "```", ""]
    if is_list(text):
        items = re.split(r"\n(?=- )", text)
        return [f"- {prose(literal(item[2:]), link)}" for item in items] + [""]
    return [prose(text, link), ""]


def blocks(texts: list[str], link: Linker | None = None) -> list[str]:
    """Several of them."""
    return [line for text in texts for line in block(text, link)]


def sentence(text: str) -> str:
    """Make a sentence of a note: a capital letter where the first word is a word, and a full stop."""
    if text.endswith((";", ",")):
        text = text[:-1] + "."
    if re.match(r"(?:an? |(?:to|in|of|as|at|by|if|on|or|no|it)\b|[a-z]{3,}[ ,:;(.])", text):
        return text[:1].upper() + text[1:]
    return text


def definitions(items: list[tuple[str, list[str]]]) -> list[str]:
    """A list of terms, each with paragraphs that explain it."""
    out: list[str] = []
    for term, texts in items:
        out.append(term)
        for number, text in enumerate(texts or [""]):
            out.append((": " if number == 0 else "  ") + text)
            out.append("")
    return out

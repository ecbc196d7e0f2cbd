"""Leave out of a style sheet what no page uses: a rule stays if all its classes are in use.

The theme's sheets carry a whole toolkit (397 KB); a book uses a tenth of it. A class counts as used
if it stands in a page or as a word in a script, so classes that scripts switch on are kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Set

import tinycss2

CLASS_ATTRIBUTE = re.compile(r'\bclass="([^"]*)"')
WORD = re.compile(r"[A-Za-z_][\w-]+")
ICON = re.compile("[\ue000-\uf8ff]")
NESTED = {"media", "supports", "layer"}


def classes_of_pages(pages: Iterable[str]) -> set[str]:
    """All classes that stand in the given pages."""
    values: set[str] = set().union(*(CLASS_ATTRIBUTE.findall(page) for page in pages))
    return {name for value in values for name in value.split()}


def words_of_scripts(scripts: Iterable[str]) -> set[str]:
    """All words of the given scripts: any of them may be a class."""
    return {word for script in scripts for word in WORD.findall(script)}


def trim(css: str, used: Set[str]) -> str:
    """Give the style sheet without the rules whose classes are not in `used`, and no comments."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, used))


def icons_of(css: str) -> set[int]:
    """Code points of the icons that a trimmed style sheet shows."""
    return {ord(sign) for sign in ICON.findall(css)}


def _kept(rules: list, used: Set[str]) -> Iterable[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _selectors(rule.prelude) if _classes(s) <= used]
            if selectors:
                head = ",".join(tinycss2.serialize(s).strip() for s in selectors)
                yield f"{head}{{{tinycss2.serialize(rule.content).strip()}}}\n"
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTED and rule.content:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            body = "".join(_kept(inner, used))
            if body:
                prelude = tinycss2.serialize(rule.prelude).strip()
                yield f"@{rule.at_keyword} {prelude}{{{body}}}\n"
        elif rule.type == "at-rule" and rule.lower_at_keyword not in {"charset", "import"}:
            yield rule.serialize() + "\n"


def _selectors(prelude: list) -> list[list]:
    parts: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _classes(selector: list) -> set[str]:
    """Classes that an element must have; what stands in `:not()` or `:is()` is not counted."""
    return {
        after.value
        for dot, after in itertools.pairwise(selector)
        if dot.type == "literal" and dot.value == "." and after.type == "ident"
    }

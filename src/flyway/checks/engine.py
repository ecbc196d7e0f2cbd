"""Compare a learner's answer with what is expected, and say in plain words what is the matter.

An answer that is wrong in a known way gets the explanation of that misconception; an answer of the
wrong kind (a table, text, a blank) gets told what it is. The expected value is never printed.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flyway.checks import kinds, lessons
from flyway.checks.entry import Check
from flyway.checks.remember import remember
from flyway.checks.verdict import Verdict


class UnknownCheck(LookupError):
    """No check has this key; the message lists near ones."""


def numbers() -> list[str]:
    """Give the numbers of the lessons that have checks, such as `"4.1"`."""
    names = (module.name for module in iter_modules(lessons.__path__))
    return sorted(name.removeprefix("lesson_").replace("_", ".") for name in names)


@cache
def of_lesson(number: str) -> dict[str, Check]:
    """Give the checks of one lesson by their keys.

    Raises `ValueError` if a key is used twice, or belongs to another lesson.
    """
    module = import_module(f"flyway.checks.lessons.lesson_{number.replace('.', '_')}")
    return by_key(module.CHECKS, number)


def by_key(entries: Iterable[Check], number: str) -> dict[str, Check]:
    """Sort the checks of one lesson by their keys, and refuse a key that another answer would take."""
    found: dict[str, Check] = {}
    for entry in entries:
        if entry.key in found:
            raise ValueError(f"two checks have the key '{entry.key}': give each its own.")
        if not entry.key.startswith(f"{number} "):
            raise ValueError(f"the check '{entry.key}' is kept with lesson {number}: move it.")
        found[entry.key] = entry
    return found


def find(key: object) -> Check:
    """Find a check, or say which keys are near."""
    number = str(key).split(" ")[0]
    known = numbers()
    checks = of_lesson(number) if number in known else {}
    if key in checks:
        return checks[key]
    everything = {k: c for n in known for k, c in of_lesson(n).items()}
    near = difflib.get_close_matches(str(key), everything, n=3, cutoff=0.5)
    near += [k for k in checks if k not in near]
    names = ", ".join(f'"{k}"' for k in near or everything)
    raise UnknownCheck(f'there is no check "{key}". {"Near" if near else "There are"}: {names}.')


def check(key: str, answer: Any) -> Verdict:
    """Check an answer of a lesson; the last line of a cell shows what this returns.

    Parameters
    ----------
    key
        The name of the question, as the lesson gives it.
    answer
        Your number, text, column or table.

    Returns
    -------
    Verdict
        Right, not yet and why, or no answer yet. `bool(...)` of it is true when right.

    Raises
    ------
    UnknownCheck
        If no question has this name.
    """
    entry = find(key)
    verdict = judge(entry, answer)
    if verdict:
        remember(entry.key)
    return verdict


def judge(entry: Check, answer: Any) -> Verdict:
    """Compare an answer with one check."""
    if answer is Ellipsis:
        return Verdict("no answer", "Replace the ... with your answer, then run this cell again.")
    if answer is None:
        return Verdict(
            "no answer",
            "The answer is None, which means nothing. A line that prints, or that ends in =, gives "
            "nothing back: give the value itself.",
        )
    expected = entry.expected()
    if entry.read and hasattr(answer, entry.read):
        answer = getattr(answer, entry.read)
    compare = {
        kinds.Kind.NUMBER: _number,
        kinds.Kind.TEXT: _text,
        kinds.Kind.COLUMN: kinds.compare_columns,
        kinds.Kind.TABLE: kinds.compare_tables,
    }[kinds.kind_of(expected)]
    trouble = compare(entry, expected, answer)
    if trouble is None or any(compare(entry, other(), answer) is None for other in entry.also):
        return Verdict("right", entry.right)
    return Verdict("not yet", trouble, entry.hint)


def _known(entry: Check, same: Callable[[Any], bool]) -> str | None:
    """Give the explanation of a known wrong answer."""
    for value, explanation in entry.wrong.items():
        if same(value() if callable(value) else value):
            return explanation
    return None


def _number(entry: Check, expected: Any, answer: Any) -> str | None:
    given, trouble = kinds.as_number(answer, entry.unit)
    if trouble:
        return trouble
    expected = float(expected)
    within = entry.within if entry.within is not None else abs(expected) * 1e-6
    whole = entry.within is None and expected == int(expected)

    def near(value: Any, size: float = 1.0) -> bool:
        return abs(given - float(value)) <= within * size + 1e-9

    if near(expected):
        return None
    known = _known(entry, lambda value: not isinstance(value, str) and near(value))
    if known:
        return known
    if expected and not whole:
        if near(expected * 100, 100):
            return "This is 100 times too large. Did you give a percentage? A share is asked: 5 % is 0.05."
        if abs(given * 100 - expected) <= within + 1e-9:
            return "This is 100 times too small. Did you give a share? A percentage is asked: 0.05 is 5 %."
    if expected and near(-expected):
        return "The size is right, but the sign is not: is the number rising or falling?"
    if not whole and near(expected, 5):
        return "Close. Use the full numbers and round at the end only."
    return "The answer is too " + ("small." if given < expected else "large.")


def _text(entry: Check, expected: Any, answer: Any) -> str | None:
    accepted = [expected] if isinstance(expected, str) else list(expected)
    if not isinstance(answer, str):
        return f"A word is asked for, but this is {kinds.describe(answer)}. Words stand in quotes."
    plain = kinds.plain(answer)
    if plain in map(kinds.plain, accepted):
        return None
    known = _known(entry, lambda value: isinstance(value, str) and kinds.plain(value) == plain)
    if known:
        return known
    near = difflib.get_close_matches(plain, [kinds.plain(text) for text in accepted], cutoff=0.8)
    return "Nearly: look at the spelling." if near else f"The answer is not “{answer}”."

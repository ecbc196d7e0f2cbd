"""A quiz explains every answer: the right one and each wrong one, which names a misconception."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lesson import Block, Lesson
from .problem import Problem
from .prose import words

FEWEST_WORDS = 4  # an explanation says why; "No." does not
_RIGHT = re.compile(r"^\[[xX]\]\s+\S")
_WRONG = re.compile(r"^\[ \]\s+\S")
_WRONG_VALUE = re.compile(r"^\[ \]\s+(?:\*|[-+−\d.,eE]+)\s*:\s*\S")


def check(lesson: Lesson) -> list[Problem]:
    """Return the faults of every quiz on the page."""
    return [problem for quiz in lesson.directives("quiz") for problem in _quiz(lesson, quiz)]


def _quiz(lesson: Lesson, quiz: Block) -> Iterator[Problem]:
    def problem(line: int, message: str) -> Problem:
        return Problem(lesson.path, line, "quiz", message)

    numeric = "answer" in quiz.options
    lists = [block for block in quiz.children if block.kind == "list"]
    if len(lists) != 1:
        yield problem(quiz.line, f"{len(lists)} lists in this quiz, 1 wanted: the answers")
        return
    if quiz.children[0].kind == "list":
        yield problem(quiz.line, "no question before the answers; ask one")
    if numeric:
        for option in ("answer", "tolerance"):
            try:
                float(str(quiz.options.get(option)))
            except ValueError:
                yield problem(quiz.line, f"`:{option}:` is not a number; write one such as 0.092")
    right = wrong = 0
    for item in lists[0].children:
        first = item.children[0].text if item.children else ""
        right += bool(_RIGHT.match(first))
        wrong += bool(_WRONG.match(first))
        if not (_RIGHT.match(first) or _WRONG.match(first)):
            yield problem(item.line, "an answer begins with `[x]` (right) or `[ ]` (wrong)")
        elif numeric and _WRONG.match(first) and not _WRONG_VALUE.match(first):
            yield problem(item.line, "a wrong value is written `[ ] 0.5: why` or `[ ] *: why`")
        said = item.children if numeric else item.children[1:]
        if len(words(" ".join(b.text for part in said for b in part.walk()))) < FEWEST_WORDS:
            message = "this answer has no explanation; say why in a paragraph of its own below it"
            yield problem(item.line, message)
    if not right:
        yield problem(quiz.line, "no right answer; mark one with `[x]`")
    if not wrong:
        yield problem(quiz.line, "no wrong answer; add one for each misconception")

"""The words of a lesson: which of them a reader reads, and where sentences end.

What counts, and for what:

- *Body*: paragraphs and list items of the page, those of stories, predictions (their reveal too),
  quizzes (question and choices), exercises, "where it breaks", "decide and tell" and key points.
  These are the words of the 700–1,300 budget.
- *Explanation*: what a quiz says after an answer. A reader meets one of several.
- *Folded*: hints, solutions and other folds. A reader may leave them closed.
- *Heading*, *table*, *caption*, *objective*: read, but not as running text.

Sentences are measured in body, explanations and folds. Banned words are looked for everywhere.
Code, formulas, front matter and citations are not prose; inside a sentence a code span or a
formula counts as one word, and a citation as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .lesson import FOLDS, Block, Lesson

RUNNING = frozenset({"body", "explanation", "folded"})
CHECKS = frozenset({"quiz", "predict", "exercise"})
RECAPS = frozenset({"tell", "keypoints"})
CAPTIONED = frozenset({"figure", "image", "table", "list-table", "csv-table"})
NOT_READ = frozenset({"cell", "fence", "math_block", "amsmath", "html_block", "myst_line_comment"})

_WORD = re.compile(r"[^\W_]+(?:[’'.,\-–/][^\W_]+)*")
_SHORT = r"(?<!\be\.g)(?<!\bi\.e)(?<!\bal)(?<!\bcf)(?<!\bca)(?<!\bvs)(?<!\bDr)(?<!\bMr)(?<!\bMs)"
_SHORT += r"(?<!\bFig)(?<!\bNo)(?<!\bSt)(?<!\bapprox)(?<!\b[A-Z])"
_END = re.compile(_SHORT + r"[.!?…][\"”’')\]]*\s+(?=[\"“‘'(\[]*[^\W_a-z])")
_CLOSED = re.compile(r"[.!?…:][\"”’')\]]*$")
_MARK = re.compile(r"^\[[xX ]\]\s*")


@dataclass(frozen=True)
class Piece:
    """A paragraph's words: their line, the part of the page, and the boxes that hold them."""

    text: str
    line: int
    part: str
    inside: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """The words, numbers among them."""
        return words(self.text)


def words(text: str) -> list[str]:
    """Split text into words; `Black-faced` and `1,300` are one word each."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Split a paragraph into its sentences.

    A fragment of fewer than five words with no end mark, such as a label, is not a sentence.
    """
    flat = " ".join(text.split())
    found: list[str] = []
    start = 0
    for end in _END.finditer(flat):
        found.append(flat[start : end.end()].strip())
        start = end.end()
    found.append(flat[start:].strip())
    return [s for s in found if words(s) and (_CLOSED.search(s) or len(words(s)) >= 5)]


def pieces(lesson: Lesson) -> list[Piece]:
    """Return all words of a lesson, in reading order."""
    found = list(_card(lesson))
    for block in lesson.blocks:
        found += _visit(block, "body", ())
    return found


def running(lesson: Lesson) -> list[Piece]:
    """Return the pieces whose sentences are measured."""
    return [piece for piece in pieces(lesson) if piece.part in RUNNING]


def body(lesson: Lesson) -> list[Piece]:
    """Return the pieces of the word budget."""
    return [piece for piece in pieces(lesson) if piece.part == "body"]


def of(block: Block) -> list[Piece]:
    """Return the body text inside one block, its title left out."""
    return [piece for piece in _visit(block, "body", ()) if piece.part == "body"]


def _card(lesson: Lesson) -> Iterator[Piece]:
    described = lesson.meta.get("myst")
    described = described.get("html_meta") if isinstance(described, dict) else None
    for text in described.values() if isinstance(described, dict) else []:
        yield Piece(str(text), lesson.line_of(str(text)), "description")
    objectives = lesson.card.get("objectives")
    for objective in objectives if isinstance(objectives, list) else []:
        if isinstance(objective, dict) and objective.get("text"):
            text = str(objective["text"])
            yield Piece(text, lesson.line_of(text), "objective")


def _visit(block: Block, part: str, inside: tuple[str, ...]) -> Iterator[Piece]:
    if block.kind in NOT_READ:
        return
    if block.kind in {"heading", "th", "td", "dt"}:
        part = "heading" if block.kind == "heading" else "table"
    if block.text and block.kind != "directive":
        yield Piece(_MARK.sub("", block.text), block.line, part, inside)
        return
    if block.kind == "directive":
        if block.text:
            yield Piece(block.text, block.line, "heading", inside)
        inside = (*inside, block.name)
        if block.name in FOLDS or "dropdown" in str(block.options.get("class", "")):
            part = "folded"
        elif block.name in CAPTIONED:
            part = "caption"
        if block.name == "quiz":
            yield from _quiz(block, part, inside)
            return
    for child in block.children:
        yield from _visit(child, part, inside)


def _quiz(quiz: Block, part: str, inside: tuple[str, ...]) -> Iterator[Piece]:
    """A quiz's question and choices are body; what it says after an answer is explanation."""
    numeric = "answer" in quiz.options
    for child in quiz.children:
        if child.kind != "list":
            yield from _visit(child, part, inside)
            continue
        for item in child.children:
            for number, block in enumerate(item.children):
                choice = number == 0 and not numeric
                yield from _visit(block, part if choice else "explanation", inside)

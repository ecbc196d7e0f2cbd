"""Answers in words that do not stand in their cell: they count beside it, and anywhere else they wait.

Nobody but a person can say what is an answer. So where the cell is empty and the notebook holds a
sentence of the trainee's own in any place, that person is shown the sentence and where it stands.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from flyway_course.grading.answers.pieces import LONGEST_PARSED, TOO_DEEP, Piece, lines_of
from flyway_course.grading.intake.reading import Cell
from flyway_course.grading.plan import ANSWER, TEXT, WRITTEN, Step, given_names

FEWEST_WORDS, FEWEST_SIGNS = 4, 8
"""What is a sentence: so many words, or so many signs of a script that writes no spaces."""
MOST_LETTERS = 20_000
SHOWING = {"print", "display", "Markdown", "HTML"}


def find_words(
    pieces: list[Piece], cells: list[Cell], plan: list[Step], repairs: list[str]
) -> list[Piece]:
    """Give each answer in words that is not there what stands beside its cell, or else anywhere."""
    pieces = _beside(pieces, repairs)
    empty = [p for p in pieces if p.step and p.step.kind == WRITTEN and not p.answered]
    if not empty or not (found := _elsewhere(cells, plan)):
        return pieces
    words = "\n\n".join(text for texts in found.values() for text in texts)[:MOST_LETTERS]
    for piece in empty:
        repairs.append(
            f"the answer {piece.step.id!r} is empty; words that may be meant stand "
            f"{', '.join(found)}, and are shown to your instructor in its place"
        )
        piece.source, piece.answered = words, True
    return pieces


def _beside(pieces: list[Piece], repairs: list[str]) -> list[Piece]:
    """Let an answer in words count that stands in added cells beside its own."""
    kept = list(pieces)
    for piece in pieces:
        if piece.step is None or piece.step.kind != WRITTEN or piece.answered:
            continue
        place = next(n for n, other in enumerate(kept) if other is piece)
        first, last = place, place
        while first and _is_words(kept[first - 1]):
            first -= 1
        while last + 1 < len(kept) and _is_words(kept[last + 1]):
            last += 1
        if words := [p.source for p in kept[first : last + 1] if p is not piece]:
            repairs.append(f"the answer {piece.step.id!r} stood in a cell beside its own")
            kept[first : last + 1] = [replace(piece, source="\n\n".join(words), answered=True)]
    return kept


def _is_words(piece: Piece) -> bool:
    if piece.step is not None:
        return False
    lines = [line for line in piece.source.splitlines() if line.strip()]
    return piece.kind == "markdown" or all(line.lstrip().startswith("#") for line in lines)


def _elsewhere(cells: list[Cell], plan: list[Step]) -> dict[str, list[str]]:
    """Return the sentences of a trainee's own by the place where they stand."""
    steps = {step.id: step for step in plan}
    released = set().union(*(lines_of(step.released) for step in plan))
    asked = set().union(*(given_names(step.released) for step in plan if step.kind == ANSWER))
    found: dict[str, list[str]] = {}
    place = "at the top"
    for cell in cells:
        step = steps.get(cell.mark) or steps.get(cell.id)
        if step is not None:
            place = f"below {_called(step)}"
        if step is not None and step.kind == WRITTEN:
            continue  # what stands there is an answer of its own
        texts = (
            _of_code(cell.source, released, asked)
            if cell.kind == "code"
            else [_own(cell, released)]
        )
        if sentences := [text for text in texts if is_sentence(text)]:
            where = place if step is None else f"in {_called(step)}"
            found.setdefault(where, []).extend(sentences)
    return found


def _called(step: Step) -> str:
    if step.kind != TEXT:
        return f"the cell {step.id!r}"
    return f"the text {step.released.strip().partition(chr(10))[0].strip('# ')[:40]!r}"


def _own(cell: Cell, released: set[str]) -> str:
    lines = cell.source.splitlines()
    return "\n".join(line for line in lines if line.strip() not in released).strip()


def _of_code(source: str, released: set[str], asked: set[str]) -> list[str]:
    """Return what a cell of code says in words: its comments, and texts that it only shows or keeps.

    A text under a name that is `asked` for is the answer of another task.
    """
    source = source[:LONGEST_PARSED]
    lines = source.splitlines()
    said: list[tuple[int, str]] = []
    try:
        tree = ast.parse(source)
        said += [(node.lineno, node.value) for node in _texts(tree, asked)]
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                said.append((token.start[0], token.string.lstrip("#! ")))
    except (SyntaxError, *TOO_DEEP, tokenize.TokenError):
        # words may stand there as they are
        said = [(number, line.strip(" #")) for number, line in enumerate(lines, start=1)]
    own = [(n, text) for n, text in sorted(said) if lines[n - 1].strip() not in released]
    return [text for _, text in own if not _is_code(text)]


def _texts(tree: ast.Module, asked: set[str]) -> Iterator[ast.Constant]:
    """Give the texts of a cell that stand alone, get a name, or are printed."""
    for node in ast.walk(tree):
        values: list[ast.AST] = []
        if isinstance(node, ast.Expr):
            values = [node.value]
        elif isinstance(node, ast.Assign):
            names = {getattr(target, "id", "") for target in node.targets}
            values = [] if names & asked else [node.value]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in SHOWING:
            values = [*node.args]
        for value in values:
            parts = value.values if isinstance(value, ast.JoinedStr) else [value]
            yield from (
                part
                for part in parts
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )


def _is_code(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, *TOO_DEEP):
        return False
    return True


def is_sentence(text: str) -> bool:
    """Say whether a text is long enough to be an answer in words, in any script."""
    words = re.findall(r"[^\W\d_]+", text)
    signs = sum(unicodedata.category(sign) == "Lo" for sign in text)
    return len(words) >= FEWEST_WORDS or signs >= FEWEST_SIGNS

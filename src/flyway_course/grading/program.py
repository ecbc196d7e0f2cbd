"""What a rebuilt notebook tells Python: two that tell it the same are run once.

The two of a pair often hand in one program, each with words, comments and blank lines of their own.
"""

from __future__ import annotations

import ast
import hashlib
import json
import warnings

from flyway_course.grading.plan import ANSWER, OPEN
from flyway_course.grading.rebuild import Piece

MOST_PARSED = 20_000  # letters of a cell; a longer one is compared as it stands


def program_of(pieces: list[Piece]) -> str:
    """Return a hash of what the code says and of the places where it stands."""
    code = [
        (place, piece.step and piece.step.id, _said(piece))
        for place, piece in enumerate(pieces)
        if piece.kind == "code"
    ]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def _said(piece: Piece) -> str:
    """Return what a cell tells Python, whatever its comments, spacing and quotation marks."""
    ours = piece.step is not None and piece.step.kind not in (ANSWER, OPEN)
    if ours or len(piece.source) > MOST_PARSED:
        return piece.source
    with warnings.catch_warnings(action="ignore"):
        try:
            return ast.dump(ast.parse(piece.source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # or of IPython: %matplotlib
            return piece.source

"""Which notebooks are one program: they are run once, and share what came of it.

The two of a pair often hand in the same code, each with words of their own. Only the same letters are
the same code: IPython reads more in a cell than Python's grammar does, and a warning shows its line.
"""

from __future__ import annotations

import hashlib
import json

from flyway_course.grading.answers.rebuild import Piece


def program_of(pieces: list[Piece]) -> str:
    """Return a hash of the code and of the places where it stands. Words are no part of it."""
    code = [
        (place, piece.step and piece.step.id, piece.source)
        for place, piece in enumerate(pieces)
        if piece.kind == "code"
    ]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()

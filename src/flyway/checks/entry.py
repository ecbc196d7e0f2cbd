"""What one self-check of a lesson knows: the answer, other right answers, known wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One question of a lesson.

    Parameters
    ----------
    key
        Lesson number and a word, such as `"4.1 macao"`.
    expected
        A function without parameters that computes the answer from the data of the lesson: a
        number, text, a list, a Series or a DataFrame. Several accepted texts make a tuple.
    right
        What to say when it is right; one sentence.
    also
        Functions that compute other answers which are right as well, such as another method's.
    wrong
        Known wrong answers and the misconception behind each. A key is a value, or a function
        without parameters that computes it.
    within
        How far a number may be from the expected one (same unit). Without it, whole numbers must
        be equal and others agree to one part in a million.
    unit
        Unit of the number, such as `"% per year"`, named where a number is asked for.
    read
        Name of an attribute to read where the learner gives a whole result, such as `"percent"`.
    hint
        What to try; shown with every "not yet".
    """

    key: str
    expected: Callable[[], Any]
    right: str = ""
    also: tuple[Callable[[], Any], ...] = ()
    wrong: Mapping[Any, str] = field(default_factory=dict)
    within: float | None = None
    unit: str = ""
    read: str | None = None
    hint: str = ""

"""Draw again until the data ask a fair question: what all assignments share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd

MOST_DRAWS = 20_000

Made = TypeVar("Made")


def first_fair(make: Callable[[int], Made], fair: Callable[[Made], bool], seed: int) -> Made:
    """Return the first draw that is fair, from a row of seeds that follows from `seed`.

    A draw is not fair where an answer stands on a knife's edge, so that rounding would decide it.
    """
    for number in np.random.SeedSequence(seed).generate_state(MOST_DRAWS):
        made = make(int(number))
        if fair(made):
            return made
    raise RuntimeError(f"No fair data were drawn in {MOST_DRAWS} tries: change the generator.")


def as_csv(table: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a CSV file, blanks empty, the same on every machine."""
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")

"""Marked birds that live, die and are seen or missed with known probabilities."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


def marked_birds(
    birds: int = 200,
    occasions: int = 7,
    *,
    phi: float | Iterable = 0.7,
    p: float | Iterable = 0.5,
    seed: int,
) -> pd.DataFrame:
    """Simulate sighting histories of birds marked on random occasions (never on the last).

    Parameters
    ----------
    birds : how many are marked. occasions : 3 or more.
    phi : survival, one number or occasions − 1; or birds × (occasions − 1). p : detection, likewise
        (first value: occasion 2). seed : any whole number.

    Returns
    -------
    DataFrame: ``history`` (text of 0 and 1) and ``first`` (occasion of marking, from 1).
    """
    rng = np.random.default_rng(seed)
    shape = (birds, occasions - 1)
    live = np.broadcast_to(np.asarray(phi, dtype=float), shape)
    see = np.broadcast_to(np.asarray(p, dtype=float), shape)
    first = rng.integers(0, occasions - 1, birds)
    alive = np.ones(birds, dtype=bool)
    y = np.zeros((birds, occasions), dtype=np.int8)
    y[np.arange(birds), first] = 1
    for t in range(occasions - 1):
        there = first <= t
        alive &= ~there | (rng.random(birds) < live[:, t])
        y[:, t + 1] |= there & alive & (rng.random(birds) < see[:, t])
    texts = ["".join(map(str, row)) for row in y]
    return pd.DataFrame({"history": texts, "first": first + 1})

"""Observers who do not work apart, and more than two of them.

The double-observer methods believe that what one observer sees has nothing to do with what the other
sees. Here that can be made untrue in two ways, with the truth known: some flocks hide from everybody,
and some are pointed out ("look, there!").
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import whole


def seen_by(
    flocks: int,
    observers: int,
    detection: float,
    *,
    hidden: float = 0.0,
    cue: float = 0.0,
    seed: int,
) -> np.ndarray:
    """Let several observers watch the same flocks.

    Each observer notes each flock with the same chance, apart from the others, except:

    Parameters
    ----------
    flocks, observers : how many, 1 or more each.
    detection : chance that an observer notes a flock that can be seen, above 0 and up to 1.
    hidden : share of the flocks, by lot, that nobody can see (behind a dike, in fog).
    cue : chance that a flock which somebody noted is pointed out to an observer who missed it.
    seed : any whole number.

    Returns
    -------
    (flocks, observers) array of True (noted) and False.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    shape = whole(flocks, "flocks"), whole(observers, "observers")
    p, away, told = (
        probability(value, name)
        for value, name in ((detection, "detection"), (hidden, "hidden"), (cue, "cue"))
    )
    if p == 0:
        raise ValueError("detection is 0: an observer who sees nothing makes no list")
    rng = np.random.default_rng(seed)
    noted = rng.random(shape) < p
    noted &= (rng.random(shape[0]) >= away)[:, None]
    pointed_out = rng.random(shape) < told
    return noted | (noted.any(axis=1)[:, None] & pointed_out)


def two_lists(noted: np.ndarray) -> pd.DataFrame:
    """Make two lists of what was noted: the first observer's, and that of all others together.

    Parameters
    ----------
    noted : (flocks, 2 or more observers) array of True and False.

    Returns
    -------
    A table of one row with `only_first`, `only_second` and `both` (flocks), as
    `flyway.detection.double_observer.independent_observers` takes it.

    Raises
    ------
    ValueError for fewer than two observers.
    """
    noted = np.asarray(noted, dtype=bool)
    if noted.ndim != 2 or noted.shape[1] < 2:
        raise ValueError("noted needs a column for each of two observers or more")
    first, second = noted[:, 0], noted[:, 1:].any(axis=1)
    lists = {"only_first": first & ~second, "only_second": ~first & second, "both": first & second}
    return pd.DataFrame({name: [int(which.sum())] for name, which in lists.items()})

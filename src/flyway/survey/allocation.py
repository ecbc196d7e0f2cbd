"""How many units to count, and where? Sample size and its allocation to strata.

Sample size for a target coefficient of variation: n0 = (s / (cv ȳ))², n = n0 / (1 + n0/N). Neyman's
allocation puts effort where birds are many and uneven: n_h ∝ N_h s_h / √cost_h. Source: Cochran (1977)
Sampling Techniques, 3rd ed., sec. 4.6 and 5.5. No published case is in the tests: hand-checked, and
Neyman is compared with every other split of a small example.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from flyway.inputs import number, numbers, one_of, require_columns

METHODS = ("neyman", "proportional", "equal")


def sample_size(mean: float, sd: float, cv: float, population: float | None = None) -> int:
    """Return how many units to count so that the mean is as sure as you ask.

    Parameters
    ----------
    mean, sd : of the birds per unit, from a pilot count. cv : target, standard error / mean, such as 0.1.
    population : units in all (finite-population correction); default: very many.

    Errors: ValueError for a mean or cv of 0 or less, or an sd below 0.
    Misleads when the pilot count missed the few units that hold most birds: its sd is then too small.

    Examples
    --------
    >>> sample_size(mean=40, sd=60, cv=0.2, population=120)
    39
    """
    m = float(numbers([mean], "mean")[0])
    s = float(numbers([sd], "sd", minimum=0)[0])
    target = float(numbers([cv], "cv")[0])
    if m <= 0 or target <= 0:
        raise ValueError(f"mean is {m:g} and cv {target:g}: both must be above 0")
    n0 = (s / (target * m)) ** 2 if s < 1e100 * target * m else np.inf
    if not np.isfinite(n0) and population is None:
        raise ValueError(
            f"an sd of {s:g} with a mean of {m:g} and a cv of {target:g}: no sample is enough"
        )
    if population is not None:
        n0 = 1 / (1 / max(n0, 1e-300) + 1 / number(population, "population", minimum=1))
    # 1e-9: an exact whole number must not be rounded up by the last digit
    return max(2, int(np.ceil(n0 - 1e-9)))


def allocate(
    strata: pd.DataFrame,
    n: int,
    method: str = "neyman",
    size: str = "N",
    sd: str = "sd",
    cost: str | None = None,
    minimum: int = 2,
) -> pd.DataFrame:
    """Share n units among strata, so that the total becomes as sure as possible.

    Parameters
    ----------
    strata : one row per stratum. size : its column of units N_h. sd : column of the standard deviation
        of birds per unit (not used by "proportional" and "equal" except for the variance).
    cost : column of the cost per unit, if it differs.
    n : units in all. method : "neyman", "proportional" or "equal". minimum : least units per stratum.

    Returns the table of strata with `n` and the variance of the mean that it gives.
    Errors: ValueError if n is below the minimum for all strata or above all units.
    Misleads when `sd` comes from one season: birds may gather elsewhere in the next.
    """
    one_of(method, "method", METHODS)
    require_columns(strata, [size, sd] + ([cost] if cost else []))
    N = numbers(strata[size], size, minimum=1)
    s = numbers(strata[sd], sd, minimum=0)
    c = np.ones_like(N) if cost is None else numbers(strata[cost], cost, minimum=0)
    if (c == 0).any():
        raise ValueError(
            f"{cost} is 0 in row {strata.index[int(np.flatnonzero(c == 0)[0])]}: cost is above 0"
        )
    minimum = int(number(minimum, "minimum", minimum=1, maximum=1e6, whole=True))
    n = int(number(n, "n", minimum=1, maximum=1e6, whole=True))
    if n < minimum * len(N):
        raise ValueError(
            f"n is {n!r}: {len(N)} strata with at least {minimum} units each need {minimum * len(N)}"
        )
    if n > N.sum():
        raise ValueError(f"n is {n}, more than the {N.sum():g} units there are")
    wish = {"neyman": N * s / np.sqrt(c), "proportional": N, "equal": np.ones_like(N)}[method]
    if not wish.any():
        wish = N  # no scatter anywhere: nothing to gain from one stratum over another
    given = np.minimum(np.full(len(N), minimum), N).astype(int)
    while given.sum() < n:  # the next unit goes where the wish is least fulfilled
        need = np.where(given < N, wish**2 / (given * (given + 1.0)), -1)
        given[int(np.argmax(need))] += 1
    W = N / N.sum()
    variance = float((W**2 * (1 - given / N) * s**2 / given).sum())
    return strata.assign(n=given, se_of_mean=np.sqrt(variance), total_cost=float((given * c).sum()))

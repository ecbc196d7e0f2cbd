"""Visual estimates of flocks by counters whose bias and noise are known.

The model of one estimate of a flock of true size N is

    log(estimate) = log(N) + log(ratio) + (slope − 1)·log(N / 100) + e,   e ~ Normal(0, noise²)

so that ``ratio`` is the counter's bias for a flock of 100 birds, ``slope`` below 1 makes large flocks
look smaller than they are, and ``noise`` is the scatter between repeated guesses. The guess is then
rounded as people round: to 1 below 20, to 5 below 100, to 10 below 300, to 50 below 1,000, to 100 above.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

#: The two counters of the package ``flock_estimates``: assumed values, chosen to differ in kind.
COUNTERS = {
    "A": {"ratio": 0.80, "slope": 0.93, "noise": 0.10},
    "B": {"ratio": 1.02, "slope": 1.00, "noise": 0.28},
}


def flock_sizes(n: int, *, median: float = 110.0, spread: float = 1.1, seed: int) -> np.ndarray:
    """Draw true flock sizes: log-normal, as wintering flocks are, at least 5 birds each.

    Parameters
    ----------
    n : number of flocks.
    median : the middle flock size (birds).
    spread : standard deviation of the natural log of size.
    seed : any whole number; the same seed gives the same flocks.

    Returns
    -------
    An array of n whole numbers of birds.

    Raises
    ------
    ValueError for fewer than 1 flock.
    """
    if n < 1:
        raise ValueError(f"n is {n}: ask for 1 flock or more")
    rng = np.random.default_rng(seed)
    return np.maximum(5, np.rint(np.exp(rng.normal(np.log(median), spread, n)))).astype(int)


def round_like_people(values: np.ndarray) -> np.ndarray:
    """Round estimates to the steps that counters use, never below 1.

    values : estimates (birds).

    Returns an array of the same length.
    """
    values = np.asarray(values, dtype=float)
    step = np.select([values < 20, values < 100, values < 300, values < 1000], [1, 5, 10, 50], 100)
    return np.maximum(1, np.rint(values / step) * step).astype(int)


def estimate_flocks(
    sizes: np.ndarray, *, ratio: float = 1.0, slope: float = 1.0, noise: float = 0.15, seed: int
) -> np.ndarray:
    """Let one simulated counter estimate each flock once.

    Parameters
    ----------
    sizes : (n,) true flock sizes (birds), all above 0.
    ratio : estimate ÷ truth for a flock of 100 birds (1 is unbiased).
    slope : 1 when the bias is the same for every size; below 1, large flocks are underestimated more.
    noise : standard deviation of the log error of one guess.
    seed : any whole number.

    Returns
    -------
    An array of n whole numbers of birds.

    Raises
    ------
    ValueError for flocks of less than 1 bird, a ratio of 0 or less, a noise below 0.
    """
    sizes = np.asarray(sizes, dtype=float)
    if (sizes <= 0).any():
        where = int(np.argmax(sizes <= 0))
        raise ValueError(f"flock {where} has size {sizes[where]:g}: a flock has 1 bird or more")
    if ratio <= 0 or noise < 0:
        raise ValueError("ratio must be above 0 and noise must be 0 or more")
    error = np.random.default_rng(seed).normal(0.0, noise, sizes.size)
    log_estimate = np.log(sizes) + np.log(ratio) + (slope - 1) * np.log(sizes / 100) + error
    return round_like_people(np.exp(log_estimate))


def flock_estimates(n: int = 40, *, photographed: int = 14, seed: int = 8) -> pd.DataFrame:
    """Simulate a morning of flocks, each estimated by counters A and B, some photographed.

    Photographs are taken of flocks chosen at random, and a photo count is taken as the truth.

    Parameters
    ----------
    n : number of flocks.
    photographed : how many of them have a photo count (the others are blank, not zero).
    seed : any whole number.

    Returns
    -------
    DataFrame with one row per flock: ``flock`` (1…n), ``counter_a``, ``counter_b`` (birds, estimated),
    ``photo`` (birds, missing where no photograph was taken) and ``truth`` (birds).

    Raises
    ------
    ValueError for more photographs than flocks.
    """
    if not 0 <= photographed <= n:
        raise ValueError(f"photographed is {photographed}: choose 0 to {n}, the number of flocks")
    sizes = flock_sizes(n, seed=seed)
    chosen = np.random.default_rng(seed + 1).choice(n, photographed, replace=False)
    photo = pd.Series(pd.NA, index=range(n), dtype="Int64")
    photo.iloc[chosen] = sizes[chosen]
    return pd.DataFrame(
        {
            "flock": np.arange(1, n + 1),
            "counter_a": estimate_flocks(sizes, **COUNTERS["A"], seed=seed + 2),
            "counter_b": estimate_flocks(sizes, **COUNTERS["B"], seed=seed + 3),
            "photo": photo,
            "truth": sizes,
        }
    )

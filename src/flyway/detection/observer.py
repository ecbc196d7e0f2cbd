"""How far does the eye lie from the truth? An observer's ratio of estimate to true count.

The ratio is averaged on the log scale, because half and double are equally far from the truth.
Source: Limpert, Stahel & Abbt (2001) BioScience 51:341-352 on geometric means and their intervals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from flyway import results
from flyway.inputs import numbers, same_length


@dataclass(frozen=True)
class ObserverRatio:
    """Geometric mean of estimate / true over flocks: 0.8 means 20 % too few are seen.

    estimate, se : geometric mean of the ratios, and its standard error.
    log_mean, log_sd : mean and standard deviation of log(estimate / true).
    """

    estimate: float
    se: float
    n: int
    log_mean: float
    log_sd: float
    ratios: np.ndarray = field(repr=False)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of the mean ratio, computed on the log scale."""
        se_log = self.log_sd / np.sqrt(self.n)
        low, high = results.interval(self.log_mean, se_log, level, self.n - 1)
        return float(np.exp(low)), float(np.exp(high))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the mean ratio and the spread between flocks as a tidy table."""
        low, high = self.interval(level)
        spread = np.exp(self.log_sd)
        return results.table(
            [
                ("estimate / true", self.estimate, self.se, low, high),
                ("spread between flocks (times or divided by)", spread, np.nan, np.nan, np.nan),
            ]
        )


def observer_ratio(estimates: Iterable, truths: Iterable) -> ObserverRatio:
    """Measure how far an observer's flock estimates lie from the truth, on average.

    With r = log(estimate / true) for n flocks the result is exp(mean r), its 95 % interval
    exp(mean r ± t(n-1) · sd(r) / √n) and, by the delta method, se = exp(mean r) · sd(r) / √n.

    Parameters
    ----------
    estimates, truths : birds per flock, same order and length n, all above 0.

    Errors: ValueError for zeros (a log of zero does not exist), blanks, fewer than two flocks.
    Misleads when the flocks are all of one size: the bias often grows with flock size.

    Examples
    --------
    >>> from flyway import datasets
    >>> flocks = datasets.load("flock_estimates").dropna()
    >>> round(observer_ratio(flocks["counter_a"], flocks["photo"]).estimate, 2)
    0.79
    """
    labels = estimates.index if isinstance(estimates, pd.Series) else None
    estimates = numbers(estimates, "estimate", minimum=0)
    truths = numbers(truths, "true count", minimum=0)
    n = same_length(estimate=estimates, true=truths)
    for name, values in (("estimate", estimates), ("true count", truths)):
        if (values == 0).any():
            row = int(np.flatnonzero(values == 0)[0])
            row = row if labels is None else labels[row]
            raise ValueError(
                f"{name} is 0 in row {row}: a ratio needs birds on both sides. Leave that flock "
                f"out and report it as a flock missed, or use calibrate(), which allows zeros"
            )
    if n < 2:
        raise ValueError(f"{n} flock is too few to see a spread: give at least 2, better 20")
    ratios = estimates / truths
    logs = np.log(ratios)
    mean, sd = float(logs.mean()), float(logs.std(ddof=1))
    return ObserverRatio(
        float(np.exp(mean)), float(np.exp(mean) * sd / np.sqrt(n)), n, mean, sd, ratios
    )

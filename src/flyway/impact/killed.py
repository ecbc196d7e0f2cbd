"""How many birds were killed, if some carcasses were found? Zero found is not zero killed.

With x found and a chance p that a killed bird is found, every number killed N ≥ x is possible; with
all N equally likely beforehand,

    P(N | x) = C(N, x) p^(x+1) (1 − p)^(N − x)

(a negative binomial for N − x). If p is uncertain, this is averaged over a beta distribution with
its mean and standard error. The point estimate is the median.

Source: Korner-Nievergelt et al. (2011) Wildlife Biology 17:350-363; R package carcass, posteriorN and
estimateN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from flyway import results
from flyway.impact.carcasses import Detection
from flyway.inputs import number, numbers, probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST = 200_000


@dataclass(frozen=True)
class Killed:
    """Birds killed: `estimate` (median), `se` (standard deviation), `ratio` found / p, and all N.

    mean : mean of all numbers that are possible.
    found : carcasses found.
    detection, detection_se : chance that a killed bird is found, and its standard error.
    """

    estimate: float
    se: float
    mean: float
    found: int
    detection: float
    detection_se: float
    notes: tuple[str, ...]
    posterior: pd.Series = field(repr=False)

    @property
    def ratio(self) -> float:
        """Found / p (Horvitz-Thompson): 0 when nothing was found, which is why it is not the estimate."""
        return self.found / self.detection

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the credible interval: from 0 up if none was found, else with equal tails."""
        level = probability(level, "level", open_interval=True)
        if self.found == 0:
            return 0.0, self._quantile(level)
        return self._quantile((1 - level) / 2), self._quantile(1 - (1 - level) / 2)

    def more_than(self, birds: float) -> float:
        """Return the probability that more than this many birds were killed."""
        birds = float(numbers([birds], "birds", minimum=0)[0])
        return float(self.posterior[self.posterior.index > birds].sum())

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return birds killed (median), their mean, and found / p."""
        nan = float("nan")
        return results.table(
            [
                ("birds killed", self.estimate, self.se, *self.interval(level)),
                ("mean of birds killed", self.mean, nan, nan, nan),
                ("found / chance to be found", self.ratio, nan, nan, nan),
                ("chance to be found", self.detection, self.detection_se, nan, nan),
                ("carcasses found", self.found, nan, nan, nan),
            ]
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how likely each number killed is."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        shown = self.posterior.loc[: int(self._quantile(0.995))]
        ax.bar(shown.index, shown, width=1.0)
        ax.axvline(self.found, linestyle="--", color="0.25", label="carcasses found")
        ax.set(xlabel="birds killed", ylabel="probability")
        ax.legend()
        return ax

    def _quantile(self, share: float) -> float:
        position = int(np.searchsorted(self.posterior.cumsum().to_numpy(), share - 1e-12))
        return float(self.posterior.index[min(position, len(self.posterior) - 1)])


def estimate_killed(
    found: int,
    detection: float | Detection,
    detection_se: float | None = None,
    *,
    largest: int | None = None,
) -> Killed:
    """Estimate birds killed from carcasses found and the chance that a killed bird is found.

    Parameters
    ----------
    found : carcasses found, 0 or more. detection : p, above 0 and up to 1, or the result of
        `carcass_detection`. detection_se : its standard error (default: that of the result, else 0).
    largest : no more than this many can have died (such as all birds that fly there); default no limit.

    Errors: ValueError for negative or fractional carcasses, p of 0, a standard error too large for a
    share, or an answer beyond 200,000 birds (p is then too low to say anything).
    Misleads when p was measured elsewhere, and for several places added up: add the medians only
    after looking at their sum of means, since each prior "all N equally likely" pulls a little upward.

    Examples
    --------
    >>> none = estimate_killed(found=0, detection=0.25)
    >>> none.estimate, none.interval()
    (2.0, (0.0, 10.0))
    """
    x = int(numbers([found], "found", minimum=0, whole=True)[0])
    if isinstance(detection, Detection):
        p = detection.estimate
        se = detection.se if detection_se is None else detection_se
    else:
        p, se = probability(detection, "detection"), 0.0 if detection_se is None else detection_se
    se = number(se, "detection_se", minimum=0, maximum=1)
    if p == 0:
        raise ValueError(
            "detection is 0: no killed bird can be found, so carcasses say nothing. Search the ground "
            "where birds fall"
        )
    if se > 0 and (p == 1 or se**2 >= p * (1 - p)):
        raise ValueError(
            f"detection_se is {se:g}, too large for a chance of {p:g}: check the trials"
        )
    shares = np.array([p])
    if se > 0:
        size = p * (1 - p) / se**2 - 1
        tails = (np.arange(200) + 0.5) / 200
        shares = stats.beta.ppf(tails, p * size, (1 - p) * size)
    with np.errstate(divide="ignore"):
        top = stats.nbinom.ppf(1 - 1e-6, x + 1, np.quantile(shares, 0.02)) + x
    if largest is None and not top < LARGEST:
        raise ValueError(
            f"with a chance of {p:.2g} (se {se:.2g}) more than {LARGEST:,} birds could have been killed: "
            f"p is too low to say anything. Search more often or more ground"
        )
    if largest is not None:
        top = int(numbers([largest], "largest", minimum=x, maximum=LARGEST, whole=True)[0]) - 1
    n = np.arange(int(top) + 2)
    weight = np.zeros(len(n))
    for share in shares:
        weight += stats.nbinom.pmf(n - x, x + 1, share)
    posterior = pd.Series(weight / weight.sum(), index=n)
    mean = float((n * posterior).sum())
    sd = float(np.sqrt((posterior * (n - mean) ** 2).sum()))
    notes: tuple[str, ...] = ()
    if x == 0:
        upper = int(n[np.searchsorted(posterior.cumsum(), 0.95)])
        notes += (f"None found is not none killed: up to {upper} birds may have died (95 %).",)
    if se == 0:
        notes += ("The chance to be found was taken as known: the interval is too narrow.",)
    median = float(n[np.searchsorted(posterior.cumsum(), 0.5)])
    return Killed(median, sd, mean, x, p, se, notes, posterior)

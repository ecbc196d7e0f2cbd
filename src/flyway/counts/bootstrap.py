"""How sure is an index, without trusting the model's formulae? Draw the sites again.

A non-parametric bootstrap over sites: draw as many sites as there are, with replacement, fit the same
model, keep the index; the 2.5 and 97.5 % points over many draws are the interval, which never goes
below zero. It needs no assumption on scatter or correlation within sites, but at least about ten
sites. Source: Efron & Tibshirani (1993) An Introduction to the Bootstrap; Fewster et al. (2000)
Ecology 81:1970-1984 for bootstrapping sites of bird counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from flyway.counts.index import Index, fit_grid
from flyway.counts.slope import OverallSlope
from flyway.inputs import number, probability, random_numbers


@dataclass(frozen=True)
class BootstrapIndex:
    """Index and overall slope over bootstrap draws of sites (`draws`: replicates × years).

    years, estimate : calendar years, and the index of each.
    slope : overall slope of the original fit.
    failed : draws that could not be fitted and were drawn again.
    """

    years: np.ndarray
    estimate: np.ndarray
    slope: OverallSlope
    failed: int
    draws: np.ndarray = field(repr=False)
    slope_draws: np.ndarray = field(repr=False)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the index by year with percentile intervals: year, estimate, se, lower, upper."""
        tail = (1 - probability(level, "level", open_interval=True)) / 2
        low, high = np.quantile(self.draws, [tail, 1 - tail], axis=0)
        return pd.DataFrame(
            {
                "year": self.years.astype(int),
                "estimate": self.estimate,
                "se": self.draws.std(axis=0, ddof=1),
                "lower": low,
                "upper": high,
            }
        )

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the percentile interval of the yearly multiplier (overall slope)."""
        tail = (1 - probability(level, "level", open_interval=True)) / 2
        low, high = np.exp(np.quantile(self.slope_draws, [tail, 1 - tail]))
        return float(low), float(high)


def bootstrap_index(
    fitted: Index,
    replicates: int = 200,
    seed: int = 1,
    base: float | Iterable | None = None,
    which: str = "imputed",
) -> BootstrapIndex:
    """Measure how sure an index is, by drawing its sites again many times (bootstrap).

    Parameters
    ----------
    fitted : result of `fit_index`; its model and options are used again for each draw.
    replicates : draws, 20 or more (200 to look, 1000 to publish). seed : the same seed gives the
        same draws. base, which : as in the method `index` of the fitted index.

    Draws in which the model cannot be fitted (a year without birds, say) are drawn again and counted
    in `failed`. Errors: ValueError for fewer than 5 sites, or if more than half of the draws fail.
    Misleads with fewer than about ten sites, and when one site holds most birds: whether it is drawn
    decides the answer.
    """
    grid = fitted.grid
    n = len(grid.sites)
    if n < 5:
        raise ValueError(
            f"{n} sites are too few to draw from: the bootstrap needs 5, better 20 or more"
        )
    replicates = int(number(replicates, "replicates", minimum=20, maximum=1e6, whole=True))
    rng = random_numbers(seed)
    draws, slopes, failed = [], [], 0
    while len(draws) < replicates:
        if failed > max(replicates, 20):
            raise ValueError(
                f"{failed} of {failed + len(draws)} draws could not be fitted: too few sites hold the "
                f"years together. Use model=2, or the interval of the fit itself"
            )
        rows = rng.integers(n, size=n)
        drawn = replace(
            grid,
            sites=np.arange(n),
            counts=grid.counts[rows],
            weights=grid.weights[rows],
            classes={k: v[rows] for k, v in grid.classes.items()},
        )
        try:
            result = fit_grid(drawn, *fitted.settings)
            line = result.index(base, which)["estimate"].to_numpy()
            slope = result.slope(which).slope
        except ValueError:
            failed += 1
            continue
        draws.append(line)
        slopes.append(slope)
    return BootstrapIndex(
        fitted.years,
        fitted.index(base, which)["estimate"].to_numpy(),
        fitted.slope(which),
        failed,
        np.array(draws),
        np.array(slopes),
    )

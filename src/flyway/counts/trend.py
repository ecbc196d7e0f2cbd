"""Is the population changing, by how much a year, and how sure are we?

`trend` fits one steady rate, log E(count) = a + b · year; the yearly rate is exp(b). `growth_rate`
is the arithmetic of two counts, which says nothing about uncertainty. For a trend that bends, see
`flyway.counts.smooth`.

Sources: McCullagh & Nelder (1989) ch. 6 and 9; Ver Hoef & Boveng (2007) Ecology 88:2766-2772;
Caughley (1977) Analysis of Vertebrate Populations, ch. 4, for the rates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flyway import results
from flyway.counts.glm import CountFit, fit_counts
from flyway.counts.series import band, draw, lag1_of, read_series
from flyway.inputs import numbers, years_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class GrowthRate:
    """Growth between two counts. `compound` is per year (0.05 = 5 % a year), `r` = ln(1 + compound).

    compound : growth per year as a share.
    r : instantaneous rate per year.
    total : last count / first count − 1.
    years : years between the counts.
    """

    compound: float
    r: float
    total: float
    years: float

    @property
    def percent(self) -> float:
        """Compound growth in per cent a year."""
        return 100 * self.compound

    def summary(self) -> pd.DataFrame:
        """Return both definitions; two counts carry no standard error."""
        nan = float("nan")
        return results.table(
            [
                ("compound rate (% per year)", self.percent, nan, nan, nan),
                ("instantaneous rate r (per year)", self.r, nan, nan, nan),
                (f"change over {self.years:g} years (%)", 100 * self.total, nan, nan, nan),
            ]
        )


def growth_rate(first_count: float, last_count: float, years: float) -> GrowthRate:
    """Turn two counts into a yearly growth rate.

    Compound: (last / first)^(1 / years) − 1. Instantaneous: r = ln(last / first) / years. Both
    describe the same line; for small rates they are nearly equal.

    Parameters
    ----------
    first_count, last_count : birds, above 0. years : years between the counts, above 0 (2018 to
        2023 is 5, not 6).

    Errors: ValueError for counts of 0 or less, or no time between them.
    Misleads because the two years may be odd ones: use `trend` when there are more counts.

    Examples
    --------
    >>> round(growth_rate(535, 7081, years=28).percent, 1)
    9.7
    """
    first, last, years = (
        float(numbers([value], name)[0])
        for value, name in (
            (first_count, "first_count"),
            (last_count, "last_count"),
            (years, "years"),
        )
    )
    for name, value in (("first_count", first), ("last_count", last)):
        if value <= 0:
            raise ValueError(f"{name} is {value:g}: a growth rate needs counts above 0")
    if years <= 0:
        raise ValueError(
            f"years is {years:g}: give the years between the counts, such as 2023 - 2018"
        )
    r = float(np.log(last / first) / years)
    return GrowthRate(float(np.expm1(r)), r, last / first - 1, years)


@dataclass(frozen=True)
class Trend:
    """A steady yearly rate of change. `slope` is per year on the log scale; `estimate` is exp(slope).

    `dispersion` is the scatter relative to Poisson (for lognormal: residual variance of the logs);
    `lag1` the correlation of residuals of neighbouring years; `notes` what to think about.

    slope, slope_se : change per year on the log scale, and its standard error.
    theta : size of the negative binomial; None for other families.
    lag1 : how alike neighbouring years are (−1 to 1, 0 = not at all).
    n, missing_years : counted years, and the years between them without a count.
    """

    slope: float
    slope_se: float
    family: str
    dispersion: float
    theta: float | None
    df: int
    lag1: float
    n: int
    missing_years: tuple[int, ...]
    notes: tuple[str, ...]
    data: pd.DataFrame = field(repr=False)
    fit: CountFit = field(repr=False)
    centre: float = field(repr=False)

    @property
    def estimate(self) -> float:
        """Yearly multiplier: 1.05 means 5 % more each year."""
        return float(np.exp(self.slope))

    @property
    def se(self) -> float:
        """Standard error of the yearly multiplier (delta method)."""
        return self.estimate * self.slope_se

    @property
    def percent(self) -> float:
        """Change in per cent a year."""
        return 100 * (self.estimate - 1)

    @property
    def doubling_time(self) -> float:
        """Years to double, ln 2 / slope; below 0 it is the time to halve; infinite without change."""
        return float(np.log(2) / self.slope) if self.slope else float("inf")

    @property
    def intercept(self) -> float:
        """Intercept a of log E(count) = a + b · year, at year 0 as other software reports it."""
        return float(self.fit.params["intercept"] - self.slope * self.centre)

    @property
    def intercept_se(self) -> float:
        """Standard error of `intercept`."""
        turn = np.array([1.0, -self.centre])
        return float(np.sqrt(turn @ self.fit.covariance @ turn))

    def slope_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the slope (log scale): t with df, normal for Poisson."""
        return results.interval(self.slope, self.slope_se, level, self.fit.t_df)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the yearly multiplier; it never reaches 0."""
        low, high = self.slope_interval(level)
        return float(np.exp(low)), float(np.exp(high))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return slope, yearly rate, yearly change in per cent, doubling or halving time, scatter."""
        low, high = self.slope_interval(level)
        rate = self.interval(level)
        nan = float("nan")
        word = "halving" if self.slope < 0 else "doubling"
        ends = (low, high) if self.slope >= 0 else (-high, -low)
        time = [np.log(2) / e if e > 0 else float("inf") for e in ends[::-1]]
        return results.table(
            [
                ("slope (log scale, per year)", self.slope, self.slope_se, low, high),
                ("yearly multiplier", self.estimate, self.se, *rate),
                (
                    "change (% per year)",
                    self.percent,
                    100 * self.se,
                    *[100 * (x - 1) for x in rate],
                ),
                (f"{word} time (years)", abs(self.doubling_time), nan, *time),
                ("dispersion", self.dispersion, nan, nan, nan),
            ]
        )

    def predict(self, years: Iterable | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the fitted count (estimate, lower, upper) for years; default: first to last year."""
        if years is None:
            first, last = self.data["year"].min(), self.data["year"].max()
            years = np.arange(first, last + 1)
        years = years_of(years)
        X = np.column_stack([np.ones_like(years), years - self.centre])
        return band(years, X, self.fit, level)

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw the counts, the fitted trend and the interval of the mean."""
        return draw(self.data, self.predict(level=level), ax)


def trend(years: Iterable, counts: Iterable, family: str = "quasipoisson") -> Trend:
    """Estimate a steady yearly rate of change from one count a year.

    Parameters
    ----------
    years : n calendar years (numbers, dates or periods), each once, in any order.
    counts : n counts of birds; a blank (NaN, None) is a year without a count, never a zero.
    family : "quasipoisson" (variance φ · mean; the default), "poisson" (φ = 1), "negbin" (variance
        mean + mean²/θ) or "lognormal" (constant scatter of the logs; no zeros; fractions allowed).

    Intervals use t with n − 2 degrees of freedom, for Poisson the normal distribution.
    Errors: ValueError for negative or fractional counts, doubled years, fewer than 3 counted years,
    all zeros, or birds in the first or last counted year only (the rate is then infinite).
    Misleads when effort or the area counted changed over the years, when the trend bends, and when
    neighbouring years are alike (see `lag1` and `notes`): the interval is then too narrow.

    Examples
    --------
    >>> from flyway import datasets
    >>> census = datasets.load("bfs_census")
    >>> census = census[census["use_for_trend"]]
    >>> fitted = trend(census["year"], census["total"])
    >>> round(fitted.percent, 1)
    8.9
    >>> [round(100 * (end - 1), 1) for end in fitted.interval()]
    [8.4, 9.4]
    """
    data, notes, missing = read_series(years, counts, whole=family != "lognormal")
    year, y = data["year"].to_numpy(), data["count"].to_numpy()
    if len(y) < 3:
        raise ValueError(
            f"{len(y)} counted years are too few for a trend with uncertainty: at least 3 are needed. "
            f"For two counts use growth_rate()"
        )
    seen = year[y > 0]
    if len(seen) == 1 and seen[0] in (year[0], year[-1]):
        raise ValueError(
            f"birds were counted in {seen[0]:g} only, at one end of the series: the rate is infinite. "
            f"Report the counts as they are"
        )
    centre = float(year.mean())
    design = pd.DataFrame({"intercept": 1.0, "year": year - centre}, index=data.index)
    fit = fit_counts(data["count"], design, family)
    lag1 = lag1_of(year, fit.residuals)
    if lag1 > 0.4:
        notes += (
            f"Residuals of neighbouring years are alike (correlation {lag1:.2f}): the trend may bend, "
            f"or the interval is too narrow. Look at smooth().",
        )
    return Trend(
        slope=float(fit.params["year"]),
        slope_se=float(fit.se["year"]),
        family=family,
        dispersion=fit.dispersion,
        theta=fit.theta,
        df=fit.df,
        lag1=lag1,
        n=len(y),
        missing_years=missing,
        notes=notes + fit.notes,
        data=data,
        fit=fit,
        centre=centre,
    )

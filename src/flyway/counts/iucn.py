"""How fast did the population fall over three generations, and which Red List category is that?

Criterion A looks back over 10 years or three generations, whichever is longer. Few counts span that,
so a yearly rate is carried over the window: reduction = 1 − (1 + rate)^window (exponential), or the
same birds are lost each year (linear). Source: IUCN Standards and Petitions Committee, Guidelines for
Using the IUCN Red List Categories and Criteria, sections 4.5 and 5 (criterion A and its example of
the "Indian Ocean" subpopulation).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results
from flyway.counts.trend import Trend
from flyway.inputs import numbers, one_of, same_length, years_of

# Reduction at or above which a category applies (IUCN Red List Categories and Criteria 3.1, A1 and A2-A4).
THRESHOLDS = {
    "A1": (("CR", 0.9), ("EN", 0.7), ("VU", 0.5)),
    "A2": (("CR", 0.8), ("EN", 0.5), ("VU", 0.3)),
}
PATTERNS = ("exponential", "linear")


@dataclass(frozen=True)
class Reduction:
    """Reduction over the window (0.3 = 30 % lost; below 0 is growth) and the category it reaches.

    lower, upper : ends of the interval (blank without a trend).
    window_years, annual_rate : years looked back, and the yearly rate of change (−0.02: 2 % lost).
    population_then, population_now : birds at the start and at the end of the window.
    criterion : "A1" or "A2".
    """

    estimate: float
    lower: float
    upper: float
    window_years: float
    annual_rate: float
    population_then: float
    population_now: float
    criterion: str
    notes: tuple[str, ...] = ()

    @property
    def category(self) -> str:
        """CR, EN, VU, or 'below VU' for the estimate, on this criterion alone."""
        return category(self.estimate, self.criterion)

    def summary(self) -> pd.DataFrame:
        """Return reduction (per cent) with its interval and category, yearly rate and population sizes."""
        nan = float("nan")
        table = results.table(
            [
                (
                    f"reduction over {self.window_years:g} years (%)",
                    100 * self.estimate,
                    nan,
                    100 * self.lower,
                    100 * self.upper,
                ),
                ("yearly rate (%)", 100 * self.annual_rate, nan, nan, nan),
                ("population at the start", self.population_then, nan, nan, nan),
                ("population at the end", self.population_now, nan, nan, nan),
            ]
        )
        ends = [category(x, self.criterion) for x in (self.lower, self.upper) if np.isfinite(x)]
        told = self.category if len(set(ends)) < 2 else f"{self.category} ({ends[0]} to {ends[1]})"
        return table.assign(category=[told, "", "", ""])


def category(reduction: float, criterion: str = "A2") -> str:
    """Return the category that a reduction reaches on criterion A1 or A2 (A3 and A4 use A2's limits).

    Parameters
    ----------
    reduction : as a share, 0.3 is 30 % lost. criterion : "A1" or "A2".

    Errors: ValueError for another criterion.
    Misleads when read as a Red List assessment: that looks at all criteria, for the whole species.
    """
    limits = THRESHOLDS[one_of(criterion, "criterion", THRESHOLDS)]
    # 1e-9: a reduction of exactly 30 % must not miss VU by rounding in the last digit
    return next((name for name, limit in limits if reduction >= limit - 1e-9), "below VU")


def window(generation_years: float) -> float:
    """Return the window of criterion A: three generations, or 10 years if that is longer.

    generation_years : length of one generation, above 0.

    Errors: ValueError for 0 or less.
    """
    length = float(numbers([generation_years], "generation_years")[0])
    if length <= 0:
        raise ValueError(
            f"generation_years is {length:g}: give the length of a generation in years"
        )
    return max(10.0, 3 * length)


def iucn_reduction(
    first_counts: float | Iterable,
    last_counts: float | Iterable,
    first_year: float,
    last_year: float,
    generation_years: float,
    assessed_year: float | None = None,
    pattern: str = "exponential",
    criterion: str = "A2",
) -> Reduction:
    """Estimate the three-generation reduction from two counts, of one or several subpopulations.

    Each subpopulation is carried back to the start of the window and on to the year of assessment at
    its own rate; the reduction is that of their sums, as the guidelines ask.

    Parameters
    ----------
    first_counts, last_counts : birds in the first year (above 0) and in the last (0 or more): a number,
        or one per subpopulation. first_year, last_year : the years of these counts.
    generation_years : length of one generation. assessed_year : end of the window; default last_year.
    pattern : "exponential" (the same share lost each year) or "linear" (the same birds).
    criterion : "A1" if the causes are known and have ceased, else "A2".

    Errors: ValueError for impossible counts or years.
    Misleads when the window is much longer than the years counted: the rate is then an assumption.

    Examples
    --------
    >>> fall = iucn_reduction(1000, 600, 2000, 2020, generation_years=10)
    >>> round(fall.estimate, 2), fall.category
    (0.54, 'EN')
    """
    one_of(pattern, "pattern", PATTERNS)
    first = numbers(np.atleast_1d(first_counts), "first_counts", minimum=0)
    last = numbers(np.atleast_1d(last_counts), "last_counts", minimum=0)
    same_length(first_counts=first, last_counts=last)
    if (first == 0).any():
        raise ValueError("a first count is 0: no rate of change starts from no birds; leave it out")
    start, end = years_of([first_year, last_year])
    if end <= start:
        raise ValueError(f"last_year {end:g} is not after first_year {start:g}")
    now = end if assessed_year is None else float(years_of([assessed_year])[0])
    if now < end:
        raise ValueError(f"assessed_year {now:g} lies before the last count in {end:g}")
    span = window(generation_years)
    then = now - span
    sizes = [_carry(first, last, start, end, year, pattern) for year in (then, now)]
    before, after = (float(s.sum()) for s in sizes)
    if before == 0:
        raise ValueError(
            f"on a straight line back to {then:g} there would be fewer than no birds: use "
            f"pattern='exponential', or a first count from before the increase"
        )
    notes = ()
    if span > 2 * (end - start):
        notes += (
            f"The window of {span:g} years is more than twice the {end - start:g} years counted: the "
            f"reduction rests on the assumption of {pattern} change.",
        )
    total_rate = (last.sum() / first.sum()) ** (1 / (end - start)) - 1
    nan = float("nan")
    return Reduction(
        1 - after / before, nan, nan, span, float(total_rate), before, after, criterion, notes
    )


def _carry(
    first: np.ndarray, last: np.ndarray, start: float, end: float, year: float, pattern: str
) -> np.ndarray:
    share = (year - start) / (end - start)
    if pattern == "linear":
        return np.maximum(first + (last - first) * share, 0)
    with np.errstate(divide="ignore"):
        if share < 1 and (last == 0).any():
            raise ValueError(
                "a last count is 0: an exponential decline to 0 cannot be carried back; use "
                "pattern='linear', or give the last count that was above 0"
            )
        return first * (last / first) ** share


def reduction_of_trend(
    fitted: Trend, generation_years: float, criterion: str = "A2", level: float = 0.95
) -> Reduction:
    """Say what share a population with this trend loses over three generations (Red List criterion A).

    reduction = 1 − exp(slope · window); the ends come from the interval of the slope, so the
    uncertainty of a short series is seen.

    Parameters
    ----------
    fitted : result of `flyway.counts.trend.trend`. generation_years : length of one generation.
    criterion : "A1" if the causes are known and have ceased, else "A2". level : of the interval.

    Errors: ValueError for a generation of 0 years or less.
    Misleads as `iucn_reduction` does: beyond the counted years the rate is an assumption.
    """
    span = window(generation_years)
    low, high = fitted.slope_interval(level)
    counted = fitted.data["year"].max() - fitted.data["year"].min()
    notes = ()
    if span > counted:
        notes += (
            f"The window of {span:g} years is longer than the {counted:g} years counted: the trend is "
            f"carried beyond them.",
        )
    now = float(fitted.predict([fitted.data["year"].max()])["estimate"].iloc[0])
    return Reduction(
        estimate=float(-np.expm1(fitted.slope * span)),
        lower=float(-np.expm1(high * span)),
        upper=float(-np.expm1(low * span)),
        window_years=span,
        annual_rate=fitted.estimate - 1,
        population_then=float(now * np.exp(-fitted.slope * span)),
        population_now=now,
        criterion=one_of(criterion, "criterion", THRESHOLDS),
        notes=notes,
    )

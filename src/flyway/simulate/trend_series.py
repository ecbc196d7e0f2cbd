"""Winters of crane counts for a trend report: gaps, one great roost that goes its own way, one odd winter.

The counts hold what a coordinator meets in one series: few roosts counted in the first winters, blanks,
a roost that holds most birds and changes at another rate than the others, and a winter that was counted
on other days, when many cranes had left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from flyway.simulate.gaps import leave_out

#: Yearly change of the usual roosts, and of the great roost: what a seed may draw.
RATES = (
    (-0.045, 0.05),
    (-0.04, 0.005),
    (0.0, 0.065),
    (0.0, -0.065),
    (0.045, -0.05),
    (0.04, -0.005),
)
SMALL = 1.5
NOTES = (
    "fog until 9 o'clock, counted at the evening flight",
    "two new counters, trained in November",
    "ice on half of the water",
    "a new telescope at the largest roost",
)
LATE = "roads closed by snow in January, counted late"


class TrendSeries(NamedTuple):
    """What `trend_series` returns.

    counts : `site`, `winter` (year of the January), `count` (cranes; missing where nobody counted).
    days : `winter`, `counted_on` (date), `note`.
    truth : `site`, `rate` (true change per year as a share), `expected_first` (cranes), and in every row
        `odd_winter`, the winter that was counted late.
    """

    counts: pd.DataFrame
    days: pd.DataFrame
    truth: pd.DataFrame


def trend_series(
    n_sites: int = 12,
    n_winters: int = 18,
    *,
    gaps: float = 0.25,
    site_median: float = 90.0,
    site_sd: float = 0.5,
    winter_sd: float = 0.05,
    great: float = 9.0,
    dispersion: float = 30.0,
    still_there: float = 0.3,
    seed: int,
) -> TrendSeries:
    """Simulate winter counts of cranes at several roosts.

    Expected cranes are size · (1 + rate)^t · exp(w[t]) with w[t] ~ Normal(0, winter_sd²), counts are
    negative binomial with variance m + m²/dispersion. The great roost has a rate of its own, and one
    roost is so small that some counts there are 0. Blanks fall mostly into the first
    winters. In one winter all roosts were counted late.

    Parameters
    ----------
    n_sites, n_winters : size of the table, 6 or more of each. gaps : share of blanks, below 1.
    site_median, site_sd : cranes at a usual roost in the first winter, and their spread (log scale).
    winter_sd : good and poor winters that all roosts share (log scale).
    great : size of the great roost, in usual roosts. dispersion : k of the negative binomial.
    still_there : share of the cranes that the late count still met. seed : any whole number.

    Returns a `TrendSeries`. Errors: ValueError for a table smaller than 6 by 6, or gaps outside 0 to 1.
    """
    if n_sites < 6 or n_winters < 6:
        raise ValueError(f"n_sites={n_sites}, n_winters={n_winters}: need 6 or more of each")
    rng = np.random.default_rng(seed)
    usual, own = RATES[rng.integers(len(RATES))]
    great_site = int(rng.integers(n_sites))
    first = int(rng.integers(2003, 2009))
    winters = np.arange(first, first + n_winters)
    late = int(rng.integers(4, n_winters - 3))
    rate = np.full(n_sites, usual)
    rate[great_site] = own
    size = site_median * np.exp(site_sd * rng.uniform(-1.7, 1.7, n_sites))
    size[great_site - 1] = SMALL  # in some winters nobody finds a crane there: a zero is a count
    size[great_site] = great * site_median
    mean = size[:, None] * (1 + rate[:, None]) ** np.arange(n_winters)
    mean *= np.exp(winter_sd * rng.standard_normal(n_winters))
    mean[:, late] *= still_there
    birds = rng.poisson(rng.gamma(dispersion, mean / dispersion))
    names = [f"Roost {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:n_sites]]
    full = pd.DataFrame(
        {
            "site": np.repeat(names, n_winters),
            "winter": np.tile(winters, n_sites),
            "count": birds.ravel(),
        }
    )
    counts = leave_out(full, gaps, "first winters", seed=int(rng.integers(2**31)))
    truth = pd.DataFrame({"site": names, "rate": rate, "expected_first": size})
    return TrendSeries(
        counts, _days(winters, late, rng), truth.assign(odd_winter=int(winters[late]))
    )


def _days(winters: np.ndarray, late: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the day of each count, from 10 to 20 January but for the late one, and some notes."""
    day = rng.integers(10, 21, len(winters))
    on = [f"{winter}-01-{d:02d}" for winter, d in zip(winters, day, strict=True)]
    on[late] = f"{winters[late]}-03-{rng.integers(9, 21):02d}"
    note = np.full(len(winters), "", dtype=object)
    others = np.delete(np.arange(len(winters)), late)
    note[rng.choice(others, len(NOTES), replace=False)] = NOTES
    note[late] = LATE
    return pd.DataFrame({"winter": winters, "counted_on": on, "note": note})

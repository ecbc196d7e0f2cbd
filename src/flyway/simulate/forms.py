"""Count forms as they should come in: complete, one way of writing, and with a trend that is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from flyway.simulate.counts import winter_counts

SPECIES = "Hooded Crane"


class CountForms(NamedTuple):
    """What `count_forms` returns.

    forms : the columns of the count form that most offices fill in, one row per site and winter.
    truth : `winter`, `expected` (birds at all sites), `index` (expected, first winter = 1).
    """

    forms: pd.DataFrame
    truth: pd.DataFrame


def count_forms(
    n_sites: int = 12, n_winters: int = 12, *, rate: float = 0.03, gaps: float = 0.2, seed: int
) -> CountForms:
    """Simulate filled count forms of one January roost count at several sites.

    Birds come from `winter_counts`. Each site is counted once, on a weekend in the middle of January;
    where nobody went, the count is blank and the notes say so. Positions are invented and lie at sea.

    Parameters
    ----------
    n_sites, n_winters : size of the scheme, 1 or more sites and 2 or more winters.
    rate : true growth per year as a share (0.03 is 3 % a year).
    gaps : share of site-winters that nobody visited.
    seed : any whole number.

    Returns
    -------
    CountForms: `forms` (n_sites × n_winters rows) and `truth` (n_winters rows).

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    made = winter_counts(
        n_sites, n_winters, rate=rate, gaps=gaps, big_site=6.0, first_winter=2012, seed=seed
    )
    rng = np.random.default_rng([seed, 1])
    table = made.counts
    visited = table["count"].notna()
    weekend = table["winter"].map({year: _third_saturday(year) for year in set(table["winter"])})
    number = table["site"].str[-2:].astype(int)
    start = 6 * 60 + 30 + 5 * rng.integers(0, 7, len(table))
    spent = 5 * rng.integers(9, 25, len(table))
    forms = pd.DataFrame(
        {
            "site": table["site"],
            "date": (weekend + pd.to_timedelta(rng.integers(0, 2, len(table)), "D")).dt.strftime(
                "%Y-%m-%d"
            ),
            "species": SPECIES,
            "count": table["count"],
            "start_time": pd.Series(start).map(_clock).where(visited),
            "end_time": pd.Series(start + spent).map(_clock).where(visited),
            "effort_min": pd.Series(spent, dtype="Int64").where(visited),
            "observers": pd.Series(rng.integers(1, 5, len(table)), dtype="Int64").where(visited),
            "method": "roost count",
            "lat": (31.5 + 0.05 * number).round(2),
            "lon": (126.5 - 0.04 * number).round(2),
            "notes": pd.Series("", index=table.index).where(visited, "not visited"),
        }
    )
    return CountForms(forms, made.truth)


def _third_saturday(year: int) -> pd.Timestamp:
    first = pd.Timestamp(year, 1, 1)
    return first + pd.Timedelta(days=(5 - first.day_of_week) % 7 + 14)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

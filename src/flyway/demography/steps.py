"""Reading yearly counts for models of growth: no zeros, and years that lie within one study."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from flyway.counts.series import read_series
from flyway.inputs import years_of

LONGEST = 2000


def read_steps(years: Iterable, counts: Iterable) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return counted years in order (year, count above 0) and notes.

    Raises ValueError as `read_series` does, for a count of 0, and for years more than 2,000 apart.
    """
    year = years_of(years)
    if len(year) and np.ptp(year) > LONGEST:
        raise ValueError(
            f"the years run from {year.min():g} to {year.max():g}: correct the one that is wrong"
        )
    data, notes, _ = read_series(year, counts, whole=False)
    zero = data["count"] <= 0
    if zero.any():
        raise ValueError(
            f"count is 0 in {data['year'][zero].iloc[0]:g}, which has no logarithm: a year in which "
            f"birds were missed should be blank; a population of 0 is gone already"
        )
    return data, notes

"""Ten invented sites in six countries, to plan one census morning within a budget.

Each site has the birds that it usually holds, a cost, a clock, a planned time and a tide. Two sites lie on
the two sides of a border, within one flight. At one roost two observers have made a pilot count.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

#: Sites with the hours that their clock is ahead of UTC.
SITES = {"A1": 7, "A2": 7, "B1": 8, "B2": 8, "C1": 8, "C2": 8, "D1": 9, "D2": 9, "E1": 9, "F1": 10}
NEIGHBOURS = ("C2", "D1")
FLIGHT_KM_H = 50
FARTHEST_FROM_TIDE = 120


class CensusPlan(NamedTuple):
    """What `census_plan` returns.

    sites : `site`, `country`, `usual` (birds), `cost_usd`, `date`, `local_time`, `utc_offset_h`,
        `minutes_from_high_tide` (below 0: the count comes before high tide).
    neighbours : one row: `site_1`, `site_2`, `km`, `flight_km_h`.
    pilot : `morning`, `only_first`, `only_second`, `both` (birds seen by two observers who counted apart).
    budget : US dollars for the whole census.
    """

    sites: pd.DataFrame
    neighbours: pd.DataFrame
    pilot: pd.DataFrame
    budget: int


def census_plan(*, seed: int) -> CensusPlan:
    """Draw the sites, the two neighbours, a pilot count and a budget.

    seed : any whole number.

    Returns a `CensusPlan`. Usual birds are log-normal; the budget pays for about half of the costs; planned
    times differ by up to an hour on the local clocks.
    """
    rng = np.random.default_rng(seed)
    n = len(SITES)
    usual = np.rint(np.exp(rng.normal(5.0, 0.8, n))).astype(int) + 5
    cost = 100 * rng.integers(6, 36, n)
    late = 15 * rng.integers(0, 5, n)
    tide = rng.integers(-110, 111, n)
    tide[rng.choice(n, 2, replace=False)] = [rng.integers(135, 230), -rng.integers(135, 230)]
    sites = pd.DataFrame(
        {
            "site": list(SITES),
            "country": [name[0] for name in SITES],
            "usual": usual,
            "cost_usd": cost,
            "date": "2027-01-16",
            "local_time": [f"{8 + m // 60:02d}:{m % 60:02d}" for m in late],
            "utc_offset_h": list(SITES.values()),
            "minutes_from_high_tide": tide,
        }
    )
    one, two = NEIGHBOURS
    neighbours = pd.DataFrame(
        {
            "site_1": [one],
            "site_2": [two],
            "km": [int(rng.integers(8, 31))],
            "flight_km_h": [FLIGHT_KM_H],
        }
    )
    budget = 100 * round(int(cost.sum()) * float(rng.uniform(0.4, 0.6)) / 100)
    return CensusPlan(sites, neighbours, _pilot(rng), budget)


def _pilot(rng: np.random.Generator) -> pd.DataFrame:
    """Draw what two observers see on six mornings at one roost."""
    p = rng.uniform(0.5, 0.85)
    birds = rng.integers(40, 90, 6)
    first = [rng.random(n) < p for n in birds]
    second = [rng.random(n) < p for n in birds]
    pairs = list(zip(first, second, strict=True))
    return pd.DataFrame(
        {
            "morning": np.arange(1, 7),
            "only_first": [int((a & ~b).sum()) for a, b in pairs],
            "only_second": [int((b & ~a).sum()) for a, b in pairs],
            "both": [int((a & b).sum()) for a, b in pairs],
        }
    )

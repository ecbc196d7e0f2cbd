"""The reports of one census morning from three countries, with two clocks and one site that was not reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.simulate.census_day import census_day

# Hour of each count on the clock of country A, west to east. Every sheet says a time between 8:00 and 10:00,
# and the team of B1 wrote 8:00 by its own clock, which is 7:00 in country A.
COUNTED_AT = {"A1": 8, "A2": 9, "B1": 7, "B2": None, "C1": 9, "C2": 10}
CLOCKS = {"A": 8, "B": 9, "C": 9}  # hours ahead of UTC
METHODS = {"A1": "telescope, dam", "A2": "telescope, dam", "B1": "telescope, tower",
           "B2": "telescope, dam", "C1": "drone photographs", "C2": "telescope, tower"}  # fmt: skip
LAST_YEAR = METHODS | {"C1": "telescope, tower"}
DATE = "2025-01-18"


@dataclass(frozen=True)
class CensusReports:
    """What the coordinator receives, and what was true.

    reports: `site`, `country`, `lat`, `lon`, `date`, `local_time`, `utc_offset_h`, `count` (blank: not
    counted), `usual`, `method`, `method_last_year`, `notes`. truth: `site`, `hour` (clock of country A),
    `there` (birds). total: true number of birds, the same at every hour.
    """

    reports: pd.DataFrame
    truth: pd.DataFrame
    total: int


def census_reports(*, seed: int) -> CensusReports:
    """Simulate six reports of one census morning on which flocks move east before a cold front.

    Birds come from `census_day`: 30 flocks, six sites within 40 km; each hour a flock leaves with chance
    0.2 for the next site further east. Counters see every bird that is there. What goes wrong is
    agreed beforehand (`COUNTED_AT`): sites are counted in different hours, one team uses its own clock, one
    site is not reached, and one changed its method.

    Parameters
    ----------
    seed : any whole number.

    Returns
    -------
    CensusReports.

    Raises
    ------
    ValueError if the seed is no whole number.
    """
    day = census_day(
        2, 30, restless=0.2, onward=1.0, spread_km=40.0, hours=(6, 16), date=DATE, seed=seed
    )
    there = day.counts.pivot_table(index="hour", columns="site", values="there")
    rng = np.random.default_rng([seed, 1])
    rows = []
    for site in day.sites.itertuples():
        hour, clock = COUNTED_AT[site.site], CLOCKS[site.country]
        usual = 10 * round(float(there[site.site].mean()) * rng.lognormal(0, 0.15) / 10)
        seen = hour is not None
        rows.append(
            {
                "site": site.site,
                "country": site.country,
                "lat": round(site.lat, 3),
                "lon": round(site.lon, 3),
                "date": DATE,
                "local_time": f"{hour + clock - CLOCKS['A']:02d}:00" if seen else None,
                "utc_offset_h": clock,
                "count": int(there.loc[hour, site.site]) if seen else None,
                "usual": usual,
                "method": METHODS[site.site] if seen else None,
                "method_last_year": LAST_YEAR[site.site],
                "notes": "" if seen else "ice on the road, not reached",
            }
        )
    reports = pd.DataFrame(rows).astype({"count": "Int64"})
    truth = day.counts[["site", "hour", "there"]].sort_values(["site", "hour"], ignore_index=True)
    return CensusReports(reports, truth, day.total)

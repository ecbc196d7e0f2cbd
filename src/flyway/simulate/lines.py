"""Birds killed under a power line in winter: scavenged, snowed in, searched for, and some of them found.

While snow lies, fresh carcasses sink in and are harder to find. Searches whose trial was made on bare
ground then find fewer than the trial says, unless the carcasses last until the snow is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import whole


@dataclass(frozen=True)
class LineSearches:
    """A winter under a line, with its truth.

    searches: `day`, `snow`, `found`. carcasses: `killed_on`, `gone_on` (day of the first morning it is
    gone), `searched` (lies where people search), `found_on` (blank if never). trials: `snow`, `placed`,
    `found` (searcher trial). persistence: `carcass`, `last_seen`, `first_gone` (days after placing; blank
    if it was still there at the end): trial on bare ground. killed, found : birds.
    """

    searches: pd.DataFrame
    carcasses: pd.DataFrame
    trials: pd.DataFrame
    persistence: pd.DataFrame
    killed: int
    found: int


def line_searches(
    deaths: int = 60,
    *,
    days: int = 120,
    interval: int = 7,
    persistence: float = 0.93,
    efficiency: float = 0.7,
    snow_days: Iterable[int] = (),
    efficiency_snow: float = 0.25,
    persistence_snow: float | None = None,
    share_searched: float = 1.0,
    trial: int = 40,
    seed: int,
) -> LineSearches:
    """Simulate deaths, scavengers, snow and searches under a power line.

    Parameters
    ----------
    deaths : birds killed, on random days. days : length of the winter. interval : days from one search to
        the next.
    persistence, persistence_snow : chance that a carcass is still there the next morning, on bare ground
        and on a day with snow (default: the same). efficiency, efficiency_snow : chance that one search finds a carcass that
        is there. snow_days : days on which snow lies, such as range(30, 60).
    share_searched : chance that a carcass falls where people search. trial : carcasses placed in each
        searcher trial (bare, snow) and in the persistence trial. seed : any whole number.

    Returns
    -------
    LineSearches. With no snow days the truth is that of `flyway.impact.carcasses`.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    deaths, days = whole(deaths, "deaths", 0), whole(days, "days")
    step, placed = whole(interval, "interval"), whole(trial, "trial")
    persistence_snow = persistence if persistence_snow is None else persistence_snow
    stay = [probability(p, n) for p, n in ((persistence, "persistence"), (persistence_snow, "persistence_snow"))]  # fmt: skip
    find = [probability(p, n) for p, n in ((efficiency, "efficiency"), (efficiency_snow, "efficiency_snow"))]  # fmt: skip
    if step > days:
        raise ValueError(f"interval is {step}: there are {days} days, so nobody would search")
    snow = np.isin(np.arange(days + 1), np.asarray(list(snow_days), dtype=int))
    rng, trials = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    killed_on = np.sort(rng.integers(0, days, deaths))
    searched = rng.random(deaths) < probability(share_searched, "share_searched")
    gone_on, found_on = np.full(deaths, np.inf), np.full(deaths, np.nan)
    found = []
    for day in range(1, days + 1):
        there = (killed_on < day) & np.isinf(gone_on)
        gone_on[there & (rng.random(deaths) >= stay[int(snow[day])])] = day
        if day % step == 0:
            seen = (killed_on < day) & np.isinf(gone_on) & searched & np.isnan(found_on)
            seen &= rng.random(deaths) < find[int(snow[day])]
            found_on[seen] = day
            found.append((day, bool(snow[day]), int(seen.sum())))
    carcasses = {"killed_on": killed_on, "gone_on": np.where(np.isinf(gone_on), np.nan, gone_on)}
    carcasses |= {"searched": searched, "found_on": found_on}
    life = trials.geometric(max(1 - stay[0], 1e-12), placed)  # morning on which it is gone
    watched = 30
    seen_last = np.minimum(life - 1, watched)
    gone = np.where(life <= watched, life, np.nan)
    return LineSearches(
        pd.DataFrame(found, columns=["day", "snow", "found"]),
        pd.DataFrame(carcasses),
        pd.DataFrame(
            {"snow": [False, True], "placed": placed, "found": trials.binomial(placed, find)}
        ),
        pd.DataFrame(
            {"carcass": np.arange(1, placed + 1), "last_seen": seen_last, "first_gone": gone}
        ),
        deaths,
        int(np.isfinite(found_on).sum()),
    )

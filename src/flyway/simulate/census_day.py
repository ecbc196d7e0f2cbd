"""One morning of a simultaneous count in three countries, while flocks fly from site to site.

Flocks rest at sites and now and then fly to another site within reach, at a known speed. Each full hour,
every site holds the birds of the flocks that are there; a flock in the air is nowhere. So the true total
never changes, while a sum of counts made at different hours can hold a flock twice, or miss it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import positive, whole

KM_PER_DEGREE = 111.195
COUNTRIES = ("A", "B", "C")
WEST, SOUTH = 121.0, 36.0  # an invented coast: sites lie north-east of here


@dataclass(frozen=True)
class CensusDay:
    """The truth of one morning, and what a counter at each site would see at each full hour.

    sites: `site`, `country`, `lat`, `lon`, `high_tide` (hour). counts: `site`, `country`, `lat`, `lon`,
    `time`, `hour`, `count` (birds seen), `there` (birds that are there). flights: `flock`, `birds`, `from`,
    `to`, `left`, `arrived` (hours). total: true number of birds.
    """

    sites: pd.DataFrame
    counts: pd.DataFrame
    flights: pd.DataFrame
    total: int


def census_day(
    sites_per_country: int = 4,
    flocks: int = 40,
    *,
    median_flock: float = 60.0,
    spread_km: float = 120.0,
    reach_km: float = 60.0,
    speed_km_h: float = 50.0,
    restless: float = 0.15,
    onward: float = 0.0,
    hours: tuple[int, int] = (6, 12),
    seen_at_low_tide: float = 1.0,
    date: str = "2025-01-12",
    seed: int,
) -> CensusDay:
    """Simulate the morning of a census in the countries A, B and C.

    Parameters
    ----------
    sites_per_country, flocks : how many. median_flock : birds; flock sizes are log-normal.
    spread_km : side of the square in which the sites lie. reach_km : furthest flight between sites.
    speed_km_h : ground speed. restless : chance that a flock leaves its site within one hour.
    onward : share of the flights that lead to the next site further east, as on passage or before a cold
        front; the others lead to any site within reach. At the last site such a flock stays.
    hours : first and last full hour of the morning (0 to 23).
    seen_at_low_tide : share of the birds that a counter sees more than two hours from high tide, when
        they are spread over the mud flats; 1 makes tides harmless.
    date : day, year-month-day. seed : any whole number.

    Returns
    -------
    CensusDay. Sites of one country lie side by side, west to east.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    n = 3 * whole(sites_per_country, "sites_per_country")
    flocks = whole(flocks, "flocks")
    speed, reach = positive(speed_km_h, "speed_km_h"), positive(reach_km, "reach_km", zero=True)
    leave, seen = (
        probability(restless, "restless"),
        probability(seen_at_low_tide, "seen_at_low_tide"),
    )
    east = probability(onward, "onward")
    first, last = (whole(h, "hours", 0) for h in hours)
    if not first < last <= 23:
        raise ValueError(f"hours is {hours}: give first and last full hour, such as (6, 12)")
    place, flock, move, eye = (
        np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)
    )
    xy = place.uniform(0, positive(spread_km, "spread_km"), (n, 2))
    xy = xy[np.argsort(xy[:, 0])]
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    sites = _sites(xy, place.uniform(first, last, n))
    size = flock.lognormal(np.log(positive(median_flock, "median_flock")), 0.8, flocks)
    size = np.maximum(1, np.rint(size)).astype(int)
    at = flock.choice(n, flocks, p=flock.dirichlet(np.full(n, 1.5)))
    free, rows, flights = np.full(flocks, float(first)), [], []
    for hour in range(first, last + 1):
        there = np.bincount(at[free <= hour], size[free <= hour], n).astype(int)
        flats = np.abs(hour - sites["high_tide"].to_numpy()) > 2
        rows.append(np.where(flats, eye.binomial(there, seen), there))
        rows[-1] = np.column_stack([np.full(n, hour), rows[-1], there])
        for f in np.flatnonzero((free <= hour) & (move.random(flocks) < leave)):
            if east and move.random() < east:
                near = np.array([at[f] + 1]) if at[f] + 1 < n else np.array([], dtype=int)
            else:
                near = np.flatnonzero((apart[at[f]] <= reach) & (np.arange(n) != at[f]))
            if len(near):
                goal = move.choice(near)
                left = hour + move.uniform(0.05, 0.95)  # after the full hour's count
                free[f] = left + apart[at[f], goal] / speed
                flights.append((f + 1, size[f], at[f], goal, left, free[f]))
                at[f] = goal
    table = pd.DataFrame(np.concatenate(rows), columns=["hour", "count", "there"])
    counts = pd.concat([sites.iloc[np.tile(np.arange(n), len(rows))].reset_index(drop=True), table],
                       axis=1)  # fmt: skip
    counts["time"] = pd.Timestamp(date) + pd.to_timedelta(counts["hour"], unit="h")
    moved = pd.DataFrame(flights, columns=["flock", "birds", "from", "to", "left", "arrived"])
    names = dict(enumerate(sites["site"]))
    moved = moved.assign(**{c: moved[c].map(names) for c in ("from", "to")})
    columns = ["site", "country", "lat", "lon", "time", "hour", "count", "there"]
    return CensusDay(sites, counts[columns], moved, int(size.sum()))


def _sites(xy: np.ndarray, tide: np.ndarray) -> pd.DataFrame:
    n = len(xy)
    country = np.repeat(COUNTRIES, n // 3)
    lat = SOUTH + xy[:, 1] / KM_PER_DEGREE
    # degrees of longitude at the middle of the square: distances hold to about 1 %
    lon = WEST + xy[:, 0] / (KM_PER_DEGREE * np.cos(np.radians((lat.min() + lat.max()) / 2)))
    number = np.tile(np.arange(1, n // 3 + 1), 3)
    names = [f"{c}{k}" for c, k in zip(country, number, strict=True)]
    return pd.DataFrame(
        {"site": names, "country": country, "lat": lat, "lon": lon, "high_tide": np.round(tide, 1)}
    )

"""A winter's day of crane flights past a point, hour by hour: dawn, day, dusk and night.

Cranes leave the roost at first light and come back at dusk; some fly by night. How many fly when is not
published for our three birds, so the shares here are assumptions with a known truth: they serve to ask
what a survey in daylight misses.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = range(7, 17)  # ten hours between sunrise and sunset, as in January at 35° north
TWILIGHT = (6, 17)
BUSY = {7: 3.0, 16: 3.0, 8: 2.0, 15: 2.0}  # the first and last hours of light


def hourly_shares(twilight: float = 0.4, night: float = 0.2) -> pd.DataFrame:
    """Give the share of a day's flights in each hour.

    Parameters
    ----------
    twilight, night : shares of all flights in the two hours of twilight and in the twelve of night;
        the rest is flown between sunrise and sunset, most of it in the first and last two hours.

    Returns
    -------
    DataFrame: ``hour`` (0 to 23, its beginning), ``light`` (day, twilight, night), ``share`` (they add
    up to 1).

    Errors: ValueError for shares below 0 or together above 1.
    """
    if twilight < 0 or night < 0 or twilight + night > 1:
        raise ValueError(
            f"twilight is {twilight:g} and night {night:g}: shares are 0 or more and together 1 at most"
        )
    hours = np.arange(24)
    light = np.where(np.isin(hours, DAY), "day", "night").astype(object)
    light[np.isin(hours, TWILIGHT)] = "twilight"
    weight = np.array([BUSY.get(hour, 1.0) for hour in hours])
    total = {"day": 1 - twilight - night, "twilight": twilight, "night": night}
    share = np.zeros(24)
    for name, part in total.items():
        here = light == name
        share[here] = part * weight[here] / weight[here].sum()
    return pd.DataFrame({"hour": hours, "light": light, "share": share})


def flights_by_hour(
    *,
    flights_per_day: float = 60.0,
    twilight: float = 0.4,
    night: float = 0.2,
    days: int = 10,
    seed: int,
) -> pd.DataFrame:
    """Simulate the cranes that pass a point, hour by hour, on some winter days.

    Parameters
    ----------
    flights_per_day : expected flights in 24 hours. twilight, night : see `hourly_shares`.
    days : number of days watched round the clock. seed : any whole number.

    Returns
    -------
    DataFrame: ``day`` (1, 2, …), ``hour``, ``light``, ``flights``.

    Errors: ValueError for shares below 0 or together above 1.
    """
    shares = hourly_shares(twilight, night)
    expected = np.tile(flights_per_day * shares["share"].to_numpy(), days)
    return pd.DataFrame(
        {
            "day": np.repeat(np.arange(1, days + 1), 24),
            "hour": np.tile(shares["hour"], days),
            "light": np.tile(shares["light"], days),
            "flights": np.random.default_rng(seed).poisson(expected),
        }
    )


def found_share(hours: range, twilight: float = 0.4, night: float = 0.2) -> float:
    """Give the share of all flights that a survey in these hours credits to the day.

    The survey takes its mean per hour for every hour of light, or for every hour that it watched where
    that is more; what flies in the dark beyond is taken as none (Band's nocturnal activity of 0).

    Parameters
    ----------
    hours : the watched hours (their beginnings, 0 to 23). twilight, night : see `hourly_shares`.

    Returns
    -------
    The share (1: nothing is missed).

    Errors: ValueError for no hours, or hours outside 0 to 23, and as in `hourly_shares`.
    """
    shares = hourly_shares(twilight, night).set_index("hour")["share"]
    if not len(hours) or min(hours) < 0 or max(hours) > 23:
        raise ValueError(f"hours is {list(hours)}: give hours from 0 to 23, such as range(9, 15)")
    watched = shares.loc[list(hours)]
    return float(watched.mean() * max(len(watched), len(DAY)))

"""When is it light enough to count, and what does the tide do?

Sunrise and sunset are right within about two minutes below 65° of latitude, which is enough to plan a
count. Tides are not predicted here: give the times of high water from the harbour's tide table.
Source: low-accuracy formulas of Meeus (1998) Astronomical Algorithms, ch. 25, as in the NOAA solar
calculator.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from flyway.inputs import dates_of, number, numbers

SUN_AT_HORIZON = 90.833  # degrees from the zenith: the sun's radius and refraction
CIVIL_TWILIGHT = 96.0


def sun_times(dates: Iterable, lat: float, lon: float, utc_offset_h: float = 0.0) -> pd.DataFrame:
    """Return dawn (civil), sunrise, sunset and dusk for each date at a place, in local clock time.

    Parameters
    ----------
    dates : calendar dates. lat, lon : degrees, north and east positive. utc_offset_h : hours that the
        local clock is ahead of UTC (Korea and Japan 9, China and Taiwan 8).

    Where the sun does not rise or set on that date the time is blank. Errors: ValueError for
    coordinates outside the earth.
    """
    lat = float(numbers([lat], "lat", minimum=-90, maximum=90)[0])
    lon = float(numbers([lon], "lon", minimum=-180, maximum=180)[0])
    offset = float(numbers([utc_offset_h], "utc_offset_h", minimum=-12, maximum=14)[0])
    day = dates_of(list(dates)).dt.normalize()
    noon_days = (day - pd.Timestamp("2000-01-01")).dt.days.to_numpy(dtype=float)
    columns = {"date": day}
    for name, zenith, side in (
        ("dawn", CIVIL_TWILIGHT, -1),
        ("sunrise", SUN_AT_HORIZON, -1),
        ("sunset", SUN_AT_HORIZON, 1),
        ("dusk", CIVIL_TWILIGHT, 1),
    ):
        minutes = np.full(len(day), 720.0 - 4 * lon)
        for _ in range(3):  # the sun moves a little between noon and the event
            declination, equation = _sun((noon_days + (minutes / 1440 - 0.5)) / 36525)
            with np.errstate(invalid="ignore"):
                angle = np.degrees(
                    np.arccos(
                        (np.cos(np.radians(zenith)) - np.sin(np.radians(lat)) * np.sin(declination))
                        / (np.cos(np.radians(lat)) * np.cos(declination))
                    )
                )
            minutes = 720 - 4 * lon - equation + side * 4 * angle
            minutes = np.where(np.isnan(minutes), np.nan, minutes)
        columns[name] = (day + pd.to_timedelta(minutes + 60 * offset, unit="min")).dt.round("min")
    return pd.DataFrame(columns)


def _sun(century: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Declination (radians) and equation of time (minutes) at Julian centuries since 2000."""
    mean_longitude = np.radians((280.46646 + century * 36000.76983) % 360)
    anomaly = np.radians(357.52911 + century * 35999.05029)
    eccentricity = 0.016708634 - century * 0.000042037
    centre = (
        np.sin(anomaly) * (1.914602 - century * 0.004817)
        + np.sin(2 * anomaly) * 0.019993
        + np.sin(3 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * century)
    longitude = np.degrees(mean_longitude) + centre - 0.00569 - 0.00478 * np.sin(node)
    tilt = np.radians(23.439291 - 0.0130042 * century + 0.00256 * np.cos(node))
    declination = np.arcsin(np.sin(tilt) * np.sin(np.radians(longitude)))
    y = np.tan(tilt / 2) ** 2
    equation = (
        y * np.sin(2 * mean_longitude)
        - 2 * eccentricity * np.sin(anomaly)
        + 4 * eccentricity * y * np.sin(anomaly) * np.cos(2 * mean_longitude)
        - 0.5 * y**2 * np.sin(4 * mean_longitude)
        - 1.25 * eccentricity**2 * np.sin(2 * anomaly)
    )
    return declination, 4 * np.degrees(equation)


def tide_window(
    high_water: Iterable,
    before_h: float = 2.0,
    after_h: float = 2.0,
    daylight: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the windows around high water (when birds sit at the roost), cut to daylight if given.

    Parameters
    ----------
    high_water : times of high water from a tide table. before_h, after_h : hours around it.
    daylight : table of `sun_times` for the same place; windows keep what lies from sunrise to sunset.

    Returns a table: start, end, high_water and hours; windows that fall in the dark have 0 hours.
    Errors: ValueError for times that cannot be read, hours below 0, and a date that `daylight` lacks.
    """
    times = dates_of(list(high_water), "high_water")
    before, after = (number(h, "hours", minimum=0, maximum=24) for h in (before_h, after_h))
    start, end = times - pd.Timedelta(hours=before), times + pd.Timedelta(hours=after)
    if daylight is not None:
        sun = daylight.set_index("date")
        days = times.dt.normalize()
        absent = ~days.isin(sun.index)
        if absent.any():
            raise ValueError(
                f"daylight has no row for {days[absent].iloc[0].date()}: call sun_times for it"
            )
        rise = pd.Series(sun.loc[days, "sunrise"].to_numpy())
        fall = pd.Series(sun.loc[days, "sunset"].to_numpy())
        start, end = start.where(start > rise, rise), end.where(end < fall, fall)
    hours = ((end - start).dt.total_seconds() / 3600).clip(lower=0)
    return pd.DataFrame({"high_water": times, "start": start, "end": end, "hours": hours})

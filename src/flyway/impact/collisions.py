"""How many birds would a wind farm kill in a year? Band's model from density to collisions.

    flux   = v · D / (2R) · T π R² · hours,      hours = daylight + nocturnal · night  (in seconds)
    deaths = flux · share at rotor height · P(hit) · operating · (1 − avoidance) · large-array factor

with density D (birds in flight per m², all heights), T turbines, rotor radius R, speed v. With n rows
of turbines and C the risk of one passage through the whole farm, the large-array factor is
1 − (n−1)/(2n) · C + (n−1)(n−2)/(6n²) · C².

Source: Band (2012) SOSS-02, stages B to F; day length by Forsythe et al. (1995) Ecological Modelling
80:87-95. Worked example 1 of Band is in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flyway import results
from flyway.impact.heights import risk_by_height, rotor_heights
from flyway.impact.transit import Bird, Turbine, transit_risk
from flyway.inputs import numbers, probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Collisions:
    """Birds killed per year (`estimate`), by month in `months`; `se` from the doubt that was given.

    months : table of the birds killed by month, with standard errors.
    risk : chance of a hit in one passage of a rotor.
    share_at_height : share of flights at rotor height.
    large_array, avoidance : the two factors that were used.
    """

    estimate: float
    se: float
    months: pd.DataFrame
    risk: float
    share_at_height: float
    large_array: float
    avoidance: float
    notes: tuple[str, ...]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return an interval of birds per year, symmetric on the log scale; NaN without given doubt."""
        if not self.se > 0:
            return float("nan"), float("nan")
        return results.log_interval(self.estimate, self.se, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return birds killed per year and per month, and the parts of the model."""
        nan = float("nan")
        rows = [("collisions per year", self.estimate, self.se, *self.interval(level))]
        for month, value, se in zip(
            self.months["month"], self.months["collisions"], self.months["se"], strict=True
        ):
            ends = results.log_interval(value, se, level) if se > 0 else (nan, nan)
            rows.append((f"collisions in {month}", value, se, *ends))
        for name, value in (
            ("risk of one transit", self.risk),
            ("share at rotor height", self.share_at_height),
            ("large-array factor", self.large_array),
            ("avoidance", self.avoidance),
        ):
            rows.append((name, value, nan, nan, nan))
        return results.table(rows)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw collisions by month."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        ax.bar(self.months["month"], self.months["collisions"])
        ax.set(ylabel="birds killed per month")
        return ax


def daylight_hours(latitude: float) -> pd.DataFrame:
    """Return hours of day and night per month at a latitude.

    latitude : degrees, −66 to 66.

    Day length by Forsythe et al. (1995), sunrise and sunset at the sun's upper edge (0.8333°).
    Errors: ValueError for a latitude nearer to the poles.
    """
    latitude = float(numbers([latitude], "latitude", minimum=-66, maximum=66)[0])
    day = np.arange(1, 366)
    theta = 0.2163108 + 2 * np.arctan(0.9671396 * np.tan(0.0086 * (day - 186)))
    declination = np.arcsin(0.39795 * np.cos(theta))
    phi = np.deg2rad(latitude)
    cosine = (np.sin(np.deg2rad(0.8333)) + np.sin(phi) * np.sin(declination)) / (
        np.cos(phi) * np.cos(declination)
    )
    hours = 24 - 24 / np.pi * np.arccos(np.clip(cosine, -1, 1))
    month = np.repeat(np.arange(12), DAYS)
    light = np.bincount(month, hours)
    return pd.DataFrame({"month": MONTHS, "day": light, "night": 24 * DAYS - light})


def estimate_collisions(
    bird: Bird,
    turbine: Turbine,
    *,
    turbines: int,
    density_km2: Iterable[float],
    latitude: float,
    avoidance: float,
    nocturnal: float = 0.0,
    operating: float | Iterable[float] = 1.0,
    share_at_height: float | None = None,
    heights: pd.DataFrame | None = None,
    hub_height_m: float | None = None,
    extended: bool = False,
    width_km: float | None = None,
    share_upwind: float = 0.5,
    density_se: Iterable[float] | None = None,
    avoidance_se: float = 0.0,
) -> Collisions:
    """Estimate the birds that a wind farm kills in each month and in the year.

    Parameters
    ----------
    bird, turbine : see `Bird`, `Turbine`. turbines : how many.
    density_km2 : 12 numbers, birds in flight by day per km², at all heights. density_se : standard
        errors of the densities.
    latitude : degrees. nocturnal : flight activity by night as a share of that by day.
    avoidance : share of birds that would avoid a hit (0.98: 98 of 100 turn away). avoidance_se :
        standard error of this share.
    operating : share of time that rotors turn, one number or 12.
    share_at_height : share of flights at rotor height (Band's option 1). In its place:
    heights, hub_height_m : a table `height_m`, `share_per_m` of flights, and the height of the hub
        above the same ground or sea level (add the tidal offset at sea).
    extended : with heights: True sums the risk over the rotor (option 3), else it is spread evenly
        (option 2).
    width_km : width of the farm across the flight direction, for the large-array factor (1 without).
    share_upwind : share of flights against the wind.

    Errors: ValueError for densities that are not 12, shares outside 0 to 1, no flight heights.
    Misleads above all through avoidance: from 0.98 to 0.99 halves the deaths. Displacement, lost
    habitat and collisions with power lines are not in it. An avoidance rate belongs to the model
    (basic or extended) for which it was estimated.
    """
    density = _twelve(density_km2, "density_km2")
    running = _twelve(operating, "operating", maximum=1)
    nocturnal = probability(nocturnal, "nocturnal")
    avoidance = probability(avoidance, "avoidance")
    count = int(numbers([turbines], "turbines", minimum=1, whole=True)[0])
    single = transit_risk(bird, turbine, share_upwind=share_upwind).estimate
    at_height, notes = _share(share_at_height, heights, hub_height_m, extended, turbine)
    if turbine.chord is None:
        notes += (
            "A plain tapered blade was assumed: ask the maker for the chord along the blade.",
        )
    light = daylight_hours(latitude)
    seconds = 3600 * (light["day"] + nocturnal * light["night"]).to_numpy()
    radius = turbine.rotor_radius_m
    flux = bird.speed_m_s * density / 1e6 / (2 * radius) * count * np.pi * radius**2 * seconds
    array = 1.0
    if width_km is not None:
        width = float(numbers([width_km], "width_km", minimum=1e-6)[0])
        passage = count * np.pi * radius / (2 * width * 1000) * single * running.mean()
        passage *= 1 - avoidance
        rows = np.sqrt(count)
        array = 1 - (rows - 1) / (2 * rows) * passage
        array += (rows - 1) * (rows - 2) / (6 * rows**2) * passage**2
    hit = at_height * single
    if extended:
        hit = risk_by_height(bird, turbine, heights, hub_height_m, share_upwind)
    deaths = flux * hit * running * (1 - avoidance) * array
    per_bird = np.divide(deaths, density, out=np.zeros(12), where=density > 0)
    counting = np.zeros(12) if density_se is None else _twelve(density_se, "density_se") * per_bird
    turning = float(numbers([avoidance_se], "avoidance_se", minimum=0)[0])
    shared = deaths * turning / (1 - avoidance) if avoidance < 1 else np.zeros(12)
    months = pd.DataFrame(
        {
            "month": MONTHS,
            "flux": flux,
            "collisions": deaths,
            "se": np.hypot(counting, shared),
        }
    )
    se = float(np.sqrt((counting**2).sum() + shared.sum() ** 2))
    if density_se is None and turning == 0:
        notes += ("No doubt was given: density_se and avoidance_se make an interval.",)
    return Collisions(
        float(deaths.sum()), se, months, single, at_height, float(array), avoidance, notes
    )


def _share(
    share: float | None,
    heights: pd.DataFrame | None,
    hub: float | None,
    extended: bool,
    turbine: Turbine,
) -> tuple[float, tuple[str, ...]]:
    if heights is None:
        if share is None or extended:
            raise ValueError(
                "flight heights are missing: give share_at_height, or heights with hub_height_m (which "
                "extended=True needs)"
            )
        return probability(share, "share_at_height"), ()
    if hub is None:
        raise ValueError("hub_height_m is missing: heights need the height of the hub above ground")
    if share is not None:
        raise ValueError("give share_at_height or heights, not both")
    y, density = rotor_heights(heights, hub, turbine.rotor_radius_m)
    return float(np.trapezoid(density, y)), ()


def _twelve(values: float | Iterable[float], name: str, maximum: float | None = None) -> np.ndarray:
    array = [values] * 12 if np.ndim(values) == 0 else values
    found = numbers(array, name, minimum=0, maximum=maximum)
    if len(found) != 12:
        raise ValueError(f"{name} has {len(found)} numbers: give 12, January to December")
    return found

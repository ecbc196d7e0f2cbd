"""How many birds, for how long, can the food feed? Bird-days used, and carrying days.

- `bird_days`: the area under the counts of a winter (trapezia): 100 birds for 30 days are 3,000.
- `carrying_days`: what is left to eat, divided by what one bird needs a day,
  days = area · (food − left over) · energy · assimilated / need.

Sources: Goss-Custard et al. (2003) J. Applied Ecology 40:45-58 (daily ration models); Nagy, Girard &
Brown (1999) Annual Review of Nutrition 19:247-277 (need of all birds: 10.5 mass^0.681 kJ a day, mass in
grams). No published case was at hand: the tests are worked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results
from flyway.inputs import numbers, probability, same_length


@dataclass(frozen=True)
class CarryingDays:
    """Bird-days that the food allows (`estimate`), from `energy_mj` and the `need_kj` of one bird a day.

    energy_mj : energy on the ground.
    need_kj : need of one bird a day.
    """

    estimate: float
    se: float
    energy_mj: float
    need_kj: float
    notes: tuple[str, ...]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return an interval symmetric on the log scale; NaN if no doubt was given."""
        if not self.se > 0:
            return float("nan"), float("nan")
        return results.log_interval(self.estimate, self.se, level)

    def days_for(self, birds: float) -> float:
        """Return for how many days this many birds can stay."""
        birds = float(numbers([birds], "birds", minimum=0)[0])
        return self.estimate / birds if birds else float("inf")

    def birds_for(self, days: float) -> float:
        """Return how many birds can stay for this many days."""
        days = float(numbers([days], "days", minimum=1e-9)[0])
        return self.estimate / days

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return carrying days, the energy on the ground, and the need of one bird."""
        nan = float("nan")
        return results.table(
            [
                ("bird-days", self.estimate, self.se, *self.interval(level)),
                ("energy that can be used (MJ)", self.energy_mj, nan, nan, nan),
                ("need of one bird (kJ per day)", self.need_kj, nan, nan, nan),
            ]
        )


def bird_days(dates: Iterable, counts: Iterable) -> float:
    """Add up how much birds used a place: the area under the counts, in bird-days.

    Parameters
    ----------
    dates : days of counts (dates or numbers), each once. counts : birds; blanks are left out and bridged
        by a straight line, so the first and last count should be near arrival and departure.

    Returns bird-days: 100 birds for 30 days are 3,000.
    Errors: ValueError for fewer than two counts, doubled dates, negative counts.
    Misleads when a peak fell between two counts.

    Examples
    --------
    >>> bird_days(["2025-01-01", "2025-01-31"], [100, 100])
    3000.0
    """
    series = pd.Series(list(dates))
    mixed = series.dtype == object and series.map(lambda d: isinstance(d, int | float)).any()
    if not mixed and not pd.api.types.is_numeric_dtype(series.dtype):
        when = pd.to_datetime(series, errors="coerce", format="ISO8601")
        if when.isna().any():
            row = int(np.flatnonzero(when.isna())[0])
            raise ValueError(
                f"date is {series[row]!r} in row {row}, which is not a date: write it as 2025-01-31"
            )
        series = (when - when.min()) / pd.Timedelta(days=1)
    day = numbers(series, "date")
    birds = numbers(counts, "count", minimum=0, missing="keep")
    same_length(dates=day, counts=birds)
    order = np.argsort(day)
    day, birds = day[order], birds[order]
    if (np.diff(day) == 0).any():
        raise ValueError("a date is given twice: keep one count a day")
    keep = np.isfinite(birds)
    if keep.sum() < 2:
        raise ValueError(f"{keep.sum()} counts are too few: give at least two")
    return float(np.trapezoid(birds[keep], day[keep]))


def daily_need(mass_g: float) -> float:
    """Return the energy that a free-living bird of this mass needs a day, in kJ: 10.5 mass^0.681.

    mass_g : body mass in grams.

    Errors: ValueError for a mass of 0 or less.
    Misleads for single species: they lie up to twice above or below this rule across all birds; cold adds.

    Examples
    --------
    >>> round(daily_need(3500))
    2721
    """
    mass = float(numbers([mass_g], "mass_g", minimum=1e-9)[0])
    return float(10.5 * mass**0.681)


def carrying_days(
    area_ha: float,
    food_kg_ha: float,
    *,
    energy_kj_g: float,
    need_kj: float,
    left_kg_ha: float = 0.0,
    assimilated: float = 1.0,
    food_se: float = 0.0,
    need_se: float = 0.0,
) -> CarryingDays:
    """Estimate how many bird-days the food on a ground allows.

    Parameters
    ----------
    area_ha : hectares that birds can use (without the strip they shun).
    food_kg_ha, food_se : dry food per hectare, and its standard error.
    left_kg_ha : what birds leave because searching no longer pays. energy_kj_g : energy per gram.
    assimilated : share of energy that a bird takes up.
    need_kj, need_se : energy one bird needs a day (`daily_need`), and its standard error.

    Errors: ValueError for negative numbers, a need of 0.
    Misleads because birds may be driven off by disturbance long before the food ends, other animals
    eat too, and ploughing or flooding takes food away.
    """
    names = ("area_ha", "food_kg_ha", "energy_kj_g", "left_kg_ha", "food_se", "need_se")
    given = (area_ha, food_kg_ha, energy_kj_g, left_kg_ha, food_se, need_se)
    area, food, energy, left, f_se, n_se = (
        float(numbers([v], n, minimum=0)[0]) for n, v in zip(names, given, strict=True)
    )
    need = float(numbers([need_kj], "need_kj", minimum=0)[0])
    share = probability(assimilated, "assimilated")
    if need == 0:
        raise ValueError("need_kj is 0: every bird needs energy; see daily_need(mass_g)")
    edible = max(food - left, 0.0)
    total = area * edible * 1000 * energy * share
    estimate = total / need
    notes: tuple[str, ...] = ()
    if edible == 0:
        notes += ("There is no more food than birds leave behind: the ground feeds nobody.",)
    relative = (f_se / edible if edible else 0.0, n_se / need)
    return CarryingDays(
        float(estimate), float(estimate * np.hypot(*relative)), total / 1000, need, notes
    )

"""Which sites hold 1 % of a population? Thresholds with their rounding, and sites that qualify.

Threshold: 1 % of the population estimate, of the mid-point of a range, rounded: 1-10 to the nearest
1, 11-100 to 5, 101-1,000 to 10, above 1,000 to 100; populations of 2,000,000 or more have 20,000
(Ramsar criterion 5). Source: Wetlands International, Waterbird Population Estimates, introduction
("The 1 % level"). "Regularly": in two thirds of the seasons with adequate data (at least three), or on
average of the yearly peaks over at least five years (Ramsar Strategic Framework, glossary).
No published case is in the tests: the rules are checked by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from flyway.inputs import names_of, number, numbers, one_of, require_columns

LARGE_POPULATION, LARGE_THRESHOLD = 2_000_000, 20_000
STEPS = ((10, 1), (100, 5), (1000, 10))


def one_percent(
    estimate: float, high: float | None = None, middle: str = "midpoint", rounded: bool = True
) -> float:
    """Return the 1 % threshold of a population estimate, or of a range (estimate to high).

    Parameters
    ----------
    estimate : birds, or the low end of the range. high : its high end.
    middle : of a range, "midpoint" (as published in Waterbird Population Estimates) or "geometric"
        (as later conservation status reviews use for wide ranges). rounded : False gives the plain 1 %.

    Errors: ValueError for estimates of 0 or less, or a high end below the low one.
    Misleads when the estimate is older than the birds: use the threshold that is published for the
    population, if there is one.

    Examples
    --------
    >>> one_percent(7081)
    70.0
    >>> one_percent(11000, 14000)
    130.0
    """
    one_of(middle, "middle", ["midpoint", "geometric"])
    low = float(numbers([estimate], "estimate")[0])
    top = low if high is None else float(numbers([high], "high")[0])
    if low <= 0:
        raise ValueError(f"estimate is {low:g}: a 1 % threshold needs a population above 0")
    if top < low:
        raise ValueError(f"high is {top:g}, below the low end of {low:g}: give the range low, high")
    centre = (low + top) / 2 if middle == "midpoint" else float(np.sqrt(low * top))
    if not rounded:
        return centre / 100
    if centre >= LARGE_POPULATION:
        return float(LARGE_THRESHOLD)
    exact = Decimal(repr(round(centre, 6))) / 100
    step = Decimal(next((s for limit, s in STEPS if exact <= limit), 100))
    nearest = (exact / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
    return float(max(nearest, Decimal(1)))


@dataclass(frozen=True)
class Qualification:
    """Which sites hold the threshold regularly; `table` has one row per site, best first.

    threshold : birds that a site must hold.
    table : one row per site.
    """

    threshold: float
    table: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return the table: site, seasons, seasons_reached, mean_peak, highest, share_of_population, verdict."""
        return self.table

    @property
    def qualifying(self) -> list:
        """Sites that qualify (not the provisional ones)."""
        return self.table.loc[self.table["verdict"] == "qualifies", "site"].tolist()


def qualifying_sites(
    data: pd.DataFrame,
    threshold: float,
    site: str = "site",
    season: str = "year",
    count: str = "count",
    last: int = 5,
) -> Qualification:
    """Find the sites that regularly hold at least `threshold` birds.

    The highest count of each season is used. A site qualifies if its peak reached the threshold in
    two thirds of its counted seasons (three or more), or if the mean peak of its `last` counted
    seasons (five or more) reaches it. A mean over three or four seasons is "provisional".

    Parameters
    ----------
    data : one row per count; blanks are not counted. site, season, count : names of its columns.
    threshold : birds, above 0.
    last : seasons for the mean; 5 by the Ramsar rule.

    Errors: ValueError for a threshold of 0 or less, a site or season without a name, bad counts.
    Misleads for sites counted in one month only: the peak may fall in another.
    """
    require_columns(data, [site, season, count])
    limit = number(threshold, "threshold")
    last = int(number(last, "last", minimum=1, maximum=1000, whole=True))
    if limit <= 0:
        raise ValueError(f"threshold is {limit:g}: give the birds that make 1 %, see one_percent()")
    names = names_of(data[site], site).tolist()
    seasons = names_of(data[season], season).tolist()
    birds = numbers(
        data[count],
        count,
        minimum=0,
        missing="keep",
        where=lambda i: f"site {names[i]}, {seasons[i]}",
    )
    frame = pd.DataFrame({"site": names, "season": seasons, "count": birds}).dropna(subset="count")
    if frame.empty:
        raise ValueError(f"every {count} is blank: there is nothing to compare with the threshold")
    peaks = frame.groupby(["site", "season"], sort=True)["count"].max().reset_index()
    rows = []
    for name, group in peaks.groupby("site", sort=True):
        peak = group["count"].to_numpy()
        recent = peak[-last:]
        reached = int((peak >= limit).sum())
        mean = float(recent.mean())
        rows.append((name, len(peak), reached, mean, float(peak.max()), mean / limit * 0.01, _verdict(
            len(peak), reached, mean, limit, last)))  # fmt: skip
    columns = [
        "site",
        "seasons",
        "seasons_reached",
        "mean_peak",
        "highest",
        "share_of_population",
        "verdict",
    ]
    table = pd.DataFrame(rows, columns=columns).sort_values("mean_peak", ascending=False)
    return Qualification(limit, table.reset_index(drop=True))


def _verdict(seasons: int, reached: int, mean: float, limit: float, last: int) -> str:
    if seasons >= 3 and 3 * reached >= 2 * seasons:
        return "qualifies"
    if mean >= limit:
        if seasons >= last:
            return "qualifies"
        return "provisional" if seasons >= 3 else "too few seasons"
    return "too few seasons" if seasons < 3 and reached else "does not qualify"

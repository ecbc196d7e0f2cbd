"""What became of the rice fields? Transition matrix between two land-cover maps.

Row i, column j: the area that was class i and is class j. Loss, gain and net change alone hide swaps (a
field lost here and made there): swap = 2 · min(gain, loss). With area A₁ and A₂ after t years the
yearly rate is (A₂ / A₁)^(1/t) − 1, and the yearly transition matrix is the t-th root of the row shares.

Sources: Pontius, Shusas & McEachern (2004) Agriculture, Ecosystems & Environment 101:251-268; Puyravaud
(2003) Forest Ecology and Management 177:593-596 for rates. No published case was at hand: the tests are
worked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.linalg import fractional_matrix_power

from flyway import results
from flyway.inputs import numbers, same_length


@dataclass(frozen=True)
class LandCover:
    """What became of each class of land between two dates.

    areas : table of areas, from (rows) × to (columns).
    changes : table by class: before, after, gain, loss, net change, swap, change per year.
    shares, shares_se : share of each row that went to each class, and the standard error.
    years : years between the maps.
    """

    areas: pd.DataFrame
    changes: pd.DataFrame
    shares: pd.DataFrame
    shares_se: pd.DataFrame
    years: float
    notes: tuple[str, ...]
    counts: pd.DataFrame = field(repr=False)

    @property
    def changed(self) -> float:
        """Share of all area that changed class."""
        return float(1 - np.trace(self.areas) / self.areas.to_numpy().sum())

    def yearly(self) -> pd.DataFrame:
        """Return the yearly transition matrix: the t-th root of the shares, cut at 0, rows add to 1.

        Not every matrix has a yearly one without negative shares; those are cut, and the years then
        do not multiply back to the matrix exactly. Raises ValueError where a class had no area at
        the first date (its row is unknown).
        """
        return self._power(1 / self.years)

    def project(self, years: float) -> pd.Series:
        """Return the area of each class this many years on, if the same shares go on changing."""
        years = float(numbers([years], "years", minimum=0)[0])
        power = self._power(years / self.years).to_numpy()
        return pd.Series(self.areas.sum(axis=0).to_numpy() @ power, index=self.areas.columns)

    def _power(self, exponent: float) -> pd.DataFrame:
        if self.shares.isna().any(axis=None):
            new = self.shares.index[self.shares.isna().any(axis=1)][0]
            raise ValueError(
                f"{new} had no area at the first date, so what becomes of it is unknown: join it with "
                f"another class"
            )
        root = np.real(fractional_matrix_power(self.shares.to_numpy(), exponent))
        root = np.clip(root, 0, None)
        return pd.DataFrame(
            root / root.sum(axis=1, keepdims=True), self.shares.index, self.shares.columns
        )

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return from, to, estimate, lower, upper of the shares (Wilson), if rows are sample plots."""
        from statsmodels.stats.proportion import proportion_confint

        results.multiplier(level)
        rows = []
        for i in self.shares.index:
            total = self.counts.loc[i].sum()
            for j in self.shares.columns:
                ends = (float("nan"),) * 2
                if total:
                    ends = proportion_confint(self.counts.loc[i, j], total, 1 - level, "wilson")
                rows.append((i, j, self.shares.loc[i, j], *map(float, ends)))
        return pd.DataFrame(rows, columns=["from", "to", "estimate", "lower", "upper"])

    def summary(self) -> pd.DataFrame:
        """Return per class: area before and after, gain, loss, net change, swap, change in % a year."""
        return self.changes.rename_axis("quantity").reset_index()


def land_transitions(
    before: Iterable, after: Iterable, *, area: Iterable | None = None, years: float = 1.0
) -> LandCover:
    """Find what became of each kind of land between two maps.

    Parameters
    ----------
    before, after : class of each cell or plot at the two dates, same order. area : its area (ha);
        default: 1 each. years : years between the maps, above 0.

    Standard errors of the shares hold if rows are a random sample of plots, not for a full map.
    Errors: ValueError for blanks, lengths that differ, areas below 0 or all 0, no time between.
    Misleads when the maps were made in different ways: a change of method looks like a change of
    land. A small share of wrongly mapped cells makes a large share of the changes false.
    """
    first, second = pd.Series(list(before)), pd.Series(list(after))
    size = np.ones(len(first)) if area is None else numbers(area, "area", minimum=0)
    same_length(before=first.to_numpy(), after=second.to_numpy(), area=size)
    for name, column in (("before", first), ("after", second)):
        if column.isna().any():
            row = int(np.flatnonzero(column.isna())[0])
            raise ValueError(f"{name} is missing in row {row}: fill it in or leave that cell out")
    years = float(numbers([years], "years")[0])
    if years <= 0:
        raise ValueError(f"years is {years:g}: give the years between the two maps, above 0")
    if size.sum() == 0:
        raise ValueError("there is no area: give at least one cell with an area above 0")
    classes = sorted({*first, *second}, key=str)
    table = pd.DataFrame({"from": first, "to": second, "area": size, "n": 1.0})

    def crossed(column: str) -> pd.DataFrame:
        matrix = table.pivot_table(values=column, index="from", columns="to", aggfunc="sum")
        return matrix.reindex(index=classes, columns=classes).fillna(0.0)

    areas, counts = crossed("area"), crossed("n")
    old, new = areas.sum(axis=1), areas.sum(axis=0)
    kept = pd.Series(np.diag(areas), index=classes)
    gain, loss = new - kept, old - kept
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = 100 * ((new / old) ** (1 / years) - 1)
    changes = pd.DataFrame(
        {
            "before": old,
            "after": new,
            "gain": gain,
            "loss": loss,
            "net": new - old,
            "swap": 2 * np.minimum(gain, loss),
            "percent_per_year": rate.where(old > 0),
        }
    )
    shares = areas.div(old.where(old > 0), axis=0)
    n = counts.sum(axis=1)
    shares_se = np.sqrt(shares * (1 - shares)).div(np.sqrt(n.where(n > 0)), axis=0)
    notes: tuple[str, ...] = ()
    born = [str(c) for c in classes if old[c] == 0]
    if born:
        notes += (f"New at the second date: {', '.join(born)}; it has no rate of change.",)
    return LandCover(areas, changes, shares, shares_se, years, notes, counts)

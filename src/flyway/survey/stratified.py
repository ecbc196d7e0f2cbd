"""How many birds in the whole area, from counts in a sample of it?

Stratified, ratio and one-stage cluster estimates, with finite-population correction (fpc): counting
20 of 25 wetlands leaves little doubt about the other 5. Source: Cochran (1977) Sampling Techniques,
3rd ed., ch. 5 (strata), 6 (ratio), 9A (clusters); Lumley (2010) Complex Surveys for the linearised form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results
from flyway.inputs import names_of, numbers, require_columns


@dataclass(frozen=True)
class SampleEstimate:
    """Mean per unit (`estimate`, `se`) and total over the area, with t intervals on `df`.

    total, total_se : birds (or other amounts) in the whole area, and the standard error.
    strata : table with one row per stratum, where there are strata.
    """

    estimate: float
    se: float
    total: float
    total_se: float
    df: float
    strata: pd.DataFrame
    notes: tuple[str, ...] = ()

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of the mean."""
        return results.interval(self.estimate, self.se, level, self.df)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return mean (or ratio) and total: quantity, estimate, se, lower, upper."""
        return results.table(
            [
                ("mean per unit", self.estimate, self.se, *self.interval(level)),
                (
                    "total",
                    self.total,
                    self.total_se,
                    *results.interval(self.total, self.total_se, level, self.df),
                ),
            ]
        )


def estimate_stratified(
    data: pd.DataFrame, value: str, stratum: str, population: Mapping | str
) -> SampleEstimate:
    """Estimate mean and total from a random sample within each stratum.

    mean = Σ W_h ȳ_h, var = Σ W_h² (1 − n_h/N_h) s_h² / n_h, W_h = N_h / N (Cochran 1977, eq.
    5.12); the t interval uses Satterthwaite's degrees of freedom (eq. 5.16), because one uneven stratum
    may carry most of the variance.

    Parameters
    ----------
    data : one row per unit counted. value, stratum : its columns.
    population : units N_h in each stratum: a mapping stratum -> N_h, or a column with it in each row.

    Errors: ValueError for blanks, strata without a size or with fewer than 2 counted units (1 where the
    stratum has no other), n_h > N_h, and strata of the mapping in which nobody counted.
    Misleads when units were picked because they are good, not at random; and when a few units hold
    most birds: with 15 units per stratum and very uneven flocks the 95 % interval held the truth in 90 %
    of our trials. Put the known big units in a stratum of their own and count all of them.
    """
    require_columns(data, [value, stratum])
    y = numbers(data[value], value)
    label = _labels(data, stratum)
    sizes = _sizes(data, label, stratum, population)
    rows = []
    for name, N in sizes.items():
        units = y[(label == name).to_numpy()]
        n = len(units)
        if n < min(2, N):  # a stratum of one unit that was counted has nothing left to estimate
            raise ValueError(
                f"stratum {name!r} has {n} counted unit(s) of {N:g}: count 2 at least, or join it with a "
                f"similar stratum"
            )
        if n > N:
            raise ValueError(
                f"stratum {name!r} has {n} counted units but {N:g} in all: correct its size"
            )
        rows.append((name, N, n, units.mean(), units.std(ddof=1) if n > 1 else 0.0))
    table = pd.DataFrame(rows, columns=["stratum", "N", "n", "mean", "sd"])
    table["se"] = np.sqrt((1 - table["n"] / table["N"]) / table["n"]) * table["sd"]
    N = float(table["N"].sum())
    mean = float((table["N"] * table["mean"]).sum() / N)
    se = float(np.sqrt(((table["N"] / N * table["se"]) ** 2).sum()))
    parts = (table["N"] * table["se"]) ** 2
    weight = float((parts**2 / np.maximum(table["n"] - 1, 1)).sum())
    df = float(max(table["n"].sum() - len(table), 1))  # where every unit was counted
    if weight > 0:
        df = float(parts.sum() ** 2 / weight)
    return SampleEstimate(mean, se, mean * N, se * N, df, table)


def estimate_ratio(
    data: pd.DataFrame,
    value: str,
    size: str,
    population_units: float,
    population_size: float | None = None,
) -> SampleEstimate:
    """Estimate birds per unit of size (such as km² of paddy) and the total, from a simple random sample.

    R = Σ y / Σ x, var R = (1 − n/N) Σ(y − R x)² / ((n−1) n x̄²); total = R · X (Cochran 1977, eq. 6.13).

    Parameters
    ----------
    data : one row per unit counted. value, size : its columns of birds y and of size x (0 or more).
    population_units : N units in the area.
    population_size : X, the known size of the whole area; default: N times the sample mean of x.

    Errors: ValueError for blanks, fewer than 2 units, more units than N, sizes that are all 0.
    Misleads when the sampled units are larger or better than the others, and when birds do not grow
    with size: compare with `estimate_stratified`.
    """
    require_columns(data, [value, size])
    y, x = numbers(data[value], value), numbers(data[size], size, minimum=0)
    n, N = len(y), float(numbers([population_units], "population_units", minimum=1)[0])
    if n < 2:
        raise ValueError(f"{n} unit is too few for an uncertainty: count 2 at least")
    if n > N:
        raise ValueError(f"{n} units were counted but population_units is {N:g}: correct it")
    if x.sum() == 0:
        raise ValueError(f"every {size} is 0: a ratio needs a size above 0")
    ratio = float(y.sum() / x.sum())
    scatter = float(((y - ratio * x) ** 2).sum() / (n - 1))
    se = float(np.sqrt((1 - n / N) * scatter / n) / x.mean())
    X = (
        N * x.mean()
        if population_size is None
        else float(numbers([population_size], "population_size")[0])
    )
    table = pd.DataFrame(
        [{"stratum": "all", "N": N, "n": n, "mean": y.mean(), "sd": y.std(ddof=1), "se": se}]
    )
    return SampleEstimate(ratio, se, ratio * X, se * X, n - 1, table)


def estimate_clusters(
    data: pd.DataFrame,
    value: str,
    cluster: str,
    population_clusters: float,
    units: float | None = None,
) -> SampleEstimate:
    """Estimate the mean per unit when whole clusters (districts, days) were drawn and counted in full.

    mean = Σ y_c / Σ m_c over clusters with m_c units; the variance is that of a ratio between clusters,
    with fpc 1 − n/N. Units of one cluster resemble each other: they are not independent counts.

    Parameters
    ----------
    data : one row per unit. value, cluster : its columns; every unit of a drawn cluster has a row.
    population_clusters : N clusters.
    units : units in the whole area, for the total; default: N times the mean cluster size.

    Errors: ValueError for blanks, fewer than 2 clusters, more clusters than N.
    Misleads when only part of a cluster was counted, and with few clusters: their number decides, not
    that of the units.
    """
    require_columns(data, [value, cluster])
    y = numbers(data[value], value)
    label = _labels(data, cluster)
    groups = pd.DataFrame({"cluster": label.to_numpy(), "y": y}).groupby("cluster")["y"]
    per = pd.DataFrame({"y": groups.sum(), "m": groups.size()}).reset_index()
    N = float(numbers([population_clusters], "population_clusters", minimum=1)[0])
    known = None if units is None else float(numbers([units], "units", minimum=1)[0])
    found = estimate_ratio(per, "y", "m", N, known)
    design_effect = found.se**2 / (y.var(ddof=1) / len(y)) if y.std() > 0 else float("nan")
    notes = (
        f"{len(per)} clusters of {N:g} hold {len(y)} units. Design effect {design_effect:.1f}: the units "
        f"are worth {len(y) / design_effect:.0f} independent ones.",
    ) if design_effect > 0 else ()  # fmt: skip
    return SampleEstimate(
        found.estimate,
        found.se,
        found.total,
        found.total_se,
        found.df,
        per.rename(columns={"y": "total"}),
        notes,
    )


def _labels(data: pd.DataFrame, column: str) -> pd.Series:
    return names_of(data[column], column)


def _sizes(data: pd.DataFrame, label: pd.Series, stratum: str, population: Mapping | str) -> dict:
    if isinstance(population, str):
        require_columns(data, [population])
        N = pd.Series(numbers(data[population], population, minimum=1), index=label.to_numpy())
        spread = N.groupby(level=0).nunique()
        if (spread > 1).any():
            name = spread.index[spread > 1][0]
            raise ValueError(
                f"{population} differs within stratum {name!r}: one stratum has one size"
            )
        return N.groupby(level=0).first().to_dict()
    given = {
        k: float(numbers([v], f"population of {k!r}", minimum=1)[0]) for k, v in population.items()
    }
    seen = set(label)
    if seen - set(given):
        name = sorted(map(str, seen - set(given)))[0]
        raise ValueError(f"stratum {name!r} of column {stratum!r} has no population size: add it")
    if set(given) - seen:
        name = sorted(map(str, set(given) - seen))[0]
        raise ValueError(
            f"nobody counted in stratum {name!r}: count 2 units there, or leave it out and say that the "
            f"total does not cover it"
        )
    return given

"""How many young does the flock hold? Share of young birds, counted by families or flocks.

Young birds stand with their parents, so that birds of a family or flock are not independent. The
share is a ratio over clusters i (families, flocks) with y_i young of n_i aged birds,

    p = Σ y / Σ n,    var(p) = Σ_h m_h/(m_h−1) Σ_i (z_i − z̄_h)²,   z_i = (y_i − p n_i) / Σ n

in strata h (sites) of m_h clusters; counting birds as independent gives an interval that is too narrow by
the root of the design effect.

Sources: Cochran (1977) Sampling Techniques, 3rd ed., sec. 6.11 and 9.3; Rao & Wu (1988) J. American
Statistical Association 83:231-241 for the bootstrap. No published case was at hand: checked by hand and
by simulated families.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from flyway import results
from flyway.inputs import numbers, one_of, probability, require_columns


@dataclass(frozen=True)
class AgeRatio:
    """Share of young birds (`estimate`), with what the clusters do to its standard error.

    young, aged : young birds, and birds whose age was seen.
    clusters : families or flocks.
    design_effect : how many times wider the variance is than with birds that come one by one.
    """

    estimate: float
    se: float
    method: str
    young: int
    aged: int
    clusters: int
    df: int
    design_effect: float
    notes: tuple[str, ...]
    draws: np.ndarray | None = field(repr=False, default=None)

    @property
    def per_adult(self) -> float:
        """Young per adult, p / (1 − p)."""
        return self.estimate / (1 - self.estimate) if self.estimate < 1 else float("inf")

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the share: t on the logit scale, or percentiles of the bootstrap."""
        level = probability(level, "level", open_interval=True)
        if self.draws is not None:
            low, high = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2])
            return float(low), float(high)
        p = self.estimate
        if not (0 < p < 1 and self.se > 0):
            return float("nan"), float("nan")
        half = results.multiplier(level, self.df) * self.se / (p * (1 - p))
        return float(expit(logit(p) - half)), float(expit(logit(p) + half))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return share of young, young per adult, clusters and design effect."""
        nan = float("nan")
        low, high = self.interval(level)
        scale = 1 / (1 - self.estimate) ** 2 if self.estimate < 1 else float("inf")
        ends = (low / (1 - low), high / (1 - high)) if high < 1 else (nan, nan)
        return results.table(
            [
                ("share of young", self.estimate, self.se, low, high),
                ("young per adult", self.per_adult, self.se * scale, *ends),
                ("clusters (families or flocks)", self.clusters, nan, nan, nan),
                ("design effect", self.design_effect, nan, nan, nan),
            ]
        )


def age_ratio(
    data: pd.DataFrame,
    young: str = "young",
    adults: str = "adults",
    *,
    cluster: str | None = None,
    strata: str | None = None,
    unaged: str | None = None,
    method: str = "design",
    replicates: int = 2000,
    seed: int = 1,
) -> AgeRatio:
    """Estimate the share of young birds, with an interval that knows that families stay together.

    Parameters
    ----------
    data : one row per family, flock or scan. young, adults : columns of birds. unaged : column of
        birds that could not be aged (they are not in the share; a note says how many).
    cluster : column that says which rows belong together (the flock of a family); default: each row
        is a cluster. Take the larger unit if flocks differ.
    strata : column of sites that were each sampled (2 or more clusters in each).
    method : "design" (linearised, t interval) or "bootstrap" (clusters drawn anew within strata).
    replicates, seed : of the bootstrap.

    Errors: ValueError for negative or fractional birds, no aged bird, fewer than 2 clusters (in any
    stratum), no young or no adults at all with "design" (no standard error).
    Misleads when families feed apart from flocks without young and one of them is counted more, when
    young of the first winter are taken for adults from afar, and when the same flock is counted twice.
    """
    one_of(method, "method", ("design", "bootstrap"))
    columns = [young, adults, *[c for c in (cluster, strata, unaged) if c]]
    require_columns(data, columns, "the table of families")
    y = numbers(data[young], young, minimum=0, whole=True)
    a = numbers(data[adults], adults, minimum=0, whole=True)
    for column in (c for c in (cluster, strata) if c):
        blank = data[column].isna()
        if blank.any():
            raise ValueError(f"{column} is missing in row {data.index[blank][0]}: fill it in")
    rows = pd.DataFrame({"young": y, "n": y + a})
    rows["stratum"] = data[strata].to_numpy() if strata else 0
    rows["cluster"] = data[cluster].to_numpy() if cluster else np.arange(len(rows))
    if rows[["stratum", "cluster"]].drop_duplicates()["cluster"].duplicated().any():
        raise ValueError(f"a {cluster} lies in two {strata}: give each {cluster} its own name")
    units = rows.groupby(["stratum", "cluster"], sort=False)[["young", "n"]].sum().reset_index()
    notes: tuple[str, ...] = ()
    empty = units["n"] == 0
    if empty.any():
        notes += (f"{empty.sum()} clusters without an aged bird were left out.",)
        units = units[~empty].reset_index(drop=True)
    total = units["n"].sum()
    if total == 0:
        raise ValueError("no bird was aged: the share of young is unknown")
    size = units.groupby("stratum")["n"].transform("size").to_numpy()
    if (size < 2).any():
        alone = units.loc[size < 2, "stratum"].iloc[0]
        where = f" in {strata} {alone}" if strata else ""
        raise ValueError(
            f"there is one cluster{where}: 2 or more are needed to see how much they differ"
        )
    p = float(units["young"].sum() / total)
    if method == "design" and p in (0.0, 1.0):
        raise ValueError(
            f"{'no young' if p == 0 else 'no adult'} was seen among {total:g} aged birds: the design has no "
            f"standard error. Report the number of birds and of clusters"
        )
    z = (units["young"] - p * units["n"]) / total
    centred = z - z.groupby(units["stratum"]).transform("mean")
    variance = float((size / (size - 1) * centred**2).sum())
    m, groups = len(units), units["stratum"].nunique()
    draws = None
    if method == "bootstrap":
        draws = _draws(units, replicates, seed)
        variance = float(draws.var(ddof=1))
    plain = p * (1 - p) / total
    if unaged:
        unknown = numbers(data[unaged], unaged, minimum=0, whole=True).sum()
        if unknown:
            share = 100 * unknown / (unknown + total)
            notes += (
                f"{unknown:g} birds ({share:.0f} %) could not be aged: if young are easier to tell, the "
                f"share is too high.",
            )
    if m < 10:
        notes += (f"Only {m} clusters: the interval is rough. Age birds in more flocks.",)
    return AgeRatio(
        p,
        float(np.sqrt(variance)),
        method,
        int(units["young"].sum()),
        int(total),
        m,
        m - groups,
        variance / plain if plain > 0 else float("nan"),
        notes,
        draws,
    )


def _draws(units: pd.DataFrame, replicates: int, seed: int) -> np.ndarray:
    """Shares over bootstrap draws of m − 1 clusters in each stratum, rescaled (Rao & Wu)."""
    runs = int(numbers([replicates], "replicates", minimum=100, maximum=100_000, whole=True)[0])
    rng = np.random.default_rng(seed)
    young, n = np.zeros(runs), np.zeros(runs)
    for _, part in units.groupby("stratum"):
        m = len(part)
        times = rng.multinomial(m - 1, np.full(m, 1 / m), runs) * (m / (m - 1))
        young += times @ part["young"].to_numpy()
        n += times @ part["n"].to_numpy()
    return young / n

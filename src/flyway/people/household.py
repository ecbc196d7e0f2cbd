"""What do households earn, lose and think, when not everyone had the same chance to be asked?

`estimate_mean`, `estimate_share` and `estimate_total` weigh each answer by the number of people it
stands for, and take the standard error from the way people were drawn (strata, clusters).

The design effect compares with a simple random sample of the same size: deff = var / var_srs. A
village of neighbours who answer alike is worth fewer independent people than it holds: n / deff.

Sources: Lumley (2010) Complex Surveys, ch. 2-3, and the R package survey (the tests reproduce its
school example); Kish (1965) Survey Sampling (design effect); Korn & Graubard (1998) Survey
Methodology 24:193-201 (shares near 0 and 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from flyway import results
from flyway.inputs import numbers, probability, require_columns
from flyway.people.design import Design, read_design


@dataclass(frozen=True)
class SurveyEstimate:
    """Weighted estimates, one row per group; a single row is in `estimate`, `se`, `interval()` too.

    kind : "mean", "total" or "share". rows : table of the estimates with se, deff, n, df.
    """

    kind: str
    rows: pd.DataFrame
    covariance: np.ndarray = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def estimate(self) -> float:
        """The estimate, where there is one row."""
        return float(self._only()["estimate"])

    @property
    def se(self) -> float:
        """Its standard error, where there is one row."""
        return float(self._only()["se"])

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval, where there is one row (t; for shares within 0 and 1)."""
        return self._ends(self._only(), level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return groups, estimate, se, lower, upper, deff, n (answers) and df, one row each."""
        probability(level, "level", open_interval=True)
        table = self.rows.copy()
        ends = [self._ends(row, level) for _, row in table.iterrows()]
        at = table.columns.get_loc("se") + 1
        table.insert(at, "lower", [low for low, _ in ends])
        table.insert(at + 1, "upper", [high for _, high in ends])
        return table

    def difference(self, first: int, second: int, level: float = 0.95) -> pd.DataFrame:
        """Return the estimate of row `first` minus row `second`, allowing for shared clusters."""
        for row in (first, second):
            if row not in self.rows.index:
                raise ValueError(f"there is no row {row!r}: the rows are 0 to {len(self.rows) - 1}")
        a, b = self.rows.loc[first], self.rows.loc[second]
        V = self.covariance
        se = float(np.sqrt(max(V[first, first] + V[second, second] - 2 * V[first, second], 0)))
        gap = float(a["estimate"] - b["estimate"])
        df = min(a["df"], b["df"])
        return results.table([("difference", gap, se, *results.interval(gap, se, level, df))])

    def _only(self) -> pd.Series:
        if len(self.rows) != 1:
            raise ValueError(
                f"there are {len(self.rows)} estimates: read them from summary() or rows"
            )
        return self.rows.iloc[0]

    def _ends(self, row: pd.Series, level: float) -> tuple[float, float]:
        p, se, df = float(row["estimate"]), float(row["se"]), float(row["df"])
        if df < 1:
            return float("nan"), float("nan")
        if self.kind != "share":
            return results.interval(p, se, level, df)
        if 0 < p < 1 and se > 0:  # symmetric on the logit scale, as R's svyciprop
            half = results.multiplier(level, df) * se / (p * (1 - p))
            centre = np.log(p / (1 - p))
            return tuple(float(1 / (1 + np.exp(-x))) for x in (centre - half, centre + half))
        n = float(row["n"])
        tail, x = (1 - level) / 2, p * n  # nobody, or everybody: exact binomial ends
        low = stats.beta.ppf(tail, x, n - x + 1) if x > 0 else 0.0
        high = stats.beta.ppf(1 - tail, x + 1, n - x) if x < n else 1.0
        return float(low), float(high)


def estimate_mean(
    data: pd.DataFrame,
    value: str,
    *,
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    population: str | Mapping | float | None = None,
    by: str | list[str] | None = None,
    single: str = "error",
) -> SurveyEstimate:
    """Estimate the mean of a number over all people, or over each group of them.

    mean = Σ w y / Σ w; score z = w (y − mean) / Σ w (groups: 0 outside the group).

    Parameters
    ----------
    data : one row per person or household asked. value : column of numbers; a blank is no answer.
    weight : column: how many people each stands for (1 / chance to be drawn); default: all alike.
    strata, cluster : columns of the design, if any. Clusters are those drawn first (villages).
    population : number of first-stage units in the whole stratum (column, stratum -> number, or one
        number), for the finite-population correction; default: taken as very large.
    by : column(s) of groups; one estimate for each.
    single : stratum with a single cluster: "error", or "centre" (compare it with the mean of all).

    Errors: ValueError for blanks in the design, negative weights, single clusters, no answers.
    Misleads when those who did not answer differ from those who did: weights do not mend that. With
    few clusters (fewer than about 30) intervals are rough; df tells.
    """
    return _estimate("mean", data, value, weight, strata, cluster, population, by, single)


def estimate_total(
    data: pd.DataFrame,
    value: str,
    *,
    weight: str,
    strata: str | None = None,
    cluster: str | None = None,
    population: str | Mapping | float | None = None,
    by: str | list[str] | None = None,
    single: str = "error",
) -> SurveyEstimate:
    """Estimate the total of a number over all people (such as tonnes of rice lost), or by group.

    total = Σ w y; score z = w y.

    data, value, strata, cluster, population, by, single : as in `estimate_mean`.
    weight : column: how many people each stands for; without it a total stands for those asked only.

    Errors: ValueError as in `estimate_mean`.
    Misleads when answers are blank: the total is too low by what those people would have said.
    """
    return _estimate("total", data, value, weight, strata, cluster, population, by, single)


def estimate_share(
    data: pd.DataFrame,
    value: str,
    *,
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    population: str | Mapping | float | None = None,
    by: str | list[str] | None = None,
    single: str = "error",
) -> SurveyEstimate:
    """Estimate the share of people in each class of a column (0 to 1), or by group.

    Each class is the mean of an indicator. Intervals are symmetric on the logit scale; where nobody
    or everybody is in a class, the exact binomial one.

    data, weight, strata, cluster, population, by, single : as in `estimate_mean`.
    value : column of classes (words or numbers); a blank is no answer.

    Errors: ValueError as in `estimate_mean`. Misleads if those who did not answer differ.
    """
    return _estimate("share", data, value, weight, strata, cluster, population, by, single)


def weighting_effect(weights: object) -> float:
    """Say how much precision unequal weights cost: Kish's design effect, 1 + cv².

    weights : one per person. Returns the effect: n / effect is the number of people that equal weights
    would need for the same precision. Errors: ValueError for blanks and negative weights.
    """
    w = numbers(weights, "weight", minimum=0)
    if w.sum() == 0:
        raise ValueError("every weight is 0: give weights above 0")
    return float(len(w) * (w**2).sum() / w.sum() ** 2)


def _estimate(
    kind: str,
    data: pd.DataFrame,
    value: str,
    weight: str | None,
    strata: str | None,
    cluster: str | None,
    population: str | Mapping | float | None,
    by: str | list[str] | None,
    single: str,
) -> SurveyEstimate:
    by = [by] if isinstance(by, str) else list(by or [])
    require_columns(data, [value, *by])
    design = read_design(data, weight, strata, cluster, population, single)
    answered = data[value].notna().to_numpy()
    if not answered.any():
        raise ValueError(f"{value} has no answer: every row is blank")
    columns: list[tuple[dict, np.ndarray]]
    if kind == "share":
        classes = sorted(data[value].dropna().unique(), key=lambda v: (str(type(v)), v))
        columns = [
            ({value: c}, (data[value] == c).fillna(False).to_numpy(dtype=float)) for c in classes
        ]
    else:
        y = numbers(data[value], value, missing="keep")
        columns = [({}, np.where(answered, y, 0.0))]
    rows, scores = [], []
    for label, inside in _groups(data, by):
        here = inside & answered & (design.weights > 0)
        if not here.any():
            continue
        for extra, y in columns:
            row, z = _one(kind, y, here, design)
            rows.append(label | extra | row)
            scores.append(z)
    covariance = design.covariance(np.column_stack(scores))
    table = pd.DataFrame(rows)
    table["se"] = np.sqrt(np.maximum(np.diag(covariance), 0))
    base = table.pop("srs_variance")
    table["deff"] = np.where(base > 0, table["se"] ** 2 / base.where(base > 0, 1), np.nan)
    labels = [c for c in table.columns if c not in ("estimate", "se", "deff", "n", "df")]
    table = table[[*labels, "estimate", "se", "deff", "n", "df"]]
    notes = design.notes
    silent = int((~answered).sum())
    if silent:
        share = 100 * design.weights[~answered].sum() / design.weights.sum()
        notes += (
            f"{silent} of {len(data)} people gave no {value} ({share:.0f} % by weight): they are left "
            f"out, as if they had answered like the others."
            if kind != "total"
            else f"{silent} of {len(data)} people gave no {value}: the total leaves them out.",
        )
    if (table["df"] < 10).any():
        notes += ("Fewer than 10 degrees of freedom: the intervals are rough.",)
    return SurveyEstimate(kind, table, covariance, notes)


def _one(kind: str, y: np.ndarray, here: np.ndarray, design: Design) -> tuple[dict, np.ndarray]:
    w = np.where(here, design.weights, 0.0)
    size, n = w.sum(), int(here.sum())
    mean = float((w * y).sum() / size)
    scatter = float((w * (y - mean) ** 2).sum() / size * n / (n - 1)) if n > 1 else float("nan")
    fpc = max(1 - len(here) / design.weights.sum(), 0) if design.finite else 1.0
    if kind == "total":
        # a simple random sample of everyone asked, with zeros outside the group
        everyone, N = len(here), design.weights.sum()
        inside = np.where(here, y, 0.0)
        overall = float((design.weights * inside).sum() / N)
        s2 = float((design.weights * (inside - overall) ** 2).sum() / N * everyone / (everyone - 1))
        srs = N**2 * s2 / everyone * fpc
        return {"estimate": mean * size, "srs_variance": srs, "n": n, "df": design.df(here)}, w * y
    srs = scatter / n * fpc
    return (
        {"estimate": mean, "srs_variance": srs, "n": n, "df": design.df(here)},
        w * (y - mean) / size,
    )


def _groups(data: pd.DataFrame, by: list[str]) -> list[tuple[dict, np.ndarray]]:
    if not by:
        return [({}, np.ones(len(data), dtype=bool))]
    for column in by:
        if data[column].isna().any():
            row = data.index[int(np.flatnonzero(data[column].isna())[0])]
            raise ValueError(
                f"{column} is missing in row {row}: fill it in, or write 'not stated' to keep the row"
            )
    keys = list(zip(*[data[c] for c in by], strict=True))
    place: dict[tuple, list[int]] = {}
    for position, key in enumerate(keys):
        place.setdefault(key, []).append(position)
    found = []
    order = [
        {v: i for i, v in enumerate(data[c].cat.categories)}
        if isinstance(data[c].dtype, pd.CategoricalDtype)
        else None
        for c in by
    ]

    def rank(key: tuple) -> list[tuple]:
        pairs = zip(key, order, strict=True)
        return [(type(v).__name__, v) if o is None else ("", o[v]) for v, o in pairs]

    for key in sorted(place, key=rank):
        inside = np.zeros(len(data), dtype=bool)
        inside[place[key]] = True
        found.append((dict(zip(by, key, strict=True)), inside))
    return found

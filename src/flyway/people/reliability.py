"""Do the questions of a test hang together?

Cronbach's alpha compares the variance of the sum of k items with that of the single items:

    α = k / (k − 1) · (1 − Σ var(item) / var(sum))

Sources: Cronbach (1951) Psychometrika 16:297-334; interval: Feldt, Woodruff & Salih (1987) Applied
Psychological Measurement 11:93-103, (1 − α) / (1 − α̂) ~ F with n − 1 and (n − 1)(k − 1) degrees of
freedom. The tests reproduce the value of the R package psych.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from flyway import results
from flyway.inputs import numbers, one_of, probability, require_columns


@dataclass(frozen=True)
class Reliability:
    """Cronbach's alpha (`estimate`) with what each item adds to it (`items`)."""

    estimate: float
    se: float
    n: int
    items: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return Feldt's interval of alpha."""
        tail = (1 - probability(level, "level", open_interval=True)) / 2
        df1, df2 = self.n - 1, (self.n - 1) * (len(self.items) - 1)
        ends = [1 - (1 - self.estimate) * stats.f.ppf(q, df1, df2) for q in (1 - tail, tail)]
        return float(ends[0]), float(ends[1])

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return alpha: quantity, estimate, se, lower, upper."""
        row = ("Cronbach's alpha", self.estimate, self.se, *self.interval(level))
        return results.table([row])


def check_reliability(
    data: pd.DataFrame,
    items: Iterable[str] | None = None,
    *,
    reverse: Iterable[str] = (),
    scale: tuple[float, float] | None = None,
    missing: str = "leave out",
) -> Reliability:
    """Say how well the items of a questionnaire measure one thing (Cronbach's alpha).

    Parameters
    ----------
    data : one row per person, one column of numbers per item. items : its columns; default all.
    reverse : items worded the other way round; they are turned by scale[0] + scale[1] − answer.
    scale : lowest and highest answer, needed with `reverse`.
    missing : "leave out" people with a blank, or "pairwise": each covariance from all who answered
        both items (as the R package psych; the interval then uses the number who answered all).

    `items` of the result: item, mean, sd, r_rest (correlation with the sum of the others),
    alpha_without. The standard error is the spread of Feldt's distribution (NaN if it has none).
    Errors: ValueError for fewer than 2 items or 3 people, answers off the scale, a sum without
    variance.
    Misleads: a high alpha does not show that there is one trait, many items raise it by themselves,
    and right/wrong items of different difficulty lower it.
    """
    one_of(missing, "missing", ("leave out", "pairwise"))
    if not isinstance(data, pd.DataFrame):
        raise ValueError("data must be a table: one row per person, one column per item")
    items = list(data.columns) if items is None else list(items)
    require_columns(data, items)
    if len(items) < 2:
        raise ValueError(f"there is {len(items)} item: alpha compares at least 2")
    reverse = [reverse] if isinstance(reverse, str) else list(reverse)
    unknown = [r for r in reverse if r not in items]
    if unknown:
        raise ValueError(f"reverse names {unknown[0]!r}, which is no item: correct its name")
    if reverse and scale is None:
        raise ValueError("reverse needs scale, the lowest and highest answer, such as (1, 5)")
    low, high = scale if scale is not None else (None, None)
    columns = {
        c: numbers(data[c], str(c), missing="keep", minimum=low, maximum=high) for c in items
    }
    X = pd.DataFrame(columns, index=data.index)
    for c in reverse:
        X[c] = low + high - X[c]
    complete = X.dropna()
    n = len(complete)
    if n < 3:
        raise ValueError(f"{n} people answered all items: at least 3 are needed, better 30")
    used = complete if missing == "leave out" else X
    C = used.cov().to_numpy()
    if not C.sum() > 0:
        raise ValueError(
            "the sum of the items is the same for everyone: there is nothing to compare"
        )
    table = _items(items, used, C)
    notes = []
    if len(X) > n:
        notes.append(f"{len(X) - n} of {len(X)} people left an item blank ({missing}).")
    if n < 30:
        notes.append(f"{n} people are few for alpha: look at the interval.")
    if (table["r_rest"] < 0).any():
        odd = table.loc[table["r_rest"].idxmin(), "item"]
        notes.append(
            f"{odd} runs against the other items: name it in reverse if it is worded the "
            f"other way round, else ask what it measures."
        )
    alpha = _alpha(C)
    df2 = (n - 1) * (len(items) - 1)
    se = (1 - alpha) * float(np.sqrt(stats.f.var(n - 1, df2))) if df2 > 4 else float("nan")
    return Reliability(alpha, se, n, table, tuple(notes))


def _alpha(C: np.ndarray) -> float:
    k = len(C)
    return float(k / (k - 1) * (1 - np.trace(C) / C.sum()))


def _items(items: list, X: pd.DataFrame, C: np.ndarray) -> pd.DataFrame:
    rows = []
    for j, item in enumerate(items):
        others = np.delete(np.arange(len(items)), j)
        rest = C[np.ix_(others, others)]
        spread = np.sqrt(C[j, j] * rest.sum()) if C[j, j] > 0 and rest.sum() > 0 else np.nan
        alone = len(others) < 2 or not rest.sum() > 0
        without = float("nan") if alone else _alpha(rest)
        rows.append((item, X[item].mean(), np.sqrt(C[j, j]), C[j, others].sum() / spread, without))
    return pd.DataFrame(rows, columns=["item", "mean", "sd", "r_rest", "alpha_without"])

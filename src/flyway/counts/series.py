"""One count a year: reading the series, and drawing a fitted line through it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flyway import results
from flyway.counts.glm import CountFit
from flyway.inputs import numbers, same_length, years_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def read_series(
    years: Iterable, counts: Iterable, whole: bool = True
) -> tuple[pd.DataFrame, tuple[str, ...], tuple[int, ...]]:
    """Read one count a year: a sorted table of counted years, notes, and the years without a count."""
    year = years_of(years)
    count = numbers(
        counts,
        "count",
        minimum=0,
        whole=whole,
        missing="keep",
        where=lambda i: f"year {year[i]:g}" if i < len(year) else "no year",
    )
    same_length(years=year, counts=count)
    values, times = np.unique(year, return_counts=True)
    if (times > 1).any():
        twice = values[times > 1][0]
        at = np.flatnonzero(year == twice)
        rows = ", ".join(str(years.index[i] if isinstance(years, pd.Series) else i) for i in at)
        raise ValueError(
            f"year {twice:g} is given {times[times > 1][0]} times (rows {rows}): keep one count "
            f"per year; add up sites first, or choose between conflicting figures and say why"
        )
    labels = counts.index if isinstance(counts, pd.Series) and counts.index.is_unique else None
    data = pd.DataFrame({"year": year, "count": count}, index=labels).sort_values("year")
    counted = data.dropna()  # keeps the row labels, for later messages
    if counted.empty:
        raise ValueError("no year has a count: every count is blank")
    whole_years = (year == np.round(year)).all()
    span = np.arange(counted["year"].min(), counted["year"].max() + 1) if whole_years else []
    missing = tuple(int(y) for y in span if y not in set(counted["year"]))
    notes = ()
    if missing:
        listed = ", ".join(map(str, missing[:6])) + (" …" if len(missing) > 6 else "")
        notes = (
            f"{len(missing)} of {len(span)} years have no count ({listed}): they were left blank.",
        )
    return counted, notes, missing


def lag1_of(year: np.ndarray, residuals: np.ndarray) -> float:
    """Correlation of residuals one year apart; NaN with fewer than 5 such pairs."""
    pair = np.flatnonzero(np.isclose(np.diff(year), 1))
    total = (residuals**2).mean()
    if len(pair) < 5 or total < 1e-12:
        return float("nan")
    return float((residuals[pair] * residuals[pair + 1]).mean() / total)


def band(x: np.ndarray, X: np.ndarray, fit: CountFit, level: float) -> pd.DataFrame:
    """Fitted mean at design rows X, with an interval that is symmetric on the log scale."""
    eta = X @ fit.params.to_numpy()
    se = np.sqrt(np.einsum("ij,jk,ik->i", X, fit.covariance, X))
    half = results.multiplier(level, fit.t_df) * se
    # where the curve runs to zero birds its upper end is beyond all numbers: infinite, and said so
    with np.errstate(over="ignore"):
        columns = {"year": x, "estimate": np.exp(eta), "se": np.exp(eta) * se}
        columns |= {"lower": np.exp(eta - half), "upper": np.exp(eta + half), "log_se": se}
    return pd.DataFrame(columns)


def draw(data: pd.DataFrame, line: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw counts, fitted line and interval; return the axes."""
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(layout="constrained")[1]
    ax.fill_between(
        line["year"], line["lower"], line["upper"], alpha=0.2, label="interval of the mean"
    )
    ax.plot(line["year"], line["estimate"], label="fitted")
    ax.scatter(data["year"], data["count"], s=18, color="0.25", label="counts", zorder=3)
    ax.set(xlabel="year", ylabel="birds counted")
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax

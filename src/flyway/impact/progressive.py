"""Does the effect come at once or grow with the years? Progressive-change BACI with paired series.

The difference D = impact − control of each date is followed over time; t is the time since the impact
began (0 before). Five shapes are compared by AICc:

    none: D = m                      step: D = m + s (after)         linear: D = m + b t
    asymptotic: D = m + s t / (h + t)      sigmoid: D = m + s t^k / (h^k + t^k)

Source: Thiault, Kernaléguen, Osenberg & Claudet (2017) Methods in Ecology and Evolution 8:288-296.
Fitted by least squares with scipy. No published case was at hand: the tests use simulated truth.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import OptimizeWarning, curve_fit

from flyway import results
from flyway.impact.design import read_design
from flyway.inputs import numbers, one_of, require_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _hill(t: np.ndarray, s: float, h: float, k: float) -> np.ndarray:
    """Rise from 0 to s, half of it at t = e^h; exponents keep half-time and steepness above 0."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(t > 0, s / (1 + np.exp(np.exp(k) * (h - np.log(t)))), 0.0)


SHAPES: dict[str, Callable] = {
    "none": lambda t, m: m + 0 * t,
    "step": lambda t, m, s: m + s * (t > 0),
    "linear": lambda t, m, b: m + b * t,
    "asymptotic": lambda t, m, s, h: m + _hill(t, s, h, 0.0),
    "sigmoid": lambda t, m, s, h, k: m + _hill(t, s, h, k),
}
PARAMETERS = {"none": 1, "step": 2, "linear": 2, "asymptotic": 3, "sigmoid": 4}


@dataclass(frozen=True)
class ProgressiveBaci:
    """Shapes of change compared, the best one, and its effect at the last date.

    shape : the best shape: "none", "step", "linear", "asymptotic" or "sigmoid".
    estimate, se : effect at the last date under that shape, and its standard error.
    models : table of the shapes with their AICc.
    """

    shape: str
    estimate: float
    se: float
    df: int
    models: pd.DataFrame
    notes: tuple[str, ...]
    differences: pd.DataFrame = field(repr=False)
    fits: dict = field(repr=False)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of the effect at the last date under the best shape."""
        return results.interval(self.estimate, self.se, level, self.df)

    def effect(self, since: float, shape: str | None = None) -> tuple[float, float]:
        """Return effect and standard error (delta method) `since` time units after the impact began."""
        shape = self.shape if shape is None else one_of(shape, "shape", self.fits)
        since = float(numbers([since], "since", minimum=0)[0])
        return _effect(shape, *self.fits[shape][:2], since)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the effect at the last date for every shape: the best shape comes first."""
        last = self.differences["since"].max()
        rows = []
        for shape in self.models["shape"]:
            value, se = self.effect(last, shape)
            rows.append(
                (shape, value, se, *results.interval(value, se, level, self.fits[shape][2]))
            )
        return results.table(rows).merge(
            self.models.rename(columns={"shape": "quantity"}), on="quantity"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the differences over time and the best shape."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        d = self.differences
        start = (d["time"] - d["since"])[d["since"] > 0].iloc[0]
        grid = np.linspace(d["time"].min(), d["time"].max(), 300)
        line = SHAPES[self.shape](np.maximum(grid - start, 0), *self.fits[self.shape][0])
        ax.scatter(d["time"], d["difference"], s=18, color="0.25", label="impact − control")
        ax.plot(grid, line, label=f"{self.shape} change")
        ax.axvline(start, linestyle="--", color="0.45", label="impact begins")
        ax.set(xlabel="time", ylabel="difference")
        ax.legend()
        return ax


def progressive_baci(
    data: pd.DataFrame,
    response: str = "count",
    *,
    start: float,
    date: str = "year",
    treatment: str = "treatment",
    site: str | None = None,
    impact: Hashable | None = None,
    log: bool = False,
) -> ProgressiveBaci:
    """Find out whether an impact came at once, grew steadily, or grew and then levelled off.

    Parameters
    ----------
    data : one row per count. response, treatment, site, impact, log : as in `baci`.
    date : column with the time as a number (year, or days). start : the time at which the impact
        began; a date equal to `start` is still before.

    Several sites of a kind are averaged by date; dates without both kinds are left out and told.
    Errors: ValueError for fewer than 3 paired dates before or after, and as in `baci`.
    Misleads when dates are few: AICc then prefers simple shapes, and a slow effect looks like none.
    """
    require_columns(data, [date], "the BACI table")
    data = data.reset_index(drop=True) if data.index.has_duplicates else data
    time = numbers(data[date], date)
    start = float(numbers([start], "start")[0])
    table = data.assign(_period=np.where(time > start, "after", "before"))
    study = read_design(table, response, treatment, "_period", site, date, impact, None, log)
    rows = study.table.assign(time=pd.Series(time, index=data.index)[study.table.index])
    by_site = rows.groupby(["time", "site", "impact"])["y"].mean().reset_index()
    wide = by_site.pivot_table(values="y", index="time", columns="impact")
    alone = wide.index[wide.isna().any(axis=1)]
    notes = study.notes
    if len(alone):
        notes += (
            f"{len(alone)} dates with a count at one kind of site only were left out "
            f"({', '.join(f'{t:g}' for t in alone[:5])}).",
        )
    wide = wide.dropna()
    t = wide.index.to_numpy(float)
    y = (wide[1] - wide[0]).to_numpy()
    since = np.maximum(t - start, 0)
    sizes = int((since == 0).sum()), int((since > 0).sum())
    if min(sizes) < 3:
        raise ValueError(
            f"there are {sizes[0]} paired dates before and {sizes[1]} after: shapes need 3 of each, "
            f"better 8 or more"
        )
    fits, table_rows = {}, []
    for shape in SHAPES:
        fit = _fit(shape, since, y)
        if fit is not None:
            fits[shape] = fit
            table_rows.append((shape, len(fit[0]) + 1, fit[3]))
    models = pd.DataFrame(table_rows, columns=["shape", "parameters", "aicc"])
    models["delta"] = models["aicc"] - models["aicc"].min()
    models["weight"] = np.exp(-models["delta"] / 2) / np.exp(-models["delta"] / 2).sum()
    models = models.sort_values("aicc", ignore_index=True)
    left_out = [s for s in SHAPES if s not in fits]
    if left_out:
        notes += (f"Not fitted (too few dates, or no top found): {', '.join(left_out)}.",)
    shape = models["shape"].iloc[0]
    if models["weight"].iloc[0] < 0.7:
        notes += ("No shape stands out: report the effect under the two best ones.",)
    params, covariance, df, _ = fits[shape]
    estimate, se = _effect(shape, params, covariance, float(since.max()))
    differences = pd.DataFrame({"time": t, "since": since, "difference": y})
    return ProgressiveBaci(shape, estimate, se, df, models, notes, differences, fits)


def _fit(shape: str, t: np.ndarray, y: np.ndarray) -> tuple | None:
    """Least squares: parameters, covariance, residual df, AICc; None where dates are too few.

    Level and size are linear once half-time and steepness are fixed: these two are searched on a
    grid, so that a flat series cannot lead the optimiser astray, and then polished together.
    """
    n, p = len(y), PARAMETERS[shape]
    if n - p - 2 < 1:
        return None
    middle = float(np.log(np.median(t[t > 0])))
    room = [(middle - 5, middle + 3)] if shape == "asymptotic" else []
    if shape == "sigmoid":
        room = [(middle - 3, middle + 2), (0.0, 3.0)]
    best, best_rss = None, np.inf
    for fixed in product(*[np.linspace(low, high, 12)[1:-1] for low, high in room]):
        ones = [1.0] * (p - 1 - len(room))
        column = [SHAPES[shape](t, 0.0, *ones, *fixed)] if p > 1 else []
        design = np.column_stack([np.ones(n), *column])
        linear = np.linalg.lstsq(design, y, rcond=None)[0]
        rss = float(((y - design @ linear) ** 2).sum())
        if rss < best_rss:
            best, best_rss = np.r_[linear, fixed], rss
    ends = [(-np.inf, np.inf)] * (p - len(room)) + room
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            params, covariance = curve_fit(
                SHAPES[shape],
                t,
                y,
                p0=best,
                bounds=tuple(zip(*ends, strict=True)),
                method="trf",
                max_nfev=100,
            )
        except RuntimeError:
            return None
    rss = float(((y - SHAPES[shape](t, *params)) ** 2).sum())
    aicc = n * np.log(max(rss, 1e-300) / n) + 2 * (p + 1) + 2 * (p + 1) * (p + 2) / (n - p - 2)
    return params, covariance, n - p, float(aicc)


def _effect(
    shape: str, params: np.ndarray, covariance: np.ndarray, since: float
) -> tuple[float, float]:
    at = np.array([since])

    def value(theta: np.ndarray) -> float:
        return float((SHAPES[shape](at, *theta) - theta[0])[0])

    steps = np.eye(len(params)) * 1e-5
    slope = np.array([(value(params + s) - value(params - s)) / 2e-5 for s in steps])
    return value(params), float(np.sqrt(max(slope @ covariance @ slope, 0)))

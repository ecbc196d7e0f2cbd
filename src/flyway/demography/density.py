"""Does growth slow down as birds become many? Three models of one series of counts.

With r = ln(N_next / N) of consecutive years:

    none:      r = a + noise        (the random walk of `extinction_risk`)
    ricker:    r = a − b N + noise,    level K = a / b
    gompertz:  r = a − b ln N + noise, level K = exp(a / b)

compared by AICc. A series that only wanders also seems to turn back (regression to the mean), so that
the usual t test finds density dependence too often; the p value is that of Dennis & Taper's test, which
simulates wandering series.

Sources: Dennis & Taper (1994) Ecological Monographs 64:205-224; Morris & Doak (2002) ch. 4. No published
case was at hand: the tests use simulated truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm

from flyway import results
from flyway.demography.steps import read_steps
from flyway.inputs import numbers, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODELS = ("none", "ricker", "gompertz")


@dataclass(frozen=True)
class DensityComparison:
    """Models compared, the best one, and the level at which growth would stop.

    best : "none", "ricker" or "gompertz".
    models : table of the models with growth a, slope b, scatter and AICc weight.
    estimate, se : level K of the better model with density dependence, and its standard error.
    p_value : how often a series without density dependence would look like this one.
    """

    best: str
    models: pd.DataFrame
    estimate: float
    se: float
    p_value: float
    notes: tuple[str, ...]
    data: pd.DataFrame = field(repr=False)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of K, symmetric on the log scale."""
        return results.log_interval(self.estimate, self.se, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the level K, the p value, and per model growth a, slope b, sigma and AICc weight."""
        nan = float("nan")
        rows = [
            ("level K (birds)", self.estimate, self.se, *self.interval(level)),
            ("p value of no density dependence", self.p_value, nan, nan, nan),
        ]
        rows += [
            (f"AICc weight: {m.model}", m.weight, nan, nan, nan) for m in self.models.itertuples()
        ]
        return results.table(rows)

    def project(
        self,
        years: int = 50,
        *,
        threshold: float,
        model: str | None = None,
        current: float | None = None,
        runs: int = 5000,
        seed: int = 1,
    ) -> pd.DataFrame:
        """Simulate futures; return by year: median, lower and upper birds, and `below` the threshold.

        model : "none", "ricker" or "gompertz" (default: the best). Compare models: with density
        dependence populations fall back from peaks, without it they may grow for ever.
        """
        chosen = one_of(self.best if model is None else model, "model", MODELS)
        row = self.models.set_index("model").loc[chosen]
        steps = int(numbers([years], "years", minimum=1, maximum=10_000, whole=True)[0])
        limit = float(numbers([threshold], "threshold", minimum=0)[0])
        now = self.data["count"].iloc[-1] if current is None else current
        runs = int(numbers([runs], "runs", minimum=10, maximum=1e6, whole=True)[0])
        n = np.full(runs, float(numbers([now], "current", minimum=1e-9)[0]))
        rng = np.random.default_rng(seed)
        below, rows = np.zeros(runs, dtype=bool), []
        for year in range(1, steps + 1):
            n = n * np.exp(
                np.clip(_growth(chosen, row["a"], row["b"], n), -50, 50)
                + rng.normal(0, row["sigma"], len(n))
            )
            n = np.clip(n, 1e-9, 1e12)
            below |= n < limit
            low, middle, high = np.quantile(n, [0.025, 0.5, 0.975])
            rows.append((year, middle, low, high, below.mean()))
        return pd.DataFrame(rows, columns=["year", "estimate", "lower", "upper", "below"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw growth against birds, with the models."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        steps = self.data.dropna()
        ax.scatter(steps["count"], steps["r"], s=18, color="0.25", label="growth of one year")
        grid = np.linspace(steps["count"].min(), steps["count"].max(), 200)
        for m in self.models.itertuples():
            ax.plot(grid, _growth(m.model, m.a, m.b, grid), label=m.model)
        ax.axhline(0, linestyle="--", color="0.45")
        ax.set(xlabel="birds", ylabel="growth, ln(N next / N)")
        ax.legend()
        return ax


def _growth(model: str, a: float, b: float, n: np.ndarray) -> np.ndarray:
    return a - b * (n if model == "ricker" else np.log(n)) if model != "none" else a + 0 * n


def compare_density(
    years: Iterable, counts: Iterable, *, replicates: int = 1000, seed: int = 1
) -> DensityComparison:
    """Find out whether a population grows more slowly when it is large.

    Parameters
    ----------
    years, counts : as in `extinction_risk`. Steps over a missing year are left out and told.
    replicates : simulated series for the p value. seed : the same seed gives the same p.

    Errors: ValueError for counts of 0, fewer than 8 steps of one year, a series that never varies.
    Assumes counts without error, one a year.
    Misleads when counts err: a count that was too low is followed by "growth", which looks like
    density dependence. Few series are long enough; no density dependence found is not none.
    """
    data, notes = read_steps(years, counts)
    year, n = data["year"].to_numpy(), data["count"].to_numpy()
    one = np.isclose(np.diff(year), 1)
    if not one.all():
        notes += (f"{(~one).sum()} steps over missing years were left out.",)
    start, r = n[:-1][one], np.diff(np.log(n))[one]
    q = len(r)
    if q < 8:
        raise ValueError(
            f"{q} steps of one year are too few for density dependence: give 8 or more"
        )
    if np.ptp(r) < 1e-9:
        raise ValueError("growth is exactly the same each year: there is nothing to compare")
    rows, covariances = [], {}
    for model in MODELS:
        columns = [np.ones(q)]
        if model != "none":
            columns.append(-(start if model == "ricker" else np.log(start)))
        fit = sm.OLS(r, np.column_stack(columns)).fit()
        k = len(columns) + 1
        aicc = -2 * fit.llf + 2 * k * q / (q - k - 1)
        b = float(fit.params[1]) if model != "none" else 0.0
        t = float(fit.tvalues[1]) if model != "none" else 0.0
        rows.append((model, float(fit.params[0]), b, float(np.sqrt(fit.scale)), float(aicc), t))
        covariances[model] = fit.cov_params()
    models = pd.DataFrame(rows, columns=["model", "a", "b", "sigma", "aicc", "t"])
    delta = models["aicc"] - models["aicc"].min()
    models["weight"] = np.exp(-delta / 2) / np.exp(-delta / 2).sum()
    dense = models[models["model"] != "none"].sort_values("aicc").iloc[0]
    a, b = dense["a"], dense["b"]
    V = np.asarray(covariances[dense["model"]])
    if b > 0 and a > 0:
        level = a / b if dense["model"] == "ricker" else float(np.exp(a / b))
        slope = np.array([1 / b, -a / b**2]) * (1 if dense["model"] == "ricker" else level)
        error = float(np.sqrt(slope @ V @ slope))
    else:
        level = error = float("nan")
        notes += ("Growth does not fall as birds increase: there is no level K.",)
    models = models.sort_values("aicc", ignore_index=True)
    p = _wander_test(dense["model"], dense["t"], n[0], r, replicates, seed)
    best = str(models["model"].iloc[0])
    if best != "none" and p > 0.05:
        notes += (
            f"AICc prefers {best}, but series that only wander look like this often (p = {p:.2f}).",
        )
    frame = data.assign(r=np.r_[np.where(one, np.diff(np.log(n)), np.nan), np.nan])
    return DensityComparison(best, models, float(level), error, p, notes, frame)


def _wander_test(
    model: str, t_seen: float, start: float, r: np.ndarray, replicates: int, seed: int
) -> float:
    """Share of wandering series (same mean growth and noise) that seem at least as density dependent."""
    runs = int(numbers([replicates], "replicates", minimum=99, maximum=100_000, whole=True)[0])
    q = len(r)
    noise = np.random.default_rng(seed).normal(r.mean(), r.std(ddof=1), (runs, q))
    log_n = np.log(start) + np.hstack([np.zeros((runs, 1)), np.cumsum(noise, axis=1)[:, :-1]])
    x = -np.exp(np.clip(log_n, -300, 300)) if model == "ricker" else -log_n
    x = x - x.mean(axis=1, keepdims=True)
    y = noise - noise.mean(axis=1, keepdims=True)
    sxx = (x**2).sum(axis=1)
    slope = (x * y).sum(axis=1) / sxx
    residual = ((y - slope[:, None] * x) ** 2).sum(axis=1) / (q - 2)
    t = slope / np.sqrt(residual / sxx)
    return float(((t >= t_seen).sum() + 1) / (runs + 1))

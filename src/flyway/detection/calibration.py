"""How wrong is the eye, and how is a count corrected? Flock counts against photographs.

An observer estimates a flock; a photograph of the same flock is counted bird by bird. The pairs
give the observer's bias (`observer_ratio`) and a calibration that corrects further counts by the
same observer (`calibrate`).

Sources: Cochran (1977) Sampling Techniques, 3rd ed., ch. 6 (ratio) and Cook & Jacobson (1979)
Biometrics 35:735-742 (visibility bias in aerial counts). The snow goose flocks that the tests
use are problem 5.5 of Weisberg (2005) Applied Linear Regression.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm

from flyway import results
from flyway.detection.observer import ObserverRatio, observer_ratio
from flyway.inputs import numbers, one_of, same_length

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["METHODS", "Calibration", "ObserverRatio", "calibrate", "observer_ratio"]

METHODS = ("regression", "ratio", "sqrt")


@dataclass(frozen=True)
class Calibration:
    """The line that turns a visual flock count into a photograph count.

    `coefficients` is (intercept, slope), for the ratio (0, R); on the square-root scale for
    method "sqrt". `covariance` is theirs (2 × 2) and `residual_variance` the scatter of flocks.

    coefficients, covariance : intercept and slope, and their covariance (2 × 2).
    residual_variance : scatter of flocks around the line.
    """

    method: str
    coefficients: np.ndarray
    covariance: np.ndarray
    residual_variance: float
    df: int
    visual: np.ndarray = field(repr=False)
    photo: np.ndarray = field(repr=False)

    @property
    def estimate(self) -> float:
        """The slope (regression, sqrt) or the ratio."""
        return float(self.coefficients[1])

    @property
    def se(self) -> float:
        """Standard error of `estimate`."""
        return float(np.sqrt(self.covariance[1, 1]))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of the slope or ratio."""
        return results.interval(self.estimate, self.se, level, self.df)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the coefficients with standard errors and intervals."""
        scale = " (square-root scale)" if self.method == "sqrt" else ""
        names = ["ratio"] if self.method == "ratio" else [f"intercept{scale}", f"slope{scale}"]
        rows = []
        for name, i in zip(names, [1] if self.method == "ratio" else [0, 1], strict=True):
            value, se = self.coefficients[i], np.sqrt(self.covariance[i, i])
            rows.append((name, value, se, *results.interval(value, se, level, self.df)))
        return results.table(rows)

    def correct(self, counts: Iterable, level: float = 0.95) -> pd.DataFrame:
        """Correct visual counts of single flocks; intervals hold for each flock, not for the sum.

        Returns a table with one row per count: count, corrected, lower, upper (prediction
        interval, never below 0) and extrapolated (True outside the calibrated flock sizes).
        A blank count stays blank.
        """
        counts_series = counts if isinstance(counts, pd.Series) else pd.Series(list(counts))
        x = numbers(counts_series, "count", minimum=0, missing="keep")
        design = self._design(x)
        fit = design @ self.coefficients
        variance = np.einsum("ij,jk,ik->i", design, self.covariance, design) + self._scatter(x)
        half = results.multiplier(level, self.df) * np.sqrt(variance)
        corrected, low, high = fit, np.maximum(fit - half, 0), np.maximum(fit + half, 0)
        if self.method == "sqrt":  # E(photo) = (E √photo)² + variance of √photo
            corrected, low, high = fit**2 + self.residual_variance, low**2, high**2
        inside = (x >= self.visual.min()) & (x <= self.visual.max())
        columns = {
            "count": x,
            "corrected": np.maximum(corrected, 0),
            "lower": low,
            "upper": high,
            "extrapolated": ~inside & ~np.isnan(x),
        }
        return pd.DataFrame(columns, index=counts_series.index)

    def total(self, counts: Iterable, level: float = 0.95) -> pd.DataFrame:
        """Correct the sum of several flocks: scatter averages out, the shared bias does not.

        The variance of the total is s'Vs + Σ scatter, with s the summed design (for "sqrt" by
        the delta method). Returns one row: counted, estimate, se, lower, upper.
        """
        x = numbers(counts, "count", minimum=0)
        design = self._design(x)
        fit = design @ self.coefficients
        slope, scatter, total = np.ones_like(x), self._scatter(x), fit.sum()
        if self.method == "sqrt":
            s2 = self.residual_variance
            slope, total = 2 * fit, (fit**2 + s2).sum()
            scatter = 4 * fit**2 * s2 + 2 * s2**2
        shared = slope @ design
        se = float(np.sqrt(shared @ self.covariance @ shared + scatter.sum()))
        low, high = results.interval(total, se, level, self.df)
        row = {
            "counted": x.sum(),
            "estimate": total,
            "se": se,
            "lower": max(low, 0.0),
            "upper": high,
        }
        return pd.DataFrame([row])

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw flocks, the calibration, its prediction band and the line of no bias."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        line = self.correct(np.linspace(0, self.visual.max(), 200), level)
        ax.fill_between(line["count"], line["lower"], line["upper"], alpha=0.2, label="prediction")
        ax.plot(line["count"], line["corrected"], label=f"calibration ({self.method})")
        ax.plot(line["count"], line["count"], linestyle="--", color="0.45", label="no bias")
        ax.scatter(self.visual, self.photo, s=14, color="0.25", label="flocks")
        ax.set(xlabel="counted by eye (birds)", ylabel="counted on the photograph (birds)")
        ax.legend()
        return ax

    def _design(self, x: np.ndarray) -> np.ndarray:
        if self.method == "ratio":
            return np.column_stack([np.zeros_like(x), x])
        return np.column_stack([np.ones_like(x), np.sqrt(x) if self.method == "sqrt" else x])

    def _scatter(self, x: np.ndarray) -> np.ndarray:
        return self.residual_variance * (x if self.method == "ratio" else np.ones_like(x))


def calibrate(visual: Iterable, photo: Iterable, method: str = "regression") -> Calibration:
    """Learn from photographed flocks how to correct an observer's counts.

    - "regression": photo = a + b · visual, ordinary least squares. Its scatter is one number for
      all flocks: too wide for small flocks, too narrow for large ones.
    - "ratio": photo = R · visual with R = Σ photo / Σ visual and, with e = photo − R · visual,
      se(R) = √(n/(n−1) · Σ e²) / Σ visual (Cochran 1977, eq. 6.13, without finite-population
      correction). Prediction: scatter grows with the flock, var = s² · visual,
      s² = Σ(e²/visual)/(n−1) over flocks seen by eye. Flocks missed by eye (visual 0) raise R.
    - "sqrt": √photo = a + b · √visual. The square root makes the scatter about equal for small
      and large flocks (variance stabilised); back on the birds' scale the mean is fit² + s².

    Parameters
    ----------
    visual, photo : birds per flock by eye and on the photograph, same order, length n ≥ 3.
    method : one of the three above.

    Errors: ValueError for blanks, negative counts, fewer than three flocks, visual counts that
    are all the same (regression, sqrt) or sum to 0 (ratio).
    Misleads when the flocks to be corrected are larger than those photographed, or were counted
    by someone else. `correct()` marks the first; only the observer knows the second.

    Examples
    --------
    >>> from flyway import datasets
    >>> flocks = datasets.load("flock_estimates").dropna()
    >>> line = calibrate(flocks["counter_a"], flocks["photo"], method="ratio")
    >>> line.correct([100, 400])["corrected"].round().tolist()
    [132.0, 526.0]
    """
    one_of(method, "method", METHODS)
    visual = numbers(visual, "visual count", minimum=0)
    photo = numbers(photo, "photo count", minimum=0)
    n = same_length(visual=visual, photo=photo)
    if n < 3:
        raise ValueError(f"{n} flocks are too few for a calibration: give at least 3, better 20")
    if method == "ratio":
        return _ratio(visual, photo, n)
    if np.ptp(visual) == 0:
        raise ValueError(
            f"every visual count is {visual[0]:g}: flocks of different sizes are needed for a "
            f"line; use method='ratio' or add flocks"
        )
    x, y = (np.sqrt(visual), np.sqrt(photo)) if method == "sqrt" else (visual, photo)
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    return Calibration(
        method, fit.params, fit.cov_params(), float(fit.scale), int(fit.df_resid), visual, photo
    )


def _ratio(visual: np.ndarray, photo: np.ndarray, n: int) -> Calibration:
    if visual.sum() == 0:
        raise ValueError("every visual count is 0: a ratio needs birds that were seen by eye")
    ratio = photo.sum() / visual.sum()
    error = photo - ratio * visual
    variance = n / (n - 1) * (error**2).sum() / visual.sum() ** 2
    seen = visual > 0
    scatter = (
        float((error[seen] ** 2 / visual[seen]).sum() / (seen.sum() - 1)) if seen.sum() > 1 else 0.0
    )
    return Calibration(
        "ratio",
        np.array([0.0, ratio]),
        np.array([[0.0, 0.0], [0.0, variance]]),
        scatter,
        n - 1,
        visual,
        photo,
    )

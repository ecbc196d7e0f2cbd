"""How fast over the whole period? The overall slope of yearly totals, and its class.

The slope is the least-squares line through log totals; its variance follows from the covariance of
the totals (a sandwich), so that totals that were imputed together are not counted as independent.
Classes: the six of TRIM, read from the 95 % interval of the yearly multiplier.
Source: Pannekoek & van Strien (2001) TRIM 3 Manual, Statistics Netherlands; van Strien, Pannekoek &
Gibbons (2001) Bird Study 48:200-213.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results


@dataclass(frozen=True)
class OverallSlope:
    """Slope per year on the log scale (`slope`, `slope_se`), `estimate` = exp(slope), and the class.

    slope, slope_se : per year, on the log scale.
    intercept : of the line through the log totals.
    classification : the TRIM class in words.
    """

    slope: float
    slope_se: float
    intercept: float
    df: int
    classification: str

    @property
    def estimate(self) -> float:
        """Yearly multiplier."""
        return float(np.exp(self.slope))

    @property
    def percent(self) -> float:
        """Change in per cent a year."""
        return 100 * (self.estimate - 1)

    @property
    def se(self) -> float:
        """Standard error of the multiplier (delta method)."""
        return self.estimate * self.slope_se

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the yearly multiplier (t with years − 2 df, on the log scale)."""
        if self.df < 1:
            return float("nan"), float("nan")
        low, high = results.interval(self.slope, self.slope_se, level, self.df)
        return float(np.exp(low)), float(np.exp(high))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return slope, multiplier and change in per cent, with the class in every row."""
        low, high = self.interval(level)
        table = results.table(
            [
                (
                    "slope (log scale, per year)",
                    self.slope,
                    self.slope_se,
                    np.log(low),
                    np.log(high),
                ),
                ("yearly multiplier", self.estimate, self.se, low, high),
                (
                    "change (% per year)",
                    100 * (self.estimate - 1),
                    100 * self.se,
                    100 * (low - 1),
                    100 * (high - 1),
                ),
            ]
        )
        return table.assign(classification=self.classification)


def overall_slope(years: np.ndarray, totals: np.ndarray, covariance: np.ndarray) -> OverallSlope:
    """Fit one slope through the logarithms of yearly totals, knowing how uncertain each total is.

    Parameters
    ----------
    years : J calendar years. totals : J totals above 0. covariance : J × J, of the totals.

    Errors: ValueError for totals of 0 or less.
    Misleads when the totals bend: one slope then describes no part of the period.
    """
    if (totals <= 0).any():
        year = years[totals <= 0][0]
        raise ValueError(f"the total of {year:g} is 0: a slope of logs needs totals above 0")
    X = np.column_stack([np.ones_like(years, dtype=float), years])
    weights = np.linalg.pinv(X)
    intercept, slope = weights @ np.log(totals)
    log_covariance = covariance / np.outer(totals, totals)
    variance = float(weights[1] @ log_covariance @ weights[1])
    se = float(np.sqrt(max(variance, 0)))
    df = len(years) - 2
    return OverallSlope(float(slope), se, float(intercept), df, classify(slope, se, df))


def classify(slope: float, se: float, df: int, level: float = 0.95) -> str:
    """Return the TRIM class of a yearly slope (log scale) from its interval.

    Strong increase: lower end above 1.05 a year. Moderate increase: above 1. Stable: the interval
    holds 1 and lies within 0.95 to 1.05. Uncertain: it holds 1 and is wider. Decreases mirror this.

    Parameters
    ----------
    slope, se : per year on the log scale. df : degrees of freedom. level : coverage of the interval.

    Errors: ValueError for a level outside 0 to 1.
    """
    if df < 1:
        return "Uncertain"
    low, high = np.exp(results.interval(slope, se, level, df))
    if low > 1.05:
        return "Strong increase"
    if high < 0.95:
        return "Strong decrease"
    if low > 1 + 1e-9:
        return "Moderate increase"
    if high < 1 - 1e-9:
        return "Moderate decrease"
    if low > 0.95 and high < 1.05:
        return "Stable"
    return "Uncertain"

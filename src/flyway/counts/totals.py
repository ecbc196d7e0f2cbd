"""Yearly totals over sites, their covariance, and the index that is their ratio.

Model totals: V = G D⁻¹ G' + (GF − H) E⁻¹ (GF − H)', with G the (weighted) expected counts, D and F
from the fit, H = Σ_i w μ_ij B_ij and E the information on the year parameters. Imputed totals
replace the model's variance in counted cells by that of the counts themselves.
Source: Pannekoek & van Strien (2001) TRIM 3 Manual, appendix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results
from flyway.counts.gee import GeeFit
from flyway.counts.grid import Grid


@dataclass(frozen=True)
class Totals:
    """Yearly totals (J) and their covariance (J × J)."""

    years: np.ndarray
    total: np.ndarray
    covariance: np.ndarray

    @property
    def se(self) -> np.ndarray:
        """Standard errors of the totals."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0))

    def relative_to(
        self, base: float | Iterable | None = None, level: float = 0.95
    ) -> pd.DataFrame:
        """Return totals / mean total of the base years, with se by the delta method."""
        chosen = [self.years[0]] if base is None else np.atleast_1d(np.asarray(base, dtype=float))
        unknown = [b for b in chosen if b not in self.years]
        if unknown:
            raise ValueError(
                f"base year {unknown[0]:g} is not one of {self.years[0]:g} to {self.years[-1]:g}"
            )
        at = np.isin(self.years, chosen)
        mean = self.total[at].mean()
        if not mean > 0:
            raise ValueError("the base total is 0: choose a base year with birds")
        index = self.total / mean
        gradient = (np.eye(len(index)) - np.outer(index, at / at.sum())) / mean
        variance = np.einsum("ij,jk,ik->i", gradient, self.covariance, gradient)
        se = np.sqrt(np.maximum(variance, 0))
        ends = [results.log_interval(t, s, level) for t, s in zip(index, se, strict=True)]
        table = pd.DataFrame({"year": self.years.astype(int), "estimate": index, "se": se})
        table[["lower", "upper"]] = np.array(ends)
        return table


def time_totals(
    grid: Grid, fit: GeeFit, mu: np.ndarray, base: np.ndarray, classes: list[np.ndarray]
) -> tuple[Totals, Totals]:
    """Return imputed and model totals; mu is I × J, base J × p, classes q arrays of I × J."""
    seen = np.isfinite(grid.counts)
    expected = grid.weights * mu
    observed = np.where(seen, expected, 0.0)
    inverse = np.linalg.inv(fit.information)

    def variance(G: np.ndarray) -> np.ndarray:
        H = np.hstack([(G * c).sum(axis=0)[:, None] * base for c in classes])
        lever = G.T @ fit.F - H
        return G.T @ (G / fit.d[:, None]) + lever @ inverse @ lever.T

    lag = np.abs(np.subtract.outer(grid.position, grid.position))
    correlation = fit.rho**lag if fit.rho else np.eye(len(grid.years))
    root = np.where(seen, grid.weights * np.sqrt(mu), 0.0)
    counted = fit.sigma2 * correlation * (root.T @ root)
    of_model = variance(expected)
    of_imputed = of_model - variance(observed) + counted
    imputed = np.where(seen, grid.weights * np.where(seen, grid.counts, 0), expected).sum(axis=0)
    return (
        Totals(grid.years, imputed, of_imputed),
        Totals(grid.years, expected.sum(axis=0), of_model),
    )

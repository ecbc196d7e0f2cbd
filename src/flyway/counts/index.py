"""Is the population changing over many sites, when not every site was counted every year?

Site × year indices with missing counts (TRIM models 2 and 3). Each site has its own level, all sites
(of a class) share the yearly change, and missing counts are filled in from the model:

    model 3:  log μ_ij = α_i + γ_j                 a separate effect for each year
    model 2:  log μ_ij = α_i + β_k (j − k)          straight lines that may bend at change points

Sources: Pannekoek & van Strien (2001) TRIM 3 Manual, Statistics Netherlands; van Strien, Pannekoek
& Gibbons (2001) Bird Study 48:200-213; Bogaart, van der Loo & Pannekoek, R package rtrim.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from numbers import Number
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flyway import results
from flyway.counts.gee import Observed, fit_gee
from flyway.counts.grid import Grid, read_grid
from flyway.counts.slope import OverallSlope, overall_slope
from flyway.counts.totals import Totals, time_totals
from flyway.counts.wald import wald_tests
from flyway.counts.yearmodel import (
    check_years,
    class_columns,
    coefficient_table,
    notes_on,
    year_design,
)
from flyway.inputs import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Index:
    """A fitted site × year model: totals, index, overall slope, and how the counts scatter.

    years : calendar years of the index.
    coefficients : table of year effects or slopes, on the log scale.
    overdispersion : scatter beyond Poisson counts (σ²; 1 = none).
    serial_correlation : how alike neighbouring years of a site are (ρ).
    chi2, likelihood_ratio : how far the counts lie from the model, to compare models.
    """

    model: int
    years: np.ndarray
    coefficients: pd.DataFrame
    overdispersion: float
    serial_correlation: float
    chi2: float
    likelihood_ratio: float
    df: int
    converged: bool
    notes: tuple[str, ...]
    totals_imputed: Totals = field(repr=False)
    totals_model: Totals = field(repr=False)
    observed: np.ndarray = field(repr=False)
    grid: Grid = field(repr=False)
    mu: np.ndarray = field(repr=False)
    covariance: np.ndarray = field(repr=False)
    settings: tuple = field(repr=False)

    @property
    def aic(self) -> float:
        """Likelihood ratio − 2 df: comparable between models of the same counts."""
        return self.likelihood_ratio - 2 * self.df

    def index(
        self, base: float | Iterable | None = None, which: str = "imputed", level: float = 0.95
    ) -> pd.DataFrame:
        """Return the index: each year's total divided by the mean total of the base year(s).

        base : a year or several; default: the first year. which : "imputed" (counts where there
        are counts, model elsewhere; the default) or "model". Intervals are symmetric on the log
        scale and never reach below zero.
        """
        return self._which(which).relative_to(base, level)

    def totals(self, level: float = 0.95) -> pd.DataFrame:
        """Return per year: birds counted (times weight), imputed and model totals, sites counted."""
        table = pd.DataFrame({"year": self.years.astype(int), "counted": self.observed})
        for name, totals in (("imputed", self.totals_imputed), ("model", self.totals_model)):
            ends = [
                results.log_interval(t, s, level)
                for t, s in zip(totals.total, totals.se, strict=True)
            ]
            table[name], table[f"{name}_se"] = totals.total, totals.se
            table[[f"{name}_lower", f"{name}_upper"]] = np.array(ends)
        every = np.vstack([self.grid.counts, self.grid.empty_counts])
        table["sites_counted"] = np.isfinite(every).sum(axis=0)
        return table

    def slope(self, which: str = "imputed") -> OverallSlope:
        """Return the overall slope of the totals and its class (of the six TRIM classes)."""
        chosen = self._which(which)
        return overall_slope(self.years, chosen.total, chosen.covariance)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the yearly multiplier (imputed overall slope)."""
        return self.slope().interval(level)

    def tests(self) -> pd.DataFrame:
        """Return Wald tests of the model: hypothesis, wald, df, p (a small p speaks against it).

        Model 3: no change at all, and a linear trend. Model 2: no trend, or no change of slope at
        each change point. With covariates: no difference between classes (TRIM's own tests).
        Misleads when few sites were counted (false alarms 8 to 10 % instead of 5 % at 15 sites), and
        badly when the scatter of large sites exceeds σ² times the mean, as with whole flocks that
        come or stay away: then judge the change by `bootstrap_index`, which draws whole sites.
        """
        return wald_tests(
            self.model,
            self.years,
            self.settings[1],
            self.grid.levels,
            self.coefficients["estimate"].to_numpy(),
            self.covariance,
        )

    @property
    def classification(self) -> str:
        """The TRIM class of the imputed overall slope."""
        return self.slope().classification

    def imputed(self) -> pd.DataFrame:
        """Return every site and year: count (blank where none), model, and imputed value."""
        grid, J = self.grid, len(self.years)
        sites = np.r_[grid.sites, np.asarray(grid.empty, dtype=grid.sites.dtype)]
        counts = np.vstack([grid.counts, grid.empty_counts]).ravel()
        model = np.vstack([self.mu, np.zeros_like(grid.empty_counts)]).ravel()
        table = pd.DataFrame(
            {
                "site": np.repeat(sites, J),
                "year": np.tile(self.years.astype(int), len(sites)),
                "count": counts,
                "model": model,
                "imputed": np.where(np.isnan(counts), model, counts),
            }
        )
        return table

    def summary(self) -> pd.DataFrame:
        """Return the imputed index by year: year, estimate, se, lower, upper (tests: `.tests()`)."""
        return self.index()

    def plot(self, ax: Axes | None = None, base: float | Iterable | None = None) -> Axes:
        """Draw the imputed index with its interval, and the line of no change."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        line = self.index(base)
        ax.fill_between(
            line["year"], line["lower"], line["upper"], alpha=0.2, label="95 % interval"
        )
        ax.plot(line["year"], line["estimate"], marker="o", label="imputed index")
        ax.axhline(1, linestyle="--", color="0.45")
        ax.set(xlabel="year", ylabel="index (base = 1)")
        ax.set_ylim(bottom=0)
        ax.legend()
        return ax

    def _which(self, which: str) -> Totals:
        if which not in ("imputed", "model"):
            raise ValueError(f"which is {which!r}: choose 'imputed' or 'model'")
        return self.totals_imputed if which == "imputed" else self.totals_model


def fit_index(
    data: pd.DataFrame,
    site: str = "site",
    year: str = "year",
    count: str = "count",
    *,
    model: int = 3,
    changepoints: Iterable[float] = (),
    covariates: Iterable[str] = (),
    weight: str | None = None,
    overdispersion: bool = True,
    serial_correlation: bool = True,
) -> Index:
    """Estimate yearly indices from counts at many sites with gaps.

    Parameters
    ----------
    data : one row per site and year. A blank count and an absent row both mean "not counted"; 0 means
        "counted, none seen". site, year, count : names of its columns.
    model : 3 (a separate effect for each year) or 2 (straight lines on the log scale).
    changepoints : model 2: years at which the slope may change; default: the first year.
    covariates : columns of classes (such as habitat) that may change differently.
    weight : column of weights above 0, for sites that stand for more than themselves.
    overdispersion : estimate the scatter beyond Poisson (σ²); otherwise 1.
    serial_correlation : estimate the correlation of neighbouring years (ρ); otherwise 0.

    Errors: ValueError for tables that cannot be read (see `read_grid`), years without a count
    (model 3), years that share no site with the others, and changes that run to zero.
    Misleads when sites that are counted often change differently from those that are not, and
    when new sites are added because they are good: the model assumes the change is shared.

    Examples
    --------
    >>> from flyway import datasets
    >>> counts = datasets.load("winter_counts")
    >>> fitted = fit_index(counts, year="winter")
    >>> fitted.classification
    'Moderate increase'
    >>> [round(end, 2) for end in fitted.interval()]
    [1.03, 1.04]
    """
    if not (isinstance(model, Number) and model in (2, 3)):
        raise ValueError(f"model is {model!r}: choose 3 (year effects) or 2 (straight lines)")
    grid = read_grid(data, site, year, count, covariates, weight, fill_years=model == 2)
    return fit_grid(grid, model, changepoints, overdispersion, serial_correlation)


def fit_grid(
    grid: Grid,
    model: int = 3,
    changepoints: Iterable[float] = (),
    overdispersion: bool = True,
    serial_correlation: bool = True,
) -> Index:
    """Fit a grid that was read already (used by `fit_index` and the bootstrap)."""
    changepoints = tuple(numbers(changepoints, "changepoints").tolist())
    base, names = year_design(grid, model, list(changepoints))
    if model == 3:
        check_years(grid)
    classes = class_columns(grid)
    seen = np.isfinite(grid.counts)
    site_code, year_code = np.nonzero(seen)
    X = np.hstack([base[year_code] * c[seen][:, None] for c in classes])
    starts = np.flatnonzero(np.r_[True, np.diff(site_code) > 0])
    steps = np.diff(grid.position[year_code])
    gap = np.r_[0, np.where(np.diff(site_code) == 0, steps, 0)]
    obs = Observed(grid.counts[seen], X, np.log(grid.weights[seen]), starts, site_code, gap)
    fit = fit_gee(obs, overdispersion, serial_correlation)
    by_class = zip(classes, np.split(fit.beta, len(classes)), strict=True)
    mu = np.exp(fit.alpha[:, None] + sum(c * (base @ b) for c, b in by_class)) / grid.weights
    imputed, modelled = time_totals(grid, fit, mu, base, classes)
    positive = obs.f > 0
    f, m = obs.f[positive], fit.mu[positive]
    return Index(
        model=model,
        years=grid.years,
        coefficients=coefficient_table(fit, names, grid),
        overdispersion=fit.sigma2,
        serial_correlation=fit.rho,
        chi2=float(((obs.f - fit.mu) ** 2 / fit.mu).sum()),
        likelihood_ratio=float(2 * (f * np.log(f / m)).sum()),
        df=fit.df,
        converged=fit.converged,
        notes=notes_on(grid, fit, overdispersion, serial_correlation),
        totals_imputed=imputed,
        totals_model=modelled,
        observed=np.nansum(grid.counts * grid.weights, axis=0),
        grid=grid,
        mu=mu,
        covariance=np.linalg.inv(fit.information),
        settings=(model, changepoints, overdispersion, serial_correlation),
    )

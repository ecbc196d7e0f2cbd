"""The parts of a site × year model: what the years look like in it, and which years it can bear."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from flyway import results
from flyway.counts.gee import GeeFit
from flyway.counts.grid import Grid


def year_design(grid: Grid, model: int, changepoints: list[float]) -> tuple[np.ndarray, list[str]]:
    """The J × p matrix that turns parameters into years: year effects, or slopes between bends."""
    years = grid.years
    if model == 3:
        if changepoints:
            raise ValueError(
                "changepoints belong to model=2: model 3 has an effect for each year already"
            )
        return np.eye(len(years))[:, 1:], [f"{y:g}" for y in years[1:]]
    bends = changepoints or [years[0]]
    for bend in bends:
        if bend not in years[:-1]:
            raise ValueError(
                f"changepoint {bend:g} is not one of the years {years[0]:g} to {years[-2]:g}: a slope "
                f"begins at a year of the series and before its last"
            )
    if list(bends) != sorted(set(bends)):
        raise ValueError("changepoints must rise and differ: sort them and keep each once")
    ends = [*bends[1:], years[-1]]
    columns = [np.clip(years, a, b) - a for a, b in zip(bends, ends, strict=True)]
    return np.column_stack(columns), [f"{a:g}-{b:g}" for a, b in zip(bends, ends, strict=True)]


def class_columns(grid: Grid) -> list[np.ndarray]:
    """1 everywhere for the first class, then an indicator for each further class of each covariate."""
    ones = [np.ones_like(grid.counts)]
    return ones + [
        (codes == k).astype(float)
        for name, codes in grid.classes.items()
        for k in range(1, len(grid.levels[name]))
    ]


def check_years(grid: Grid) -> None:
    """Refuse years that a model with year effects cannot estimate, and say which and why."""
    seen = np.isfinite(grid.counts)
    counted, birds = seen.any(axis=0), np.nansum(grid.counts, axis=0) > 0
    for j in np.flatnonzero(~(counted & birds)):
        label = grid.years[j]
        if not counted[j]:
            raise ValueError(
                f"every count of {label:g} is blank: leave the rows of that year out (the index then "
                f"skips it), or use model=2, which draws a line across it"
            )
        raise ValueError(
            f"only zeros were counted in {label:g}: a year effect of 0 has no logarithm. Use "
            f"model=2, or leave that year out and report the zeros"
        )
    i, j = np.nonzero(seen)
    n = len(grid.sites) + len(grid.years)
    graph = coo_array((np.ones(len(i)), (i, j + len(grid.sites))), shape=(n, n))
    label = connected_components(graph, directed=False)[1][len(grid.sites) :]
    if len(set(label)) > 1:
        apart = ", ".join(f"{y:g}" for y in grid.years[label != label[0]])
        raise ValueError(
            f"no site links the years {apart} with {grid.years[0]:g}: no site was counted in both "
            f"groups of years, so nothing says how they compare. Analyse them apart, or use model=2"
        )


def notes_on(grid: Grid, fit: GeeFit, overdispersion: bool, serial: bool) -> tuple[str, ...]:
    """Return what the reader of the index should think about."""
    notes = ()
    if grid.empty:
        listed = ", ".join(map(str, grid.empty[:5])) + (" …" if len(grid.empty) > 5 else "")
        notes += (
            f"Only zeros were counted at {len(grid.empty)} site(s) ({listed}): they add no birds to "
            f"any total, carry no information on change, and stay at 0.",
        )
    whole = np.arange(grid.years[0], grid.years[-1] + 1, grid.step)
    absent = [
        y
        for y in whole
        if y not in grid.years or not np.isfinite(grid.counts[:, grid.years == y]).any()
    ]
    if absent:
        listed = ", ".join(f"{y:g}" for y in absent[:6]) + (" …" if len(absent) > 6 else "")
        told = (
            "no index is given for them"
            if len(grid.years) < len(whole)
            else "the line runs across them"
        )
        notes += (f"No site was counted in {listed}: {told}.",)
    if not fit.converged:
        notes += ("The fit did not settle: do not use it. Try overdispersion and correlation off.",)
    if overdispersion and fit.sigma2 < 1:
        notes += (f"Counts scatter less than Poisson counts (overdispersion {fit.sigma2:.2f}).",)
    if serial and fit.rho < 0:
        notes += (
            f"Neighbouring years are negatively correlated ({fit.rho:.2f}): consider leaving it out.",
        )
    if serial and abs(fit.rho) >= 0.95:
        notes += ("The correlation of neighbouring years reached its limit of 0.95.",)
    return notes


def coefficient_table(fit: GeeFit, names: list[str], grid: Grid) -> pd.DataFrame:
    """Return year effects or slopes with standard errors and 95 % intervals (log scale)."""
    labels = ["all sites" if not grid.classes else "first class of each covariate"]
    labels += [f"{c} = {v} (difference)" for c, levels in grid.levels.items() for v in levels[1:]]
    se = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    half = results.multiplier(0.95) * se
    return pd.DataFrame(
        {
            "group": np.repeat(labels, len(names)),
            "years": names * len(labels),
            "estimate": fit.beta,
            "se": se,
            "lower": fit.beta - half,
            "upper": fit.beta + half,
        }
    )

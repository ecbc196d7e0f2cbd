"""Reading a table of site, year and count into a grid of sites × years.

A blank count and an absent row mean the same: nobody counted. A zero means: counted, no birds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import names_of, numbers, require_columns, years_of


@dataclass(frozen=True)
class Grid:
    """Counts on a grid: I sites × J years, `step` years apart at least; NaN where nobody counted.

    `classes` holds one I × J array of class numbers (0 = first class) for each covariate, `levels`
    the names of the classes; `weights` is I × J. `empty` lists sites where only zeros were counted
    (`empty_counts`): they stay out of the fit and add 0 birds to every total.
    """

    sites: np.ndarray
    years: np.ndarray
    counts: np.ndarray
    weights: np.ndarray
    classes: dict[str, np.ndarray]
    levels: dict[str, list]
    step: float
    empty: list
    empty_counts: np.ndarray

    @property
    def position(self) -> np.ndarray:
        """Each year as a number of steps from the first."""
        return np.rint((self.years - self.years[0]) / self.step).astype(int)


def read_grid(
    data: pd.DataFrame,
    site: str = "site",
    year: str = "year",
    count: str = "count",
    covariates: Iterable[str] = (),
    weight: str | None = None,
    fill_years: bool = False,
) -> Grid:
    """Read a long table (one row per site and year) and refuse what cannot be analysed.

    With `fill_years`, years between the first and the last that are not in the table become blank
    columns of the grid; otherwise the grid holds the years of the table.

    Errors: ValueError naming the row, site or year for missing site names, negative or fractional
    counts, doubled site-years, fewer than two sites or years, sites without any count, years that
    are not whole numbers, and covariates or weights that are unknown or blank.
    """
    covariates = [covariates] if isinstance(covariates, str) else list(covariates)
    weight_column = [] if weight is None else [weight]
    require_columns(data, [site, year, count, *covariates, *weight_column])
    if data.empty:
        raise ValueError("the table has no rows: give one row per site and year")
    names = names_of(data[site], site)
    when = years_of(data[year], year)

    def where(i: int) -> str:
        return f"site {names.iloc[i]}, {when[i]:g}"

    birds = numbers(data[count], count, minimum=0, whole=True, missing="keep", where=where)
    site_code, sites = pd.factorize(names, sort=True)
    years, step = _time_points(when, year, fill_years)
    year_code = np.searchsorted(years, when)
    cell = site_code * len(years) + year_code
    doubled = pd.Series(cell).duplicated()
    if doubled.any():
        second = int(np.flatnonzero(doubled)[0])
        first = int(np.flatnonzero(cell == cell[second])[0])
        raise ValueError(
            f"{where(second)} is given twice (rows {data.index[first]} and {data.index[second]}): "
            f"keep one count per site and year, or add up the parts of the site first"
        )
    if len(sites) < 2:
        raise ValueError(
            f"there is one site ({sites[0]}): an index over sites needs at least two; "
            f"for one series use flyway.counts.trend.trend()"
        )
    counts = np.full((len(sites), len(years)), np.nan)
    counts[site_code, year_code] = birds
    uncounted = np.isnan(counts).all(axis=1)
    if uncounted.any():
        raise ValueError(
            f"site {sites[uncounted][0]} has no count in any year (column {count!r} is blank): "
            f"leave that site out, or find its counts"
        )
    if not np.nansum(counts) > 0:
        raise ValueError(
            "every count is 0: there is no index of no birds. Report the zeros as they are"
        )
    classes, levels = {}, {}
    for name in covariates:
        code, level = pd.factorize(names_of(data[name], f"covariate {name!r}"), sort=True)
        if len(level) < 2:
            raise ValueError(f"covariate {name!r} has one class only ({level[0]}): leave it out")
        if len(level) > 20:
            raise ValueError(
                f"covariate {name!r} has {len(level)} classes: give classes (such as habitat), not "
                f"measurements; group them with pd.cut"
            )
        filled = _fill(code, site_code, year_code, counts.shape, name, sites, years)
        classes[name], levels[name] = filled.astype(int), list(level)
    weights = np.ones_like(counts)
    if weight is not None:
        given = numbers(data[weight], weight, minimum=0, where=where)
        if (given == 0).any():
            i = int(np.flatnonzero(given == 0)[0])
            raise ValueError(
                f"{weight} is 0 in row {data.index[i]} ({where(i)}): weights are above 0"
            )
        weights = _fill(given, site_code, year_code, counts.shape, weight, sites, years)
    keep = np.nansum(counts, axis=1) > 0
    return Grid(
        sites=np.asarray(sites)[keep],
        years=years,
        counts=counts[keep],
        weights=weights[keep],
        classes={k: v[keep] for k, v in classes.items()},
        levels=levels,
        step=step,
        empty_counts=counts[~keep],
        empty=list(np.asarray(sites)[~keep]),
    )


def _time_points(when: np.ndarray, name: str, fill: bool) -> tuple[np.ndarray, float]:
    """Return the years of the table (or all years of its rhythm) and the smallest step between them."""
    if (when != np.round(when)).any():
        bad = when[when != np.round(when)][0]
        raise ValueError(f"{name} {bad:g} is not a whole year: give the year of the season's count")
    seen = np.unique(when)
    if len(seen) < 2:
        raise ValueError(f"all counts are from {seen[0]:g}: a change needs at least two years")
    step = float(np.gcd.reduce(np.diff(seen).astype(int)))
    return (np.arange(seen[0], seen[-1] + 1, step) if fill else seen), step


def _fill(
    values: np.ndarray,
    site_code: np.ndarray,
    year_code: np.ndarray,
    shape: tuple[int, int],
    name: str,
    sites: np.ndarray,
    years: np.ndarray,
) -> np.ndarray:
    """Spread a column over the grid; absent rows take the site's value if it has only one."""
    grid = np.full(shape, np.nan)
    grid[site_code, year_code] = values
    hole = np.isnan(grid)
    low, high = np.nanmin(grid, axis=1), np.nanmax(grid, axis=1)
    unknown = hole.any(axis=1) & (low != high)
    if unknown.any():
        i = int(np.flatnonzero(unknown)[0])
        j = int(np.flatnonzero(hole[i])[0])
        raise ValueError(
            f"{name!r} changes at site {sites[i]} and is unknown in {years[j]:g}: add a row for "
            f"that year with a blank count and the value of {name!r}"
        )
    return np.where(hole, low[:, None], grid)

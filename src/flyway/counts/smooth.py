"""Does the trend bend? A smooth curve through yearly counts, with its interval.

log E(count) = s(year), where s is a natural cubic regression spline with a fixed number of basis
functions (patsy's `cr`, which spans the same curves as mgcv's s(year, k=df, bs="cr", fx=TRUE)).
Sources: Wood (2017) Generalized Additive Models, 2nd ed., sec. 5.3.1; Fewster et al. (2000)
Ecology 81:1970-1984 for smooth trends of bird counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from patsy import build_design_matrices, dmatrix

from flyway import results
from flyway.counts.glm import CountFit, fit_counts
from flyway.counts.series import band, draw, read_series
from flyway.inputs import number, years_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Smooth:
    """A smooth trend. `df` counts the basis functions (2 would be a straight line on the log scale).

    df : number of basis functions.
    """

    df: int
    family: str
    dispersion: float
    notes: tuple[str, ...]
    data: pd.DataFrame = field(repr=False)
    fit: CountFit = field(repr=False)
    design_info: object = field(repr=False)

    def predict(self, years: Iterable | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the curve (estimate, lower, upper) for years inside the counted span."""
        first, last = self.data["year"].min(), self.data["year"].max()
        years = np.arange(first, last + 1) if years is None else years_of(years)
        self._inside(years)
        return band(years, self._design(years), self.fit, level)

    def change(self, first: float, last: float, level: float = 0.95) -> pd.DataFrame:
        """Return the ratio of the curve in year `last` to year `first`, with its interval."""
        years = years_of([first, last])
        self._inside(years)
        rows = self._design(years)
        step = rows[1] - rows[0]
        log = float(step @ self.fit.params.to_numpy())
        se = float(np.sqrt(step @ self.fit.covariance @ step))
        low, high = results.interval(log, se, level, self.fit.t_df)
        name = f"ratio {last:g} / {first:g}"
        return results.table([(name, np.exp(log), np.exp(log) * se, np.exp(low), np.exp(high))])

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the curve for every year: year, estimate, se, lower, upper, log_se."""
        return self.predict(level=level)

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw the counts, the curve and its interval."""
        first, last = self.data["year"].min(), self.data["year"].max()
        return draw(self.data, self.predict(np.linspace(first, last, 200), level), ax)

    def _design(self, years: np.ndarray) -> np.ndarray:
        return np.asarray(build_design_matrices([self.design_info], {"year": years})[0])

    def _inside(self, years: np.ndarray) -> None:
        first, last = self.data["year"].min(), self.data["year"].max()
        outside = (years < first) | (years > last)
        if outside.any():
            raise ValueError(
                f"year {years[outside][0]:g} lies outside the counted years {first:g} to {last:g}: "
                f"a smooth curve cannot say what comes before or after"
            )


def smooth(
    years: Iterable, counts: Iterable, df: int | None = None, family: str = "quasipoisson"
) -> Smooth:
    """Fit a curve through one count a year.

    Parameters
    ----------
    years, counts, family : as in `flyway.counts.trend.trend`; blanks are years without a count.
    df : number of basis functions, 3 or more (the k of mgcv). Default: 0.3 × counted years + 1,
        rounded, at least 3 (the rule of thumb of Fewster et al. 2000: 0.3 × years for the bend).

    Errors: ValueError as in `trend`, and for a df that the counted years cannot carry.
    Misleads at both ends, where the curve has neighbours on one side only; the df is a choice, so
    try one more and one less.
    """
    data, notes, _ = read_series(years, counts, whole=family != "lognormal")
    n = len(data)
    if df is None:
        df = max(3, round(0.3 * n) + 1)
    df = int(number(df, "df (for a line use trend())", minimum=3, whole=True))
    if n <= df:
        raise ValueError(
            f"{n} counted years cannot carry a curve with df={df}: use df={n - 1} or less"
            if n > 3
            else f"{n} counted years are too few for a curve: use trend()"
        )
    design = dmatrix(f"cr(year, df={df}) - 1", data, return_type="dataframe")
    fit = fit_counts(data["count"], design, family)
    if np.abs(np.log(np.maximum(fit.fitted, 1e-300))).max() > 25:
        notes += (
            "The curve falls to zero where no birds were counted: do not read its interval there.",
        )
    return Smooth(df, family, fit.dispersion, notes + fit.notes, data, fit, design.design_info)

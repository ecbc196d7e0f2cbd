"""How likely is the population to fall below a threshold? Extinction risk from counts alone.

The logarithm of the population walks at random with drift μ and variance σ² a year (no density
dependence). From counts at years t₀ < t₁ < … with y = ln(N_next / N) over τ years

    μ = Σ y / Σ τ,      σ² = Σ (y − μ τ)² / τ / (q − 1)

and the chance to have fallen from N to the threshold (d = ln(N / threshold)) within t years is

    G(t) = Φ((−d − μ t) / √(σ² t)) + exp(−2 μ d / σ²) Φ((−d + μ t) / √(σ² t)).

Sources: Dennis, Munholland & Scott (1991) Ecological Monographs 61:115-143; Morris & Doak (2002)
Quantitative Conservation Biology, ch. 3, whose grizzly bears are in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import log_ndtr, ndtr

from flyway import results
from flyway.counts.series import lag1_of
from flyway.demography.steps import read_steps
from flyway.inputs import numbers, probability, random_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWS = 2000


@dataclass(frozen=True)
class ExtinctionRisk:
    """Chance to fall below `threshold` within `horizon` years (`estimate`), with μ and σ² behind it.

    mu, sigma2 : mean of the yearly log growth, and its variance.
    transitions, span : steps between counts, and the years from first to last.
    current, threshold : birds now, and birds below which the population counts as lost.
    horizon : years from now.
    """

    mu: float
    sigma2: float
    transitions: int
    span: float
    current: float
    threshold: float
    horizon: float
    notes: tuple[str, ...]
    data: pd.DataFrame = field(repr=False)
    seed: int = field(repr=False, default=1)

    @property
    def estimate(self) -> float:
        """Chance to have fallen below the threshold by the horizon."""
        return float(self._chance(self.mu, self.sigma2, np.array([self.horizon]))[0])

    @property
    def mu_se(self) -> float:
        """Standard error of μ."""
        return float(np.sqrt(self.sigma2 / self.span))

    @property
    def se(self) -> float:
        """Standard deviation of the chance over what μ and σ² might be; the interval tells more."""
        return float(self._draws(np.array([self.horizon]))[:, 0].std())

    @property
    def ever(self) -> float:
        """Chance to fall below the threshold some day: 1 if μ is 0 or less."""
        if self.mu <= 0:
            return 1.0
        if self.sigma2 == 0:
            return 0.0
        return float(np.exp(-2 * self.mu * np.log(self.current / self.threshold) / self.sigma2))

    def mu_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the t interval of μ."""
        return results.interval(self.mu, self.mu_se, level, self.transitions - 1)

    def sigma2_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the chi-square interval of σ²."""
        level = probability(level, "level", open_interval=True)
        df = self.transitions - 1
        high, low = stats.chi2.ppf([(1 - level) / 2, (1 + level) / 2], df)
        return float(df * self.sigma2 / low), float(df * self.sigma2 / high)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the chance at the horizon: it is often nearly 0 to 1."""
        row = self.risk([self.horizon], level).iloc[0]
        return float(row["lower"]), float(row["upper"])

    def risk(self, years: Iterable | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return year, estimate, lower, upper of the chance to have fallen below the threshold.

        years : years from now, above 0; default 1, 2, … horizon. The interval is that of 2,000 draws
        of (μ, σ²) from what the counts leave open.
        """
        level = probability(level, "level", open_interval=True)
        whole = np.arange(1, int(np.ceil(self.horizon)) + 1)
        t = numbers(whole if years is None else years, "years", minimum=1e-9)
        low, high = np.quantile(self._draws(t), [(1 - level) / 2, (1 + level) / 2], axis=0)
        chance = self._chance(self.mu, self.sigma2, t)
        return pd.DataFrame({"year": t, "estimate": chance, "lower": low, "upper": high})

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return μ, σ², growth, the chance at the horizon, and the chance ever."""
        nan = float("nan")
        mu = self.mu_interval(level)
        growth = self.mu + self.sigma2 / 2
        return results.table(
            [
                ("mu (log scale, per year)", self.mu, self.mu_se, *mu),
                ("sigma2 (per year)", self.sigma2, nan, *self.sigma2_interval(level)),
                ("mean growth rate exp(mu + sigma2 / 2)", np.exp(growth), nan, nan, nan),
                (
                    f"below {self.threshold:g} within {self.horizon:g} years",
                    self.estimate,
                    self.se,
                    *self.interval(level),
                ),
                (f"below {self.threshold:g} ever", self.ever, nan, nan, nan),
            ]
        )

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw the chance over the years with its interval."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        table = self.risk(level=level)
        ax.fill_between(table["year"], table["lower"], table["upper"], alpha=0.2, label="interval")
        ax.plot(table["year"], table["estimate"], label="estimate")
        ax.set(
            xlabel="years from now", ylabel=f"chance to be below {self.threshold:g}", ylim=(0, 1)
        )
        ax.legend()
        return ax

    def _chance(self, mu: np.ndarray, sigma2: np.ndarray, t: np.ndarray) -> np.ndarray:
        """G(t); mu and sigma2 may be columns. The second term is kept on the log scale (no overflow)."""
        d = np.log(self.current / self.threshold)
        sigma2 = np.maximum(sigma2, 1e-300)
        spread = np.sqrt(sigma2 * t)
        second = np.exp(-2 * mu * d / sigma2 + log_ndtr((-d + mu * t) / spread))
        return np.clip(ndtr((-d - mu * t) / spread) + second, 0, 1)

    def _draws(self, t: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        df = self.transitions - 1
        sigma2 = self.sigma2 * df / rng.chisquare(df, DRAWS)
        mu = self.mu + rng.normal(size=DRAWS) * np.sqrt(sigma2 / self.span)
        return self._chance(mu[:, None], sigma2[:, None], t)


def extinction_risk(
    years: Iterable,
    counts: Iterable,
    *,
    threshold: float,
    horizon: float = 50,
    current: float | None = None,
    seed: int = 1,
) -> ExtinctionRisk:
    """Estimate the chance that a population falls below a threshold, from its yearly counts.

    Parameters
    ----------
    years : n years, each once. counts : n counts of birds (estimates with fractions are allowed); a
        blank is a year without a count, which makes a longer step.
    threshold : birds below which the population counts as lost (quasi-extinction), above 0.
    horizon : years from now. current : birds now; default: the last count. seed : for the interval.

    Errors: ValueError for counts of 0 (no logarithm), fewer than 4 counts, counts that grow by
    exactly the same rate each year, a threshold at or above the birds there now.
    Assumes that growth varies by chance from year to year in the same way, whatever the number of birds.
    Misleads when counts err (error of counting looks like σ² and raises the risk), when the
    population is near what the habitat can hold (see `compare_density`), when disasters have not
    yet happened, and beyond about a fifth of the years that were counted.
    """
    data, notes = read_steps(years, counts)
    year, n = data["year"].to_numpy(), data["count"].to_numpy()
    if len(n) < 4:
        raise ValueError(f"{len(n)} counts are too few: risk needs 4 or more, better 10 to 30")
    now = float(n[-1] if current is None else numbers([current], "current", minimum=0)[0])
    limit = float(numbers([threshold], "threshold")[0])
    random_numbers(seed)  # a seed that is none is refused here, not when it is needed
    end = float(numbers([horizon], "horizon", minimum=1e-9, maximum=10_000)[0])
    if limit <= 0:
        raise ValueError(f"threshold is {limit:g}: give a number of birds above 0, such as 20")
    if now <= limit:
        raise ValueError(
            f"there are {now:g} birds now, not more than the threshold of {limit:g}: the population "
            f"is below it already"
        )
    tau, y = np.diff(year), np.diff(np.log(n))
    mu = float(y.sum() / tau.sum())
    residual = (y - mu * tau) / np.sqrt(tau)
    sigma2 = float((residual**2).sum() / (len(y) - 1))
    if sigma2 < 1e-12:
        raise ValueError(
            "the counts grow by exactly the same rate each year: without ups and downs there is no risk "
            "to estimate. Were years filled in by a formula?"
        )
    if len(y) < 10:
        notes += (f"Only {len(y)} steps between counts: σ² is poorly known.",)
    if end > len(y):
        notes += (
            f"A horizon of {end:g} years is longer than the {tau.sum():g} years that were counted: the "
            f"chance is a guess.",
        )
    lag1 = lag1_of(year[1:], residual)
    if abs(lag1) > 0.4:
        why = "counting errors or density dependence" if lag1 < 0 else "runs of good and bad years"
        notes += (
            f"Growth of neighbouring years is related (correlation {lag1:.2f}), as {why} make it: the "
            f"risk is off.",
        )
    odd = np.abs(residual / np.sqrt(sigma2)) > 3
    if odd.any():
        notes += (
            f"The step to {year[1:][odd][0]:g} is far out of line: check that count; it drives σ².",
        )
    return ExtinctionRisk(
        mu, sigma2, len(y), float(tau.sum()), now, limit, end, notes, data, int(seed)
    )

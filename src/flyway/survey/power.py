"""Will this monitoring see the change, if it happens?

Power is the chance that a real trend comes out as significant. `trend_power` uses Gerrodette's
formulas for a regression over n surveys; `simulate_power` makes counts with overdispersion and fits
them, which is slower and closer to the field.

    linear:       A_i = A_1 (1 + r i),  slope b = A_1 r,   residual variance = mean of cv_i² A_i²
    exponential:  A_i = A_1 (1 + r)^i,  slope b = ln(1+r), residual variance = mean of ln(1 + cv_i²)
    i = 0..n−1,   δ = |b| / √(s² / (n (n+1)(n−1)/12)),   power = P(t(n−2, δ) > t_crit)

Sources: Gerrodette (1987) Ecology 68:1364-1372; (1991) Ecology 72:1889-1892. As in the reference
software, only the tail in the direction of the trend is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.stats import nct, t
from statsmodels.stats.proportion import proportion_confint

from flyway.inputs import number, numbers, one_of, probability, random_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODELS = ("linear", "exponential")
MOST_YEARS = 1000  # longer than any study; far longer ones have no finite numbers
# how the coefficient of variation changes with abundance A: exponent of A / A_1
CV_PATTERNS = {"1/sqrt": -0.5, "constant": 0.0, "sqrt": 0.5}


def trend_power(
    change: float,
    surveys: int,
    cv: float,
    model: str = "linear",
    cv_pattern: str = "1/sqrt",
    alpha: float = 0.05,
    tails: int = 2,
) -> float:
    """Return the chance to detect an overall change over equally spaced surveys.

    Parameters
    ----------
    change : overall change from first to last survey: -0.3 is 30 % fewer, 0.5 is 50 % more; above -1.
    surveys : number of surveys n, 3 or more. cv : standard error / estimate of the first survey.
    model : "linear" (the same number each year) or "exponential" (the same share).
    cv_pattern : cv ∝ 1/√A ("1/sqrt", counts), constant ("constant", estimates), ∝ √A ("sqrt").
    alpha : risk of a false alarm. tails : 2, or 1 if only one direction matters.

    Errors: ValueError for a change of -100 % or less, fewer than 3 surveys, a cv of 0 or less.
    Misleads when years differ for reasons other than counting error: put that scatter into the cv.
    """
    change = number(change, "change", maximum=1e9)
    if change <= -1:
        raise ValueError(
            f"change is {change:g}: a loss of 100 % or more is no trend; give, say, -0.9"
        )
    n = _surveys(surveys)
    cv1 = number(cv, "cv", minimum=0, maximum=100)
    if cv1 == 0:
        raise ValueError("cv is 0: no count is free of error; give standard error / estimate (0.2)")
    one_of(model, "model", MODELS)
    exponent = CV_PATTERNS[one_of(cv_pattern, "cv_pattern", CV_PATTERNS)]
    probability(alpha, "alpha", open_interval=True)
    tails = number(tails, "tails", minimum=1, maximum=2, whole=True)
    i = np.arange(n)
    if model == "linear":
        size = 1 + change / (n - 1) * i  # A_i / A_1
        slope, scatter = change / (n - 1), ((cv1 * size**exponent * size) ** 2).mean()
    else:
        rate = (1 + change) ** (1 / (n - 1))
        slope = np.log(rate)
        scatter = np.log1p((cv1 * rate ** (i * exponent)) ** 2).mean()
    delta = abs(slope) / np.sqrt(scatter / (n * (n + 1) * (n - 1) / 12))
    critical = t.ppf(1 - alpha / tails, n - 2)
    power = nct.sf(critical, n - 2, delta)
    # scipy's noncentral t fails far out in the tail, where power is 1 to all printed digits
    return float(power) if np.isfinite(power) and delta < 100 else 1.0


def surveys_needed(
    yearly_rate: float,
    cv: float,
    power: float = 0.8,
    model: str = "exponential",
    cv_pattern: str = "constant",
    alpha: float = 0.05,
    tails: int = 2,
    longest: int = 200,
) -> int:
    """Return the number of yearly surveys until a yearly rate of change is seen with this power.

    Parameters
    ----------
    yearly_rate : -0.05 is 5 % fewer each year (for "linear": 5 % of the first year's birds).
    power : chance wanted that the trend is seen, such as 0.8. longest : where to stop looking.
    cv, model, cv_pattern, alpha, tails : as in `trend_power`.

    Errors: ValueError if even `longest` surveys do not reach the power, or all birds are gone first.
    Misleads as `trend_power` does: years differ for more reasons than counting error.
    """
    rate = number(yearly_rate, "yearly_rate", maximum=10)
    longest = int(number(longest, "longest", minimum=3, maximum=MOST_YEARS, whole=True))
    if rate == 0 or rate <= -1:
        raise ValueError(f"yearly_rate is {rate:g}: give a change above -1 that is not 0")
    probability(power, "power", open_interval=True)
    one_of(model, "model", MODELS)
    for n in range(3, longest + 1):
        change = (1 + rate) ** (n - 1) - 1 if model == "exponential" else rate * (n - 1)
        if change > 1e9:
            break
        if change <= -1:
            raise ValueError(
                f"all birds would be gone after {n} surveys, before power reaches {power:g}"
            )
        if trend_power(change, n, cv, model, cv_pattern, alpha, tails) >= power:
            return n
    raise ValueError(
        f"even {longest} surveys do not reach a power of {power:g}: count more precisely"
    )


def detectable_change(
    surveys: int,
    cv: float,
    power: float = 0.8,
    direction: str = "decline",
    model: str = "exponential",
    cv_pattern: str = "constant",
    alpha: float = 0.05,
    tails: int = 2,
) -> float:
    """Return the smallest overall change that n surveys detect with this power (negative = decline).

    Parameters
    ----------
    surveys : n, 3 or more. power : chance wanted. direction : "decline" or "increase".
    cv, model, cv_pattern, alpha, tails : as in `trend_power`.

    Returns NaN if not even a loss of 99.99 % would be seen.
    Errors: ValueError as in `trend_power`.
    Misleads when read as "no change": a smaller change may be there and stay unseen.
    """
    probability(power, "power", open_interval=True)
    one_of(direction, "direction", ["decline", "increase"])
    _surveys(surveys)

    def short(change: float) -> float:
        return trend_power(change, surveys, cv, model, cv_pattern, alpha, tails) - power

    far = -0.9999 if direction == "decline" else 1e4
    near = -1e-6 if direction == "decline" else 1e-6
    return float(brentq(short, near, far)) if short(far) > 0 else float("nan")


@dataclass(frozen=True)
class SimulatedPower:
    """Share of simulated surveys in which the trend was significant, with its own uncertainty.

    wrong_direction : share in which the trend was significant, but in the wrong direction.
    mean_rate, true_rate : mean yearly rate found, and the rate that was put in.
    replicates : simulated surveys.
    """

    estimate: float
    wrong_direction: float
    mean_rate: float
    true_rate: float
    replicates: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the Wilson interval of the power: how far the number of replicates lets us see."""
        hits = round(self.estimate * self.replicates)
        low, high = proportion_confint(hits, self.replicates, 1 - level, "wilson")
        return float(low), float(high)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return power with its interval, false directions, and mean estimated rate."""
        low, high = self.interval(level)
        nan = float("nan")
        return pd.DataFrame(
            {
                "quantity": [
                    "power",
                    "significant in the wrong direction",
                    "mean estimated yearly rate",
                ],
                "estimate": [self.estimate, self.wrong_direction, self.mean_rate],
                "lower": [low, nan, nan],
                "upper": [high, nan, nan],
            }
        )


def simulate_power(
    yearly_rate: float,
    years: int,
    start: float,
    dispersion: float = 1.0,
    year_sd: float = 0.0,
    missing: float = 0.0,
    alpha: float = 0.05,
    replicates: int = 500,
    seed: int = 1,
) -> SimulatedPower:
    """Find the chance to see a change, by simulating years of counts and fitting a trend to each.

    Parameters
    ----------
    yearly_rate : -0.05 is 5 % fewer a year; 0 gives the rate of false alarms.
    years : number of years, 4 or more. start : mean count in the first year, above 0.
    dispersion : variance / mean of a count, 1 or more (1 = Poisson, flocking birds 5 to 50).
    year_sd : extra scatter of whole years (standard deviation of the log), such as cold winters.
    missing : share of years without a count. alpha : risk of a false alarm.
    replicates, seed : simulations and their seed.

    Errors: ValueError for numbers outside these ranges.
    Misleads when the scatter comes from a few quiet years: `dispersion` and `year_sd` are guesses until
    many years are counted.
    """
    rate = number(yearly_rate, "yearly_rate", maximum=10)
    first = number(start, "start", minimum=0, maximum=1e9)
    phi = number(dispersion, "dispersion", minimum=1, maximum=1e4)
    sd = number(year_sd, "year_sd", minimum=0, maximum=3)
    missing = probability(missing, "missing")
    alpha = probability(alpha, "alpha", open_interval=True)
    years = int(number(years, "years", minimum=4, maximum=MOST_YEARS, whole=True))
    replicates = int(number(replicates, "replicates", minimum=50, maximum=1e6, whole=True))
    if rate <= -1 or first == 0:
        raise ValueError(
            f"yearly_rate is {rate:g} and start {first:g}: give a rate above -1 and a start above 0"
        )
    rng = random_numbers(seed)
    x = np.arange(years, dtype=float)
    mean = first * (1 + rate) ** x
    if mean[-1] > 1e12:
        raise ValueError(
            f"a yearly_rate of {rate:g} over {years} years makes {mean[-1]:.0e} birds: give a smaller rate"
        )
    hits, wrong, rates = 0, 0, []
    for _ in range(replicates):
        lam = mean * np.exp(rng.normal(0, sd, len(x)) - sd**2 / 2)
        count = rng.poisson(lam) if phi == 1 else rng.negative_binomial(lam / (phi - 1), 1 / phi)
        keep = rng.random(len(x)) >= missing
        if keep.sum() < 4 or (count[keep] > 0).sum() < 2:
            rates.append(np.nan)  # nothing to test: not detected
            continue
        X = sm.add_constant(x[keep] - x[keep].mean())
        fit = sm.GLM(count[keep], X, family=sm.families.Poisson()).fit(scale="X2")
        slope, se = fit.params[1], max(fit.bse[1], 1e-12)
        significant = abs(slope) / se > t.ppf(1 - alpha / 2, keep.sum() - 2)
        if rate == 0 or np.sign(slope) == np.sign(rate):
            hits += significant
        else:
            wrong += significant
        rates.append(np.expm1(slope))
    return SimulatedPower(
        hits / replicates, wrong / replicates, float(np.nanmean(rates)), rate, replicates
    )


def plot_power(
    changes: Iterable, surveys: int, cvs: Iterable, ax: Axes | None = None, **options: object
) -> Axes:
    """Draw power against overall change, one line per coefficient of variation.

    Parameters
    ----------
    changes : overall changes, such as [-0.5, -0.3]. surveys : number of surveys. cvs : one line each.
    ax : axes to draw on; default: new ones. options : further options of `trend_power`.

    Returns the axes. Errors: ValueError as in `trend_power`.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(layout="constrained")[1]
    changes = numbers(changes, "change")
    for cv in cvs:
        power = [trend_power(c, surveys, cv, **options) for c in changes]
        ax.plot(100 * changes, power, label=f"cv {cv:g}")
    ax.axhline(0.8, linestyle="--", color="0.45")
    ax.set(xlabel="overall change (%)", ylabel="power", ylim=(0, 1))
    ax.legend()
    return ax


def _surveys(surveys: int) -> int:
    return int(number(surveys, "surveys", minimum=3, maximum=MOST_YEARS, whole=True))

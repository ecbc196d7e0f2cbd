"""How well do searchers see, and how long do carcasses lie? Carcass trials.

Searcher efficiency: a known number of carcasses is laid out, some are found: a binomial share with
Wilson's interval. Persistence: laid-out carcasses are looked up on some days; each vanished between the
last day it was there and the first day it was not (interval censoring), or was there to the end.

    exponential: S(t) = exp(−t / m)        weibull: S(t) = exp(−(t / m)^k)

Sources: Wilson (1927) J. American Statistical Association 22:209-212; Bispo et al. (2013) Environmental
and Ecological Statistics 20:151-165 for persistence. No published case was at hand: simulated truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gamma
from statsmodels.stats.proportion import proportion_confint

from flyway import results
from flyway.detection.likelihood import Likelihood, maximise
from flyway.inputs import numbers, one_of, same_length


@dataclass(frozen=True)
class Efficiency:
    """Share of laid-out carcasses that were found.

    found, placed : carcasses found, and carcasses laid out.
    """

    estimate: float
    se: float
    found: int
    placed: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return Wilson's interval of the share (inside 0 to 1, also when all or none were found)."""
        results.multiplier(level)
        low, high = proportion_confint(self.found, self.placed, 1 - level, method="wilson")
        # with none or all found, an end comes out a rounding error beside 0 or 1
        return max(min(float(low), self.estimate), 0.0), min(max(float(high), self.estimate), 1.0)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the searcher efficiency with its interval."""
        row = ("searcher efficiency", self.estimate, self.se, *self.interval(level))
        return results.table([row])


def searcher_efficiency(found: int, placed: int) -> Efficiency:
    """Estimate the chance that a searcher finds a carcass that is there.

    found, placed : whole numbers of carcasses, found at most placed.
    Errors: ValueError for impossible numbers.
    Misleads when searchers knew of the trial, or when trial carcasses are larger or fresher than real
    ones: make one trial for each size and ground.
    """
    found, placed = numbers([found, placed], "number of carcasses", minimum=0, whole=True)
    if placed == 0:
        raise ValueError(
            "placed is 0: no carcass was laid out, so nothing is known of the searchers"
        )
    if found > placed:
        raise ValueError(f"found is {found:g}, more than the {placed:g} carcasses laid out")
    share = found / placed
    return Efficiency(
        float(share), float(np.sqrt(share * (1 - share) / placed)), int(found), int(placed)
    )


@dataclass(frozen=True)
class Persistence:
    """Daily persistence s (`estimate`: a carcass is there one day after death), and the curve S(t).

    mean_days : mean days that a carcass lies.
    model : "exponential" or "weibull".
    carcasses, vanished : carcasses laid out, and those that vanished.
    """

    estimate: float
    se: float
    mean_days: float
    model: str
    fit: Likelihood
    carcasses: int
    vanished: int
    notes: tuple[str, ...]

    @property
    def aic(self) -> float:
        """AIC, to compare the models on the same carcasses."""
        return self.fit.aic

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of s, symmetric for log(−log s), inside 0 to 1."""
        s, se = self.estimate, self.se
        if not (0 < s < 1 and se > 0):
            return float("nan"), float("nan")
        half = results.multiplier(level) * se / (s * -np.log(s))
        centre = np.log(-np.log(s))
        return float(np.exp(-np.exp(centre + half))), float(np.exp(-np.exp(centre - half)))

    def lasting(self, days: Iterable) -> np.ndarray:
        """Return the share of carcasses still there after these days."""
        t = numbers(days, "days", minimum=0)
        scale, shape = _scale_shape(self.fit.params.to_numpy())
        return np.exp(-((t / scale) ** shape))

    def daily(self, days: int) -> np.ndarray:
        """Return the chance to get through day 1, 2, … of lying there, for `carcass_detection`."""
        left = self.lasting(np.arange(int(days) + 1))
        return np.divide(left[1:], left[:-1], out=np.zeros(int(days)), where=left[:-1] > 0)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return daily persistence, mean days, and the parameters on the log scale."""
        nan = float("nan")
        top = results.table(
            [
                ("persistence of the first day", self.estimate, self.se, *self.interval(level)),
                ("mean days a carcass lies", self.mean_days, nan, nan, nan),
            ]
        )
        return pd.concat([top, self.fit.table(level)], ignore_index=True)


def fit_persistence(
    last_present: Iterable, first_absent: Iterable, model: str = "exponential"
) -> Persistence:
    """Estimate how long carcasses lie from a trial with look-ups on some days.

    Parameters
    ----------
    last_present : days since laying out on which each carcass was last seen there (0 if never again).
    first_absent : day on which it was first seen gone; blank if it was there to the end.
    model : "exponential" (the same risk every day) or "weibull" (risk falls or rises with age).

    Errors: ValueError for days below 0, gone before last seen, or no carcass that vanished.
    Misleads when trial carcasses attract scavengers (many at once), or lie on other ground.
    """
    one_of(model, "model", ("exponential", "weibull"))
    low = numbers(last_present, "last_present", minimum=0)
    high = numbers(first_absent, "first_absent", minimum=0, missing="keep")
    n = same_length(last_present=low, first_absent=high)
    wrong = np.flatnonzero(high <= low)
    if len(wrong):
        i = wrong[0]
        raise ValueError(
            f"first_absent is {high[i]:g} in row {i}, but the carcass was last seen on day {low[i]:g}: "
            f"it must be gone later than it was seen"
        )
    gone = np.isfinite(high)
    if n < 3 or not gone.any():
        raise ValueError(
            f"{gone.sum()} of {n} carcasses vanished: at least 3 carcasses are needed, one of them gone. "
            f"If all stayed, watch longer"
        )

    def loglik(theta: np.ndarray) -> float:
        scale, shape = _scale_shape(theta)
        start = -((low / scale) ** shape)
        end = -((high[gone] / scale) ** shape)
        return float(
            start[~gone].sum() + (start[gone] + np.log(-np.expm1(end - start[gone]))).sum()
        )

    guess = np.log(np.where(gone, (low + np.nan_to_num(high)) / 2, low).sum() / gone.sum())
    names = ["log scale (days)"] + (["log shape"] if model == "weibull" else [])
    fit = maximise(loglik, [guess] + [0.0] * (len(names) - 1), names)
    theta = fit.params.to_numpy()
    scale, shape = _scale_shape(theta)
    s = float(np.exp(-((1 / scale) ** shape)))
    rate = (1 / scale) ** shape
    slope = np.array([shape * rate, rate * shape * theta[0]])[: len(names)] * s
    notes = fit.notes
    if gone.sum() < 10:
        notes += (f"Only {gone.sum()} carcasses vanished: persistence is poorly known.",)
    return Persistence(
        s,
        float(np.sqrt(slope @ fit.covariance @ slope)),
        float(scale * gamma(1 + 1 / shape)),
        model,
        fit,
        n,
        int(gone.sum()),
        notes,
    )


def _scale_shape(theta: np.ndarray) -> tuple[float, float]:
    return float(np.exp(theta[0])), float(np.exp(theta[1])) if len(theta) > 1 else 1.0

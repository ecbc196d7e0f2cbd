"""Of the birds killed under lines or turbines, what share is found? Carcasses vanish and are missed.

s is the chance that a carcass is still there after one day, f the chance that a searcher finds one
that is there, d the days between searches, n the number of searches, a the share of carcasses that
fall where people search. The chance p that a bird killed in the n·d days is found:

- "korner": a carcass missed once can be found later. With S(t) the share still there after t days,
  p = a/(n d) Σ_i Σ_{j≤n−i+1} f_j Π_{l<j}(1 − f_l) Σ_{t=1..d} S(t + (j−1) d),  f_j = f k^(j−1)
- "huso": found at the first search or never; t̄ = −1/ln s, d̃ = −t̄ ln 0.01, d* = min(d, d̃):
  p = a f t̄ (1 − e^(−d*/t̄)) / d* · min(1, d̃/d)
- "erickson": searches go on for ever:  p = a (t̄ f / d) (e^(d/t̄) − 1) / (e^(d/t̄) − 1 + f)

Sources: Korner-Nievergelt et al. (2011) Wildlife Biology 17:350-363; Huso (2011) Environmetrics
22:318-329; Erickson et al. (2004) Stateline Wind Project report. The values of the R package carcass
(1.7) are in the tests. `killed` turns carcasses found into birds killed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from flyway import results
from flyway.inputs import numbers, one_of, probability

METHODS = ("korner", "huso", "erickson")
LONGEST = 40_000


@dataclass(frozen=True)
class Detection:
    """Chance that a killed bird is found: `estimate` and `se` (0 if its parts were given without)."""

    estimate: float
    se: float
    method: str
    notes: tuple[str, ...]
    parts: pd.DataFrame = field(repr=False)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return an interval that stays between 0 and 1 (logit scale)."""
        p, se = self.estimate, self.se
        if not (0 < p < 1 and se > 0):
            return float("nan"), float("nan")
        half = results.multiplier(level) * se / (p * (1 - p))
        return float(expit(logit(p) - half)), float(expit(logit(p) + half))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the chance that a killed bird is found, and what it is made of."""
        nan = float("nan")
        rows = [("killed bird is found", self.estimate, self.se, *self.interval(level))]
        rows += [(r.part, r.estimate, r.se, nan, nan) for r in self.parts.itertuples()]
        return results.table(rows)


def carcass_detection(
    *,
    persistence: float | Iterable[float],
    efficiency: float,
    interval_days: int,
    searches: int | None = None,
    method: str = "korner",
    share_searched: float = 1.0,
    efficiency_decline: float = 1.0,
    persistence_se: float = 0.0,
    efficiency_se: float = 0.0,
    share_searched_se: float = 0.0,
) -> Detection:
    """Compute the share of killed birds that searchers find.

    Parameters
    ----------
    method : "korner", "huso" or "erickson", as above.
    persistence : s, chance to be there after one day (0 to 1); for "korner" also a list: the chance to
        get through day 1, day 2, … of lying there (after the last, none remains).
    efficiency : f, chance that a searcher finds a carcass that is there (0 to 1).
    interval_days : d, whole days between searches. searches : n ("korner" only).
    share_searched : a, share of carcasses on searched ground (not share of area: carcasses lie
        thicker near the mast). efficiency_decline : k, "korner": f at the next search is f·k.
    persistence_se, efficiency_se, share_searched_se : standard errors, carried by the delta method.

    Errors: ValueError for shares outside 0 to 1, an interval below 1 day, no number of searches.
    Misleads when carcasses are placed fresher, larger or in the open than real ones, when missed
    carcasses are hidden for good (Korner and Erickson then give too high a p, Huso does not), and
    when birds fly away to die.

    Examples
    --------
    >>> found = carcass_detection(persistence=0.9, efficiency=0.6, interval_days=7, searches=10)
    >>> round(found.estimate, 2)
    0.49
    """
    one_of(method, "method", METHODS)
    d = int(numbers([interval_days], "interval_days", minimum=1, whole=True)[0])
    f = probability(efficiency, "efficiency")
    a = probability(share_searched, "share_searched")
    k = probability(efficiency_decline, "efficiency_decline")
    constant = np.ndim(persistence) == 0
    if constant:
        s = probability(persistence, "persistence")
    elif method != "korner":
        raise ValueError(
            f"persistence is a list, but {method!r} needs one number: give s, or use method='korner'"
        )
    else:
        days = numbers(persistence, "persistence", minimum=0, maximum=1)
    n = 0
    if method == "korner":
        if searches is None:
            raise ValueError("searches is missing: 'korner' needs the number of searches")
        n = int(numbers([searches], "searches", minimum=1, whole=True)[0])
        if n * d > LONGEST:
            raise ValueError(
                f"{n} searches every {d} days make {n * d:,} days: give a study of at most {LONGEST:,} days"
            )
    errors = dict(
        zip(
            ("persistence", "efficiency", "share_searched"),
            numbers(
                [persistence_se, efficiency_se, share_searched_se], "standard error", minimum=0
            ),
            strict=True,
        )
    )
    if not constant and persistence_se:
        raise ValueError("persistence_se goes with one persistence, not with a list")

    def found(s: float, f: float, a: float) -> float:
        if method == "korner":
            alive = s ** np.arange(1, n * d + 1) if constant else _lasting(days, n * d)
            return a * _korner(alive, f, d, n, k)
        return a * (_huso if method == "huso" else _erickson)(s, f, d)

    at = (s if constant else float("nan"), f, a)
    estimate = found(*at)
    variance = 0.0
    for position, (part, error) in enumerate(errors.items()):
        if error > 0:
            step = min(1e-5, at[position] / 2, (1 - at[position]) / 2) or 1e-9
            up, down = list(at), list(at)
            up[position], down[position] = (
                min(at[position] + step, 1),
                max(at[position] - step, 0),
            )
            slope = (found(*up) - found(*down)) / (up[position] - down[position])
            variance += (slope * errors[part]) ** 2
    notes: tuple[str, ...] = ()
    if estimate < 0.1:
        notes += (
            f"Only {100 * estimate:.0f} of 100 killed birds would be found: the number killed will be "
            f"very uncertain. Search more often, or more of the ground.",
        )
    if method == "erickson" and constant and d > 3 * _mean_days(s):
        notes += ("Searches are far apart for this persistence: 'korner' or 'huso' suit better.",)
    parts = pd.DataFrame({"part": list(errors), "estimate": at, "se": list(errors.values())})
    return Detection(float(estimate), float(np.sqrt(variance)), method, notes, parts)


def _lasting(days: np.ndarray, length: int) -> np.ndarray:
    """Share still there after 1, 2, … days, from the chance to get through each day."""
    alive = np.zeros(length)
    known = np.cumprod(days)[:length]
    alive[: len(known)] = known
    return alive


def _korner(alive: np.ndarray, f: float, d: int, n: int, k: float) -> float:
    present = alive.reshape(n, d).sum(axis=1)  # over the d days of death before the j-th search
    at_search = f * k ** np.arange(n)
    missed_before = np.r_[1.0, np.cumprod(1 - at_search)[:-1]]
    chances = n - np.arange(n)  # intervals whose carcasses still have a j-th search
    return float((chances * at_search * missed_before * present).sum() / (n * d))


def _mean_days(s: float) -> float:
    return -1 / np.log(s) if 0 < s < 1 else (0.0 if s <= 0 else float("inf"))


def _huso(s: float, f: float, d: int) -> float:
    mean = _mean_days(s)
    if mean == 0:
        return 0.0
    if not np.isfinite(mean):
        return f
    effective = -np.log(0.01) * mean
    star = min(d, effective)
    return float(f * mean * -np.expm1(-star / mean) / star * min(1, effective / d))


def _erickson(s: float, f: float, d: int) -> float:
    mean = _mean_days(s)
    if mean == 0 or f == 0:
        return 0.0
    if not np.isfinite(mean):
        return 1.0
    rise = np.expm1(min(d / mean, 700))
    return float(mean * f / d * rise / (rise + f))

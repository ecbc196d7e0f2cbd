"""Populations that grow, shrink or meet a limit, and families whose young are told from their parents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import positive, whole


@dataclass(frozen=True)
class YearlyBirds:
    """`birds`: `year`, `truth` (birds), `count` (with counting error).

    growth, sd, capacity : the settings, as they were given.
    """

    birds: pd.DataFrame
    growth: float
    sd: float
    capacity: float | None


def yearly_birds(
    years: int = 30,
    *,
    start: float = 300.0,
    growth: float = 0.0,
    sd: float = 0.12,
    capacity: float | None = None,
    counting_error: float = 0.0,
    first_year: int = 1995,
    seed: int,
) -> YearlyBirds:
    """Simulate a population from year to year, good and poor years by chance.

        log N[t+1] = log N[t] + growth · (1 − N[t] / capacity) + Normal(0, sd²)

    Parameters
    ----------
    years : 2 or more. start : birds in the first year. growth : mean yearly change of the log (0.05 is
        about 5 %), when birds are few. sd : of the good and poor years.
    capacity : birds that the area can feed; None for growth without a limit.
    counting_error : standard deviation of the log error of a count. first_year : the first year.
    seed : any whole number.

    Returns
    -------
    YearlyBirds; `truth` is not rounded, `count` is a whole number.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    years, rng = whole(years, "years", 2), np.random.default_rng(seed)
    step = rng.normal(0, positive(sd, "sd", zero=True), years - 1)
    error = rng.normal(0, positive(counting_error, "counting_error", zero=True), years)
    limit = np.inf if capacity is None else positive(capacity, "capacity")
    log = np.full(years, np.log(positive(start, "start")))
    for t in range(years - 1):
        log[t + 1] = log[t] + growth * (1 - np.exp(log[t]) / limit) + step[t]
    table = {"year": first_year + np.arange(years), "truth": np.exp(log)}
    table["count"] = np.rint(np.exp(log + error)).astype(int)
    return YearlyBirds(pd.DataFrame(table), float(growth), float(sd), capacity)


@dataclass(frozen=True)
class Families:
    """`flocks`: `flock`, `young`, `adults`. `share_young`: the true share of young among all birds."""

    flocks: pd.DataFrame
    share_young: float


def families(
    flocks: int = 40,
    *,
    pairs_per_flock: float = 6.0,
    breeding: float = 0.4,
    two_young: float = 0.3,
    likeness: float = 0.3,
    seed: int,
) -> Families:
    """Simulate flocks of cranes in which each pair has no, one or two young.

    Parameters
    ----------
    flocks : how many. pairs_per_flock : mean; 1 + Poisson. breeding : share of pairs with young.
    two_young : share of these with two. likeness : 0 to below 1: how much pairs of one flock share a
        good or a poor place (correlation of their success); above 0, birds of a flock are no independent
        sample. seed : any whole number.

    Returns
    -------
    Families. The true share of young is that of the whole population, not of the flocks seen.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    flocks, rng = whole(flocks, "flocks"), np.random.default_rng(seed)
    mean = probability(breeding, "breeding", open_interval=True)
    two, alike = probability(two_young, "two_young"), probability(likeness, "likeness")
    if alike == 1:
        raise ValueError("likeness is 1: choose below 1")
    if positive(pairs_per_flock, "pairs_per_flock") < 1:
        raise ValueError(f"pairs_per_flock is {pairs_per_flock:g}: give 1 or more")
    pairs = 1 + rng.poisson(pairs_per_flock - 1, flocks)
    if alike:
        spread = 1 / alike - 1
        success = rng.beta(mean * spread, (1 - mean) * spread, flocks)
    else:
        success = np.full(flocks, mean)
    with_young = rng.binomial(pairs, success)
    young = with_young + rng.binomial(with_young, two)
    per_pair = mean * (1 + two)
    table = {"flock": np.arange(1, flocks + 1), "young": young, "adults": 2 * pairs}
    return Families(pd.DataFrame(table), float(per_pair / (2 + per_pair)))

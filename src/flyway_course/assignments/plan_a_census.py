"""X1: the sites, in which the best plan is clear and better than the greedy one."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pandas as pd

from flyway.detection.double_observer import independent_observers
from flyway.simulate.census_plan import CensusPlan, census_plan
from flyway_course.assignments import PRACTICE_SEED
from flyway_course.assignments.drawing import as_csv, first_fair

TARGET = 0.95
CLEAR = 0.01
REACHED = 0.72
"""How many of 100 private classes have a border that a flock can cross in time, as a share."""


def files(seed: int) -> dict[str, bytes]:
    """Return `sites.csv`, `neighbours.csv`, `pilot.csv` and `budget.csv`."""
    made = draw(seed)
    return {
        "sites.csv": as_csv(made.sites),
        "neighbours.csv": as_csv(made.neighbours),
        "pilot.csv": as_csv(made.pilot),
        "budget.csv": as_csv(pd.DataFrame({"budget_usd": [made.budget]})),
    }


@cache
def draw(seed: int) -> CensusPlan:
    """Return what the files of a seed are written from; a class never gets the practice answers."""
    reached = seed == PRACTICE_SEED or bool(np.random.default_rng(seed).random() < REACHED)

    def fair(made: CensusPlan) -> bool:
        if can_reach(made) != reached or not is_fair(made):
            return False
        return seed == PRACTICE_SEED or _asks_anew(made, draw(PRACTICE_SEED))

    return first_fair(lambda number: census_plan(seed=number), fair, seed)


def is_fair(made: CensusPlan) -> bool:
    """Say whether the border is clear, one plan is best, and the observers needed are clear."""
    return _has_clear_border(made) and _has_one_best_plan(made) and _has_clear_effort(made)


def can_reach(made: CensusPlan) -> bool:
    """Say whether a flock can reach the second of the two neighbours before it is counted."""
    return minutes_between(made) >= _flight_minutes(made)


def minutes_between(made: CensusPlan) -> int:
    """Return the minutes between the counts at the two neighbours, on one clock."""
    pair = made.neighbours.iloc[0]
    _, clock = _minutes(made)
    return abs(clock[pair["site_1"]] - clock[pair["site_2"]])


def _minutes(made: CensusPlan) -> tuple[dict[str, int], dict[str, int]]:
    """Return by site the planned minute of the day: on the sheet, and on one clock."""
    told = {s: int(t[:2]) * 60 + int(t[3:]) for s, t in made.sites[["site", "local_time"]].values}
    ahead = dict(made.sites[["site", "utc_offset_h"]].values)
    return told, {site: minute - 60 * int(ahead[site]) for site, minute in told.items()}


def _flight_minutes(made: CensusPlan) -> float:
    pair = made.neighbours.iloc[0]
    return 60 * pair["km"] / pair["flight_km_h"]


def _asks_anew(made: CensusPlan, practice: CensusPlan) -> bool:
    """Say whether the numbers of the border and of the observers are not those of the practice files."""
    if minutes_between(made) == minutes_between(practice):
        return False
    p, known = (independent_observers(each.pilot).p_first for each in (made, practice))
    return abs(p - known) > 0.02


def _has_one_best_plan(made: CensusPlan) -> bool:
    """Say whether the greedy plan misses birds, and no other plan is nearly as good as the best."""
    birds, cost = made.sites["usual"].to_numpy(), made.sites["cost_usd"].to_numpy()
    value = birds / cost
    chosen = np.array(list(itertools.product([0, 1], repeat=len(birds))))
    covered = np.sort((chosen @ birds)[chosen @ cost <= made.budget])[::-1]
    left, greedy, most = made.budget, 0, made.budget
    largest = 0
    for place in np.argsort(-value):
        if cost[place] <= left:
            left, greedy = left - cost[place], greedy + birds[place]
    for place in np.argsort(-birds):
        if cost[place] <= most:
            most, largest = most - cost[place], largest + birds[place]
    gaps = np.diff(np.sort(value)) / np.sort(value)[:-1]
    return bool(
        len(set(birds)) == len(birds)
        and gaps.min() > 0.001
        and covered[0] > covered[1]
        and covered[0] - greedy > CLEAR * birds.sum()
        and covered[0] > largest
    )


def _has_clear_border(made: CensusPlan) -> bool:
    """Say whether the clocks matter, and no minute decides if a flock can cross the border."""
    pair = made.neighbours.iloc[0]
    told, clock = _minutes(made)
    on_sheets = abs(told[pair["site_1"]] - told[pair["site_2"]])
    whole, local = (max(times.values()) - min(times.values()) for times in (clock, told))
    gap = minutes_between(made)
    return abs(gap - _flight_minutes(made)) > 5 and gap != on_sheets and abs(whole - local) > 12


def _has_clear_effort(made: CensusPlan) -> bool:
    """Say whether the number of observers does not depend on rounding."""
    p = independent_observers(made.pilot).p_first
    seen = 1 - (1 - p) ** np.arange(1, 8)
    return bool((abs(seen - TARGET) > CLEAR).all() and p > 0.4)

"""X1: the sites, in which the best plan is clear and better than the greedy one."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from flyway.detection.double_observer import independent_observers
from flyway.simulate.census_plan import CensusPlan, census_plan
from flyway.survey.simultaneous import on_one_clock
from flyway_course.assignments.drawing import as_csv, first_fair

TARGET = 0.95
CLEAR = 0.01


def files(seed: int) -> dict[str, bytes]:
    """Return `sites.csv`, `neighbours.csv`, `pilot.csv` and `budget.csv`."""
    made = first_fair(lambda number: census_plan(seed=number), is_fair, seed)
    return {
        "sites.csv": as_csv(made.sites),
        "neighbours.csv": as_csv(made.neighbours),
        "pilot.csv": as_csv(made.pilot),
        "budget.csv": as_csv(pd.DataFrame({"budget_usd": [made.budget]})),
    }


def is_fair(made: CensusPlan) -> bool:
    """Say whether one plan is best, the neighbours matter, and the observers needed are clear."""
    return _has_one_best_plan(made) and _has_a_border(made) and _has_clear_effort(made)


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


def _has_a_border(made: CensusPlan) -> bool:
    """Say whether a flock can reach the second of the two neighbours before it is counted."""
    pair = made.neighbours.iloc[0]
    clock = on_one_clock(made.sites, 8).set_axis(made.sites["site"])
    one, two = pair["site_1"], pair["site_2"]
    gap = abs((clock[one] - clock[two]).total_seconds()) / 60
    whole = (clock.max() - clock.min()).total_seconds() / 3600
    told = pd.to_datetime(made.sites["local_time"], format="%H:%M").set_axis(made.sites["site"])
    on_sheets = abs((told[one] - told[two]).total_seconds()) / 60
    local = (told.max() - told.min()).total_seconds() / 3600
    flight = 60 * pair["km"] / pair["flight_km_h"]
    return gap > flight + 5 and gap != on_sheets and abs(whole - local) > 0.2


def _has_clear_effort(made: CensusPlan) -> bool:
    """Say whether the number of observers does not depend on rounding."""
    p = independent_observers(made.pilot).p_first
    seen = 1 - (1 - p) ** np.arange(1, 8)
    return bool((abs(seen - TARGET) > CLEAR).all() and p > 0.4)

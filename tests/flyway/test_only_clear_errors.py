"""Whatever a table holds, a function gives a result or one clear ValueError: nothing else escapes."""

import numpy as np
import pandas as pd
import pytest
from odd_cells import odd_column, odd_table

from flyway.counts.criterion import one_percent, qualifying_sites
from flyway.counts.index import fit_index
from flyway.counts.iucn import iucn_reduction
from flyway.counts.population import estimate_population
from flyway.counts.season import season_curve, season_peaks
from flyway.counts.smooth import smooth
from flyway.counts.trend import growth_rate, trend
from flyway.detection.calibration import METHODS, calibrate, observer_ratio
from flyway.detection.closed import mark_resight
from flyway.detection.distance import fit_distance
from flyway.detection.double_observer import dependent_observers, independent_observers
from flyway.detection.huggins import huggins
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.occupancy import fit_occupancy
from flyway.survey.double_count import double_count_risk
from flyway.survey.places import blur_coordinates
from flyway.survey.power import trend_power
from flyway.survey.selection import minimum_set
from flyway.survey.stratified import estimate_ratio, estimate_stratified
from flyway.survey.validation import validate


def count(rng, top=60):
    return lambda: int(rng.integers(0, top)) if rng.random() > 0.3 else 0


def year(rng):
    return lambda: int(rng.integers(2010, 2018))


def calls(rng):
    n = int(rng.integers(0, 12))
    few = count(rng)
    years = odd_column(rng, n, iter(rng.permutation(np.arange(2000, 2000 + n)).tolist()).__next__)
    family = rng.choice(["quasipoisson", "poisson", "negbin", "lognormal"])
    letter = lambda: "ABCD"[rng.integers(4)]  # noqa: E731
    day = lambda: f"2024-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"  # noqa: E731
    bit = lambda: int(rng.integers(2))  # noqa: E731
    degree = lambda: float(rng.uniform(30, 40))  # noqa: E731
    return {
        "trend": lambda: trend(years, odd_column(rng, n, few), family).summary(),
        "smooth": lambda: smooth(years, odd_column(rng, n, few)).summary(),
        "growth": lambda: growth_rate(*odd_column(rng, 3, few)).summary(),
        "index": lambda: fit_index(
            odd_table(rng, 2 * n, site=letter, year=year(rng), count=few), model=int(rng.integers(2, 4))
        ).totals(),
        "calibrate": lambda: calibrate(odd_column(rng, n, few), odd_column(rng, n, few), rng.choice(METHODS)).correct([5]),
        "ratio": lambda: observer_ratio(odd_column(rng, n, few), odd_column(rng, n, few)).summary(),
        "closed": lambda: mark_resight(*odd_column(rng, 3, few)).summary(),
        "double": lambda: independent_observers(odd_table(rng, n, only_first=few, only_second=few, both=few)),
        "dependent": lambda: dependent_observers(
            odd_table(rng, n, primary=lambda: "AB"[rng.integers(2)], seen_by_primary=few, added_by_secondary=bit)
        ).summary(),
        "huggins": lambda: huggins(odd_table(rng, n, seen_first=bit, seen_second=bit)).summary(),
        "distance": lambda: fit_distance(odd_column(rng, 2 * n, few), None, rng.choice(["line", "point"])).summary(),
        "occupancy": lambda: fit_occupancy(odd_table(rng, n, a=bit, b=bit, c=bit)).summary(),
        "nmixture": lambda: fit_nmixture(odd_table(rng, n, a=count(rng, 6), b=count(rng, 6)), K=20).summary(),
        "population": lambda: estimate_population(odd_table(rng, n, site=lambda: rng.integers(99), count=few, usual=few)).summary(),
        "percent": lambda: one_percent(*odd_column(rng, 2, few)),
        "qualify": lambda: qualifying_sites(odd_table(rng, n, site=letter, year=year(rng), count=few), 20),
        "iucn": lambda: iucn_reduction(*odd_column(rng, 2, few), 2000, 2010, 5).summary(),
        "season": lambda: season_curve(odd_column(rng, n, day), odd_column(rng, n, few), start_month=1).summary(),
        "peaks": lambda: season_peaks(odd_table(rng, n, date=day, count=few)),
        "power": lambda: trend_power(*odd_column(rng, 3, few)),
        "strata": lambda: estimate_stratified(odd_table(rng, n, b=few, h=letter), "b", "h", dict.fromkeys("ABCD", 20)),
        "area": lambda: estimate_ratio(odd_table(rng, n, b=few, a=few), "b", "a", 50),
        "sites": lambda: minimum_set(odd_table(rng, n, x=bit, y=bit)),
        "twice": lambda: double_count_risk(
            odd_table(rng, n, site=letter, lat=degree, lon=degree, time=day, count=few)
        ).summary(),
        "blur": lambda: blur_coordinates(odd_column(rng, n, degree), odd_column(rng, n, degree)),
        "form": lambda: validate(
            odd_table(rng, n, site=letter, date=day, species=letter, count=few, adults=few, lat=degree, lon=degree)
        ).summary(),
    }  # fmt: skip


NAMES = sorted(calls(np.random.default_rng(0)))


@pytest.mark.parametrize("name", NAMES)
def test_a_result_or_a_clear_error(result_or_clear_error, name):
    result_or_clear_error(calls, NAMES, name, seeds=10)


def test_names_of_two_kinds_are_refused():
    data = pd.DataFrame({"site": ["12", 12, "13"], "year": [2019, 2020, 2021], "count": 1})
    with pytest.raises(ValueError, match=r"site is 12 in row 1, of another kind.*astype"):
        fit_index(data)

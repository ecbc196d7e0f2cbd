"""Whatever stands where one number or word belongs, a result or a clear error of our own comes out."""

import traceback
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flyway
from flyway.connectivity.index import measure_connectivity
from flyway.connectivity.network import link_sites
from flyway.counts.bootstrap import bootstrap_index
from flyway.counts.criterion import one_percent, qualifying_sites
from flyway.counts.index import fit_index
from flyway.counts.iucn import iucn_reduction
from flyway.counts.smooth import smooth
from flyway.counts.trend import growth_rate, trend
from flyway.demography.extinction import extinction_risk
from flyway.demography.removal import growth_limit, removal_limit
from flyway.demography.stochastic import stochastic_growth
from flyway.demography.survival import fit_survival
from flyway.detection.closed import mark_resight
from flyway.detection.distance import fit_distance
from flyway.detection.nmixture import fit_nmixture
from flyway.impact.carcasses import carcass_detection
from flyway.impact.collisions import daylight_hours
from flyway.impact.food import carrying_days, daily_need
from flyway.impact.killed import estimate_killed
from flyway.impact.power import dates_until_detected, power_baci
from flyway.impact.transit import Bird, Turbine
from flyway.impact.trials import searcher_efficiency
from flyway.people.household import weighting_effect
from flyway.people.learning import learning_gain
from flyway.survey.allocation import allocate, sample_size
from flyway.survey.daylight import sun_times, tide_window
from flyway.survey.places import blur_coordinates
from flyway.survey.power import detectable_change, simulate_power, surveys_needed, trend_power
from flyway.survey.selection import maximum_coverage, representative_sites
from flyway.survey.simultaneous import census_grade
from flyway.survey.stratified import estimate_clusters, estimate_ratio

PACKAGE = str(Path(flyway.__file__).parent)
ODD = [None, np.nan, np.inf, -np.inf, -1, 0, 0.5, 1, 2, 2.5, 7, 1e300, 10**400, "", "many", True,
       [], [3], pd.NA, pd.Timestamp("2024-01-15")]  # fmt: skip

STRATA = pd.DataFrame({"N": [40, 60], "sd": [3.0, 9.0]})
YEARS = np.arange(2000, 2012)
COUNTS = np.array([90, 95, 88, 99, 93, 97, 90, 85, 92, 99, 103, 98])
GRID = pd.DataFrame({"site": list("AAABBBCCC"), "year": [1, 2, 3] * 3, "count": range(3, 12)})
FIT = fit_index(GRID)
DISTANCES = np.linspace(1, 80, 40)
VISITS = pd.DataFrame({"a": [1, 2, 0, 1], "b": [2, 2, 1, 0]})
BIRDS = pd.DataFrame({"history": ["0110", "1100", "1011", "1000"], "n": [5, 8, 6, 9]})
UNITS = pd.DataFrame({"birds": [3, 5, 0, 8], "km2": [1.0, 2, 1, 3], "village": list("aabb")})
PLACES = pd.DataFrame({"site": list("ABC"), "lat": [37.1, 37.5, 38], "lon": [125, 126, 126.5]})
LINKS = link_sites(PLACES, 60)
AREAS = PLACES.assign(area=[3, 5, 2])
PRESENCE = pd.DataFrame(np.eye(3), index=list("ABC"), columns=list("xyz"))
MATRICES = [[[0, 0.4], [0.5, 0.9]], [[0, 0.1], [0.4, 0.8]]]

# Each call with two odd values in the place of its numbers (or words).
CALLS = {
    "allocate": lambda a, b: allocate(STRATA, a, minimum=b),
    "sample size": lambda a, b: sample_size(a, 3, b),
    "sample size of a population": lambda a, b: sample_size(20, a, 0.1, b),
    "ratio": lambda a, b: estimate_ratio(UNITS, "birds", "km2", a, b),
    "clusters": lambda a, b: estimate_clusters(UNITS, "birds", "village", a, b),
    "power": lambda a, b: trend_power(a, b, 0.2),
    "power of words": lambda a, b: trend_power(0.2, 8, 0.2, model=a, cv_pattern=b),
    "power of tails": lambda a, b: trend_power(0.2, 8, 0.2, alpha=a, tails=b),
    "surveys": lambda a, b: surveys_needed(a, b, longest=30),
    "surveys for a power": lambda a, b: surveys_needed(0.1, 0.2, power=a, longest=b),
    "detectable": lambda a, b: detectable_change(a, b),
    "simulated power": lambda a, b: simulate_power(a, b, 40, replicates=20),
    "simulated scatter": lambda a, b: simulate_power(0.05, 6, a, dispersion=b, replicates=20),
    "simulated gaps": lambda a, b: simulate_power(0.05, 6, 40, missing=a, year_sd=b, replicates=20),
    "replicates": lambda a, b: simulate_power(0.05, 6, 40, replicates=a, alpha=b),
    "sun": lambda a, b: sun_times(["2024-01-15"], a, b),
    "tide": lambda a, b: tide_window(["2024-01-15 10:00"], a, b),
    "blur": lambda a, b: blur_coordinates([a], [127.0], b),
    "coverage": lambda a, b: maximum_coverage(PRESENCE, a, cost=b),
    "representative": lambda a, b: representative_sites(PLACES, ["lat"], a),
    "grade": lambda a, b: census_grade(a, b),
    "closed": lambda a, b: mark_resight(30, a, b),
    "closed method": lambda a, b: mark_resight(a, 30, 5, method=b),
    "distance": lambda a, b: fit_distance(DISTANCES, a, "line", b),
    "point": lambda a, b: fit_distance(DISTANCES, a, b),
    "n-mixture": lambda a, b: fit_nmixture(VISITS, K=a, family="poisson"),
    "growth": lambda a, b: growth_rate(100, a, b),
    "trend": lambda a, b: trend(YEARS, COUNTS, a),
    "smooth": lambda a, b: smooth(YEARS, COUNTS, a),
    "index": lambda a, b: fit_index(GRID, model=a, changepoints=b),
    "base": lambda a, b: FIT.index(a, b),
    "bootstrap": lambda a, b: bootstrap_index(FIT, a, b),
    "percent": lambda a, b: one_percent(a, b),
    "qualify": lambda a, b: qualifying_sites(GRID, a, last=b),
    "iucn": lambda a, b: iucn_reduction(900, 500, 2000, a, b),
    "iucn years": lambda a, b: iucn_reduction(a, 500, b, 2010, 5),
    "extinction": lambda a, b: extinction_risk(YEARS, COUNTS, threshold=a, horizon=b),
    "extinction from": lambda a, b: extinction_risk(YEARS, COUNTS, threshold=5, current=a, seed=b),
    "removal": lambda a, b: removal_limit(a, r_max=b, recovery=0.5, cv=0.2),
    "removal's doubt": lambda a, b: removal_limit(900, r_max=0.1, recovery=a, cv=b),
    "growth limit": lambda a, b: growth_limit(a, b),
    "stochastic": lambda a, b: stochastic_growth(MATRICES, years=a, chance=b),
    "survival": lambda a, b: fit_survival(BIRDS, frequency="n", overdispersion=a, gaps=b),
    "survival's formula": lambda a, b: fit_survival(BIRDS, a, frequency=b),
    "carcasses": lambda a, b: carcass_detection(persistence=a, efficiency=0.7, interval_days=b),
    "searches": lambda a, b: carcass_detection(persistence=0.9, efficiency=a, interval_days=7, searches=b),
    "efficiency": lambda a, b: searcher_efficiency(a, b),
    "killed": lambda a, b: estimate_killed(a, b),
    "killed doubt": lambda a, b: estimate_killed(3, 0.5, a),
    "daylight": lambda a, b: daylight_hours(a),
    "food": lambda a, b: carrying_days(a, b, energy_kj_g=17, need_kj=900),
    "need": lambda a, b: daily_need(a),
    "baci power": lambda a, b: power_baci(a, sd_sample=b, sites=(2, 2), dates=(3, 3)),
    "baci sites": lambda a, b: power_baci(5, sd_sample=1, sites=(a, 2), dates=(3, b)),
    "baci dates": lambda a, b: dates_until_detected(a, before=b, sd_sample=1.0, longest=9),
    "bird": lambda a, b: Bird(a, b, 13.0),
    "turbine": lambda a, b: Turbine(a, b, 4.0, 5.0),
    "connectivity": lambda a, b: measure_connectivity(AREAS, LINKS, area_landscape=a),
    "links": lambda a, b: link_sites(PLACES, a, probability_at=b),
    "weights": lambda a, b: weighting_effect([a, b, 1.0]),
    "learning": lambda a, b: learning_gain([3, 4, 5], [5, 6, 8], a),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=30, deadline=None, derandomize=True)
@given(a=st.sampled_from(ODD), b=st.sampled_from(ODD))
def test_a_result_or_a_clear_error(name, a, b):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=RuntimeWarning, module=r"flyway")
        try:
            CALLS[name](a, b)
        except ValueError as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            assert PACKAGE in last.filename, f"{error} came from {last.filename}"
            assert len(str(error)) > 25, str(error)

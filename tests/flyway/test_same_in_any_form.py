"""The same counts in another form give the same answer: order, labels and types of a table say nothing."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from flyway.connectivity.betweenness import measure_betweenness
from flyway.connectivity.index import measure_connectivity
from flyway.connectivity.protection import assess_protection
from flyway.connectivity.seasons import compare_seasons
from flyway.counts.criterion import qualifying_sites
from flyway.counts.index import fit_index
from flyway.counts.population import estimate_population
from flyway.counts.smooth import smooth
from flyway.counts.trend import trend
from flyway.decisions.scores import score_topsis, score_weighted_sum
from flyway.demography.age_ratio import age_ratio
from flyway.demography.density import compare_density
from flyway.demography.extinction import extinction_risk
from flyway.demography.survival import fit_survival
from flyway.detection.calibration import calibrate
from flyway.detection.density import estimate_density
from flyway.detection.distance import fit_distance
from flyway.detection.double_observer import dependent_observers, independent_observers
from flyway.detection.huggins import huggins
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.observer import observer_ratio
from flyway.detection.occupancy import fit_occupancy
from flyway.impact.baci import baci
from flyway.impact.landcover import land_transitions
from flyway.impact.progressive import progressive_baci
from flyway.impact.resources import fit_resource_selection
from flyway.impact.trials import fit_persistence
from flyway.people.disaggregate import disaggregate
from flyway.people.household import estimate_mean, estimate_share, estimate_total
from flyway.people.learning import compare_paired, learning_gain
from flyway.people.likert import summarise_likert
from flyway.people.reliability import check_reliability
from flyway.simulate.choices import choice
from flyway.simulate.counts import winter_counts
from flyway.simulate.habitat import land_change
from flyway.simulate.households import household_survey, training_scores
from flyway.simulate.impacts import baci_samples
from flyway.simulate.lines import line_searches
from flyway.simulate.marked import marked_birds
from flyway.simulate.movements import flyway_year, site_network
from flyway.simulate.observers import estimate_flocks, flock_sizes
from flyway.simulate.populations import families, yearly_birds
from flyway.simulate.roosts import roost_counts
from flyway.simulate.strata import wetland_sample
from flyway.simulate.visits import line_sightings, site_visits
from flyway.survey.double_count import double_count_risk
from flyway.survey.simultaneous import window_coverage
from flyway.survey.stratified import estimate_clusters, estimate_ratio, estimate_stratified

SIZES = flock_sizes(30, median=200, seed=1)
FLOCKS = pd.DataFrame({"visual": estimate_flocks(SIZES, ratio=0.8, seed=2), "photo": SIZES})
WETLANDS = wetland_sample(12, seed=1)
HOMES = household_survey(6, 6, seed=1).answers
PLACE = np.random.default_rng(3).normal(size=300)
CENSUS = pd.DataFrame(
    {
        "site": list("ABCDEF"),
        "lat": [36, 36.2, 36.4, 37, 37.1, 38],
        "lon": [126, 126.1, 126.5, 127, 127.2, 128],
        "time": pd.to_datetime([f"2025-01-12 0{h}:00" for h in (7, 8, 7, 9, 8, 7)]),
        "count": [120, 80, 60, 0, 300, 10],
        "usual": [100, 90, 70, 5, 250, 20],
    }
)


def yearly(seed=1):
    return yearly_birds(25, seed=seed).birds[["year", "count"]]


def gradual():
    rng, years = np.random.default_rng(2), np.arange(2000, 2020)
    drop = 0.2 * np.maximum(years - 2009, 0)
    table = {"year": np.tile(years, 2), "treatment": np.repeat(["impact", "control"], 20)}
    return pd.DataFrame(table | {"count": np.r_[9 - drop, np.full(20, 7)] + rng.normal(0, 0.3, 40)})


def visits(seed, **options):
    return site_visits(60, 4, seed=seed, missing=0.1, **options).visits.reset_index(drop=True)


# name -> (table, what is asked of it). Rows may be shuffled unless the name ends in "*".
CASES = {
    "betweenness": (site_network(30, seed=1)[1], lambda t: measure_betweenness(t, distance="distance_km")),
    "connectivity": (
        site_network(30, seed=1)[1],
        lambda t: measure_connectivity(t, probability="probability").summary().drop(columns="part"),
    ),
    "seasons": (flyway_year(seed=1).movements, lambda t: compare_seasons(t, birds="birds")),
    "protection": (
        pd.DataFrame(np.random.default_rng(1).integers(0, 90, (12, 3)), columns=list("xyz")).assign(site=list("abcdefghijkl")),
        lambda t: assess_protection(t[["site", *"xyz"]], ["a", "c"], 0.4),
    ),
    "qualifying": (
        pd.DataFrame({"site": list("abcd") * 4, "year": np.repeat(range(2020, 2024), 4), "count": [9, 90, 0, None] * 4}),
        lambda t: qualifying_sites(t, 50),
    ),
    "index": (winter_counts(8, 9, seed=1).counts, lambda t: fit_index(t, year="winter").index()),
    "index model 2": (winter_counts(8, 9, seed=1).counts, lambda t: fit_index(t, year="winter", model=2)),
    "population": (
        pd.DataFrame({"site": list("abcdefgh"), "count": [3, 4, None, 9, 12, 0, None, 7], "usual": [4, 4, 5, 8, 9, 1, 6, 7]}),
        lambda t: estimate_population(t),
    ),
    "smooth": (yearly(), lambda t: smooth(t["year"], t["count"], df=4)),
    "trend": (yearly(), lambda t: trend(t["year"], t["count"])),
    "trend nb": (yearly(), lambda t: trend(t["year"], t["count"], "negbin")),
    "topsis*": (choice(seed=1).options, lambda t: score_topsis(t, lower_is_better=["cost_keur"])),
    "weighted sum*": (choice(seed=1).options, lambda t: score_weighted_sum(t, lower_is_better=["cost_keur"])),
    "age ratio": (families(20, seed=1).flocks, lambda t: age_ratio(t)),
    "density dependence": (yearly(2), lambda t: compare_density(t["year"], t["count"], replicates=99)),
    "extinction": (yearly(2), lambda t: extinction_risk(t["year"], t["count"], threshold=20)),
    "survival": (marked_birds(80, 6, seed=1)[["history"]], lambda t: fit_survival(t, "time")),
    "calibrate": (FLOCKS, lambda t: calibrate(t["visual"], t["photo"])),
    "calibrate ratio": (FLOCKS, lambda t: calibrate(t["visual"], t["photo"], "ratio")),
    "observer": (FLOCKS, lambda t: observer_ratio(t["visual"], t["photo"])),
    "distance": (line_sightings(seed=1).sightings, lambda t: fit_distance(t["distance_m"], 200)),
    "density": (
        line_sightings(seed=1).sightings,
        lambda t: estimate_density(t, line_sightings(seed=1).transects, truncation_m=200),
    ),
    "dependent": (roost_counts(20, seed=1).counts, lambda t: dependent_observers(t)),
    "independent": (
        roost_counts(20, seed=1).counts,
        lambda t: independent_observers(t, "only_a", "only_b", "both"),
    ),
    "huggins": (
        roost_counts(20, seed=1).flocks.query("seen_a or seen_b").assign(
            seen_first=lambda t: t["seen_a"].astype(int), seen_second=lambda t: t["seen_b"].astype(int)
        )[["seen_first", "seen_second", "birds"]],
        lambda t: huggins(t, formula="np.log(birds)", size="birds"),
    ),
    "n-mixture": (visits(1, occupied=1, birds=3), lambda t: fit_nmixture(t, K=25)),
    "occupancy": (visits(2), lambda t: fit_occupancy(t)),
    "baci": (baci_samples(-1, seed=1), lambda t: baci(t, "response", site="site")),
    "baci paired": (
        baci_samples(-1, sites=(1, 1), dates=(6, 6), samples=1, seed=1),
        lambda t: baci(t, "response", site="site", date="date"),
    ),
    "progressive": (gradual(), lambda t: progressive_baci(t, start=2009)),
    "resources": (
        pd.DataFrame({"used": (PLACE + np.random.default_rng(4).normal(size=300) > 0.8) * 1, "x": PLACE}),
        lambda t: fit_resource_selection(t, "x"),
    ),
    "land": (land_change(80, seed=1).plots, lambda t: land_transitions(t["before"], t["after"])),
    "persistence": (
        line_searches(trial=30, seed=1).persistence,
        lambda t: fit_persistence(t["last_seen"], t["first_gone"]),
    ),
    "disaggregate": (HOMES[["zone", "sex", "loss"]], lambda t: disaggregate(t, ["zone", "sex"], "loss")),
    "household mean": (
        HOMES, lambda t: estimate_mean(t, "loss", weight="weight", strata="zone", cluster="village", by="sex")
    ),
    "household share": (HOMES, lambda t: estimate_share(t, "sex", weight="weight", strata="zone", cluster="village")),
    "household total": (HOMES, lambda t: estimate_total(t, "loss", weight="weight", cluster="village")),
    "paired": (training_scores(20, absent=0.2, seed=1).scores, lambda t: compare_paired(t["before"], t["after"])),
    "gain": (training_scores(20, absent=0.2, seed=1).scores, lambda t: learning_gain(t["before"], t["after"], 20)),
    "likert": (HOMES[["support"]], lambda t: summarise_likert(t, ["support"], [1, 2, 3, 4, 5])),
    "alpha": (
        pd.DataFrame(np.random.default_rng(5).integers(1, 6, (30, 4)), columns=list("abcd")),
        lambda t: check_reliability(t),
    ),
    "double count": (CENSUS, lambda t: double_count_risk(t)),
    "window": (CENSUS, lambda t: window_coverage(t, "2025-01-12 07:00", "2025-01-12 08:00", usual="usual")),
    "stratified": (WETLANDS.sample, lambda t: estimate_stratified(t, "birds", "stratum", WETLANDS.sizes)),
    "ratio": (WETLANDS.sample, lambda t: estimate_ratio(t, "birds", "area_km2", 200)),
    "clusters": (WETLANDS.sample, lambda t: estimate_clusters(t, "birds", "stratum", 9)),
}  # fmt: skip


def shuffled(table):
    return table.sample(frac=1, random_state=3)


def all_labels_alike(table):
    return table.set_axis([7] * len(table))


def with_text_labels(table):
    return table.set_axis([f"row {k}" for k in range(len(table))])


def nullable(table):
    return table.convert_dtypes()


def objects(table):
    return table.astype(object)


def categories(table):
    text = [
        c
        for c in table
        if pd.api.types.is_string_dtype(table[c]) and table[c].map(type).eq(str).all()
    ]
    return table.astype(dict.fromkeys(text, "category"))


def floats(table):
    whole = [c for c in table if pd.api.types.is_integer_dtype(table[c])]
    return table.astype(dict.fromkeys(whole, float))


def small_numbers(table):
    few = [c for c in table if pd.api.types.is_integer_dtype(table[c]) and table[c].max() < 32_000]
    return table.astype({c: ("Int16" if table[c].isna().any() else "int16") for c in few})


def more_columns(table):
    return table.assign(**{"a note": "seen from the dyke", "": None})


def read_again(table):
    """As after saving and reading a file in which every text is a category and every number a float."""
    return categories(floats(table)).iloc[::-1]


FORMS = [
    shuffled,
    all_labels_alike,
    with_text_labels,
    nullable,
    objects,
    categories,
    floats,
    small_numbers,
    more_columns,
    read_again,
]


def told(result):
    table = result if isinstance(result, pd.DataFrame) else result.summary()
    table = table.reset_index(drop=isinstance(table.index, pd.RangeIndex))
    table = table.astype(object).map(
        lambda v: float(v) if isinstance(v, int | float | np.number) else str(v)
    )
    return table.sort_values(list(table.columns), key=lambda c: c.map(lambda v: f"{v:.6g}" if isinstance(v, float) else v), ignore_index=True)  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", CASES)
def test_another_form_gives_the_same_answer(name, form):
    table, ask = CASES[name]
    if name.endswith("*") and form in (all_labels_alike, with_text_labels, more_columns):
        pytest.skip(
            "here the row labels are the names of the options, and every column is a criterion"
        )
    if name in ("occupancy", "n-mixture", "alpha") and form is more_columns:
        pytest.skip("every column is a visit or an item")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the fits themselves: another test looks at them
        plain, other = told(ask(table.copy())), told(ask(form(table.copy())))
    pd.testing.assert_frame_equal(plain, other, check_dtype=False, rtol=2e-4, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_the_table_is_left_as_it_was(name):
    table, ask = CASES[name]
    before = table.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ask(table)
    pd.testing.assert_frame_equal(table, before)

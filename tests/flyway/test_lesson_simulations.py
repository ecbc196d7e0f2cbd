"""Simulated counters, sites and censuses do what their documentation says, with known truth."""

import numpy as np
import pandas as pd
import pytest

from flyway.counts.trend import trend
from flyway.detection.calibration import calibrate
from flyway.simulate.coverage import growing_census
from flyway.simulate.observers import (
    COUNTERS,
    estimate_flocks,
    flock_estimates,
    flock_sizes,
    round_like_people,
)
from flyway.simulate.sitelist import visited_sites


def test_flock_sizes_have_the_median_and_spread_asked_for():
    sizes = flock_sizes(20_000, median=110, spread=1.1, seed=1)
    assert np.median(sizes) == pytest.approx(110, rel=0.03)
    assert np.log(sizes).std() == pytest.approx(1.1, abs=0.06)
    assert sizes.min() >= 5


@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.2])
def test_a_counter_has_the_bias_that_was_set(ratio):
    sizes = flock_sizes(5_000, seed=2)
    estimates = estimate_flocks(sizes, ratio=ratio, noise=0.2, seed=3)
    assert np.exp(np.log(estimates / sizes).mean()) == pytest.approx(ratio, rel=0.02)


def test_a_slope_below_one_hides_birds_of_large_flocks_only():
    small, large = np.full(2_000, 100), np.full(2_000, 1_000)
    setting = {"ratio": 1.0, "slope": 0.9, "noise": 0.1}
    ratio_small = (estimate_flocks(small, **setting, seed=4) / 100).mean()
    ratio_large = (estimate_flocks(large, **setting, seed=4) / 1_000).mean()
    assert ratio_small == pytest.approx(1.0, abs=0.02)
    assert ratio_large == pytest.approx(10**-0.1, abs=0.02)


def test_people_round_to_round_numbers():
    assert round_like_people([0.2, 17.4, 63, 214, 777, 1480]).tolist() == [
        1,
        17,
        65,
        210,
        800,
        1500,
    ]


def test_photographs_are_blank_and_not_zero_where_none_was_taken():
    flocks = flock_estimates()
    assert flocks["photo"].isna().sum() == 26
    taken = flocks.dropna(subset="photo")
    assert (taken["photo"] == taken["truth"]).all()


def test_the_interval_of_the_lesson_covers_as_the_lesson_says():
    held = 0
    for seed in range(300):
        flocks = flock_estimates(seed=seed)
        photographed = flocks.dropna(subset="photo")
        fit = calibrate(photographed["counter_a"], photographed["photo"], method="ratio")
        total = fit.total(flocks["counter_a"]).iloc[0]
        held += total["lower"] <= flocks["truth"].sum() <= total["upper"]
    assert held / 300 == pytest.approx(0.93, abs=0.005)


def test_counter_a_misses_one_bird_in_four_and_b_is_wild():
    flocks = flock_estimates()
    assert flocks["counter_a"].sum() / flocks["truth"].sum() == pytest.approx(0.74, abs=0.01)
    assert COUNTERS["B"]["noise"] > 2 * COUNTERS["A"]["noise"]


def test_growth_of_coverage_is_added_to_the_trend():
    full = growing_census(0.05, noise=0.0, seed=1)
    rising = growing_census(0.05, first_coverage=0.5, last_coverage=0.95, noise=0.0, seed=1)
    assert trend(full["year"], full["count"]).percent == pytest.approx(5, abs=0.05)
    assert trend(rising["year"], rising["count"]).percent > 6.5
    pd.testing.assert_series_equal(full["truth"], rising["truth"])


def test_more_visits_only_ever_add_sites():
    few, many = visited_sites(0.2, seed=5), visited_sites(0.8, seed=5)
    assert not (few["visited"] & ~many["visited"]).any()
    assert many["visited"].sum() > few["visited"].sum()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: flock_sizes(0, seed=1), "ask for 1 flock"),
        (lambda: estimate_flocks([10, 0], seed=1), "flock 1 has size 0"),
        (lambda: estimate_flocks([10], ratio=0, seed=1), "ratio must be above 0"),
        (lambda: flock_estimates(5, photographed=6), "choose 0 to 5"),
        (lambda: growing_census(first_coverage=0, seed=1), "first_coverage is 0"),
        (lambda: growing_census(years=1, seed=1), "2 years or more"),
        (lambda: visited_sites(1.2, seed=1), "north is 1.2"),
    ],
)
def test_bad_settings_name_the_mend(call, words):
    with pytest.raises(ValueError, match=words):
        call()

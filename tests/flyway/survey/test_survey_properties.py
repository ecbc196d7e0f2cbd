"""What holds for every sample, network of sites and place: found by hypothesis, not by example."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway.survey.allocation import allocate, sample_size
from flyway.survey.daylight import sun_times
from flyway.survey.double_count import distance_km
from flyway.survey.places import blur_coordinates
from flyway.survey.power import trend_power
from flyway.survey.selection import maximum_coverage, minimum_set
from flyway.survey.stratified import estimate_clusters, estimate_ratio, estimate_stratified

quick = settings(max_examples=40, deadline=None, derandomize=True)
few = settings(max_examples=15, deadline=None, derandomize=True)

birds = st.integers(0, 5000)
samples = st.dictionaries(
    st.sampled_from("ABCD"), st.lists(birds, min_size=2, max_size=9), min_size=1
)
degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def as_table(strata):
    rows = [(name, n) for name, counts in strata.items() for n in counts]
    return pd.DataFrame(rows, columns=["stratum", "birds"])


@quick
@given(samples, st.integers(0, 30), st.integers(2, 9))
def test_stratified_totals_add_up_and_scale(strata, extra, factor):
    table, sizes = as_table(strata), {name: len(c) + extra for name, c in strata.items()}
    fit = estimate_stratified(table, "birds", "stratum", sizes)
    assert fit.total == pytest.approx(sum(n * np.mean(strata[s]) for s, n in sizes.items()))
    assert fit.total == pytest.approx(fit.estimate * sum(sizes.values()))
    low, high = fit.interval()
    if fit.se > 0:
        assert low <= fit.estimate <= high
    scaled = estimate_stratified(
        table.assign(birds=table["birds"] * factor), "birds", "stratum", sizes
    )
    assert (scaled.estimate, scaled.se) == pytest.approx((fit.estimate * factor, fit.se * factor))
    mixed = estimate_stratified(table.sample(frac=1, random_state=1), "birds", "stratum", sizes)
    assert (mixed.estimate, mixed.se) == pytest.approx((fit.estimate, fit.se))
    if extra == 0:
        assert fit.se == 0  # every unit was counted


@quick
@given(st.lists(st.tuples(birds, st.integers(1, 90)), min_size=2, max_size=12), st.integers(0, 50))
def test_a_ratio_lies_between_the_ratios_of_its_units(units, extra):
    table = pd.DataFrame(units, columns=["birds", "km2"])
    fit = estimate_ratio(table, "birds", "km2", len(units) + extra)
    each = table["birds"] / table["km2"]
    assert each.min() - 1e-9 <= fit.estimate <= each.max() + 1e-9
    assert fit.estimate == pytest.approx(table["birds"].sum() / table["km2"].sum())
    low, high = fit.interval()
    assert low <= fit.estimate <= high or fit.se == 0
    hectares = estimate_ratio(
        table.assign(km2=table["km2"] * 100), "birds", "km2", len(units) + extra
    )
    assert (hectares.estimate * 100, hectares.se * 100) == pytest.approx((fit.estimate, fit.se))


@quick
@given(samples.filter(lambda s: len(s) > 1), st.integers(0, 9))
def test_clusters_give_the_mean_of_all_their_units(clusters, extra):
    table = as_table(clusters)
    fit = estimate_clusters(table, "birds", "stratum", len(clusters) + extra)
    assert fit.estimate == pytest.approx(table["birds"].mean())
    assert fit.se >= 0


@quick
@given(
    st.lists(st.tuples(st.integers(4, 200), st.floats(0, 50)), min_size=1, max_size=6), st.data()
)
def test_an_allocation_uses_all_its_units_and_no_more_than_there_are(strata, data):
    table = pd.DataFrame(strata, columns=["N", "sd"])
    n = data.draw(st.integers(2 * len(table), int(table["N"].sum())))
    errors = {}
    for method in ("neyman", "proportional", "equal"):
        given_out = allocate(table, n, method)
        assert given_out["n"].sum() == n
        assert (given_out["n"] <= given_out["N"]).all()
        assert (given_out["n"] >= 2).all()
        errors[method] = given_out["se_of_mean"].iloc[0]
    assert errors["neyman"] <= min(errors.values()) + 1e-9


@quick
@given(st.floats(1, 1e4), st.floats(0, 1e4), st.floats(0.01, 1), st.integers(2, 10**5))
def test_a_sample_is_never_larger_than_the_population(mean, sd, cv, population):
    n = sample_size(mean, sd, cv, population)
    assert 2 <= n <= population
    assert n <= sample_size(mean, sd, cv)
    assert sample_size(mean, sd, cv / 2, population) >= n


@few
@given(st.floats(-0.9, 3).filter(lambda c: abs(c) > 1e-3), st.integers(3, 40), st.floats(0.02, 0.9))
def test_power_is_a_chance_that_care_and_risk_raise(change, surveys, cv):
    power = trend_power(change, surveys, cv)
    assert 0 <= power <= 1
    assert trend_power(change, surveys, cv / 2) >= power - 1e-9
    assert trend_power(change, surveys, cv, alpha=0.2) >= power - 1e-9
    assert trend_power(change, surveys, cv, tails=1) >= power - 1e-9


@quick
@given(st.lists(degrees, min_size=1, max_size=6), st.sampled_from([0.01, 0.1, 0.5, 1.0]))
def test_a_blurred_place_is_as_near_as_it_says_and_blurs_no_further(places, cell):
    lat, lon = np.array(places).T
    blurred = blur_coordinates(lat, lon, cell)
    moved = distance_km(lat, lon, blurred["lat"], blurred["lon"])
    assert (moved * 1000 <= blurred["uncertainty_m"] * 1.01 + 1).all()
    again = blur_coordinates(blurred["lat"], blurred["lon"], cell)
    np.testing.assert_allclose(again[["lat", "lon"]], blurred[["lat", "lon"]], atol=cell * 1e-6)


@quick
@given(degrees, degrees, degrees)
def test_distances_are_those_of_a_sphere(a, b, c):
    ab, ba = distance_km(*a, *b), distance_km(*b, *a)
    assert ab == pytest.approx(ba, abs=1e-6)
    assert distance_km(*a, *a) == pytest.approx(0, abs=1e-4)
    assert 0 <= ab <= 20_016
    assert distance_km(*a, *c) <= ab + distance_km(*b, *c) + 1e-3


@few
@given(st.floats(-65, 65), st.floats(-180, 180), st.integers(0, 364))
def test_the_day_has_one_noon_and_is_as_long_as_the_night_half_a_year_later(lat, lon, day):
    dates = pd.to_datetime(["2023-01-01"]) + pd.to_timedelta([day], "D")
    sun = sun_times(dates, lat, lon).iloc[0]
    later = sun_times(dates + pd.Timedelta(days=182.6).round("D"), lat, lon).iloc[0]
    hours = [(s["sunset"] - s["sunrise"]).total_seconds() / 3600 for s in (sun, later)]
    assert min(hours) > 0
    assert max(hours) < 24
    assert sum(hours) == pytest.approx(24, abs=1.2)  # refraction and the sun's disc add minutes


@few
@given(
    st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=2, max_size=7).filter(
        lambda rows: all(map(any, zip(*rows, strict=True)))
    )
)
def test_a_minimum_set_holds_all_and_none_of_it_can_be_left_out(rows):
    presence = pd.DataFrame(rows, index=[f"S{i}" for i in range(len(rows))], columns=list("abcd"))
    best = list(minimum_set(presence).sites)
    assert presence.loc[best].any().all()
    for site in best:
        assert not presence.loc[[s for s in best if s != site]].any().all()
    covered = maximum_coverage(presence, len(best))
    assert presence.loc[list(covered.sites)].any().all()

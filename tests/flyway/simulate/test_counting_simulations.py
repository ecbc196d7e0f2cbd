"""Census mornings, roosts, repeated visits, lines and strata: the truth stands, and methods find it."""

import numpy as np
import pandas as pd
import pytest

from flyway.detection.density import estimate_density
from flyway.detection.distance import fit_distance
from flyway.detection.double_observer import dependent_observers, independent_observers
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.occupancy import fit_occupancy
from flyway.simulate.census_day import census_day
from flyway.simulate.roosts import roost_counts
from flyway.simulate.strata import wetland_sample
from flyway.simulate.visits import line_sightings, site_visits
from flyway.survey.double_count import distance_km, double_count_risk
from flyway.survey.stratified import estimate_stratified


def test_no_bird_is_won_or_lost_while_flocks_fly():
    day = census_day(restless=0.4, seed=1)
    for hour, there in day.counts.groupby("hour")["there"].sum().items():
        flying = day.flights[(day.flights["left"] < hour) & (day.flights["arrived"] > hour)]
        assert there + flying["birds"].sum() == day.total
    assert (day.counts["count"] == day.counts["there"]).all()


def test_flights_keep_to_reach_and_speed():
    day = census_day(restless=0.4, reach_km=50, speed_km_h=40, seed=2)
    place = day.sites.set_index("site")
    a, b = place.loc[day.flights["from"]], place.loc[day.flights["to"]]
    km = distance_km(a["lat"], a["lon"], b["lat"], b["lon"])
    assert len(km) > 20
    assert km.max() < 51
    spent = (day.flights["arrived"] - day.flights["left"]).to_numpy()
    np.testing.assert_allclose(km / spent, 40, rtol=0.02)


@pytest.mark.parametrize("seed", range(8))
def test_the_bounds_of_double_counting_hold_the_birds_that_were_seen(seed):
    day = census_day(restless=0.5, seed=seed)
    hours = dict(
        zip(day.sites["site"], np.tile([6, 9, 12], 4), strict=True)
    )  # counted one after another
    counts = day.counts[day.counts["hour"] == day.counts["site"].map(hours)]
    found = double_count_risk(counts, speed_km_h=51, reach_km=61)  # a little more than they can
    assert (
        found.lower <= day.total
    )  # the fewest birds that explain the counts are no more than there are
    assert found.upper == counts["count"].sum()
    same = day.counts[day.counts["hour"] == 9]
    assert double_count_risk(same).lower == same["count"].sum() <= day.total


def test_low_tide_hides_birds():
    day = census_day(seen_at_low_tide=0.3, restless=0, flocks=400, seed=3)
    gap = (
        day.counts["hour"] - day.counts["site"].map(day.sites.set_index("site")["high_tide"])
    ).abs()
    share = day.counts["count"].groupby(gap > 2).sum() / day.counts["there"].groupby(gap > 2).sum()
    assert share[False] == 1
    assert share[True] == pytest.approx(0.3, abs=0.02)


def test_roost_counts_agree_with_their_flocks_and_both_designs_find_the_flocks():
    made = roost_counts(300, seed=4)
    assert made.truth["flocks"].sum() == len(made.flocks)
    assert made.truth["birds"].sum() == made.flocks["birds"].sum()
    seen = made.flocks[made.flocks["seen_a"] | made.flocks["seen_b"]]
    c = made.counts
    assert (c["only_a"] + c["only_b"] + c["both"]).sum() == len(seen)
    assert (c["birds_seen_by_primary"] + c["birds_added_by_secondary"]).sum() == seen["birds"].sum()
    led = dependent_observers(c)
    apart = independent_observers(c, "only_a", "only_b", "both")
    for fit in (led, apart):
        assert fit.interval()[0] <= len(made.flocks) <= fit.interval()[1]
        assert fit.p_first == pytest.approx(0.8, abs=0.04)
        assert fit.p_second == pytest.approx(0.6, abs=0.04)


def test_without_a_swap_one_observer_always_leads_and_size_can_matter():
    assert set(roost_counts(20, swap=False, seed=1).counts["primary"]) == {"A"}
    flocks = roost_counts(400, size_effect=1.5, seed=5).flocks
    large = flocks["birds"] > flocks["birds"].median()
    assert flocks.loc[large, "seen_b"].mean() > flocks.loc[~large, "seen_b"].mean() + 0.2


def test_visits_are_found_again():
    made = site_visits(400, seed=6)
    assert fit_occupancy(made.visits).estimate == pytest.approx(0.6, abs=0.06)
    birds = site_visits(200, occupied=1, birds=5, p=0.5, seed=7)
    fit = fit_nmixture(birds.visits, K=40)
    assert fit.estimate == pytest.approx(5, rel=0.15)
    gaps = site_visits(500, missing=0.3, seed=8).visits
    assert gaps.isna().mean().mean() == pytest.approx(0.3, abs=0.03)
    moving = fit_occupancy(site_visits(400, coming_and_going=0.5, seed=9).visits)
    assert pytest.approx(moving.p, abs=0.05) == 0.4 * 0.5  # detection takes the blame


def test_line_sightings_are_found_again():
    made = line_sightings(lines=200, patchiness=0, seed=10)
    assert made.transects["birds"].sum() == pytest.approx(40 * 0.8 * 200, rel=0.05)
    fit = fit_distance(made.sightings["distance_m"], 200)
    assert fit.estimate == pytest.approx(made.share, abs=0.02)
    density = estimate_density(made.sightings, made.transects, truncation_m=200)
    assert density.estimate == pytest.approx(40, rel=0.06)
    half = line_sightings(lines=200, on_line=0.5, seed=10)
    low = estimate_density(half.sightings, half.transects, truncation_m=200)
    assert low.estimate == pytest.approx(
        20, rel=0.12
    )  # no distance tells that half were missed on the line


def test_the_same_wetlands_are_drawn_again_and_again():
    one, two = wetland_sample(seed=1), wetland_sample(seed=1, drawn=2)
    pd.testing.assert_frame_equal(one.sites, two.sites)
    assert not one.sample.equals(two.sample)
    assert one.sample["site"].is_unique
    assert one.total == one.sites["birds"].sum()
    totals = [
        estimate_stratified(
            wetland_sample(8, seed=1, drawn=k).sample, "birds", "stratum", one.sizes
        ).total
        for k in range(200)
    ]
    assert np.mean(totals) == pytest.approx(one.total, rel=0.03)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: census_day(0, seed=1), "sites_per_country is 0"),
        (lambda: census_day(hours=(9, 9), seed=1), "first and last full hour"),
        (lambda: census_day(restless=2, seed=1), "restless is 2"),
        (lambda: roost_counts(p_a=1, seed=1), "p_a is 1"),
        (lambda: roost_counts(median_flock=0, seed=1), "median_flock is 0"),
        (lambda: site_visits(p=-0.1, seed=1), "p is -0.1"),
        (lambda: site_visits(birds=-3, seed=1), "birds is -3"),
        (lambda: line_sightings(scale_m=float("inf"), seed=1), "scale_m is inf"),
        (lambda: wetland_sample(30, seed=1), "draw of reservoir is 30: there are 20"),
        (lambda: wetland_sample({"river": 3}, seed=1), "give a number for each"),
    ],
)
def test_settings_out_of_range_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()

"""Flyway networks, households, trainings and decisions: the truth stands, and methods find it."""

import numpy as np
import pandas as pd
import pytest

from flyway.connectivity.index import measure_connectivity
from flyway.connectivity.seasons import compare_seasons, find_bottleneck
from flyway.decisions.scores import score_weighted_sum
from flyway.people.household import estimate_mean, estimate_share, estimate_total
from flyway.people.learning import learning_gain
from flyway.simulate.choices import choice
from flyway.simulate.households import household_survey, training_scores
from flyway.simulate.movements import flyway_year, site_network, tracked_birds


@pytest.mark.parametrize("seed", range(5))
def test_hubs_are_the_busiest_sites_and_no_bird_is_lost(seed):
    year = flyway_year(seed=seed)
    found = compare_seasons(year.movements, birds="birds")
    assert dict(zip(found.overview["season"], found.overview["busiest"], strict=True)) == year.hubs
    assert year.hubs["autumn"] != year.hubs["spring"]
    assert (year.routes.groupby("season")["birds"].sum() == 5000).all()
    zone = year.sites.set_index("site")["zone"]
    for _, part in year.movements.groupby("season"):
        at = (
            part.groupby("to")["birds"].sum().sub(part.groupby("from")["birds"].sum(), fill_value=0)
        )
        assert (at[zone[at.index] == "stopover"] == 0).all()  # who arrives at a stopover leaves it


def test_the_bottleneck_is_the_hub_when_its_room_shrinks():
    year = flyway_year(hub_share=1.0, seed=2)
    hub = year.hubs["autumn"]
    breeding = year.sites.loc[year.sites["zone"] == "breeding", "site"].tolist()
    wintering = year.sites.loc[year.sites["zone"] == "wintering", "site"].tolist()
    found = find_bottleneck(year.movements, breeding, wintering, birds="birds", sites={hub: 800},
                            season="season", which="autumn")  # fmt: skip
    assert found.estimate == 800
    assert found.cut[["kind", "from"]].to_numpy().tolist() == [["site", hub]]


def test_trackers_sample_the_routes():
    year = flyway_year(seed=3)
    flights = tracked_birds(year, 4000, lost=0.25, seed=4)
    first = flights[
        (flights["season"] == "spring") & flights.duplicated(["season", "bird"], keep="last")
    ]
    assert first["to"].eq(year.hubs["spring"]).mean() == pytest.approx(0.6, abs=0.03)
    per_bird = flights.groupby(["season", "bird"]).size()
    assert len(per_bird) == 8000
    assert (per_bird == 2).mean() == pytest.approx(0.75, abs=0.02)
    assert compare_seasons(flights).overview["busiest"].tolist() == [
        year.hubs["autumn"],
        year.hubs["spring"],
    ]


def test_a_network_of_sites_has_the_links_asked_for():
    sites, links = site_network(400, links_per_site=6, seed=5)
    assert 2 * len(links) / len(sites) == pytest.approx(6, rel=0.15)
    assert links["probability"].between(0.1, 1).all()
    found = measure_connectivity(links, sites, attribute="birds", probability="probability")
    assert 0 < found.estimate < 1


def test_a_household_survey_finds_the_truth_of_the_census():
    whole = household_survey(seed=1)
    truth = whole.truth.set_index("zone").loc["all"]
    assert truth["households"] == len(whole.population)
    assert truth["mean_loss"] == pytest.approx(whole.population["loss"].mean())
    means, inside, shares, totals = [], 0, [], []
    for k in range(80):
        table = household_survey(24, seed=1, drawn=k).answers
        options = {"weight": "weight", "strata": "zone", "cluster": "village"}
        mean = estimate_mean(table, "loss", **options)
        low, high = mean.interval()
        inside += low <= truth["mean_loss"] <= high
        means.append(mean.estimate)
        shares.append(estimate_share(table, "harmed", **options).summary().iloc[1]["estimate"])
        totals.append(estimate_total(table, "loss", **options).estimate)
    assert np.mean(means) == pytest.approx(truth["mean_loss"], rel=0.04)
    assert np.mean(shares) == pytest.approx(truth["share_harmed"], rel=0.03)
    assert np.mean(totals) == pytest.approx(truth["total_loss"], rel=0.04)
    assert 0.88 <= inside / 80 <= 0.99


def test_refusals_cannot_be_weighed_away():
    truth = household_survey(seed=1).truth.set_index("zone").loc["all", "share_harmed"]
    found = [
        estimate_share(household_survey(refusal=0.5, seed=1, drawn=k).answers, "harmed", weight="weight")
        .summary().iloc[1]["estimate"]
        for k in range(20)
    ]  # fmt: skip
    assert np.mean(found) > truth + 0.08


def test_the_gain_of_a_training_is_found_again():
    made = training_scores(4000, gain=0.45, seed=2)
    scores = made.scores
    assert scores["after"].notna().all()
    assert (scores["after"] >= scores["before"]).all()
    assert (scores["after"] <= made.maximum).all()
    assert learning_gain(scores["before"], scores["after"], 20).estimate == pytest.approx(
        0.45, abs=0.01
    )
    assert (scores["sex"] == "woman").mean() == pytest.approx(0.4, abs=0.03)
    away = training_scores(1000, absent=0.2, seed=3).scores
    assert away["after"].isna().mean() == pytest.approx(0.2, abs=0.04)
    assert away["before"].notna().all()


def test_without_error_the_best_option_wins_with_the_true_weights():
    for seed in range(20):
        made = choice(error=0, seed=seed)
        assert made.worth.is_monotonic_decreasing
        assert sum(made.weights.values()) == pytest.approx(1)
        np.testing.assert_allclose(made.delegations.sum(axis=1), 1)
        np.testing.assert_allclose(made.options, made.true_options, atol=0.06)
        good = made.true_options.copy()
        good[made.lower_is_better] *= -1
        assert (good.loc["Option E"] < good.loc["Option A"]).all()  # dominated, as promised
        found = score_weighted_sum(made.options, made.weights, lower_is_better=made.lower_is_better)
        ranks = found.summary().set_index("option")["rank"]
        assert ranks["Option A"] < ranks["Option E"]


def test_delegations_agree_as_much_as_asked():
    far, near = (
        choice(delegations=200, agreement=5, seed=4),
        choice(delegations=200, agreement=500, seed=4),
    )
    true = pd.Series(near.weights)
    assert (near.delegations - true).abs().to_numpy().mean() < 0.05
    assert (far.delegations - true).abs().to_numpy().mean() > 0.1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: flyway_year(stopovers=2, seed=1), "stopovers is 2: give 3 or more"),
        (lambda: flyway_year(hub_share=1.5, seed=1), "hub_share is 1.5"),
        (lambda: tracked_birds(flyway_year(seed=1), 0, seed=1), "birds is 0"),
        (lambda: site_network(1, seed=1), "sites is 1"),
        (lambda: household_survey(50, seed=1), "smallest zone has 40"),
        (lambda: household_survey(refusal=-1, seed=1), "refusal is -1"),
        (lambda: training_scores(spread=0.9, seed=1), "spread is 0.9"),
        (lambda: choice(1, seed=1), "options is 1"),
        (lambda: choice(error=-0.1, seed=1), "error is -0.1"),
    ],
)
def test_settings_out_of_range_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()

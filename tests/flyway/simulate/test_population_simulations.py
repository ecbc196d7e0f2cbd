"""Populations, families, killed birds and habitats: the truth stands, and methods find it."""

import numpy as np
import pandas as pd
import pytest

from flyway.demography.age_ratio import age_ratio
from flyway.demography.density import compare_density
from flyway.demography.extinction import extinction_risk
from flyway.impact.carcasses import carcass_detection
from flyway.impact.landcover import land_transitions
from flyway.impact.selection import estimate_selection
from flyway.simulate.habitat import habitat_use, land_change
from flyway.simulate.lines import line_searches
from flyway.simulate.populations import families, yearly_birds


def test_growth_and_scatter_of_a_population_are_found_again():
    made = yearly_birds(2000, growth=0.01, sd=0.1, seed=1).birds
    fit = extinction_risk(made["year"], made["truth"], threshold=1e-6)
    assert fit.mu == pytest.approx(0.01, abs=0.006)
    assert fit.sigma2 == pytest.approx(0.01, rel=0.08)


def test_a_limit_is_found_again():
    made = yearly_birds(120, start=50, growth=0.5, sd=0.1, capacity=800, seed=2)
    assert made.birds["truth"].iloc[60:].median() == pytest.approx(800, rel=0.1)
    fit = compare_density(made.birds["year"], made.birds["truth"])
    assert fit.summary().shape[0] >= 2
    free = yearly_birds(60, sd=0, growth=0.05, seed=3).birds["truth"]
    np.testing.assert_allclose(free.iloc[1:].to_numpy() / free.iloc[:-1].to_numpy(), np.exp(0.05))


def test_counting_error_does_not_move_the_birds():
    exact, rough = yearly_birds(seed=4).birds, yearly_birds(counting_error=0.3, seed=4).birds
    pd.testing.assert_series_equal(exact["truth"], rough["truth"])
    assert (np.rint(exact["truth"]) == exact["count"]).all()
    assert (rough["count"] != exact["count"]).mean() > 0.9


@pytest.mark.parametrize("likeness", [0.0, 0.4])
def test_the_share_of_young_is_found_again(likeness):
    made = families(8000, likeness=likeness, seed=5)
    table = made.flocks
    share = table["young"].sum() / (table["young"] + table["adults"]).sum()
    assert share == pytest.approx(made.share_young, abs=0.005)
    assert (table["young"] <= table["adults"]).all()
    assert age_ratio(made.flocks.head(60)).interval()[0] < made.share_young


def test_searches_find_what_the_correction_says():
    made = [line_searches(200, days=84, seed=s) for s in range(60)]
    share = sum(m.found for m in made) / sum(m.killed for m in made)
    told = carcass_detection(persistence=0.93, efficiency=0.7, interval_days=7, searches=12)
    assert share == pytest.approx(told.estimate, abs=0.015)
    one = made[0]
    assert one.searches["found"].sum() == one.found == one.carcasses["found_on"].notna().sum()
    assert (
        one.carcasses["found_on"].dropna()
        > one.carcasses["killed_on"][one.carcasses["found_on"].notna()]
    ).all()


def test_snow_hides_the_dead():
    bare = sum(line_searches(200, seed=s).found for s in range(20))
    white = sum(line_searches(200, snow_days=range(20, 100), seed=s).found for s in range(20))
    assert white < 0.8 * bare
    trial = line_searches(trial=4000, seed=1).trials.set_index("snow")["found"] / 4000
    assert trial[False] == pytest.approx(0.7, abs=0.03)
    assert trial[True] == pytest.approx(0.25, abs=0.03)
    life = line_searches(trial=4000, seed=1).persistence
    assert (life["last_seen"] < life["first_gone"].fillna(99)).all()
    assert (life["first_gone"] > 1).mean() == pytest.approx(
        0.93 - life["first_gone"].isna().mean(), abs=0.02
    )


@pytest.mark.parametrize("own_taste", [0.0, 0.8])
def test_choice_of_habitat_is_found_again(own_taste):
    made = habitat_use(3000, 40, own_taste=own_taste, seed=6)
    found = estimate_selection(made.used.sum(), made.available).ratios["estimate"]
    np.testing.assert_allclose(found.to_numpy(), made.ratios.to_numpy(), rtol=0.04)
    assert made.available.sum() == pytest.approx(1)


def test_change_of_land_is_found_again():
    made = land_change(20_000, seed=7)
    found = pd.crosstab(made.plots["before"], made.plots["after"], normalize="index")
    np.testing.assert_allclose(
        found.loc[made.rates.index, made.rates.columns], made.rates, atol=0.012
    )
    assert land_transitions(made.plots["before"], made.plots["after"]).summary().shape[0] > 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: yearly_birds(1, seed=1), "years is 1"),
        (lambda: yearly_birds(capacity=0, seed=1), "capacity is 0"),
        (lambda: families(likeness=1, seed=1), "likeness is 1"),
        (lambda: families(pairs_per_flock=0.5, seed=1), "pairs_per_flock is 0.5"),
        (lambda: line_searches(interval=400, seed=1), "nobody would search"),
        (lambda: line_searches(efficiency=1.2, seed=1), "efficiency is 1.2"),
        (lambda: habitat_use(habitats={"a": (0.5, 1)}, seed=1), "sum to 1"),
        (lambda: land_change(rates=pd.DataFrame([[1.0]], ["a"], ["b"]), seed=1), "same kinds"),
    ],
)
def test_settings_out_of_range_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()

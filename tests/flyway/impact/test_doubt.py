"""Ranges of flights, height and avoidance carried through to deaths: hand-checked products."""

import numpy as np
import pytest

from flyway.impact.collisions import estimate_collisions
from flyway.impact.doubt import collision_doubt
from flyway.impact.transit import Bird, Turbine

CRANE, TURBINE = Bird(1.0, 1.7, 18.6), Turbine(66.5, 10, 4.2, 15)


def year(avoidance=0.98, share=0.2, **change):
    setting = {"turbines": 10, "density_km2": 0.15, "latitude": 35} | change
    return estimate_collisions(
        CRANE, TURBINE, **setting, share_at_height=share, avoidance=avoidance
    )


def test_each_end_is_what_the_model_says_with_that_value():
    found = collision_doubt(year(), share_at_height=(0.1, 0.4), avoidance=(0.95, 0.99))
    parts = found.parts.set_index("factor")
    assert parts.loc["flight height", "low"] == pytest.approx(year(share=0.1).estimate)
    assert parts.loc["flight height", "high"] == pytest.approx(year(share=0.4).estimate)
    assert parts.loc["avoidance", "low"] == pytest.approx(year(avoidance=0.99).estimate)
    assert parts.loc["avoidance", "high"] == pytest.approx(year(avoidance=0.95).estimate)
    low, high = (year(a, s).estimate for a, s in ((0.99, 0.1), (0.95, 0.4)))
    assert found.extremes == pytest.approx((low, high))


def test_all_draws_lie_between_the_extremes_and_their_interval_inside():
    found = collision_doubt(year(), flights=(1, 4), avoidance=(0.95, 0.999))
    low, high = found.extremes
    assert low <= found.draws.min() < found.interval()[0]
    assert found.interval()[1] < found.draws.max() <= high


def test_one_factor_alone_has_the_quantiles_of_its_range():
    found = collision_doubt(year(), flights=(1, 4), draws=50_000)
    low, high = found.interval(0.5)
    assert np.array([low, found.estimate, high]) / year().estimate == pytest.approx(
        4 ** np.array([0.25, 0.5, 0.75]), rel=0.02
    )


def test_nothing_in_doubt_gives_the_number_back():
    found = collision_doubt(year())
    assert found.interval() == pytest.approx((year().estimate, year().estimate))
    assert found.parts.empty


def test_summary_has_a_row_for_each_factor_and_two_for_all():
    summary = collision_doubt(year(), flights=(1, 2), avoidance=(0.95, 0.99)).summary()
    assert summary["quantity"].tolist() == [
        "flights alone",
        "avoidance alone",
        "all together",
        "all lowest to all highest",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"flights": (2, 1)}, "lowest and its highest"),
        ({"flights": (0, 1)}, "flights"),
        ({"share_at_height": (0.1, 1.2)}, "share_at_height"),
        ({"avoidance": (0.9, 1.0)}, "avoidance"),
    ],
)
def test_impossible_ends_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        collision_doubt(year(), **change)


def test_a_fit_without_deaths_or_with_a_farm_factor_is_refused():
    with pytest.raises(ValueError, match="no deaths"):
        collision_doubt(year(density_km2=0.0))
    with pytest.raises(ValueError, match="width_km"):
        collision_doubt(year(width_km=3))

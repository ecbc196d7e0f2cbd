import numpy as np
import pandas as pd
import pytest

from flyway.impact.collisions import daylight_hours, estimate_collisions
from flyway.impact.transit import Bird, Turbine, transit_risk

CRANE = Bird(1.3, 2.1, 15.0, "flapping")
BLADE = np.linspace(0.8, 0.1, 20)
TURBINE = Turbine(60, 12, 4.0, 10, 3, BLADE)
FARM = {
    "turbines": 25,
    "density_km2": [0.5] * 12,
    "latitude": 37.0,
    "avoidance": 0.98,
    "share_at_height": 0.3,
}


def test_risk_of_one_transit_lies_between_0_and_1_and_grows_with_the_bird():
    risks = [transit_risk(Bird(x, 1.6 * x, 15.0), TURBINE).estimate for x in (0.3, 0.8, 1.5)]
    assert 0 < risks[0] < risks[1] < risks[2] < 1


def test_a_thin_blade_met_by_a_point_is_hit_in_proportion_to_chord():
    # a bird of no size, flat blade (pitch 0): p(r) = b c / (2 pi r R), so P = 2 b mean chord / (2 pi R)
    speck = Bird(1e-9, 1e-9, 15.0)
    flat = Turbine(60, 12, 4.0, 0, 3, BLADE)
    by_hand = 3 * 4.0 * (BLADE[:-1].sum() + BLADE[-1] / 2) * 0.05 / (np.pi * 60)
    assert transit_risk(speck, flat).estimate == pytest.approx(by_hand, rel=1e-6)


def test_upwind_is_worse_than_downwind():
    risk = transit_risk(CRANE, TURBINE)
    assert risk.upwind > risk.estimate > risk.downwind
    assert risk.summary()["estimate"].tolist() == [risk.estimate, risk.upwind, risk.downwind]


def test_day_length():
    assert daylight_hours(0)["day"].sum() / 365 == pytest.approx(12.1, abs=0.05)
    north = daylight_hours(60)
    assert north["day"][5] / 30 == pytest.approx(18.8, abs=0.2)
    assert (north["day"] + north["night"]).tolist() == [
        24 * d for d in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    ]


def test_deaths_scale_with_what_they_should_scale_with():
    one = estimate_collisions(CRANE, TURBINE, **FARM)
    assert one.estimate == pytest.approx(one.months["collisions"].sum())
    double = estimate_collisions(CRANE, TURBINE, **FARM | {"density_km2": [1.0] * 12})
    assert double.estimate == pytest.approx(2 * one.estimate)
    half = estimate_collisions(CRANE, TURBINE, **FARM | {"avoidance": 0.99})
    assert half.estimate == pytest.approx(one.estimate / 2)
    assert estimate_collisions(CRANE, TURBINE, **FARM | {"avoidance": 1.0}).estimate == 0
    array = estimate_collisions(CRANE, TURBINE, width_km=5, **FARM)
    assert 0.9 < array.large_array < 1
    night = estimate_collisions(CRANE, TURBINE, nocturnal=1.0, **FARM)
    assert night.months["flux"][0] / one.months["flux"][0] == pytest.approx(
        744 / daylight_hours(37)["day"][0]
    )


def test_doubt_given_makes_an_interval():
    plain = estimate_collisions(CRANE, TURBINE, **FARM)
    assert np.isnan(plain.interval()).all()
    assert any("No doubt was given" in note for note in plain.notes)
    doubt = estimate_collisions(CRANE, TURBINE, density_se=[0.1] * 12, avoidance_se=0.005, **FARM)
    # months are independent (cv 0.2 each), avoidance is shared (cv 0.005 / 0.02)
    monthly = plain.months["collisions"]
    by_hand = np.hypot(0.2 * np.sqrt((monthly**2).sum()), 0.25 * plain.estimate)
    assert doubt.se == pytest.approx(by_hand)
    low, high = doubt.interval()
    assert 0 < low < doubt.estimate < high


def test_flights_spread_evenly_over_height_make_all_options_agree():
    # with the same density at every height of the rotor, the extended sum is the basic risk
    heights = pd.DataFrame({"height_m": [0, 400], "share_per_m": [1 / 400, 1 / 400]})
    options = {k: v for k, v in FARM.items() if k != "share_at_height"}
    options |= {"heights": heights, "hub_height_m": 100}
    even = estimate_collisions(CRANE, TURBINE, **options)
    assert even.share_at_height == pytest.approx(120 / 400)
    extended = estimate_collisions(CRANE, TURBINE, extended=True, **options)
    assert extended.estimate == pytest.approx(even.estimate, rel=0.02)


def test_low_flights_lower_the_extended_risk():
    heights = pd.DataFrame({"height_m": [0, 50, 60, 400], "share_per_m": [0.018, 0.018, 0, 0]})
    options = {k: v for k, v in FARM.items() if k != "share_at_height"}
    options |= {"heights": heights, "hub_height_m": 100}
    basic = estimate_collisions(CRANE, TURBINE, **options)
    extended = estimate_collisions(CRANE, TURBINE, extended=True, **options)
    assert extended.estimate < basic.estimate


def test_a_made_up_blade_is_told():
    result = estimate_collisions(CRANE, Turbine(60, 12, 4.0, 10), **FARM)
    assert any("plain tapered blade" in note for note in result.notes)
    assert result.plot().get_ylabel() == "birds killed per month"
    assert transit_risk(CRANE, TURBINE).plot().get_legend_handles_labels()[1][0] == "upwind"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"density_km2": [1] * 11}, "density_km2 has 11 numbers"),
        ({"density_km2": [-1] + [1] * 11}, "density_km2 is negative"),
        ({"avoidance": 1.2}, "avoidance is 1.2"),
        ({"share_at_height": None}, "flight heights are missing"),
        ({"extended": True}, "flight heights are missing"),
        ({"latitude": 80}, "latitude is 80"),
        ({"turbines": 0}, "turbines is 0"),
        ({"operating": 1.3}, "operating is 1.3"),
        (
            {"heights": pd.DataFrame({"height_m": [0, 1], "share_per_m": [1, 1]})},
            "hub_height_m is missing",
        ),
    ],
)
def test_collisions_refuse(change, message):
    with pytest.raises(ValueError, match=message):
        estimate_collisions(CRANE, TURBINE, **FARM | change)


@pytest.mark.parametrize(
    ("heights", "hub", "message"),
    [
        ({"height_m": [5, 1], "share_per_m": [0, 0]}, 100, "must rise"),
        ({"height_m": [0, 100], "share_per_m": [0.1, 0.1]}, 100, "adds up to 10"),
        ({"height_m": [0, 100], "share_per_m": [0.01, 0.01]}, 30, "touch the ground"),
        ({"height_m": [0, 100]}, 100, "no column 'share_per_m'"),
    ],
)
def test_heights_refuse(heights, hub, message):
    options = FARM | {
        "share_at_height": None,
        "heights": pd.DataFrame(heights),
        "hub_height_m": hub,
    }
    with pytest.raises(ValueError, match=message):
        estimate_collisions(CRANE, TURBINE, **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bird(0, 1, 10), "length_m is 0"),
        (lambda: Bird(1, 2, 10, "soaring"), "flight is 'soaring'"),
        (lambda: Turbine(60, 12, 4, 120), "pitch_deg is 120"),
        (lambda: Turbine(60, 12, 4, 10, 3, [1, 2]), "chord is 2"),
        (lambda: Turbine(60, 12, 4, 10, 3, [1, 0.5]), "chord has 2 numbers"),
    ],
)
def test_birds_and_turbines_refuse(make, message):
    with pytest.raises(ValueError, match=message):
        make()

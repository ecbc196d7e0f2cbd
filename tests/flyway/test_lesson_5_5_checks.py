"""Self-checks of lesson 5.5, its simulated flights, and the numbers that it prints."""

import numpy as np
import pytest

from flyway import datasets
from flyway.checks import check
from flyway.impact.transit import Bird, Turbine, transit_risk
from flyway.simulate.flights import flights_by_hour, found_share, hourly_shares


def values():
    return datasets.load("wind_parameters").set_index("parameter")["value"]


def risk(length, wingspan):
    p = values()
    turbine = Turbine(p["rotor_radius_m"], p["rpm"], p["max_chord_m"], p["pitch_deg"])
    return transit_risk(Bird(length, wingspan, p["speed_m_s"]), turbine)


def test_the_white_naped_crane_is_right_as_result_and_as_number():
    assert check("5.5 white-naped", risk(1.25, 2.05))
    assert check("5.5 white-naped", risk(1.25, 2.05).estimate)
    assert round(100 * risk(1.25, 2.05).estimate) == 8
    assert round(100 * risk(1.0, 1.7).estimate) == 7


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("5.5 white-naped", lambda: risk(1.0, 1.7), "Hooded Crane"),
        ("5.5 white-naped", lambda: risk(2.05, 1.25), "changed places"),
        ("5.5 times", lambda: 50, "avoidance alone"),
        ("5.5 times", lambda: 8, "flight height alone"),
        ("5.5 times", lambda: 1 / 400, "Upside down"),
    ],
)
def test_mistakes_are_named(key, answer, words):
    verdict = check(key, answer())
    assert not verdict
    assert words in verdict.text


def test_four_hundred_times():
    assert check("5.5 times", 400)


def test_every_value_is_sourced_or_assumed():
    table = datasets.load("wind_parameters")
    assumed = table["basis"] == "assumed"
    assert table.loc[assumed, "source"].isna().all()
    assert table.loc[~assumed, "source"].notna().all()
    assert table["basis"].value_counts().to_dict() == {"assumed": 9, "published": 4, "borrowed": 1}


def test_shares_add_up_and_keep_their_parts():
    shares = hourly_shares(0.3, 0.1).groupby("light")["share"].sum()
    assert shares.to_dict() == pytest.approx({"day": 0.6, "twilight": 0.3, "night": 0.1})


def test_watching_round_the_clock_finds_everything_and_midday_a_quarter():
    assert found_share(range(24)) == pytest.approx(1)
    assert found_share(range(9, 15)) == pytest.approx(0.25)


def test_flights_follow_the_shares():
    made = flights_by_hour(flights_per_day=100, days=400, seed=2)
    found = made.groupby("hour")["flights"].mean().to_numpy()
    assert found == pytest.approx(100 * hourly_shares()["share"].to_numpy(), abs=1.2)
    assert np.isin(made["light"].unique(), ["day", "twilight", "night"]).all()


def test_impossible_shares_are_refused():
    with pytest.raises(ValueError, match="together 1 at most"):
        hourly_shares(0.8, 0.3)
    with pytest.raises(ValueError, match="hours from 0 to 23"):
        found_share(range(22, 26))

"""The pictures of lesson 5.5."""

import re

import pytest

from flyway.figures import wind
from flyway.impact.doubt import collision_doubt


def deaths(words):
    return float(re.search(r"([\d.,]+) cranes killed", words)[1].replace(",", ""))


def test_pictures(check_pictures):
    year = wind._year(0.98, 0.2)
    found = collision_doubt(year, share_at_height=(0.05, 0.4), avoidance=(0.95, 0.999))
    check_pictures(
        wind,
        {
            "chain": (0.98, 0.2),
            "watch_hours": ("9 to 15 h", 0.2),
            "two_harms": (0.5,),
            "doubt": (found,),
        },
    )


def test_a_hundredth_more_avoidance_halves_the_deaths():
    assert deaths(wind.chain_alt(0.98, 0.2)) == 3.9  # the lesson's number
    assert deaths(wind.chain_alt(0.99, 0.2)) == 1.9
    assert deaths(wind.chain_alt(0.95, 0.4)) == 19


@pytest.mark.parametrize("night", [0.0, 0.2, 0.4])
def test_only_the_hours_of_watching_change_and_never_the_truth(night):
    told = [wind.watch_hours_alt(watch, night) for watch in wind.WATCHES]
    assert all(words.endswith("the truth is 16.") for words in told)
    reported = [float(re.search(r"says ([\d.]+) deaths", words)[1]) for words in told]
    assert reported[0] == 3.9
    assert reported == sorted(reported)
    assert reported[-1] == 16


def test_displacement_rises_as_collision_falls():
    assert "3.9 cranes killed in a year, and 0 cranes" in wind.two_harms_alt(0.0)
    assert "0 cranes killed in a year, and 300 cranes" in wind.two_harms_alt(1.0)

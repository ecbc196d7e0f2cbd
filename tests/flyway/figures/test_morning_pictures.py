"""The pictures of lesson 1.3."""

import re

import pytest

from flyway.figures import morning


def test_pictures(check_pictures):
    check_pictures(
        morning,
        {"window": (morning.WITH, 5, 0.1), "tide_day": (20,), "not_reached": (morning.FILLED,)},
    )


def test_at_one_moment_every_morning_gives_the_truth():
    assert "0 % off; nine in ten mornings give 1.00 to 1.00" in morning.window_alt(
        morning.MIXED, 0, 0.3
    )


def test_travelling_with_the_birds_counts_too_many_and_against_them_too_few():
    assert "+38 % off" in morning.window_alt(morning.WITH, 10, 0.3)
    assert "−35 % off" in morning.window_alt(morning.AGAINST, 10, 0.3)


@pytest.mark.parametrize(("day", "seen"), [(10, 40), (20, 100)])
def test_the_water_of_the_day_decides_who_is_seen(day, seen):
    assert int(re.search(r"and (\d+) % of", morning.tide_day_alt(day))[1]) == seen


def test_a_filled_gap_holds_the_truth_and_a_zero_does_not():
    assert "between 2,127 and 5,239. The true number is 2,554" in morning.not_reached_alt(
        morning.FILLED
    )
    assert "2,089 birds at six sites" in morning.not_reached_alt(morning.ZERO)

"""The pictures of lesson 5.4."""

import re

import pytest

from flyway import datasets
from flyway.figures import line_limits, under_lines
from flyway.impact.killed import estimate_killed
from flyway.impact.trials import fit_persistence


def fates(words):
    return [int(n) for n in re.findall(r"(\d+) (?:found|passed|gone)", words)]


def middle(words, what):
    return int(re.search(rf"{what}: (\d+)", words)[1])


def test_pictures(check_pictures):
    stay = datasets.load("line_searches", "persistence_trial")
    fit = fit_persistence(stay["last_seen"], stay["first_gone"])
    both = estimate_killed(16, 0.57, 0.05), estimate_killed(0, 0.17, 0.03)
    lines, truth = (datasets.load("line_searches", name) for name in ("lines", "truth"))
    check_pictures(
        under_lines,
        {
            "fates": (7, 15, 0.8),
            "possible": (0, 0.3),
            "lying": (stay, fit),
            "per_km": (*both, lines, truth),
        },
    )
    check_pictures(line_limits, {"snow": (4,), "road": (4,)})


@pytest.mark.parametrize("interval", [4, 7, 14, 28])
@pytest.mark.parametrize("days", [5, 15, 45])
@pytest.mark.parametrize("efficiency", [0.5, 0.8])
def test_every_killed_crane_has_one_fate(interval, days, efficiency):
    found, missed, gone = fates(under_lines.fates_alt(interval, days, efficiency))
    assert found + missed + gone == 100
    assert min(found, missed, gone) >= 0


def test_the_shares_that_the_lesson_compares():
    g = {
        setting: fates(under_lines.fates_alt(*setting))[0]
        for setting in ((28, 5, 0.5), (7, 5, 0.5), (28, 5, 0.8), (14, 5, 0.5))
    }
    assert list(g.values()) == [8, 27, 13, 16]


def test_none_found_with_a_g_of_three_tenths_leaves_eight_possible():
    assert "None found, g = 0.3: 0 to 8 killed" in under_lines.possible_alt(0, 0.3)
    assert 0.7**9 < 0.05 < 0.7**8


def test_a_trial_on_bare_ground_hides_deaths_on_snow_and_two_trials_do_not():
    told = [line_limits.snow_alt(weeks) for weeks in (0, 4, 8, 12)]
    november = [middle(words, "November trial") for words in told]
    assert november == sorted(november, reverse=True)
    assert november[0] == pytest.approx(40, abs=1)
    assert november[2] == 29  # the lesson's number
    assert all(middle(words, "Both trials") == pytest.approx(40, abs=1) for words in told)
    assert "truth in 44 of 100" in told[2]


def test_spans_beside_the_road_mislead_only_where_deaths_differ():
    told = [line_limits.road_alt(times) for times in (1, 2, 4, 8)]
    # of 40 deaths, 40 / (1 + times) lie beside the road; doubled
    assert [middle(words, "Road") for words in told] == pytest.approx(
        [40, 80 / 3, 16, 80 / 9], abs=1
    )
    assert all(middle(words, "Lot") == pytest.approx(40, abs=1.5) for words in told)

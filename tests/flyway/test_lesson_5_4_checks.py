"""Self-checks of lesson 5.4, and the numbers that it prints."""

import pytest

from flyway import datasets
from flyway.checks import check
from flyway.impact.carcasses import carcass_detection
from flyway.impact.killed import estimate_killed
from flyway.impact.trials import fit_persistence, searcher_efficiency


@pytest.fixture(scope="module")
def trials():
    seen = datasets.load("line_searches", "searcher_trial")["found"]
    stay = datasets.load("line_searches", "persistence_trial")
    eye = searcher_efficiency(seen.sum(), len(seen))
    lasts = fit_persistence(stay["last_seen"], stay["first_gone"])
    return {
        "persistence": lasts.estimate,
        "persistence_se": lasts.se,
        "efficiency": eye.estimate,
        "efficiency_se": eye.se,
    }


@pytest.fixture(scope="module")
def north(trials):
    g = carcass_detection(**trials, interval_days=7, searches=16, share_searched=0.9)
    return estimate_killed(16, g)


def south(trials, **plan):
    plan = {"interval_days": 28, "searches": 4, "share_searched": 0.6} | plan
    return estimate_killed(0, carcass_detection(**trials, **plan))


def test_the_data_say_what_the_lesson_says(north):
    searches = datasets.load("line_searches", "searches").groupby("line")["found"]
    assert searches.sum().to_dict() == {"North": 16, "South": 0}
    assert searches.size().to_dict() == {"North": 256, "South": 32}
    assert (north.estimate, north.interval()) == (29, (20, 42))
    assert north.detection == pytest.approx(0.57, abs=0.005)
    killed = datasets.load("line_searches", "truth").groupby("line")["killed"].sum()
    assert killed.to_dict() == {"North": 30, "South": 9}


def test_the_cranes_per_km_are_right_as_median_ratio_and_mean(north):
    for value in (north.estimate, north.ratio, north.mean):
        assert check("5.4 per km", value / 4)


def test_the_upper_end_of_south_is_right_and_weekly_walks_lower_it(trials):
    assert check("5.4 south", south(trials).interval()[1] / 2)
    assert south(trials).interval() == (0, 16)
    assert south(trials, interval_days=7, searches=16).interval() == (0, 6)


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("5.4 per km", 29, "whole line"),
        ("5.4 per km", 29 / 16, "per span"),
        ("5.4 per km", 4, "cranes found"),
        ("5.4 per km", 116, "multiplied"),
        ("5.4 south", 0, "not none killed"),
        ("5.4 south", 16, "2 km long"),
        ("5.4 south", 1.5, "the upper end is asked for"),
    ],
)
def test_mistakes_are_named(key, answer, words):
    verdict = check(key, answer)
    assert not verdict
    assert words in verdict.text


def test_mistakes_in_g_are_named(trials, north):
    other = estimate_killed(0, north.detection, north.detection_se).interval()[1]
    assert "g of the North line" in check("5.4 south", other / 2).text
    everywhere = south(trials, share_searched=1.0).interval()[1]
    assert "not walked" in check("5.4 south", everywhere / 2).text

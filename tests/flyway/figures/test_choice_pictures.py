"""The pictures of lesson 7.3, and the numbers that the lesson says."""

import re

import pytest

from flyway import datasets
from flyway.decisions.delegations import compare_delegations
from flyway.figures import choice


@pytest.fixture
def ranked():
    options = datasets.load("conservation_options")
    weights = datasets.load("conservation_options", "weights")
    return compare_delegations(options, weights, lower_is_better="cost_keur")


def best(words):
    return re.search(r"[.:] (?!.*[.:] [A-Z])([A-Z][a-z -]+) \d", words)[1]


def test_pictures(check_pictures, ranked):
    check_pictures(
        choice,
        {
            "ranks": (25, 40),
            "voices": (ranked,),
            "shares": ("nothing",),
            "twice": (2,),
            "list_of": ("six options", "fixed beforehand"),
        },
    )


def test_the_census_is_second_for_all_and_first_for_none(ranked):
    assert ranked.ranks["One-day census"].tolist() == [2] * 6
    assert "Stubble agreements 3, 4, 4, 1, 1, 1" in choice.voices_alt(ranked)


def test_weights_choose():
    assert best(choice.ranks_alt(40, 10)) == "Marked power lines"
    assert best(choice.ranks_alt(10, 40)) == "Stubble agreements"
    assert best(choice.ranks_alt(10, 10)) == "One-day census"


def test_the_shares_that_the_lesson_says():
    assert "One-day census 63" in choice.shares_alt("nothing")
    near = choice.shares_alt("nearly the mean")
    assert "Stubble agreements 50" in near
    assert "One-day census 43" in near


def test_a_copy_of_a_column_and_a_shorter_list_turn_the_first_place():
    assert best(choice.twice_alt(1)) == "Stubble agreements"
    assert best(choice.twice_alt(2)) == "Marked power lines"
    first = {
        (offered, scale): best(choice.list_of_alt(offered, scale))
        for offered in choice.LISTS
        for scale in choice.SCALES
    }
    assert first[choice.LISTS[1], choice.SCALES[0]] == "One-day census"
    assert list(first.values()).count("Stubble agreements") == 3

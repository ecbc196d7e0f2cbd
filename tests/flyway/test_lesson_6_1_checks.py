"""Self-checks of lesson 6.1."""

import pytest

from flyway import datasets
from flyway.checks import check
from flyway.connectivity.journeys import break_journeys


def lost(species, place):
    table = datasets.load("simulated_moves", "journeys")
    return break_journeys(table[(table.species == species) & (table.season == "autumn")], place)


def test_right_answers():
    assert check("6.1 hub", "Cheonsu")
    assert check("6.1 broken", lost("WNC", "Rason"))
    assert check("6.1 broken", lost("WNC", "Rason").estimate)


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("6.1 hub", lambda: "Songnen", "hub of autumn"),
        ("6.1 hub", lambda: "Izumi", "begin in spring"),
        ("6.1 hub", lambda: "Muraviovka", "first row"),
        ("6.1 broken", lambda: lost("WNC", "Rason").way_round, "add those with none"),
        ("6.1 broken", lambda: lost("WNC", "Rason").no_way, "broken journey, too"),
        ("6.1 broken", lambda: 1 - lost("WNC", "Rason").estimate, "stays whole"),
        ("6.1 broken", lambda: lost("HC", "Rason").estimate, "Hooded Crane"),
    ],
)
def test_mistakes_are_named(key, answer, words):
    verdict = check(key, answer())
    assert not verdict
    assert words in verdict.text

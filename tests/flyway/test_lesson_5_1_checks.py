"""Self-checks of lesson 5.1: the right answers, and what each known mistake is told."""

import pytest

from flyway import datasets
from flyway.checks import check
from flyway.impact.baci import baci

IB, IA, CB, CA = 154.8, 157.0, 152.2, 228.8


def fit(*basins, **design):
    counts = datasets.load("salt_pan_counts")
    part = counts[counts["basin"].isin(["Project", *basins])]
    return baci(part, "spoonbills", site="basin", date="winter", log=True, **design)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (IA / IB, "growth of all spoonbills"),
        (IA / CA, "differed before, too"),
        ((CA / CB) / (IA / IB), "Upside down"),
        ((IA - IB) - (CA - CB), "in birds"),
    ],
)
def test_mistakes_by_hand_are_named(answer, words):
    verdict = check("5.1 by hand", answer)
    assert not verdict
    assert words in verdict.text


def test_the_ratio_of_ratios_is_right():
    assert check("5.1 by hand", (IA / IB) / (CA / CB))


def test_the_neighbour_alone_is_right_and_other_controls_are_named():
    assert check("5.1 next door", fit("Next door"))
    far = fit("A", "B", "C", "D", "E", design="changes")
    assert "five far basins" in check("5.1 next door", far).text
    everything = fit("A", "B", "C", "D", "E", "Next door", design="changes")
    assert "all six controls" in check("5.1 next door", everything).text
    assert "log scale" in check("5.1 next door", fit("Next door").estimate).text


def test_the_numbers_that_the_lesson_prints():
    far = fit("A", "B", "C", "D", "E", design="changes").summary().round(2)
    assert far.loc[1, ["estimate", "lower", "upper"]].tolist() == [0.65, 0.49, 0.88]
    near = fit("Next door").summary().round(2)
    assert near.loc[1, ["estimate", "lower", "upper"]].tolist() == [0.50, 0.37, 0.68]

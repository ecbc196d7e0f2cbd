"""Self-checks of lesson 7.3."""

import pytest

from flyway import datasets
from flyway.checks import check
from flyway.decisions.sensitivity import vary_weights


def share(option, drop=("More winter roosts",)):
    options = datasets.load("conservation_options").set_index("option").drop(list(drop))
    return vary_weights(options, lower_is_better="cost_keur").rank_shares.loc[option, 1]


def test_right_answers():
    assert check("7.3 equal", "One-day census")
    assert check("7.3 share", share("One-day census"))
    assert round(share("One-day census"), 2) == 0.66


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("7.3 equal", lambda: "Stubble agreements", "second with equal weights"),
        ("7.3 equal", lambda: "Marked power lines", "Delegations 1 to 3"),
        ("7.3 share", lambda: share("One-day census", ()), "all six"),
        ("7.3 share", lambda: 100 * share("One-day census"), "per cent"),
        ("7.3 share", lambda: share("Stubble agreements"), "stubble agreements"),
    ],
)
def test_mistakes_are_named(key, answer, words):
    verdict = check(key, answer())
    assert not verdict
    assert words in verdict.text

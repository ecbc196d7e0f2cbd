"""The pictures of lesson 4.2."""

import re

import pytest

from flyway import datasets
from flyway.counts.index import fit_index
from flyway.figures import gaps, index_limits


@pytest.fixture(scope="module")
def fit():
    return fit_index(datasets.load("winter_counts"), year="winter")


def test_pictures(check_pictures, fit):
    check_pictures(
        gaps,
        {
            "three_sites": ("how A and C moved",),
            "totals": (fit,),
            "beside_truth": (fit, datasets.load("winter_counts", "truth")),
            "missing": (0.3, "first winters"),
            "unsent": (0.3,),
        },
    )


def test_pictures_of_the_limits(check_pictures):
    check_pictures(
        index_limits,
        {
            "great_roost": (40,),
            "izumi": (datasets.load("crane_counts", all_values=True),),
        },
    )


def test_blanks_are_filled_as_the_other_sites_moved():
    assert "40 and 60 are filled in" in gaps.three_sites_alt("filled in")
    assert "The sums are 60, 80, 90, 120." in gaps.three_sites_alt("as counted")


def _numbers(text):
    return [float(n.replace("−", "-")) for n in re.findall(r"[+−]\d+\.\d", text)]


def test_blanks_of_the_first_winters_spoil_the_sum_and_not_the_index():
    truth, of_sum, filled, *_ = _numbers(gaps.missing_alt(0.3, "first winters"))
    assert of_sum > truth + 5
    assert abs(filled - truth) < 0.5


def test_unsent_poor_counts_hide_a_fall():
    truth, filled, *_ = _numbers(gaps.unsent_alt(0.3))
    assert truth < -3.5
    assert filled > truth + 0.8


def test_a_great_roost_makes_intervals_miss():
    missed = [int(re.search(r"(\d+) of 50", index_limits.great_roost_alt(k))[1]) for k in (1, 40)]
    assert missed[0] <= 10
    assert missed[1] >= 2 * missed[0]


def test_the_great_roost_pulls_the_interval_from_the_truth(fit):
    truth = datasets.load("winter_counts", "truth")
    assert "misses" in gaps.beside_truth_alt(fit, truth)

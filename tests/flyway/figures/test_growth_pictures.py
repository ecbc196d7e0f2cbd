"""The pictures of lesson 4.1."""

import pytest

from flyway import datasets
from flyway.figures import growth


@pytest.fixture(scope="module")
def census():
    table = datasets.load("bfs_census")
    return table[table["use_for_trend"]]


def test_pictures(check_pictures, census):
    regions = datasets.load("bfs_census", "regions")
    check_pictures(
        growth,
        {
            "constant_growth": (census, 9, "each step doubles"),
            "trend_window": (census, 2011, 2014),
            "regional_counts": (regions, ["Taiwan area", "Macao"]),
            "coverage_growth": (0.5,),
        },
    )


def test_a_line_that_misses_says_on_which_side(census):
    assert "below the count" in growth.constant_growth_alt(census, 4, "number of birds")
    assert "above the count" in growth.constant_growth_alt(census, 14, "number of birds")

"""Each lesson picture draws, and its words say the numbers that it draws."""

import re

import matplotlib.pyplot as plt
import pytest

from flyway import datasets, figures


@pytest.fixture(scope="module")
def census():
    table = datasets.load("bfs_census")
    return table[table["use_for_trend"]]


@pytest.fixture(scope="module")
def regions():
    return datasets.load("bfs_census", "regions")


@pytest.fixture
def cases(census, regions):
    return {
        "constant_growth": (census, 9, "each step doubles"),
        "trend_window": (census, 2011, 2014),
        "regional_counts": (regions, ["Taiwan area", "Macao"]),
        "coverage_growth": (0.5,),
        "counter_errors": (0.7, 0.2),
        "small_flock_photos": (100,),
        "known_sites": (0.3,),
    }


def test_every_picture_is_drawn_and_described(cases):
    assert {name for name in figures.__all__ if not name.endswith("_alt")} == set(cases)
    for name, values in cases.items():
        fig = getattr(figures, name)(*values)
        assert fig.axes[0].get_xlabel(), name
        assert fig.axes[0].get_ylabel(), name
        words = getattr(figures, f"{name}_alt")(*values)
        assert 40 < len(words) < 400, name
        plt.close(fig)


def test_words_carry_the_numbers_that_are_drawn(cases):
    for name in ("trend_window", "coverage_growth", "counter_errors"):
        fig = getattr(figures, name)(*cases[name])
        words = getattr(figures, f"{name}_alt")(*cases[name])
        drawn = set(re.findall(r"\d[\d,.]*\d", fig.axes[0].get_title("left")))
        spoken = set(re.findall(r"\d[\d,.]*\d", words))
        assert drawn - {"95"} <= spoken, name
        plt.close(fig)


def test_a_line_that_misses_says_on_which_side(census):
    assert "below the count" in figures.constant_growth_alt(census, 4, "number of birds")
    assert "above the count" in figures.constant_growth_alt(census, 14, "number of birds")


def test_photographing_small_flocks_only_keeps_birds_lost():
    def share(largest):
        return int(re.search(r"on average (\d+) %", figures.small_flock_photos_alt(largest))[1])

    assert share(50) < share(400) < share(5000)
    assert share(5000) >= 98

"""The pictures of lesson 3.1."""

import re

import pytest

from flyway import datasets
from flyway.figures import missed


@pytest.fixture(scope="module")
def never():
    counts = datasets.load("roost_flocks")
    return counts[counts["primary"] == "A"]


def test_pictures(check_pictures, never):
    check_pictures(
        missed,
        {
            "lists": (0.7, 0.5),
            "more_eyes": (0.5,),
            "agree": ("hidden from both", 0.3),
            "never_swapped": (never, 0.6),
        },
    )


def _ends(text):
    return [[int(n) for n in pair] for pair in re.findall(r"(\d+) to (\d+) flocks", text)]


def test_an_estimate_of_two_lists_is_near_the_hundred_flocks():
    low, high = map(int, re.search(r"\((\d+) to (\d+)\)", missed.lists_alt(0.7, 0.7)).groups())
    assert low < 100 < high


def test_sharper_eyes_make_the_interval_narrower():
    widths = [high - low for d in (0.3, 0.5, 0.7) for low, high in _ends(missed.more_eyes_alt(d))]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("way", missed.WAYS)
def test_agreement_pushes_the_estimate_down_and_the_interval_away(way):
    def held(share):
        return int(re.search(r"(\d+) of 100 intervals", missed.agree_alt(way, share))[1])

    assert held(0.0) >= 90
    assert held(0.3) < 60
    assert "Average −" in missed.agree_alt(way, 0.3)


def test_the_same_notes_fit_many_numbers_of_flocks(never):
    words = [missed.never_swapped_alt(never, p) for p in (0.5, 0.8)]
    assert all("A called 56, B added 8" in text for text in words)
    assert "112 flocks" in words[0]
    assert "70 flocks" in words[1]

"""The pictures of lesson 6.1, and the numbers that the lesson says."""

import re

import pytest

from flyway.figures import network

SMALL = {"lose": ("autumn", "Songnen"), "transmitters": ("Mongolia", 40), "outbreaks": (4,)}


def fates(season, lost):
    words = network.lose_alt(season, lost)
    return [int(n) for n in re.findall(r"(\d+) (?:keep|could go|could not)", words)]


@pytest.mark.parametrize("name", SMALL)
def test_pictures_have_words(name):
    import matplotlib.pyplot as plt

    fig = getattr(network, name)(*SMALL[name])
    words = getattr(network, f"{name}_alt")(*SMALL[name])
    assert 40 < len(words) < 400
    assert "imulated" in words
    plt.close(fig)


def test_the_lesson_s_numbers():
    assert fates("autumn", "Songnen") == [27, 40, 33]
    assert fates("spring", "Cheonsu") == [28, 0, 72]
    assert fates("spring", "Mundok") == [62, 38, 0]
    assert "falls by 27 %" in network.lose_alt("autumn", "Songnen")
    assert "100 of 100" in network.lose_alt("spring", network.NOTHING)


def test_more_birds_from_one_place_show_no_more_links():
    told = [network.transmitters_alt("Mongolia", n) for n in (40, 160)]
    assert all("show 8 of 14 links, and the hub Duolun" in words for words in told)
    assert "14 of 14" in network.transmitters_alt("all nesting grounds", 160)
    assert "hub of all birds is Rason" in told[0]


def test_spreading_keeps_the_mean_and_shrinks_the_worst_winter():
    told = [network.outbreaks_alt(n) for n in (1, 2, 4, 8)]
    mean = [float(re.search(r"Mean ([\d.]+)", words)[1]) for words in told]
    worst = [float(re.search(r"worst winter ([\d.]+)", words)[1]) for words in told]
    assert all(abs(m - 1) < 0.15 for m in mean)
    assert worst == sorted(worst, reverse=True)
    assert worst[-1] < 4

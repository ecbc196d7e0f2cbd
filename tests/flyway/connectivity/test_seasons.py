import itertools

import numpy as np
import pandas as pd
import pytest

from flyway.connectivity.seasons import compare_seasons, find_bottleneck


def flights():
    return pd.DataFrame(
        {
            "from": ["north", "north", "bay", "delta", "south", "south"],
            "to": ["bay", "delta", "south", "south", "coast", "coast"],
            "season": ["autumn"] * 4 + ["spring"] * 2,
            "birds": [60, 30, 20, 50, 5, 7],
        }
    )


def test_seasons_by_hand():
    found = compare_seasons(flights(), birds="birds")
    autumn = found.summary().set_index("season").loc["autumn"]
    assert autumn[["sites", "links", "parts", "birds", "busiest"]].tolist() == [
        4,
        4,
        1,
        160,
        "north",
    ]
    assert autumn["busiest_share"] == pytest.approx(90 / 160)
    bay = found.sites.set_index(["season", "site"]).loc[("autumn", "bay")]
    assert bay[["arriving", "leaving", "through"]].tolist() == [60, 20, 20]
    assert bay["betweenness"] == pytest.approx(0.5 / 6)  # half of one of the 3 · 2 routes
    spring = found.links[found.links["season"] == "spring"]
    assert spring["birds"].tolist() == [12]  # rows of the same link add up
    assert found.only_in("spring") == ["coast"]
    assert found.only_in("autumn") == ["north", "bay", "delta"]


def test_without_numbers_each_row_is_one_bird():
    assert compare_seasons(flights()).summary()["birds"].tolist() == [4, 2]


def test_bottleneck_by_hand():
    found = find_bottleneck(
        flights(), "north", "south", birds="birds", season="season", which="autumn"
    )
    assert found.estimate == 50
    cut = found.summary()
    assert set(zip(cut["from"], cut["to"], strict=True)) == {("bay", "south"), ("north", "delta")}
    assert cut["capacity"].sum() == 50
    assert found.flows["birds"].tolist() == [20, 30, 20, 30]


def test_a_site_can_be_the_bottleneck():
    found = find_bottleneck(flights(), "north", "south", birds="birds", sites={"bay": 8})
    assert found.estimate == 38
    assert ("site", "bay") in set(zip(found.cut["kind"], found.cut["from"], strict=True))
    only = find_bottleneck(flights(), "north", "coast", sites={"south": 4})
    assert only.estimate == 4
    assert only.cut["kind"].tolist() == ["site"]


def test_no_route_is_no_error():
    found = find_bottleneck(flights(), "south", "north", birds="birds")
    assert found.estimate == 0
    assert "No route" in found.notes[0]


def test_the_flow_is_the_smallest_of_all_cuts():
    rng = np.random.default_rng(9)
    for _ in range(15):
        pairs = [(a, b) for a, b in itertools.permutations("abcdef", 2) if rng.uniform() < 0.4]
        pairs += [("a", "b"), ("e", "f")]
        table = pd.DataFrame(list(dict.fromkeys(pairs)), columns=["from", "to"])
        table["birds"] = rng.integers(1, 20, len(table))
        found = find_bottleneck(table, "a", "f", birds="birds")
        smallest = min(
            table.loc[table["from"].isin(side) & ~table["to"].isin(side), "birds"].sum()
            for k in range(5)
            for side in ({"a", *more} for more in itertools.combinations("bcde", k))
        )
        assert found.estimate == smallest
        assert found.cut["capacity"].sum() == smallest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(birds=0), "birds is 0 in row 0"),
        (lambda t: t.assign(to=t["from"]), "row 0 moves from 'north' to itself"),
        (lambda t: t.assign(to=[None, *t["to"][1:]]), "to is missing in row 0"),
        (lambda t: t.drop(columns="season"), "no column 'season'"),
        (lambda t: t.iloc[:0], "no movements"),
    ],
)
def test_bad_movements_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        compare_seasons(change(flights()), birds="birds")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"origin": "norht"}, "origin names 'norht', which is no site"),
        ({"goal": ["south", "north"]}, "'north' is origin and goal"),
        ({"birds": None}, "has no limit"),
        ({"sites": {"lake": 3}}, "'lake', which no movement touches"),
        ({"season": "season", "which": "winter"}, "no movement has season 'winter'"),
        ({"season": "season"}, "season and which go together"),
    ],
)
def test_bad_questions_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        find_bottleneck(
            flights(), **{"origin": "north", "goal": "south", "birds": "birds", **options}
        )


def test_an_unknown_season_is_named():
    with pytest.raises(ValueError, match="'winter' is no season"):
        compare_seasons(flights()).only_in("winter")

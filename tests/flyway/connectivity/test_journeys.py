"""Journeys that a lost site breaks, on networks that one can work out by hand."""

import pandas as pd
import pytest

from flyway.connectivity.journeys import break_journeys, count_moves

ROWS = pd.DataFrame(
    {"route": ["A > B > C", "A > D > C", "A > B > E", "F > D"], "birds": [50, 20, 20, 10]}
)


def shares(lost):
    found = break_journeys(ROWS, lost)
    return found.estimate, found.way_round, found.no_way


def test_a_way_round_is_a_chain_of_links_that_others_use():
    # without B: A > B > C goes over D; A > B > E has no other link to E
    assert shares("B") == pytest.approx((0.7, 0.5, 0.2))
    assert shares("D") == pytest.approx((0.3, 0.2, 0.1))  # F > D ends there


def test_a_lost_start_or_end_leaves_no_way():
    assert shares("C") == pytest.approx((0.7, 0.0, 0.7))
    assert shares(["B", "D"]) == pytest.approx((1.0, 0.0, 1.0))


def test_shares_and_fates_belong_together():
    found = break_journeys(ROWS, "B")
    assert found.summary()["estimate"].sum() == pytest.approx(1)
    assert found.journeys["fate"].tolist() == ["way round", "whole", "no way known", "whole"]
    assert found.lost == ("B",)


def test_journeys_without_birds_show_no_link():
    rows = ROWS.assign(birds=[50, 0, 20, 10])
    assert break_journeys(rows, "B").no_way == pytest.approx(70 / 80)


def test_moves_add_up():
    moves = count_moves(ROWS.assign(season="autumn"))
    birds = moves.set_index(["from", "to"])["birds"]
    assert birds["A", "B"] == 70
    assert moves["birds"].sum() == 50 * 2 + 20 * 2 + 20 * 2 + 10


@pytest.mark.parametrize(
    ("rows", "lost", "words"),
    [
        (ROWS, "Z", "'Z', which is no site"),
        (ROWS.assign(route="A"), "A", "at least two places"),
        (ROWS.assign(route="A > B > A"), "A", "visits a place twice"),
        (ROWS.assign(birds=-1), "A", "birds"),
        (ROWS.assign(birds=0), "A", "no journey has birds"),
        (ROWS.drop(columns="birds"), "A", "birds"),
        (ROWS.head(0), "A", "no journeys"),
    ],
)
def test_bad_tables_are_named(rows, lost, words):
    with pytest.raises((ValueError, KeyError), match=words):
        break_journeys(rows, lost)

"""The pictures of lesson 5.1."""

import re

import pytest

from flyway import datasets
from flyway.figures import baci


def test_pictures(check_pictures):
    check_pictures(
        baci,
        {
            "three_answers": (1.5, 0.6),
            "basin_changes": (datasets.load("salt_pan_counts"),),
            "false_alarms": (1, 5),
            "broken_control": (baci.MOVED, 0.6),
        },
    )


def test_what_happens_everywhere_cancels_in_the_ratio_of_ratios_only():
    words = baci.three_answers_alt(0.6, 1.0)
    assert "After ÷ before says ×0.60" in words
    assert words.endswith("the ratio of ratios ×1.00.")


def alarms(controls, before):
    return int(re.search(r"(\d+) in 100", baci.false_alarms_alt(controls, before))[1])


def test_more_winters_with_no_or_one_control_give_more_false_alarms():
    assert alarms(0, 2) < alarms(0, 5) < alarms(0, 10)
    assert alarms(1, 2) < alarms(1, 5) < alarms(1, 10) == 22  # the lesson's number
    assert {alarms(controls, 5) for controls in (2, 3, 5, 8)} == {5}


@pytest.mark.parametrize(
    ("trouble", "share", "said"),
    [
        (baci.BOTH, 0.6, "×0.50"),
        (baci.ONE_SIDE, 0.6, "×0.60"),
        (baci.MOVED, 0.0, "×0.50"),
        (baci.MOVED, 1.0, "×0.33, 120 lost"),
    ],
)
def test_only_a_flood_of_both_basins_leaves_the_truth(trouble, share, said):
    assert f"the estimate says {said}" in baci.broken_control_alt(trouble, share)

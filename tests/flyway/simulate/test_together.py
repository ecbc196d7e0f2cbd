"""Observers who do not work apart: what was told is what happens."""

import numpy as np
import pytest

from flyway.detection.closed import mark_resight
from flyway.simulate.roosts import roost_counts
from flyway.simulate.together import seen_by, two_lists


def test_observers_who_work_apart_are_independent():
    noted = seen_by(20_000, 2, 0.6, seed=1)
    assert noted.mean() == pytest.approx(0.6, abs=0.01)
    assert noted.all(axis=1).mean() == pytest.approx(0.36, abs=0.01)


def test_hidden_flocks_are_on_no_list():
    noted = seen_by(20_000, 3, 1.0, hidden=0.25, seed=2)
    assert noted.any(axis=1).mean() == pytest.approx(0.75, abs=0.01)
    assert (noted.all(axis=1) == noted.any(axis=1)).all()


def test_pointing_makes_overlap_and_adds_no_flock():
    apart, told = (seen_by(20_000, 2, 0.5, cue=c, seed=3) for c in (0.0, 1.0))
    assert (apart.any(axis=1) == told.any(axis=1)).all()
    assert (told.all(axis=1) == told.any(axis=1)).all()


def test_lists_of_more_observers_are_joined_into_the_second():
    noted = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 0, 0]], dtype=bool)
    assert two_lists(noted).iloc[0].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("setting", "word"),
    [({"detection": 0.0}, "detection"), ({"detection": 0.5, "hidden": 2}, "hidden")],
)
def test_refusals_name_the_argument(setting, word):
    with pytest.raises(ValueError, match=word):
        seen_by(10, 2, seed=1, **setting)


def test_one_observer_makes_no_two_lists():
    with pytest.raises(ValueError, match="two observers"):
        two_lists(np.ones((5, 1), dtype=bool))


def test_intervals_from_birds_are_too_narrow_and_from_flocks_are_right():
    """Lesson 3.1 says so with numbers: the birds of a flock are seen or missed together."""
    held = {"": [], "birds_": []}
    for seed in range(1000, 1200):
        made = roost_counts(16, flocks_per_roost=10, median_flock=5, p_a=0.75, p_b=0.55, seed=seed)
        sums = made.counts.sum(numeric_only=True)
        for unit, true in (("", made.truth["flocks"]), ("birds_", made.truth["birds"])):
            a, b, both = (sums[f"{unit}{name}"] for name in ("only_a", "only_b", "both"))
            low, high = mark_resight(a + both, b + both, both).interval()
            held[unit].append(low <= true.sum() <= high)
    assert round(100 * np.mean(held["birds_"])) == 48
    assert round(100 * np.mean(held[""])) == 96

"""Two searched lines, and spans beside the road: what was told is what happens."""

import numpy as np
import pytest

from flyway.impact.carcasses import carcass_detection
from flyway.simulate.spans import DAYS, LINES, easy_spans, searched_lines


def test_found_is_killed_times_g():
    made = [searched_lines(persistence=0.9, efficiency=0.6, seed=seed) for seed in range(200)]
    for name, line in LINES.items():
        found = [m.searches.loc[m.searches["line"] == name, "found"].sum() for m in made]
        g = carcass_detection(
            persistence=0.9,
            efficiency=0.6,
            interval_days=line["interval_days"],
            searches=DAYS // line["interval_days"],
            share_searched=line["share_searched"],
        ).estimate
        error = np.sqrt(line["killed"] * g * (1 - g) / len(made))
        assert np.mean(found) == pytest.approx(line["killed"] * g, abs=4 * error)


def test_nothing_is_found_that_was_not_killed_below_that_span():
    made = searched_lines(seed=3)
    found = made.searches.groupby(["line", "span"])["found"].sum()
    killed = made.truth.set_index(["line", "span"])["killed"]
    assert (found <= killed).all()
    assert killed.groupby("line").sum().to_dict() == {n: v["killed"] for n, v in LINES.items()}


def test_every_span_is_in_every_search_with_a_zero_where_none_was_found():
    made = searched_lines(seed=3)
    assert len(made.searches) == 16 * 16 + 8 * 4
    assert made.searches["found"].notna().all()
    assert made.lines["length_km"].tolist() == [4.0, 2.0]


def test_the_trials_have_the_size_asked_for_and_the_eyes_that_were_set():
    found = [searched_lines(trial=50, efficiency=0.8, seed=s).searcher_trial for s in range(100)]
    assert {len(trial) for trial in found} == {50}
    assert np.mean([trial["found"].mean() for trial in found]) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("times", [1, 3])
def test_a_lot_is_right_on_average_and_the_road_only_where_spans_are_alike(times):
    made = easy_spans(times, killed=40, winters=4_000, seed=1).mean()
    assert made["lot"] == pytest.approx(40, abs=1)
    assert made["road"] == pytest.approx(80 / (1 + times), abs=1)


def test_impossible_plans_are_refused():
    with pytest.raises(ValueError, match="at most half"):
        easy_spans(2, spans=10, searched=6, seed=1)
    with pytest.raises(ValueError, match="persistence"):
        searched_lines(persistence=1.2, seed=1)

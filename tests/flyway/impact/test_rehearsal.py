"""Rehearsed studies agree with `baci`, keep their promises where they can, and refuse bad settings."""

import numpy as np
import pandas as pd
import pytest

from flyway.impact.baci import baci
from flyway.impact.rehearsal import rehearse_baci
from flyway.simulate.basins import LEVELS, log_levels, salt_pan_counts


def table(logs, before):
    sites, dates = (a.ravel() for a in np.indices(logs.shape))
    return pd.DataFrame(
        {
            "site": sites,
            "treatment": np.where(sites == 0, "impact", "control"),
            "date": dates,
            "period": np.where(dates < before, "before", "after"),
            "count": np.exp(logs.ravel()),
        }
    )


@pytest.mark.parametrize("controls", [1, 4])
def test_a_rehearsed_study_is_what_baci_says_of_the_same_counts(controls):
    made = rehearse_baci(0.7, controls=controls, before=4, after=3, studies=3, seed=5)
    logs = log_levels((3, 1 + controls, 7), growth=0.0, rng=np.random.default_rng(5))
    logs[:, 0, 4:] += np.log(0.7)
    for study, row in zip(logs, made.studies.itertuples(), strict=True):
        design = "changes" if controls > 1 else "paired"
        fit = baci(table(study, 4), site="site", date="date", log=True, design=design)
        assert fit.ratio == pytest.approx(row.ratio)
        assert np.exp(fit.interval()) == pytest.approx((row.lower, row.upper))


def test_several_controls_keep_the_promise_where_bad_years_come_in_runs():
    for controls in (2, 5):
        made = rehearse_baci(0.6, controls=controls, before=5, after=5, studies=8000, seed=1)
        assert made.missed == pytest.approx(0.05, abs=0.008)
    one = rehearse_baci(controls=1, before=5, after=5, memory=0.6, studies=8000, seed=1)
    assert one.detected > 0.15
    honest = rehearse_baci(controls=1, before=5, after=5, memory=0.0, studies=8000, seed=1)
    assert honest.detected == pytest.approx(0.05, abs=0.008)


def test_growth_is_taken_for_an_effect_only_without_control():
    setting = {"before": 5, "after": 5, "growth": 0.08, "sd_basin": 0.15, "seed": 2}
    assert rehearse_baci(controls=0, **setting).detected > 0.4
    assert rehearse_baci(controls=5, **setting).detected < 0.07


def test_more_controls_narrow_the_interval():
    widths = [rehearse_baci(controls=k, before=5, after=5, seed=3).middle[1] for k in (2, 3, 5, 8)]
    assert widths == sorted(widths, reverse=True)


def test_summary_tells_the_mean_ratio_and_both_shares():
    made = rehearse_baci(0.5, controls=4, before=5, after=5, seed=4).summary().set_index("quantity")
    assert made.loc["mean ratio", "estimate"] == pytest.approx(0.5, abs=0.02)
    assert made.loc["intervals that leave out 1", "estimate"] > 0.5


def test_changes_need_three_sites_counted_in_both_periods():
    counts = salt_pan_counts(seed=1).counts
    two = counts[counts["basin"].isin(["Project", "A"])]
    setting = {"site": "basin", "date": "winter", "log": True, "design": "changes"}
    with pytest.raises(ValueError, match="Add control sites"):
        baci(two, "spoonbills", **setting)
    early = counts[(counts["basin"] != "B") | (counts["period"] == "before")]
    with pytest.raises(ValueError, match="site B has no count before or none after"):
        baci(early, "spoonbills", **setting)


def test_changes_say_when_dates_do_not_cancel():
    counts = salt_pan_counts(seed=1).counts.drop(index=3)
    fit = baci(counts, "spoonbills", site="basin", date="winter", log=True, design="changes")
    assert "do not cancel" in fit.notes[0]


def test_birds_missing_at_the_project_are_partly_next_door():
    made = salt_pan_counts(effect=0.5, to_neighbour=0.4, seed=3)
    truth = made.truth.assign(gain=lambda t: t["expected"] - t["without_project"])
    gain = truth[truth["winter"] > 5].groupby("basin")["gain"].sum()
    assert gain["Next door"] == pytest.approx(-0.4 * gain["Project"], rel=0.01)
    assert (gain[["A", "B", "C", "D", "E"]] == 0).all()
    assert len(made.counts) == 10 * len(LEVELS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effect": 0}, "must be above 0"),
        ({"before": 1}, "before"),
        ({"controls": -1}, "controls"),
        ({"memory": 1.0}, "below 1"),
    ],
)
def test_impossible_settings_are_refused(change, words):
    setting = {"controls": 2, "before": 3, "after": 3, "seed": 1} | change
    with pytest.raises(ValueError, match=words):
        rehearse_baci(**setting)

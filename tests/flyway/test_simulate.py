"""The simulated packages: the seed makes them again, and the truth is what it says."""

import numpy as np
import pytest

from flyway import datasets
from flyway.simulate import winter_counts


def test_package_regenerates_from_its_own_description():
    made = datasets.package("winter_counts")["simulation"]
    assert made["generator"] == "flyway.simulate.counts.winter_counts"
    again = winter_counts(**made["parameters"], seed=made["seed"])
    stored = datasets.load("winter_counts")
    assert again.counts["count"].equals(stored["count"])
    assert again.counts["site"].tolist() == stored["site"].tolist()
    truth = datasets.load("winter_counts", "truth")
    np.testing.assert_allclose(again.truth["index"], truth["index"], rtol=1e-8)
    sites = datasets.load("winter_counts", "sites")
    np.testing.assert_allclose(again.sites["expected_first"], sites["expected_first"], rtol=1e-8)


def test_stored_table_has_the_promised_shape():
    counts = datasets.load("winter_counts")
    assert counts["site"].nunique() == 20
    assert counts["winter"].nunique() == 25
    assert counts["count"].isna().sum() == 150  # 30 % of 500
    sites = datasets.load("winter_counts", "sites")["expected_first"]
    assert sites.max() == sites.iloc[0] > 4 * sites.nlargest(2).iloc[1]  # one site holds most birds


def test_same_seed_same_numbers_and_gaps_do_not_move_the_counts():
    first, second = winter_counts(seed=5), winter_counts(seed=5)
    assert first.counts.equals(second.counts)
    assert not first.counts.equals(winter_counts(seed=6).counts)
    full = winter_counts(gaps=0, seed=5).counts["count"]
    assert not full.isna().any()
    seen = first.counts["count"].notna()
    assert (full[seen] == first.counts["count"][seen]).all()


def test_truth_is_the_growth_that_was_asked_for():
    truth = winter_counts(rate=0.05, winter_sd=0, seed=1).truth
    np.testing.assert_allclose(truth["index"], 1.05 ** np.arange(25))
    made = winter_counts(rate=-0.02, seed=1)
    np.testing.assert_allclose(
        made.truth["expected"] / made.truth["expected"].iloc[0], made.truth["index"]
    )
    assert made.sites["expected_first"].sum() == pytest.approx(made.truth["expected"].iloc[0])


def test_counts_have_the_mean_and_the_spread_of_the_model():
    # One site, no growth, no winter effect: 40,000 draws of one negative binomial variable.
    made = winter_counts(1, 40_000, rate=0, winter_sd=0, site_median=50, big_site=1, dispersion=8,
                         gaps=0, seed=3)  # fmt: skip
    count = made.counts["count"].astype(float)
    mean, variance = 50.0, 50 + 50**2 / 8
    # standard error of the mean 0.095; relative standard error of the variance about 1 %
    assert count.mean() == pytest.approx(mean, abs=0.4)
    assert count.var() == pytest.approx(variance, rel=0.04)


def test_the_known_trend_is_found_again_without_gaps():
    # 400 sites and small winter effects: the yearly growth of the sum must come back.
    made = winter_counts(400, 25, rate=0.03, winter_sd=0, big_site=1, gaps=0, seed=11)
    total = made.counts.groupby("winter")["count"].sum().astype(float)
    slope = np.polyfit(np.arange(25), np.log(total), 1)[0]
    assert np.exp(slope) - 1 == pytest.approx(0.03, abs=0.004)


@pytest.mark.parametrize("gaps", [0.5, 0.9, 0.99])
def test_every_site_and_winter_keeps_a_count(gaps):
    seen = winter_counts(6, 8, gaps=gaps, seed=2).counts.pivot(
        index="site", columns="winter", values="count"
    )
    assert seen.notna().any(axis=0).all()
    assert seen.notna().any(axis=1).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_sites": 0}, "need 1 site"),
        ({"n_winters": 1}, "2 winters or more"),
        ({"rate": -1}, "rate is -1"),
        ({"gaps": 1}, "gaps is 1"),
        ({"gaps": -0.1}, "gaps is -0.1"),
        ({"dispersion": 0}, "dispersion is 0"),
        ({"big_site": -2}, "big_site is -2"),
        ({"site_sd": -1}, "site_sd is -1"),
    ],
)
def test_values_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        winter_counts(**arguments, seed=1)

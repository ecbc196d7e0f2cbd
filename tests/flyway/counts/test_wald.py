"""Wald tests of the site × year model: by hand, by what must not matter, and by false alarms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from flyway.counts.index import fit_index
from flyway.counts.wald import wald, wald_tests

PLAIN = {"overdispersion": False, "serial_correlation": False}


def table(counts, first=2001):
    sites, years = np.shape(counts)
    return pd.DataFrame(
        {
            "site": np.repeat(np.arange(sites), years),
            "year": np.tile(np.arange(first, first + years), sites),
            "count": np.ravel(counts),
        }
    )


def scattered(rng, sites=30, years=8, phi=3.0, missing=0.3, slope=0.0):
    """Counts whose variance is `phi` times their mean, with gaps."""
    mean = rng.lognormal(3, 1, sites)[:, None] * np.exp(slope * np.arange(years))
    counts = rng.negative_binomial(mean / (phi - 1), 1 / phi).astype(float)
    counts[rng.random(counts.shape) < missing] = np.nan
    return table(counts[np.nansum(counts, axis=1) > 0])


def test_two_years_by_hand():
    """Complete Poisson counts: γ = ln(80/50), var γ = 1/50 + 1/80."""
    tests = fit_index(table([[20, 50], [30, 30]]), **PLAIN).tests()
    assert tests["hypothesis"].tolist() == ["no change: the years are alike"]
    by_hand = np.log(80 / 50) ** 2 / (1 / 50 + 1 / 80)
    assert tests["wald"][0] == pytest.approx(by_hand)
    assert tests["p"][0] == pytest.approx(chi2.sf(by_hand, 1))
    assert tests["df"].tolist() == [1]


def test_three_years_by_hand():
    """Totals 50, 80, 98: the deviation from a line is γ₃ − 2γ₂ = ln 98 + ln 50 − 2 ln 80."""
    tests = fit_index(table([[20, 50, 60], [30, 30, 38]]), **PLAIN).tests()
    bend = np.log(98) + np.log(50) - 2 * np.log(80)
    assert tests["wald"][1] == pytest.approx(bend**2 / (1 / 98 + 1 / 50 + 4 / 80))
    assert tests["hypothesis"][1] == "the trend is linear"


def test_exact_growth_leaves_nothing_beside_the_line():
    fit = fit_index(table([[10, 20, 40, 80], [3, 6, 12, 24]]), **PLAIN)
    assert fit.tests()["wald"][1] == pytest.approx(0, abs=1e-12)
    assert fit.tests()["p"][1] == pytest.approx(1)
    assert fit.tests()["p"][0] < 1e-6


def test_a_bend_is_found_in_its_year():
    mean = 40 * np.exp(0.25 * np.r_[0:4, [3] * 6])
    counts = np.random.default_rng(8).poisson(np.outer([1, 2, 0.5, 3, 1, 4, 2], mean))
    fit = fit_index(table(counts), model=2, changepoints=[2001, 2004, 2007])
    tests = fit.tests().set_index("hypothesis")["p"]
    assert tests.index[0] == "the slope after 2001 is 0"
    assert tests.iloc[0] < 0.001
    assert tests["the slope does not change in 2004"] < 0.001
    assert tests["the slope does not change in 2007"] > 0.05


def test_one_line_gives_the_square_of_slope_over_error():
    fit = fit_index(scattered(np.random.default_rng(3), slope=0.05), model=2)
    slope, se = fit.coefficients[["estimate", "se"]].iloc[0]
    (test,) = fit.tests().itertuples()
    assert test.hypothesis == "no trend: the slope is 0"
    assert test.wald == pytest.approx((slope / se) ** 2)


def test_covariates_are_tested_one_by_one():
    data = scattered(np.random.default_rng(4), sites=60, missing=0.1)
    data["habitat"] = np.where(data["site"] % 2, "coast", "river")
    data["guarded"] = np.where(data["site"] % 3, "no", "yes")
    data["count"] = (data["count"] * np.where(data["habitat"] == "coast", 1 + 0.3 * (data["year"] - 2001), 1)).round()  # fmt: skip
    tests = fit_index(data, model=2, covariates=["habitat", "guarded"]).tests()
    p = tests.set_index("hypothesis")["p"]
    assert p["habitat makes no difference to the change"] < 1e-6
    assert p["guarded makes no difference to the change"] > 0.01
    assert p["no trend: the slope is 0 in every class"] < 1e-6
    assert tests["df"].tolist() == [3, 1, 1]


@pytest.mark.parametrize("slope", [0.0, 0.06])
def test_false_alarms_are_few(slope):
    """Counts without bends: a linear trend is refused in about 5 % of the studies."""
    rng = np.random.default_rng(77)
    p = [
        fit_index(scattered(rng, sites=60, slope=slope), serial_correlation=False).tests()["p"][1]
        for _ in range(120)
    ]
    assert 0 < np.mean(np.less(p, 0.05)) < 0.125
    assert 0.38 < np.mean(p) < 0.62


@given(seed=st.integers(0, 10**6), factor=st.integers(2, 9), moved=st.integers(-50, 50))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_what_must_not_matter(seed, factor, moved):
    """Counting in pairs, another calendar, the years backwards: the same tests."""
    data = scattered(np.random.default_rng(seed), sites=12, years=5)
    plain = fit_index(data).tests()
    scaled = fit_index(data.assign(count=data["count"] * factor)).tests()
    later = fit_index(data.assign(year=data["year"] + moved)).tests()
    backwards = fit_index(data.assign(year=4000 - data["year"])).tests()
    for other in (scaled, later, backwards):
        np.testing.assert_allclose(other["wald"], plain["wald"], rtol=1e-5)
    assert plain["p"].between(0, 1).all()
    assert (plain["wald"] >= 0).all()
    assert plain["wald"][0] >= plain["wald"][1]  # no change at all is the stricter hypothesis


@given(st.integers(2, 6), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_choice_of_contrasts_does_not_matter(p, seed):
    rng = np.random.default_rng(seed)
    estimates, root, mix = rng.normal(size=p), rng.normal(size=(p, p)), rng.normal(size=(p, p))
    covariance = root @ root.T + np.eye(p)
    contrasts = np.eye(p)[1:]
    other = (mix[1:, 1:] + 3 * np.eye(p - 1)) @ contrasts
    if np.linalg.cond(other) < 1e6:
        assert wald(other, estimates, covariance) == pytest.approx(
            wald(contrasts, estimates, covariance), rel=1e-6
        )


def test_a_generator_of_changepoints_is_read_once():
    data = scattered(np.random.default_rng(5))
    given_twice = fit_index(data, model=2, changepoints=(y for y in (2001, 2004))).tests()
    assert len(given_twice) == 2


def test_two_slopes_that_agree_are_one():
    tests = wald_tests(2, np.arange(5.0), [0, 2], {}, np.array([0.1, 0.1]), np.eye(2) * 0.01)
    assert tests["wald"].tolist() == pytest.approx([1, 0])

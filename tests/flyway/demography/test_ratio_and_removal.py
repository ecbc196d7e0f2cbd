import numpy as np
import pandas as pd
import pytest

from flyway.demography.age_ratio import age_ratio
from flyway.demography.removal import growth_limit, removal_limit


def flocks(seed, n=40, brood=0.45):
    """Flocks of families with 0 to 2 young, and of birds without; breeding success differs by flock."""
    rng = np.random.default_rng(seed)
    success = rng.beta(4 * brood, 4 * (1 - brood), n)
    pairs = rng.integers(2, 15, n)
    young = rng.binomial(pairs, success) + rng.binomial(pairs, success / 2)
    return pd.DataFrame({"young": young, "adults": 2 * pairs + rng.integers(0, 6, n)})


def true_share():
    many = pd.concat([flocks(seed, 4000) for seed in range(50, 60)])
    return many["young"].sum() / (many["young"] + many["adults"]).sum()


@pytest.mark.parametrize("method", ["design", "bootstrap"])
def test_share_of_young_is_unbiased_and_covered(method):
    truth, inside, naive, shares = true_share(), 0, 0, []
    for seed in range(150):
        fit = age_ratio(flocks(seed), method=method, replicates=400)
        low, high = fit.interval()
        inside += low <= truth <= high
        half = 1.96 * np.sqrt(fit.estimate * (1 - fit.estimate) / fit.aged)
        naive += abs(fit.estimate - truth) <= half
        shares.append(fit.estimate)
    assert np.mean(shares) == pytest.approx(truth, abs=0.01)
    assert 0.90 <= inside / 150 <= 0.99
    assert naive < inside  # counting birds as independent is too sure of itself


def test_design_based_error_by_hand():
    table = pd.DataFrame({"young": [2, 0, 1], "adults": [2, 4, 2]})
    fit = age_ratio(table)
    p = 3 / 11
    z = np.array([2 - 4 * p, 0 - 4 * p, 1 - 3 * p]) / 11
    assert fit.estimate == pytest.approx(p)
    assert fit.per_adult == pytest.approx(3 / 8)
    assert fit.se == pytest.approx(np.sqrt(3 / 2 * (z**2).sum()))
    assert fit.design_effect == pytest.approx(fit.se**2 / (p * (1 - p) / 11))
    assert fit.df == 2


def test_families_of_one_flock_are_one_cluster():
    table = flocks(1, 30)
    twice = pd.concat([table, table], ignore_index=True).assign(flock=[*range(30), *range(30)])
    single = age_ratio(table)
    assert age_ratio(twice, cluster="flock").se == pytest.approx(single.se)
    assert age_ratio(twice).se < single.se


def test_sites_as_strata_take_out_what_differs_between_them():
    good, poor = flocks(1, 30, 0.7), flocks(2, 30, 0.2)
    table = pd.concat([good.assign(site="A"), poor.assign(site="B")], ignore_index=True)
    assert age_ratio(table, strata="site").se < age_ratio(table).se
    boot = age_ratio(table, strata="site", method="bootstrap")
    assert boot.se == pytest.approx(age_ratio(table, strata="site").se, rel=0.1)


def test_birds_without_age_and_empty_flocks_are_told():
    table = pd.DataFrame({"young": [2, 0, 1, 0], "adults": [2, 4, 2, 0], "unaged": [0, 5, 0, 3]})
    fit = age_ratio(table, unaged="unaged")
    assert any("1 clusters without an aged bird" in note for note in fit.notes)
    assert any("8 birds" in note for note in fit.notes)
    assert any("Only 3 clusters" in note for note in fit.notes)
    assert fit.summary()["quantity"][0] == "share of young"


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ({"young": [1, -1], "adults": [2, 2]}, {}, "young is negative"),
        ({"young": [1, 1.5], "adults": [2, 2]}, {}, "young is 1.5"),
        ({"young": [1, None], "adults": [2, 2]}, {}, "young is missing in row 1"),
        ({"young": [0, 0], "adults": [0, 0]}, {}, "no bird was aged"),
        ({"young": [1], "adults": [2]}, {}, "there is one cluster"),
        ({"young": [0, 0], "adults": [2, 3]}, {}, "no young was seen among 5"),
        ({"young": [1, 1], "adults": [2, 2]}, {"cluster": "flock"}, "no column 'flock'"),
        (
            {"young": [1, 1], "adults": [2, 2], "f": [1, None]},
            {"cluster": "f"},
            "f is missing in row 1",
        ),
        (
            {"young": [1, 1], "adults": [2, 2], "f": [1, 1], "site": ["A", "B"]},
            {"cluster": "f", "strata": "site"},
            "lies in two site",
        ),
        (
            {"young": [1, 1, 1], "adults": [2, 2, 1], "site": ["A", "A", "B"]},
            {"strata": "site"},
            "one cluster in site B",
        ),
    ],
)
def test_age_ratio_refuses(table, options, message):
    with pytest.raises(ValueError, match=message):
        age_ratio(pd.DataFrame(table), **options)


def test_removal_limit_by_hand():
    limit = removal_limit(1000, cv=0.3, r_max=0.1, recovery=0.5)
    n_min = 1000 * np.exp(-0.842 * np.sqrt(np.log(1.09)))
    assert limit.n_min == pytest.approx(n_min, rel=2e-4)
    assert limit.estimate == pytest.approx(n_min * 0.05 * 0.5, rel=2e-4)
    assert removal_limit(1000, se=300, r_max=0.1, recovery=0.5).estimate == limit.estimate
    certain = removal_limit(1000, cv=0, r_max=0.1, recovery=1)
    assert certain.estimate == pytest.approx(50)
    assert certain.used_by(75) == pytest.approx(1.5)
    assert certain.summary()["estimate"][0] == pytest.approx(50)


def test_wades_criterion():
    # Wade (1998): taken at the limit, 95 % of populations stand at half of K or above after 100 years
    rng = np.random.default_rng(1)
    K, r_max, cv, runs = 10_000, 0.1, 0.2, 500
    n = np.full(runs, 0.3 * K)
    sd = np.sqrt(np.log1p(cv**2))
    for year in range(100):
        if year % 4 == 0:  # a new estimate every four years
            seen = n * np.exp(rng.normal(0, sd, runs))
            allowed = np.array(
                [removal_limit(x, cv=cv, r_max=r_max, recovery=1.0).estimate for x in seen]
            )
        n = np.maximum(n + r_max * n * (1 - n / K) - allowed, 1)
    assert np.mean(n >= 0.5 * K) >= 0.93


def test_growth_limit_of_long_lived_birds():
    # Niel & Lebreton (2005) eq. 17 is the closed form of the quadratic version
    for s, a in ((0.9, 4), (0.95, 3), (0.8, 2)):
        b = s * a - s + a + 1
        closed = (b + np.sqrt((s - s * a - a - 1) ** 2 - 4 * s * a**2)) / (2 * a) - 1
        assert growth_limit(s, a, method="quadratic") == pytest.approx(closed)
        lam = 1 + growth_limit(s, a)
        assert lam == pytest.approx(np.exp(1 / (a + s / (lam - s))))
        assert growth_limit(s, a) > closed
    assert growth_limit(0.95, 5) < growth_limit(0.8, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "n is 0"),
        ({"cv": None}, "give cv or se"),
        ({"se": 10}, "give cv or se"),
        ({"cv": -0.1}, "cv is negative"),
        ({"recovery": 0}, "recovery is 0"),
        ({"recovery": 2}, "recovery is 2"),
        ({"r_max": -0.1}, "r_max is negative"),
    ],
)
def test_removal_refuses(options, message):
    given = {"n": 1000, "cv": 0.2, "r_max": 0.1, "recovery": 0.5} | options
    with pytest.raises(ValueError, match=message):
        removal_limit(given.pop("n"), **given)


def test_growth_limit_refuses():
    with pytest.raises(ValueError, match="adult_survival"):
        growth_limit(1.0, 3)
    with pytest.raises(ValueError, match=r"first_breeding is 0\.5"):
        growth_limit(0.9, 0.5)

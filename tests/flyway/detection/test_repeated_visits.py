import numpy as np
import pandas as pd
import pytest

from flyway.detection.nmixture import fit_nmixture
from flyway.detection.occupancy import fit_occupancy


def visits(rng, sites=120, times=4, psi=0.6, p=0.4):
    occupied = rng.random(sites) < psi
    return pd.DataFrame((rng.random((sites, times)) < p) * occupied[:, None] * 1.0)


def repeated_counts(rng, sites=120, times=4, lam=5.0, p=0.5, theta=None):
    mean = np.full(sites, lam)
    n = rng.poisson(mean if theta is None else mean * rng.gamma(theta, 1 / theta, sites))
    return pd.DataFrame(rng.binomial(n[:, None], p, (sites, times)).astype(float))


def test_occupancy_is_unbiased_and_covered():
    rng = np.random.default_rng(1)
    inside, psi, p = 0, [], []
    for _ in range(60):
        fit = fit_occupancy(visits(rng))
        low, high = fit.interval()
        inside += low <= 0.6 <= high
        psi.append(fit.estimate)
        p.append(fit.p)
    assert np.mean(psi) == pytest.approx(0.6, abs=0.02)
    assert np.mean(p) == pytest.approx(0.4, abs=0.02)
    assert 0.90 <= inside / 60 <= 1


def test_occupancy_with_covariates_and_missed_visits():
    rng = np.random.default_rng(5)
    wet = rng.integers(0, 2, 400)
    wind = pd.DataFrame(rng.normal(size=(400, 4)))
    occupied = rng.random(400) < 1 / (1 + np.exp(-(-0.5 + 1.5 * wet)))
    p = 1 / (1 + np.exp(-(0.3 - 0.8 * wind.to_numpy())))
    y = pd.DataFrame((rng.random((400, 4)) < p) * occupied[:, None] * 1.0)
    y = y.mask(rng.random(y.shape) < 0.2)
    fit = fit_occupancy(y, "wet", "wind", pd.DataFrame({"wet": wet}), {"wind": wind}).fit
    assert fit.params["psi: wet"] == pytest.approx(1.5, abs=3 * fit.se["psi: wet"])
    assert fit.params["p: wind"] == pytest.approx(-0.8, abs=3 * fit.se["p: wind"])


def test_perfect_detection_gives_the_share_of_sites():
    y = pd.DataFrame([[1, 1, 1]] * 6 + [[0, 0, 0]] * 4)
    fit = fit_occupancy(y)
    assert fit.estimate == pytest.approx(0.6, abs=1e-3)
    assert fit.p == pytest.approx(1, abs=1e-3)
    assert any("do not determine" in note for note in fit.notes)


def test_chance_that_an_unseen_site_is_occupied():
    fit = fit_occupancy(visits(np.random.default_rng(3)))
    table = fit.sites()
    assert (table.loc[table["seen"], "occupied"] == 1).all()
    unseen = table.loc[~table["seen"], "occupied"].iloc[0]
    miss = (1 - fit.p) ** 4
    assert unseen == pytest.approx(fit.estimate * miss / (fit.estimate * miss + 1 - fit.estimate))


def test_low_detection_warns():
    y = visits(np.random.default_rng(11), sites=80, times=2, p=0.06)
    notes = " ".join(fit_occupancy(y).notes)
    assert "too high" in notes or "No site was seen occupied twice" in notes


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (pd.DataFrame([[1], [0]]), {}, "there is 1 visit"),
        (pd.DataFrame([[1, None], [None, 0]]), {}, "no site was visited twice"),
        (pd.DataFrame([[0, 0], [0, 0]]), {}, "never seen"),
        (pd.DataFrame([[None, None], [None, None]]), {}, "every visit is blank"),
        (pd.DataFrame([[1, 2], [0, 0]]), {}, "detection of visit 1 is 2 in row 0"),
        (pd.DataFrame([[1, 0.5], [0, 0]]), {}, "detection of visit 1 is 0.5 in row 0"),
        (pd.DataFrame([["x", 1], [0, 0]]), {}, "'x' in row 0"),
        (pd.DataFrame(), {}, "there is 0 visit"),
        (pd.DataFrame([[1, 0], [0, 1]]), {"psi": "habitat"}, "'habitat' cannot be read"),
        (pd.DataFrame([[1, 0], [0, 1]]), {"sites": pd.DataFrame({"a": [1]})}, "one row per site"),
        (
            pd.DataFrame([[1, 0], [0, 1]]),
            {"p": "w", "visits": {"w": pd.DataFrame([[1, None], [2, 3]])}},
            "'w' cannot be read",
        ),
    ],
)
def test_occupancy_refuses(table, options, message):
    with pytest.raises(ValueError, match=message):
        fit_occupancy(table, **options)


def test_poisson_n_mixture_is_unbiased_and_covered():
    rng = np.random.default_rng(2)
    inside, lam = 0, []
    for _ in range(30):
        fit = fit_nmixture(repeated_counts(rng), K=40)
        low, high = fit.interval()
        inside += low <= 5 <= high
        lam.append(fit.estimate)
    assert np.median(lam) == pytest.approx(5, rel=0.05)
    assert 0.88 <= inside / 30 <= 1


def test_negative_binomial_finds_its_size():
    fit = fit_nmixture(
        repeated_counts(np.random.default_rng(7), sites=300, theta=1.5), family="negbin", K=80
    )
    assert np.log(fit.theta) == pytest.approx(np.log(1.5), abs=3 * fit.fit.se["log_theta"])
    assert any("estimate birds worse" in note for note in fit.notes)


def test_birds_per_site_lie_at_or_above_the_highest_count():
    fit = fit_nmixture(repeated_counts(np.random.default_rng(4)), K=40)
    table = fit.sites()
    assert (table["birds"] >= table["highest_count"] - 1e-9).all()


def test_k_that_is_too_small_is_told():
    counts = repeated_counts(np.random.default_rng(6), lam=30)
    fit = fit_nmixture(counts, K=int(counts.to_numpy().max()) + 2)
    assert any("was reached" in note for note in fit.notes)


def test_counts_that_do_not_repeat_are_told_to_give_infinite_estimates():
    rng = np.random.default_rng(8)
    first = rng.poisson(4, 60)
    counts = pd.DataFrame({"a": first, "b": 8 - np.minimum(first, 8)})
    fit = fit_nmixture(counts, K=60)
    assert any("infinite" in note for note in fit.notes)


def test_sites_without_a_visit_are_told():
    counts = repeated_counts(np.random.default_rng(9)).astype(object)
    counts.iloc[3] = None
    fit = fit_nmixture(counts, K=40)
    assert "1 sites without any visit were left out (rows 3)" in fit.notes[0]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ([[0, 0], [0, 0]], {}, "every count is 0"),
        ([[1, -2], [0, 0]], {}, r"count of visit 1 is negative \(-2\) in row 0"),
        ([[1, 2.5], [0, 0]], {}, "count of visit 1 is 2.5"),
        ([[1, 2], [0, 3]], {"K": 3}, "above the highest count, 3"),
        ([[1, 2], [0, 3]], {"family": "normal"}, "choose one of 'poisson'"),
    ],
)
def test_n_mixture_refuses(table, options, message):
    with pytest.raises(ValueError, match=message):
        fit_nmixture(pd.DataFrame(table), **options)


def test_covariates_in_metres_and_calendar_years_do_no_harm():
    rng = np.random.default_rng(10)
    metres, year = rng.normal(2500, 200, 300), rng.integers(1990, 2024, 300)
    height, time = (metres - 2500) / 200, (year - 2007) / 10
    occupied = rng.random(300) < 1 / (1 + np.exp(-(0.2 + height - 0.5 * time)))
    y = pd.DataFrame((rng.random((300, 4)) < 0.5) * occupied[:, None] * 1.0)
    table = pd.DataFrame({"m": metres, "year": year, "height": height, "time": time})
    raw = fit_occupancy(y, "m + year", sites=table).fit
    scaled = fit_occupancy(y, "height + time", sites=table).fit
    assert raw.converged
    assert raw.loglik == pytest.approx(scaled.loglik, abs=1e-5)
    assert raw.params["psi: m"] * 200 == pytest.approx(scaled.params["psi: height"], abs=1e-3)
    assert raw.se["psi: year"] * 10 == pytest.approx(scaled.se["psi: time"], rel=1e-3)


def test_covariates_that_repeat_each_other_are_refused():
    y = visits(np.random.default_rng(1), sites=30)
    table = pd.DataFrame({"a": np.arange(30.0), "b": 2 * np.arange(30.0)})
    with pytest.raises(ValueError, match="repeat each other"):
        fit_occupancy(y, "a + b", sites=table)
    with pytest.raises(ValueError, match="infinite value"):
        fit_occupancy(y, "np.log(a)", sites=table)

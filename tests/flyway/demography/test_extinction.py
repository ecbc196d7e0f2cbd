import numpy as np
import pandas as pd
import pytest

from flyway.demography.density import compare_density
from flyway.demography.extinction import ExtinctionRisk, extinction_risk

MU, SIGMA2 = -0.01, 0.02


def walk(seed, years=30, mu=MU, sigma2=SIGMA2, start=300.0):
    rng = np.random.default_rng(seed)
    log_n = np.log(start) + np.r_[0, np.cumsum(rng.normal(mu, np.sqrt(sigma2), years))]
    return np.arange(1990, 1991 + years), np.exp(log_n)


def test_drift_and_variance_are_unbiased_and_covered():
    inside = np.zeros(3)
    mus, sigmas = [], []
    for seed in range(150):
        year, n = walk(seed)
        fit = extinction_risk(year, n, threshold=1e-3, current=300)
        mus.append(fit.mu)
        sigmas.append(fit.sigma2)
        truth = ExtinctionRisk(MU, SIGMA2, 30, 30, 300, 200, 20, (), pd.DataFrame()).estimate
        near = extinction_risk(year, n, threshold=200, current=300, horizon=20)
        for i, ((low, high), value) in enumerate(
            ((fit.mu_interval(), MU), (fit.sigma2_interval(), SIGMA2), (near.interval(), truth))
        ):
            inside[i] += low <= value <= high
    assert np.mean(mus) == pytest.approx(MU, abs=0.006)
    assert np.mean(sigmas) == pytest.approx(SIGMA2, rel=0.06)
    assert (inside / 150 >= 0.90).all()
    assert (inside / 150 <= 0.99).all()


def test_chance_agrees_with_simulated_walks():
    truth = ExtinctionRisk(MU, SIGMA2, 30, 30, 100, 60, 40, (), pd.DataFrame())
    rng = np.random.default_rng(3)
    small = rng.normal(MU / 50, np.sqrt(SIGMA2 / 50), (2000, 40 * 50)).astype(np.float32)
    below = (np.cumsum(small, axis=1).min(axis=1) < np.log(0.6)).mean()
    assert truth.estimate == pytest.approx(below, abs=0.04)


def test_risk_rises_with_time_and_threshold():
    year, n = walk(1)
    fit = extinction_risk(year, n, threshold=50, horizon=30)
    table = fit.risk()
    assert table["estimate"].is_monotonic_increasing
    assert ((table["lower"] <= table["estimate"]) & (table["estimate"] <= table["upper"])).all()
    assert extinction_risk(year, n, threshold=80, horizon=30).estimate > fit.estimate
    assert fit.plot().get_xlabel() == "years from now"
    assert fit.estimate == pytest.approx(table["estimate"].iloc[-1])


def test_chance_ever():
    year, n = walk(4, mu=0.1)
    up = extinction_risk(year, n, threshold=50)
    by_hand = np.exp(-2 * up.mu * np.log(up.current / 50) / up.sigma2)
    assert up.ever == pytest.approx(by_hand)
    year, n = walk(5, mu=-0.1)
    assert extinction_risk(year, n, threshold=n[-1] / 2).ever == 1.0


def test_missing_years_make_longer_steps():
    year, n = walk(6)
    gaps = n.copy()
    gaps[[5, 6, 12]] = np.nan
    fit = extinction_risk(year, gaps, threshold=10)
    assert fit.mu == pytest.approx(extinction_risk(year, n, threshold=10).mu)
    assert fit.transitions == 27
    assert fit.span == 30


def test_notes_on_short_series_errors_and_odd_counts():
    year, n = walk(7, years=6)
    fit = extinction_risk(year, n, threshold=10, horizon=100)
    assert any("poorly known" in note for note in fit.notes)
    assert any("longer than the 6 years" in note for note in fit.notes)
    year, n = walk(8)
    noisy = n * np.where(np.arange(31) % 2, 1.3, 0.8)
    assert any("counting errors" in n for n in extinction_risk(year, noisy, threshold=10).notes)
    n[15:] *= 5
    odd = extinction_risk(year, n, threshold=10)
    assert any("The step to 2005 is far out of line" in note for note in odd.notes)


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        ([10, 0, 12, 14], {}, "count is 0 in 2001"),
        ([10, 12, 14], {}, "3 counts are too few"),
        ([10, 20, 40, 80], {}, "exactly the same rate"),
        ([10, -2, 12, 14], {}, "count is negative"),
        ([30, 25, 28, 20], {"threshold": 20}, "below it already"),
        ([30, 25, 28, 20], {"threshold": 0}, "threshold is 0"),
        ([30, 25, 28, 20], {"horizon": 0}, "horizon is 0"),
    ],
)
def test_extinction_refuses(counts, options, message):
    years = range(2000, 2000 + len(counts))
    with pytest.raises(ValueError, match=message):
        extinction_risk(years, counts, **{"threshold": 5} | options)


def bounded(seed, years=40, a=0.6, K=400.0, sigma=0.15):
    rng = np.random.default_rng(seed)
    n = [100.0]
    for _ in range(years):
        n.append(n[-1] * np.exp(a * (1 - n[-1] / K) + rng.normal(0, sigma)))
    return np.arange(1980, 1981 + years), np.array(n)


def test_density_dependence_is_found_with_its_level():
    right, levels, inside = 0, [], 0
    for seed in range(40):
        fit = compare_density(*bounded(seed), replicates=99)
        right += fit.best != "none"
        levels.append(fit.estimate)
        low, high = fit.interval()
        inside += low <= 400 <= high
    assert right >= 36
    assert np.median(levels) == pytest.approx(400, rel=0.05)
    assert inside >= 34


def test_wandering_series_are_not_taken_for_density_dependence():
    p = [compare_density(*walk(seed), replicates=199).p_value for seed in range(80)]
    assert np.mean(np.array(p) <= 0.05) <= 0.12  # the plain t test rejects far more often


def test_futures_with_and_without_density_dependence():
    year, n = bounded(1)
    fit = compare_density(year, n, replicates=99)
    held = fit.project(60, threshold=50, model="ricker")
    free = fit.project(60, threshold=50, model="none")
    assert held["upper"].iloc[-1] < 1000 < free["upper"].iloc[-1]
    assert held["below"].is_monotonic_increasing
    assert fit.plot().get_xlabel() == "birds"
    assert "level K (birds)" in fit.summary()["quantity"].tolist()


def test_no_level_without_density_dependence():
    year, n = walk(12, years=20, mu=0.08, sigma2=0.0004)
    fit = compare_density(year, n * np.exp(0.001 * np.arange(21) ** 2), replicates=99)
    assert fit.best != "gompertz" or np.isnan(fit.estimate)
    assert any("no level K" in note for note in fit.notes)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([10, 12, 11, 13, 12], "4 steps of one year are too few"),
        ([10, 0, *range(10, 20)], "count is 0 in 2001"),
        ([2.0**i for i in range(10)], "exactly the same each year"),
    ],
)
def test_density_refuses(counts, message):
    with pytest.raises(ValueError, match=message):
        compare_density(range(2000, 2000 + len(counts)), counts)

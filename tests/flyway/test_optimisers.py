"""Every likelihood of our own stands on its top: other optimisers from other starts find none higher."""

import importlib

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from flyway.counts.glm import fit_counts
from flyway.demography import cjs
from flyway.demography.survival import fit_survival
from flyway.detection.distance import fit_distance
from flyway.detection.double_observer import dependent_observers, independent_observers
from flyway.detection.huggins import huggins
from flyway.detection.likelihood import maximise
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.occupancy import fit_occupancy
from flyway.impact import mixed
from flyway.impact.trials import fit_persistence


def occupied(rng):
    wet, here = rng.integers(0, 2, 90), rng.random(90) < 0.6
    seen = pd.DataFrame((rng.random((90, 4)) < 0.4) * here[:, None] * 1.0)
    return fit_occupancy(seen, "wet", "1", pd.DataFrame({"wet": wet}))


def repeated(rng, family):
    birds = rng.poisson(4 * rng.gamma(3, 1 / 3, 60))
    counts = pd.DataFrame(rng.binomial(birds[:, None], 0.5, (60, 4)).astype(float))
    return fit_nmixture(counts, family=family, K=60)


def apart(rng):
    reed = rng.random(40)
    birds = rng.poisson(np.exp(2 + reed))
    seen = np.array([rng.multinomial(n, [0.24, 0.14, 0.56, 0.06])[:3] for n in birds])
    table = pd.DataFrame(seen, columns=["only_first", "only_second", "both"])
    return independent_observers(table.assign(reed=reed), abundance="reed")


def in_turn(rng):
    rows = []
    for i in range(60):
        n, p = rng.poisson(12), (0.7, 0.8) if i % 2 else (0.8, 0.7)
        first = rng.binomial(n, p[0])
        rows.append(("AB"[i % 2], first, rng.binomial(n - first, p[1])))
    return dependent_observers(
        pd.DataFrame(rows, columns=["primary", "seen_by_primary", "added_by_secondary"])
    )


def flocks(rng):
    size = rng.lognormal(3, 1, 150).round() + 1
    p = 1 / (1 + np.exp(1 - 0.5 * np.log(size)))
    seen = rng.random((150, 2)) < p[:, None]
    table = pd.DataFrame(seen.astype(int), columns=["seen_first", "seen_second"]).assign(size=size)
    return huggins(table[seen.any(axis=1)].reset_index(drop=True), formula="np.log(size)")


def carcasses(rng):
    looks = np.array([0, 1, 2, 4, 7, 14, 28])
    later = np.searchsorted(looks, 9 * rng.weibull(0.8, 80))
    first = np.append(looks.astype(float), np.nan)[later]
    return fit_persistence(looks[later - 1], first, model="weibull")


OURS = {
    "occupancy": ("detection.occupancy", occupied),
    "n-mixture": ("detection.nmixture", lambda rng: repeated(rng, "poisson")),
    "negative-binomial n-mixture": ("detection.nmixture", lambda rng: repeated(rng, "negbin")),
    "independent observers": ("detection.double_observer", apart),
    "dependent observers": ("detection.double_observer", in_turn),
    "flocks by two observers": ("detection.huggins", flocks),
    "carcass persistence": ("impact.trials", carcasses),
}


@pytest.mark.parametrize("name", OURS)
def test_other_optimisers_find_no_higher_top(monkeypatch, name):
    place, fit = OURS[name]
    seen = []

    def spy(loglik, *arguments, **options):
        found = maximise(loglik, *arguments, **options)
        seen.append((loglik, found))
        return found

    monkeypatch.setattr(importlib.import_module(f"flyway.{place}"), "maximise", spy)
    rng = np.random.default_rng(4)
    fit(rng)
    loglik, found = seen[-1]
    assert found.converged

    def down(theta):
        value = loglik(theta)
        return -value if np.isfinite(value) else 1e12

    top = found.params.to_numpy()
    for method in ("Powell", "L-BFGS-B"):
        for _ in range(2):
            with np.errstate(all="ignore"):
                other = minimize(down, top + rng.normal(0, 0.7, len(top)), method=method)
            assert -other.fun <= found.loglik + 1e-5, method


def test_survival_stands_on_its_top(monkeypatch):
    rng = np.random.default_rng(9)
    alive = np.cumprod(rng.random((300, 6)) < 0.7, axis=1).astype(bool)
    seen = np.column_stack([np.ones(300, bool), alive & (rng.random((300, 6)) < 0.5)])
    histories = pd.DataFrame({"history": ["".join(map(str, row)) for row in seen.astype(int)]})
    calls = []

    def spy(*arguments):
        calls.append(arguments)
        return cjs.fit_cjs(*arguments)

    monkeypatch.setattr("flyway.demography.survival.fit_cjs", spy)
    fit_survival(histories, "time", "1")
    W, Z, sums, gaps, names = calls[-1]
    found = cjs.fit_cjs(*calls[-1])[0]
    for method in ("Nelder-Mead", "Powell"):
        other = minimize(
            lambda theta: cjs.negative_loglik(theta, W, Z, sums, gaps)[0],
            rng.normal(0, 0.7, len(names)),
            method=method,
            options={"maxiter": 5000, "maxfev": 5000},
        )
        assert -other.fun <= found.loglik + 1e-5, method
    assert not any("optimisers" in note for note in found.notes)


def test_distances_stand_on_their_top():
    """The only likelihood with one parameter: a fine grid holds nothing higher."""
    x = np.abs(np.random.default_rng(2).normal(0, 40, 120))
    fit = fit_distance(x, 100)
    grid = [
        (-(x[x <= 100] ** 2) / (2 * s**2)).sum()
        - (x <= 100).sum() * np.log(np.exp(-(np.linspace(0, 100, 4001) ** 2) / (2 * s**2)).mean() * 100)
        for s in np.linspace(10, 200, 400)
    ]  # fmt: skip
    assert max(grid) <= fit.loglik + 0.05
    assert max(grid) >= fit.loglik - 0.05


def test_an_optimiser_that_stopped_early_is_told():
    """A crease across the slope holds the first optimiser; the second goes on along it."""

    def creased(theta):
        return -50 * abs(theta[0] - theta[1]) - theta[0] ** 2

    found = maximise(creased, [5.0, 3.0], ["a", "b"])
    assert any("first optimiser stopped" in note for note in found.notes)


def test_no_top_at_all_is_told():
    found = maximise(lambda t: np.nan, [1.0], ["a"])
    assert not found.converged
    assert any("do not use these numbers" in note for note in found.notes)


def test_an_optimiser_of_survival_that_failed_is_told(monkeypatch):
    def lazy(fun, start, *arguments, **options):
        found = minimize(fun, start, *arguments, **options)
        if "L-BFGS-B" in arguments:
            found.fun += 3
        return found

    monkeypatch.setattr(cjs, "minimize", lazy)
    table = pd.DataFrame({"history": ["1101", "1011", "1100", "1000", "0111", "0110"] * 9})
    assert any("ended 3 apart" in note for note in fit_survival(table).notes)


def test_a_mixed_model_on_whose_top_one_optimiser_stands_alone_is_told(monkeypatch):
    rng = np.random.default_rng(3)
    site = np.repeat(np.arange(8), 6)
    y = rng.normal(0, 2, 8)[site] + rng.normal(size=48)
    several = mixed.fit_components(y, np.ones((48, 1)), {"site": site})
    assert not any("optimiser" in note for note in several.notes)
    monkeypatch.setattr(mixed, "OPTIMISERS", mixed.OPTIMISERS[:1])
    alone = mixed.fit_components(y, np.ones((48, 1)), {"site": site})
    assert any("Only one optimiser" in note for note in alone.notes)


def test_variance_at_zero_is_told():
    rng = np.random.default_rng(11)
    site = np.repeat(np.arange(6), 8)
    y = rng.normal(size=48)
    y -= np.bincount(site, y)[site] / 8  # sites alike to the last figure
    fit = mixed.fit_components(y, np.ones((48, 1)), {"site": site})
    assert fit.variances["site"] == 0
    assert any("edge of what is possible" in note for note in fit.notes)


def test_scatter_at_the_edge_is_told():
    rng = np.random.default_rng(1)
    y = rng.binomial(60, 0.5, 40)  # less scatter than Poisson
    fit = fit_counts(y, pd.DataFrame({"one": np.ones(40)}), "negbin")
    assert fit.theta == np.inf
    assert any("theta is infinite" in note for note in fit.notes)


def test_a_flat_likelihood_has_no_standard_error():
    found = maximise(lambda t: -((t[0] + t[1]) ** 2), [1.0, 2.0], ["a", "b"])
    assert found.se.isna().all()
    assert not found.identifiable

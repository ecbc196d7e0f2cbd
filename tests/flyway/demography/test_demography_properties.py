"""What holds for every population, family and marked bird: found by hypothesis, not by example."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flyway.demography.age_ratio import age_ratio
from flyway.demography.extinction import extinction_risk
from flyway.demography.projection import project_matrix
from flyway.demography.removal import growth_limit, removal_limit
from flyway.demography.stochastic import stochastic_growth
from flyway.demography.survival import fit_survival

quick = settings(max_examples=40, deadline=None, derandomize=True)
few = settings(max_examples=12, deadline=None, derandomize=True)
shares = st.floats(0.05, 0.95)


@st.composite
def life_tables(draw):
    """Birds of two to four ages: the young are born to all others, each age lives on to the next."""
    n = draw(st.integers(2, 4))
    matrix = np.zeros((n, n))
    matrix[0, 1:] = [draw(st.floats(0.05, 2)) for _ in range(n - 1)]
    for i in range(n - 1):
        matrix[i + 1, i] = draw(shares)
    matrix[-1, -1] = draw(shares)
    return matrix


@quick
@given(life_tables(), st.floats(0.5, 2))
def test_growth_stages_and_elasticities_belong_together(matrix, factor):
    fit = project_matrix(matrix)
    stable, value = fit.stable.to_numpy(), fit.reproductive_value.to_numpy()
    assert stable.sum() == pytest.approx(1)
    assert (stable > 0).all()
    np.testing.assert_allclose(matrix @ stable, fit.estimate * stable, atol=1e-8)
    np.testing.assert_allclose(value @ matrix, fit.estimate * value, atol=1e-7)
    assert fit.elasticity.to_numpy().sum() == pytest.approx(1)
    np.testing.assert_allclose(
        fit.elasticity, fit.sensitivity.to_numpy() * matrix / fit.estimate, atol=1e-9
    )
    grown = project_matrix(matrix * factor) if (matrix[1:] * factor).sum(0).max() <= 1 else None
    if grown:
        assert grown.estimate == pytest.approx(fit.estimate * factor)
    assert (fit.net_reproduction > 1) == (fit.estimate > 1) or abs(fit.estimate - 1) < 1e-6


@few
@given(life_tables())
def test_years_that_are_all_alike_grow_as_one_year_does(matrix):
    fit = project_matrix(matrix)
    assume(0.2 < fit.estimate < 5)
    many = stochastic_growth([matrix, matrix], years=2000)
    assert many.estimate == pytest.approx(fit.estimate, rel=1e-6)
    assert many.log_approx == pytest.approx(np.log(fit.estimate), abs=1e-9)


@few
@given(life_tables(), st.floats(0.5, 0.95))
def test_bad_years_cost_more_than_their_mean(matrix, bad):
    fit = stochastic_growth([matrix, matrix * bad], years=3000)
    assert fit.log_estimate <= np.log(fit.mean_matrix_growth) + 0.02
    low, high = fit.interval()
    assert low <= fit.estimate <= high


@quick
@given(
    st.lists(st.integers(20, 4000), min_size=6, max_size=25),
    st.integers(2, 9),
    st.floats(0.05, 0.9),
)
def test_risk_is_a_chance_that_knows_no_units_and_rises_with_time(counts, factor, share):
    steps = np.diff(np.log(counts))
    assume(np.std(steps) > 1e-3)
    years, limit = np.arange(2000, 2000 + len(counts)), share * counts[-1]
    fit = extinction_risk(years, counts, threshold=limit, horizon=30)
    assert 0 <= fit.estimate <= 1
    assert fit.mu == pytest.approx(steps.mean())
    assert fit.sigma2 == pytest.approx(steps.var(ddof=1))
    many = extinction_risk(years, np.multiply(counts, factor), threshold=limit * factor, horizon=30)
    assert many.estimate == pytest.approx(fit.estimate, abs=1e-9)
    longer = extinction_risk(years, counts, threshold=limit, horizon=60)
    assert longer.estimate >= fit.estimate - 1e-12
    lower = extinction_risk(years, counts, threshold=limit / 2, horizon=30)
    assert lower.estimate <= fit.estimate + 1e-12
    assert fit.estimate <= fit.ever + 1e-9


@quick
@given(
    st.floats(10, 1e6),
    st.floats(0.01, 1),
    st.floats(0.1, 1),
    st.floats(0, 1.5),
    st.floats(0.05, 0.5),
)
def test_doubt_lowers_what_may_be_taken(n, r_max, recovery, cv, more):
    limit = removal_limit(n, r_max=r_max, recovery=recovery, cv=cv)
    assert limit.n_min <= n
    assert limit.estimate == pytest.approx(limit.n_min * r_max / 2 * recovery)
    doubted = removal_limit(n, r_max=r_max, recovery=recovery, cv=cv + more)
    assert doubted.estimate < limit.estimate
    assert removal_limit(n, r_max=r_max, recovery=recovery, se=cv * n).estimate == pytest.approx(
        limit.estimate
    )


@quick
@given(shares, st.floats(1, 12), st.floats(0.1, 3))
def test_birds_that_breed_later_grow_more_slowly(survival, age, later):
    r = growth_limit(survival, age)
    assert r > 0
    assert growth_limit(survival, age + later) < r
    assert growth_limit(survival, age, method="quadratic") <= r + 1e-9


@quick
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=3, max_size=20).filter(
        lambda rows: any(young for young, _ in rows)
    )
)
def test_the_share_of_young_is_that_of_all_aged_birds(rows):
    table = pd.DataFrame(rows, columns=["young", "adults"]).assign(flock=range(len(rows)))
    fit = age_ratio(table, cluster="flock")
    assert fit.estimate == pytest.approx(table["young"].sum() / table.iloc[:, :2].sum().sum())
    low, high = fit.interval()
    if np.isfinite(low):
        assert 0 <= low <= fit.estimate <= high <= 1


@few
@given(st.integers(0, 10**6), st.integers(2, 5))
def test_birds_counted_by_history_or_one_by_one_survive_alike(seed, times):
    rng = np.random.default_rng(seed)
    alive = np.cumprod(rng.random((60, 4)) < 0.8, axis=1).astype(bool)
    seen = np.column_stack([np.ones(60, bool), alive & (rng.random((60, 4)) < 0.6)]).astype(int)
    texts = pd.Series(["".join(map(str, row)) for row in seen], name="history")
    one = fit_survival(texts.to_frame())
    counted = texts.value_counts().rename("n").reset_index()
    by_history = fit_survival(counted, frequency="n")
    assert by_history.estimate == pytest.approx(one.estimate, abs=1e-5)
    assert by_history.se == pytest.approx(one.se, rel=1e-3, nan_ok=True)
    many = fit_survival(counted.assign(n=counted["n"] * times), frequency="n")
    assert many.estimate == pytest.approx(one.estimate, abs=1e-4)
    assert 0 <= one.estimate <= 1
    low, high = one.interval()
    assert np.isnan(low) or low <= one.estimate <= high

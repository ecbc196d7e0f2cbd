import numpy as np
import pandas as pd
import pytest

from flyway.demography.projection import project_matrix
from flyway.demography.stochastic import stochastic_growth

CRANE = pd.DataFrame(
    [[0.0, 0.0, 0.25], [0.7, 0.0, 0.0], [0.0, 0.8, 0.92]],
    index=["first year", "young", "adult"],
    columns=["first year", "young", "adult"],
)


def test_growth_of_two_stages_by_hand():
    # λ² − 0.5 λ − 0.5 · 1.2 = 0 for [[0, 1.2], [0.5, 0.5]]
    fit = project_matrix([[0, 1.2], [0.5, 0.5]])
    lam = (0.5 + np.sqrt(0.25 + 4 * 0.6)) / 2
    assert fit.estimate == pytest.approx(lam)
    assert fit.r == pytest.approx(np.log(lam))
    assert fit.stable.tolist() == pytest.approx([1.2 / (1.2 + lam), lam / (1.2 + lam)])
    assert fit.reproductive_value.tolist() == pytest.approx([1, lam / 0.5])
    assert fit.damping == pytest.approx(lam / ((np.sqrt(2.65) - 0.5) / 2))
    # births per bird that reaches stage 2: survival 0.5, then 1.2 births a year for 1 / (1 - 0.5) years
    assert fit.net_reproduction == pytest.approx(0.5 * 1.2 / 0.5)
    assert fit.generation_time == pytest.approx(np.log(1.2) / np.log(lam))


def test_elasticities_add_up_to_1_and_are_slopes_of_growth():
    fit = project_matrix(CRANE)
    assert fit.elasticity.to_numpy().sum() == pytest.approx(1)
    more = CRANE.copy()
    more.loc["adult", "adult"] += 1e-6
    slope = (project_matrix(more).estimate - fit.estimate) / 1e-6
    assert fit.sensitivity.loc["adult", "adult"] == pytest.approx(slope, rel=1e-4)
    assert fit.elasticity.to_numpy().max() == fit.elasticity.loc["adult", "adult"]
    assert fit.plot().get_xlabel() == "from stage"


def test_long_projection_reaches_growth_and_stable_stages():
    fit = project_matrix(CRANE)
    table = fit.project([100, 0, 0], 80)
    assert table["total"].iloc[-1] / table["total"].iloc[-2] == pytest.approx(fit.estimate)
    last = table[fit.stages].iloc[-1] / table["total"].iloc[-1]
    assert last.tolist() == pytest.approx(fit.stable.tolist(), abs=1e-6)
    assert table["year"].tolist() == list(range(81))


def test_standard_error_of_growth_agrees_with_draws():
    se = CRANE.where(CRANE == 0, 0.02)
    fit = project_matrix(CRANE, se=se)
    rng = np.random.default_rng(1)
    draws = []
    for _ in range(2000):
        A = CRANE.to_numpy() + rng.normal(size=(3, 3)) * se.to_numpy()
        draws.append(np.abs(np.linalg.eigvals(A)).max())
    assert fit.se == pytest.approx(np.std(draws), rel=0.05)
    low, high = fit.interval()
    assert np.mean((np.array(draws) > low) & (np.array(draws) < high)) == pytest.approx(
        0.95, abs=0.02
    )


def test_stages_past_breeding_and_cycles_are_told():
    past = project_matrix([[0, 1.0, 0], [0.5, 0.4, 0], [0, 0.2, 0.5]])
    assert "outside the cycle: 3" in past.notes[0]
    assert past.reproductive_value.iloc[2] == pytest.approx(0, abs=1e-9)
    cycle = project_matrix([[0, 2.0], [0.5, 0]])
    assert "only cycle" in cycle.notes[0]
    assert cycle.damping == pytest.approx(1)


@pytest.mark.parametrize(
    ("matrix", "options", "message"),
    [
        ([[1, 2, 3], [4, 5, 6]], {}, "2 rows of 3 entries"),
        ([[0, 1], [0.5]], {}, "must be square"),
        ([[0, -1], [0.5, 0.5]], {}, "column 2 is negative"),
        ([[0, None], [0.5, 0.5]], {}, "column 2 is missing"),
        ([[0, 0], [0.5, 0]], {}, "λ is 0"),
        (CRANE, {"stages": ["a", "b"]}, "2 names for 3 stages"),
        (CRANE, {"fertility": CRANE + 1}, "more births than the matrix"),
        ([[0, 2.0], [0.5, 1.2]], {"fertility": [[0, 2.0], [0, 0]]}, "survival cannot exceed 1"),
    ],
)
def test_matrix_refuses(matrix, options, message):
    with pytest.raises(ValueError, match=message):
        project_matrix(matrix, **options)


def test_projection_refuses_a_start_of_other_length():
    with pytest.raises(ValueError, match="start has 2 numbers for 3 stages"):
        project_matrix(CRANE).project([1, 2], 5)


def test_stochastic_growth_of_one_stage_is_the_geometric_mean():
    fit = stochastic_growth([[[1.3]], [[0.8]]], years=50_000)
    assert fit.log_estimate == pytest.approx((np.log(1.3) + np.log(0.8)) / 2, abs=4 * fit.log_se)
    assert fit.mean_matrix_growth == pytest.approx(1.05)
    weighted = stochastic_growth([[[1.3]], [[0.8]]], chance=[0.9, 0.1], years=50_000)
    assert weighted.log_estimate == pytest.approx(
        0.9 * np.log(1.3) + 0.1 * np.log(0.8), abs=4 * weighted.log_se
    )


def test_stochastic_growth_lies_below_the_mean_matrix_and_near_the_formula():
    bad = CRANE * 0.93
    good = CRANE * 1.05
    fit = stochastic_growth([bad, good, CRANE])
    assert fit.estimate < fit.mean_matrix_growth
    assert fit.log_approx == pytest.approx(fit.log_estimate, abs=5 * fit.log_se + 0.002)
    same = stochastic_growth([CRANE, CRANE])
    assert same.estimate == pytest.approx(project_matrix(CRANE).estimate)
    low, high = fit.interval()
    assert low < fit.estimate < high
    assert "stochastic growth rate" in fit.summary()["quantity"].tolist()


def test_quasi_extinction_agrees_with_the_diffusion_formula():
    # one stage with log-normal years is the random walk of `extinction_risk`
    from flyway.demography.extinction import ExtinctionRisk

    rng = np.random.default_rng(2)
    steps = rng.normal(-0.02, 0.15, 400)
    fit = stochastic_growth([[[np.exp(x)]] for x in steps], years=1000)
    share = fit.extinction([100], 50, 60, runs=4000)["estimate"].iloc[-1]
    walk = ExtinctionRisk(steps.mean(), steps.var(), 400, 400, 100, 50, 60, (), pd.DataFrame())
    # a walk in yearly steps misses dips between years: its risk is a little lower
    assert share == pytest.approx(walk.estimate, abs=0.06)
    assert share < walk.estimate + 0.02


@pytest.mark.parametrize(
    ("matrices", "options", "message"),
    [
        ([CRANE], {}, "there is 1 matrix"),
        ([CRANE, [[1.0]]], {}, "differ in their number of stages"),
        ([CRANE, CRANE], {"chance": [0.5, 0.2]}, "chance adds up to 0.7"),
        ([CRANE, CRANE], {"years": 10}, "years is 10"),
    ],
)
def test_stochastic_growth_refuses(matrices, options, message):
    with pytest.raises(ValueError, match=message):
        stochastic_growth(matrices, **options)

import numpy as np
import pytest

from flyway.survey.power import (
    detectable_change,
    plot_power,
    simulate_power,
    surveys_needed,
    trend_power,
)


def test_no_change_has_the_power_of_a_false_alarm_in_one_tail():
    assert trend_power(0, 10, 0.2) == pytest.approx(0.025)
    assert trend_power(0, 10, 0.2, tails=1) == pytest.approx(0.05)


@pytest.mark.parametrize("model", ["linear", "exponential"])
@pytest.mark.parametrize("pattern", ["1/sqrt", "constant", "sqrt"])
def test_power_grows_with_change_and_surveys_and_falls_with_error(model, pattern):
    def power(change=-0.4, n=10, cv=0.2):
        return trend_power(change, n, cv, model, pattern)

    assert power(-0.2) < power(-0.4) < power(-0.6)
    assert power(n=6) < power(n=10) < power(n=20)
    assert power(cv=0.4) < power(cv=0.2) < power(cv=0.1)
    assert 0 <= power() <= 1


def test_linear_formula_agrees_with_simulated_regressions():
    rng = np.random.default_rng(8)
    n, change, cv = 10, 0.5, 0.2
    mean = 100 * (1 + change / (n - 1) * np.arange(n))
    x = np.arange(n) - (n - 1) / 2
    y = mean + rng.normal(size=(4000, n)) * cv * mean
    slope = y @ x / (x @ x)
    residual = y - y.mean(axis=1, keepdims=True) - slope[:, None] * x
    se = np.sqrt((residual**2).sum(axis=1) / (n - 2) / (x @ x))
    found = (slope / se > 2.306).mean()
    assert trend_power(change, n, cv, "linear", "constant") == pytest.approx(found, abs=0.03)


def test_surveys_needed_is_the_first_that_reaches_the_power():
    n = surveys_needed(-0.05, 0.2)
    change = 0.95 ** (n - 1) - 1
    shorter = 0.95 ** (n - 2) - 1
    assert trend_power(change, n, 0.2, "exponential", "constant") >= 0.8
    assert trend_power(shorter, n - 1, 0.2, "exponential", "constant") < 0.8


def test_detectable_change_has_exactly_the_power():
    for direction, sign in (("decline", -1), ("increase", 1)):
        change = detectable_change(10, 0.2, direction=direction)
        assert np.sign(change) == sign
        assert trend_power(change, 10, 0.2, "exponential", "constant") == pytest.approx(0.8)
    assert np.isnan(detectable_change(3, 3.0))


def test_far_out_in_the_tail_power_is_one():
    assert trend_power(5, 40, 0.01) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((-1, 10, 0.2), "loss of 100 %"),
        ((0.5, 2, 0.2), "surveys is 2: give a whole number of 3 or more"),
        ((0.5, 4.5, 0.2), "surveys is 4.5: give a whole number from 3"),
        ((0.5, 10, 0), "cv is 0"),
        ((0.5, 10, -1), "cv is -1: give a number of 0 or more"),
        ((0.5, 10, 0.2, "cubic"), "choose one of 'linear'"),
        ((0.5, 10, 0.2, "linear", "odd"), "choose one of '1/sqrt'"),
        ((0.5, 10, 0.2, "linear", "1/sqrt", 1.5), "alpha is 1.5"),
        ((0.5, 10, 0.2, "linear", "1/sqrt", 0.05, 3), "tails is 3"),
        (("half", 10, 0.2), "'half'"),
    ],
)
def test_power_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        trend_power(*args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((0, 0.2), "not 0"),
        ((0.0001, 2.0), "even 200 surveys"),
        ((-0.4, 3.0, 0.99, "linear"), "all birds would be gone"),
    ],
)
def test_surveys_needed_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        surveys_needed(*args)


def test_simulated_power_keeps_its_false_alarms_and_agrees_with_the_formula():
    alarm = simulate_power(0, 12, 200, dispersion=5, replicates=400)
    assert alarm.interval()[0] <= 0.05 <= alarm.interval()[1]
    seen = simulate_power(-0.06, 12, 200, dispersion=8, replicates=400)
    cv = np.sqrt(8 / 200)
    formula = trend_power(0.94**11 - 1, 12, cv, "exponential", "1/sqrt")
    assert seen.estimate == pytest.approx(formula, abs=0.07)
    assert seen.mean_rate == pytest.approx(-0.06, abs=0.005)


def test_gaps_and_cold_winters_cost_power():
    base = simulate_power(-0.05, 12, 200, 4, replicates=200).estimate
    assert simulate_power(-0.05, 12, 200, 4, missing=0.4, replicates=200).estimate < base
    assert simulate_power(-0.05, 12, 200, 4, year_sd=0.3, replicates=200).estimate < base


def test_simulation_repeats_with_its_seed():
    first = simulate_power(-0.05, 8, 50, 2, replicates=60, seed=4)
    assert first == simulate_power(-0.05, 8, 50, 2, replicates=60, seed=4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"yearly_rate": -1}, "rate above -1"),
        ({"start": 0}, "start above 0"),
        ({"dispersion": 0.5}, "dispersion is 0.5"),
        ({"years": 3}, "4 or more"),
        ({"replicates": 10}, "50 or more"),
        ({"missing": 1.5}, "missing is 1.5"),
    ],
)
def test_simulation_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        simulate_power(**({"yearly_rate": -0.05, "years": 10, "start": 100} | options))


def test_plot():
    import matplotlib

    matplotlib.use("Agg")
    ax = plot_power(np.linspace(-0.8, 0.8, 9), 10, [0.1, 0.3])
    assert len(ax.lines) == 3

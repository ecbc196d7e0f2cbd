import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime

from flyway.demography.cjs import negative_loglik
from flyway.demography.histories import add_up, read_histories
from flyway.demography.survival import fit_survival
from flyway.simulate.marked import marked_birds


def by_hand(texts, phi, p):
    """Log likelihood bird by bird, straight from the definition."""
    total = 0.0
    for text in texts:
        y = [int(c) for c in text]
        first, last = y.index(1), len(y) - 1 - y[::-1].index(1)
        for t in range(first, last):
            total += np.log(phi) + np.log(p if y[t + 1] else 1 - p)
        chi = 1.0
        for _ in range(last, len(y) - 1):
            chi = 1 - phi + phi * (1 - p) * chi
        total += np.log(chi)
    return total


def test_likelihood_is_that_of_single_birds_and_its_gradient_is_exact():
    birds = marked_birds(60, 5, seed=1)
    h = read_histories(birds)
    sums = add_up(h, np.zeros(60, int), 1)
    W = np.ones((4, 1, 1))
    theta = np.array([0.6, -0.3])
    expit = 1 / (1 + np.exp(-theta))
    value, gradient = negative_loglik(theta, W, W, sums, np.ones(4))
    assert -value == pytest.approx(by_hand(birds["history"], *expit))
    numeric = approx_fprime(theta, lambda x: negative_loglik(x, W, W, sums, np.ones(4))[0], 1e-7)
    assert gradient == pytest.approx(numeric, rel=1e-4)


def test_survival_is_unbiased_and_covered():
    inside, phi, p = 0, [], []
    for seed in range(70):
        fit = fit_survival(marked_birds(200, 7, seed=seed)["history"])
        low, high = fit.interval()
        inside += low <= 0.7 <= high
        phi.append(fit.estimate)
        p.append(fit.p)
    assert np.mean(phi) == pytest.approx(0.7, abs=0.01)
    assert np.mean(p) == pytest.approx(0.5, abs=0.01)
    assert 0.90 <= inside / 70 <= 0.99


def test_years_that_differ_are_found():
    truth = [0.9, 0.5, 0.8, 0.6, 0.7]
    birds = marked_birds(3000, 6, phi=truth, p=0.6, seed=3)
    table = fit_survival(birds, "time").real
    phi = table[table["quantity"].str.startswith("phi")]
    assert (np.abs(phi["estimate"] - truth) < 3 * phi["se"]).all()
    assert phi["quantity"].iloc[0] == "phi (time=1)"


def test_covariates_of_birds_and_of_winters():
    rng = np.random.default_rng(4)
    heavy = rng.integers(0, 2, 2000)
    cold = np.array([0, 1, 0, 1, 0, 0])
    eta = 0.5 + 0.8 * heavy[:, None] - 1.0 * cold
    birds = marked_birds(2000, 7, phi=1 / (1 + np.exp(-eta)), p=0.6, seed=5)
    birds["heavy"] = heavy
    fit = fit_survival(birds, "heavy + cold", interval_data=pd.DataFrame({"cold": cold})).fit
    assert fit.params["phi: heavy"] == pytest.approx(0.8, abs=3 * fit.se["phi: heavy"])
    assert fit.params["phi: cold"] == pytest.approx(-1.0, abs=3 * fit.se["phi: cold"])


def test_detection_with_a_covariate_of_occasions():
    effort = np.array([1.0, 2, 1, 3, 2, 1])
    p = 1 / (1 + np.exp(-(-1 + 0.6 * effort)))
    birds = marked_birds(3000, 7, p=p, seed=6)
    fit = fit_survival(birds, "1", "effort", occasion_data=pd.DataFrame({"effort": effort})).fit
    assert fit.params["p: effort"] == pytest.approx(0.6, abs=3 * fit.se["p: effort"])


def test_passers_by_show_in_the_first_year_after_marking():
    birds = marked_birds(2000, 7, phi=0.8, p=0.6, seed=7)
    stay = np.random.default_rng(1).random(2000) < 0.7  # the others leave after marking
    gone = birds["first"].map(lambda f: "0" * (f - 1) + "1" + "0" * (7 - f))
    birds["history"] = birds["history"].where(stay, gone)
    fit = fit_survival(birds, "I(age > 0)")
    first, later = fit.real["estimate"][:2]
    assert first == pytest.approx(0.8 * 0.7, abs=0.04)
    assert later == pytest.approx(0.8, abs=0.04)
    assert fit.aic < fit_survival(birds).aic


def test_histories_with_a_frequency_equal_single_birds():
    birds = marked_birds(300, 5, seed=8)[["history"]]
    short = birds.groupby("history").size().rename("n").reset_index()
    one, many = fit_survival(birds, "time"), fit_survival(short, "time", frequency="n")
    assert many.estimate == pytest.approx(one.estimate)
    assert many.deviance == pytest.approx(one.deviance)
    assert many.birds == 300


def test_columns_of_occasions_equal_texts():
    birds = marked_birds(150, 5, seed=9)
    wide = pd.DataFrame(
        [list(map(int, h)) for h in birds["history"]], columns=[2019, 2020, 2021, 2022, 2023]
    )
    fit = fit_survival(wide, "time", history=[2019, 2020, 2021, 2022, 2023])
    assert fit.deviance == pytest.approx(fit_survival(birds, "time").deviance)
    assert fit.real["quantity"][0] == "phi (time=2019)"


def test_numbers_get_their_leading_zeros_back():
    birds = marked_birds(150, 5, seed=9)
    numbers = birds.assign(history=birds["history"].astype(int))
    fit = fit_survival(numbers)
    assert fit.deviance == pytest.approx(fit_survival(birds).deviance)
    assert "leading zeros were lost" in fit.notes[0]


def test_unequal_gaps_give_yearly_survival():
    gaps = [1.0, 2.0, 1.0, 3.0]
    birds = marked_birds(4000, 5, phi=0.8 ** np.array(gaps), p=0.6, seed=10)
    fit = fit_survival(birds, gaps=gaps)
    assert fit.estimate == pytest.approx(0.8, abs=3 * fit.se)
    assert fit_survival(birds, "time", "time", gaps=gaps).deviance < fit.deviance


def test_confounded_last_parameters_are_told_and_only_their_product_is_given():
    fit = fit_survival(marked_birds(500, 6, seed=11), "time", "time")
    assert any("only their product is known" in note for note in fit.notes)
    assert fit.estimable == 9
    assert not fit.fit.identifiable
    last = fit.summary().set_index("quantity")
    assert np.isnan(last.loc["phi (time=5)", "se"])
    assert np.isnan(last.loc["p (time=6)", "se"])
    product = last.loc["last phi · p"]
    assert product["lower"] < 0.35 < product["upper"]
    assert np.isfinite(last.loc["phi (time=2)", "se"])


def test_every_bird_always_seen_is_told_as_an_edge():
    fit = fit_survival(["111", "111", "110", "100", "110"] * 20)
    assert fit.p == pytest.approx(1, abs=1e-3)
    assert any("ran to 0 or 1" in note for note in fit.notes)
    assert fit.product is None


def test_overdispersion_widens():
    birds = marked_birds(200, 6, seed=12)
    assert fit_survival(birds, overdispersion=2.25).se == pytest.approx(
        1.5 * fit_survival(birds).se
    )


def test_twenty_thousand_histories():
    fit = fit_survival(marked_birds(20_000, 15, seed=13), "time", "1")
    assert fit.estimate == pytest.approx(0.7, abs=0.01)
    assert len(fit.real) == 15
    assert fit.plot().get_ylabel() == "apparent survival"


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (["0110", "0000", "1100"], {}, "row 1 was never seen"),
        (["0110", "01x0"], {}, "'01x0' in row 1"),
        (["0110", "01100"], {}, "5 occasions in row 1"),
        (["0110", None], {}, "history is missing in row 1"),
        (["11", "10"], {}, "there are 2 occasions"),
        (["0001", "0001"], {}, "marked on the last occasion"),
        ([], {}, "no rows"),
        (pd.DataFrame({"rings": ["011"]}), {}, "no column 'history'"),
        (
            pd.DataFrame({"a": [1, 2], "b": [0, 1], "c": [1, 1]}),
            {"history": list("abc")},
            "a is 2 in row 1",
        ),
        (["0110", "1100"], {"gaps": [1, 2]}, "gaps has 2 numbers for 3 intervals"),
        (["0110", "1100"], {"phi": "sex"}, "'sex' cannot be read"),
        (["0110", "1100"], {"phi": "time + Time"}, "repeat each other"),
        (["0110", "1100"], {"interval_data": pd.DataFrame({"x": [1]})}, "interval_data has 1 rows"),
        (["0110", "1100"], {"overdispersion": 0.5}, "overdispersion is 0.5"),
        (
            pd.DataFrame({"ch": ["0110", "1100"], "sex": ["m", None]}),
            {"phi": "sex"},
            "sex is missing in row 1",
        ),
        (
            pd.DataFrame({"ch": ["0110", "1100"], "n": [1, -2]}),
            {"frequency": "n"},
            "n is negative",
        ),
    ],
)
def test_survival_refuses(data, options, message):
    with pytest.raises(ValueError, match=message):
        fit_survival(data, **options)

import pytest

from flyway.counts.index import fit_index


def skylark(case, name, **options):
    lark = case(name)
    return lark, fit_index(lark.table("counts"), year="time", **options)


def test_trim_model_3(case):
    lark, fit = skylark(case, "trim_skylark_m3")
    assert fit.overdispersion == lark.near("overdispersion")
    assert fit.serial_correlation == lark.near("serial_correlation")
    assert fit.coefficients["estimate"].tolist() == lark.near("beta")
    assert fit.coefficients["se"].tolist() == lark.near("beta_se")
    assert fit.index()["estimate"].tolist() == lark.near("index_imputed")
    assert fit.index()["se"].tolist() == lark.near("index_imputed_se")
    totals = fit.totals()
    assert totals["imputed"].tolist() == lark.near("total_imputed")
    assert totals["imputed_se"].tolist() == lark.near("total_imputed_se")
    assert [fit.slope().slope, fit.slope().slope_se] == lark.near("overall_slope_imputed")
    assert fit.classification == lark.value("classification")


def test_trim_model_2(case):
    lark, fit = skylark(case, "trim_skylark_m2", model=2)
    assert fit.overdispersion == lark.near("overdispersion")
    assert fit.serial_correlation == lark.near("serial_correlation")
    assert fit.chi2 == lark.near("chi2")
    assert fit.likelihood_ratio == lark.near("LR")
    assert fit.aic == lark.near("AIC")
    assert fit.df == lark.value("df")
    assert fit.coefficients["estimate"][0] == lark.near("slope_add")
    assert fit.coefficients["se"][0] == lark.near("slope_se")
    assert fit.index()["estimate"].tolist() == lark.near("index_imputed")
    assert fit.index()["se"].tolist() == lark.near("index_imputed_se")
    assert [fit.slope().slope, fit.slope().slope_se] == lark.near("overall_slope_imputed")
    assert fit.classification == lark.value("classification")


# The next numbers were read in TRIM 3.61 output files shipped with the R package rtrim (skylark-1a,
# -1f, -2b .out): the same counts, other options.


def test_trim_without_overdispersion_and_correlation(case):
    _, fit = skylark(case, "trim_skylark_m3", overdispersion=False, serial_correlation=False)
    assert fit.chi2 == pytest.approx(188.14, abs=0.006)
    assert fit.likelihood_ratio == pytest.approx(184.98, abs=0.006)
    assert fit.coefficients["se"].tolist() == pytest.approx(
        [0.1086, 0.0927, 0.0932, 0.0915, 0.0902, 0.0924, 0.0940], abs=6e-5
    )
    assert (fit.slope().slope, fit.slope().slope_se) == pytest.approx((0.0485, 0.0107), abs=6e-5)


def test_trim_model_2_with_a_changepoint(case):
    _, fit = skylark(case, "trim_skylark_m3", model=2, changepoints=[1, 2])
    assert (fit.overdispersion, fit.serial_correlation) == pytest.approx((1.334, 0.305), abs=6e-4)
    assert fit.coefficients["estimate"].tolist() == pytest.approx([-0.3029, 0.0757], abs=6e-5)
    assert fit.coefficients["se"].tolist() == pytest.approx([0.0910, 0.0157], abs=6e-5)
    assert fit.index()["se"].tolist()[1:3] == pytest.approx([0.0686, 0.0774], abs=6e-5)


def test_trim_with_a_covariate(case):
    _, fit = skylark(case, "trim_skylark_m3", covariates=["habitat"])
    assert (fit.overdispersion, fit.serial_correlation) == pytest.approx((1.162, 0.227), abs=6e-4)
    assert fit.aic == pytest.approx(-106.36, abs=0.006)
    assert fit.coefficients["estimate"].tolist()[6:9] == pytest.approx(
        [-0.7215, -0.1445, 0.2771], abs=6e-5
    )
    assert fit.coefficients["se"].tolist()[6:9] == pytest.approx([0.2652, 0.2324, 0.2553], abs=6e-5)
    assert fit.index()["se"].tolist()[-1] == pytest.approx(0.1164, abs=6e-5)


# Wald tests: the numbers of TRIM 3.61 in skylark-1a, -1b, -1c, -1d, -1e, -1f, -2a, -3a .out.
LINE = "the trend is linear"
BENDS = [9.22, 6.85, 1.44, 1.03, 0.00, 0.04, 0.03]
BENDS_BY_HABITAT = [10.27, 9.18, 3.08, 1.54, 1.64, 0.89, 0.01]
HABITAT = "habitat makes no difference to the change"


@pytest.mark.parametrize(
    ("overdispersion", "serial_correlation", "statistic", "p"),
    [(False, False, 20.29, 0.0025), (True, False, 15.10, 0.0195), (True, True, 16.22, 0.0126)],
)
def test_trim_deviations_from_a_linear_trend(
    case, overdispersion, serial_correlation, statistic, p
):
    options = {"overdispersion": overdispersion, "serial_correlation": serial_correlation}
    _, fit = skylark(case, "trim_skylark_m3", **options)
    test = fit.tests().set_index("hypothesis").loc[LINE]
    assert test["wald"] == pytest.approx(statistic, abs=0.006)
    assert test["p"] == pytest.approx(p, abs=6e-5)
    assert test["df"] == 6


def test_trim_slope(case):
    _, fit = skylark(case, "trim_skylark_m2", model=2)
    (test,) = fit.tests().itertuples()
    assert (test.wald, test.p) == (pytest.approx(11.69, abs=0.006), pytest.approx(6e-4, abs=6e-5))


@pytest.mark.parametrize(
    ("changepoints", "covariates", "bends", "habitat"),
    [
        ([1, 2], [], [11.08, 14.90], None),
        (range(1, 8), [], BENDS, None),
        (range(1, 8), ["habitat"], BENDS_BY_HABITAT, (21.55, 7, 0.0030)),
        ([1, 2], ["habitat"], [10.99, 14.65], (18.51, 2, 0.0001)),
    ],
)
def test_trim_changes_in_slope(case, changepoints, covariates, bends, habitat):
    options = {"model": 2, "changepoints": changepoints, "covariates": covariates}
    _, fit = skylark(case, "trim_skylark_m3", **options)
    tests = fit.tests().set_index("hypothesis")
    assert tests["wald"].tolist()[: len(bends)] == pytest.approx(bends, abs=0.006)
    if habitat:
        statistic, df, p = habitat
        assert tests.loc[HABITAT, "wald"] == pytest.approx(statistic, abs=0.006)
        assert tests.loc[HABITAT, "df"] == df
        assert tests.loc[HABITAT, "p"] == pytest.approx(p, abs=6e-5)

import datetime

import numpy as np
import pandas as pd
import pytest

from flyway.counts.smooth import smooth
from flyway.counts.trend import growth_rate, trend


def quasi(rng, mean, phi):
    """Counts with variance phi times the mean (negative binomial with a size that follows it)."""
    return rng.negative_binomial(mean / (phi - 1), 1 / phi)


def test_a_population_that_grows_by_ten_per_cent():
    years = np.arange(2010, 2021)
    fit = trend(years, np.round(1000 * 1.1 ** (years - 2010)))
    assert fit.percent == pytest.approx(10, abs=0.05)
    assert fit.doubling_time == pytest.approx(7.27, abs=0.05)


@pytest.mark.parametrize("family", ["quasipoisson", "negbin", "lognormal"])
def test_interval_covers_and_bias_is_small(family):
    rng = np.random.default_rng(20)
    years = np.arange(2005, 2020)
    mean = 300 * np.exp(0.04 * (years - 2012))
    slopes, covered = [], 0
    runs = 200
    for _ in range(runs):
        counts = {
            "quasipoisson": lambda: quasi(rng, mean, 4.0),
            "negbin": lambda: rng.negative_binomial(10, 10 / (10 + mean)),
            "lognormal": lambda: mean * np.exp(rng.normal(0, 0.2, len(mean))),
        }[family]()
        fit = trend(years, counts, family)
        low, high = fit.slope_interval()
        slopes.append(fit.slope)
        covered += low <= 0.04 <= high
    assert np.mean(slopes) == pytest.approx(0.04, abs=3 * np.std(slopes) / np.sqrt(runs))
    assert 0.90 <= covered / runs <= 0.985


def test_poisson_interval_is_too_narrow_when_counts_scatter_and_says_so():
    rng = np.random.default_rng(4)
    years = np.arange(2000, 2020)
    counts = quasi(rng, np.full(20, 200.0), 6.0)
    poisson, scattered = trend(years, counts, "poisson"), trend(years, counts)
    assert poisson.slope_se < scattered.slope_se / 1.8
    assert any("too narrow" in note for note in poisson.notes)


def test_a_blank_year_is_left_out_and_is_not_a_zero():
    years, counts = [2015, 2016, 2017, 2018, 2019], [100, None, 120, 131, 140]
    with_blank = trend(years, counts)
    without = trend([2015, 2017, 2018, 2019], [100, 120, 131, 140])
    assert with_blank.slope == without.slope
    assert with_blank.missing_years == (2016,)
    assert "no count (2016)" in with_blank.notes[0]
    assert trend(years, [100, 0, 120, 131, 140]).slope != with_blank.slope


def test_order_and_types_do_not_matter():
    expected = trend([2018, 2019, 2020, 2021], [10, 12, 15, 16]).slope
    shuffled = trend([2021, 2018, 2020, 2019], [16, 10, 15, 12])
    dates = trend(
        pd.to_datetime(["2018-01-15", "2019-01-13", "2020-01-12", "2021-01-17"]), [10, 12, 15, 16]
    )
    nullable = trend(
        pd.Series([2018, 2019, 2020, 2021], dtype="Int64"),
        pd.Series([10, 12, 15, 16], dtype="Int64"),
    )
    pythonic = trend(
        [datetime.date(y, 1, 1) for y in (2018, 2019, 2020, 2021)], [10.0, 12.0, 15.0, 16.0]
    )
    for other in (shuffled, dates, nullable, pythonic):
        assert other.slope == pytest.approx(expected, abs=1e-12)


def test_halving_time_of_a_decline():
    years = np.arange(2000, 2012)
    table = trend(years, np.round(8000 * 0.9 ** (years - 2000))).summary().set_index("quantity")
    row = table.loc["halving time (years)"]
    assert row["estimate"] == pytest.approx(6.58, abs=0.02)
    assert row["lower"] <= row["estimate"] <= row["upper"]


def test_unsure_direction_has_no_upper_limit_of_doubling_time():
    table = trend([2018, 2019, 2020, 2021], [10, 12, 9, 12]).summary().set_index("quantity")
    assert np.isinf(table.loc["doubling time (years)", "upper"])


def test_negbin_without_extra_scatter_says_so():
    fit = trend(range(2000, 2010), [100, 102, 101, 103, 104, 105, 104, 106, 107, 108], "negbin")
    assert np.isinf(fit.theta)
    assert any("Poisson fit" in note for note in fit.notes)


def test_huge_counts():
    years = np.arange(2000, 2010)
    for family in ("quasipoisson", "negbin", "lognormal"):
        fit = trend(years, np.round(3e7 * 0.95 ** (years - 2000)), family)
        assert fit.estimate == pytest.approx(0.95, abs=1e-4)


@pytest.mark.parametrize(
    ("years", "counts", "message"),
    [
        ([2019, 2020], [1, 2], "2 counted years are too few.*growth_rate"),
        ([2019, 2020, 2021], [0, 0, 0], "every count is 0"),
        ([2019, 2020, 2021], [0, 0, 4], "one end of the series"),
        ([2019, 2020, 2020], [1, 2, 3], r"year 2020 is given 2 times \(rows 1, 2\)"),
        ([2019, 2020, 2021], [1, -2, 3], r"count is negative \(-2\) in row 1 \(year 2020\)"),
        ([2019, 2020, 2021], [1, 2.5, 3], "2.5 in row 1.*not a whole number"),
        ([2019, 2020, 2021], [1, "about 30", 3], "'about 30' in row 1"),
        ([2019, 2020, 2021], [None, None, None], "every count is blank"),
        ([2019, None, 2021], [1, 2, 3], "year is missing in row 1"),
        ([2019, 20, 2021], [1, 2, 3], "write every year in full"),
        ([2019, 2020, 2021], [1, np.inf, 3], "infinite in row 1"),
        ([2019, 2020, 2021], [1, 2], "differ in length"),
    ],
)
def test_bad_input_is_named(years, counts, message):
    with pytest.raises(ValueError, match=message):
        trend(years, counts)


def test_lognormal_refuses_zero_and_points_to_quasipoisson():
    with pytest.raises(ValueError, match=r"count is 0 in row 1.*quasipoisson"):
        trend([2018, 2019, 2020, 2021], [3, 0, 4, 5], "lognormal")


def test_rows_are_named_by_their_labels():
    table = pd.DataFrame(
        {"year": [2021, 2019, 2020, 2018], "count": [5, 3, 0, 4]}, index=list("dbca")
    )
    with pytest.raises(ValueError, match="count is 0 in row c"):
        trend(table["year"], table["count"], "lognormal")
    table.loc["a", "year"] = 2020
    with pytest.raises(ValueError, match=r"2020 is given 2 times \(rows c, a\)"):
        trend(table["year"], table["count"])


def test_growth_rate_by_hand():
    rate = growth_rate(100, 121, 2)
    assert rate.percent == pytest.approx(10)
    assert rate.r == pytest.approx(np.log(1.1))
    assert rate.total == pytest.approx(0.21)


@pytest.mark.parametrize(
    ("args", "message"), [((0, 5, 1), "first_count is 0"), ((5, 6, 0), "years is 0")]
)
def test_growth_rate_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        growth_rate(*args)


def test_predict_and_plot():
    import matplotlib

    matplotlib.use("Agg")
    fit = trend(range(2010, 2020), [50, 55, 52, 60, 66, 63, 70, 72, 80, 79])
    line = fit.predict()
    assert list(line["year"]) == list(range(2010, 2020))
    assert ((line["lower"] < line["estimate"]) & (line["estimate"] < line["upper"])).all()
    assert fit.plot().get_ylabel() == "birds counted"


def test_smooth_follows_a_bend_that_a_line_misses():
    rng = np.random.default_rng(9)
    years = np.arange(1990, 2020)
    truth = 400 * np.exp(-0.004 * (years - 2005) ** 2)
    inside = []
    for _ in range(40):
        curve = smooth(years, quasi(rng, truth, 3.0), df=6).summary()
        inside.append(((curve["lower"] <= truth) & (truth <= curve["upper"])).mean())
    assert 0.90 <= np.mean(inside) <= 0.985
    change = smooth(years, np.round(truth), df=6).change(1990, 2005)
    assert change["estimate"][0] == pytest.approx(truth[15] / truth[0], rel=0.03)


def test_smooth_refuses_to_look_beyond_the_counts():
    curve = smooth(range(2000, 2012), [5, 6, 8, 9, 9, 8, 7, 7, 8, 10, 12, 15], df=4)
    with pytest.raises(ValueError, match="year 2030 lies outside"):
        curve.predict([2030])


@pytest.mark.parametrize(
    ("n", "df", "message"),
    [(5, 6, "cannot carry"), (10, 2, "3 or more"), (3, None, "too few for a curve")],
)
def test_smooth_refuses_a_df_the_years_cannot_carry(n, df, message):
    with pytest.raises(ValueError, match=message):
        smooth(range(2000, 2000 + n), range(10, 10 + n), df=df)

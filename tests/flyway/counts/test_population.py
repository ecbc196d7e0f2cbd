import numpy as np
import pandas as pd
import pytest

from flyway.counts.criterion import one_percent, qualifying_sites
from flyway.counts.iucn import category, iucn_reduction, reduction_of_trend
from flyway.counts.population import estimate_population, grade
from flyway.counts.trend import trend


@pytest.mark.parametrize(
    ("birds", "threshold"),
    [
        (30, 1), (100, 1), (149, 1), (150, 2), (940, 9), (1000, 10), (1100, 10), (1250, 15), (7081, 70),
        (9900, 100), (10_100, 100), (10_500, 110), (43_200, 430), (100_000, 1000), (104_900, 1000),
        (105_000, 1100), (1_999_999, 20_000), (2_000_000, 20_000), (9e6, 20_000),
    ],
)  # fmt: skip
def test_one_percent_follows_the_published_rounding(birds, threshold):
    assert one_percent(birds) == threshold


def test_range_takes_the_midpoint_or_the_geometric_mean():
    assert one_percent(10_000, 30_000) == 200
    assert one_percent(10_000, 30_000, "geometric") == 170
    assert one_percent(7081, rounded=False) == pytest.approx(70.81)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((0,), "estimate is 0"),
        ((500, 400), "high is 400"),
        ((500, 600, "mean"), "choose one of"),
        (("x",), "'x'"),
    ],
)
def test_one_percent_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        one_percent(*args)


def sites(**counts):
    rows = [(s, 2015 + k, c) for s, values in counts.items() for k, c in enumerate(values)]
    return pd.DataFrame(rows, columns=["site", "year", "count"])


def test_regular_use_by_two_thirds_or_by_the_five_year_mean():
    table = qualifying_sites(
        sites(
            often=[80, 80, 0, 80, 0, 80],  # 4 of 6 seasons
            mean=[10, 10, 400, 10, 10, 10],  # mean of the last five is 88
            new=[100, 60, 60],  # mean of three seasons, one of three reached
            once=[200],
            never=[1, 2, 3, 4, 5],
            blank=[None, None, 90, 90, 90],
        ),
        70,
    ).summary()
    verdict = table.set_index("site")["verdict"]
    assert verdict["often"] == "qualifies"
    assert verdict["mean"] == "qualifies"
    assert verdict["new"] == "provisional"
    assert verdict["once"] == "too few seasons"
    assert verdict["never"] == "does not qualify"
    assert verdict["blank"] == "qualifies"


def test_a_blank_season_is_not_a_season_of_zero():
    with_blank = qualifying_sites(sites(a=[80, None, 80, 80]), 70).summary()
    assert with_blank["seasons"].tolist() == [3]
    assert with_blank["verdict"].tolist() == ["qualifies"]


def test_the_peak_of_the_season_counts():
    twice = pd.concat([sites(a=[10, 10, 10]), sites(a=[80, 80, 80])])
    assert qualifying_sites(twice, 70).qualifying == ["a"]


@pytest.mark.parametrize(
    ("table", "threshold", "message"),
    [
        (sites(a=[1, -2]), 70, r"count is negative \(-2\) in row 1 \(site a, 2016\)"),
        (sites(a=[1, 2]), 0, "threshold is 0"),
        (sites(a=[None]), 70, "every count is blank"),
        (sites(a=[1]).assign(site=None), 70, "site is missing in row 0"),
    ],
)
def test_qualifying_refuses(table, threshold, message):
    with pytest.raises(ValueError, match=message):
        qualifying_sites(table, threshold)


def test_linear_reduction_by_hand():
    # 100 lost in 10 years; window 10 years from a generation of 3
    result = iucn_reduction(1000, 900, 2010, 2020, 3, pattern="linear")
    assert result.window_years == 10
    assert result.estimate == pytest.approx(0.1)
    assert result.category == "below VU"


def test_subpopulations_are_summed_before_the_reduction():
    together = iucn_reduction([1000, 1000], [500, 1500], 2010, 2020, 3)
    assert together.estimate == pytest.approx(0)
    alone = iucn_reduction([1000], [500], 2010, 2020, 3)
    assert alone.estimate == pytest.approx(0.5)
    assert alone.category == "EN"


def test_a_long_window_on_a_short_count_is_told():
    assert "rests on the assumption" in iucn_reduction(1000, 900, 2010, 2015, 12).notes[0]


def test_categories_differ_between_a1_and_a2():
    assert [category(0.6, c) for c in ("A1", "A2")] == ["VU", "EN"]
    assert category(0.3) == "VU"
    assert category(1 - 0.7) == "VU"


def test_growth_is_a_negative_reduction():
    assert iucn_reduction(100, 200, 2010, 2020, 2).estimate == pytest.approx(-1)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((0, 5, 2010, 2020, 5), "first count is 0"),
        ((10, 5, 2020, 2010, 5), "is not after"),
        ((10, 5, 2010, 2020, 0), "generation_years is 0"),
        ((10, 5, 2010, 2020, 5, 2015), "lies before the last count"),
        ((10, 0, 2010, 2020, 5), "cannot be carried back"),
        (([10, 20], 5, 2010, 2020, 5), "differ in length"),
        ((10, 5, 2010, 2020, 5, None, "logistic"), "choose one of"),
    ],
)
def test_iucn_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        iucn_reduction(*args)


def test_reduction_of_a_trend_has_an_interval_that_covers():
    rng = np.random.default_rng(3)
    years = np.arange(2000, 2021)
    truth = 1 - np.exp(-0.03 * 24)
    inside = 0
    for _ in range(100):
        counts = rng.negative_binomial(500 * np.exp(-0.03 * (years - 2000)) / 3, 1 / 4)
        result = reduction_of_trend(trend(years, counts), generation_years=8)
        inside += result.lower <= truth <= result.upper
    assert 0.90 <= inside / 100 <= 0.99
    assert result.category in result.summary()["category"][0]


def survey(rng, n=40, missing=0.3, ratio=0.8):
    usual = np.round(np.exp(rng.normal(4, 1, n))) + 5
    birds = rng.poisson(ratio * usual * rng.gamma(20, 1 / 20, n))
    count = birds.astype(float)
    count[rng.random(n) < missing] = np.nan
    return pd.DataFrame({"site": range(n), "count": count, "usual": usual}), birds.sum()


def test_population_is_unbiased_and_covered():
    rng = np.random.default_rng(21)
    inside, found = 0, []
    for _ in range(200):
        table, truth = survey(rng)
        result = estimate_population(table)
        low, high = result.interval()
        inside += low <= truth <= high
        found.append(result.estimate / truth)
    assert np.mean(found) == pytest.approx(1, abs=0.01)
    assert 0.90 <= inside / 200 <= 0.98


def test_population_by_hand():
    table = pd.DataFrame({"site": list("ABC"), "count": [50, 150, None], "usual": [100, 300, 200]})
    result = estimate_population(table)
    assert result.ratio == 0.5
    assert (result.counted, result.predicted, result.estimate) == (200, 100, 300)
    assert result.coverage == pytest.approx(2 / 3)
    assert result.se == 0
    assert result.grade == "C"


def test_a_full_count_is_a_census():
    table = pd.DataFrame({"site": list("AB"), "count": [5, 7], "usual": [6, 6]})
    result = estimate_population(table)
    assert (result.estimate, result.se, result.grade) == (12, 0, "A")
    assert result.interval() == (12, 12)


def test_detection_raises_the_estimate_and_its_uncertainty():
    table = pd.DataFrame({"site": list("AB"), "count": [50, 50], "usual": [50, 50]})
    result = estimate_population(table, detection=0.8, detection_se=0.08)
    assert (result.estimate, result.se) == pytest.approx((125, 12.5))
    assert result.interval()[0] >= 100


def test_uncounted_sites_of_unknown_size_cost_a_grade_and_are_told():
    table = pd.DataFrame({"site": list("ABC"), "count": [5, 7, None], "usual": [6, 6, None]})
    result = estimate_population(table)
    assert result.grade == "B"
    assert "too low by what they hold" in result.notes[0]


def test_grades():
    assert [grade(0.95, 0.05), grade(0.95, 0.15), grade(0.5, 0.3), grade(0.2, 0.1)] == list("ABCD")


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"site": ["A", "A", "B"]}, {}, "site A is listed twice"),
        ({"count": [None] * 3}, {}, "no site was counted"),
        ({"count": [5, None, None]}, {}, "1 counted site has a usual number"),
        ({"count": [5, -1, 3]}, {}, r"negative \(-1\) in row 1 \(site B\)"),
        ({}, {"detection": 1.2}, "detection is 1.2"),
        ({}, {"detection": 0}, "above 0"),
        ({"site": ["A", None, "B"]}, {}, "site is missing in row 1"),
    ],
)
def test_population_refuses(change, options, message):
    table = pd.DataFrame({"site": list("ABC"), "count": [5, 6, None], "usual": [5, 6, 7]})
    with pytest.raises(ValueError, match=message):
        estimate_population(table.assign(**change), **options)

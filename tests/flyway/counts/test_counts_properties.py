"""What holds for all counts over sites and years: found by hypothesis, not by example."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway.counts.criterion import one_percent, qualifying_sites
from flyway.counts.index import fit_index
from flyway.counts.iucn import iucn_reduction
from flyway.counts.population import estimate_population
from flyway.counts.season import season_curve
from flyway.counts.trend import growth_rate, trend

quick = settings(max_examples=40, deadline=None, derandomize=True)
few = settings(max_examples=15, deadline=None, derandomize=True)
seeds = st.integers(0, 10**6)


def grid(seed, sites=8, years=6, missing=0.3):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "site": np.repeat([f"S{i}" for i in range(sites)], years),
            "year": np.tile(np.arange(2010, 2010 + years), sites),
            "count": rng.negative_binomial(4, 0.1, sites * years) + 1.0,
        }
    )
    table.loc[rng.random(len(table)) < missing, "count"] = np.nan
    table.loc[table["site"] == "S0", "count"] = rng.poisson(30, years) + 1.0  # links all years
    return table[table.groupby("site")["count"].transform("count") > 0]


@few
@given(seeds, st.sampled_from([2, 3]))
def test_what_was_counted_is_in_the_total_as_it_was_counted(seed, model):
    table = grid(seed)
    fit = fit_index(table, model=model)
    filled, totals = fit.imputed(), fit.totals()
    counted = filled["count"].notna()
    assert (filled["imputed"][counted] == filled["count"][counted]).all()
    assert (filled["imputed"] >= 0).all()
    np.testing.assert_allclose(filled.groupby("year")["imputed"].sum(), totals["imputed"])
    assert (totals["imputed"] >= totals["counted"] - 1e-9).all()
    assert (totals["imputed_lower"] <= totals["imputed"]).all()
    assert (totals["imputed_upper"] >= totals["imputed"]).all()
    assert (totals["imputed_lower"] >= 0).all()
    line = fit.index()
    assert ((line["lower"] <= line["estimate"]) & (line["estimate"] <= line["upper"])).all()


@few
@given(seeds, st.integers(2, 20))
def test_counting_in_other_units_changes_no_index(seed, factor):
    table = grid(seed)
    fit = fit_index(table)
    many = fit_index(table.assign(count=table["count"] * factor))
    later = fit_index(table.assign(year=table["year"] - 2000), year="year")
    for other in (many, later):
        np.testing.assert_allclose(other.index()["estimate"], fit.index()["estimate"], rtol=1e-5)
        np.testing.assert_allclose(other.index()["se"], fit.index()["se"], rtol=1e-4, atol=1e-9)
    assert many.overdispersion == pytest.approx(fit.overdispersion * factor, rel=1e-4)
    assert later.slope().slope == pytest.approx(fit.slope().slope, abs=1e-6)


@few
@given(seeds)
def test_another_base_year_only_divides_the_index(seed):
    fit = fit_index(grid(seed))
    first = fit.index()["estimate"]
    for base in (2012, [2011, 2013]):
        at = np.isin(fit.years, base)
        np.testing.assert_allclose(fit.index(base)["estimate"], first / first[at].mean())
        assert fit.index(base)["estimate"][at].mean() == pytest.approx(1)


@few
@given(seeds)
def test_complete_counts_need_no_model(seed):
    table = grid(seed, missing=0)
    sums = table.groupby("year")["count"].sum().to_numpy()
    fit = fit_index(table, serial_correlation=False)
    np.testing.assert_allclose(fit.totals()["imputed"], sums)
    np.testing.assert_allclose(fit.totals()["model"], sums, rtol=1e-6)


@quick
@given(st.lists(st.integers(1, 4000), min_size=4, max_size=25), st.integers(2, 9))
def test_a_trend_knows_no_units_and_turns_with_time(counts, factor):
    years = np.arange(2000, 2000 + len(counts))
    fit = trend(years, counts)
    low, high = fit.interval()
    assert low <= fit.estimate <= high
    many = trend(years, np.multiply(counts, factor))
    assert (many.slope, many.slope_se) == pytest.approx((fit.slope, fit.slope_se), abs=1e-7)
    back = trend(years, counts[::-1])
    assert back.slope == pytest.approx(-fit.slope, abs=1e-7)
    assert fit.fit.fitted.sum() == pytest.approx(sum(counts))  # Poisson: as many birds as counted


@quick
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 60))
def test_growth_leads_from_the_first_count_to_the_last(first, last, years):
    growth = growth_rate(first, last, years)
    assert first * (1 + growth.compound) ** years == pytest.approx(last)
    assert first * np.exp(growth.r * years) == pytest.approx(last)
    back = growth_rate(last, first, years)
    assert back.r == pytest.approx(-growth.r)


@quick
@given(st.integers(100, 3 * 10**6), st.integers(0, 10**6))
def test_one_percent_rises_with_the_population(low, wider):
    plain = one_percent(low, low + wider, rounded=False)
    assert low / 100 <= plain <= (low + wider) / 100
    assert one_percent(low) <= one_percent(low + wider)
    assert one_percent(low) >= 1


@few
@given(seeds, st.integers(1, 80))
def test_a_lower_threshold_loses_no_site(seed, threshold):
    table = grid(seed)
    qualified = []
    for limit in (threshold, threshold / 2):
        found = qualifying_sites(table, limit).table
        qualified.append(set(found.loc[found["verdict"] == "qualifies", "site"]))
    assert qualified[0] <= qualified[1]


@quick
@given(
    st.integers(1, 10**5),
    st.integers(0, 10**5),
    st.floats(1, 20),
    st.sampled_from(["exponential", "linear"]),
)
def test_a_reduction_is_at_most_all_birds(past, now, generation, pattern):
    try:
        fit = iucn_reduction(past, now, 2000, 2012, generation, pattern=pattern)
    except ValueError as error:
        refused = "a last count is 0" if now < past else "fewer than no birds"
        assert refused in str(error)
    else:
        assert fit.estimate <= 1
        assert (fit.estimate > 0) == (now < past)
        assert fit.population_now == pytest.approx(now)


@few
@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=3, max_size=12
    ).filter(lambda rows: sum(c for c, _ in rows) > 0)
)  # fmt: skip
def test_a_population_is_no_smaller_than_the_count(rows):
    table = pd.DataFrame(rows, columns=["count", "usual"]).assign(site=range(len(rows)))
    fit = estimate_population(table)
    low, high = fit.interval()
    assert fit.counted <= low <= fit.estimate
    assert not high < fit.estimate
    assert fit.estimate == pytest.approx(fit.counted + fit.predicted)


@settings(max_examples=5, deadline=None, derandomize=True)
@given(seeds, st.integers(2, 9))
def test_a_season_peaks_on_the_same_day_in_other_units(seed, factor):
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2023-09-05", periods=24, freq="10D")
    mean = 400 * np.exp(-(((np.arange(24) - 11) / 5) ** 2))
    counts = rng.poisson(mean) + 1
    one, many = (season_curve(dates, counts * k, start_month=8) for k in (1, factor))
    assert one.estimate == pytest.approx(many.estimate, abs=0.5)
    assert many.peak == pytest.approx(factor * one.peak, rel=1e-3)
    low, high = one.interval()
    assert low <= one.estimate <= high

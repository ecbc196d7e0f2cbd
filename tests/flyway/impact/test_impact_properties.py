"""What holds for every impact, turbine and carcass: found by hypothesis, not by example."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flyway.impact.baci import baci
from flyway.impact.carcasses import carcass_detection
from flyway.impact.food import bird_days, carrying_days
from flyway.impact.killed import estimate_killed
from flyway.impact.landcover import land_transitions
from flyway.impact.power import power_baci
from flyway.impact.selection import estimate_selection
from flyway.impact.transit import Bird, Turbine, transit_risk
from flyway.impact.trials import fit_persistence, searcher_efficiency

quick = settings(max_examples=40, deadline=None, derandomize=True)
few = settings(max_examples=12, deadline=None, derandomize=True)
shares = st.floats(0.02, 0.98)
samples = st.lists(st.integers(0, 900), min_size=3, max_size=6)


@quick
@given(st.tuples(samples, samples, samples, samples), st.integers(-500, 500), st.floats(0.1, 50))
def test_an_effect_is_a_difference_of_differences(cells, moved, factor):
    assume(sum(np.var(c) for c in cells) > 0)
    names = [("impact", "before"), ("impact", "after"), ("control", "before"), ("control", "after")]
    table = pd.DataFrame(
        [(t, p, y) for (t, p), c in zip(names, cells, strict=True) for y in c],
        columns=["treatment", "period", "count"],
    )
    fit = baci(table, design="simple")
    ib, ia, cb, ca = (np.mean(c) for c in cells)
    assert fit.estimate == pytest.approx((ia - ib) - (ca - cb), abs=1e-8)
    low, high = fit.interval()
    assert low <= fit.estimate <= high
    assert 0 <= fit.p_value <= 1
    shifted = baci(table.assign(count=table["count"] + moved), design="simple")
    assert (shifted.estimate, shifted.se) == pytest.approx((fit.estimate, fit.se), abs=1e-7)
    scaled = baci(table.assign(count=table["count"] * factor), design="simple")
    assert (scaled.estimate, scaled.se) == pytest.approx((fit.estimate * factor, fit.se * factor))
    turned = baci(table.replace({"before": "after", "after": "before"}), design="simple")
    assert turned.estimate == pytest.approx(-fit.estimate, abs=1e-8)


@few
@given(st.integers(0, 10**6), st.floats(-300, 300))
def test_years_that_were_good_everywhere_are_no_impact(seed, good):
    rng = np.random.default_rng(seed)
    rows = [(s, d) for s in range(5) for d in range(6)]
    table = pd.DataFrame(rows, columns=["site", "date"])
    table["treatment"] = np.where(table["site"] == 0, "impact", "control")
    table["period"] = np.where(table["date"] < 3, "before", "after")
    table["count"] = rng.normal(100, 5, 5)[table["site"]] + rng.normal(0, 3, 30)
    options = {"site": "site", "date": "date", "design": "changes"}
    fit = baci(table, **options)
    wet = table.assign(count=table["count"] + good * (table["date"] == 4))
    assert baci(wet, **options).estimate == pytest.approx(fit.estimate, abs=1e-6)
    assert baci(wet, **options).se == pytest.approx(fit.se, abs=1e-6)


@quick
@given(shares, shares, st.integers(1, 30), st.integers(1, 8))
def test_more_searches_and_better_searchers_find_more(persistence, efficiency, days, searches):
    options = {"persistence": persistence, "interval_days": days}
    fit = carcass_detection(efficiency=efficiency, searches=searches, **options)
    assert 0 <= fit.estimate <= 1
    sharper = carcass_detection(efficiency=min(1, efficiency + 0.02), searches=searches, **options)
    assert sharper.estimate >= fit.estimate - 1e-12
    rarer = carcass_detection(
        persistence=persistence, efficiency=efficiency, interval_days=days + 1, searches=searches
    )
    assert rarer.estimate <= fit.estimate + 1e-9
    half = carcass_detection(
        efficiency=efficiency, searches=searches, share_searched=0.5, **options
    )
    assert half.estimate == pytest.approx(fit.estimate / 2)


@quick
@given(st.integers(0, 30), st.floats(0.05, 1))
def test_no_fewer_birds_were_killed_than_found(found, detection):
    fit = estimate_killed(found, detection)
    assert fit.posterior.sum() == pytest.approx(1)
    assert fit.posterior[fit.posterior.index < found].sum() == 0
    low, high = fit.interval()
    assert found <= low <= fit.estimate <= high
    assert fit.mean == pytest.approx((found + 1) / detection - 1, rel=1e-3, abs=1e-3)
    assert fit.more_than(found + 5) <= fit.more_than(found) <= 1


@quick
@given(st.integers(1, 60), st.data())
def test_searchers_find_a_share(placed, data):
    found = data.draw(st.integers(0, placed))
    fit = searcher_efficiency(found, placed)
    low, high = fit.interval()
    assert 0 <= low <= fit.estimate <= high <= 1
    assert fit.estimate == found / placed


@few
@given(st.lists(st.sampled_from([0, 1, 2, 4, 7]), min_size=8, max_size=30), st.integers(2, 24))
def test_persistence_counts_in_hours_as_in_days(last, factor):
    following = {0: 1, 1: 2, 2: 4, 4: 7, 7: np.nan}
    first = np.array([following[d] for d in last])
    assume(np.isfinite(first).any() and len(set(last)) > 1)
    days = fit_persistence(last, first)
    hours = fit_persistence(np.multiply(last, factor), first * factor)
    assert hours.mean_days == pytest.approx(days.mean_days * factor, rel=1e-3)
    assert 0 < days.estimate < 1
    assert hours.fit.loglik == pytest.approx(days.fit.loglik, abs=1e-4)


@quick
@given(st.floats(1, 50), st.floats(0.5, 9), st.integers(1, 12), st.integers(1, 12))
def test_more_dates_notice_more(effect, scatter, before, after):
    options = {"sites": (1, 3), "sd_site_date": scatter}
    fit = power_baci(effect, dates=(before + 1, after + 1), **options)
    assert 0.05 - 1e-9 <= fit.estimate <= 1
    more = power_baci(effect, dates=(before + 3, after + 3), **options)
    assert more.estimate >= fit.estimate - 1e-9
    in_pairs = power_baci(
        effect * 2, dates=(before + 1, after + 1), sites=(1, 3), sd_site_date=scatter * 2
    )
    assert in_pairs.estimate == pytest.approx(fit.estimate, abs=1e-6)


@quick
@given(
    st.floats(0.3, 1.8), st.floats(0.6, 2.6), st.floats(8, 25), st.floats(5, 25), st.floats(20, 90)
)
def test_a_longer_bird_and_a_faster_rotor_meet_more_often(length, span, speed, rpm, radius):
    bird, turbine = Bird(length, span, speed), Turbine(radius, rpm, 4.0, 10.0)
    risk = transit_risk(bird, turbine).estimate
    assert 0 <= risk <= 1
    longer = transit_risk(Bird(length + 0.2, span, speed), turbine).estimate
    assert longer >= risk - 1e-9
    assert transit_risk(bird, Turbine(radius, rpm, 4.0, 10.0, blades=2)).estimate <= risk + 1e-9


@quick
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 90)), min_size=2, max_size=6).filter(
        lambda rows: sum(u for u, _ in rows) > 4
    )
)
def test_habitats_used_as_they_are_there_have_a_ratio_of_one(rows):
    used, available = np.array(rows).T
    fit = estimate_selection(used, available)
    share = available / available.sum()
    ratios = fit.ratios["estimate"].to_numpy()
    assert (ratios * share).sum() == pytest.approx(1)
    np.testing.assert_allclose(ratios, used / used.sum() / share)
    as_there = estimate_selection(available * 3, available)
    np.testing.assert_allclose(as_there.ratios["estimate"], 1)
    np.testing.assert_allclose(estimate_selection(used, available * 7).ratios["estimate"], ratios)


@quick
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=3, max_size=40))
def test_land_is_neither_made_nor_lost(plots):
    before, after = zip(*plots, strict=True)
    fit = land_transitions(list(before), list(after))
    shares_of_rows = fit.shares.sum(axis=1)
    np.testing.assert_allclose(shares_of_rows[shares_of_rows > 0], 1)
    assert fit.changed == pytest.approx(np.mean([a != b for a, b in plots]))
    assert fit.areas.to_numpy().sum() == pytest.approx(len(plots))
    assert fit.changes["gain"].sum() == pytest.approx(fit.changes["loss"].sum())


@quick
@given(st.floats(0.1, 900), st.floats(1, 900), st.floats(50, 5000), st.floats(1, 9))
def test_twice_the_food_feeds_twice_the_birds(area, food, need, factor):
    options = {"energy_kj_g": 17, "need_kj": need}
    fit = carrying_days(area, food, **options)
    assert carrying_days(area * factor, food, **options).estimate == pytest.approx(
        fit.estimate * factor
    )
    assert carrying_days(area, food, energy_kj_g=17, need_kj=need * factor).estimate == (
        pytest.approx(fit.estimate / factor)
    )


@quick
@given(st.lists(st.integers(0, 800), min_size=2, max_size=10))
def test_bird_days_lie_between_the_lowest_and_the_highest_count(counts):
    dates = pd.date_range("2024-01-01", periods=len(counts), freq="3D")
    days = bird_days(dates, counts)
    span = 3 * (len(counts) - 1)
    assert min(counts) * span - 1e-6 <= days <= max(counts) * (span + 1) + 1e-6

import numpy as np
import pandas as pd
import pytest

from flyway.impact.baci import baci
from flyway.impact.power import dates_until_detected, power_baci
from flyway.impact.progressive import progressive_baci
from flyway.simulate.impacts import baci_samples


def small(**change):
    table = pd.DataFrame(
        {
            "treatment": ["impact"] * 4 + ["control"] * 4,
            "period": ["before", "before", "after", "after"] * 2,
            "site": ["A"] * 4 + ["B"] * 4,
            "date": [1, 2, 3, 4] * 2,
            "count": [10.0, 12, 6, 4, 9, 11, 10, 12],
        }
    )
    return table.assign(**change)


def covered(n, **design):
    inside, estimates, errors = 0, [], []
    for seed in range(n):
        fit = baci(baci_samples(-0.5, seed=seed, **design), "response", site="site", date="date")
        low, high = fit.interval()
        inside += low <= -0.5 <= high
        estimates.append(fit.estimate)
        errors.append(fit.se)
    return inside / n, np.mean(estimates), np.std(estimates) / np.sqrt(n)


def test_paired_dates_are_unbiased_and_covered():
    share, mean, error = covered(120, sites=(1, 1), dates=(8, 8), samples=1)
    assert 0.90 <= share <= 0.98
    assert mean == pytest.approx(-0.5, abs=3 * error)


def test_mixed_model_is_unbiased_and_covered():
    share, mean, error = covered(40, sites=(1, 4), samples=4, sd_site_date=0.2)
    assert share >= 0.90
    assert mean == pytest.approx(-0.5, abs=3 * error)


def test_effect_is_change_at_impact_minus_change_at_control():
    fit = baci(small(), site="site")
    assert fit.estimate == pytest.approx((5 - 11) - (11 - 10))
    assert fit.means.loc["impact", "after"] == 5
    assert fit.summary()["quantity"].tolist()[:3] == [
        "BACI effect",
        "change at impact",
        "change at control",
    ]
    assert any("pseudo-replication" in note for note in fit.notes)


def test_paired_equals_the_mixed_model_with_random_dates():
    table = baci_samples(-0.5, sites=(1, 1), dates=(6, 9), samples=1, sd_date=0.8, seed=3)
    options = {"site": "site", "date": "date"}
    paired = baci(table, "response", **options)
    mixed = baci(table, "response", design="mixed", **options)
    assert paired.design == "paired"
    assert mixed.estimate == pytest.approx(paired.estimate, abs=1e-6)
    assert mixed.se == pytest.approx(paired.se, rel=1e-4)
    assert mixed.df == pytest.approx(paired.df, rel=1e-3)


def test_mixed_model_of_a_balanced_design_is_the_t_test_of_site_changes():
    table = baci_samples(-0.5, sites=(3, 5), samples=3, sd_site=2, sd_site_date=0.4, seed=5)
    fit = baci(table, "response", site="site")
    mean = table.pivot_table(values="response", index=["treatment", "site"], columns="period")
    change = mean["after"] - mean["before"]
    impact, control = change["impact"], change["control"]
    pooled = (impact.var() * 2 + control.var() * 4) / 6
    assert fit.estimate == pytest.approx(impact.mean() - control.mean())
    assert fit.se == pytest.approx(np.sqrt(pooled * (1 / 3 + 1 / 5)), rel=1e-3)
    assert fit.df == pytest.approx(6, rel=1e-3)


def test_welch_differs_only_in_scatter():
    table = baci_samples(-0.5, sites=(1, 1), dates=(5, 12), samples=1, seed=4)
    pooled = baci(table, "response", site="site", date="date")
    welch = baci(table, "response", site="site", date="date", equal_variance=False)
    assert welch.estimate == pooled.estimate
    assert welch.df < pooled.df


def test_log_response_gives_a_ratio():
    fit = baci(small(), site="site", log=True)
    assert fit.ratio == pytest.approx(np.exp(fit.estimate))
    assert "ratio to no impact" in fit.summary()["quantity"].tolist()
    with pytest.raises(ValueError, match="fit with log=True"):
        baci(small(), site="site").ratio  # noqa: B018


def test_sites_that_change_apart_are_told():
    table = baci_samples(0, sites=(2, 4), dates=(5, 5), samples=1, sd_site_date=0.1, seed=1)
    drift = table["site"].map(dict(zip(table["site"].unique(), [2, -2, 3, -3, 1, -1], strict=True)))
    table["response"] += drift * (table["period"] == "after")
    fit = baci(table, "response", site="site", date="date")
    assert any("site:period" in note for note in fit.notes)
    wide = baci(table, "response", site="site", date="date", random=["site", "date", "site:period"])
    assert wide.se > 3 * fit.se


def test_blank_counts_and_lone_dates_are_told():
    table = small(count=[10, 12, 6, 4, 9, 11, 10, None])
    fit = baci(table, site="site")
    assert "1 rows with a blank count were left out (rows 7)" in fit.notes[0]
    table = baci_samples(0, sites=(1, 1), dates=(3, 4), samples=1, seed=1)
    paired = baci(table.drop(index=0), "response", site="site", date="date")
    assert any("1 dates with a count at one kind" in note for note in paired.notes)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"period": ["before", "during"] * 4}, {}, "period is 'during' in row 1"),
        ({"treatment": "impact"}, {}, "no count for control before"),
        ({"period": "before"}, {}, "no count for impact after"),
        ({"count": ["many"] + [1] * 7}, {}, "'many' in row 0"),
        ({"count": [0.0] + [1.0] * 7}, {"log": True}, "0 in row 0, which has no logarithm"),
        ({"site": "A"}, {"site": "site"}, "site A is both impact and control"),
        ({"date": 1}, {"date": "date"}, "date 1 is both before and after"),
        ({"count": [5.0] * 8}, {}, "do not differ at all"),
        ({}, {"impact": "farm"}, "impact is 'farm', but treatment holds"),
        ({}, {"site": "place"}, "no column 'place'"),
        ({"site": [None, *"AAABBBB"]}, {"site": "site"}, "site is missing in row 0"),
        ({}, {"design": "complex"}, "design is 'complex'"),
        ({}, {"site": "site", "design": "mixed", "random": ["farm"]}, "random is 'farm'"),
    ],
)
def test_baci_refuses(change, options, message):
    with pytest.raises(ValueError, match=message):
        baci(small(**change), **options)


def test_one_value_of_each_is_too_few():
    with pytest.raises(ValueError, match="4 values are too few"):
        baci(small().iloc[[0, 2, 4, 6]])


def test_power_agrees_with_simulated_studies():
    design = {"sites": (1, 1), "dates": (6, 6)}
    planned = power_baci(-0.6, samples=1, sd_sample=np.sqrt(0.3**2 + 0.1**2), **design)
    seen = [
        baci(
            baci_samples(-0.6, samples=1, seed=seed, **design),
            "response",
            site="site",
            date="date",
        ).p_value
        < 0.05
        for seed in range(120)
    ]
    assert planned.estimate == pytest.approx(np.mean(seen), abs=0.12)


def test_power_is_alpha_without_effect_and_grows_with_dates():
    none = power_baci(0, dates=(4, 4), sd_sample=1)
    assert none.estimate == pytest.approx(0.05)
    assert power_baci(1, dates=(8, 8), sd_sample=1).estimate > none.estimate
    size = none.detectable(0.8)
    assert power_baci(size, dates=(4, 4), sd_sample=1).estimate == pytest.approx(0.8, abs=1e-6)
    assert (
        power_baci(-1, dates=(4, 4), sd_sample=1, one_sided=True).estimate
        > power_baci(-1, dates=(4, 4), sd_sample=1).estimate
    )


def test_dates_until_detected():
    options = {"before": 5, "sd_sample": 0.5}
    years = dates_until_detected(-1.0, **options)
    assert power_baci(-1.0, dates=(5, years), sd_sample=0.5).estimate >= 0.8
    assert power_baci(-1.0, dates=(5, years - 1), sd_sample=0.5).estimate < 0.8
    assert dates_until_detected(-0.2, before=2, sd_sample=1.0) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sd_sample": -1}, "sd is negative"),
        ({}, "both 0"),
        ({"sd_sample": 1}, "no degree of freedom"),
        ({"sd_sample": 1, "sites": (0, 2)}, "sites is 0"),
        ({"sd_sample": 1, "sites": (1, 2, 3)}, "sites has 3 numbers"),
        ({"sd_sample": 1, "dates": (3, 3), "alpha": 5}, "alpha is 5"),
    ],
)
def test_power_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        power_baci(1, **options)


def yearly(effect, seed, noise=0.12, first=2000, start=2012, last=2030):
    rng = np.random.default_rng(seed)
    year = np.arange(first, last)
    common = 5 + rng.normal(0, 0.3, len(year))
    change = effect(np.maximum(year - start, 0))
    control = np.exp(common + rng.normal(0, noise / np.sqrt(2), len(year)))
    impact = np.exp(common - 0.3 + change + rng.normal(0, noise / np.sqrt(2), len(year)))
    return pd.concat(
        [
            pd.DataFrame({"year": year, "treatment": "control", "count": control}),
            pd.DataFrame({"year": year, "treatment": "impact", "count": impact}),
        ],
        ignore_index=True,
    )


SHAPES = {
    "step": lambda t: -1.0 * (t > 0),
    "linear": lambda t: -0.08 * t,
    "asymptotic": lambda t: -2 * t / (3 + t),
    "none": lambda t: 0.0 * t,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_progressive_change_finds_shape_and_size(shape):
    truth = SHAPES[shape]
    right, effects, inside = 0, [], 0
    for seed in range(16):
        fit = progressive_baci(yearly(truth, seed), start=2012, log=True)
        right += fit.shape == shape
        value, se = fit.effect(17, shape)
        effects.append(value)
        inside += abs(value - truth(np.array(17.0))) <= 2.1 * se + 1e-12
    assert right >= 9
    assert np.mean(effects) == pytest.approx(float(truth(np.array(17.0))), abs=0.06)
    assert inside >= 13


def test_progressive_change_refuses_short_series():
    table = yearly(SHAPES["step"], 1, first=2010)
    with pytest.raises(ValueError, match=r"3 paired dates before and 2 after|shapes need 3"):
        progressive_baci(table[table["year"] < 2015], start=2012, log=True)
    with pytest.raises(ValueError, match="no count for impact after"):
        progressive_baci(table, start=2050)
    with pytest.raises(ValueError, match="no column 'day'"):
        progressive_baci(table, date="day", start=2012)


def test_drawings():
    fit = baci(small(), site="site")
    assert fit.plot().get_legend_handles_labels()[1] == ["control", "impact"]
    series = progressive_baci(yearly(SHAPES["step"], 1), start=2012, log=True)
    assert series.plot().get_ylabel() == "difference"
    assert series.summary()["quantity"][0] == series.shape

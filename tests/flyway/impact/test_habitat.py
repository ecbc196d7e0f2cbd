import numpy as np
import pandas as pd
import pytest

from flyway.impact.food import bird_days, carrying_days, daily_need
from flyway.impact.landcover import land_transitions
from flyway.impact.resources import fit_resource_selection
from flyway.impact.selection import estimate_selection

SHARES = np.array([0.5, 0.3, 0.2])
TRUE = np.array([0.6, 1.0, 2.0])


def test_design_I_is_unbiased_and_covered():
    rng = np.random.default_rng(1)
    p = SHARES * TRUE / (SHARES * TRUE).sum()
    inside, estimates = np.zeros(3), []
    for _ in range(300):
        fit = estimate_selection(rng.multinomial(150, p), SHARES)
        ends = fit.interval(bonferroni=False)
        inside += (ends["lower"] <= p / SHARES) & (p / SHARES <= ends["upper"])
        estimates.append(fit.ratios["estimate"])
    assert np.mean(estimates, axis=0) == pytest.approx(p / SHARES, abs=0.02)
    assert (inside / 300 >= 0.90).all()
    assert (inside / 300 <= 0.98).all()


def test_availability_that_was_sampled_widens_the_interval():
    rng = np.random.default_rng(2)
    p = SHARES * TRUE / (SHARES * TRUE).sum()
    inside = np.zeros(3)
    for _ in range(300):
        sample = rng.multinomial(200, SHARES)
        fit = estimate_selection(rng.multinomial(150, p), sample, available_known=False)
        ends = fit.interval(bonferroni=False)
        inside += (ends["lower"] <= p / SHARES) & (p / SHARES <= ends["upper"])
    assert (inside / 300 >= 0.90).all()
    assert (inside / 300 <= 0.98).all()


@pytest.mark.parametrize("known", [True, False])
def test_design_II_is_covered_when_animals_differ(known):
    rng = np.random.default_rng(3)
    p = SHARES * TRUE / (SHARES * TRUE).sum()
    inside = np.zeros(3)
    for _ in range(200):
        own = rng.dirichlet(20 * p, 15)
        used = pd.DataFrame([rng.multinomial(40, o) for o in own])
        there = SHARES if known else rng.multinomial(400, SHARES)
        fit = estimate_selection(used, there, available_known=known)
        ends = fit.interval(bonferroni=False)
        inside += (ends["lower"] <= p / SHARES) & (p / SHARES <= ends["upper"])
    assert (inside / 200 >= 0.88).all()  # normal intervals with 15 animals
    assert (inside / 200 <= 0.98).all()
    assert "animals choose differently" in fit.tests["test"].tolist()
    assert fit.by_animal.shape == (15, 3)


def test_summary_says_preferred_and_avoided():
    names = ["rice", "water", "town"]
    fit = estimate_selection([60, 30, 10], [0.2, 0.3, 0.5], habitats=names)
    table = fit.summary()
    assert table["quantity"].tolist() == names
    assert table["selection"].tolist() == ["preferred", "in proportion", "avoided"]
    assert fit.plot().get_ylabel() == "selection ratio"
    named = estimate_selection(pd.Series([60, 30, 10], index=names), [0.2, 0.3, 0.5])
    assert named.ratios.index.tolist() == names


def test_never_used_is_told():
    fit = estimate_selection([0, 20, 30], [0.02, 0.48, 0.5])
    assert any("Never used: 0" in note for note in fit.notes)
    assert any("Fewer than 5 records" in note for note in fit.notes)


ANIMALS = pd.DataFrame([[3, 4], [5, 0]], index=["a", "b"], columns=["wet", "dry"])


@pytest.mark.parametrize(
    ("used", "available", "message"),
    [
        ([1, 2], [0.5, 0.3, 0.2], "used has 2 habitats and available 3"),
        ([1, -2], [0.5, 0.5], "used is negative"),
        ([1.5, 2], [0.5, 0.5], "used is 1.5"),
        ([1, 2], [1, 0], "available is 0 for 1"),
        ([0, 0], [1, 1], "used is 0 everywhere"),
        ([5], [1], "one habitat"),
        (ANIMALS, [1, 1, 1], "used has 2 habitats and available 3"),
        (ANIMALS.assign(wet=[3, 0]), [1, 1], "animal b has no record"),
        (ANIMALS.iloc[:1], [1, 1], "there is one animal"),
        (ANIMALS, ANIMALS.iloc[:1], "used is 2 × 2 and available 1 × 2"),
        (ANIMALS, pd.DataFrame([[1, 1], [0, 1]]), "animal b used wet, which has no availability"),
    ],
)
def test_selection_refuses(used, available, message):
    with pytest.raises(ValueError, match=message):
        estimate_selection(used, available)


def places(seed, n=250, m=4000, slope=0.8, spread=0.0, animals=1):
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=20_000), rng.integers(0, 2, 20_000)
    chosen, owner = [], []
    for animal in range(animals):
        strength = np.exp((slope + rng.normal(0, spread)) * x - 0.7 * z)
        chosen.append(rng.choice(20_000, n // animals, p=strength / strength.sum()))
        owner += [f"animal {animal}"] * (n // animals)
    u, a = np.concatenate(chosen), rng.choice(20_000, m)
    return pd.DataFrame(
        {
            "used": np.r_[np.ones(len(u)), np.zeros(m)],
            "x": np.r_[x[u], x[a]],
            "z": np.r_[z[u], z[a]],
            "animal": owner + [None] * m,
        }
    )


def test_resource_selection_is_unbiased_and_covered():
    inside, estimates = 0, []
    for seed in range(60):
        fit = fit_resource_selection(places(seed), "x + z")
        ends = fit.interval().loc["x"]
        inside += ends["lower"] <= 0.8 <= ends["upper"]
        estimates.append(fit.params.to_numpy())
    assert np.mean(estimates, axis=0) == pytest.approx([0.8, -0.7], abs=0.05)
    assert inside / 60 >= 0.88


def test_animals_that_differ_widen_the_interval():
    inside = 0
    for seed in range(40):
        table = places(seed, n=600, spread=0.3, animals=15)
        fit = fit_resource_selection(table, "x + z", animal="animal")
        ends = fit.interval().loc["x"]
        inside += ends["lower"] <= 0.8 <= ends["upper"]
    assert inside / 40 >= 0.85
    assert fit.se["x"] > 1.5 * fit_resource_selection(table, "x + z").se["x"]


def test_answer_does_not_depend_on_the_number_of_available_places():
    table = places(1, m=8000)
    half = table[(table["used"] == 1) | (np.arange(len(table)) % 2 == 0)]
    one, two = (fit_resource_selection(t, "x + z").params for t in (table, half))
    assert one.tolist() == pytest.approx(two.tolist(), abs=0.05)


def test_predictions_rank_places_and_are_checked_on_places_left_out():
    table = places(2)
    fit = fit_resource_selection(table, "x + z")
    background = table[table["used"] == 0]
    assert fit.predict(background).mean() == pytest.approx(1)
    assert fit.predict(pd.DataFrame({"x": [0, 1], "z": [0, 0]})).pct_change()[1] == pytest.approx(
        np.exp(fit.params["x"]) - 1
    )
    assert fit.check() > 0.8
    assert fit.summary()["times"][0] == pytest.approx(np.exp(fit.params["x"]))


def test_used_against_unused_is_plain_logistic_regression():
    # one covariate of two values: the coefficient is the log odds ratio of the 2 × 2 table
    table = pd.DataFrame(
        {"wet": [1] * 50 + [0] * 50, "used": [1] * 30 + [0] * 20 + [1] * 10 + [0] * 40}
    )
    fit = fit_resource_selection(table, "wet", against="unused")
    assert fit.params["wet"] == pytest.approx(np.log(30 * 40 / (20 * 10)))
    assert fit.se["wet"] == pytest.approx(np.sqrt(1 / 30 + 1 / 40 + 1 / 20 + 1 / 10))
    assert fit.params["Intercept"] == pytest.approx(np.log(10 / 40))


def test_separated_places_are_told():
    table = pd.DataFrame({"used": [1.0] * 20 + [0] * 200, "x": [5.0] * 20 + [0] * 200})
    assert any("run to infinity" in n for n in fit_resource_selection(table, "x").notes)


@pytest.mark.parametrize(
    ("table", "formula", "message"),
    [
        ({"used": [1, 1], "x": [0, 1]}, "x", "every place has used = 1"),
        ({"used": [1, 2], "x": [0, 1]}, "x", "used is 2 in row 1"),
        ({"used": [1, 0], "x": [0, None]}, "x", "cannot be read"),
        ({"used": [1, 0], "x": [0, 1]}, "y", "cannot be read"),
        ({"used": [1, 0, 0], "x": [0, 1, 2]}, "x + I(2 * x)", "repeat each other"),
        ({"used": [1, 0, 0], "x": [0, 1, 2]}, "0 + x", "leaves out the intercept"),
        ({"x": [0, 1]}, "x", "no column 'used'"),
    ],
)
def test_resource_selection_refuses(table, formula, message):
    with pytest.raises(ValueError, match=message):
        fit_resource_selection(pd.DataFrame(table), formula)


def test_bird_days_are_the_area_under_the_counts():
    assert bird_days([0, 10, 20], [0, 100, 0]) == 1000
    assert bird_days(["2025-01-11", "2025-01-01"], [100, 100]) == 1000
    assert bird_days([0, 10, 20], [100, None, 100]) == 2000
    for dates, counts, message in (
        ([1, 1], [2, 3], "given twice"),
        ([1, 2], [2, None], "1 counts are too few"),
        ([1, 2], [2, -3], "count is negative"),
        (["May", "2025-01-01"], [1, 2], "'May' in row 0"),
    ):
        with pytest.raises(ValueError, match=message):
            bird_days(dates, counts)


def test_carrying_days_by_hand():
    # 100 ha · (60 − 10) kg · 1000 g · 15 kJ · 0.8 / 1500 kJ = 40,000 bird-days
    result = carrying_days(
        100,
        60,
        energy_kj_g=15,
        need_kj=1500,
        left_kg_ha=10,
        assimilated=0.8,
        food_se=5,
        need_se=150,
    )
    assert result.estimate == pytest.approx(40_000)
    assert result.se == pytest.approx(40_000 * np.sqrt(0.1**2 + 0.1**2))
    assert result.days_for(400) == pytest.approx(100)
    assert result.birds_for(100) == pytest.approx(400)
    low, high = result.interval()
    assert low < 40_000 < high
    assert daily_need(1000) == pytest.approx(10.5 * 1000**0.681)
    empty = carrying_days(100, 5, energy_kj_g=15, need_kj=1500, left_kg_ha=10)
    assert empty.estimate == 0
    assert "feeds nobody" in empty.notes[0]
    for change, message in (
        ({"need_kj": 0}, "need_kj is 0"),
        ({"assimilated": 2}, "assimilated is 2"),
        ({"energy_kj_g": -1}, "energy_kj_g is negative"),
    ):
        with pytest.raises(ValueError, match=message):
            carrying_days(100, 60, **{"energy_kj_g": 15, "need_kj": 1500} | change)


def test_land_transitions_by_hand():
    # ten fields of 2 ha: of six rice fields two became glasshouses and one water; one water became rice
    before = ["rice"] * 6 + ["water"] * 3 + ["glass"]
    after = ["rice", "rice", "rice", "glass", "glass", "water", "rice", "water", "water", "glass"]
    cover = land_transitions(before, after, area=[2] * 10, years=10)
    assert cover.areas.loc["rice"].to_dict() == {"glass": 4, "rice": 6, "water": 2}
    rice = cover.changes.loc["rice"]
    assert (rice["before"], rice["after"], rice["gain"], rice["loss"]) == (12, 8, 2, 6)
    assert (rice["net"], rice["swap"]) == (-4, 4)
    assert rice["percent_per_year"] == pytest.approx(100 * ((8 / 12) ** 0.1 - 1))
    assert cover.changed == pytest.approx(0.4)
    assert cover.shares.loc["rice", "glass"] == pytest.approx(1 / 3)
    assert cover.shares_se.loc["rice", "glass"] == pytest.approx(np.sqrt(1 / 3 * 2 / 3 / 6))
    future = cover.project(10)
    assert future.tolist() == pytest.approx((cover.areas.sum() @ cover.shares).tolist())
    assert future.sum() == pytest.approx(20)
    ends = cover.interval()
    assert (
        (ends["lower"] <= ends["estimate"] + 1e-12) & (ends["estimate"] <= ends["upper"] + 1e-12)
    ).all()


def test_years_multiply_back_to_the_whole_time():
    before = ["rice"] * 100 + ["glass"] * 50
    after = ["rice"] * 81 + ["glass"] * 19 + ["glass"] * 50
    yearly = land_transitions(before, after, years=2).yearly()
    assert yearly.loc["rice"].to_dict() == pytest.approx({"rice": 0.9, "glass": 0.1})
    assert yearly.loc["glass"].to_dict() == pytest.approx({"rice": 0, "glass": 1})


def test_shares_of_sampled_plots_are_covered():
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(200):
        after = rng.choice(["rice", "glass"], 80, p=[0.8, 0.2])
        ends = land_transitions(["rice"] * 80, after, years=5).interval()
        row = ends[(ends["from"] == "rice") & (ends["to"] == "glass")].iloc[0]
        inside += row["lower"] <= 0.2 <= row["upper"]
    assert 0.90 <= inside / 200 <= 0.98


def test_a_new_class_has_no_rate():
    cover = land_transitions(["rice", "rice"], ["rice", "glass"], years=2)
    assert "New at the second date: glass" in cover.notes[0]
    assert np.isnan(cover.changes.loc["glass", "percent_per_year"])
    with pytest.raises(ValueError, match="glass had no area at the first date"):
        cover.project(2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"before": ["a", None]}, "before is missing in row 1"),
        ({"after": ["a"]}, "differ in length"),
        ({"area": [1, -1]}, "area is negative"),
        ({"area": [0, 0]}, "there is no area"),
        ({"years": 0}, "years is 0"),
    ],
)
def test_land_transitions_refuse(options, message):
    with pytest.raises(ValueError, match=message):
        land_transitions(**{"before": ["a", "b"], "after": ["a", "b"]} | options)


def test_a_habitat_never_used_has_an_upper_limit():
    fit = estimate_selection([0, 10, 30], [0.2, 0.3, 0.5])
    ends = fit.interval(bonferroni=False)
    # 0 of 40 records: the exact two-sided limit is 1 - 0.025^(1/40) of the records
    assert ends.loc[0, "upper"] == pytest.approx((1 - 0.025 ** (1 / 40)) / 0.2)
    assert ends.loc[0, "lower"] == 0
    few = estimate_selection([1, 0], [0.5, 0.5]).summary()
    assert few["selection"].tolist() == ["in proportion"] * 2  # one record proves no choice
    assert few["upper"].tolist() == pytest.approx([2, 2 * (1 - 0.0125)])
    animals = estimate_selection(pd.DataFrame([[0, 9], [0, 7], [0, 50]]), [0.3, 0.7]).summary()
    assert (
        animals["selection"].tolist() == ["in proportion"] * 2
    )  # three animals, however many fixes
    many = estimate_selection([0, 300], [0.3, 0.7]).summary()
    assert many["selection"].tolist() == ["avoided", "preferred"]


def test_a_habitat_seldom_used_is_covered():
    inside = 0
    for seed in range(400):
        used = np.random.default_rng(seed).multinomial(40, [0.02, 0.98])
        ends = estimate_selection(used, [0.1, 0.9]).interval(bonferroni=False).iloc[0]
        inside += ends["lower"] <= 0.2 <= ends["upper"]
    assert inside / 400 >= 0.9

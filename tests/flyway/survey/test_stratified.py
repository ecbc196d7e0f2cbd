from itertools import product

import numpy as np
import pandas as pd
import pytest

from flyway.survey.allocation import allocate, sample_size
from flyway.survey.stratified import estimate_clusters, estimate_ratio, estimate_stratified


def marsh():
    return pd.DataFrame({"habitat": ["paddy"] * 3 + ["lake"] * 2, "birds": [10, 20, 30, 100, 140]})


def test_stratified_by_hand():
    result = estimate_stratified(marsh(), "birds", "habitat", {"paddy": 30, "lake": 4})
    assert result.total == pytest.approx(30 * 20 + 4 * 120)
    variance = 30**2 * (1 - 3 / 30) * 100 / 3 + 4**2 * (1 - 2 / 4) * 800 / 2
    assert result.total_se == pytest.approx(np.sqrt(variance))
    parts = np.array([30**2 * (1 - 3 / 30) * 100 / 3, 4**2 * (1 - 2 / 4) * 800 / 2])
    assert result.df == pytest.approx(parts.sum() ** 2 / (parts**2 / [2, 1]).sum())


def test_counting_everything_leaves_no_doubt():
    result = estimate_stratified(marsh(), "birds", "habitat", {"paddy": 3, "lake": 2})
    assert (result.total, result.total_se) == (300, 0)


def population(rng, strata=4):
    sizes = rng.integers(30, 80, strata)
    return [np.round(rng.gamma(6, 7 * (h + 1), N)) for h, N in enumerate(sizes)]


def test_total_is_unbiased_and_covered():
    rng = np.random.default_rng(6)
    birds = population(rng)
    truth = sum(b.sum() for b in birds)
    inside, found = 0, []
    for _ in range(200):
        rows = [(h, x) for h, b in enumerate(birds) for x in rng.choice(b, 15, replace=False)]
        result = estimate_stratified(
            pd.DataFrame(rows, columns=["h", "birds"]),
            "birds",
            "h",
            {h: len(b) for h, b in enumerate(birds)},
        )
        table = result.summary().set_index("quantity")
        inside += table.loc["total", "lower"] <= truth <= table.loc["total", "upper"]
        found.append(result.total)
    assert np.mean(found) == pytest.approx(truth, rel=0.01)
    assert 0.91 <= inside / 200 <= 0.985


def test_ratio_uses_size_to_gain_precision():
    rng = np.random.default_rng(2)
    area = rng.uniform(1, 20, 200)
    birds = 5 * area * np.exp(rng.normal(0, 0.1, 200))
    inside, found = 0, []
    for _ in range(200):
        i = rng.choice(200, 30, replace=False)
        table = pd.DataFrame({"birds": birds[i], "km2": area[i]})
        result = estimate_ratio(table, "birds", "km2", 200, area.sum())
        row = result.summary().set_index("quantity").loc["total"]
        inside += row["lower"] <= birds.sum() <= row["upper"]
        found.append(result.total)
    plain = estimate_stratified(table.assign(all="x"), "birds", "all", {"x": 200})
    assert result.total_se < plain.total_se / 2
    assert np.mean(found) == pytest.approx(birds.sum(), rel=0.01)
    assert 0.91 <= inside / 200 <= 0.985


def test_clusters_of_like_units_are_worth_less():
    table = pd.DataFrame(
        {"district": np.repeat(list("ABCDE"), 10), "birds": np.repeat([5, 50, 20, 80, 10], 10)}
    )
    table["birds"] += np.tile(np.arange(10), 5) % 3
    result = estimate_clusters(table, "birds", "district", 100)
    assert result.estimate == pytest.approx(table["birds"].mean())
    assert result.df == 4
    assert "Design effect" in result.notes[0]
    assert result.se > table["birds"].std() / np.sqrt(50) * 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: estimate_stratified(marsh(), "birds", "habitat", {"paddy": 30}), "'lake' of column 'habitat' has no"),
        (lambda: estimate_stratified(marsh(), "birds", "habitat", {"paddy": 30, "lake": 4, "sea": 9}), "nobody counted in stratum 'sea'"),
        (lambda: estimate_stratified(marsh().iloc[:4], "birds", "habitat", {"paddy": 30, "lake": 4}), "has 1 counted unit"),
        (lambda: estimate_stratified(marsh(), "birds", "habitat", {"paddy": 2, "lake": 4}), "3 counted units but 2 in all"),
        (lambda: estimate_stratified(marsh().assign(N=[1, 2, 3, 4, 4]), "birds", "habitat", "N"), "N differs within stratum 'paddy'"),
        (lambda: estimate_stratified(marsh().assign(birds=[1, None, 2, 3, 4]), "birds", "habitat", {"paddy": 9, "lake": 9}), "birds is missing in row 1"),
        (lambda: estimate_stratified(marsh().assign(habitat=None), "birds", "habitat", {}), "habitat is missing in row 0"),
        (lambda: estimate_ratio(marsh().assign(a=0), "birds", "a", 10), "every a is 0"),
        (lambda: estimate_ratio(marsh().assign(a=1), "birds", "a", 3), "5 units were counted but"),
        (lambda: estimate_clusters(marsh().iloc[:3], "birds", "habitat", 9), "1 unit is too few"),
    ],
)  # fmt: skip
def test_samples_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_sample_size_by_hand():
    assert sample_size(mean=50, sd=50, cv=0.1) == 100
    assert sample_size(mean=50, sd=50, cv=0.1, population=100) == 50
    assert sample_size(mean=50, sd=1, cv=0.5) == 2


def test_neyman_beats_every_other_split():
    strata = pd.DataFrame({"N": [40, 25, 10], "sd": [5.0, 20.0, 60.0]})
    best = allocate(strata, 20)
    assert best["n"].sum() == 20
    W = strata["N"] / strata["N"].sum()
    splits = [s for s in product(range(2, 17), repeat=3) if sum(s) == 20 and s[2] <= 10]
    variances = [
        (W**2 * (1 - np.array(s) / strata["N"]) * strata["sd"] ** 2 / np.array(s)).sum()
        for s in splits
    ]
    assert best["se_of_mean"][0] == pytest.approx(np.sqrt(min(variances)))


def test_allocations_respect_minimum_and_size():
    strata = pd.DataFrame({"N": [3, 500, 40], "sd": [90.0, 2.0, 2.0], "price": [1.0, 1.0, 4.0]})
    assert allocate(strata, 30)["n"].tolist()[0] == 3
    assert allocate(strata, 30, "proportional")["n"].tolist()[1] > 20
    assert allocate(strata, 9, "equal")["n"].tolist() == [3, 3, 3]
    dear, cheap = allocate(strata, 60, cost="price")["n"][2], allocate(strata, 60)["n"][2]
    assert dear <= cheap


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (5, {}, "3 strata with at least 2"),
        (1000, {}, "more than the"),
        (20, {"method": "best"}, "choose one of"),
    ],
)
def test_allocation_refuses(n, options, message):
    strata = pd.DataFrame({"N": [40, 25, 10], "sd": [5.0, 20.0, 60.0]})
    with pytest.raises(ValueError, match=message):
        allocate(strata, n, **options)


def test_a_stratum_of_one_known_big_unit_adds_its_birds_and_no_doubt():
    table = pd.DataFrame({"h": ["lake", "pond", "pond", "pond"], "birds": [5000, 3, 4, 8]})
    with_lake = estimate_stratified(table, "birds", "h", {"lake": 1, "pond": 50})
    ponds = estimate_stratified(table.iloc[1:], "birds", "h", {"pond": 50})
    assert with_lake.total == pytest.approx(5000 + ponds.total)
    assert with_lake.total_se == pytest.approx(ponds.total_se)
    assert with_lake.df == ponds.df == 2
    assert estimate_stratified(table.iloc[:1], "birds", "h", {"lake": 1}).total_se == 0
    with pytest.raises(ValueError, match=r"'lake' has 1 counted unit.s. of 2: count 2"):
        estimate_stratified(table, "birds", "h", {"lake": 2, "pond": 50})

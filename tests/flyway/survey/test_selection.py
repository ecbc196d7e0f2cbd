from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from flyway.survey.selection import (
    maximum_coverage,
    minimum_set,
    representative_sites,
    representativeness,
)


def wetlands(rng, sites=9, features=7, share=0.35):
    A = (rng.random((sites, features)) < share).astype(int)
    A[rng.integers(sites, size=features), np.arange(features)] = 1
    return pd.DataFrame(
        A, index=[f"W{i}" for i in range(sites)], columns=[f"s{k}" for k in range(features)]
    )


@pytest.mark.parametrize("seed", range(6))
def test_minimum_set_is_as_cheap_as_the_best_of_all_choices(seed):
    rng = np.random.default_rng(seed)
    table = wetlands(rng)
    cost = dict(zip(table.index, rng.integers(1, 9, len(table)), strict=True))
    result = minimum_set(table, cost=cost)
    best = min(
        sum(cost[s] for s in chosen)
        for k in range(1, len(table) + 1)
        for chosen in combinations(table.index, k)
        if (table.loc[list(chosen)].sum() >= 1).all()
    )
    assert result.estimate == best
    assert result.proven
    assert result.summary()["reached"].all()


@pytest.mark.parametrize("seed", range(4))
def test_maximum_coverage_covers_as_much_as_the_best_of_all_choices(seed):
    rng = np.random.default_rng(seed + 50)
    table = wetlands(rng, share=0.2)
    weight = dict(zip(table.columns, rng.integers(1, 6, table.shape[1]), strict=True))
    result = maximum_coverage(table, 3, weight=weight)
    best = max(
        sum(w for f, w in weight.items() if table.loc[list(chosen), f].any())
        for chosen in combinations(table.index, 3)
    )
    covered = result.coverage.set_index("feature")["reached"]
    assert sum(w for f, w in weight.items() if covered[f]) == best
    assert len(result.sites) <= 3


def test_each_species_at_two_sites():
    result = minimum_set(wetlands(np.random.default_rng(3), share=0.6), targets=2)
    assert (result.coverage["chosen"] >= 2).all()


def test_ties_give_one_site_and_the_same_answer_again():
    table = pd.DataFrame(np.ones((4, 2), dtype=int), index=list("ABCD"), columns=["x", "y"])
    assert len(minimum_set(table).sites) == 1
    assert minimum_set(table).sites == minimum_set(table).sites


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: minimum_set(t, targets=99), "'s0' reaches .* below its target of 99"),
        (lambda t: minimum_set(t, targets={"s0": 1}), "'s1' has no value"),
        (lambda t: minimum_set(t, cost={"W0": 1}), "site W1 has no cost"),
        (lambda t: minimum_set(t.replace(1, -1)), "must be 0 or more"),
        (lambda t: minimum_set(pd.concat([t, t])), "site W0 is given twice"),
        (lambda t: minimum_set(t.iloc[:0]), "table of sites"),
        (lambda t: maximum_coverage(t, -1), "budget is negative"),
    ],
)
def test_selection_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call(wetlands(np.random.default_rng(1)))


def landscape():
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "site": [f"S{i}" for i in range(60)],
            "area_km2": np.r_[
                rng.normal(1, 0.1, 30), rng.normal(10, 0.5, 20), rng.normal(50, 2, 10)
            ],
            "habitat": ["paddy"] * 30 + ["lake"] * 20 + ["mudflat"] * 10,
        }
    )


def test_one_site_of_each_kind_is_chosen_and_stands_for_its_kind():
    table = landscape()
    chosen = representative_sites(table, ["area_km2", "habitat"], 3)
    kinds = table.set_index("site").loc[chosen["site"], "habitat"]
    assert set(kinds) == {"paddy", "lake", "mudflat"}
    assert sorted(chosen["stands_for"]) == [10, 20, 30]


def test_a_biased_choice_shows():
    table = landscape()
    gap = representativeness(table, ["S55", "S56"], ["area_km2", "habitat"]).set_index("column")[
        "gap_sd"
    ]
    assert gap["area_km2"] > 1
    everything = representativeness(table, table["site"], ["area_km2"])
    assert everything["gap_sd"].abs().max() < 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda t: representative_sites(t, ["area_km2"], 1),
            r"of 60 sites\) is 1: give a whole number of 2",
        ),
        (
            lambda t: representative_sites(t.assign(area_km2=None), ["area_km2"], 3),
            "area_km2 is missing in row 0",
        ),
        (lambda t: representativeness(t, ["X"], ["area_km2"]), "site X is not in the table"),
        (lambda t: representativeness(t, [], ["area_km2"]), "no site is chosen"),
    ],
)
def test_representative_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call(landscape())

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from flyway.connectivity.protection import assess_protection, protect_next


def birds():
    return pd.DataFrame(
        {"crane": [50, 40, 0, 10], "goose": [0, 0, 80, 20]}, index=["bay", "paddy", "lake", "marsh"]
    )


def test_what_is_held_by_hand():
    found = assess_protection(birds(), ["bay"], targets=0.6)
    crane, goose = found.summary().itertuples()
    assert (crane.total, crane.held, crane.estimate, crane.shortfall) == (100, 50, 0.5, 10)
    assert not crane.reached
    assert goose.shortfall == 60
    assert found.estimate == pytest.approx((50 / 60 + 0) / 2)
    assert found.irreplaceable == ["lake"]  # the others hold 20 of the 60 geese asked for


def test_the_richest_site_is_not_always_the_next():
    found = protect_next(birds(), ["bay"], targets=0.5)
    assert found.sites == ["lake"]  # paddy holds many cranes, but cranes have their half
    assert found.steps["achievement"].tolist() == [1]
    assert protect_next(birds(), ["bay", "lake"]).sites == []
    assert "met already" in protect_next(birds(), ["bay", "lake"]).notes[0]


def test_the_exact_set_can_be_cheaper_than_the_greedy_order():
    table = pd.DataFrame(
        {
            "a": [1, 0, 1, 0], "b": [1, 0, 1, 0], "c": [1, 0, 0, 1],
            "d": [0, 1, 0, 1], "e": [0, 1, 1, 0], "f": [0, 1, 0, 1],
        },
        index=["s1", "s2", "most", "rest"],
    )  # fmt: skip
    table.loc["most"] = [1, 1, 0, 1, 1, 0]
    table.loc["rest"] = [0, 0, 0, 0, 0, 0]
    targets = 1e-6  # any bit will do
    greedy = protect_next(table, targets=targets)
    exact = protect_next(table, targets=targets, method="exact")
    assert set(exact.sites) == {"s1", "s2"}
    assert exact.proven
    assert greedy.estimate == 3 > exact.estimate == 2


def cheapest(A, need, c, start):
    best = np.inf
    for chosen in itertools.product([0, 1], repeat=len(A)):
        mask = np.array(chosen, bool)
        if (A[mask | start].sum(axis=0) >= need - 1e-9).all():
            best = min(best, c[mask & ~start].sum())
    return best


@settings(deadline=None, max_examples=30)
@given(
    arrays(float, (6, 3), elements=st.integers(0, 9).map(float)),
    st.lists(st.integers(1, 5), min_size=6, max_size=6),
    st.sampled_from([0.1, 0.5, 0.8, 1.0]),
    st.integers(0, 5),
)
def test_exact_is_the_cheapest_of_all_choices_and_greedy_meets_the_targets(A, cost, target, start):
    A[0] += 1
    table = pd.DataFrame(A, index=list("abcdef"), columns=["x", "y", "z"])
    protected = ["abcdef"[start]]
    c = np.array(cost, float)
    costs = dict(zip("abcdef", cost, strict=True))
    exact = protect_next(table, protected, target, cost=costs, method="exact")
    greedy = protect_next(table, protected, target, cost=costs)
    mask = np.arange(6) == start
    assert exact.estimate == pytest.approx(cheapest(A, target * A.sum(axis=0), c, mask))
    for found in (exact, greedy):
        assert found.features["reached"].all()
        after = assess_protection(table, [*protected, *found.sites], target)
        assert after.estimate == pytest.approx(1)
    assert greedy.estimate >= exact.estimate - 1e-9
    assert greedy.steps["achievement"].is_monotonic_increasing


def test_a_budget_stops_the_order_and_says_what_is_missing():
    found = protect_next(birds(), targets=0.9, budget=2)
    assert found.estimate == 2
    assert "before these targets are met" in found.notes[0]
    none = protect_next(birds(), budget=0)
    assert none.sites == []
    assert none.notes[-1] == "Nothing was added."


def test_costs_turn_the_order():
    dear = protect_next(birds(), targets=0.5, cost={"bay": 100, "paddy": 1, "lake": 1, "marsh": 1})
    assert "bay" not in dear.sites


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda t: t.assign(crane=[1, None, 2, 3]), {}, "crane is missing in row paddy"),
        (lambda t: t.assign(crane=[1, -1, 2, 3]), {}, r"crane is negative \(-1\) in row paddy"),
        (lambda t: t.assign(heron=0), {}, "'heron' is 0 at every site"),
        (lambda t: t.rename({"bay": "lake"}), {}, "site 'lake' is given twice"),
        (lambda t: t, {"protected": ["pond"]}, "'pond', which is no site"),
        (lambda t: t, {"targets": 1.5}, "target is 1.5"),
        (lambda t: t, {"targets": {"crane": 0.5}}, "'goose' has no target"),
        (lambda t: t, {"cost": {"bay": 1}}, "site 'paddy' has no cost"),
        (lambda t: t, {"cost": dict.fromkeys(birds().index, 0)}, "cost of site 'bay' is 0"),
        (lambda t: t, {"method": "best"}, "choose one of 'greedy'"),
        (lambda t: t, {"method": "exact", "budget": 3}, "budget goes with method='greedy'"),
    ],
)
def test_bad_input_is_named(change, options, message):
    with pytest.raises(ValueError, match=message):
        protect_next(change(birds()), **options)


def test_plot_ends_at_the_target():
    import matplotlib

    matplotlib.use("Agg")
    ax = protect_next(birds()).plot()
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(100)

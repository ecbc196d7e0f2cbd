import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from flyway.decisions.options import find_twin_criteria
from flyway.decisions.scores import score_topsis, score_weighted_sum


def roosts():
    return pd.DataFrame(
        {"birds": [100, 300, 200], "cost": [10, 50, 20], "consent": [3, 1, 3]},
        index=["pond", "bay", "paddy"],
    )


def test_weighted_sum_by_hand():
    found = score_weighted_sum(
        roosts(), {"birds": 2, "cost": 1, "consent": 1}, lower_is_better=["cost"]
    )
    # birds 0, 1, 0.5; cost 1, 0, 0.75; consent 1, 0, 1; weights 1/2, 1/4, 1/4
    assert found.scores.tolist() == pytest.approx([0.5, 0.5, 0.25 + 0.1875 + 0.25])
    assert found.best == ["paddy"]
    assert found.summary()["rank"].tolist() == [1, 2, 2]
    assert found.parts.loc["paddy", "cost"] == pytest.approx(0.1875)


@pytest.mark.parametrize(
    ("normalise", "expected"),
    [
        ("max", [1 / 3 + 1, 1 + 0.2]),
        ("sum", [0.25 + 5 / 6, 0.75 + 1 / 6]),
        ("vector", [1 / np.sqrt(10) + 1 - 1 / np.sqrt(26), 3 / np.sqrt(10) + 1 - 5 / np.sqrt(26)]),
        ("none", [100 - 10, 300 - 50]),
        ("range", [0 + 1, 1 + 0]),
    ],
)
def test_normalisations_by_hand(normalise, expected):
    table = roosts().loc[["pond", "bay"], ["birds", "cost"]]
    scores = score_weighted_sum(table, lower_is_better=["cost"], normalise=normalise).scores
    assert scores.tolist() == pytest.approx([e / 2 for e in expected])


def test_fixed_limits_keep_the_order_when_an_option_is_added():
    table = pd.DataFrame({"birds": [10, 14], "people": [6, 4.5]}, index=["a", "b"])
    more = pd.concat([table, pd.DataFrame({"birds": [100], "people": [4.0]}, index=["c"])])
    assert score_weighted_sum(table, [0.45, 0.55]).scores.idxmax() == "a"
    limits = {"birds": (0, 100), "people": (0, 10)}
    before = score_weighted_sum(table, limits=limits).scores
    after = score_weighted_sum(more, limits=limits).scores
    assert after[["a", "b"]].tolist() == pytest.approx(before.tolist())


def test_topsis_by_hand_with_weights_and_a_cost():
    table = pd.DataFrame({"birds": [3.0, 4.0], "cost": [0.0, 5.0]}, index=["a", "b"])
    found = score_topsis(table, [2, 1], lower_is_better="cost")
    # birds 0.6, 0.8; cost 0, 1: distances 2/3·0.2 and 1/3·1
    a = (1 / 3) / (1 / 3 + 0.4 / 3)
    assert found.scores.tolist() == pytest.approx([a, 1 - a])


def test_topsis_gives_one_to_the_best_of_all_and_zero_to_the_worst():
    table = pd.DataFrame({"x": [1, 2, 3], "y": [10, 20, 40]}, index=list("abc"))
    assert score_topsis(table).scores.tolist()[::2] == [0, 1]


tables = arrays(float, (4, 3), elements=st.floats(0.5, 100).map(lambda v: round(v, 3)))


@settings(deadline=None, max_examples=60)
@given(tables, st.permutations(range(4)))
def test_order_of_options_and_units_do_not_matter(values, order):
    if (np.ptp(values, axis=0) == 0).any():
        values[0] += 1
    table = pd.DataFrame(values, index=list("abcd"), columns=["x", "y", "z"])
    for score in (score_weighted_sum, score_topsis):
        first = score(table, [3, 2, 1], lower_is_better=["y"]).scores
        again = score(table.iloc[list(order)] * [1, 1000, 0.1], [3, 2, 1], lower_is_better=["y"])
        assert again.scores[first.index].tolist() == pytest.approx(first.tolist(), abs=1e-9)
        assert first.between(-1e-12, 1 + 1e-12).all()


@settings(deadline=None, max_examples=60)
@given(tables)
def test_an_option_that_is_better_on_everything_never_ranks_lower(values):
    values[1] = values[0] + [1, -0.25, 1]
    table = pd.DataFrame(values, index=list("abcd"), columns=["x", "y", "z"])
    for score in (score_weighted_sum, score_topsis):
        scores = score(table, lower_is_better=["y"]).scores
        assert scores["b"] > scores["a"]


def test_a_criterion_counted_twice_is_told():
    table = pd.DataFrame(
        {
            "birds": [1, 5, 3, 9, 7],
            "biomass": [2, 11, 5, 30, 20],
            "cost": [9, 5, 7, 1, 3],
            "people": [5, 1, 9, 4, 6],
        },
        index=list("abcde"),
    )
    notes = score_weighted_sum(table, lower_is_better=["cost"]).notes
    assert sum("counted twice" in n for n in notes) == 3  # birds, biomass and low cost agree
    assert not any("people" in n for n in notes)
    found = find_twin_criteria(table)  # cost taken as a benefit: opposed, not alike
    assert found["rank_correlation"].tolist()[0] == pytest.approx(1)
    assert found["alike"].sum() == 1
    assert found.iloc[-1]["rank_correlation"] == pytest.approx(-1)


def test_an_idle_criterion_is_told_and_changes_nothing():
    table = roosts().assign(law=1)
    found = score_weighted_sum(table, lower_is_better=["cost"])
    assert any("same law" in n for n in found.notes)
    assert found.best == score_weighted_sum(roosts(), lower_is_better=["cost"]).best


def test_options_may_be_named_in_a_column():
    table = roosts().rename_axis("option").reset_index()
    assert score_weighted_sum(table).scores.tolist() == score_weighted_sum(roosts()).scores.tolist()


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda t: t.drop(["bay", "paddy"]), {}, "1 option"),
        (lambda t: t.rename({"bay": "pond"}), {}, "option 'pond' is given twice"),
        (lambda t: t.assign(birds=[1, None, 3]), {}, "birds is missing in row bay"),
        (lambda t: t.assign(birds=["many", 2, 3]), {}, "birds is 'many' in row pond"),
        (lambda t: t, {"lower_is_better": ["price"]}, "'price', which is no criterion"),
        (lambda t: t, {"weights": {"birds": 1}}, "'cost' has no weight"),
        (lambda t: t, {"weights": [1, -1, 1]}, "weight is negative"),
        (lambda t: t, {"weights": [0, 0, 0]}, "every weight is 0"),
        (lambda t: t, {"weights": [1, 2]}, "2 weights for 3 criteria"),
        (lambda t: t, {"normalise": "zscore"}, "choose one of 'range'"),
        (lambda t: t, {"limits": {"birds": (100, 200)}}, "birds of option 'bay' is outside"),
        (
            lambda t: t,
            {"limits": {"cost": (0, 100)}, "lower_is_better": ["cost"]},
            "worst above best",
        ),
        (lambda t: t - 200, {"normalise": "max"}, "below 0"),
    ],
)
def test_bad_input_is_named(change, options, message):
    with pytest.raises(ValueError, match=message):
        score_weighted_sum(change(roosts()), **options)


def test_topsis_refuses_options_that_are_all_alike():
    with pytest.raises(ValueError, match="all options are alike"):
        score_topsis(pd.DataFrame({"x": [1, 1], "y": [2, 2]}))


def test_plots_name_every_option():
    import matplotlib

    matplotlib.use("Agg")
    for found in (score_weighted_sum(roosts()), score_topsis(roosts())):
        labels = {t.get_text() for t in found.plot().get_yticklabels()}
        assert labels == {"pond", "bay", "paddy"}

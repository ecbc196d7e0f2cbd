import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway.decisions.ahp import combine_pairs, weigh_pairs


def ratios(weights):
    names = list(weights)
    return {(a, b): weights[a] / weights[b] for i, a in enumerate(names) for b in names[i + 1 :]}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0.1, 9), min_size=2, max_size=7))
def test_consistent_answers_give_back_their_weights(values):
    truth = {f"c{i}": v for i, v in enumerate(values)}
    found = weigh_pairs(ratios(truth))
    total = sum(values)
    assert found.weights.tolist() == pytest.approx([v / total for v in values], rel=1e-6)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.consistent


def test_three_criteria_by_hand():
    # for n = 3 the eigenvector is the row geometric mean; λ = 1 + x + 1/x, x = cube root of a·c/b
    found = weigh_pairs({("a", "b"): 2, ("a", "c"): 4, ("b", "c"): 4})
    w = np.array([8 ** (1 / 3), (0.5 * 4) ** (1 / 3), (1 / 16) ** (1 / 3)])
    assert found.weights.tolist() == pytest.approx((w / w.sum()).tolist())
    x = 2 ** (1 / 3)
    assert found.lambda_max == pytest.approx(1 + x + 1 / x)
    assert found.consistency_ratio == pytest.approx((found.lambda_max - 3) / 2 / 0.52)


def test_contradicting_answers_are_told_and_the_worst_pair_named():
    answers = ratios({"a": 8, "b": 4, "c": 2, "d": 1}) | {("a", "d"): 1 / 9}
    found = weigh_pairs(answers)
    assert found.consistency_ratio > 0.1
    assert not found.consistent
    assert any("disagree" in n for n in found.notes)
    assert found.disagreements().iloc[0][["criterion", "other"]].tolist() == ["a", "d"]


def test_a_missing_pair_is_filled_in_consistently():
    answers = ratios({"a": 5, "b": 3, "c": 2, "d": 1})
    del answers[("a", "d")], answers[("b", "c")]
    found = weigh_pairs(answers)
    assert found.weights.tolist() == pytest.approx([5 / 11, 3 / 11, 2 / 11, 1 / 11], abs=1e-4)
    assert any("2 of 6 comparisons are missing" in n for n in found.notes)


def test_no_other_filling_has_a_smaller_lambda():
    answers = {("a", "b"): 3, ("b", "c"): 2, ("c", "d"): 4, ("a", "d"): 5, ("b", "d"): 9}
    best = weigh_pairs(answers).lambda_max
    for x in np.geomspace(1 / 9, 9, 41):
        assert weigh_pairs(answers | {("a", "c"): x}).lambda_max >= best - 1e-9


def test_a_table_says_the_same_as_pairs():
    pairs = ratios({"a": 5, "b": 3, "c": 1})
    table = pd.DataFrame([[1, 5 / 3, 5], [np.nan, 1, 3], [np.nan] * 3], list("abc"), list("abc"))
    assert weigh_pairs(table).weights.tolist() == pytest.approx(weigh_pairs(pairs).weights.tolist())


def test_two_opposite_people_meet_in_the_middle():
    found = combine_pairs([{("a", "b"): 4}, {("b", "a"): 4}])
    assert found.weights.tolist() == pytest.approx([0.5, 0.5])
    assert combine_pairs([{("a", "b"): 4}, {("b", "a"): 1}]).weights["a"] == pytest.approx(2 / 3)


def test_the_random_index_changes_the_ratio_only():
    answers = {("a", "b"): 2, ("a", "c"): 4, ("b", "c"): 4}
    saaty, dd = weigh_pairs(answers), weigh_pairs(answers, random_index="donegan-dodd")
    assert saaty.weights.tolist() == dd.weights.tolist()
    assert dd.consistency_ratio / saaty.consistency_ratio == pytest.approx(0.52 / 0.4914)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ({("a", "b"): 0}, "'a' with 'b' is 0: it must be above 0"),
        ({("a", "b"): "3"}, "not a number"),
        ({("a", "b"): 3, ("b", "a"): 3}, "keep one answer"),
        ({("a", "a"): 2, ("a", "b"): 1}, "compared with itself"),
        ({("a", "b"): 3, ("c", "d"): 2}, "no chain of comparisons links 'a' with 'c'"),
        ({"ab": 3}, "is no pair"),
        ({}, "fewer than 2 criteria"),
        ({(0, i): 1 for i in range(1, 17)}, "17 criteria"),
        (pd.DataFrame([[1, 2]], ["a"], ["a", "b"]), "in rows and columns"),
    ],
)
def test_bad_answers_are_named(pairs, message):
    with pytest.raises(ValueError, match=message):
        weigh_pairs(pairs)


def test_people_must_be_asked_about_the_same_criteria():
    with pytest.raises(ValueError, match=r"person 1 .*'c'"):
        combine_pairs([{("a", "b"): 1}, {("a", "c"): 1}])

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from flyway.people.learning import compare_paired, learning_gain


def test_gain_by_hand():
    found = learning_gain([40, 60], [70, 80], maximum=100)
    assert found.estimate == pytest.approx(25 / 50)
    assert found.individual.tolist() == pytest.approx([0.5, 0.5])
    assert found.gain_class == "medium"
    # u = [(−5) + 0.5·10, 5 − 0.5·10]/50 = 0: both learned half of what they could
    assert found.se == pytest.approx(0, abs=1e-12)


def test_the_interval_of_a_known_gain_covers():
    rng = np.random.default_rng(12)
    inside, found = 0, []
    for _ in range(400):
        x = rng.binomial(20, rng.beta(4, 4, 25))
        y = x + rng.binomial(20 - x, 0.45)  # everyone learns 45 % of what was left
        result = learning_gain(x, y, 20)
        low, high = result.interval()
        inside += low <= 0.45 <= high
        found.append(result.estimate)
    assert 0.92 <= inside / 400 <= 0.98
    assert np.mean(found) == pytest.approx(0.45, abs=0.01)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 20)), min_size=2, max_size=15))
def test_gain_does_not_depend_on_the_unit_and_never_passes_one(pairs):
    x, y = np.array(pairs, float).T
    found = learning_gain(x, y, 20)
    assert found.estimate <= 1 + 1e-12
    again = learning_gain(x * 5, y * 5, 100)
    assert again.estimate == pytest.approx(found.estimate)
    assert again.se == pytest.approx(found.se, abs=1e-9)


def test_ceiling_and_full_scores_are_told():
    found = learning_gain([20, 10, 10, 12], [20, 20, 15, 14], 20)
    assert np.isnan(found.individual[0])
    assert any("Highest score before: 1" in n for n in found.notes)
    assert any("50 % reached the highest" in n for n in found.notes)


def test_those_who_left_are_told():
    found = learning_gain([4, 10, 12, None], [None, 15, 16, 12], 20)
    assert found.n == 2
    assert "Left out: 1 with no score after, 1 with none before." in found.notes[0]
    assert "7 lower before" in found.notes[0]


def test_paired_tests_are_scipys_and_the_effect_by_hand():
    before, after = [5, 7, 6, 9, 4, 8], [8, 9, 6, 12, 9, 7]
    found = compare_paired(before, after)
    change = np.subtract(after, before)
    assert found.estimate == pytest.approx(2)
    assert found.t == pytest.approx(stats.ttest_1samp(change, 0).statistic)
    assert found.d == pytest.approx(2 / change.std(ddof=1))
    # ranks of |3 2 3 5 1| are 3.5 2 3.5 5 1; only rank 1 went down
    assert found.rank_correlation == pytest.approx((14 - 1) / 15)
    assert found.wilcoxon == 1
    assert found.tests()["p"].between(0, 1).all()


def test_the_t_interval_and_the_effect_interval_agree_with_p():
    rng = np.random.default_rng(0)
    for shift in (0.0, 0.4, 1.0):
        x = rng.normal(10, 2, 20)
        found = compare_paired(x, x + rng.normal(shift, 1, 20))
        for low, high in (found.interval(), found.effect_interval()):
            assert (low <= 0 <= high) == (found.p_t >= 0.05)


def test_the_effect_interval_covers_and_g_is_unbiased():
    rng = np.random.default_rng(4)
    inside, found = 0, []
    for _ in range(300):
        x = rng.normal(10, 3, 15)
        result = compare_paired(x, x + rng.normal(0.8, 1, 15))
        low, high = result.effect_interval()
        inside += low <= 0.8 <= high
        found.append(result.g)
    assert 0.92 <= inside / 300 <= 0.98
    assert np.mean(found) == pytest.approx(0.8, abs=0.04)


def test_a_change_far_larger_than_its_scatter_still_has_an_interval():
    low, high = compare_paired([1, 2, 3, 4], [1001, 1002.1, 1003, 1004.2]).effect_interval()
    assert 0 < low < high


def test_everyone_changing_alike_is_no_error():
    found = compare_paired([1, 2, 3], [2, 3, 4])
    assert found.estimate == 1
    assert np.isnan(found.t)
    assert "no scatter" in found.notes[0]
    assert compare_paired([1, 2], [1, 2]).rank_correlation == 0
    assert np.isnan(found.effect_interval()).all()


@pytest.mark.parametrize(
    ("before", "after", "maximum", "message"),
    [
        ([1, 2], [3, 25], 20, "score after is 25 in row 1: it must be 20 or less"),
        ([1, -2], [3, 5], 20, r"score before is negative \(-2\) in row 1"),
        ([20, 20], [20, 20], 20, "nothing left to learn"),
        ([1, None], [None, 5], 20, "0 people have both scores"),
        ([1, 2], [3], 20, "differ in length"),
        ([1, 2], [3, 4], 0, "maximum is 0"),
    ],
)
def test_bad_input_is_named(before, after, maximum, message):
    with pytest.raises(ValueError, match=message):
        learning_gain(before, after, maximum)


def test_two_people_have_no_effect_size_without_its_excess():
    found = compare_paired([1, 5], [2, 8])
    assert np.isnan(found.g)
    assert np.isfinite(found.d)

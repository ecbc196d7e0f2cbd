import numpy as np
import pandas as pd
import pytest

from flyway.people.reliability import check_reliability


def test_alpha_by_hand():
    table = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 3, 2]})
    # variances 1 and 1, covariance 0.5: alpha = 2·(1 − 2/3)
    found = check_reliability(table)
    assert found.estimate == pytest.approx(2 / 3)
    assert found.items["r_rest"].tolist() == pytest.approx([0.5, 0.5])


def test_items_that_say_the_same_have_alpha_one_and_a_shift_changes_nothing():
    table = pd.DataFrame({"a": [1.0, 2, 4], "b": [2.0, 3, 5], "c": [0.0, 1, 3]})
    assert check_reliability(table).estimate == pytest.approx(1)
    assert check_reliability(table.add([5, 0, -2], axis=1)).estimate == pytest.approx(1)


def test_the_interval_covers_and_the_bias_is_small():
    rng = np.random.default_rng(5)
    k, truth = 5, 5 * 0.4 / (1 + 4 * 0.4)  # parallel items with correlation 0.4
    inside, found = 0, []
    for _ in range(400):
        person = rng.normal(size=(40, 1)) * np.sqrt(0.4)
        table = pd.DataFrame(person + rng.normal(size=(40, k)) * np.sqrt(0.6))
        result = check_reliability(table)
        low, high = result.interval()
        inside += low <= truth <= high
        found.append(result.estimate)
    assert 0.92 <= inside / 400 <= 0.98
    assert np.mean(found) == pytest.approx(truth, abs=0.02)
    assert result.se == pytest.approx(np.std(found), rel=0.5)


def test_a_reversed_item_is_told_and_can_be_turned():
    rng = np.random.default_rng(6)
    trait = rng.integers(1, 6, 60)
    table = pd.DataFrame(
        {"a": trait, "b": np.clip(trait + rng.integers(-1, 2, 60), 1, 5), "c": 6 - trait}
    )
    first = check_reliability(table)
    assert any("c runs against" in n for n in first.notes)
    turned = check_reliability(table, reverse=["c"], scale=(1, 5))
    assert turned.estimate > 0.9 > first.estimate
    assert turned.items.set_index("item").loc["a", "alpha_without"] < turned.estimate


def test_blanks_are_left_out_or_used_by_pairs():
    table = pd.DataFrame({"a": [1.0, 2, 3, 4, 9], "b": [1.0, 3, 2, 4, None]})
    left = check_reliability(table)
    assert left.estimate == pytest.approx(check_reliability(table.dropna()).estimate)
    assert any("1 of 5 people left an item blank" in n for n in left.notes)
    pairs = check_reliability(table, missing="pairwise")
    C = table.cov().to_numpy()
    assert pairs.estimate == pytest.approx(2 * (1 - np.trace(C) / C.sum()))


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ({"a": [1, 2, 3]}, {}, "1 item"),
        ({"a": [1, 2], "b": [1, 2]}, {}, "2 people answered all"),
        ({"a": [1, 1, 1], "b": [2, 2, 2]}, {}, "same for everyone"),
        ({"a": [1, 2, 9], "b": [2, 2, 2]}, {"scale": (1, 5)}, "a is 9 in row 2"),
        ({"a": [1, 2, "x"], "b": [2, 2, 2]}, {}, "a is 'x' in row 2"),
        ({"a": [1, 2, 3], "b": [2, 2, 3]}, {"reverse": ["a"]}, "reverse needs scale"),
        ({"a": [1, 2, 3], "b": [2, 2, 3]}, {"reverse": ["z"]}, "'z', which is no item"),
    ],
)
def test_bad_input_is_named(table, options, message):
    with pytest.raises(ValueError, match=message):
        check_reliability(pd.DataFrame(table), **options)

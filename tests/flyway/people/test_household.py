import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway.people.household import (
    estimate_mean,
    estimate_share,
    estimate_total,
    weighting_effect,
)


def villages(rng, n_villages=40, per=12, spread=2.0):
    """Households in villages that share a level; the true mean is 10."""
    village = np.repeat(np.arange(n_villages), per)
    level = rng.normal(10, spread, n_villages)
    return pd.DataFrame(
        {"village": village, "loss": level[village] + rng.normal(0, 3, len(village))}
    )


def test_a_simple_random_sample_is_the_textbook_mean():
    y = [3.0, 5, 8, 12]
    found = estimate_mean(pd.DataFrame({"y": y}), "y")
    assert found.estimate == 7
    assert found.se == pytest.approx(np.std(y, ddof=1) / 2)
    assert found.summary().loc[0, ["deff", "n", "df"]].tolist() == pytest.approx([1, 4, 3])
    low, high = found.interval()
    assert high - 7 == pytest.approx(3.182446305 * found.se)
    assert low + high == pytest.approx(14)


def test_weighted_mean_by_hand():
    table = pd.DataFrame({"y": [1.0, 3.0], "w": [3.0, 1.0]})
    found = estimate_mean(table, "y", weight="w")
    # mean 1.5; scores 3·(−0.5)/4 and 1·1.5/4: var = 2·(0.375² + 0.375²)
    assert found.estimate == 1.5
    assert found.se == pytest.approx(np.sqrt(4 * 0.375**2))


def test_clusters_by_hand():
    table = pd.DataFrame({"y": [1.0, 3, 5, 7], "c": ["a", "a", "b", "b"]})
    found = estimate_mean(table, "y", cluster="c")
    assert found.se == pytest.approx(2)  # half of the gap between the cluster means 2 and 6
    assert found.summary()["df"].tolist() == [1]
    assert found.summary()["deff"].tolist() == pytest.approx([4 / (20 / 3 / 4)])
    counted = estimate_mean(table, "y", cluster="c", population=2)
    assert counted.se == 0  # both clusters there are were asked


def test_cluster_labels_may_repeat_between_strata():
    table = pd.DataFrame(
        {"y": np.arange(8.0), "s": list("nnnnssss"), "c": [1, 1, 2, 2, 1, 1, 2, 2]}
    )
    own = table.assign(c=table["s"] + table["c"].astype(str))
    assert estimate_mean(table, "y", strata="s", cluster="c").se == pytest.approx(
        estimate_mean(own, "y", strata="s", cluster="c").se
    )


def test_groups_keep_the_whole_design():
    rng = np.random.default_rng(2)
    table = villages(rng).assign(sex=lambda t: np.where(t.index % 2, "woman", "man"))
    found = estimate_mean(table, "loss", cluster="village", by="sex")
    alone = estimate_mean(table[table["sex"] == "man"], "loss", cluster="village")
    row = found.summary().iloc[0]
    assert row["sex"] == "man"
    assert row["estimate"] == pytest.approx(alone.estimate)
    # here every village has men, so leaving the women out changes nothing
    assert row["se"] == pytest.approx(alone.se)
    gap = found.difference(0, 1).iloc[0]
    both = np.sqrt((found.rows["se"] ** 2).sum())
    assert gap["se"] < both  # neighbours share their village: the difference is better known


def test_shares_sum_to_one_and_stay_inside():
    table = pd.DataFrame({"heard": ["yes"] * 19 + ["no"], "w": np.linspace(1, 3, 20)})
    rows = estimate_share(table, "heard", weight="w").summary()
    assert rows["heard"].tolist() == ["no", "yes"]
    assert rows["estimate"].sum() == pytest.approx(1)
    assert (rows["lower"] > 0).all() and (rows["upper"] < 1).all()
    assert rows["lower"].iloc[0] + rows["upper"].iloc[1] == pytest.approx(1)


def test_nobody_or_everybody_still_has_an_interval():
    rows = estimate_share(pd.DataFrame({"heard": ["yes"] * 20}), "heard").summary().iloc[0]
    assert rows["estimate"] == 1
    assert rows["lower"] == pytest.approx(0.025 ** (1 / 20))
    assert rows["upper"] == 1


def test_total_by_hand_and_its_groups_add_up():
    table = pd.DataFrame({"t": [2.0, 4, 0, 2], "w": [10.0, 10, 5, 5], "v": list("abab")})
    whole = estimate_total(table, "t", weight="w")
    assert whole.estimate == 70
    parts = estimate_total(table, "t", weight="w", by="v")
    assert parts.rows["estimate"].tolist() == [20, 50]
    z = np.array([20, 40, 0, 10])
    assert whole.se == pytest.approx(np.sqrt(4 * z.var(ddof=1)))


def test_intervals_cover_with_strata_clusters_and_unequal_weights():
    rng = np.random.default_rng(8)
    sizes, levels, spread = {"n": 60, "s": 240}, {"n": 14.0, "s": 8.0}, 2.0
    pop = []
    for s, villages_there in sizes.items():
        for v in range(villages_there):
            y = levels[s] + rng.normal(0, spread) + rng.normal(0, 3, 20)
            pop.append(pd.DataFrame({"s": s, "v": v, "y": y}))
    truth = pd.concat(pop)["y"].mean()
    by = {s: [p for p in pop if p["s"].iloc[0] == s] for s in sizes}
    inside, plain, estimates = 0, 0, []
    for _ in range(300):
        sample = []
        for s, drawn in (("n", 20), ("s", 20)):
            for k in rng.choice(sizes[s], drawn, replace=False):
                asked = by[s][k].sample(6, random_state=int(rng.integers(1e9)))
                sample.append(asked.assign(w=sizes[s] / drawn * 20 / 6))
        table = pd.concat(sample, ignore_index=True)
        found = estimate_mean(table, "y", weight="w", strata="s", cluster="v", population=sizes)
        low, high = found.interval()
        inside += low <= truth <= high
        low, high = estimate_mean(table, "y", weight="w").interval()
        plain += low <= truth <= high
        estimates.append(found.estimate)
    assert 0.92 <= inside / 300 <= 0.98
    assert plain / 300 < 0.9  # forgetting the villages makes the interval too narrow
    assert np.mean(estimates) == pytest.approx(truth, abs=0.1)


def test_blank_answers_are_left_out_and_told():
    table = pd.DataFrame({"y": [1.0, None, 3], "w": [1.0, 2, 1]})
    found = estimate_mean(table, "y", weight="w")
    assert found.estimate == 2
    assert "1 of 3 people gave no y (50 % by weight)" in found.notes[0]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 10)), min_size=3, max_size=12),
    st.floats(0.5, 100),
)
def test_weights_matter_only_by_proportion(rows, factor):
    table = pd.DataFrame(rows, columns=["y", "w"])
    first = estimate_mean(table, "y", weight="w")
    again = estimate_mean(table.assign(w=table["w"] * factor), "y", weight="w")
    assert again.estimate == pytest.approx(first.estimate, abs=1e-9)
    assert again.se == pytest.approx(first.se, abs=1e-9)
    assert table["y"].min() - 1e-9 <= first.estimate <= table["y"].max() + 1e-9


def test_unequal_weights_cost_precision():
    assert weighting_effect([2, 2, 2]) == pytest.approx(1)
    assert weighting_effect([1, 3]) == pytest.approx(2 * 10 / 16)


def people(**change):
    table = pd.DataFrame({"y": [1.0, 2, 3, 4], "w": 1.0, "s": list("aabb"), "c": [1, 2, 3, 4]})
    return table.assign(**change)


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (people(w=[1, -1, 1, 1]), {"weight": "w"}, r"w is negative \(-1\) in row 1"),
        (people(w=0), {"weight": "w"}, "every w is 0"),
        (people(w=[1, None, 1, 1]), {"weight": "w"}, "w is missing in row 1"),
        (people(y=["a", 2, 3, 4]), {}, "y is 'a' in row 0"),
        (people(y=None), {}, "y has no answer"),
        (people(s=["a", None, "b", "b"]), {"strata": "s"}, "s is missing in row 1"),
        (people(s=list("abbb")), {"strata": "s"}, "stratum 'a' has a single person"),
        (people(c=1), {"cluster": "c"}, "the survey has a single cluster"),
        (people(), {"strata": "s", "population": {"a": 5}}, "stratum 'b' has no population"),
        (people(), {"strata": "s", "population": {"a": 5, "b": 1}}, "population of 1"),
        (people(N=[5, 6, 7, 7]), {"strata": "s", "population": "N"}, "N differs within"),
        (people(), {"strata": "s", "population": 50}, "give one per stratum"),
        (people(), {"by": "sex"}, "no column 'sex'"),
        (people(), {"single": "drop"}, "choose one of 'error', 'centre'"),
        (people().iloc[:1], {}, "1 row"),
    ],
)
def test_bad_input_is_named(table, options, message):
    with pytest.raises(ValueError, match=message):
        estimate_mean(table, "y", **options)


def test_a_single_cluster_can_be_compared_with_all():
    found = estimate_mean(people(s=list("abbb")), "y", strata="s", single="centre")
    assert found.se > 0
    assert any("rough guess" in n for n in found.notes)
    with pytest.raises(ValueError, match="4 estimates"):
        _ = estimate_mean(people(), "y", by="c").estimate


def test_groups_named_by_words_and_numbers_stand_side_by_side():
    table = people(g=["x", 3, 0.5, "a"])
    assert estimate_mean(table, "y", by="g").rows["g"].tolist() == [0.5, 3, "a", "x"]
    wide = estimate_mean(people(g=list("xyxy")), "y", by=["g", "s"]).rows
    assert wide[["g", "s"]].to_numpy().tolist() == [["x", "a"], ["x", "b"], ["y", "a"], ["y", "b"]]
    age = pd.Categorical(["young", "old", "old", "young"], ["young", "old"])
    assert estimate_mean(people(g=age), "y", by="g").rows["g"].tolist() == ["young", "old"]

import numpy as np
import pandas as pd
import pytest

from flyway.decisions.delegations import compare_delegations
from flyway.decisions.scores import score_weighted_sum
from flyway.decisions.sensitivity import find_tipping_weights, vary_weights


def two():
    return pd.DataFrame({"birds": [1.0, 0.0], "people": [0.0, 0.5]}, index=["a", "b"])


LIMITS = {"birds": (0, 1), "people": (0, 1)}


def test_share_of_weight_space_by_hand():
    # a wins where w > (1 − w)/2, so for w above 1/3; its central weight is the middle of 1/3 and 1
    found = vary_weights(two(), limits=LIMITS, samples=20_000)
    row = found.summary().set_index("option").loc["a"]
    assert row["lower"] <= 2 / 3 <= row["upper"]
    assert row["estimate"] == pytest.approx(2 / 3, abs=0.01)
    assert row["mean_rank"] == pytest.approx(2 - row["estimate"])
    assert found.central_weights.loc["a", "birds"] == pytest.approx(2 / 3, abs=0.01)
    assert found.winner == "a"


def test_three_options_that_each_lead_on_one_criterion_share_the_space():
    table = pd.DataFrame(np.eye(3), index=list("abc"), columns=["x", "y", "z"])
    shares = vary_weights(table, samples=30_000).rank_shares
    assert shares[1].tolist() == pytest.approx([1 / 3] * 3, abs=0.01)
    assert shares.sum(axis=1).tolist() == pytest.approx([1, 1, 1])
    assert shares.sum(axis=0).tolist() == pytest.approx([1, 1, 1])


def test_the_monte_carlo_interval_covers():
    inside = 0
    for seed in range(200):
        row = vary_weights(two(), limits=LIMITS, samples=300, seed=seed).summary().iloc[0]
        inside += row["lower"] <= 2 / 3 <= row["upper"]
    assert 0.90 <= inside / 200 <= 0.99


def test_an_option_that_leads_everywhere_always_wins_and_the_loser_is_told():
    table = pd.DataFrame({"x": [2, 1, 0], "y": [9, 5, 1]}, index=["best", "mid", "last"])
    for method in ("weighted sum", "topsis"):
        found = vary_weights(table, method=method, samples=500)
        assert found.rank_shares.loc["best", 1] == 1
        assert found.rank_shares.loc["last", 3] == 1
        assert any("Never on rank 1" in n and "last" in n for n in found.notes)


def test_ties_share_the_win():
    table = pd.DataFrame({"x": [1, 1, 0], "y": [1, 1, 0]}, index=list("abc"))
    assert vary_weights(table, samples=100).rank_shares[1].tolist() == pytest.approx([0.5, 0.5, 0])


def test_close_weights_settle_the_choice_and_zero_weights_stay_zero():
    loose = vary_weights(two(), limits=LIMITS, weights=[0.5, 0.5], closeness=5)
    close = vary_weights(two(), limits=LIMITS, weights=[0.5, 0.5], closeness=500)
    assert loose.rank_shares.loc["a", 1] < close.rank_shares.loc["a", 1]
    assert close.rank_shares.loc["a", 1] == 1
    only = vary_weights(two(), limits=LIMITS, weights=[0, 1], closeness=5)
    assert only.rank_shares.loc["b", 1] == 1
    assert (only.central_weights["birds"] == 0).all()


def test_the_same_seed_gives_the_same_answer():
    first, again = (vary_weights(two(), seed=4, samples=50).rank_shares for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_delegations_by_hand():
    weights = pd.DataFrame(
        {"delegation": ["north", "south"], "birds": [1, 0], "people": [0, 2]},
    )
    found = compare_delegations(two(), weights, limits=LIMITS)
    assert found.ranks.loc["north"].tolist() == [1, 2]
    assert found.ranks.loc["south"].tolist() == [2, 1]
    assert found.agreement == 0
    assert found.summary()["first_for"].tolist() == ["north", "south"]
    same = compare_delegations(two(), weights.assign(birds=[1, 1], people=[0, 0.1]), limits=LIMITS)
    assert same.agreement == 1
    assert same.summary().iloc[0]["first_for"] == "north, south"


def test_kendall_w_by_hand():
    # three judges, three options; rank sums 4, 8, 6 about a mean of 6: W = 12·8/(9·24)
    table = pd.DataFrame(np.eye(3), index=list("abc"), columns=["x", "y", "z"])
    weights = pd.DataFrame([[3, 2, 1], [3, 1, 2], [2, 1, 3]], columns=list("xyz"))
    found = compare_delegations(table, weights)
    assert found.ranks.sum().tolist() == [4, 8, 6]
    assert found.agreement == pytest.approx(12 * 8 / (9 * 24))


def test_tipping_weight_by_hand_and_by_scoring_beside_it():
    tips = find_tipping_weights(two(), [0.5, 0.5], limits=LIMITS).set_index("criterion")
    assert tips.loc["birds", "lower"] == pytest.approx(1 / 3)
    assert tips.loc["birds", ["upper", "below"]].tolist() == [1.0, "b"]
    assert pd.isna(tips.loc["birds", "above"])
    assert tips.loc["people", "upper"] == pytest.approx(2 / 3)


def test_tipping_weights_agree_with_scores_on_both_sides():
    rng = np.random.default_rng(3)
    checked = 0
    for _ in range(20):
        table = pd.DataFrame(rng.uniform(size=(5, 3)), index=list("abcde"), columns=list("xyz"))
        w = rng.dirichlet(np.ones(3))
        winner = score_weighted_sum(table, w).best[0]
        for j, tip in enumerate(find_tipping_weights(table, w).itertuples()):
            for t, other in ((tip.lower, tip.below), (tip.upper, tip.above)):
                if other is None:
                    t_in = t
                else:
                    t_in = t + (0.001 if t < w[j] else -0.001)
                    t_out = t - (0.001 if t < w[j] else -0.001)
                    assert (
                        winner not in _best(table, w, j, np.clip(t_out, 0, 1)) or not 0 < t_out < 1
                    )
                    checked += 1
                if min(w[j], t) <= t_in <= max(w[j], t):
                    assert winner in _best(table, w, j, t_in)
    assert checked > 10


def _best(table, w, j, t):
    moved = np.where(np.arange(3) == j, t, w * (1 - t) / (1 - w[j]))
    return score_weighted_sum(table, moved).best


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 0}, "samples is 0"),
        ({"weights": [1, 1]}, "weights and closeness go together"),
        ({"weights": [1, 1], "closeness": -1}, "closeness is -1"),
        ({"method": "vote"}, "choose one of 'weighted sum'"),
    ],
)
def test_bad_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        vary_weights(two(), **options)


def test_bad_delegations_are_named():
    with pytest.raises(ValueError, match=r"delegation 'north': weight is negative"):
        compare_delegations(two(), pd.DataFrame({"birds": [-1], "people": [1]}, index=["north"]))
    with pytest.raises(ValueError, match="no column 'people'"):
        compare_delegations(two(), pd.DataFrame({"birds": [1]}, index=["north"]))
    with pytest.raises(ValueError, match="'n' is given twice"):
        compare_delegations(two(), pd.DataFrame({"birds": [1, 1], "people": 1}, index=["n", "n"]))
    with pytest.raises(ValueError, match="tie for the first rank"):
        find_tipping_weights(pd.DataFrame(np.eye(2), index=["a", "b"], columns=["x", "y"]))


def test_plot_has_a_bar_for_each_option_and_rank():
    import matplotlib

    matplotlib.use("Agg")
    ax = vary_weights(two(), samples=50).plot()
    assert len(ax.patches) == 4

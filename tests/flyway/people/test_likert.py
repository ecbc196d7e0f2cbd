import pandas as pd
import pytest

from flyway.people.likert import summarise_likert

SCALE = ["no", "perhaps", "yes"]


def answers():
    return pd.DataFrame(
        {
            "cranes": ["yes", "yes", "no", "perhaps", None],
            "geese": ["no", "no", "no", "yes", "yes"],
        }
    )


def test_counts_median_and_share_by_hand():
    found = summarise_likert(answers(), ["cranes", "geese"], SCALE)
    assert found.counts.loc["cranes"].tolist() == [1, 1, 2]
    row = found.summary().set_index("item").loc["cranes"]
    assert row[["n", "blank", "median", "quartile_1", "quartile_3"]].tolist() == [
        4, 1, "perhaps", "no", "yes",
    ]  # fmt: skip
    assert row["estimate"] == 0.5
    assert (row["lower"], row["upper"]) == pytest.approx((0.150, 0.850), abs=5e-4)  # Wilson, 2 of 4
    assert found.shares().sum(axis=1).tolist() == pytest.approx([1, 1])


def test_a_level_that_nobody_chose_is_kept_in_its_place():
    found = summarise_likert(pd.DataFrame({"q": [1, 1, 5]}), "q", [1, 2, 3, 4, 5])
    assert found.counts.loc["q"].tolist() == [2, 0, 0, 0, 1]
    assert found.agree == (4, 5)
    assert summarise_likert(pd.DataFrame({"q": [1]}), "q", [1, 2], agree=[1]).agree == (1,)


@pytest.mark.parametrize(
    ("table", "levels", "agree", "message"),
    [
        (pd.DataFrame({"q": ["yes", "maybe"]}), SCALE, None, "q is 'maybe' in row 1"),
        (pd.DataFrame({"q": [None, None]}), SCALE, None, "q has no answer"),
        (pd.DataFrame({"q": ["yes"]}), ["yes", "yes"], None, "each level of the scale once"),
        (pd.DataFrame({"q": ["yes"]}), SCALE, ["sure"], "agree must name levels"),
        (pd.DataFrame({"r": ["yes"]}), SCALE, None, "no column 'q'"),
    ],
)
def test_bad_input_is_named(table, levels, agree, message):
    with pytest.raises(ValueError, match=message):
        summarise_likert(table, ["q"], levels, agree=agree)


def test_plot_parts_at_the_middle():
    import matplotlib

    matplotlib.use("Agg")
    ax = summarise_likert(answers(), ["cranes", "geese"], SCALE).plot()
    assert len(ax.patches) == 6
    left = min(p.get_x() for p in ax.patches)
    assert left == pytest.approx(-60)  # geese: 60 % no, nothing in the middle

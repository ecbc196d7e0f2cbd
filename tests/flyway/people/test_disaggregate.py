import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flyway.people.disaggregate import audit_table, disaggregate
from flyway.people.suppression import lattice


def people(counts, rows=("woman", "man"), columns=("young", "middle", "old")):
    """One row per person from a table of numbers."""
    cells = itertools.product(rows, columns)
    found = [cell for cell, n in zip(cells, np.ravel(counts), strict=True) for _ in range(n)]
    return pd.DataFrame(found, columns=["sex", "age"])


def every_table(made, top):
    """Every table of whole numbers with the published sums, by going through them all."""
    shown = made.table
    grid = lattice(tuple(len(set(shown[c])) - 1 for c in made.by))
    n = shown["n"].to_numpy(dtype=float, na_value=np.nan)
    base = n[grid.base]
    choices = [range(1, top + 1) if np.isnan(v) else [int(v)] for v in base]
    tables = np.array(list(itertools.product(*choices)), dtype=float)
    sums = tables @ grid.sums.T
    return sums[np.nanmax(np.abs(sums - n), axis=1) < 0.5]


def test_a_lone_small_cell_takes_three_others_with_it():
    made = disaggregate(people([[2, 20, 21], [22, 23, 24]]), ["sex", "age"])
    hidden = made.table[made.table["hidden"]]
    assert len(hidden) == 4
    assert not (hidden[["sex", "age"]] == "all").any(axis=None)  # totals stay
    assert made.crosstab().loc["woman", "young"] == "hidden"
    assert made.crosstab().loc["all", "all"] == "112"


def test_hiding_only_the_small_cell_is_undone_by_subtraction():
    made = disaggregate(people([[2, 20, 21], [22, 23, 24]]), ["sex", "age"])
    naive = disaggregate(people([[2, 20, 21], [22, 23, 24]]), ["sex", "age"], threshold=2).table
    naive = naive.assign(n=naive["n"].mask(naive["n"] == 2))
    told = audit_table(naive, ["sex", "age"])
    assert told[["lower", "upper"]].iloc[0].tolist() == [2, 2]
    assert (made.audit()["width"] >= 5).all()


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 9), min_size=6, max_size=6), st.integers(2, 5))
def test_no_hidden_cell_is_inferred_whatever_the_table(counts, threshold):
    if sum(counts) == 0:
        return
    table = people(np.reshape(counts, (2, 3)))
    table["age"] = pd.Categorical(table["age"], ["young", "middle", "old"])
    table["sex"] = pd.Categorical(table["sex"], ["woman", "man"])
    try:
        made = disaggregate(table, ["sex", "age"], threshold=threshold)
    except ValueError as error:
        assert "join classes" in str(error)
        return
    truth = lattice((2, 3)).sums @ np.array(counts, float)
    n = made.table["n"].to_numpy(dtype=float, na_value=np.nan)
    shown = ~made.table["hidden"].to_numpy()
    assert (n[shown] == truth[shown]).all()
    assert not ((truth > 0) & (truth < threshold) & shown).any()
    if shown.all():
        return
    ends = made.audit()
    assert (ends["lower"] <= truth[~shown]).all()
    assert (truth[~shown] <= ends["upper"]).all()
    assert (ends["width"] >= threshold).all()
    possible = every_table(made, 6)[:, ~shown]  # an attack of our own, with cells up to 6
    if len(possible):
        assert (possible.min(axis=0) >= ends["lower"]).all()
        assert (possible.max(axis=0) <= ends["upper"]).all()


def test_the_audit_finds_exactly_what_all_tables_allow():
    made = disaggregate(people([[2, 6, 7], [8, 3, 9]]), ["sex", "age"], threshold=4)
    ends = made.audit()
    possible = every_table(made, 15)[:, made.table["hidden"].to_numpy()]
    assert possible.min(axis=0).tolist() == ends["lower"].tolist()
    assert possible.max(axis=0).tolist() == ends["upper"].tolist()


def test_hidden_numbers_are_nowhere_in_the_result():
    made = disaggregate(people([[2, 20, 21], [22, 23, 24]]), ["sex", "age"])
    hidden = made.table["hidden"]
    assert made.table.loc[hidden, "n"].isna().all()
    assert set(vars(made)) == {"by", "table", "threshold", "protection", "limits", "notes"}


def test_means_are_hidden_with_their_cells_and_by_hand_elsewhere():
    table = people([[2, 20, 21], [22, 23, 24]])
    table["score"] = np.arange(len(table)) % 11
    made = disaggregate(table, ["sex", "age"], "score", limits=(0, 10))
    hidden = made.table["hidden"]
    assert made.table.loc[hidden, ["estimate", "se", "lower", "upper"]].isna().all(axis=None)
    last = made.table.iloc[-1]
    assert last["estimate"] == pytest.approx(table["score"].mean())
    assert last["se"] == pytest.approx(table["score"].std() / np.sqrt(len(table)))
    assert (made.audit()["width"] >= 5).all()


def test_means_can_give_away_a_count_and_are_audited_too():
    # all the hidden women have full marks, all young people none: the shared cell must be small
    rows = [["woman", "young"], ["woman", "old"], ["man", "young"], ["man", "old"]]
    table = pd.DataFrame(
        [(a, b, None, np.nan) for a, b in rows], columns=["sex", "age", "n", "estimate"]
    )
    totals = [("woman", "all", 10, 0.9), ("man", "all", 30, 0.5), ("all", "young", 12, 0.1)]
    totals += [("all", "old", 28, (9 + 15 - 1.2) / 28), ("all", "all", 40, 0.6)]
    table = pd.concat([table, pd.DataFrame(totals, columns=table.columns)], ignore_index=True)
    table["n"] = table["n"].astype("Int64")
    plain = audit_table(table, ["sex", "age"]).set_index(["sex", "age"])
    told = audit_table(table, ["sex", "age"], limits=(0, 1)).set_index(["sex", "age"])
    assert plain.loc[("woman", "young"), "upper"] == 9
    # 9 of 10 points are women's, 1.2 of 12 young people's: at most 1 + 1.2 women are young
    assert told.loc[("woman", "young"), "upper"] == 2


def test_one_column_three_columns_and_blanks():
    one = disaggregate(pd.DataFrame({"sex": ["woman"] * 9 + ["man"] * 8}), "sex")
    assert one.crosstab()["n"].tolist() == ["8", "9", "17"]
    rng = np.random.default_rng(3)
    table = pd.DataFrame({c: rng.choice(list("ab"), 90) for c in ("sex", "age", "village")})
    table.loc[:6, "sex"] = None
    three = disaggregate(table, ["sex", "age", "village"])
    assert "not stated" in set(three.table["sex"])
    assert three.table["hidden"].any()
    assert (three.audit()["width"] >= 5).all()
    assert three.crosstab().shape == (12, 3)


def test_a_lone_small_group_hides_a_total():
    made = disaggregate(pd.DataFrame({"sex": ["woman"] * 30 + ["other"] * 2}), "sex", threshold=3)
    assert made.table["hidden"].sum() == 2 or made.table.loc[2, "hidden"]
    assert (made.audit()["width"] >= 3).all()


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (people([[0] * 3] * 2), {}, "no one to count"),
        (people([[9] * 3] * 2), {"threshold": 1}, "threshold is 1"),
        (people([[9] * 3] * 2), {"protection": 0}, "protection is 0"),
        (people([[9] * 3] * 2), {"by": ["sex", "sex"]}, "one to three different"),
        (people([[9] * 3] * 2), {"by": ["sex", "work"]}, "no column 'work'"),
        (people([[9] * 3] * 2, rows=("all", "man")), {}, "sex is 'all' in row 0"),
        (people([[9] * 3] * 2).assign(s=12), {"value": "s", "limits": (0, 10)}, "s is 12 in row 0"),
    ],
)
def test_bad_input_is_named(table, options, message):
    with pytest.raises(ValueError, match=message):
        disaggregate(table, **{"by": ["sex", "age"], **options})


def test_a_table_that_contradicts_itself_is_refused():
    made = disaggregate(people([[2, 20, 21], [22, 23, 24]]), ["sex", "age"]).table
    wrong = made.assign(n=made["n"].where(made.index != len(made) - 1, 50))
    with pytest.raises(ValueError, match="contradict each other"):
        audit_table(wrong, ["sex", "age"])
    with pytest.raises(ValueError, match="this one is missing: all, all"):
        audit_table(made.iloc[:-1], ["sex", "age"])

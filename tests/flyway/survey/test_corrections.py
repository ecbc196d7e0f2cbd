"""Corrections: each on record, no row lost."""

import pandas as pd
import pytest

from flyway.survey.corrections import ROW, apply_corrections


@pytest.fixture
def table():
    return pd.DataFrame(
        {"site": ["Izumi", "Suncheon", "TOTAL"], "count": [120, 80, 200]}, [2, 3, 4]
    )


def changes(**options):
    line = {"row": 2, "column": "count", "value": 118, "who": "A. Counter", "why": "misread"}
    return pd.DataFrame([line | options])


def test_corrections_are_made_one_by_one_and_recorded(table):
    result = apply_corrections(table, changes())
    assert result.data.loc[2, "count"] == 118
    assert table.loc[2, "count"] == 120
    assert result.record[["before", "after", "why"]].to_numpy().tolist() == [[120, 118, "misread"]]
    assert len(result.data) == len(table)
    assert pd.isna(apply_corrections(table, changes(value=None)).data.loc[2, "count"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"row": 99}, "row 99 is not in the table"),
        ({"column": "birds"}, "column 'birds' is not in the table"),
        ({"why": ""}, "no who or no why"),
    ],
)
def test_corrections_need_a_place_a_name_and_a_reason(table, options, message):
    with pytest.raises(ValueError, match=message):
        apply_corrections(table, changes(**options))


def test_a_cell_is_not_changed_twice(table):
    with pytest.raises(ValueError, match="changed twice"):
        apply_corrections(table, pd.concat([changes(), changes(value=3)]))


def aside(**options):
    return pd.DataFrame([{"row": 4, "who": "A. Counter", "why": "a sum"} | options])


def test_a_row_set_aside_is_kept_as_it_was(table):
    result = apply_corrections(table, changes(), aside())
    assert result.data.index.tolist() == [2, 3]
    assert result.aside.equals(table.loc[[4]])
    assert result.record["column"].tolist() == ["count", ROW]
    assert len(result.data) + len(result.aside) == len(table)
    assert result.summary() is result.record


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (aside(row=9), "row 9 is not in the table"),
        (aside(who=" "), "row 4 has no who or no why"),
        (aside(row=2), "row 2 is both changed and set aside"),
        (pd.concat([aside(), aside()]), "row 4 is set aside twice"),
    ],
)
def test_setting_aside_needs_a_row_a_name_and_a_reason(table, rows, message):
    with pytest.raises(ValueError, match=message):
        apply_corrections(table, changes(), rows)


def test_without_changes_nothing_changes(table):
    result = apply_corrections(table)
    assert result.data.equals(table) and result.record.empty and result.aside.empty

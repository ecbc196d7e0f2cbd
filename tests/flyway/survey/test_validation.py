import numpy as np
import pandas as pd
import pytest

from flyway.survey.corrections import apply_corrections
from flyway.survey.form import FIELDS, empty_form, form_fields
from flyway.survey.validation import validate

LATEST = "2024-12-31"


def clean(rows=8):
    return pd.DataFrame(
        {
            "site": ["Izumi", "Suncheon"] * (rows // 2),
            "date": [f"2024-01-{d:02d}" for d in range(1, rows + 1)],
            "species": "Hooded Crane",
            "count": [120, 80] * (rows // 2),
            "adults": 50,
            "juveniles": 10,
            "start_time": "07:00",
            "end_time": "08:30",
            "effort_min": 90,
            "observers": 2,
            "method": "roost count",
            "wind_bft": 3,
            "visibility_km": 10.0,
            "lat": [32.1, 34.9] * (rows // 2),
            "lon": [130.3, 127.5] * (rows // 2),
        }
    )


def log_of(change, **options):
    table = clean().astype(object)
    change(table)
    return validate(table, latest=LATEST, **options)


def put(row, column, value):
    def change(table):
        table.loc[row, column] = value

    return change


def test_a_clean_table_has_an_empty_log():
    result = validate(clean(), latest=LATEST)
    assert result.log.empty
    assert result.ok
    assert result.counts()["count"].tolist() == [120, 80] * 4
    assert result.summary().empty


@pytest.mark.parametrize(
    ("row", "column", "value", "rule", "mend"),
    [
        (2, "site", None, "required", "write the site"),
        (2, "date", "", "required", "write the date"),
        (2, "date", "03/04/2024", "not a date", "day and month cannot be told apart"),
        (2, "date", "15.01.2024", "not a date", "write 2024-01-15"),
        (2, "date", "2024-02-30", "not a date", "real day"),
        (2, "date", "2029-01-01", "date in the future", "correct the year"),
        (2, "date", "1824-01-01", "date too early", "correct the year"),
        (2, "date", "1924-01-01", "date too early", "earliest"),
        (2, "count", "-", "not a number", "write 0 if it was looked for"),
        (2, "count", "50+", "not a number", "put the doubt into the notes"),
        (2, "count", "1,200", "not a number", "write 1200"),
        (2, "count", "many", "not a number", "write a number"),
        (2, "count", -4, "out of range", "0 or more"),
        (2, "count", 80.5, "not whole", "whole birds"),
        (2, "adults", 115, "ages above count", "correct the count or the ages"),
        (2, "start_time", "7.30", "not a time", "07:30"),
        (2, "start_time", "25:00", "not a time", "23:59"),
        (2, "end_time", "06:00", "end before start", "midnight"),
        (2, "observers", 0, "out of range", "1 or more"),
        (2, "effort_min", 9000, "out of range", "1440 or less"),
        (2, "wind_bft", 13, "out of range", "12 or less"),
        (2, "method", "guess", "unknown word", "roost count"),
        (2, "lat", 130.3, "out of range", "swapped"),
    ],
)
def test_each_mistake_is_named_by_row_column_rule_and_mend(row, column, value, rule, mend):
    result = log_of(put(row, column, value))
    line = result.errors.iloc[0]
    assert (line["row"], line["column"], line["rule"]) == (row, column, rule)
    assert mend in line["mend"]
    assert not result.ok
    with pytest.raises(ValueError, match=f"errors remain; the first is in row {row}"):
        result.counts()


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        (2, "site", "Izumi ", "spaces"),
        (2, "site", "IZUMI", "spelling"),
        (2, "effort_min", 30, "effort and clock differ"),
        (2, "lat", 33.0, "site moved"),
        (2, "lon", None, "half a coordinate"),
    ],
)
def test_doubtful_cells_are_for_a_human_to_check(row, column, value, rule):
    result = log_of(put(row, column, value))
    assert result.ok
    assert (row, rule) in set(zip(result.log["row"], result.log["rule"], strict=True))


def test_no_row_is_dropped_and_the_table_is_untouched():
    def spoil(table):
        table.loc[0, "count"], table.loc[3, "date"], table.loc[5, "site"] = "?", "soon", None

    table = clean().astype(object)
    spoil(table)
    before = table.copy()
    result = validate(table, latest=LATEST)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(result.data, before)
    assert len(result.values) == len(table)


def test_a_blank_is_noted_and_is_not_a_zero():
    result = log_of(put(1, "count", None), known_sites=["Izumi", "Suncheon"])
    assert result.errors["rule"].tolist() == ["ages without count"]  # 60 birds were aged there
    table = clean().drop(columns=["adults", "juveniles"])
    table.loc[1, "count"] = np.nan
    table.loc[3, "count"] = 0
    result = validate(table, latest=LATEST)
    assert result.log[["row", "rule", "severity"]].to_numpy().tolist() == [
        [1, "blank count", "note"]
    ]
    read = result.counts()["count"]
    assert np.isnan(read[1])
    assert read[3] == 0


def test_doubled_rows_are_found_with_the_same_and_with_another_count():
    table = pd.concat([clean(2)] * 2, ignore_index=True).assign(count=[120, 80, 120, 90])
    errors = validate(table, latest=LATEST).errors
    assert errors["rule"].tolist() == ["doubled row"] * 2
    assert "row 0, with the same count" in errors["message"][0]
    assert "row 1, with another count" in errors["message"][1]


def test_unknown_names_come_with_a_suggestion():
    result = log_of(put(2, "site", "Izumy"), known_sites=["Izumi", "Suncheon"])
    assert result.errors["mend"].tolist() == ["did you mean 'Izumi'?"]
    result = log_of(put(2, "species", "Crane sp."), known_species=["Hooded Crane"])
    assert result.errors["rule"].tolist() == ["unknown name"]


def test_a_region_finds_swapped_coordinates():
    table = clean()
    table.loc[2, ["lat", "lon"]] = [60.0, 33.0]
    mends = validate(table, latest=LATEST, region=(20, 60, 25, 150)).log
    assert "site moved" in set(mends["rule"])
    table.loc[2, ["lat", "lon"]] = [45.0, 10.0]
    assert "outside the region" in set(
        validate(table, latest=LATEST, region=(20, 60, 100, 150)).log["rule"]
    )


def test_a_renamed_site_is_found():
    table = clean()
    table["site"] = np.where(table.index < 4, "Izumi", "Izumi plain wetland")
    table[["lat", "lon"]] = [32.1, 130.3]
    result = validate(table, latest=LATEST)
    assert result.log["rule"].tolist() == ["renamed site"]
    assert result.log["row"].tolist() == [4]


def test_an_outlier_of_the_sites_own_history_is_found_and_kept():
    history = pd.DataFrame(
        {"site": "Izumi", "species": "Hooded Crane", "count": [110, 130, 125, 115, 140, 118]}
    )
    table = clean()
    table["count"] = table["count"].replace(120, 119)
    table.loc[2, "count"] = 11900
    result = validate(table, latest=LATEST, history=history)
    assert result.log[["row", "rule"]].to_numpy().tolist() == [[2, "unlike its history"]]
    assert result.counts()["count"][2] == 11900


def test_a_misspelt_column_is_told():
    result = validate(clean().rename(columns={"visibility_km": "visibilty_km"}), latest=LATEST)
    assert "did you mean 'visibility_km'?" in result.log["mend"].tolist()
    assert "visibilty_km" in result.values


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (clean().drop(columns="species"), "no column 'species'"),
        (pd.concat([clean(), clean()]), "row labels repeat"),
        ([1, 2], "must be a DataFrame"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(table, message):
    with pytest.raises(ValueError, match=message):
        validate(table)


def test_nullable_types_and_timestamps_are_read():
    table = clean().convert_dtypes().assign(date=pd.date_range("2024-01-01", periods=8))
    assert validate(table, latest=LATEST).log.empty


def test_an_empty_form_has_the_columns_of_the_form():
    assert (
        list(empty_form().columns) == [f.name for f in FIELDS] == form_fields()["column"].tolist()
    )
    assert validate(empty_form(), latest=LATEST).log.empty
    assert len(validate(empty_form(2), latest=LATEST).errors) == 6  # site, date, species, twice


def test_a_table_without_the_columns_of_the_form_says_how_to_rename_them():
    with pytest.raises(ValueError, match=r"columns=\{'your name': 'site'\}"):
        validate(clean().rename(columns={"site": "Place"}))
    with pytest.raises(ValueError, match="choose 'day first'"):
        validate(clean(), date_order="dmy")


@pytest.mark.parametrize("name", ["TOTAL", "Sum", "합계", "合计", "合計", "Итого", "Нийт"])
def test_a_sum_at_the_foot_of_the_table_is_found(name):
    log = log_of(put(7, "site", name)).errors
    assert log["rule"].tolist() == ["sum row"] and log["row"].tolist() == [7]


def test_what_can_mean_one_thing_only_is_suggested():
    def spoil(table):
        table.loc[1, "date"] = "2024/01/02"
        table.loc[2, "count"] = "1,200"
        table.loc[3, "site"] = " suncheon"
        table.loc[4, "date"] = "05/01/2024"
        table.loc[5, "count"] = "ca. 80"

    result = log_of(spoil)
    found = result.suggestions("a coordinator")
    assert {(r.row, r.column): r.value for r in found.itertuples()} == {
        (1, "date"): "2024-01-02",
        (2, "count"): "1200",
        (3, "site"): "Suncheon",
    }
    assert set(found["who"]) == {"a coordinator"} and found["why"].str.len().gt(10).all()
    assert result.suggestions("x", "not a date")["row"].tolist() == [1]
    with pytest.raises(ValueError, match="no finding has the rule 'dates'"):
        result.suggestions("x", ["dates"])
    with_order = log_of(spoil, date_order="day first").suggestions("x", "not a date")
    assert with_order["value"].tolist() == ["2024-01-02", "2024-01-05"]


def test_suggestions_settle_what_they_are_for():
    spoiled = clean().astype(object)
    spoiled.loc[1, "date"], spoiled.loc[3, "site"] = "15.01.2024 ", " suncheon "
    result = validate(spoiled, latest=LATEST)
    mended = apply_corrections(spoiled, result.suggestions("x")).data
    left = set(validate(mended, latest=LATEST).log["rule"])
    assert left <= {"doubled row"}, left


def test_nothing_to_suggest_makes_an_empty_table_of_corrections():
    found = validate(clean(), latest=LATEST).suggestions("x")
    assert found.empty
    assert apply_corrections(clean(), found).data.equals(clean())


def test_one_decision_for_all_cells_of_a_rule():
    def spoil(table):
        table.loc[[1, 2], "count"] = "-"
        table.loc[[3, 4], "count"] = ["ca. 80", "about 90"]

    result = log_of(spoil)
    dash = result.decide("not a number", "", "x", "the counter says: not visited", cell="-")
    assert dash["row"].tolist() == [1, 2] and set(dash["value"]) == {""}
    said = result.decide("not a number", lambda text: text.split()[-1], "x", "said so", "ca. 80")
    assert said["value"].tolist() == ["80"]
    assert len(result.decide("not a number", "", "x", "asked")) == 4
    with pytest.raises(ValueError, match=r"no cell that 'not a number' found holds '\?'"):
        result.decide("not a number", "", "x", "asked", cell="?")
    with pytest.raises(ValueError, match=r"the rules of this log: .*'not a number'"):
        result.decide("sum row", "", "x", "asked")


def test_rows_found_by_rules_can_be_set_aside():
    spoiled = clean().astype(object)
    spoiled.loc[7, "site"] = "total"
    result = validate(spoiled, latest=LATEST)
    rows = result.rows_with("sum row", "x", "a sum")
    done = apply_corrections(spoiled, aside=rows)
    assert rows["row"].tolist() == done.aside.index.tolist() == [7]
    assert validate(done.data, latest=LATEST).ok


def test_findings_are_told_in_sentences():
    table = clean()[["site", "date", "species", "count"]].astype(object)
    table.loc[[1, 2, 3, 4, 5], "count"] = "-"
    told = str(validate(table, latest=LATEST))
    assert told.startswith("8 rows: 5 errors to mend, 0 values to look at, 0 notes\n")
    assert "error: not a number (5)\n  row 1, count: count is '-'" in told
    assert "-> write 0 if it was looked for" in told
    assert told.endswith("  and 2 more")

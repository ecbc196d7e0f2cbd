import pandas as pd
import pandera.errors
import pytest

from flyway.survey.validation import validate
from flyway_course.count_form import count_form_schema

LATEST = "2024-12-31"


def clean():
    return pd.DataFrame(
        {
            "site": ["Izumi", "Suncheon"],
            "date": pd.to_datetime(["2024-01-13", "2024-01-14"]),
            "species": "Hooded Crane",
            "count": [120, None],
            "adults": [90, None],
            "juveniles": [20, None],
            "start_time": ["07:00", "16:30"],
            "observers": [2, 3],
            "lat": [32.1, 34.9],
        }
    )


def test_a_clean_form_passes_both():
    assert validate(clean(), latest=LATEST).ok
    count_form_schema(LATEST).validate(clean(), lazy=True)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("count", -1, "out of range"),
        ("count", 2.5, "not whole"),
        ("adults", 500, "ages above count"),
        ("observers", 0, "out of range"),
        ("lat", 91, "out of range"),
        ("start_time", "7h", "not a time"),
        ("date", pd.Timestamp("2031-01-01"), "date in the future"),
    ],
)
def test_both_refuse_the_same_mistake_by_the_same_name(column, value, rule):
    table = clean()
    table[column] = table[column].astype(object)
    table.loc[0, column] = value
    assert rule in set(validate(table, latest=LATEST).errors["rule"])
    with pytest.raises(pandera.errors.SchemaErrors) as found:
        count_form_schema(LATEST).validate(table, lazy=True)
    assert rule in set(found.value.failure_cases["check"].astype(str))


def test_both_refuse_doubled_rows_and_missing_sites():
    doubled = pd.concat([clean(), clean()], ignore_index=True)
    nameless = clean().assign(site=[None, "Suncheon"])
    for table in (doubled, nameless):
        assert not validate(table, latest=LATEST).ok
        with pytest.raises(pandera.errors.SchemaErrors):
            count_form_schema(LATEST).validate(table, lazy=True)

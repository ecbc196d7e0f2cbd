import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from flyway.survey.archive import read_archive, write_archive
from flyway.survey.exchange import from_darwin_core, to_darwin_core
from flyway.survey.iwc import from_site_form, to_site_form
from flyway.survey.places import blur_coordinates

NAMES = {"Hooded Crane": "Grus monacha", "White-naped Crane": "Antigone vipio"}


def counts():
    return pd.DataFrame(
        {
            "site": ["Izumi", "Izumi", "Suncheon Bay", "Suncheon Bay"],
            "date": ["2024-01-13", "2024-01-13", "2024-01-14", "2024-01-14"],
            "species": ["Hooded Crane", "White-naped Crane"] * 2,
            "count": [120, 0, 80, None],
            "adults": [90, None, None, None],
            "juveniles": [20, None, None, None],
            "effort_min": [90, 90, 60, 60],
            "observers": [2, 2, 3, 3],
            "lat": [32.1234, 32.1234, 34.8765, 34.8765],
            "lon": [130.3333, 130.3333, 127.5123, 127.5123],
        }
    )


def test_events_occurrences_and_absences():
    core = to_darwin_core(counts(), "trial", NAMES, country_codes={"Izumi": "JP"})
    assert core.summary()["rows"].tolist() == [2, 2, 1, 1]
    assert core.event["eventID"].tolist() == [
        "trial:Izumi:2024-01-13",
        "trial:Suncheon-Bay:2024-01-14",
    ]
    assert core.event["countryCode"].tolist() == ["JP", ""]
    assert core.event["samplingEffort"].tolist() == [
        "90 minutes × 2 observers",
        "60 minutes × 3 observers",
    ]
    occurrence = core.occurrence.set_index("scientificName")
    assert occurrence.loc["Antigone vipio", "occurrenceStatus"] == "absent"
    assert occurrence.loc["Antigone vipio", "individualCount"] == 0
    assert json.loads(core.occurrence["dynamicProperties"][0]) == {"adults": 90, "juveniles": 20}
    assert core.left_out["site"].tolist() == ["Suncheon Bay"]
    assert core.occurrence["eventID"].isin(core.event["eventID"]).all()


def test_coordinates_are_blurred_unless_asked_otherwise():
    blurred = to_darwin_core(counts(), "trial", NAMES).event
    assert blurred["decimalLatitude"].tolist() == [32.15, 34.85]
    assert blurred["dataGeneralizations"].str.contains("0.1 degrees").all()
    assert (blurred["coordinateUncertaintyInMeters"] > 6000).all()
    exact = to_darwin_core(counts(), "trial", NAMES, cell_degrees=None).event
    assert exact["decimalLatitude"].tolist() == [32.1234, 34.8765]
    assert (exact["dataGeneralizations"] == "").all()


def test_round_trip_through_an_archive(tmp_path):
    path = write_archive(
        to_darwin_core(counts(), "trial", NAMES), tmp_path / "t.zip", "Trial", "A group"
    )
    back = read_archive(path)
    rows = from_darwin_core(back.event, back.occurrence)
    assert rows[["site", "species", "count"]].to_numpy().tolist() == [
        ["Izumi", "Hooded Crane", 120],
        ["Izumi", "White-naped Crane", 0],
        ["Suncheon Bay", "Hooded Crane", 80],
    ]
    assert rows["date"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-01-13",
        "2024-01-13",
        "2024-01-14",
    ]


def test_the_same_data_give_the_same_file(tmp_path):
    core = to_darwin_core(counts(), "trial", NAMES)
    files = [
        write_archive(core, tmp_path / f"{k}.zip", "Trial", "A group").read_bytes() for k in "ab"
    ]
    assert files[0] == files[1]
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["event.csv", "occurrence.csv", "meta.xml", "eml.xml"]
        assert (
            'term="http://rs.tdwg.org/dwc/terms/individualCount"'
            in archive.read("meta.xml").decode()
        )


def test_two_visits_of_one_day_are_two_events():
    table = pd.concat([counts().iloc[[0]]] * 2, ignore_index=True).assign(
        start_time=["07:00", "16:30"]
    )
    core = to_darwin_core(table, "trial", NAMES)
    assert core.event["eventID"].tolist() == [
        "trial:Izumi:2024-01-13T0700",
        "trial:Izumi:2024-01-13T1630",
    ]


@pytest.mark.parametrize(
    ("change", "dataset", "message"),
    [
        ({"species": "Swan Goose"}, "trial", "'Swan Goose' has no scientific name"),
        ({"site": None}, "trial", "site is missing in row 0"),
        ({"date": "13.01.2024"}, "trial", "'13.01.2024' in row 0"),
        ({"count": -2}, "trial", "count is negative"),
        (
            {"species": "Hooded Crane", "site": "Izumi", "date": "2024-01-13"},
            "trial",
            "row 1 repeats Hooded Crane",
        ),
        ({}, "my data", "short code without spaces"),
    ],
)
def test_darwin_core_refuses(change, dataset, message):
    with pytest.raises(ValueError, match=message):
        to_darwin_core(counts().assign(**change), dataset, NAMES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eventID": "elsewhere"}, "row 0 belongs to no event"),
        ({"individualCount": 0, "occurrenceStatus": "present"}, "'present' with a count of 0"),
        ({"individualCount": 5, "occurrenceStatus": "absent"}, "'absent' with a count of 5"),
        ({"individualCount": "about 5"}, "no number"),
    ],
)
def test_reading_darwin_core_refuses(change, message):
    core = to_darwin_core(counts(), "trial", NAMES)
    with pytest.raises(ValueError, match=message):
        from_darwin_core(core.event, core.occurrence.assign(**change))


def test_no_archive_is_refused(tmp_path):
    (tmp_path / "x.zip").write_text("no zip")
    with pytest.raises(ValueError, match="no Darwin Core Archive"):
        read_archive(tmp_path / "x.zip")
    core = to_darwin_core(counts(), "trial", NAMES)
    with pytest.raises(ValueError, match=r"ends in \.zip"):
        write_archive(core, tmp_path / "x.csv", "T", "A")
    with pytest.raises(ValueError, match="creator is blank"):
        write_archive(core, tmp_path / "x.zip", "T", " ")


@pytest.mark.parametrize("cell", [0.01, 0.1, 1.0])
def test_a_blurred_point_hides_in_its_cell_and_says_how_far(cell):
    from flyway.survey.double_count import distance_km

    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(-89, 89, 200), rng.uniform(-180, 180, 200)
    table = blur_coordinates(lat, lon, cell)
    metres = 1000 * distance_km(lat, lon, table["lat"], table["lon"])
    assert (metres <= table["uncertainty_m"] * 1.001).all()
    again = blur_coordinates(table["lat"], table["lon"], cell)
    assert np.allclose(again[["lat", "lon"]], table[["lat", "lon"]])


def test_blank_coordinates_stay_blank_and_half_ones_are_refused():
    table = blur_coordinates([None, 35.0], [None, 127.0])
    assert table["lat"].isna().tolist() == [True, False]
    assert table["generalised"][0] == ""
    with pytest.raises(ValueError, match="row 1 has only one"):
        blur_coordinates([35.0, None], [127.0, 127.0])
    with pytest.raises(ValueError, match="lat is 95"):
        blur_coordinates([95], [0])


def test_site_form_and_back():
    form = to_site_form(counts())
    assert form["Hooded Crane"].tolist() == [120, 80]
    assert form["White-naped Crane"].isna().tolist() == [False, True]
    back = from_site_form(form, ["Hooded Crane", "White-naped Crane"])
    assert back["count"].isna().sum() == 1
    assert back.dropna(subset="count")["count"].tolist() == [120, 0, 80]


def test_blanks_become_zeros_only_where_all_species_were_looked_for():
    form = to_site_form(counts()).assign(complete=[True, True])
    assert from_site_form(form, ["White-naped Crane"], complete="complete")["count"].tolist() == [
        0,
        0,
    ]
    form["complete"] = [True, False]
    assert from_site_form(form, ["White-naped Crane"], complete="complete")[
        "count"
    ].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: to_site_form(pd.concat([counts(), counts()], ignore_index=True)), "row 4 repeats a species"),
        (lambda: to_site_form(counts(), ["Hooded Crane"]), "'White-naped Crane' has no column"),
        (lambda: from_site_form(pd.concat([to_site_form(counts())] * 2, ignore_index=True), ["Hooded Crane"]), "row 2 repeats a site"),
        (lambda: from_site_form(to_site_form(counts()).assign(c=["yes", "no"]), ["Hooded Crane"], "c"), "c is 'yes' in row 0"),
        (lambda: from_site_form(to_site_form(counts()), ["Swan Goose"]), "no column 'Swan Goose'"),
    ],
)  # fmt: skip
def test_site_form_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()

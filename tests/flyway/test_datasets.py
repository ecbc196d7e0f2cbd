"""The data packages: they load with types, keep their schema, and say so when a file does not."""

import doctest
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from flyway import datasets

ROOT = Path(__file__).parents[2]
IDS = sorted(path.parent.name for path in ROOT.glob("datasets/*/datapackage.json"))


def tables():
    return [(i, r["name"]) for i in IDS for r in datasets.package(i)["resources"]]


def test_available_lists_every_package():
    assert datasets.available() == IDS


@pytest.mark.parametrize("id", IDS)
def test_package_passes_frictionless(id):
    frictionless = pytest.importorskip("frictionless", reason="a test tool that no browser has")
    report = frictionless.validate(str(datasets.folder(id) / "datapackage.json"))
    errors = [error.message for task in report.tasks for error in task.errors]
    assert report.valid, [*errors, *(error.message for error in report.errors)]


@pytest.mark.parametrize("id", IDS)
def test_package_passes_our_own_checks(id):
    assert datasets.validate(id) == []


@pytest.mark.parametrize("id", IDS)
def test_package_says_what_a_user_must_know(id):
    package = datasets.package(id)
    assert package["name"] == id
    assert package["truth"] in ("real", "simulated")
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    for name in ("title", "description", "version", "created", "contributors", "citation"):
        assert package[name]
    if package["truth"] == "real":
        assert package["sources"]
        assert all(source["title"] for source in package["sources"])
    else:
        assert {"generator", "seed", "parameters"} <= set(package["simulation"])
    assert (datasets.folder(id) / "README.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize(("id", "table"), tables())
def test_fields_are_described_and_numbers_have_units(id, table):
    for field in datasets.describe(id).fields(table):
        assert field["description"].endswith("."), field
        number = field["type"] in ("integer", "number")
        if number and field["name"] not in ("flock", "ramsar_no"):
            assert field["unit"], field


@pytest.mark.parametrize(("id", "table"), tables())
def test_values_come_with_the_types_of_the_schema(id, table):
    frame = datasets.load(id, table, all_values=True)
    assert isinstance(frame.index, pd.RangeIndex)
    assert len(frame) > 0
    kinds = {"integer": "iu", "number": "f", "boolean": "b", "date": "M"}
    for field in datasets.describe(id).fields(table):
        column = frame[field["name"]]
        if field["type"] in kinds:
            assert column.dtype.kind in kinds[field["type"]], field["name"]
        else:
            assert not isinstance(column.dtype, pd.CategoricalDtype)
            assert column.dropna().map(type).eq(str).all(), field["name"]


@pytest.mark.parametrize(("id", "table"), tables())
def test_real_values_name_a_source_or_a_doubt(id, table):
    if datasets.package(id)["truth"] != "real" or table in ("sources", "species"):
        return
    frame = datasets.load(id, table, all_values=True)
    unsourced = frame[frame["source"].isna()]
    if id == "field_glossary":
        marks = unsourced.filter(like="_confidence")
        assert marks.isin(["needs-check"]).all().all()
    elif "confidence" in frame:
        assert unsourced["confidence"].isin(["needs-check", "not found"]).all()
    else:
        assert (unsourced["basis"] == "approximate").all()
        assert unsourced["reason"].notna().all()


def test_census_loads_one_value_per_year_and_all_values_on_request():
    census = datasets.load("bfs_census")
    assert census["year"].is_unique
    by_year = census.set_index("year")["total"]
    # conflicts settled in section 0 of the fact file
    assert by_year[[1997, 2001, 2007, 2010, 2011, 2020, 2023, 2025]].tolist() == [
        535, 870, 1695, 2347, 1848, 4864, 6633, 7081,
    ]  # fmt: skip
    assert 2000 not in by_year.index  # only known from general knowledge
    everything = datasets.load("bfs_census", all_values=True)
    assert everything.loc[everything["year"] == 2023, "total"].tolist() == [6633, 6603]
    assert everything.loc[everything["year"] == 2000, "confidence"].tolist() == ["needs-check"]
    assert not census.loc[census["year"] < 1997, "use_for_trend"].any()
    assert census.loc[census["year"] >= 1997, "use_for_trend"].all()


def test_census_regions_sum_to_the_total_where_the_source_is_complete():
    regions = datasets.load("bfs_census", "regions")
    assert not regions.duplicated(["year", "region"]).any()
    sums = regions.groupby("year")["count"].sum()
    totals = datasets.load("bfs_census").set_index("year")["total"]
    for year in (2005, 2008, 2013, 2014, 2015, 2023, 2025):
        assert sums[year] == totals[year]
    assert totals[2024] - sums[2024] == 1
    assert (sums <= totals.reindex(sums.index)).all()
    assert 2007 not in sums.index  # its regions sum to the preliminary total


def test_sites_keep_positions_coarse_and_unchecked_numbers_out():
    sites = datasets.load("flyway_sites").set_index("site_id")
    assert len(sites) == 64
    breeding = sites[sites["role"].str.contains(r"\bbreeding\b(?!-)")]
    assert len(breeding) > 15
    assert (breeding["coord_precision_deg"] >= 0.1).all()
    assert breeding["lat"].eq(breeding["lat"].round(1)).all()
    assert breeding["lon"].eq(breeding["lon"].round(1)).all()
    colonies = sites.loc[["KR12", "KR13", "CN16", "RU06"]]
    assert (colonies["coord_precision_deg"] >= 0.5).all()
    assert sorted(sites["ramsar_no"].dropna()) == [924, 1144, 1377, 1380, 1594, 2054, 2462]
    assert sorted(sites["eaaf_code"].dropna()) == ["EAAF025", "EAAF027", "EAAF046", "EAAF148"]
    assert {"Taiwan area", "Republic of Korea", "DPR Korea"} <= set(sites["country_or_area"])


def test_calendar_covers_twelve_months_of_each_species():
    seasons = datasets.load("flyway_sites", "seasons")
    assert seasons.groupby("species")["month"].nunique().to_dict() == {
        "BFS": 12,
        "HC": 12,
        "WNC": 12,
    }
    published = seasons[seasons["basis"] != "approximate"]
    assert published["source"].notna().all()
    # nobody winters in July, nobody nests in January
    assert not ((seasons["month"] == 7) & (seasons["role"] == "wintering")).any()
    assert not ((seasons["month"] == 1) & (seasons["role"] == "breeding")).any()


def test_every_site_has_a_use_in_the_calendar():
    use = datasets.load("flyway_sites", "site_species")
    sites = datasets.load("flyway_sites")
    pairs = {(s, code) for s, text in zip(sites["site_id"], sites["species"], strict=True)
             for code in text.split("; ")}  # fmt: skip
    assert set(zip(use["site_id"], use["species"], strict=True)) == pairs
    cheorwon = use[(use["site_id"] == "KR03") & (use["species"] == "HC")]
    assert cheorwon["role"].tolist() == ["passage"]


def test_izumi_counts_keep_bracketed_values_apart():
    everything = datasets.load("crane_counts", all_values=True)
    assert everything["bracketed"].sum() == 18
    assert not everything.loc[everything["bracketed"], "preferred"].any()
    izumi = datasets.load("crane_counts")
    izumi = izumi[(izumi["site_id"] == "JP01") & (izumi["species"] == "HC")].set_index("year")[
        "count"
    ]
    assert izumi.index.is_unique
    assert izumi[[1999, 2021, 2025]].tolist() == [8511, 15511, 11548]


def test_korean_survey_of_january_2023_adds_up():
    counts = datasets.load("crane_counts")
    survey = counts[
        (counts["count_type"] == "NIBR national crane survey") & (counts["species"] == "HC")
    ]
    nation = survey["place"] == "Republic of Korea (national)"
    assert survey.loc[~nation, "count"].sum() == survey.loc[nation, "count"].item() == 5293


def test_parameters_hide_what_nobody_published():
    shown = datasets.load("species_parameters")
    assert shown["confidence"].isin(["confirmed", "derived"]).all()
    hidden = datasets.load("species_parameters", all_values=True)
    survival = hidden[hidden["parameter"].str.contains("annual survival")]
    assert len(survival) == 4
    assert survival["number"].isna().all()


def test_glossary_has_every_term_in_six_languages():
    terms = datasets.load("field_glossary")
    assert len(terms) == 70
    languages = ["zh_hans", "zh_hant", "ja", "ko", "mn", "ru"]
    assert terms[[*languages, "definition_en"]].notna().all().all()
    hooded = terms.set_index("term").loc["Hooded Crane"]
    assert (hooded["mn"], hooded["ru"]) == ("хар тогоруу", "чёрный журавль")


@pytest.mark.parametrize(
    ("id", "expected"),
    [("bfs_sensus", "Did you mean 'bfs_census'?"), ("whales", "Known: bfs_census, ")],
)
def test_unknown_id_lists_the_known_ones(id, expected):
    for function in (datasets.load, datasets.describe, datasets.package, datasets.validate):
        with pytest.raises(datasets.DatasetError, match=re.escape(expected)):
            function(id)


def test_installation_without_packages_says_how_to_mend_it(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "_home", lambda: tmp_path)
    assert datasets.available() == []
    with pytest.raises(datasets.DatasetError, match=r"No data packages in .* Install flyway"):
        datasets.load("bfs_census")


def test_examples_of_the_documentation_are_true():
    result = doctest.testmod(datasets)
    assert result.attempted >= 3 and result.failed == 0


def test_unknown_table_lists_the_tables():
    with pytest.raises(datasets.DatasetError, match=r"'region'.*Did you mean 'regions'"):
        datasets.load("bfs_census", "region")


def test_card_shows_badge_units_licence_and_sources():
    card = datasets.describe("bfs_census")
    text, html = repr(card), card._repr_html_()
    assert "[REAL DATA]" in text
    assert "Creative Commons Attribution 4.0" in text
    assert "total (integer) [birds]" in text
    assert '<span class="fw-badge fw-real">real data</span>' in html
    assert html.count("<details>") == len(datasets.package("bfs_census")["resources"])
    assert "CC BY 4.0" in card.cite
    assert "[SIMULATED DATA]" in repr(datasets.describe("winter_counts"))


def test_card_escapes_what_a_package_of_ones_own_may_hold(tmp_path):
    shutil.copytree(datasets.folder("bfs_census"), tmp_path / "mine")
    path = tmp_path / "mine" / "datapackage.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace("World totals", "<script>"), encoding="utf-8"
    )
    assert "<script>" not in datasets.describe(tmp_path / "mine")._repr_html_()


# One fault per case: table, text to find, text to put there, words of the message.
FAULTS = {
    "text for a number": (
        "totals", "2025,17-19 Jan,7081", "2025,17-19 Jan,7 081",
        "totals.csv, row 40, column 'total': '7 081' is not a whole number.",
    ),
    "below the minimum": (
        "totals", "2025,17-19 Jan,7081", "2025,17-19 Jan,-7",
        "totals.csv, row 40, column 'total': -7 is below the minimum of 1.",
    ),
    "above the maximum": (
        "totals", "2025,17-19 Jan", "2205,17-19 Jan",
        "totals.csv, row 40, column 'year': 2205 is above the maximum of 2025.",
    ),
    "required value empty": (
        "totals", "2025,17-19 Jan,7081", "2025,17-19 Jan,",
        "totals.csv, row 40, column 'total': is empty, but a value is required.",
    ),
    "unknown region": (
        "regions", "2025,Macao", "2025,Macau",
        "column 'region': 'Macau' is not one of: Taiwan area, Mainland China",
    ),
    "yes and no": (
        "totals", "2025,17-19 Jan,7081,final,1", "2025,17-19 Jan,7081,final,yes",
        "column 'preferred': 'yes' is not 1 (yes) or 0 (no).",
    ),
    "pattern": (
        "totals", "S1; S2", "S1 and S2",
        "column 'source': 'S1 and S2' does not have the form",
    ),
    "repeated key": (
        "totals", "2025,17-19 Jan,7081", "2024,x,6988",
        "totals.csv, row 40: repeats the key of row 39 (year = 2024, total = 6988).",
    ),
    "columns differ": (
        "totals", "year,dates,total", "year,dates,birds",
        "totals.csv, row 1: the columns differ from the schema (missing: total; not in the schema: birds).",
    ),
    "a comma too many": (
        "totals", "2025,17-19 Jan,7081", "2025,17-19 Jan,7,081",
        "totals.csv, row 40: 10 cells, but the table has 9 columns.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_broken_file_names_row_and_column(name, tmp_path):
    table, old, new, message = FAULTS[name]
    mine = tmp_path / "mine"
    shutil.copytree(datasets.folder("bfs_census"), mine)
    path = mine / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    assert any(message in problem for problem in datasets.validate(mine)), datasets.validate(mine)
    with pytest.raises(datasets.DatasetError, match=re.escape(message)):
        datasets.load(mine, table)


def test_lost_source_key_and_lost_foreign_key_are_found(tmp_path):
    for id, table, old, new, message in (
        ("bfs_census", "totals", "S1; S2", "S1; S999", "'S999' is not in the table 'sources'"),
        (
            "flyway_sites",
            "site_species",
            "JP02,HC",
            "JP99,HC",
            "'JP99' is not in the table 'sites'",
        ),
    ):
        mine = tmp_path / id
        shutil.copytree(datasets.folder(id), mine)
        path = mine / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        assert any(message in problem for problem in datasets.validate(mine))


def test_missing_file_and_wrong_encoding_are_named(tmp_path):
    mine = tmp_path / "mine"
    shutil.copytree(datasets.folder("field_glossary"), mine)
    (mine / "terms.csv").write_bytes("鶴".encode("shift_jis"))
    with pytest.raises(datasets.DatasetError, match=r"terms\.csv is not saved as UTF-8"):
        datasets.load(mine)
    (mine / "terms.csv").unlink()
    with pytest.raises(datasets.DatasetError, match=r"'terms\.csv' is missing from 'mine'"):
        datasets.load(mine)
    (mine / "datapackage.json").unlink()
    with pytest.raises(datasets.DatasetError, match=r"no datapackage\.json in the folder"):
        datasets.load(mine)


def test_many_problems_are_cut_short(tmp_path):
    mine = tmp_path / "mine"
    shutil.copytree(datasets.folder("winter_counts"), mine)
    path = mine / "counts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Site ", "Place "), encoding="utf-8")
    with pytest.raises(datasets.DatasetError, match="… and 495 more"):
        datasets.load(mine)


def test_import_stays_light():
    code = "import sys, flyway.datasets; print([m for m in ('frictionless', 'matplotlib', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_wheel_carries_the_packages(tmp_path):
    """Build the wheel, unpack it where no checkout is, and load from there."""
    pytest.importorskip("hatchling", reason="a browser builds no wheel")
    build = "from hatchling.builders.wheel import WheelBuilder as W; import sys; print(next(W(sys.argv[1]).build(directory=sys.argv[2])))"
    done = subprocess.run([sys.executable, "-c", build, str(ROOT), str(tmp_path / "dist")],
                          capture_output=True, text=True, check=True)  # fmt: skip
    site = tmp_path / "site"
    with zipfile.ZipFile(done.stdout.strip()) as wheel:
        wheel.extractall(site)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import json, flyway.datasets as d;"
        "print(json.dumps([d.__file__, str(d.folder('bfs_census')), d.available(),"
        " int(d.load('bfs_census')['total'].iloc[-1]), [d.validate(i) for i in d.available()]]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(site)], capture_output=True, text=True,
                          check=True, cwd=tmp_path)  # fmt: skip
    module, place, ids, last, problems = json.loads(done.stdout)
    assert Path(module).is_relative_to(site)
    assert Path(place) == site / "flyway" / "_datasets" / "bfs_census"
    assert ids == IDS
    assert last == 7081
    assert problems == [[]] * len(IDS)

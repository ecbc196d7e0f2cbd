"""Page files from npm, and the base map of the flyway."""

import gzip
import json
import re

import pytest
import shapely
from shapely.geometry import Point, shape

from flyway_course import basemap, setup_assets


@pytest.fixture(scope="session")
def assets():
    """The folder of the assets, fetched if they lack."""
    setup_assets.ensure_assets()
    return setup_assets.ASSETS


@pytest.fixture(scope="session")
def features(assets):
    land = json.loads((assets / "land.json").read_text(encoding="utf-8"))
    return {f["properties"]["kind"]: shape(f["geometry"]) for f in land["features"]}


def test_the_base_map_is_small_enough_to_travel_with_every_map(assets):
    data = (assets / "land.json").read_bytes()
    assert len(data) < 120_000
    assert len(gzip.compress(data)) < 40_000


def test_the_base_map_has_land_and_borders_apart(features):
    assert set(features) == {"land", "border"}
    assert features["land"].geom_type == "MultiPolygon"
    assert features["border"].geom_type == "MultiLineString"
    assert features["land"].is_valid
    west, south, east, north = features["land"].union(features["border"]).bounds
    assert (west, south, east, north) == pytest.approx(basemap.REGION, abs=0.01)


@pytest.mark.parametrize(
    ("place", "lon", "lat"),
    [
        ("Seoul", 126.99, 37.55),
        ("Tainan", 120.25, 23.0),
        ("Ulaanbaatar", 106.9, 47.9),
        ("Jeju", 126.55, 33.4),
        ("Hokkaido", 142.8, 43.4),
        ("Yakutia", 130.0, 67.0),
        ("Chukotka, near the edge of the map", 174.0, 67.5),
        ("Luzon", 121.0, 16.5),
    ],
)
def test_land_is_land(features, place, lon, lat):
    assert features["land"].contains(Point(lon, lat)), place


@pytest.mark.parametrize(
    ("place", "lon", "lat"),
    [
        ("Yellow Sea", 123.0, 36.0),
        ("East Sea / Sea of Japan", 134.0, 39.5),
        ("Sea of Okhotsk", 150.0, 55.0),
        ("Arctic Ocean", 160.0, 72.5),
        ("Pacific", 160.0, 30.0),
    ],
)
def test_sea_is_sea(features, place, lon, lat):
    assert not features["land"].intersects(Point(lon, lat)), place


def test_borders_run_between_countries_and_not_along_coasts(features):
    border = features["border"]
    assert border.distance(Point(127.0, 38.3)) < 0.2  # across the Korean peninsula
    assert border.distance(Point(114.15, 22.5)) > 1  # none at Hong Kong
    inland = features["land"].buffer(-0.1)
    share = shapely.intersection(border, inland).length / border.length
    assert share > 0.95


def test_coordinates_have_two_decimals(assets):
    text = (assets / "land.json").read_text(encoding="utf-8")
    assert not re.search(r"\d\.\d{3}", text)


def test_leaflet_asks_for_no_picture_of_its_layer_list(assets):
    css = (assets / "leaflet.css").read_text(encoding="utf-8")
    assert "images/layers" not in css
    assert css.count("data:image/png;base64,") == 2
    assert "Leaflet 1.9" in (assets / "leaflet.js").read_text(encoding="utf-8")[:200]


def test_arcs_are_decoded_with_their_steps_and_across_180_degrees():
    topology = {
        "transform": {"scale": [0.5, 0.25], "translate": [10, 20]},
        "arcs": [[[0, 0], [2, 4], [-2, 0]]],
    }
    assert basemap.decode_arcs(topology) == [[(10, 20), (11, 21), (10, 21)]]
    dateline = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[178, 60], [-357, 1], [1, 0]]],
    }
    assert basemap.decode_arcs(dateline) == [[(178, 60), (181, 61), (182, 61)]]


def test_a_small_made_up_atlas(tmp_path):
    """Two square countries side by side: one land, one line between them."""
    atlas = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [
            [[110, 30], [0, 10]],  # the line that both use
            [[110, 40], [10, 0], [0, -10], [-10, 0]],  # around the east
            [[110, 30], [-10, 0], [0, 10], [10, 0]],  # around the west
        ],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "East"}},
                    {"type": "MultiPolygon", "arcs": [[[~0, 2]]], "properties": {"name": "West"}},
                ]
            },
            "land": {"geometries": [{"type": "Polygon", "arcs": [[1, 2]]}]},
        },
    }
    (tmp_path / "atlas.json").write_text(json.dumps(atlas))
    made = basemap.flyway_land(tmp_path / "atlas.json")
    land, border = (shape(feature["geometry"]) for feature in made["features"])
    assert land.area == pytest.approx(200)
    assert border.equals(shapely.LineString([(110, 30), (110, 40)]))


# ---- fetching ---------------------------------------------------------------------------------


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """The asset tool, looking after an empty checkout."""
    (tmp_path / "package-lock.json").write_text("{}")
    for name, place in {
        "ROOT": tmp_path,
        "BUILD": tmp_path / "_build",
        "NODE_MODULES": tmp_path / "node_modules",
        "NODE_STAMP": tmp_path / "node_modules" / ".course-stamp",
        "ASSETS": tmp_path / "assets",
        "ASSET_STAMP": tmp_path / "assets" / ".stamp",
    }.items():
        monkeypatch.setattr(setup_assets, name, place)
    done = []

    def npm(dev):
        done.append("npm dev" if dev else "npm")
        setup_assets.NODE_MODULES.mkdir(exist_ok=True)
        lock = setup_assets._digest(tmp_path / "package-lock.json")
        setup_assets.NODE_STAMP.write_text(f"{'dev' if dev else 'core'} {lock}")

    def make():
        done.append("map")
        setup_assets.ASSETS.mkdir(exist_ok=True)

    monkeypatch.setattr(setup_assets, "_npm_ci", npm)
    monkeypatch.setattr(setup_assets, "_make_assets", make)
    return done


def test_work_is_done_once_and_again_only_when_the_lock_changes(empty, tmp_path):
    setup_assets.ensure_assets()
    setup_assets.ensure_assets()
    assert empty == ["npm", "map"]
    (tmp_path / "package-lock.json").write_text('{"changed": 1}')
    setup_assets.ensure_assets()
    assert empty == ["npm", "map", "npm", "map"]


def test_the_tests_tools_are_fetched_on_top_and_serve_both(empty):
    setup_assets.ensure_assets()
    setup_assets.ensure_assets(dev=True)
    setup_assets.ensure_assets()
    setup_assets.ensure_assets(dev=True)
    assert empty == ["npm", "map", "npm dev"]


def test_an_interrupted_map_is_made_again(empty, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    make = setup_assets._make_assets
    monkeypatch.setattr(setup_assets, "_make_assets", interrupted)
    with pytest.raises(KeyboardInterrupt):
        setup_assets.ensure_assets()
    monkeypatch.setattr(setup_assets, "_make_assets", make)
    setup_assets.ensure_assets()
    assert empty == ["npm", "map"]


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("npm error code ENOTFOUND\nnpm error network", "registry.npmjs.org was not reached"),
        ("npm error code EAI_AGAIN", "registry.npmjs.org was not reached"),
        ("npm error code ENOSPC", "is full: free 200 MB"),
        ("npm error code EACCES", "cannot be written"),
    ],
)
def test_npm_that_fails_gets_one_sentence(output, sentence):
    said = setup_assets._explain(output)
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_an_unknown_failure_of_npm_is_shown():
    assert setup_assets._explain("npm error code EINTEGRITY\nsha512 differs").endswith("differs")

"""Maps need no network, keep colonies coarse, and say in words what they show."""

import json
import re
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from flyway import datasets, maps
from flyway.maps import base
from flyway.maps.places import prepare
from flyway.plots import SPECIES, SPECIES_NAMES, show

SITES = pd.DataFrame(
    {
        "name": ["Izumi", "An islet", "A <b>bog</b>", "Deep Bay"],
        "lat": [32.1, 37.61, 49.21, 22.49],
        "lon": [130.27, 126.12, 130.13, 114.03],
        "species": ["HC; WNC", "BFS", "HC", None],
        "role": ["wintering", "breeding", "breeding; passage", "wintering"],
        "country_or_area": ["Japan", "Republic of Korea", "Russian Federation", "China"],
    }
)


@pytest.fixture(autouse=True)
def no_figure_left():
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(scope="module", autouse=True)
def map_files():
    try:
        base.asset("land.json")
    except maps.MapFilesMissing:
        pytest.skip("the map files are not made yet: `python3 course.py test` makes them")


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def data_of(site_map):
    """The marks as the page gets them."""
    found = re.search(r", d = (\{.*?\});\n", site_map.document())
    return json.loads(found.group(1))


def make(sites=SITES, **given):
    return maps.site_map(sites, title="Four places", **given)


# --- the base map --------------------------------------------------------------------------------


def test_the_land_holds_the_coasts_of_the_flyway():
    features = {f["properties"]["kind"]: f["geometry"] for f in maps.land()["features"]}
    assert set(features) == {"land", "border"}
    points = np.array([p for polygon in features["land"]["coordinates"] for p in polygon[0]])
    for lon, lat in ((120.1, 23.0), (126.6, 34.6), (130.2, 32.1), (121.8, 31.6)):
        assert np.hypot(*(points - (lon, lat)).T).min() < 1.0, f"no coast near {lat} N {lon} E"
    with pytest.raises(ValueError, match="choose one of flyway"):
        maps.land("moon")


def test_draw_land_keeps_distances_right_and_lies_below_what_follows():
    ax = maps.draw_land(plt.subplots()[1], (120, 132, 30, 40))
    assert ax.get_xlim() == (120, 132) and ax.get_ylim() == (30, 40)
    assert ax.get_aspect() == pytest.approx(1 / np.cos(np.radians(35)))
    points = ax.scatter([127.5], [34.9])
    assert all(c.get_zorder() < points.get_zorder() for c in ax.collections if c is not points)
    with pytest.raises(ValueError, match="west, east, south, north"):
        maps.draw_land(ax, (132, 120, 30, 40))


def test_missing_map_files_say_how_to_get_them(monkeypatch):
    missing = base.resources.files("flyway") / "no-such-folder"
    monkeypatch.setattr(base.resources, "files", lambda package: missing)
    for cached in (base.asset, base.land):
        cached.cache_clear()
    try:
        with pytest.raises(maps.MapFilesMissing, match=r"python3 course\.py open"):
            maps.land()
        document = make().document()
        assert "needs the internet" in document and "leaflet.js" in document
        assert data_of(make())["tiles"] is True
    finally:
        for cached in (base.asset, base.land):
            cached.cache_clear()


# --- colonies stay coarse ------------------------------------------------------------------------


def test_colonies_are_rounded_and_other_sites_are_not():
    places = prepare(SITES)
    assert places["coarse"].tolist() == [False, True, False, False]
    assert places.loc[1, ["lat", "lon"]].tolist() == [37.5, 126.0]
    assert places.loc[0, ["lat", "lon"]].tolist() == [32.1, 130.27]
    assert SITES.loc[1, "lat"] == 37.61, "the learner's table is left alone"


def test_no_map_gives_the_exact_position_of_a_colony_of_the_package():
    sites = datasets.load("flyway_sites")
    uses = datasets.load("flyway_sites", "site_species")
    nests = uses[(uses["species"] == "BFS") & (uses["role"] == "breeding")]["site_id"]
    assert len(nests) >= 4
    shown = prepare(sites).set_index("site_id")
    for site in nests:
        assert (shown.loc[site, ["lat", "lon"]] * 2 % 1 == 0).all(), f"{site} is too exact"
    for mark in (
        m for g in data_of(maps.site_map(sites, title="All"))["groups"] for m in g["sites"]
    ):
        assert not mark["coarse"] or (mark["lat"] * 2 % 1 == 0 and mark["lon"] * 2 % 1 == 0)
    for month in range(1, 13):
        now = maps.in_month(month)
        inside = now[now["site_id"].isin(nests)]
        assert (inside[["lat", "lon"]] * 2 % 1 == 0).all(axis=None)


# --- the map to move -----------------------------------------------------------------------------


@pytest.mark.parametrize("tiles", [False, True])
def test_the_whole_page_travels_with_the_map(tiles):
    document = make(tiles=tiles).document()
    page = Tags(document)
    for tag, where in (("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")):
        assert not [attrs for attrs in page.all(tag) if attrs.get(where)], (
            f"<{tag}> asks for a file"
        )
    assert "url(images" not in document and "@import" not in document
    assert [a["data-fw-asset"] for _, a in page.tags if "data-fw-asset" in a] == [
        "leaflet.js", "land.js", "leaflet.css"
    ]  # fmt: skip
    assert page.all("html")[0]["lang"] == "en" and "<title>Four places</title>" in document
    assert "user-scalable=no" not in document and "setPrefix(false)" in document
    data = data_of(make(tiles=tiles))
    assert data["tiles"] is tiles
    assert data["note"].startswith("Borders are not authoritative. Land: Natural Earth")
    assert "OpenStreetMap (needs internet)" in document


def test_each_species_has_its_colour_its_shape_and_its_switch():
    groups = data_of(make())["groups"]
    assert [g["name"] for g in groups] == [*SPECIES_NAMES.values(), "not known"]
    for code, group in zip(SPECIES, groups, strict=False):
        assert f"--light:{SPECIES[code]}" in group["icon"]
    assert len({re.search(r' d="([^"]+)"', g["icon"]).group(1) for g in groups}) == 4
    only = data_of(make(SITES[SITES["name"] == "A <b>bog</b>"]))["groups"]
    assert only[0]["icon"] == groups[2]["icon"], "a species keeps its mark when it is alone"


def test_birds_that_share_a_site_stand_side_by_side():
    groups = {g["name"]: g["sites"] for g in data_of(make())["groups"]}
    shifts = [
        s["shift"]
        for g in ("White-naped Crane", "Hooded Crane")
        for s in groups[g]
        if "Izumi" in s["label"]
    ]
    assert len(set(shifts)) == 2 and sum(shifts) == 0


def test_names_cannot_become_code():
    site_map = make()
    marks = [m for g in data_of(site_map)["groups"] for m in g["sites"] if "bog" in m["label"]]
    assert "&lt;b&gt;" in marks[0]["popup"] and "&lt;b&gt;" in marks[0]["tip"]
    evil = SITES.assign(name="</script><script>alert(1)</script>")
    assert "<script>alert" not in make(evil).document()
    assert "<script>alert" not in make(evil)._repr_html_()


def test_popups_show_the_columns_asked_for():
    marks = data_of(make(popup="country_or_area"))["groups"][0]["sites"]
    assert marks[0]["popup"] == (
        "<strong>An islet</strong><br>Republic of Korea<br>Position rounded: shown to half a degree."
    )
    groups = data_of(make(colour="country_or_area", popup=[]))["groups"]
    assert [g["name"] for g in groups] == [
        "China",
        "Japan",
        "Republic of Korea",
        "Russian Federation",
    ]


@pytest.mark.parametrize("static", [True, False])
def test_the_frame_has_a_title_and_the_sites_in_words(monkeypatch, static):
    monkeypatch.setenv("FLYWAY_STATIC", "1") if static else monkeypatch.delenv(
        "FLYWAY_STATIC", raising=False
    )
    text = make()._repr_html_()
    page = Tags(text)
    frame = page.all("iframe")[0]
    assert frame["title"] == "Map: Four places" and frame["srcdoc"] == make().document()
    assert "data-fw-map" in page.all("div")[0]
    assert ("style" in frame) is not static
    below = text.split("</iframe>")[1]
    assert "4 sites of this map as a table" in below and below.count("<tr>") == 5
    assert "A &lt;b&gt;bog&lt;/b&gt;" in below and "Hooded Crane, White-naped Crane" in below
    assert text == make()._repr_html_(), "the same map is the same page"


def test_folium_layers_can_be_added():
    import folium

    site_map = make()
    folium.CircleMarker([30, 120], radius=4).add_to(site_map)
    assert "L.circleMarker" in site_map.document()


@pytest.mark.parametrize(
    ("sites", "kind", "says"),
    [
        (SITES.drop(columns="lat"), KeyError, "needs the column 'lat'"),
        (SITES.iloc[:0], ValueError, "table of sites is empty"),
        (SITES.assign(lat=[1, None, 2, 3]), ValueError, r"lat is nan in row 1 \(An islet\)"),
        (SITES.assign(lon=[1, 2, 3, 200]), ValueError, r"lon is 200 in row 3 \(Deep Bay\)"),
    ],
)
def test_tables_that_are_no_sites_are_named(sites, kind, says):
    with pytest.raises(kind, match=says):
        make(sites)


def test_a_map_without_a_title_or_with_a_wrong_column_is_refused():
    with pytest.raises(ValueError, match="needs a title"):
        maps.site_map(SITES, title=" ")
    with pytest.raises(KeyError, match="no column 'colony'"):
        make(popup="colony")
    with pytest.raises(KeyError, match="no column 'area'"):
        make(colour="area")


# --- the months ----------------------------------------------------------------------------------


def test_a_month_follows_the_calendar_of_the_data_package():
    seasons = datasets.load("flyway_sites", "seasons")
    uses = datasets.load("flyway_sites", "site_species")
    for month in range(1, 13):
        now = maps.in_month(month)
        roles = seasons[seasons["month"] == month].groupby("species")["role"].agg(set)
        for species in SPECIES:
            mine = now[now["species"] == species]
            assert set(mine["role"]) <= roles[species]
            can = uses[(uses["species"] == species) & uses["role"].isin(roles[species])]
            assert set(mine["site_id"]) == set(can["site_id"])
            assert not mine["site_id"].duplicated().any()


def test_the_birds_are_south_in_january_and_north_in_july():
    for species in SPECIES:
        winter, summer = (
            (now := maps.in_month(month))[now["species"] == species]["lat"] for month in (1, 7)
        )
        assert winter.max() < summer.max() and winter.min() < summer.min()


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_drawn_with_its_own_words(month):
    words = maps.month_alt(month)
    assert all(name in words for name in SPECIES_NAMES.values()) and len(words) < 450
    shown = show(maps.month_map(month), alt=words)
    assert len(shown.png) < 75_000
    counts = [int(n) for n in re.findall(r"(\d+) known sites", words)]
    assert sum(counts) == len(maps.in_month(month))


@pytest.mark.parametrize("month", [0, 13, 2.5, True])
def test_a_month_that_does_not_exist_is_named(month):
    with pytest.raises(ValueError, match="1 \\(January\\) to 12"):
        maps.month_map(month)


def test_folium_is_loaded_only_for_a_map_to_move():
    import subprocess
    import sys

    code = (
        "import sys; from flyway import maps; maps.month_alt; "
        "assert 'folium' not in sys.modules; maps.site_map; assert 'folium' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match=r"flyway\.maps has no 'site'"):
        _ = maps.site


@pytest.mark.browser
def test_a_map_works_with_no_network_and_with_the_keyboard(chromium, tmp_path):
    (tmp_path / "map.html").write_text(make(tiles=True).document(), encoding="utf-8")
    with chromium.new_context() as context:
        page = context.new_page()
        asked, trouble = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text))
        page.goto((tmp_path / "map.html").as_uri())
        assert page.locator("path.fw-land").count() == 1
        marks = page.locator(".fw-mark")
        assert marks.count() == 5 and all(mark.get_attribute("aria-label") for mark in marks.all())
        page.locator('.fw-mark[aria-label="Izumi: Hooded Crane"]').focus()
        page.keyboard.press("Enter")
        assert "Hooded Crane, White-naped Crane" in page.locator(".leaflet-popup").inner_text()
        page.get_by_label("Hooded Crane", exact=True).uncheck()
        assert marks.count() == 3
        assert asked == [(tmp_path / "map.html").as_uri()], "a map asks for nothing else"
        assert trouble == []

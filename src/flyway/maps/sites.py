"""A map of sites to move and zoom: folium with the bundled base map, no network needed."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import folium
import pandas as pd
from branca.element import MacroElement, Template

from flyway.maps import page
from flyway.maps.base import NOTE, MapFilesMissing, asset
from flyway.maps.places import prepare, split
from flyway.maps.script import SCRIPT
from flyway.plots.colour import SPECIES_NAMES, dark_colour
from flyway.plots.lines import colours_for

# One outline per group, in a box from -10 to 10: a group is never told by colour alone.
OUTLINES = (
    "M0-8.2A8.2 8.2 0 1 0 0 8.2A8.2 8.2 0 1 0 0-8.2Z",  # circle
    "M0-9L9.4 7.6H-9.4Z",  # triangle
    "M-7.4-7.4H7.4V7.4H-7.4Z",  # square
    "M0-10L8 0L0 10L-8 0Z",  # diamond
    "M0 9L-9.4-7.6H9.4Z",  # triangle, point down
    "M-3-9H3V-3H9V3H3V9H-3V3H-9V-3H-3Z",  # cross
    "M0-10L9.5-3L6 8.5H-6L-9.5-3Z",  # pentagon
    "M-9-4.5H9V4.5H-9Z",  # bar
)
SHOWN = ("country_or_area", "species", "role")
"""Columns of the table of sites that a popup and the text version show, where they are there."""


class _Sites(MacroElement):
    """The groups of markers, with base map, scale and list of layers."""

    _template = Template(SCRIPT)

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self._name = "sites"
        # `<` may not stand inside a script: a site's name could end it.
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self.data = text.replace("<", "\\u003c")


class SiteMap(folium.Map):
    """A folium map that carries its base map with it; folium layers can be added as usual."""

    def __init__(self, title: str, data: dict[str, Any], table: str) -> None:
        super().__init__(
            tiles=None, location=[40, 122], zoom_start=4, max_zoom=12, min_zoom=2, zoom_snap=0.25
        )
        self.title, self._table = title, table
        self.default_js = [pair for pair in self.default_js if pair[0] == "leaflet"]
        self.default_css = [pair for pair in self.default_css if pair[0] == "leaflet_css"]
        self.add_child(_Sites(data))

    def document(self) -> str:
        """Give the map as one whole HTML page that needs no network."""
        return page.document(self.get_root().render(), self.title)

    def __repr__(self) -> str:
        return f"Map: {self.title}"

    def _repr_html_(self, **kwargs: Any) -> str:
        return page.frame(self.document(), self.title, self._table)


def site_map(
    sites: pd.DataFrame,
    *,
    colour: str = "species",
    popup: str | list[str] | None = None,
    tiles: bool = False,
    title: str,
) -> SiteMap:
    """Show sites on a map to move and zoom.

    Parameters
    ----------
    sites
        One row per site with columns `name`, `lat`, `lon` (degrees), and where known `species`,
        `role`, `country_or_area`, `coord_precision_deg`. Breeding colonies are rounded to half a
        degree and drawn as larger, fainter marks.
    colour
        Name of the column of groups; each gets a colour, a shape and a switch. Cells may hold
        several groups, as in "HC; WNC". At most eight groups.
    popup
        Column, or list of columns, to show when a site is chosen; the country or area, the species
        and the role if not given.
    tiles
        `True` adds OpenStreetMap as a second base map. It needs the internet and says so; nothing
        is fetched until the reader chooses it.
    title
        What the map shows, for the frame and for readers who cannot see it.

    Returns
    -------
    SiteMap
        A `folium.Map`; the last line of a cell displays it, with the sites as a table below.

    Raises
    ------
    KeyError
        If a column is missing; the message lists those that exist.
    ValueError
        If the title is empty, or a position is blank or outside the Earth.
    """
    if not isinstance(title, str) or not title.strip():
        raise ValueError('site_map needs a title, such as title="Sites used by the Hooded Crane".')
    places = prepare(sites)
    wanted = [popup] if isinstance(popup, str) else popup
    for column in [*(wanted or []), *([] if colour == "species" else [colour])]:
        if column not in places.columns:
            raise KeyError(f"no column '{column}': the columns are {', '.join(map(str, sites))}.")
    shown = wanted if wanted is not None else [c for c in SHOWN if c in places.columns]
    try:
        asset("land.json")
    except MapFilesMissing:
        tiles = True  # with no bundled land, an online map is better than an empty one
    margin = 0.3  # one single site still needs a box
    data = {
        "note": NOTE,
        "tiles": tiles,
        "groups": _groups(places, colour, shown),
        "bounds": [
            [places["lat"].min() - margin, places["lon"].min() - margin],
            [places["lat"].max() + margin, places["lon"].max() + margin],
        ],
    }
    return SiteMap(title.strip(), data, _table(places, shown))


def _words(value: object) -> str:
    """Write a cell for readers: species by name, a blank as "not known"."""
    parts = [SPECIES_NAMES.get(part, part) for part in split(value)]
    return ", ".join(parts) if parts else "not known"


def _groups(places: pd.DataFrame, colour: str, shown: list[str]) -> list[dict[str, Any]]:
    """Sort the sites into groups, each with its mark, name and sites."""
    cells = places[colour] if colour in places.columns else pd.Series("", index=places.index)
    members = cells.map(split).map(lambda parts: parts or ["not known"])
    present = list(dict.fromkeys(name for names in members for name in names))
    if colour == "species" and colour in places.columns:  # always in the same order
        present.sort(
            key=lambda name: list(SPECIES_NAMES).index(name) if name in SPECIES_NAMES else 9
        )
    else:
        present.sort()
    colours = colours_for(present)
    groups = []
    for order, name in enumerate(present):
        outline = OUTLINES[order if name not in SPECIES_NAMES else list(SPECIES_NAMES).index(name)]
        icon = (
            '<svg viewBox="-12 -12 24 24" aria-hidden="true" focusable="false">'
            f'<path d="{outline}" style="--light:{colours[name]};--dark:{dark_colour(colours[name])}"/>'
            "</svg>"
        )
        rows = places[members.map(lambda names, name=name: name in names)]
        marks = [_mark(row, members[at], name, shown) for at, row in rows.iterrows()]
        groups.append({"name": escape(SPECIES_NAMES.get(name, name)), "icon": icon, "sites": marks})
    return groups


def _mark(row: pd.Series, members: list[str], name: str, shown: list[str]) -> dict[str, Any]:
    """Describe one mark: place, side step for sites with several groups, and its texts."""
    step = members.index(name) - (len(members) - 1) / 2
    lines = [f"<strong>{escape(str(row['name']))}</strong>"]
    lines += [escape(_words(row[column])) for column in shown]
    if row["coarse"]:
        lines.append("Position rounded: shown to half a degree.")
    return {
        "lat": round(float(row["lat"]), 3),
        "lon": round(float(row["lon"]), 3),
        "coarse": bool(row["coarse"]),
        "shift": round(step * 13),
        "label": f"{row['name']}: {SPECIES_NAMES.get(name, name)}",
        "tip": escape(str(row["name"])),
        "popup": "<br>".join(lines),
    }


def _table(places: pd.DataFrame, shown: list[str]) -> str:
    """Write the sites as a plain table: the same map in words."""
    heads = "".join(
        f'<th scope="col">{escape(c.replace("_", " ").capitalize())}</th>' for c in ["name", *shown]
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(str(row["name"]))}</th>'
        + "".join(f"<td>{escape(_words(row[c]))}</td>" for c in shown)
        + "</tr>"
        for _, row in places.iterrows()
    )
    number = len(places)
    return (
        f"<details><summary>{number} site{'s' * (number != 1)} of this map as a table</summary>"
        f'<div class="fw-scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        "</div></details>"
    )

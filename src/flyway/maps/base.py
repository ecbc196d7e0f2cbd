"""The bundled base map: land and borders around the flyway, with no network.

Land: Natural Earth 1:50m (public domain), prepared at set-up by `flyway_course.setup_assets` into
`flyway/_assets/land.json`. Borders are Natural Earth's de-facto lines and are not authoritative.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOTE = "Borders are not authoritative. Land: Natural Earth (public domain)"
REGIONS = {"flyway": (98.0, 147.0, 17.0, 66.5)}
"""West, east, south, north edge of what a map shows, degrees."""
SEA, LAND, BORDER = "#f0f5f9", "#e0e4e8", "#aab3bd"


class MapFilesMissing(FileNotFoundError):
    """The base map is not installed; the message says how to get it."""


@cache
def asset(name: str) -> str:
    """Read one bundled map file (`leaflet.js`, `leaflet.css`, `land.json`)."""
    path = resources.files("flyway") / "_assets" / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise MapFilesMissing(
            f"the map file {name} is missing: run `python3 course.py open` once in the folder of "
            "the course, which makes it."
        ) from error


@cache
def land(region: str = "flyway") -> dict[str, Any]:
    """Give the base map as GeoJSON: one feature of `kind` land, one of `kind` border.

    region : name of a base map; "flyway" is the one that comes with the package.

    Returns a dictionary; coordinates are longitude and latitude in degrees (WGS 84).
    Errors: MapFilesMissing where the map files have not been made; ValueError for another region.
    """
    if region not in REGIONS:
        raise ValueError(f"region is {region!r}: choose one of {', '.join(REGIONS)}.")
    return json.loads(asset("land.json"))


@cache
def _shapes() -> tuple[list[list[np.ndarray]], list[np.ndarray]]:
    """Give the polygons of the land as lists of rings, and the borders as lines."""
    parts = {f["properties"]["kind"]: f["geometry"]["coordinates"] for f in land()["features"]}
    polygons = [[np.array(ring) for ring in polygon] for polygon in parts["land"]]
    return polygons, [np.array(line) for line in parts["border"]]


def draw_land(ax: Axes, extent: tuple[float, float, float, float] | None = None) -> Axes:
    """Draw land and borders under a plot of longitude (x) and latitude (y).

    Parameters
    ----------
    ax
        The axes; its ticks, grid and frame are taken away and the shape is set so that distances
        are right in the middle of the map.
    extent
        West, east, south, north edge in degrees; the whole flyway if not given.

    Returns
    -------
    The same axes. What is drawn later lies on top.

    Raises
    ------
    ValueError
        If the extent is not west, east, south, north in degrees.
    """
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.path import Path

    west, east, south, north = extent or REGIONS["flyway"]
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise ValueError(
            f"extent is {extent}: give west, east, south, north in degrees, smaller numbers first "
            "in each pair."
        )

    def touches(line: np.ndarray) -> bool:
        (x0, y0), (x1, y1) = line.min(axis=0), line.max(axis=0)
        return x1 >= west and x0 <= east and y1 >= south and y0 <= north

    polygons, borders = _shapes()
    shapes = [
        Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
        for rings in polygons
        if touches(rings[0])
    ]
    ax.add_collection(
        PathCollection(shapes, facecolor=LAND, edgecolor=BORDER, linewidth=0.5, zorder=0.5),
        autolim=False,
    )
    near = [line for line in borders if touches(line)]
    ax.add_collection(
        LineCollection(near, colors=BORDER, linewidths=0.7, zorder=0.6), autolim=False
    )
    ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    ax.set_aspect(1 / np.cos(np.radians((south + north) / 2)))
    ax.grid(False)
    ax.set_facecolor(SEA)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax

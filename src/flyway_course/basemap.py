"""The base map: Natural Earth's land and borders around the flyway, small enough for a page.

`world-atlas` stores countries as TopoJSON: shared lines ("arcs") with whole-number steps, and
countries as lists of arcs. Simplifying the arcs, not the countries, keeps neighbours joined.

Source: Natural Earth 1:50m Admin 0, public domain, <https://www.naturalearthdata.com>; TopoJSON
format: <https://github.com/topojson/topojson-specification>.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon, box, mapping

REGION = (70.0, 5.0, 175.0, 75.0)
"""West, south, east, north edge of the map, degrees."""
TOLERANCE = 0.02
"""How far a simplified line may stray, degrees (about 2 km)."""
SMALLEST_ISLAND = 0.004
"""Land smaller than this is left out, square degrees (about 40 km²)."""
ONE_COUNTRY = {"Hong Kong": "China", "Macao": "China"}
"""Natural Earth lists these apart; the line between them is no border between countries."""


def decode_arcs(topology: dict) -> list[list[tuple[float, float]]]:
    """Turn TopoJSON's quantised, delta-coded arcs into (longitude, latitude) points, degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(_unwrap(points))
    return arcs


def _unwrap(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Let a line cross 180° without a jump: Chukotka continues at 181°, not at -179°."""
    unwrapped = points[:1]
    for x, y in points[1:]:
        turns = round((unwrapped[-1][0] - x) / 360)
        unwrapped.append((x + 360 * turns, y))
    return unwrapped


def _ring(indices: list[int], arcs: list) -> list:
    """Join arcs to one ring; `~i` means arc `i` from its end to its start."""
    points: list = []
    for index in indices:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += part[1:] if points else part
    return _unwrap(points)


def _polygons(geometry: dict) -> list[list[list[int]]]:
    """List the polygons of a TopoJSON geometry as rings of arc numbers."""
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else []


def _parts(geometry: object, kind: type) -> list:
    """Take the polygons (or lines) out of whatever shapely's clipping returned."""
    if isinstance(geometry, kind):
        return [geometry]
    return [p for part in getattr(geometry, "geoms", []) for p in _parts(part, kind)]


def flyway_land(countries_json: Path) -> dict:
    """Make the GeoJSON base map of the flyway region.

    Two features: `{"kind": "land"}`, one MultiPolygon with no country lines, and
    `{"kind": "border"}`, one MultiLineString of the lines that two countries share. Longitude and
    latitude in degrees, two decimals. The borders are Natural Earth's de-facto lines and are not
    authoritative.
    """
    topology = json.loads(countries_json.read_text(encoding="utf-8"))
    arcs = [
        list(LineString(arc).simplify(TOLERANCE).coords) if len(arc) > 2 else arc
        for arc in decode_arcs(topology)
    ]
    region = box(*REGION)
    land = []
    for geometry in topology["objects"]["land"]["geometries"]:
        for rings in _polygons(geometry):
            outer, *holes = [_ring(r, arcs) for r in rings]
            if len(outer) >= 4:
                shape = shapely.make_valid(Polygon(outer, [h for h in holes if len(h) >= 4]))
                land += _parts(shape.intersection(region), Polygon)
    # Simplified coasts of neighbours may cross: the union mends that before rounding.
    land_shape = shapely.set_precision(
        shapely.unary_union([p for p in land if p.area >= SMALLEST_ISLAND]), 0.01
    )

    # A line that two countries use is a border; a line that one uses is a coast.
    users = defaultdict(set)
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        for rings in _polygons(country):
            for index in (i for ring in rings for i in ring):
                users[max(index, ~index)].add(ONE_COUNTRY.get(name, name))
    lines = [LineString(arcs[i]) for i, names in users.items() if len(names) == 2]
    clipped = shapely.line_merge(shapely.unary_union(MultiLineString(lines).intersection(region)))
    border_shape = MultiLineString(_parts(clipped, LineString))
    return {
        "type": "FeatureCollection",
        "features": [
            _feature("land", MultiPolygon(_parts(land_shape, Polygon))),
            _feature("border", border_shape),
        ],
    }


def _feature(kind: str, shape: object) -> dict:
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": _rounded(mapping(shape))}


def _rounded(geometry: dict) -> dict:
    """Round to two decimals (about 1 km) and drop points that then repeat."""

    def shorten(node: tuple | list) -> list:
        if isinstance(node[0], (int, float)):
            return [round(node[0], 2), round(node[1], 2)]
        parts = [shorten(part) for part in node]
        if isinstance(parts[0][0], (int, float)):
            return [parts[0]] + [b for a, b in pairwise(parts) if a != b]
        return parts

    return {"type": geometry["type"], "coordinates": shorten(geometry["coordinates"])}


def to_json(land: dict) -> str:
    """Write GeoJSON with no spaces: the file travels with every map."""
    return json.dumps(land, separators=(",", ":"), ensure_ascii=False) + "\n"

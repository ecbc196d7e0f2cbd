"""Sites as they may be shown: checked, and coarse where nests could be found."""

from __future__ import annotations

import pandas as pd

COARSE_DEG = 0.5
"""Breeding colonies are shown to this step of latitude and longitude (about 50 km)."""
_COARSE_FROM = 0.5  # a source that is this vague, degrees, is shown as an area too


def split(text: object) -> list[str]:
    """Split "HC; WNC" into its parts; a blank gives no part."""
    return [] if pd.isna(text) else [part.strip() for part in str(text).split(";") if part.strip()]


def prepare(sites: pd.DataFrame) -> pd.DataFrame:
    """Check a table of sites and round the position of breeding colonies.

    Needs columns `name`, `lat`, `lon` (degrees); uses `species`, `role` and `coord_precision_deg`
    where present. Gives a copy with a column `coarse` and, for coarse rows, positions rounded to
    half a degree. A colony is a row of the spoonbill (`BFS`, or no species named) with a breeding
    role: the cranes nest apart, over whole basins.

    Raises
    ------
    KeyError
        If a needed column is missing.
    ValueError
        If the table is empty, or a position is blank or outside the Earth; the row is named.
    """
    for column in ("name", "lat", "lon"):
        if column not in sites.columns:
            raise KeyError(
                f"a map of sites needs the column '{column}'; there are {', '.join(sites)}."
            )
    if sites.empty:
        raise ValueError("the table of sites is empty: there is nothing to put on a map.")
    places = sites.reset_index(drop=True).copy()
    for column, most in (("lat", 90), ("lon", 180)):
        values = pd.to_numeric(places[column], errors="coerce")
        bad = values.isna() | (values.abs() > most)
        if bad.any():
            row = places.index[bad][0]
            raise ValueError(
                f"{column} is {places.loc[row, column]} in row {row} ({places.loc[row, 'name']}): "
                f"give degrees from -{most} to {most}."
            )
        places[column] = values
    empty = pd.Series([None] * len(places), dtype=object)
    roles = places.get("role", empty).map(split)
    birds = places.get("species", empty).map(split)
    vague = pd.to_numeric(places.get("coord_precision_deg", empty)).fillna(0) >= _COARSE_FROM
    nests = roles.map(lambda parts: any(part.startswith("breeding") for part in parts))
    colony = nests & birds.map(lambda parts: not parts or "BFS" in parts)
    places["coarse"] = colony | vague
    for column in ("lat", "lon"):
        rounded = (places[column] / COARSE_DEG).round() * COARSE_DEG
        places[column] = places[column].where(~places["coarse"], rounded)
    return places

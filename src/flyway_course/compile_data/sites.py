"""Package `flyway_sites`: 64 sites of the three species, their use, and a calendar of months."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from flyway_course.compile_data.site_use import ROLES, SPECIES, site_species
from flyway_course.compile_data.sources import Source, keys_of, read_rows
from flyway_course.compile_data.writing import (
    Package,
    Row,
    Table,
    column,
    link,
    source_keys,
    sources_table,
)

AREAS = [
    "Japan", "Republic of Korea", "DPR Korea", "China", "China (Hong Kong SAR and Shenzhen)",
    "China (Macao SAR)", "Taiwan area", "Viet Nam", "Mongolia", "Russian Federation",
]  # fmt: skip

ABOUT = """
Sites in the flyway where Black-faced Spoonbills (BFS), White-naped Cranes (WNC) and Hooded Cranes
(HC) breed, rest on passage or winter.

How it was compiled:

- **Positions are coarse on purpose.** `coord_precision_deg` says how far the true place may be from
  the point, in degrees (0.1 degree is about 11 km). Breeding sites are rounded to 0.1 degree or
  coarser. The positions serve small-scale maps; never use them to find a colony.
- `coord_confidence` is `published` (the source prints the position), `needs-check` (from general
  knowledge) or `coarse` (blurred to protect a breeding colony, or a wide region).
- Ramsar numbers and EAAF codes are given only where a source confirmed them. `needs-check` in
  `ramsar_status` or `eaaf_status` means that the site may have one: look it up before you print it.
- Text in `protection`, `world_heritage` and `pressures` keeps the mark "(needs-check)" of the fact
  file. Where the whole row is `needs-check`, so is all its text.
- `site_species` says who uses a site for what. Sources give roles for a site and not for each
  species, so most of its rows are `approximate`, with the reason.
- Birds that spend the summer at a site without breeding stand as `passage` in `site_species`.
- `seasons` is a calendar for the three species. Its rows are `published`, `derived` or
  `approximate`, with the source or the reason. Birds of one species are in several places at once,
  so a month can have two roles.
"""


def build(facts: Path, known: dict[str, Source]) -> Package:
    """Package from `sites.csv` of the fact files and the calendar kept beside this module."""
    sites = _sites(read_rows(facts, "sites.csv"))
    tables = [sites, site_species(sites.rows), _seasons(), _species()]
    return Package(
        name="flyway_sites",
        title="Key sites and seasons of three flagship waterbirds in North-East Asia",
        description=(
            "64 breeding, staging and wintering sites of Black-faced Spoonbill, White-naped Crane "
            "and Hooded Crane, with coarse positions, and a month-by-month calendar of each species."
        ),
        about=ABOUT,
        tables=[*tables, sources_table(tables, known)],
    )


def _sites(rows: list[dict[str, str]]) -> Table:
    made = [_site(row) for row in rows]
    status = ["confirmed", "needs-check"]
    fields = [
        column("site_id", "string", "Identifier of the site in this package.", required=True,
               unique=True, pattern=r"[A-Z]{2}\d{2}"),
        column("name", "string", "Name of the site in English.", required=True),
        column("country_or_area", "string", "Country or area, named as in the sources.",
               required=True, enum=AREAS),
        column("lat", "number", "Latitude, WGS 84.", required=True, unit="degrees north",
               minimum=-90, maximum=90),
        column("lon", "number", "Longitude, WGS 84.", required=True, unit="degrees east",
               minimum=-180, maximum=180),
        column("coord_precision_deg", "number", "How far the true place may be from the point.",
               required=True, unit="degrees", minimum=0),
        column("coord_confidence", "string", "Where the position comes from.", required=True,
               enum=["published", "needs-check", "coarse"]),
        column("role", "string", "What the birds use the site for, as in the fact file.",
               required=True),
        column("species", "string", "Codes of the species that use it, the main one first.",
               required=True, pattern=r"(BFS|WNC|HC)(; (BFS|WNC|HC))*"),
        column("protection", "string", "Legal protection, with its marks."),
        column("ramsar_no", "integer", "Number in the List of Ramsar Sites.", minimum=1),
        column("ramsar_status", "string", "`needs-check`: the number is not printed.", enum=status),
        column("eaaf_code", "string", "Code in the East Asian-Australasian Flyway Site Network.",
               pattern=r"EAAF\d{3}"),
        column("eaaf_status", "string", "`needs-check`: the code is not printed.", enum=status),
        column("world_heritage", "string", "World Heritage property, with its marks."),
        column("pressures", "string", "Main pressures on the site.", required=True),
        source_keys(),
        column("confidence", "string", "How much of the row a source confirms.", required=True,
               enum=["confirmed", "partly", "needs-check"]),
        column("confidence_note", "string", "What exactly is confirmed.", required=True),
        column("note", "string", "Areas, numbers of birds and the like."),
    ]  # fmt: skip
    return Table("sites", "Key sites", fields, made, key=["site_id"])


def _site(row: dict[str, str]) -> Row:
    lat, lon, precision, how = _position(row)
    number = row["ramsar_no"] if row["ramsar_confidence"] == "confirmed" else None
    code = row["eaaf_code"] if row["eaaf_confidence"] == "confirmed" else None
    return {
        "site_id": row["site_id"],
        "name": row["name_en"],
        "country_or_area": row["country_or_area"],
        "lat": lat,
        "lon": lon,
        "coord_precision_deg": precision,
        "coord_confidence": how,
        "role": row["role"].replace(";", "; "),
        "species": "; ".join(re.findall(r"BFS|WNC|HC", row["species"])),
        "protection": row["protection"],
        "ramsar_no": number,
        "ramsar_status": row["ramsar_confidence"],
        "eaaf_code": code,
        "eaaf_status": row["eaaf_confidence"],
        "world_heritage": row["world_heritage"],
        "pressures": row["main_pressures"],
        "source": keys_of(row["source"]),
        "confidence": _confidence(row["confidence"]),
        "confidence_note": row["confidence"],
        "note": row["note"],
    }


def _confidence(text: str) -> str:
    """`confirmed`, `partly` (the use or the place is not confirmed) or `needs-check`."""
    if text.startswith("needs-check"):
        return "needs-check"
    loose = ("list", "region", "place", "EAAF;", "WH;", "breed in", "breeding in")
    return "partly" if any(word in text for word in loose) else "confirmed"


def _position(row: dict[str, str]) -> tuple[float, float, float, str]:
    """Latitude, longitude, precision (degrees) and confidence, from the words of the fact file."""
    lat, lon, words = float(row["lat"]), float(row["lon"]), row["coord_precision"]
    if words.startswith("very coarse"):
        # RU07 spans three river basins, RU08 two
        precision, how = (10.0 if row["site_id"] == "RU07" else 2.0), "coarse"
    elif words.startswith("deliberately coarse"):
        precision, how = 0.5, "coarse"
    elif "needs-check" in words:
        precision, how = 0.1, "needs-check"
    elif "box" in words:  # centre of a printed box: its half width
        precision, how = {"KR03": 0.3, "RU01": 0.5}[row["site_id"]], "published"
    elif words.startswith("midpoint"):
        precision, how = 0.1, "published"
    else:  # printed in seconds or in minutes of arc
        precision, how = (0.001 if '"' in words else 0.02), "published"
    if "breeding" in re.split(";", row["role"]):
        lat, lon, precision = round(lat, 1), round(lon, 1), max(precision, 0.1)
    return lat, lon, precision, how


def _seasons() -> Table:
    path = Path(__file__).with_name("seasons.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    fields = [
        column("species", "string", "Code of the species.", required=True, enum=list(SPECIES)),
        column("month", "integer", "Month of the year, 1 to 12.", required=True, unit="month",
               minimum=1, maximum=12),
        column("role", "string", "What at least part of the birds do then.", required=True,
               enum=ROLES),
        column("basis", "string", "Printed, worked out from a printed date, or our reading.",
               required=True, enum=["published", "derived", "approximate"]),
        source_keys(),
        column("reason", "string", "What the source says, or why the row is approximate.",
               required=True),
    ]  # fmt: skip
    key, links = ["species", "month", "role"], [link("species", "species", "species")]
    return Table("seasons", "Calendar: who does what in which month", fields, rows, key, links)


def _species() -> Table:
    rows = [{"species": c, "name": n, "scientific_name": s} for c, (n, s) in SPECIES.items()]
    fields = [
        column("species", "string", "Code of the species.", required=True, unique=True),
        column("name", "string", "English name.", required=True),
        column("scientific_name", "string", "Scientific name.", required=True),
    ]
    return Table("species", "The three species", fields, rows, key=["species"])

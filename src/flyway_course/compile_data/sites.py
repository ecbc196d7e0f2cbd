"""Package `flyway_sites`: 64 sites of the three species, their use, and a calendar of months."""

from __future__ import annotations

import csv
import re
from pathlib import Path

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

SPECIES = {
    "BFS": ("Black-faced Spoonbill", "Platalea minor"),
    "WNC": ("White-naped Crane", "Antigone vipio"),
    "HC": ("Hooded Crane", "Grus monacha"),
}
ROLES = ["breeding", "passage", "wintering"]
AREAS = [
    "Japan", "Republic of Korea", "DPR Korea", "China", "China (Hong Kong SAR and Shenzhen)",
    "China (Macao SAR)", "Taiwan area", "Viet Nam", "Mongolia", "Russian Federation",
]  # fmt: skip
# The fact file says "HC (passage)" or "HC (summering)": birds that do not breed there.
OWN_ROLE = {("KR03", "HC"): ["passage"], ("MN01", "HC"): ["passage"], ("MN03", "HC"): ["passage"]}
# North of this latitude no site is known where spoonbills winter in numbers: FACTS.md calls Jeju
# (33.5 N) the northernmost regular wintering place of the Republic of Korea.
BFS_WINTER_LIMIT = 34.0

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
    tables = [sites, _site_species(sites.rows), _seasons(), _species()]
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


def _site_species(sites: list[Row]) -> Table:
    made = []
    for site in sites:
        codes, roles = site["species"].split("; "), _plain_roles(site["role"])
        for code in codes:
            kept = OWN_ROLE.get((site["site_id"], code)) or _roles_of(
                code, codes, roles, site["lat"]
            )
            sure = (
                site["confidence"] == "confirmed"
                and kept == roles
                and 1 in (len(codes), len(roles))
            )
            for role in kept:
                one = {"site_id": site["site_id"], "species": code, "role": role}
                one |= {"basis": "published" if sure else "approximate", "source": site["source"]}
                made.append(one | {"reason": "" if sure else _reason(code, codes, site)})
    fields = [
        column("site_id", "string", "Identifier of the site.", required=True),
        column("species", "string", "Code of the species.", required=True, enum=list(SPECIES)),
        column("role", "string", "What the species does there.", required=True, enum=ROLES),
        column("basis", "string", "Printed for this species, or our reading.", required=True,
               enum=["published", "approximate"]),
        source_keys("Keys of the sources of the site, `; ` between them."),
        column("reason", "string", "Why the row is approximate."),
    ]  # fmt: skip
    links = [link("site_id", "sites", "site_id"), link("species", "species", "species")]
    title = "Which species uses which site for what"
    return Table("site_species", title, fields, made, ["site_id", "species", "role"], links)


def _plain_roles(text: str) -> list[str]:
    """The three roles of the calendar, from the wording of the fact file."""
    words = {"staging": "passage", "summering": "passage", "feeding": "breeding",
             "breeding-season feeding": "breeding"}  # fmt: skip
    found = {words.get(word, word) for word in text.split("; ")}
    return [role for role in ROLES if role in found]


def _roles_of(code: str, codes: list[str], roles: list[str], lat: float) -> list[str]:
    """Roles of one species at a site whose roles are given for all its species together."""
    kept = list(roles)
    if code != codes[0] and "breeding" in kept:  # the main species breeds, the others rest
        kept.remove("breeding")
        kept = kept or ["passage"]
    if code == "BFS" and lat > BFS_WINTER_LIMIT and "wintering" in kept:
        kept.remove("wintering")
        kept = kept or ["passage"]
    return kept


def _reason(code: str, codes: list[str], site: Row) -> str:
    if (site["site_id"], code) in OWN_ROLE:
        return "The fact file says: summering or passage only."
    if site["confidence"] == "needs-check":
        return "The use of the site needs a check."
    if len(codes) > 1:
        return "The fact file gives the roles of the site, not those of each species."
    return f"The sources confirm part of it: {site['confidence_note']}."


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

"""Package `bfs_census`: the International Black-faced Spoonbill Census, as published."""

from __future__ import annotations

from pathlib import Path

from flyway_course.compile_data.sources import Source, keys_of, read_rows
from flyway_course.compile_data.writing import (
    Package,
    Row,
    Table,
    column,
    source_keys,
    sources_table,
)

# From many birds to few, as the census reports list them.
REGIONS = [
    "Taiwan area",
    "Mainland China",
    "Japan",
    "Deep Bay",
    "Viet Nam",
    "Republic of Korea",
    "Macao",
    "Philippines",
    "Thailand",
]
PRINTED = {"Deep Bay (Hong Kong-Shenzhen)": "Deep Bay", "Deep Bay / Hong Kong": "Deep Bay"}
CONFIDENCE = [
    "confirmed",
    "confirmed (secondary source)",
    "confirmed (conflicting)",
    "derived",
    "needs-check",
]
FIRST_CENSUS = 1997  # earlier totals are estimates or part counts: FACTS.md, section 0

ABOUT = """
Counters in the whole wintering range count the spoonbills within the same two or three days of
January. The Hong Kong Bird Watching Society has organised the census since 2003. This package
gathers what was published about it: world totals, counts by region, and counts of some places.

How it was compiled:

- Each row is one published value. `source` says where it was read, `confidence` how sure that is.
- Sources disagree in several years. All values are kept. `preferred` is 1 for the value to use, 0 for a
  first release, a conflicting value or a part count. The reason is in `note`.
- A value marked `needs-check` was not found in any source that could be read. It is never preferred.
- `use_for_trend` is 0 before 1997: those totals are estimates, not a census.
- Regions are missing in some years, because the published tables could not be read. A missing
  region is not a zero.
- Values with `derived` = 1 come from arithmetic on a published figure, such as a percentage change.
- The dates are chosen so that high tide falls in daytime in Deep Bay and the Red River delta.
"""


def build(facts: Path, known: dict[str, Source]) -> Package:
    """Package from `bfs_census.csv` of the fact files."""
    rows = read_rows(facts, "bfs_census.csv")
    tables = [_totals(rows), _regions(rows), _places(rows)]
    return Package(
        name="bfs_census",
        title="International Black-faced Spoonbill Census, 1988-2025",
        description=(
            "World totals and regional counts of the Black-faced Spoonbill (Platalea minor) in "
            "January, with every published value and its source. Units: birds."
        ),
        about=ABOUT,
        tables=[*tables, sources_table(tables, known)],
    )


def _common(row: dict[str, str]) -> Row:
    """Columns that all three tables share."""
    unsure = row["confidence"].startswith("needs-check")
    return {
        "year": int(row["year"]),
        "status": row["value_type"],
        "preferred": row["preferred"] == "1" and not unsure,
        "source": keys_of(row["source"]),
        "confidence": "needs-check" if unsure else row["confidence"],
        "note": row["note"],
    }


def _shared_fields() -> list[Row]:
    return [
        column("status", "string", "What the source calls the value.", required=True),
        column(
            "preferred", "boolean", "1: the value to use. 0: kept for comparison.", required=True
        ),
        source_keys(),
        column("confidence", "string", "How sure we are of it.", required=True, enum=CONFIDENCE),
        column("note", "string", "What one should know about this value."),
    ]


def _year() -> Row:
    return column(
        "year",
        "integer",
        "Year of the January count.",
        required=True,
        unit="year",
        minimum=1988,
        maximum=2025,
    )


def _totals(rows: list[dict[str, str]]) -> Table:
    made = []
    for row in rows:
        if row["level"] == "global":
            one = _common(row) | {"dates": row["census_dates"], "total": int(row["count"])}
            one["use_for_trend"] = one["preferred"] and one["year"] >= FIRST_CENSUS
            made.append(one)
    fields = [
        _year(),
        column("dates", "string", "Dates of the count, as printed."),
        column(
            "total",
            "integer",
            "Birds counted in the world.",
            required=True,
            unit="birds",
            minimum=1,
        ),
        *_shared_fields(),
        column(
            "use_for_trend",
            "boolean",
            "1: preferred and from the census itself. 0: an estimate from before, or not preferred.",
            required=True,
        ),
    ]
    made.sort(key=lambda row: (row["year"], not row["preferred"], -row["total"]))
    return Table("totals", "World total per January", fields, made, key=["year", "total"])


def _regions(rows: list[dict[str, str]]) -> Table:
    made, parts = [], {}
    for row in rows:
        if row["level"] != "region":
            continue
        if ": " in row["region"]:  # 2005 lists four parts of mainland China, not their sum
            parts.setdefault((row["year"], row["region"].split(": ")[0]), []).append(row)
            continue
        region = PRINTED.get(row["region"], row["region"])
        derived = row["value_type"] == "derived"
        made.append(
            _common(row) | {"region": region, "count": int(row["count"]), "derived": derived}
        )
    for (_, region), members in parts.items():
        listed = " + ".join(f"{m['region'].split(': ')[1]} {m['count']}" for m in members)
        summed = sum(int(m["count"]) for m in members)
        note = f"Sum of the parts that the source lists: {listed}."
        made.append(
            _common(members[0])
            | {
                "region": region,
                "count": summed,
                "derived": True,
                "note": note,
                "confidence": "derived",
            }
        )
    fields = [
        _year(),
        column(
            "region",
            "string",
            "Region, with the name the census uses.",
            required=True,
            enum=REGIONS,
        ),
        column(
            "count",
            "integer",
            "Birds counted in the region.",
            required=True,
            unit="birds",
            minimum=0,
        ),
        column("derived", "boolean", "1: worked out from a published figure.", required=True),
        *_shared_fields(),
    ]
    made.sort(key=lambda row: (row["year"], REGIONS.index(row["region"]), not row["preferred"]))
    return Table("regions", "Counts by region", fields, made, key=["year", "region", "count"])


def _places(rows: list[dict[str, str]]) -> Table:
    made = []
    for row in rows:
        if row["level"] == "site" or ": " in row["region"]:
            region, place = row["region"].split(": ")
            made.append(
                _common(row)
                | {
                    "region": region,
                    "place": place,
                    "count": int(row["count"]),
                    "dates": row["census_dates"],
                }
            )
    fields = [
        _year(),
        column("region", "string", "Region that contains the place.", required=True, enum=REGIONS),
        column("place", "string", "Place, county or province, as printed.", required=True),
        column("dates", "string", "Dates of the count, as printed."),
        column(
            "count",
            "integer",
            "Birds counted at the place.",
            required=True,
            unit="birds",
            minimum=0,
        ),
        *_shared_fields(),
    ]
    made.sort(key=lambda row: (row["year"], REGIONS.index(row["region"]), row["place"]))
    title = "Counts of some places (parts of a region: do not add them to it)"
    return Table("places", title, fields, made, key=["year", "place"])

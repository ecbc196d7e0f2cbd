"""Package `species_parameters`: status, demography, movement, dates and diet of the three species."""

from __future__ import annotations

import re
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

CATEGORIES = [
    "status",
    "population",
    "demography",
    "morphology",
    "movement",
    "phenology",
    "diet",
    "threshold",
]
CONFIDENCE = ["confirmed", "derived", "needs-check", "not found"]

ABOUT = """
What has been published about Black-faced Spoonbill (BFS), White-naped Crane (WNC) and Hooded Crane
(HC), one row per species, parameter, place and year.

How it was compiled:

- `value` is the text as published; `number` holds it as a number where it is one. A range stands in
  `low` and `high`.
- `preferred` is 0 where the value is `needs-check` (from general knowledge, no source read) or
  `not found`. Such rows are kept to show the gap. Never calculate with them without saying so.
- **No survival estimate was found for any of the three species.** A survival rate in an exercise
  is an assumption, and is called one.
- Resighting rates of colour rings are not survival: they mix survival, ring loss and detection.
- Units differ between rows, as published: look at `unit` before you compare two rows.
"""


def build(facts: Path, known: dict[str, Source]) -> Package:
    """Package from `parameters.csv` of the fact files."""
    rows = [_row(row) for row in read_rows(facts, "parameters.csv")]
    for number, row in enumerate(rows, start=1):
        row["row_id"] = f"P{number:03d}"
    fields = [
        column("row_id", "string", "Identifier of the row.", required=True, unique=True),
        column("species", "string", "Codes of the species.", required=True,
               pattern=r"(BFS|WNC|HC)(; (BFS|WNC|HC))*"),
        column("category", "string", "Kind of parameter.", required=True, enum=CATEGORIES),
        column("parameter", "string", "What was measured or stated.", required=True),
        column("value", "string", "The value as published."),
        column("number", "number", "The value as a number.", unit="see `unit`"),
        column("low", "number", "Lower end of a range.", unit="see `unit`"),
        column("high", "number", "Upper end of a range.", unit="see `unit`"),
        column("unit", "string", "Unit of the value; blank for text."),
        column("place", "string", "Where it was measured; blank for the whole range."),
        column("year", "string", "Year or years, as printed."),
        column("preferred", "boolean", "1: a source was read. 0: needs-check or not found.",
               required=True),
        source_keys(),
        column("confidence", "string", "How sure we are of it.", required=True, enum=CONFIDENCE),
        column("note", "string", "What one should know about this value."),
    ]  # fmt: skip
    table = Table("parameters", "Parameters of the three species", fields, rows, key=["row_id"])
    return Package(
        name="species_parameters",
        title="Biology and status of three flagship waterbirds",
        description=(
            "Status, population, demography, size, movement, calendar dates and diet of Black-faced "
            "Spoonbill, White-naped Crane and Hooded Crane, with a source for each value."
        ),
        about=ABOUT,
        tables=[table, sources_table([table], known)],
    )


def _row(row: dict[str, str]) -> Row:
    confidence = row["confidence"].split(":")[0]
    return {
        "species": row["species"].replace("/", "; "),
        "category": row["category"],
        "parameter": row["parameter"],
        "value": row["value"],
        "number": row["value"] if re.fullmatch(r"\d+(\.\d+)?", row["value"]) else None,
        "low": row["low"],
        "high": row["high"],
        "unit": row["unit"],
        "place": row["place"],
        "year": row["year"],
        "preferred": confidence in ("confirmed", "derived"),
        "source": keys_of(row["source"]),
        "confidence": confidence,
        "note": row["note"],
    }

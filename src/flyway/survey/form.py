"""What to write in the field? The count form of the course: its columns, units and limits.

One row is one species at one site on one visit. A blank count means that the species was not counted
on that visit; a count of 0 means that it was looked for and not seen. The same list drives validation
(`flyway.survey.validation`) and exchange (`flyway.survey.exchange`).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Field:
    """One column: what it holds (`kind`), its unit and limits, and whether every row needs it."""

    name: str
    kind: str  # text, date, time, whole, number
    meaning: str
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()


METHODS = (
    "roost count",
    "feeding count",
    "colony count",
    "boat count",
    "aerial count",
    "drone count",
)

FIELDS = (
    Field("site", "text", "name or code of the site, always written the same way", required=True),
    Field("date", "date", "day of the visit, year-month-day", required=True),
    Field("species", "text", "species name, always written the same way", required=True),
    Field(
        "count",
        "whole",
        "birds counted; 0 = none seen, blank = not counted",
        minimum=0,
        unit="birds",
    ),
    Field("adults", "whole", "of these, adults", minimum=0, unit="birds"),
    Field("juveniles", "whole", "of these, birds of the year", minimum=0, unit="birds"),
    Field("start_time", "time", "clock time at the start, such as 07:30"),
    Field("end_time", "time", "clock time at the end"),
    Field(
        "effort_min", "number", "minutes spent counting", minimum=1, maximum=1440, unit="minutes"
    ),
    Field("observers", "whole", "people counting", minimum=1, maximum=200, unit="people"),
    Field("method", "text", "how birds were counted", choices=METHODS),
    Field("wind_bft", "whole", "wind, Beaufort scale", minimum=0, maximum=12, unit="Beaufort"),
    Field("visibility_km", "number", "how far one could see", minimum=0, maximum=100, unit="km"),
    Field("temperature_c", "number", "air temperature", minimum=-50, maximum=50, unit="°C"),
    Field("lat", "number", "latitude, north positive", minimum=-90, maximum=90, unit="degrees"),
    Field("lon", "number", "longitude, east positive", minimum=-180, maximum=180, unit="degrees"),
    Field("notes", "text", "anything that may matter later"),
)
BY_NAME = {f.name: f for f in FIELDS}


def form_fields() -> pd.DataFrame:
    """Return the columns of the count form as a table: what to write where, with units and limits."""
    rows = [
        (
            f.name,
            f.kind,
            "yes" if f.required else "no",
            f.unit,
            f.minimum,
            f.maximum,
            ", ".join(f.choices),
            f.meaning,
        )
        for f in FIELDS
    ]
    columns = ["column", "kind", "required", "unit", "minimum", "maximum", "choices", "meaning"]
    return pd.DataFrame(rows, columns=columns)


def empty_form(rows: int = 0) -> pd.DataFrame:
    """Return an empty count form, to be saved as a template (`empty_form().to_csv("form.csv")`).

    rows : empty rows under the heading, to be filled in.

    Errors: ValueError for a number of rows that is no whole number of 0 or more.
    """
    if rows != int(rows) or rows < 0:
        raise ValueError(f"rows is {rows!r}: give a whole number of 0 or more")
    return pd.DataFrame({f.name: pd.Series([pd.NA] * int(rows), dtype=object) for f in FIELDS})

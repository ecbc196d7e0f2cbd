"""How do we share counts? Darwin Core: events with occurrences.

A visit to a site is an event; each species counted is an occurrence of that event. A zero becomes
occurrenceStatus "absent" with individualCount 0; a blank becomes no occurrence, because nothing was
looked for, and is listed in `left_out`, so that nothing vanishes silently.

Sources: Darwin Core (Wieczorek et al. 2012, PLoS ONE 7:e29715; terms at dwc.tdwg.org); the site form
follows the columns of the International Waterbird Census (Wetlands International): one row per site and
visit, one column per species.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import dates_of, names_of, numbers, require_columns
from flyway.survey.places import blur_coordinates

EVENT = ["eventID", "parentEventID", "eventDate", "eventTime", "samplingProtocol", "sampleSizeValue",
         "sampleSizeUnit", "samplingEffort", "locationID", "locality", "countryCode", "decimalLatitude",
         "decimalLongitude", "geodeticDatum", "coordinateUncertaintyInMeters", "dataGeneralizations",
         "eventRemarks"]  # fmt: skip
OCCURRENCE = ["occurrenceID", "eventID", "basisOfRecord", "scientificName", "vernacularName",
              "individualCount", "occurrenceStatus", "dynamicProperties", "occurrenceRemarks"]  # fmt: skip


@dataclass(frozen=True)
class DarwinCore:
    """Event core and occurrence extension, and the rows that became no occurrence (`left_out`).

    event, occurrence : the two tables to share.
    left_out : rows of the form that became no occurrence, because nothing was counted.
    """

    event: pd.DataFrame
    occurrence: pd.DataFrame
    left_out: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return how many events, occurrences (present, absent) and rows left out there are."""
        status = self.occurrence["occurrenceStatus"]
        rows = [
            ("events", len(self.event)),
            ("occurrences present", int((status == "present").sum())),
            ("occurrences absent", int((status == "absent").sum())),
            ("rows without a count, left out", len(self.left_out)),
        ]
        return pd.DataFrame(rows, columns=["part", "rows"])


def to_darwin_core(
    counts: pd.DataFrame,
    dataset: str,
    scientific_names: Mapping[str, str],
    cell_degrees: float | None = 0.1,
    country_codes: Mapping[str, str] | None = None,
) -> DarwinCore:
    """Turn a validated count form into Darwin Core tables.

    Parameters
    ----------
    counts : columns of the count form; site, date, species and count are needed, others are used if there.
    dataset : a short code without spaces that begins every identifier, such as "KR-winter".
    scientific_names : species as written in the form -> scientific name.
    cell_degrees : blur coordinates to cells of this width; None gives them exactly (only for sites that
        are no secret). country_codes : site -> two-letter code.

    Errors: ValueError for blanks in site, date or species, bad counts, doubled site-day-species (with the
    same start time), and species without a scientific name.
    """
    require_columns(counts, ["site", "date", "species", "count"])
    if not dataset or any(c.isspace() or c == ":" for c in str(dataset)):
        raise ValueError(
            f"dataset is {dataset!r}: give a short code without spaces and colons, such as 'KR-winter'"
        )
    for column in ("site", "species"):
        names_of(counts[column], column)
    unnamed = sorted(set(counts["species"]) - set(scientific_names))
    if unnamed:
        raise ValueError(
            f"species {unnamed[0]!r} has no scientific name: add it to scientific_names"
        )
    table = counts.reset_index(drop=True).copy()
    table["date"] = dates_of(counts["date"]).dt.strftime("%Y-%m-%d").to_numpy()
    table["count"] = numbers(counts["count"], "count", minimum=0, whole=True, missing="keep")
    start = table["start_time"] if "start_time" in table else pd.Series("", index=table.index)
    table["start"] = [_clock(v) for v in start]
    parts = [
        str(dataset),
        table["site"].astype(str).map(_code),
        table["date"],
        table["start"].str.replace(":", ""),
    ]
    table["eventID"] = (
        parts[0]
        + ":"
        + parts[1]
        + ":"
        + parts[2]
        + np.where(table["start"] == "", "", "T" + parts[3])
    )
    table["occurrenceID"] = (
        table["eventID"] + ":" + table["species"].map(scientific_names).map(_code)
    )
    twice = table["occurrenceID"].duplicated()
    if twice.any():
        i = int(np.flatnonzero(twice)[0])
        raise ValueError(
            f"row {counts.index[i]} repeats {table['species'][i]} at {table['site'][i]} on {table['date'][i]}: keep "
            f"one, or give the start times of separate visits"
        )
    known = table["count"].notna().to_numpy()
    occurrence = pd.DataFrame(
        {
            "occurrenceID": table["occurrenceID"],
            "eventID": table["eventID"],
            "basisOfRecord": "HumanObservation",
            "scientificName": table["species"].map(scientific_names),
            "vernacularName": table["species"],
            "individualCount": table["count"].astype("Int64"),
            "occurrenceStatus": np.where(table["count"] > 0, "present", "absent"),
            "dynamicProperties": [_ages(r) for r in table.to_dict("records")],
            "occurrenceRemarks": "",
        }
    )[known].reset_index(drop=True)
    return DarwinCore(
        _events(table, cell_degrees, country_codes or {}),
        occurrence[OCCURRENCE],
        counts[~known].copy(),
    )


def _events(table: pd.DataFrame, cell: float | None, codes: Mapping[str, str]) -> pd.DataFrame:
    visits = table.drop_duplicates("eventID").reset_index(drop=True)

    def column(name: str) -> pd.Series:
        return (
            visits[name] if name in visits else pd.Series(np.nan, index=visits.index, dtype=object)
        )

    effort = pd.to_numeric(column("effort_min"))
    event = pd.DataFrame(
        {
            "eventID": visits["eventID"],
            "eventDate": visits["date"],
            "eventTime": visits["start"],
            "samplingProtocol": column("method").fillna(""),
            "sampleSizeValue": effort,
            "sampleSizeUnit": np.where(effort.notna(), "minute", ""),
            "samplingEffort": [
                _effort(m, o) for m, o in zip(effort, column("observers"), strict=True)
            ],
            "locationID": visits["site"].astype(str),
            "locality": visits["site"].astype(str),
            "countryCode": visits["site"].map(codes).fillna("") if codes else "",
            "eventRemarks": column("notes").fillna(""),
        }
    )
    if "lat" in visits and "lon" in visits:
        if cell is None:
            place = pd.DataFrame({"lat": visits["lat"], "lon": visits["lon"]}).assign(
                uncertainty_m=np.nan, generalised=""
            )
        else:
            place = blur_coordinates(visits["lat"], visits["lon"], cell)
        event["decimalLatitude"], event["decimalLongitude"] = place["lat"], place["lon"]
        event["geodeticDatum"] = np.where(pd.isna(place["lat"]), "", "EPSG:4326")
        event["coordinateUncertaintyInMeters"] = place["uncertainty_m"]
        event["dataGeneralizations"] = place["generalised"]
    return event.reindex(columns=EVENT)


def from_darwin_core(event: pd.DataFrame, occurrence: pd.DataFrame) -> pd.DataFrame:
    """Turn Darwin Core tables into rows of site, date, species and count (absent = 0).

    Parameters
    ----------
    event, occurrence : the two tables, with Darwin Core's own column names.

    Returns the rows of a count form.

    Errors: ValueError for occurrences without an event, "present" with a count of 0 or "absent" with
    birds. "present" without a count stays a blank count: seen, but not counted.
    Misleads when the publisher left zeros out: a species that is not listed was perhaps looked for.
    """
    require_columns(event, ["eventID", "eventDate", "locationID"], "the event table")
    require_columns(
        occurrence, ["eventID", "scientificName", "occurrenceStatus"], "the occurrence table"
    )
    if event["eventID"].duplicated().any():
        raise ValueError(
            f"eventID {event['eventID'][event['eventID'].duplicated()].iloc[0]!r} is given twice"
        )
    lost = ~occurrence["eventID"].isin(event["eventID"])
    if lost.any():
        raise ValueError(
            f"row {occurrence.index[lost.to_numpy()][0]} belongs to no event: check its eventID"
        )
    birds = occurrence.get("individualCount", pd.Series(pd.NA, index=occurrence.index))
    try:
        birds = pd.to_numeric(birds)
    except (ValueError, TypeError) as error:
        raise ValueError(f"individualCount holds what is no number: {error}") from error
    count = numbers(birds, "individualCount", minimum=0, whole=True, missing="keep")
    status = occurrence["occurrenceStatus"].str.lower().to_numpy()
    wrong = (status == "present") & (count == 0) | (status == "absent") & (count > 0)
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"row {occurrence.index[i]} says {status[i]!r} with a count of {count[i]:g}: one of them is wrong"
        )
    count = np.where((status == "absent") & np.isnan(count), 0, count)
    visits = event.set_index("eventID").loc[occurrence["eventID"]]
    name = occurrence.get("vernacularName", occurrence["scientificName"])
    return pd.DataFrame(
        {
            "site": visits["locationID"].to_numpy(),
            "date": dates_of(visits["eventDate"].reset_index(drop=True), "eventDate").to_numpy(),
            "species": name.to_numpy(),
            "count": count,
        }
    )


def _code(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text).split())


def _clock(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value or value == "":
        return ""
    if isinstance(
        value, int | float | np.number
    ):  # minutes since midnight, as validate() reads them
        return f"{int(value) // 60:02d}:{int(value) % 60:02d}"
    return value.strftime("%H:%M") if hasattr(value, "strftime") else f"{value!s:>05}"


def _ages(row: Mapping) -> str:
    """Ages as JSON: Darwin Core's lifeStage holds one stage, a count of cranes holds several."""
    known = {n: row.get(n) for n in ("adults", "juveniles")}
    return (
        json.dumps(ages)
        if (ages := {n: int(v) for n, v in known.items() if v is not None and not pd.isna(v)})
        else ""
    )


def _effort(minutes: float, observers: object) -> str:
    parts = [] if pd.isna(minutes) else [f"{minutes:g} minutes"]
    return " × ".join([*parts, *([] if pd.isna(observers) else [f"{int(observers)} observers"])])

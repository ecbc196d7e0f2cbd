"""How do we fill the site form of a waterbird census? One row per site and visit, one column per species.

Wide forms hide the difference between "none seen" and "not looked for". Here a blank stays a blank, and a
form must say with `complete` whether all species were looked for: only then may blanks be read as zeros.
Source: columns after the International Waterbird Census site and count forms (Wetlands International).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from flyway.inputs import dates_of, names_of, numbers, require_columns

KEEP = ("site", "date", "start_time", "end_time", "method", "observers", "lat", "lon", "notes")


def to_site_form(counts: pd.DataFrame, species: Iterable[str] | None = None) -> pd.DataFrame:
    """Turn rows of site, date, species, count into one row per site and visit.

    counts : one row per site, date and species. species : columns wanted, in this order; default: all,
    sorted.

    Returns the wide table; a species that was not counted on a visit stays blank.
    Errors: ValueError for a species given twice for one visit, or for bad counts.
    """
    require_columns(counts, ["site", "date", "species", "count"])
    for column in ("site", "species"):
        names_of(counts[column], column)
    table = counts.assign(
        date=dates_of(counts["date"]).to_numpy(),
        count=numbers(counts["count"], "count", minimum=0, whole=True, missing="keep"),
    )
    visit = [c for c in ("site", "date", "start_time") if c in table]
    doubled = table.duplicated([*visit, "species"])
    if doubled.any():
        row = counts.index[int(np.flatnonzero(doubled)[0])]
        raise ValueError(
            f"row {row} repeats a species of the same visit: keep one, or give start times"
        )
    wanted = sorted(set(table["species"])) if species is None else list(species)
    absent = set(table["species"]) - set(wanted)
    if absent:
        raise ValueError(
            f"species {sorted(absent)[0]!r} has no column: add it to `species`, so that no count is lost"
        )
    kept = [c for c in KEEP if c in table]
    key = table[visit].astype(object).where(table[visit].notna(), None).apply(tuple, axis=1)
    first = table.loc[~key.duplicated(), kept]
    wide = first.reset_index(drop=True)
    order = {k: i for i, k in enumerate(key[~key.duplicated()])}
    at = key.map(order).to_numpy()
    for name in wanted:
        column = np.full(len(wide), np.nan)
        rows = (table["species"] == name).to_numpy()
        column[at[rows]] = table.loc[rows, "count"]
        wide[name] = pd.array(column, dtype="Float64").astype("Int64")
    return wide


def from_site_form(
    form: pd.DataFrame, species: Iterable[str], complete: str | None = None
) -> pd.DataFrame:
    """Turn a site form into rows of site, date, species and count.

    form : one row per site and visit. species : the columns that hold counts. complete : column that says
    (True/False) whether all species were looked for on that visit; there, blanks become zeros; elsewhere
    they stay blank.

    Returns the long table.
    Errors: ValueError for doubled visits, blanks in site or date, bad counts, `complete` not True/False.
    Misleads when `complete` is set from the desk: only the counter knows what was looked for.
    """
    species = list(species)
    require_columns(form, ["site", "date", *species] + ([complete] if complete else []))
    visit = [c for c in ("site", "date", "start_time") if c in form]
    if form.duplicated(visit).any():
        row = form.index[int(np.flatnonzero(form.duplicated(visit))[0])]
        raise ValueError(f"row {row} repeats a site and day: keep one row per visit")
    names_of(form["site"], "site")
    date = dates_of(form["date"]).to_numpy()
    whole = np.zeros(len(form), dtype=bool)
    if complete:
        said = form[complete]
        odd = ~said.isin([True, False])
        if odd.any():
            raise ValueError(
                f"{complete} is {said[odd].iloc[0]!r} in row {form.index[odd.to_numpy()][0]}: write True or False"
            )
        whole = said.astype(bool).to_numpy()
    kept = [c for c in KEEP if c in form and c not in ("site", "date")]
    parts = []
    for name in species:
        count = numbers(form[name], name, minimum=0, whole=True, missing="keep")
        count = np.where(np.isnan(count) & whole, 0, count)
        part = pd.DataFrame(
            {"site": form["site"].to_numpy(), "date": date, "species": name, "count": count}
        )
        parts.append(
            pd.concat([part, form[kept].reset_index(drop=True)], axis=1).assign(
                visit=range(len(form))
            )
        )
    rows = pd.concat(parts).sort_values("visit", kind="stable").drop(columns="visit")
    return rows.reset_index(drop=True)

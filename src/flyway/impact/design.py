"""Reading a before-after-control-impact table: which rows are impact, which are before, what repeats."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import numbers, require_columns

WORDS = {
    "impact": ("impact", "impacted", "treatment", "treated", "affected", "i"),
    "control": ("control", "reference", "c"),
    "before": ("before", "pre", "b"),
    "after": ("after", "post", "a"),
}


@dataclass(frozen=True)
class Design:
    """The rows of a study: `table` has y, impact, after (0/1), site, date; `notes` what was left out."""

    table: pd.DataFrame
    sites: int
    impact_sites: int
    dates: tuple[int, int]
    notes: tuple[str, ...]


def read_design(
    data: pd.DataFrame,
    response: str,
    treatment: str,
    period: str,
    site: str | None,
    date: str | None,
    impact: Hashable | None,
    before: Hashable | None,
    log: bool,
) -> Design:
    """Read and check a BACI table; rows with a blank response are left out and told."""
    columns = [response, treatment, period, *[c for c in (site, date) if c]]
    require_columns(data, columns, "the BACI table")
    for column in columns[1:]:
        blank = data[column].isna()
        if blank.any():
            raise ValueError(f"{column} is missing in row {data.index[blank][0]}: fill it in")
    y = numbers(data[response], response, missing="keep")
    if log and (y <= 0).any():
        row = data.index[int(np.flatnonzero(y <= 0)[0])]
        raise ValueError(
            f"{response} is {y[y <= 0][0]:g} in row {row}, which has no logarithm: use log=False, or "
            f"add half of the smallest count above 0 to every value and say so"
        )
    table = pd.DataFrame(
        {
            "y": np.log(y) if log else y,
            "impact": _code(data[treatment], treatment, "impact", "control", impact),
            "after": 1 - _code(data[period], period, "before", "after", before),
        },
        index=data.index,
    )
    table["site"] = data[site].astype(str) if site else table["impact"].map({0: "C", 1: "I"})
    table["date"] = (
        data[date].astype(str) if date else table["after"].map({0: "before", 1: "after"})
    )
    notes: tuple[str, ...] = ()
    if np.isnan(y).any():
        rows = ", ".join(map(str, data.index[np.isnan(y)][:5]))
        notes = (f"{np.isnan(y).sum()} rows with a blank {response} were left out (rows {rows}).",)
        table = table[~np.isnan(y)]
    _check(table, response)
    per_period = table.groupby("after")["date"].nunique()
    sites = table.groupby("site")["impact"].first()
    return Design(
        table, len(sites), int(sites.sum()), (int(per_period[0]), int(per_period[1])), notes
    )


def _code(column: pd.Series, name: str, one: str, other: str, value: Hashable | None) -> np.ndarray:
    """Return 1 where the column is `one`, 0 where it is `other`; by word, or by the given value."""
    found = sorted(column.unique(), key=str)
    if value is None:
        lower = column.astype(str).str.strip().str.lower()
        first, second = lower.isin(WORDS[one]), lower.isin(WORDS[other])
        if not (first | second).all():
            bad = column[~(first | second)]
            raise ValueError(
                f"{name} is {bad.iloc[0]!r} in row {bad.index[0]}: write {one!r} or {other!r}, or say "
                f"which value means {one} with {one}=…"
            )
        code = first.to_numpy(int)
    else:
        if value not in found:
            raise ValueError(
                f"{one} is {value!r}, but {name} holds {', '.join(map(repr, found))}: choose one of these"
            )
        if len(found) > 2:
            raise ValueError(
                f"{name} holds {len(found)} values ({', '.join(map(repr, found))}): keep two, {one} and "
                f"{other}"
            )
        code = (column == value).to_numpy(int)
    return code


def _check(table: pd.DataFrame, response: str) -> None:
    words = {(1, 0): "impact before", (1, 1): "impact after"}
    words |= {(0, 0): "control before", (0, 1): "control after"}
    present = set(zip(table["impact"], table["after"], strict=True))
    for cell, told in words.items():
        if cell not in present:
            raise ValueError(
                f"there is no {response} for {told}: a BACI needs impact and control, each before and "
                f"after"
            )
    both = table.groupby("site")["impact"].nunique()
    if (both > 1).any():
        raise ValueError(
            f"site {both[both > 1].index[0]} is both impact and control: give each site one treatment"
        )
    both = table.groupby("date")["after"].nunique()
    if (both > 1).any():
        raise ValueError(
            f"date {both[both > 1].index[0]} is both before and after: give each date one period (add "
            f"the year if the column holds months)"
        )

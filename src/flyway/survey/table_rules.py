"""Rules that look across cells and rows: sums of ages, clock and effort, names, places, doubles, outliers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

import numpy as np
import pandas as pd

from flyway.survey.double_count import distance_km
from flyway.survey.findings import CHECK, ERROR, NOTE, Findings

OUTLIER_SPREADS, OUTLIER_FOLD = 4.0, 3.0  # how far from the site's own history, and how many times
SAME_PLACE_KM, SAME_SPOT_KM = 5.0, 0.5
# "total", "sum" and "mean" as the six countries write them at the foot of a table.
SUMS = {"total", "totals", "sum", "subtotal", "grandtotal", "mean", "average"}
SUMS |= {"合計", "小計", "総計", "合计", "小计", "总计", "평균", "합계", "소계", "총계"}
SUMS |= {"итого", "всего", "сумма", "нийт", "дүн", "дундаж"}


def check_ages(values: pd.DataFrame, out: Findings) -> None:
    """Adults and juveniles cannot outnumber the count, nor stand without one."""
    for row, line in values[["count", "adults", "juveniles"]].iterrows():
        aged = line[["adults", "juveniles"]].sum(min_count=1)
        if np.isnan(aged):
            continue
        if np.isnan(line["count"]):
            out.add(row, "count", None, "ages without count", ERROR,
                    f"{aged:g} birds were aged but the count is blank",
                    "write the count, or clear the ages if the site was not counted")  # fmt: skip
        elif aged > line["count"]:
            out.add(row, "adults", aged, "ages above count", ERROR,
                    f"adults and juveniles make {aged:g}, more than the count of {line['count']:g}",
                    "correct the count or the ages (birds that were not aged belong to neither)")  # fmt: skip


def check_effort(values: pd.DataFrame, out: Findings) -> None:
    """The end comes after the start, and the minutes between them are the effort."""
    spent = values["end_time"] - values["start_time"]
    for row in values.index[spent <= 0]:
        out.add(row, "end_time", None, "end before start", ERROR, "the count ends before it starts",
                "correct the times; split a count over midnight into two rows")  # fmt: skip
    differ = (spent > 0) & ((spent - values["effort_min"]).abs() > 10)
    for row in values.index[differ]:
        out.add(row, "effort_min", values.loc[row, "effort_min"], "effort and clock differ", CHECK,
                f"{values.loc[row, 'effort_min']:g} minutes of effort in {spent[row]:g} minutes by the clock",
                "check whether there was a pause; if so, say it in the notes")  # fmt: skip


def check_dates(
    values: pd.DataFrame, out: Findings, earliest: pd.Timestamp, latest: pd.Timestamp
) -> None:
    """Dates lie between the start of the scheme and today."""
    for row, date in values["date"].dropna().items():
        if date > latest:
            out.add(row, "date", date.date(), "date in the future", ERROR,
                    f"{date.date()} is after {latest.date()}", "correct the year, month or day")  # fmt: skip
        elif date < earliest:
            out.add(row, "date", date.date(), "date too early", ERROR,
                    f"{date.date()} is before {earliest.date()}",
                    "correct the year, or set `earliest` if the scheme is that old")  # fmt: skip


def check_blanks(values: pd.DataFrame, out: Findings) -> None:
    """Tell every blank count, so that nobody takes it for a zero."""
    for row in values.index[values["count"].isna()]:
        out.add(row, "count", None, "blank count", NOTE, "the count is blank: it is read as 'not counted'",
                "write 0 if the species was looked for and not seen")  # fmt: skip


def check_sums(values: pd.DataFrame, out: Findings) -> None:
    """Find rows that add up the rows above them: their birds would be counted twice."""
    names = values["site"].dropna()
    for row, name in names[names.map(plain).isin({plain(word) for word in SUMS})].items():
        out.add(row, "site", name, "sum row", ERROR, f"{name!r} is no site but a sum of other rows",
                "set this row aside: sums are made again from the rows")  # fmt: skip


def check_doubles(values: pd.DataFrame, out: Findings) -> None:
    """One row per site, day, start time and species."""
    keys = values[["site", "date", "species", "start_time"]]
    for _, rows in (
        keys.dropna(subset=["site", "date", "species"])
        .groupby(["site", "date", "species", "start_time"], dropna=False)
        .groups.items()
    ):
        for row in list(rows)[1:]:
            first, second = values.loc[rows[0], "count"], values.loc[row, "count"]
            same = first == second or (pd.isna(first) and pd.isna(second))
            told = "the same" if same else "another"
            out.add(row, "site", values.loc[row, "site"], "doubled row", ERROR,
                    f"the same site, day and species as row {rows[0]}, with {told} count",
                    "keep one; if these are parts of the site, name them or add them up")  # fmt: skip


def plain(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation, to find spellings of one name."""
    text = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^\w]|_", "", "".join(c for c in text if not unicodedata.combining(c)))


def check_names(
    values: pd.DataFrame, column: str, known: Iterable[str] | None, out: Findings
) -> None:
    """Find names that are not in the list of known names, and spellings that differ in little."""
    names = values[column].dropna()
    if known is not None:
        known = [str(k) for k in known]
        by_plain = {plain(k): k for k in known}
        for row, name in names[~names.isin(known)].items():
            same = by_plain.get(plain(name))
            close = same or next(iter(get_close_matches(name, known, 1, 0.7)), None)
            mend = (
                f"did you mean {close!r}?"
                if close
                else f"add it to the list, or correct the {column}"
            )
            out.add(
                row,
                column,
                name,
                "unknown name",
                ERROR,
                f"{column} {name!r} is not in the list",
                mend,
                same,
            )
        return
    counts = names.value_counts()
    for _, group in counts.groupby([plain(n) for n in counts.index]):
        usual = group.index[0]
        for other in group.index[1:]:
            for row in names.index[names == other]:
                out.add(row, column, other, "spelling", CHECK,
                        f"{column} {other!r} looks like {usual!r}, written {group.iloc[0]} times",
                        f"write {usual!r} if it is the same {column}", usual)  # fmt: skip


def check_places(
    values: pd.DataFrame, out: Findings, region: tuple[float, float, float, float] | None
) -> None:
    """Coordinates come in pairs, lie in the region, and stay where the site is."""
    half = values["lat"].isna() != values["lon"].isna()
    for row in values.index[half]:
        out.add(row, "lat", None, "half a coordinate", CHECK, "only one of lat and lon can be read",
                "write both or neither")  # fmt: skip
    place = values.dropna(subset=["lat", "lon"])
    if region is not None:
        south, north, west, east = region
        inside = place["lat"].between(south, north) & place["lon"].between(west, east)
        for row, line in place[~inside].iterrows():
            swap = south <= line["lon"] <= north and west <= line["lat"] <= east
            mend = "lat and lon look swapped" if swap else "check the degrees and the signs"
            out.add(row, "lat", (line["lat"], line["lon"]), "outside the region", ERROR,
                    f"{line['lat']:g}, {line['lon']:g} lies outside the region", mend)  # fmt: skip
    for site, group in place.groupby("site"):
        if len(group) < 3:
            continue  # of two places nobody can say which is wrong
        km = distance_km(group["lat"], group["lon"], group["lat"].median(), group["lon"].median())
        for row, d in zip(group.index, km, strict=True):
            if d > SAME_PLACE_KM:
                out.add(row, "lat", None, "site moved", CHECK,
                        f"{site} lies {d:.0f} km from where its other rows put it",
                        "correct the coordinates, or give the new place its own name")  # fmt: skip


def check_renamed(values: pd.DataFrame, out: Findings) -> None:
    """Find a site that ends where another begins, in the same place or with nearly the same name."""
    dated = values.dropna(subset=["site", "date"])
    spans = dated.groupby("site")["date"].agg(["min", "max"])
    spots = dated.groupby("site")[["lat", "lon"]].median()
    for old, a in spans.iterrows():
        for new, b in spans[spans["min"] > a["max"]].iterrows():
            if plain(old) == plain(new):
                continue  # told already as a spelling
            km = float(distance_km(*spots.loc[old], *spots.loc[new]))
            digits = [re.findall(r"\d+", n) for n in (old, new)]
            alike = SequenceMatcher(None, plain(old), plain(new)).ratio() >= 0.8
            if km <= SAME_SPOT_KM or (np.isnan(km) and alike and digits[0] == digits[1]):
                row = dated.index[(dated["site"] == new) & (dated["date"] == b["min"])][0]
                out.add(row, "site", new, "renamed site", CHECK,
                        f"{new!r} begins after {old!r} ended ({a['max'].date()}): one site under two names?",
                        "if so, use one name in all rows: a renamed site looks like one lost and one won")  # fmt: skip


def far_from_history(values: pd.DataFrame, history: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compare each count with the other counts of its site and species, on the log scale.

    Returns one row per count of a site and species with six counts or more: `row`, `site`, `species`,
    `birds` (the count), `usual` (the median of the others), `fold` (count ÷ usual, with 1 added to
    both, so that a zero has one) and `spreads` (standard deviations away, always positive).
    """
    past = values[["site", "species", "count"]]
    if history is not None:
        past = pd.concat(
            [past, history[["site", "species", "count"]].set_axis([None] * len(history))]
        )
    past = past.dropna()
    lines = []
    for (site, species), group in past.groupby(["site", "species"]):
        if len(group) < 6:
            continue
        logs = np.log1p(group["count"].to_numpy(dtype=float))
        for k, row in enumerate(group.index):
            if row is None:
                continue
            others = np.delete(logs, k)
            middle = np.median(others)
            # counts that repeat to the bird must not make every other one an outlier; few birds scatter more
            least = np.sqrt(0.2**2 + np.exp(-middle))
            spread = max(1.4826 * np.median(np.abs(others - middle)), least)
            far = logs[k] - middle
            usual, count = np.expm1(middle), group["count"].iloc[k]
            lines.append((row, site, species, count, usual, np.exp(far), abs(far) / spread))
    columns = ["row", "site", "species", "birds", "usual", "fold", "spreads"]
    return pd.DataFrame(lines, columns=columns)


def check_outliers(
    values: pd.DataFrame,
    history: pd.DataFrame | None,
    out: Findings,
    spreads: float = OUTLIER_SPREADS,
    fold: float = OUTLIER_FOLD,
) -> None:
    """Tell each count that is more than `fold` times the usual one, or less than 1/`fold` of it.

    It must also be more than `spreads` standard deviations away (`far_from_history`).
    """
    for line in far_from_history(values, history).itertuples():
        if line.spreads > spreads and abs(np.log(line.fold)) > np.log(fold):
            out.add(line.row, "count", line.birds, "unlike its history", CHECK,
                    f"{line.birds:g} {line.species} at {line.site}, where {line.usual:.0f} are usual",
                    "ask the counter; keep the count if it holds, and say so in the notes")  # fmt: skip

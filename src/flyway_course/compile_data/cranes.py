"""Package `crane_counts`: published counts of Hooded and White-naped Cranes, 1970s to 2025."""

from __future__ import annotations

import re
from datetime import date
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

CODES = {
    "Hooded Crane": "HC",
    "White-naped Crane": "WNC",
    "All cranes": "ALL",
    "Cranes (3 species)": "ALL",
    "WNC+RCC": "WNC+RCC",
    "Hooded+White-naped": "HC+WNC",
}
# Places of the counts that are one site of the package `flyway_sites`.
SITE_IDS = {
    "Izumi Plain, Kagoshima": "JP01",
    "Yashiro, Yamaguchi": "JP02",
    "Suncheon Bay": "KR01",
    "Yeoja Bay": "KR02",
    "Goheung": "KR02",
    "Cheorwon basin (CCZ/DMZ)": "KR03",
    "Cheorwon": "KR03",
    "Yeoncheon": "KR04",
    "Han River estuary": "KR05",
    "Gimpo/Goyang (Han River estuary)": "KR05",
    "Paju": "KR06",
    "Cheonsu Bay": "KR07",
    "Cheonsu Bay (Seosan)": "KR07",
    "Gumi-Haepyeong (Nakdong River)": "KR08",
    "Junam Reservoir": "KR09",
    "Poyang Lake": "CN01",
    "Shengjin Lake": "CN02",
    "Chongming Dongtan": "CN06",
    "Ulz River, 270 km section": "MN01",
    "Muraviovka Park": "RU02",
}
CONFIDENCE = [
    "confirmed",
    "confirmed (year read from context)",
    "confirmed (low-authority source)",
    "confirmed value; meaning needs-check",
    "needs-check",
]
DAYS = re.compile(r"(\d{4}-\d{2}-)(\d{2})(?:/(\d{2}))?")

ABOUT = """
Counts of Hooded Cranes (HC) and White-naped Cranes (WNC) that could be read in city tables, survey
reports, papers and news. `ALL` is all cranes together, `RCC` the Red-crowned Crane.

How it was compiled:

- Each row is one published value. `preferred` is 1 for the value to use and 0 for the others: early
  counts of a season, bracketed values, counts of birds that were passing through.
- **Counts of different types do not compare.** Read `count_type` before you join two rows. A roost
  count at dawn, a field count by day and a count of departures answer different questions.
- `bracketed` = 1: the Izumi table prints a second figure in brackets. It is read here as the highest
  number of the season, which is `needs-check`.
- Never read the White-naped Cranes of Izumi as a population trend: many birds stay in Korea until
  late winter, so the date of the count decides the number.
- In 2022/23 avian influenza stopped the first four counts at Izumi and moved birds to Suncheon Bay.
- `year` is the year in which the winter began (1999 for 1999/00). It is blank where the source is vague.
- A missing season is not a zero. A value marked `needs-check` is never preferred.
- `mortality` counts carcasses that were found. Divided by a count of living birds it is not a death
  rate, because cranes moved between countries in the same weeks.
"""


def build(facts: Path, known: dict[str, Source]) -> Package:
    """Package from `crane_counts.csv` of the fact files, one table per kind of number."""
    rows = read_rows(facts, "crane_counts.csv")
    kinds: dict[str, list[Row]] = {"counts": [], "breeding": [], "estimates": [], "mortality": []}
    for row in rows:
        if not row["unit"].startswith("%"):  # a share, kept in the notes of `flyway_sites`
            kinds[_kind(row)].append(_row(row))
    titles = {
        "counts": "Counts of living birds outside the breeding season",
        "breeding": "Pairs and birds in the breeding season",
        "estimates": "Estimates for a country or the whole flyway",
        "mortality": "Carcasses and sick birds, avian influenza at Izumi and Suncheon",
    }
    tables = [_table(name, titles[name], made) for name, made in kinds.items()]
    return Package(
        name="crane_counts",
        title="Published counts of Hooded and White-naped Cranes",
        description=(
            "Counts of two crane species at wintering, staging and breeding sites, with the type of "
            "each count and its source. Units: birds, or pairs in the table `breeding`."
        ),
        about=ABOUT,
        tables=[*tables, sources_table(tables, known)],
    )


def _kind(row: dict[str, str]) -> str:
    if row["unit"] not in ("individuals", "territorial pairs", "pairs"):
        return "mortality"
    if row["count_type"] in ("estimate", "population estimate"):
        return "estimates"
    return "breeding" if row["date_or_period"] == "breeding season" else "counts"


def _row(row: dict[str, str]) -> Row:
    start, end = _days(row["date_or_period"])
    unsure = row["confidence"].startswith("needs-check")
    season = row["season_or_year"]
    whole = row["country"] == "all"
    return {
        "species": CODES[row["species"]],
        "season": season,
        "year": int(season[:4]) if re.fullmatch(r"\d{4}(/\d{2})?", season) else None,
        "period": row["date_or_period"],
        "date_start": start,
        "date_end": end,
        "place": "Whole flyway" if whole else row["site"],
        "site_id": SITE_IDS.get(row["site"], ""),
        "country_or_area": "" if whole else row["country"],
        "count": row["count"],
        "low": row["low"],
        "high": row["high"],
        "unit": "birds" if row["unit"] == "individuals" else row["unit"],
        "count_type": row["count_type"] or "not stated",
        "bracketed": row["count_type"].startswith("bracketed"),
        "preferred": row["preferred"] == "1" and not unsure,
        "source": keys_of(row["source"]),
        "confidence": "needs-check" if unsure else row["confidence"],
        "note": row["note"],
    }


def _days(text: str) -> tuple[str, str]:
    """First and last day of `2011-12-18/19`; blank for `season`, `winter`, `2025-12` and the like."""
    match = DAYS.fullmatch(text)
    if not match:
        return "", ""
    month, first, last = match.groups()
    for day in (first, last or first):
        date.fromisoformat(month + day)
    return month + first, month + (last or first)


def _table(name: str, title: str, rows: list[Row]) -> Table:
    rows.sort(
        key=lambda r: (r["place"], r["species"], r["year"] or 0, r["date_start"], r["count_type"])
    )
    for number, row in enumerate(rows, start=1):
        row["row_id"] = f"{name[0].upper()}{number:03d}"
    days = "of the count; blank when the source gives no exact day."
    printed = ["birds"] if name in ("counts", "estimates") else sorted({r["unit"] for r in rows})
    fields = [
        column("row_id", "string", "Identifier of the row.", required=True, unique=True),
        column("species", "string", "HC, WNC, ALL (all cranes), or two species together.",
               required=True, enum=sorted(set(CODES.values()))),
        column("season", "string", "Winter or year, as printed.", required=True),
        column("year", "integer", "Year in which the winter began.", unit="year", minimum=1970,
               maximum=2026),
        column("period", "string", "Date or part of the season, as printed."),
        column("date_start", "date", f"First day {days}"),
        column("date_end", "date", f"Last day {days}"),
        column("place", "string", "Place, as printed.", required=True),
        column("site_id", "string", "The same place in the package `flyway_sites`, where it is one.",
               pattern=r"[A-Z]{2}\d{2}"),
        column("country_or_area", "string", "Country or area, named as in the sources."),
        column("count", "integer", "The published number.", unit="see `unit`", minimum=0),
        column("low", "integer", "Lower end, where a range was published.", unit="see `unit`",
               minimum=0),
        column("high", "integer", "Upper end, where a range was published.", unit="see `unit`",
               minimum=0),
        column("unit", "string", "What was counted.", required=True, enum=printed),
        column("count_type", "string", "How the number was made.", required=True),
        column("bracketed", "boolean", "1: printed in brackets in the Izumi table.", required=True),
        column("preferred", "boolean", "1: the value to use. 0: kept for comparison.", required=True),
        source_keys(),
        column("confidence", "string", "How sure we are of it.", required=True, enum=CONFIDENCE),
        column("note", "string", "What one should know about this value."),
    ]  # fmt: skip
    return Table(name, title, fields, rows, key=["row_id"])

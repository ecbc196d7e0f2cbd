"""Dates as people write them: which can be read in one way only, and which must be asked about."""

from __future__ import annotations

import re
from datetime import date, datetime

DAY_FIRST, MONTH_FIRST = "day first", "month first"
ORDERS = (None, DAY_FIRST, MONTH_FIRST)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-./年년]\s*(\d{1,2})\s*[-./月월]\s*(\d{1,2})\s*[日일.]?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_NAMED = ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%B-%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y")
# Day 1 of a spreadsheet is 1900-01-01, and it counts a 29 February 1900 that never was.
_SHEET_DAYS = range(18264, 73051)  # 1950 to 2099
_SHEET_ZERO = date(1899, 12, 30).toordinal()


def only_reading(text: str, order: str | None = None) -> date | None:
    """Return the day that a written date means if it can mean one day only, else None.

    text : such as "2024/1/15", "15.01.2024", "15 Jan 2024", "2024年1月15日". order : "day first" or
    "month first" where it is known how the table was written; "03/04/2024" has no reading without it.
    """
    text = text.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(*found.groups())
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = found.groups()
        readings = {DAY_FIRST: _day(year, second, first), MONTH_FIRST: _day(year, first, second)}
        if order:
            return readings[order]
        possible = set(readings.values()) - {None}
        return possible.pop() if len(possible) == 1 else None
    for form in _NAMED:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def advice(text: str) -> str:
    """Return what to do about a date that has no reading, or more than one."""
    text = text.strip()
    found = _YEAR_LAST.fullmatch(text)
    if found and only_reading(text, DAY_FIRST) and only_reading(text, MONTH_FIRST):
        return (
            "day and month cannot be told apart: ask, then write year-month-day, such as 2024-01-15, or say "
            "date_order='day first' for the whole table"
        )
    if re.fullmatch(r"\d{5}(\.0+)?", text) and int(float(text)) in _SHEET_DAYS:
        day = date.fromordinal(_SHEET_ZERO + int(float(text)))
        return (
            f"a day number of a spreadsheet ({day})? Format the column as dates and save it again"
        )
    return "write a real day as year-month-day, such as 2024-01-15"


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

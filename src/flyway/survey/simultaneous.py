"""Was it one census? Window, methods and coverage of a simultaneous count, with a quality grade.

Counters in six countries count "on the same day". `window_coverage` says who did, `compare_methods` who
changed how they count, and `census_grade` puts it into one letter with its reasons. The limits of the
grade are a rule of this package, printed with each grade; no published case exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import dates_of, names_of, number, numbers, probability, require_columns

# Grade: least share of usual birds counted in the window, and of sites with unchanged methods;
# largest share of birds that may have been counted twice.
GRADES = (("A", 0.90, 0.90, 0.02), ("B", 0.75, 0.75, 0.10), ("C", 0.50, 0.50, 0.25))


@dataclass(frozen=True)
class WindowCoverage:
    """Who counted inside the window; shares are of sites, and of the birds those sites usually hold.

    estimate : share of the usual birds at sites counted inside the window.
    share_of_sites : share of sites counted inside it.
    table : one row per site.
    """

    estimate: float
    share_of_sites: float
    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def summary(self) -> pd.DataFrame:
        """Return one row per site: status, time, days outside the window, count, usual birds."""
        return self.table


def on_one_clock(
    reports: pd.DataFrame,
    utc_offset_h: float,
    date: str = "date",
    time: str = "local_time",
    offset: str = "utc_offset_h",
) -> pd.Series:
    """Turn the local times of several countries into times on one clock.

    Parameters
    ----------
    reports : one row per count. date, time, offset : its columns of the local date, the local clock time
        ("08:00"; blank where nobody counted) and the hours that the local clock is ahead of UTC.
    utc_offset_h : hours that the common clock is ahead of UTC (China 8, Japan and Korea 9).

    Returns a column of timestamps with the index of `reports`; a blank time stays blank.
    Errors: ValueError for a date or time that cannot be read, and for offsets outside −12 to 14.
    Misleads when counters wrote the planned time, or the time of the neighbour's clock.
    """
    require_columns(reports, [date, time, offset])
    common = number(utc_offset_h, "utc_offset_h", minimum=-12, maximum=14)
    own = numbers(reports[offset], offset, minimum=-12, maximum=14)
    given = reports[time].map(lambda value: isinstance(value, str) and bool(value.strip()))
    told = reports[date].astype(str).str[:10] + " " + reports[time].astype(str).str.strip()
    local = dates_of(told.where(given.astype(bool), None), time, missing="keep")
    return local + pd.to_timedelta(common - own, unit="h")


def window_coverage(
    counts: pd.DataFrame,
    start: object,
    end: object,
    site: str = "site",
    time: str = "time",
    count: str = "count",
    usual: str | None = None,
) -> WindowCoverage:
    """Compare the times of counts with the agreed window.

    Parameters
    ----------
    counts : one row per site that was to be counted; `time` and `count` blank where nobody counted.
    start, end : the window; an end without a clock time includes that whole day.
    site, time, count : names of its columns.
    usual : column of birds the site usually holds, to weigh sites; default: all sites alike.

    Returns the share of usual birds at sites counted inside the window (`estimate`), the share of
    sites, and a table with the status of each: "inside", "outside", "not counted", "no time".
    Errors: ValueError for doubled sites, times that cannot be read, an end before the start.
    Misleads when "usual" is old, and when counters wrote the planned time and not the true one.
    """
    require_columns(counts, [site, time, count] + ([usual] if usual else []))
    names = names_of(counts[site], site)
    if names.duplicated().any():
        raise ValueError(
            f"site {names[names.duplicated()].iloc[0]} is listed twice: keep the count that is used"
        )
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if last == last.normalize():
        last = last + pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
    if last < first:
        raise ValueError(f"the window ends ({last}) before it starts ({first})")
    when = dates_of(counts[time], time, missing="keep")
    birds = numbers(counts[count], count, minimum=0, whole=True, missing="keep")
    weight = np.ones(len(counts)) if usual is None else numbers(counts[usual], usual, minimum=0)
    if weight.sum() == 0:
        raise ValueError(f"every {usual} is 0: sites cannot be weighed")
    inside = (when >= first) & (when <= last)
    # a count on a date without a clock time belongs to its whole day
    off = (
        np.where(when < first, (when - first).dt.total_seconds(), (when - last).dt.total_seconds())
        / 86400
    )
    status = np.select(
        [np.isnan(birds), when.isna(), inside], ["not counted", "no time", "inside"], "outside"
    )
    table = pd.DataFrame(
        {
            "site": names.to_numpy(),
            "status": status,
            "time": when.to_numpy(),
            "days_off": np.where(
                status == "outside", off, np.where(status == "inside", 0.0, np.nan)
            ),
            "count": birds,
            "usual": weight,
        }
    )
    good = status == "inside"
    notes = ()
    if (status == "no time").any():
        named = ", ".join(map(str, names[status == "no time"][:5]))
        notes += (
            f"No time is given for {named}: they count as outside the window. Ask the counters.",
        )
    return WindowCoverage(
        float(weight[good].sum() / weight.sum()), float(good.mean()), table, notes
    )


def compare_methods(
    before: pd.DataFrame, now: pd.DataFrame, columns: Iterable[str], site: str = "site"
) -> pd.DataFrame:
    """List what changed at each site between two censuses.

    Parameters
    ----------
    before, now : tables of the two censuses, one row per site. site : their column of names.
    columns : what must stay the same, such as method, observers, optics, tide, area_km2.

    Returns a table: site, what `changed` in words, and `comparable` (True or False).
    A blank in either census counts as "unknown" and makes the site not comparable, because nobody can
    say. Sites in one census only are marked "new" or "dropped".
    Errors: ValueError for a site given twice, and for columns that one of the tables lacks.
    """
    columns = list(columns)
    rows = []
    for name, table in (("before", before), ("now", now)):
        require_columns(table, [site, *columns], f"the table {name!r}")
        if table[site].duplicated().any():
            raise ValueError(
                f"site {table[site][table[site].duplicated()].iloc[0]} is listed twice in {name!r}"
            )
    old, new = before.set_index(site), now.set_index(site)
    for name in dict.fromkeys([*old.index, *new.index]):
        if name not in old.index or name not in new.index:
            rows.append((name, "new" if name in new.index else "dropped", False))
            continue
        told = []
        for column in columns:
            a, b = old.loc[name, column], new.loc[name, column]
            if pd.isna(a) or pd.isna(b):
                told.append(f"{column}: unknown")
            elif a != b:
                told.append(f"{column}: {a} → {b}")
        rows.append((name, "; ".join(told), not told))
    return pd.DataFrame(rows, columns=["site", "changed", "comparable"])


@dataclass(frozen=True)
class CensusGrade:
    """A letter from A to D and the reasons for it.

    grade : "A" to "D".
    reasons : table with each measure, its value, and the grade it would allow.
    """

    grade: str
    reasons: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return each measure, its value, and the grade it would allow on its own."""
        return self.reasons


def census_grade(in_window: float, comparable: float, counted_twice: float = 0.0) -> CensusGrade:
    """Grade a simultaneous census: the worst of three measures decides.

    A: 90 %, 90 %, 2 %. B: 75 %, 75 %, 10 %. C: 50 %, 50 %, 25 %. D: anything worse.

    Parameters
    ----------
    in_window : share of usual birds counted inside the window. comparable : share of sites with the
        same methods as before. counted_twice : largest share of birds that may be double counts.

    Errors: ValueError for shares outside 0 to 1.
    Misleads when read as the quality of the population estimate: sites that nobody knows are not in it.
    """
    values = {
        "usual birds counted in the window": probability(in_window, "in_window"),
        "sites with the same methods": probability(comparable, "comparable"),
        "birds perhaps counted twice": probability(counted_twice, "counted_twice"),
    }
    letters = []
    for k, value in enumerate(values.values(), start=1):
        ok = [g[0] for g in GRADES if (value >= g[k] if k < 3 else value <= g[k])]
        letters.append(ok[0] if ok else "D")
    reasons = pd.DataFrame(
        {"measure": list(values), "share": list(values.values()), "grade": letters}
    )
    return CensusGrade(max(letters), reasons)

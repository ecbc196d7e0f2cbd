"""How fast does each place change? One trend for each, in the table a coordinator reads first.

Source: the method and its sources are those of `flyway.counts.trend`.
"""

from __future__ import annotations

import pandas as pd

from flyway.counts.trend import trend


def trend_by(
    table: pd.DataFrame,
    group: str,
    *,
    year: str = "year",
    count: str = "count",
    family: str = "quasipoisson",
    level: float = 0.95,
) -> pd.DataFrame:
    """Fit a trend to each group of a table, such as each region.

    Parameters
    ----------
    table : one row per group and year.
    group, year, count : the names of its columns (count in birds).
    family : as in `flyway.counts.trend.trend`.
    level : coverage of the interval.

    Returns
    -------
    DataFrame, one row per group in the order of first appearance: the group, `counts` (how many
    years), `percent` (change per year), `lower`, `upper` (interval, per cent per year) and
    `class`: "rising" when the whole interval is above 0, "falling" when it is below, else
    "not sure".

    Errors: ValueError naming a missing column, or the group whose trend cannot be fitted.
    Misleads when many groups are read at once: of 20 steady places one will look as if it changed. And
    "not sure" is not "no change".
    """
    missing = [name for name in (group, year, count) if name not in table.columns]
    if missing:
        raise ValueError(
            f"no column {missing[0]!r} in the table; it has {', '.join(map(str, table.columns))}"
        )
    rows = []
    for name in table[group].dropna().unique():
        part = table[table[group] == name]
        try:
            result = trend(part[year], part[count], family=family)
        except ValueError as problem:
            raise ValueError(f"{group} {name!r}: {problem}") from problem
        lower, upper = (100 * (end - 1) for end in result.interval(level))
        word = "rising" if lower > 0 else "falling" if upper < 0 else "not sure"
        rows.append((name, result.n, result.percent, lower, upper, word))
    return pd.DataFrame(rows, columns=[group, "counts", "percent", "lower", "upper", "class"])

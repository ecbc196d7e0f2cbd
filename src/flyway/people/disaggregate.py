"""Who is in the numbers: women and men, young and old, without giving anyone away?

`disaggregate` counts people (and averages a score) by sex, age or other groups, with all totals, and
hides small groups together with as many other cells as it takes that no hidden number can be worked
out from the rest, exactly or within an interval narrower than `protection`.

Source: Hundepool et al. (2012) Statistical Disclosure Control, Wiley, ch. 4; see
`flyway.people.suppression` for the method.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results
from flyway.inputs import numbers, require_columns
from flyway.people.suppression import Attack, Lattice, hide, lattice

ALL = "all"
NOT_STATED = "not stated"
HIDDEN = "hidden"


@dataclass(frozen=True)
class Disaggregation:
    """A table that may be published. Hidden cells hold no number here, not even inside.

    by : the columns of groups.
    table : one row per cell: the groups ("all" for totals), n (blank where hidden), hidden, and
        with a value estimate (mean), se, lower, upper.
    threshold, protection : the rules that were used (people).
    limits : lowest and highest value that a reader may know.
    """

    by: tuple[str, ...]
    table: pd.DataFrame
    threshold: int
    protection: float
    limits: tuple[float, float] | None
    notes: tuple[str, ...] = ()

    def summary(self) -> pd.DataFrame:
        """Return the table: groups, n, hidden, and with a value estimate, se, lower, upper."""
        return self.table

    def crosstab(self) -> pd.DataFrame:
        """Return the numbers of people as a table to print, with the word "hidden" where hidden."""
        text = [HIDDEN if h else f"{int(n)}" for n, h in self.table[["n", "hidden"]].to_numpy()]
        frame = self.table[list(self.by)].assign(n=text)
        if len(self.by) == 1:
            return frame.set_index(self.by[0])
        levels = {c: list(dict.fromkeys(frame[c])) for c in self.by}
        wide = frame.set_index(list(self.by))["n"].unstack()  # noqa: PD010 (texts cannot be averaged)
        if len(self.by) == 2:
            wide = wide.reindex(levels[self.by[0]])
        return wide.reindex(columns=levels[self.by[-1]])

    def audit(self) -> pd.DataFrame:
        """Attack the published table: the narrowest interval that can be worked out for each hidden cell.

        Uses the numbers in `table` and nothing else. Returns the groups, lower, upper and width (people);
        the width is never below `protection`.
        """
        return audit_table(self.table, self.by, self.limits)


def disaggregate(
    data: pd.DataFrame,
    by: str | Iterable[str],
    value: str | None = None,
    *,
    limits: tuple[float, float] | None = None,
    threshold: int = 5,
    protection: float | None = None,
    level: float = 0.95,
) -> Disaggregation:
    """Count people by groups such as sex and age, and hide what would give single people away.

    Parameters
    ----------
    data : one row per person. by : one to three columns of groups; a blank becomes "not stated".
    value : column of numbers (such as a test score) to average in each cell; people without it are
        left out of the table. limits : lowest and highest value possible, which a reader may know;
        default: those in the data.
    threshold : groups of 1 to threshold − 1 people are hidden (default 5). Zeros are shown.
    level : coverage of the intervals of means.
    protection : narrowest interval of people that may be inferred for a hidden cell; default:
        `threshold`.

    Returns a `Disaggregation`; its `audit()` is run before it is returned.
    Errors: ValueError for no rows, more than three columns, values outside limits, and tables that
    cannot be made safe (the message says what to join).
    Assumes that only this table is published. A second table of the same people, with other groups, a
    later date or another threshold, can be subtracted from this one: publish one.
    Misleads: a zero, or a group in which all answered alike, also tells about people; and hidden is
    not missing at random, it is the smallest groups that vanish.
    """
    by = [by] if isinstance(by, str) else list(by)
    if not 1 <= len(by) <= 3 or len(set(by)) < len(by):
        raise ValueError(f"by names {len(by)} columns: give one to three different ones")
    if threshold != int(threshold) or threshold < 2:
        raise ValueError(f"threshold is {threshold!r}: give a whole number from 2, such as 5")
    width = float(threshold if protection is None else numbers([protection], "protection")[0])
    if width < 1:
        raise ValueError(f"protection is {width:g}: below 1 a hidden number can be worked out")
    require_columns(data, [*by, *([value] if value else [])])
    notes = []
    if value:
        blank = data[value].isna()
        if blank.any():
            notes.append(f"{int(blank.sum())} people have no {value}: they are left out.")
        data = data[~blank]
    if data.empty:
        raise ValueError("there is no one to count: the table has no rows")
    codes, levels = _levels(data, by)
    table = lattice(tuple(len(v) for v in levels))
    if len(table.cells) > 150:
        raise ValueError(
            f"the table has {len(table.cells)} cells with its totals: join classes, up to 150 cells"
        )
    place = np.ravel_multi_index(codes, table.shape)
    base = np.bincount(place, minlength=table.sums.shape[1]).astype(float)
    counts = table.sums @ base
    y = scores = None
    if value:
        y, limits, scores = _scores(data[value], value, limits, place, table)
    hidden = hide(table, counts, threshold, width, scores)
    frame = _frame(table, by, levels, np.where(hidden, np.nan, counts), hidden)
    if y is not None:
        frame = pd.concat([frame, _means(table, y, place, hidden, level)], axis=1)
    if hidden.any():
        notes.append(
            f"{int(hidden.sum())} of {len(hidden)} cells are hidden: groups below {threshold} people, and "
            f"cells that would give them away."
        )
    found = Disaggregation(
        tuple(by), frame, int(threshold), width, limits if value else None, tuple(notes)
    )
    if hidden.any() and found.audit()["width"].min() < width:
        raise RuntimeError("a hidden cell can be inferred too closely: please report this table")
    return found


def audit_table(
    table: pd.DataFrame, by: Iterable[str], limits: tuple[float, float] | None = None
) -> pd.DataFrame:
    """Attack a published table: what can be worked out about each hidden cell?

    Zeros count as published, so that a hidden cell holds at least one person.

    Parameters
    ----------
    table : one row per cell with the columns of groups ("all" for totals), n (blank where hidden) and,
        if means were published, estimate. by : names of the columns of groups.
    limits : lowest and highest value possible, if means were published.

    Returns a table: groups, lower, upper, width, one row per hidden cell.

    Errors: ValueError for missing cells and for numbers that contradict each other.
    Misleads when another table of the same people is published too: it is not in the attack.
    """
    by = list(by)
    require_columns(table, [*by, "n"])
    levels = [[v for v in dict.fromkeys(table[c]) if v != ALL] for c in by]
    grid = lattice(tuple(len(v) for v in levels))
    rows = table.set_index(by)
    names = _names(grid, levels)
    lacking = [c for c in names if (c if len(by) > 1 else c[0]) not in rows.index]
    if lacking or len(rows) != len(names):
        raise ValueError(
            f"the table must have each cell and total once; "
            f"{'this one is missing: ' + ', '.join(map(str, lacking[0])) if lacking else 'one is doubled'}"
        )
    rows = rows.loc[names if len(by) > 1 else [c[0] for c in names]]
    counts = numbers(rows["n"].reset_index(drop=True), "n", minimum=0, missing="keep")
    hidden = np.isnan(counts)
    scores = None
    if limits is not None and "estimate" in rows.columns and limits[1] > limits[0]:
        mean = rows["estimate"].to_numpy(dtype=float)
        scores = np.where(counts > 0, (mean - limits[0]) / (limits[1] - limits[0]) * counts, 0.0)
    try:
        attack = Attack(grid, counts, hidden, scores)
        ends = [attack.range(cell) for cell in np.flatnonzero(hidden)]
    except RuntimeError:
        raise ValueError("the published numbers contradict each other: check the sums") from None
    found = pd.DataFrame([c for c, h in zip(names, hidden, strict=True) if h], columns=by)
    found["lower"], found["upper"] = np.array(ends, dtype=float).reshape(-1, 2).T
    found["width"] = found["upper"] - found["lower"]
    return found


def _levels(data: pd.DataFrame, by: list[str]) -> tuple[tuple, list[list]]:
    codes, levels = [], []
    for c in by:
        column = data[c].astype(object).where(data[c].notna(), NOT_STATED)
        if (column == ALL).any():
            row = data.index[int(np.flatnonzero((column == ALL).to_numpy())[0])]
            raise ValueError(
                f"{c} is {ALL!r} in row {row}: that word is kept for totals, rename it"
            )
        if isinstance(data[c].dtype, pd.CategoricalDtype):
            order = list(data[c].cat.categories)
        else:
            order = sorted(set(column) - {NOT_STATED}, key=lambda v: (str(type(v)), v))
        if (column == NOT_STATED).any() and NOT_STATED not in order:
            order.append(NOT_STATED)
        position = {v: i for i, v in enumerate(order)}
        codes.append(np.array([position[v] for v in column]))
        levels.append(order)
    return tuple(codes), levels


def _scores(
    column: pd.Series, name: str, limits: tuple | None, place: np.ndarray, table: Lattice
) -> tuple[np.ndarray, tuple[float, float], np.ndarray | None]:
    y = numbers(column, name)
    low, high = (y.min(), y.max()) if limits is None else numbers(limits, "limits")
    numbers(column, name, minimum=low, maximum=high)
    if not high > low:
        return y, (float(low), float(high)), None
    scaled = (y - low) / (high - low)
    base = np.bincount(place, weights=scaled, minlength=table.sums.shape[1])
    return y, (float(low), float(high)), table.sums @ base


def _names(table: Lattice, levels: list[list]) -> list[tuple]:
    return [
        tuple(
            ALL if c == len(v) else v[c] for c, v in zip(cell, levels, strict=True)
        )
        for cell in table.cells
    ]  # fmt: skip


def _frame(
    table: Lattice, by: list[str], levels: list[list], n: np.ndarray, hidden: np.ndarray
) -> pd.DataFrame:
    frame = pd.DataFrame(_names(table, levels), columns=by)
    frame["n"] = pd.array([None if h else int(v) for v, h in zip(n, hidden, strict=True)], "Int64")
    frame["hidden"] = hidden
    return frame


def _means(
    table: Lattice, y: np.ndarray, place: np.ndarray, hidden: np.ndarray, level: float
) -> pd.DataFrame:
    rows = []
    for members, h in zip(table.sums[:, place] > 0, hidden, strict=True):
        own = y[members]
        if h or len(own) < 1:
            rows.append((np.nan,) * 4)
            continue
        se = own.std(ddof=1) / np.sqrt(len(own)) if len(own) > 1 else np.nan
        ends = (
            results.interval(own.mean(), se, level, len(own) - 1) if len(own) > 1 else (np.nan,) * 2
        )
        rows.append((own.mean(), se, *ends))
    return pd.DataFrame(rows, columns=["estimate", "se", "lower", "upper"])

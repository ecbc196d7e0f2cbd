"""Reading what a counter hands over: numbers, counts, years, with errors that name the place.

Every room reads its inputs through these few functions, so that a blank stays a blank, a zero
stays a zero, and a mistake is named by column, row and mend. A *row* is the label at the left of
the table, as pandas shows it (for plain lists: the position, counted from 0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from numbers import Number

import numpy as np
import pandas as pd

ISO_TIME = re.compile(
    r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
)

LAST_YEAR = 9999


def numbers(
    values: Iterable,
    name: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    whole: bool = False,
    missing: str = "error",
    where: Callable[[int], str] | None = None,
) -> np.ndarray:
    """Return `values` as floats, or say which row is wrong and how to mend it.

    Parameters
    ----------
    values : list, array or Series, length n (nullable pandas types are read too).
    name : what the values are called in the table, for the message.
    minimum, maximum : smallest and largest value allowed (both inclusive).
    whole : fractions are refused.
    missing : "error" refuses blanks, "keep" returns them as NaN (a blank is never a zero).
    where : turns a position into words such as "site KR03, 2021", added to the row.

    Raises
    ------
    ValueError naming the row and the mend.
    """
    if isinstance(values, pd.DataFrame):
        raise ValueError(
            f"{name} is a whole table: give one column, such as table[{name.split()[0]!r}]"
        )
    if isinstance(values, str | bytes) or not np.iterable(values):
        raise ValueError(f"{name} is a single value: give a list, an array or a column of a table")
    series = values if isinstance(values, pd.Series) else _series(values, name)

    def place(position: int) -> str:
        row = f"row {series.index[position]}"
        return f"{row} ({where(position)})" if where else row

    if not pd.api.types.is_numeric_dtype(series.dtype):
        for position, value in enumerate(series):
            if not (
                _blank(value) or (isinstance(value, Number) and not isinstance(value, complex))
            ):
                raise ValueError(
                    f"{name} is {value!r} in {place(position)}, which is not a number: correct it, "
                    f"leave it blank (NaN) if nothing was counted, or read the column "
                    f"with pd.to_numeric"
                )
        series = pd.Series([np.nan if _blank(v) else _float(v) for v in series], index=series.index)
    array = series.to_numpy(dtype=float, na_value=np.nan).copy()

    def refuse(bad: np.ndarray, text: str) -> None:
        if bad.any():
            position = int(np.flatnonzero(bad)[0])
            value = f"{array[position]:g}"
            raise ValueError(f"{name} {text.format(value=value)}".replace("@", place(position)))

    blank = np.isnan(array)
    if missing == "error":
        refuse(blank, "is missing in @: fill it in or leave that row out (a blank is not a zero)")
    refuse(np.isinf(array), "is infinite in @: correct the value or leave it blank")
    if minimum is not None:
        low = ~blank & (array < minimum)
        if minimum == 0:
            refuse(low, f"is negative ({{value}}) in @: {name} must be 0 or more")
        refuse(low, f"is {{value}} in @: it must be {minimum:g} or more")
    if maximum is not None:
        refuse(~blank & (array > maximum), f"is {{value}} in @: it must be {maximum:g} or less")
    if whole:
        refuse(
            ~blank & (array != np.round(array)),
            "is {value} in @, not a whole number: give the birds as counted",
        )
    return array


def same_length(**columns: np.ndarray) -> int:
    """Return the common length of the columns, or say which lengths differ."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise ValueError(f"the columns differ in length ({told}): give one value of each per row")
    return next(iter(lengths.values()))


def _float(value: Number) -> float:
    """Turn a number into a float; a whole number too large for one counts as infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def years_of(values: Iterable, name: str = "year") -> np.ndarray:
    """Return calendar years as floats from numbers, dates, timestamps or periods.

    Raises ValueError for a blank year, a text, or a number that is no year (such as 21 for 2021).
    Small whole numbers such as 1, 2, 3 are allowed as "year of the study" if all are below 1000.
    """
    series = values if isinstance(values, pd.Series) else _series(values, name)
    if pd.api.types.is_datetime64_any_dtype(series.dtype) or isinstance(
        series.dtype, pd.PeriodDtype
    ):
        series = series.dt.year
    elif len(series) and series.map(lambda v: hasattr(v, "year")).any():
        series = series.map(lambda v: v.year if hasattr(v, "year") and not _blank(v) else v)
    array = numbers(series, name)
    if (array > LAST_YEAR).any():
        position = int(np.flatnonzero(array > LAST_YEAR)[0])
        raise ValueError(
            f"{name} is {array[position]:g} in row {series.index[position]}: a year has four figures"
        )
    early = array < 1000
    if early.any() and not early.all():
        position = int(np.flatnonzero(early)[0])
        raise ValueError(
            f"{name} is {array[position]:g} in row {series.index[position]} while other rows hold "
            f"four figures: write every year in full, such as 2021"
        )
    return array


def dates_of(values: Iterable, name: str = "date", missing: str = "error") -> pd.Series:
    """Return dates or times as timestamps, with the index of `values`; text must be ISO 8601.

    03/04/2024 is refused, because nobody can say whether it is in March or in April.
    `missing` : "error" refuses blanks, "keep" leaves them as NaT.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    if not pd.api.types.is_datetime64_any_dtype(series.dtype):
        read = []
        for label, value in series.items():
            if _blank(value) or (isinstance(value, str) and not value.strip()):
                read.append(pd.NaT)
                continue
            try:
                if isinstance(value, str) and not ISO_TIME.match(value.strip()):
                    raise ValueError
                if isinstance(value, Number):
                    raise ValueError
                stamp = pd.Timestamp(value.strip() if isinstance(value, str) else value)
                # the clock as written is kept; a zone after it is not converted
                read.append(stamp.tz_localize(None) if stamp.tzinfo else stamp)
            except (ValueError, TypeError):
                raise ValueError(
                    f"{name} is {value!r} in row {label}, which cannot be read: write year-month-day, such "
                    f"as 2024-01-15 (with a time: 2024-01-15 07:30)"
                ) from None
        series = pd.Series(read, index=series.index, dtype="datetime64[s]")
    if missing == "error" and series.isna().any():
        row = series.index[int(np.flatnonzero(series.isna())[0])]
        raise ValueError(f"{name} is missing in row {row}: fill it in or leave that row out")
    return series


def names_of(values: Iterable, name: str) -> pd.Series:
    """Return names (of sites, strata, observers) with the index of `values`.

    Errors: ValueError for blanks, and for a mix of text and numbers: 12 and "12" look alike in a table
    and are two names.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    if series.empty:
        raise ValueError(f"the table has no rows: there is no {name} to work on")
    given = list(series)
    for row, value in zip(series.index, given, strict=True):
        if _blank(value) or (isinstance(value, str) and not value.strip()):
            raise ValueError(f"{name} is missing in row {row}: fill it in or leave that row out")
    kinds = [_kind(value) for value in given]
    usual = max(sorted(set(kinds)), key=kinds.count)
    if odd := [row for row, kind in enumerate(kinds) if kind != usual]:
        raise ValueError(
            f"{name} is {given[odd[0]]!r} in row {series.index[odd[0]]}, of another kind than in other rows: write "
            f"all of them as text, or all as numbers (table[{name!r}].astype(str) makes them text)"
        )
    return series


def covariates(table: pd.DataFrame) -> pd.DataFrame:
    """Return a copy in which columns that hold numbers are columns of numbers, for formulas.

    A column of type object (as after a table was pieced together) would be read as names, one per value.
    """
    found = table.infer_objects()
    for place, dtype in enumerate(found.dtypes):
        values = found.iloc[:, place]
        if pd.api.types.is_object_dtype(dtype):
            wrong = not all(_blank(v) or _kind(v) == "number" for v in values)
        else:  # nullable numbers become plain ones
            wrong = isinstance(dtype, np.dtype) or not pd.api.types.is_numeric_dtype(dtype)
        if not wrong and not values.isna().all():
            read = [np.nan if _blank(v) else _float(v) for v in values]
            found.isetitem(place, pd.Series(read, index=found.index))
    return found


def require_columns(table: pd.DataFrame, columns: Iterable[str], what: str = "the table") -> None:
    """Raise ValueError naming the columns that `table` lacks."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{what} must be a DataFrame, not {type(table).__name__}")
    lacking = [c for c in columns if c not in table.columns]
    if lacking:
        raise ValueError(
            f"{what} has no column {', '.join(map(repr, lacking))}; its columns are "
            f"{', '.join(map(repr, table.columns))}: rename one, or name yours in the call"
        )
    doubled = [c for c in columns if list(table.columns).count(c) > 1]
    if doubled:
        raise ValueError(f"{what} has the column {doubled[0]!r} twice: keep one")


def probability(value: float, name: str, *, open_interval: bool = False) -> float:
    """Return a probability as a float; ValueError outside 0 to 1 (ends refused if `open_interval`)."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is {value!r}: give a number between 0 and 1") from None
    inside = 0 < number < 1 if open_interval else 0 <= number <= 1
    if not inside:
        raise ValueError(f"{name} is {value!r}: it must lie between 0 and 1")
    return number


def number(
    value: float,
    name: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    whole: bool = False,
) -> float:
    """Return one number as a float (whole: without fraction), or say what was wanted of it."""
    try:
        found = float(value) if isinstance(value, Number) else float("nan")
    except (TypeError, OverflowError):  # complex, or beyond all floats
        found = float("nan")
    low = -np.inf if minimum is None else minimum
    high = np.inf if maximum is None else maximum
    if not (np.isfinite(found) and low <= found <= high and (not whole or found == round(found))):
        kind = "a whole number" if whole else "a number"
        ends = "" if minimum is None else f" of {minimum:g} or more"
        if maximum is not None and not found < low:
            ends = f" up to {maximum:g}" if minimum is None else f" from {minimum:g} to {maximum:g}"
        raise ValueError(f"{name} is {value!r}: give {kind}{ends}")
    return found


def random_numbers(seed: int) -> np.random.Generator:
    """Return numpy's random numbers for a seed; ValueError for a seed that is none."""
    return np.random.default_rng(int(number(seed, "seed", minimum=0, whole=True)))


def one_of(value: str, name: str, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`, else raise ValueError listing them."""
    choices = list(choices)
    if not (isinstance(value, str) and value in choices):
        raise ValueError(f"{name} is {value!r}: choose one of {', '.join(map(repr, choices))}")
    return value


def _series(values: Iterable, name: str) -> pd.Series:
    values = np.asarray(values) if hasattr(values, "__array__") else list(values)
    if getattr(values, "ndim", 1) != 1:
        raise ValueError(f"{name} has {values.ndim} dimensions: give one column")
    try:
        return pd.Series(values)
    except OverflowError:  # a whole number beyond all floats; pandas 3.0 does not keep it by itself
        return pd.Series(values, dtype=object)


def _kind(value: object) -> str:
    return "text" if isinstance(value, str) else "number" if isinstance(value, Number) else "other"


def _blank(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (value != value)

"""What kind of thing an answer is, and how columns and tables compare."""

from __future__ import annotations

import math
import numbers
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from flyway.checks.entry import Check


class Kind(Enum):
    """Kinds of expected answers."""

    NUMBER = 1
    TEXT = 2
    COLUMN = 3
    TABLE = 4


def kind_of(expected: Any) -> Kind:
    """Say what kind of answer is expected. Raises `TypeError` for what cannot be compared."""
    if isinstance(expected, pd.DataFrame):
        return Kind.TABLE
    if isinstance(expected, str):
        return Kind.TEXT
    if isinstance(expected, tuple) and expected and all(isinstance(e, str) for e in expected):
        return Kind.TEXT
    if isinstance(expected, (pd.Series, np.ndarray, list, tuple)):
        return Kind.COLUMN
    if isinstance(expected, numbers.Number):
        return Kind.NUMBER
    raise TypeError(
        f"a check cannot expect {type(expected).__name__}: give a number, text or table."
    )


def plain(text: str) -> str:
    """Bring text to a form in which case, spaces and hyphens do not matter."""
    return " ".join(text.casefold().replace("-", " ").split())


def describe(answer: Any) -> str:
    """Name an answer in a learner's words."""
    if isinstance(answer, pd.DataFrame):
        return f"a table of {len(answer):,} rows and {answer.shape[1]} columns"
    if isinstance(answer, (pd.Series, pd.Index, np.ndarray, list, tuple, set)):
        return f"a list of {len(answer):,} values" if np.ndim(answer) else "one value"
    if isinstance(answer, (bool, np.bool_)):
        return f"{answer} (yes or no)"
    if isinstance(answer, str):
        return f"text, “{answer}”"
    if isinstance(answer, numbers.Number):
        return "a number"
    return "a function" if callable(answer) else f"a {type(answer).__name__}"


def as_number(answer: Any, unit: str = "") -> tuple[float, str | None]:
    """Read one number; the second part says what is wrong, if something is."""
    asked = f"One number is asked for{f' ({unit})' if unit else ''}, but this is"
    if isinstance(answer, (pd.Series, pd.Index, np.ndarray, pd.DataFrame)) and answer.size == 1:
        answer = np.asarray(answer).ravel()[0]  # a column with one value is that value
    if answer is pd.NA or answer is pd.NaT:
        answer = math.nan
    if isinstance(answer, (bool, np.bool_)):
        return math.nan, f"{asked} {describe(answer)}."
    if isinstance(answer, numbers.Real):
        value = float(answer)
        if math.isnan(value):
            return value, (
                "This is nan, “not a number”: a blank went into the calculation. A blank is not a "
                "zero: find it, and decide what to do with it."
            )
        if math.isinf(value):
            return value, "This number is infinite: something was divided by zero."
        return value, None
    if isinstance(answer, str):
        return math.nan, f"{asked} {describe(answer)}. Take away the quotes."
    if isinstance(answer, pd.Series) and answer.dtype == bool:
        return math.nan, f"{asked} a list of {len(answer):,} times yes or no. A sum counts the yes."
    if callable(answer) and not isinstance(answer, type):
        return math.nan, f"{asked} a function that has not run yet. Write () after its name."
    return math.nan, f"{asked} {describe(answer)}."


def compare_columns(entry: Check, expected: Any, answer: Any) -> str | None:
    """Compare a column or list, value by value."""
    if isinstance(answer, (str, numbers.Number)) or not hasattr(answer, "__len__"):
        return f"A list of values is asked for, but this is {describe(answer)}."
    if isinstance(answer, pd.DataFrame):
        return f"One column is asked for, but this is {describe(answer)}."
    wanted, given = pd.Series(list(expected)), pd.Series(list(answer))
    if len(given) != len(wanted):
        return f"Your answer has {len(given):,} values; there should be {len(wanted):,}."
    differ = _differ(wanted, given, entry.within)
    if not differ.any():
        return None
    if not _differ(
        *(
            s.sort_values(key=lambda c: c.astype(str)).reset_index(drop=True)
            for s in (wanted, given)
        ),
        entry.within,
    ).any():
        return "The values are right, but their order is not."
    return f"{differ.sum():,} of {len(wanted):,} values differ; the first is in place {differ.idxmax() + 1}."


def compare_tables(entry: Check, expected: pd.DataFrame, answer: Any) -> str | None:
    """Compare a table, column by column."""
    if not isinstance(answer, pd.DataFrame):
        return f"A table is asked for, but this is {describe(answer)}."
    missing = [str(c) for c in expected.columns if c not in answer.columns]
    if missing:
        return (
            f"The column '{missing[0]}' is missing. Your table has {', '.join(map(str, answer))}."
        )
    if len(answer) != len(expected):
        return f"Your table has {len(answer):,} rows; there should be {len(expected):,}."
    for column in expected.columns:
        trouble = compare_columns(entry, expected[column], answer[column])
        if trouble:
            return f"In the column '{column}': {trouble[0].lower()}{trouble[1:]}"
    return None


def _differ(wanted: pd.Series, given: pd.Series, within: float | None) -> pd.Series:
    """Say for each place whether the values differ; two blanks are the same."""
    blank = wanted.isna() & given.isna()
    first, second = (
        pd.Series(pd.to_numeric(s, errors="coerce").to_numpy(dtype=float, na_value=np.nan))
        for s in (wanted, given)
    )
    if first.notna().equals(wanted.notna()) and second.notna().equals(given.notna()):
        reach = within if within is not None else first.abs() * 1e-6 + 1e-9
        return ~((first - second).abs() <= reach) & ~blank
    return (wanted.astype(str) != given.astype(str)) & ~blank

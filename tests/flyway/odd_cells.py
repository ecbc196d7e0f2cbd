"""Cells that a table of counts should not hold, and yet does when people type."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

ODD = (
    None,
    np.nan,
    pd.NA,
    "",
    "x",
    "12",
    -1,
    0.5,
    np.inf,
    10**7,
    True,
    pd.Timestamp("2024-01-15"),
    0,
)


def odd_column(
    rng: np.random.Generator, n: int, plain: Callable[[], object], odd: float = 0.15
) -> list | pd.Series:
    """Give a column of plausible values, half of the time with some odd ones in it.

    It comes as a list, as a Series with labels of its own, or as a Series of pandas' nullable kind.
    """
    share = rng.choice([0, odd])
    column = [ODD[rng.integers(len(ODD))] if rng.random() < share else plain() for _ in range(n)]
    kind = rng.integers(3)
    if kind == 1:
        return pd.Series(column, dtype=object, index=[f"r{i}" for i in range(n)])
    if kind == 2:
        return pd.Series(column).convert_dtypes()
    return column


def odd_table(rng: np.random.Generator, n: int, **columns: Callable[[], object]) -> pd.DataFrame:
    """Give a table of `n` rows whose columns are :func:`odd_column` of these makers of values."""
    return pd.DataFrame({k: list(odd_column(rng, n, plain)) for k, plain in columns.items()})

"""Reading sightings of marked birds: one row of 0 and 1 per bird, and what the likelihood needs of it.

For each bird only four things matter: in which intervals it is known to have lived, when it was missed
although alive, when it was seen again, and when it was last seen. Birds with the same covariates are
added up, so that 20,000 histories without covariates cost as much as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import numbers, require_columns


@dataclass(frozen=True)
class Histories:
    """Sightings y (birds × occasions), how often each row counts, and the covariates of birds."""

    y: np.ndarray
    count: np.ndarray
    birds: pd.DataFrame
    occasions: list
    notes: tuple[str, ...]

    @property
    def first(self) -> np.ndarray:
        """Position of the first sighting (marking) of each row."""
        return self.y.argmax(axis=1)

    @property
    def last(self) -> np.ndarray:
        """Position of the last sighting of each row."""
        return self.y.shape[1] - 1 - self.y[:, ::-1].argmax(axis=1)


@dataclass(frozen=True)
class Sums:
    """Intervals × groups of birds: intervals lived, sightings, misses, and last sightings."""

    lived: np.ndarray
    seen: np.ndarray
    missed: np.ndarray
    gone: np.ndarray


def read_histories(
    data: pd.DataFrame | Iterable, history: str | list | None = None, frequency: str | None = None
) -> Histories:
    """Read histories from a column of texts such as "0110", or from one column of 0 and 1 per occasion.

    Raises ValueError for other signs, lengths that differ, a bird never seen (no release), fewer than
    three occasions, and birds that are all seen for the first time on the last occasion.
    """
    if isinstance(data, pd.Series) or not isinstance(data, pd.DataFrame):
        data = pd.DataFrame({"history": data})
    if not len(data):
        raise ValueError("the table has no rows: give one row per bird")
    if history is None:
        history = next((c for c in ("history", "ch") if c in data.columns), None)
        if history is None:
            raise ValueError(
                "the table has no column 'history' (or 'ch'): name the column of texts, or the list of "
                "columns of occasions, with history=…"
            )
    if isinstance(history, str):
        require_columns(data, [history], "the table of histories")
        column, padded = _leading_zeros(data[history])
        y, occasions = _texts(column, history), None
        used = [history]
    else:
        used, padded = list(history), False
        require_columns(data, used, "the table of histories")
        y = np.column_stack(
            [numbers(data[c], str(c), minimum=0, maximum=1, whole=True) for c in used]
        )
        occasions = used
    k = y.shape[1]
    if k < 3:
        raise ValueError(
            f"there are {k} occasions: survival and detection can only be told apart with 3 or more"
        )
    never = np.flatnonzero(y.sum(axis=1) == 0)
    if len(never):
        raise ValueError(
            f"the bird in row {data.index[never[0]]} was never seen, so it was never released: "
            f"leave that row out ({len(never)} such rows)"
        )
    count = np.ones(len(y))
    notes: tuple[str, ...] = ()
    if padded:
        notes = (
            f"{history} was read as numbers, so leading zeros were lost; they were put back up to "
            f"{k} occasions. Reading it as text is safer (dtype={{{history!r}: str}}).",
        )
    if frequency is not None:
        require_columns(data, [frequency], "the table of histories")
        count = numbers(data[frequency], frequency, minimum=0, whole=True)
    if not (count[y[:, :-1].sum(axis=1) > 0]).sum():
        raise ValueError(
            "every bird was marked on the last occasion: nobody could be seen again. Give earlier releases"
        )
    occasions = list(range(1, k + 1)) if occasions is None else occasions
    late = int(count[y[:, :-1].sum(axis=1) == 0].sum())
    if late:
        notes += (f"{late} birds marked on the last occasion tell nothing about survival.",)
    birds = data.drop(columns=[c for c in [*used, frequency] if c in data.columns])
    return Histories(y.astype(np.int8), count, birds, occasions, notes)


def _leading_zeros(column: pd.Series) -> tuple[pd.Series, bool]:
    """Put back the zeros that a column of histories lost when it was read as whole numbers.

    The longest history starts with a sighting: an occasion before every marking would tell nothing.
    """
    if not pd.api.types.is_integer_dtype(column.dtype) or column.isna().any():
        return column, False
    texts = column.astype("int64").astype(str)
    width = texts.str.len().max()
    return texts.str.zfill(width), bool((texts.str.len() < width).any())


def _texts(column: pd.Series, name: str) -> np.ndarray:
    if column.isna().any():
        raise ValueError(f"{name} is missing in row {column.index[column.isna()][0]}: fill it in")
    texts = column.astype(str).str.strip()
    bad = ~texts.str.fullmatch("[01]+")
    if bad.any():
        raise ValueError(
            f"{name} is {texts[bad].iloc[0]!r} in row {texts.index[bad][0]}: a history holds 0 (not seen) and 1 (seen) only, such as 0110"
        )
    length = texts.str.len()
    if (length != length.iloc[0]).any():
        row = texts.index[length != length.iloc[0]][0]
        raise ValueError(
            f"{name} has {length[length != length.iloc[0]].iloc[0]} occasions in row {row}, the first row "
            f"has {length.iloc[0]}: read the column as text, so that leading zeros stay "
            f"(pd.read_csv(..., dtype={{{name!r}: str}}))"
        )
    joined = np.frombuffer("".join(texts).encode(), dtype=np.uint8) - ord("0")
    return joined.reshape(len(texts), -1)


def add_up(histories: Histories, group: np.ndarray, groups: int) -> Sums:
    """Sum what the likelihood needs over birds of the same group; arrays are intervals × groups."""
    y, k = histories.y, histories.y.shape[1]
    first, last, count = histories.first, histories.last, histories.count
    t = np.arange(k)
    known = (t >= first[:, None]) & (t <= last[:, None])
    again = known & (t > first[:, None])

    def total(mask: np.ndarray) -> np.ndarray:
        return np.array([np.bincount(group, m * count, groups) for m in mask.T])

    return Sums(
        lived=total(known & (t < last[:, None]))[:-1],
        seen=total(again & (y == 1))[1:],
        missed=total(again & (y == 0))[1:],
        gone=total(t == last[:, None])[:-1],
    )

"""Arrays and tables as plain data: numpy, Series, DataFrame, their indexes, points in time."""

from __future__ import annotations

import base64
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .codec import PLAIN_DTYPE
from .scalars import CodecError, NotDataError, text, whole

if TYPE_CHECKING:
    from .codec import Decoder, Encoder

MASKED = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean")
TEXT = ("str", "string")
UNITS = ("s", "ms", "us", "ns")
MOST_COLUMNS, MOST_DIMENSIONS = 5_000, 32


def encode(to: Encoder, value: Any, depth: int) -> Any:
    """Return an array, a table or a point in time as JSON; None for anything else."""
    if value is pd.NA:
        return {"na": "NA"}
    if value is pd.NaT:
        return {"na": "NaT"}
    if isinstance(value, pd.Timestamp):
        zone = None if value.tz is None else str(value.tz)
        return {"ts": [int(value._value), value.unit, zone]}
    if isinstance(value, pd.Timedelta):
        return {"tdelta": [int(value._value), value.unit]}
    if isinstance(value, pd.Period):
        return {"p": [int(value.ordinal), value.freqstr]}
    if isinstance(value, np.generic) and PLAIN_DTYPE.fullmatch((one := _usual(value)).dtype.str):
        return {"n": [one.dtype.str, _base64(one.tobytes())]}
    if isinstance(value, np.ndarray):
        return _array(to, np.asarray(value), depth)
    if isinstance(value, pd.DataFrame):
        columns = [_column(to, value.iloc[:, i], depth) for i in range(value.shape[1])]
        return {"df": [_index(to, value.columns, depth), _index(to, value.index, depth), columns]}
    if isinstance(value, pd.Series):
        name = to.encode(value.name, depth + 1)
        return {"s": [_column(to, value, depth), _index(to, value.index, depth), name]}
    if isinstance(value, pd.Index):
        return {"ix": _index(to, value, depth)}
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return {"ea": _column(to, pd.Series(value), depth)}
    return None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _usual(value: Any) -> np.ndarray:
    """Return an array; numbers of a length that not every processor has get the usual one."""
    array = np.asarray(value)
    usual = {np.dtype(np.longdouble): np.float64, np.dtype(np.clongdouble): np.complex128}
    return array.astype(usual.get(array.dtype, array.dtype), copy=False)


def _array(to: Encoder, array: np.ndarray, depth: int) -> Any:
    array = _usual(array)
    if PLAIN_DTYPE.fullmatch(array.dtype.str):
        if array.nbytes > 10 << 20:
            raise NotDataError("the array is too large")
        return {"a": [array.dtype.str, list(array.shape), _base64(array.tobytes())]}
    if array.dtype.kind != "O":
        raise NotDataError(f"an array of {array.dtype}")
    return {"o": [list(array.shape), to.many(array.ravel().tolist(), depth)]}


def _column(to: Encoder, column: pd.Series | pd.Index, depth: int) -> Any:
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        return ["plain", _array(to, column.to_numpy(), depth)]
    if isinstance(dtype, pd.CategoricalDtype):
        codes = column.cat.codes if isinstance(column, pd.Series) else pd.Series(column.codes)
        groups = _index(to, dtype.categories, depth)
        return ["category", _array(to, codes.to_numpy(), depth), groups, bool(dtype.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        moments = column.dt if isinstance(column, pd.Series) else column
        plain = moments.tz_convert("UTC")
        plain = (plain.dt if isinstance(plain, pd.Series) else plain).tz_localize(None)
        return ["zone", _array(to, plain.to_numpy(), depth), str(dtype.tz)]
    name = str(dtype)
    if isinstance(dtype, pd.StringDtype):
        name = "str" if name == "str" else "string"
    elif not MASKED.fullmatch(name):
        values = to.many(column.tolist(), depth)
        return ["plain", {"o": [[len(values)], values]}]
    absent = column.isna()
    values = [None if gone else v for v, gone in zip(column.tolist(), absent, strict=True)]
    return ["masked", name, to.many(values, depth)]


def _index(to: Encoder, index: pd.Index, depth: int) -> Any:
    names = [to.encode(name, depth + 1) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return ["range", names, [int(index.start), int(index.stop), int(index.step)]]
    if isinstance(index, pd.MultiIndex):
        levels = [_column(to, index.get_level_values(i), depth) for i in range(index.nlevels)]
        return ["levels", names, levels]
    if isinstance(index, pd.PeriodIndex):
        return ["period", names, [_array(to, index.asi8, depth), index.freqstr]]
    return ["plain", names, _column(to, index, depth)]


# What follows reads what a stranger wrote.


def _plain_array(read: Decoder, body: Any, depth: int) -> np.ndarray:
    dtype, shape, data = body
    if not PLAIN_DTYPE.fullmatch(text(dtype)):
        raise CodecError("a kind of array that is not data")
    return np.frombuffer(_raw(data), dtype=np.dtype(dtype)).reshape(_shape(shape)).copy()


def _raw(data: Any) -> bytes:
    return base64.b64decode(text(data), validate=True)


def _shape(shape: Any) -> list[int]:
    if (
        not isinstance(shape, list)
        or len(shape) > MOST_DIMENSIONS
        or any(whole(n) < 0 for n in shape)
    ):
        raise CodecError("a broken shape")
    if math.prod(shape) > 64 << 20:
        raise CodecError("the array is too large")
    return shape


def _object_array(read: Decoder, body: Any, depth: int) -> np.ndarray:
    shape, values = _shape(body[0]), read.many(body[1], depth)
    if math.prod(shape) != len(values):
        raise CodecError("a broken shape")
    array = np.empty(len(values), object)
    for place, value in enumerate(values):
        array[place] = value
    return array.reshape(shape)


def _scalar(read: Decoder, body: Any, depth: int) -> np.generic:
    dtype, data = body
    return _plain_array(read, [dtype, [1], data], depth)[0]


def _values(read: Decoder, body: Any, depth: int) -> Any:
    """Return the values of a column: an array with one dimension."""
    kind, rest = body[0], body[1:]
    if kind == "plain":
        values = read.decode(rest[0], depth + 1)
        if not isinstance(values, np.ndarray):
            raise CodecError("a column is no array")
    elif kind == "category":
        codes, groups = read.decode(rest[0], depth + 1), _index_from(read, rest[1], depth)
        values = pd.Categorical.from_codes(codes, groups, ordered=rest[2] is True)
    elif kind == "zone":
        moments = pd.DatetimeIndex(read.decode(rest[0], depth + 1))
        values = moments.tz_localize("UTC").tz_convert(_zone(rest[1])).array
    elif kind == "masked" and (rest[0] in TEXT or MASKED.fullmatch(text(rest[0]))):
        values = pd.array(read.many(rest[1], depth), dtype=rest[0])
    else:
        raise CodecError("an unknown kind of column")
    if values.ndim != 1:
        raise CodecError("a column has one dimension")
    return values


def _zone(name: Any) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_+:/-]{1,40}", text(name)) or name.startswith("/"):
        raise CodecError("an unknown time zone")
    return name


def _index_from(read: Decoder, body: Any, depth: int) -> pd.Index:
    kind, names, rest = body
    names = read.many(names, depth)
    if kind == "range":
        start, stop, step = map(whole, rest)
        return pd.RangeIndex(start, stop, step, name=names[0])
    if kind == "levels":
        return pd.MultiIndex.from_arrays([_values(read, v, depth) for v in rest], names=names)
    if kind == "period":
        return pd.PeriodIndex.from_ordinals(
            read.decode(rest[0]), freq=_freq(rest[1]), name=names[0]
        )
    values = _values(read, rest, depth)
    # an array of objects stays one: pandas would guess another type
    dtype = object if str(getattr(values, "dtype", "")) == "object" else None
    return pd.Index(values, name=names[0], dtype=dtype)


def _freq(name: Any) -> str:
    if not re.fullmatch(r"[A-Z]{1,4}(-[A-Z]{3})?", text(name)):
        raise CodecError("an unknown period")
    return name


def _series(read: Decoder, body: Any, depth: int) -> pd.Series:
    column, index, name = body
    values, index = _values(read, column, depth), _index_from(read, index, depth)
    if len(values) != len(index):
        raise CodecError("a column and its index differ in length")
    return _as_series(values, index, read.decode(name, depth + 1))


def _as_series(values: Any, index: pd.Index, name: Any = None) -> pd.Series:
    dtype = object if str(getattr(values, "dtype", "")) == "object" else None
    return pd.Series(values, index=index, name=name, dtype=dtype)


def _frame(read: Decoder, body: Any, depth: int) -> pd.DataFrame:
    columns, index, data = body
    columns, index = _index_from(read, columns, depth), _index_from(read, index, depth)
    if not isinstance(data, list) or len(data) != len(columns) or len(data) > MOST_COLUMNS:
        raise CodecError("the columns of a table do not fit its head")
    made = {}
    for place, column in enumerate(data):
        values = _values(read, column, depth)
        if len(values) != len(index):
            raise CodecError("a column and its index differ in length")
        made[place] = _as_series(values, index)
    table = pd.DataFrame(made, index=index)
    table.columns = columns
    return table


def _timestamp(read: Decoder, body: Any, depth: int) -> pd.Timestamp:
    value, unit, zone = body
    moment = pd.Timestamp(np.datetime64(whole(value), _unit(unit)))
    return moment if zone is None else moment.tz_localize("UTC").tz_convert(_zone(zone))


def _unit(unit: Any) -> str:
    if unit not in UNITS:
        raise CodecError("an unknown unit of time")
    return unit


def _missing(read: Decoder, body: Any, depth: int) -> Any:
    return {"NA": pd.NA, "NaT": pd.NaT}[text(body)]


TAGS = {
    "na": _missing,
    "ts": _timestamp,
    "tdelta": lambda read, body, depth: pd.Timedelta(
        np.timedelta64(whole(body[0]), _unit(body[1]))
    ),
    "p": lambda read, body, depth: pd.Period(ordinal=whole(body[0]), freq=_freq(body[1])),
    "n": _scalar,
    "a": _plain_array,
    "o": _object_array,
    "s": _series,
    "df": _frame,
    "ix": _index_from,
    "ea": lambda read, body, depth: _as_series(_values(read, body, depth), None).array,
}

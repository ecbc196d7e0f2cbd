"""What a function of the answer needs when it is asked after the notebook has ended.

A copy of the whole process for each group of tests (a witness) costs more than most answers. Where
the tests ask for plain functions, the names as they stand at that point are kept instead, and the
runner itself answers at the end. Rebinding a name changes nothing of what was kept. What could
still be changed in place is copied; where that cannot be done, a witness is left after all.
"""

from __future__ import annotations

import copy
import types
from typing import Any

import numpy as np
import pandas as pd

FIXED = (type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented),
         types.ModuleType, type, np.generic, np.ufunc,
         pd.Timestamp, pd.Timedelta)  # fmt: skip
TABLES = (np.ndarray, pd.DataFrame, pd.Series, pd.Index)
HOLDERS = (list, tuple, set, frozenset, dict)
READERS = {
    "globals", "vars", "eval", "exec", "compile", "get_ipython", "__import__", "open", "read_csv",
    "read_table", "read_excel", "read_json", "read_pickle", "read_parquet", "read_text", "read_bytes",
    "exists", "iterdir", "glob", "listdir", "load", "loadtxt", "genfromtxt", "getcwd", "environ", "warn",
    "Decimal", "getcontext", "localcontext", "geterr", "time",
}  # fmt: skip
"""Names by which a function reads what a later cell may change: names, files, settings, the clock."""
DEEPEST, MOST_PARTS, MOST_BYTES = 6, 5_000, 20 << 20


class CannotWaitError(Exception):
    """A value that may change until the end of the notebook."""


def keep(space: dict[str, Any], asked: list[str]) -> dict[str, Any]:
    """Return the names of a notebook as they are now, for calls of the functions `asked` later on.

    Raises
    ------
    CannotWaitError
        One of them is no plain function, or uses what may change in place and is not plain data.
    """
    kept, memo = dict(space), {}  # with one memo, two names of one list stay names of one list
    if not all(type(space[name]) is types.FunctionType for name in asked):
        raise CannotWaitError("not a plain function")
    waiting, seen = [*asked], set(asked)
    while waiting:
        name = waiting.pop()
        value = space[name]
        if type(value) is not types.FunctionType:
            _look_at(value)
            if not isinstance(value, FIXED):
                kept[name] = copy.deepcopy(value, memo)
        elif value.__globals__ is space:  # one of the notebook, and not of a library
            kept[name] = _copy(value, memo)
            used = _names(value.__code__)
            if used & READERS:
                raise CannotWaitError("code that reads what may be changed")
            waiting += [other for other in used - seen if other in space]
            seen |= used
    return kept


def _copy(function: types.FunctionType, memo: dict[int, Any]) -> types.FunctionType:
    """Return a function that stays as it is when the other one is changed."""
    if function.__closure__ or function.__dict__:
        raise CannotWaitError("a function with a memory of its own")
    named = function.__kwdefaults__ or {}
    for default in (*(function.__defaults__ or ()), *named.values()):
        _look_at(default)
    made = types.FunctionType(function.__code__, function.__globals__, function.__name__)
    made.__defaults__ = copy.deepcopy(function.__defaults__, memo)
    made.__kwdefaults__ = copy.deepcopy(named, memo) or None
    made.__doc__, made.__annotations__ = function.__doc__, function.__annotations__
    return made


def _names(code: types.CodeType) -> set[str]:
    """Return the names that a code object, and those inside it, may look up."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        found |= set(one.co_names)
        waiting += [part for part in one.co_consts if isinstance(part, types.CodeType)]
    return found


def _look_at(value: Any) -> None:
    """Make sure that a value is plain, so that a copy of it is quick and runs nobody's code."""
    parts, waiting = 0, [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        parts += 1
        kind = type(one)
        if parts > MOST_PARTS or depth > DEEPEST:
            raise CannotWaitError("too large to copy")
        if kind in HOLDERS:
            inside = [*one.keys(), *one.values()] if kind is dict else one
            waiting += [(part, depth + 1) for part in inside]
        elif kind in TABLES or isinstance(one, pd.Index):
            if (
                np.sum(one.memory_usage() if hasattr(one, "memory_usage") else one.nbytes)
                > MOST_BYTES
            ):
                raise CannotWaitError("too large to copy")
            if kind is np.ndarray and one.base is not None:
                raise CannotWaitError("a view of another array")
            if kind is np.ndarray and one.dtype.hasobject:
                waiting += [(part, depth + 1) for part in one.ravel().tolist()]
        elif kind is types.BuiltinFunctionType:
            if not isinstance(one.__self__, types.ModuleType | None):
                raise CannotWaitError("a method, which no copy takes to the copy of its object")
        elif not isinstance(one, FIXED) or "__main__" in (kind.__module__, _home(one)):
            raise CannotWaitError(kind.__name__)


def _home(value: Any) -> str:
    """Return the module of a class; nothing for anything else."""
    return value.__module__ if isinstance(value, type) else ""

"""What the tests compute by themselves, kept for the whole class.

A test often needs the right answer for counts of its own: the same fit of the same table, a hundred
times. Before the first submission the instructor's cells run once with the reference solution, and
the results of `flyway`'s functions are kept by their arguments. Whoever calls with the same
arguments gets a copy. No trainee's code and no trainee's value is near when that happens.

Kept is only what a second call gives again to the last byte, without a warning, and what takes
longer to compute than to look up.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import time
import types
import warnings
from typing import Any

WORTH_S = 0.001
LARGEST = 4 << 20


class Kept:
    """Results by function and arguments. `learning` says that new ones are taken in."""

    def __init__(self, learning: bool = True) -> None:
        self.results: dict[bytes, bytes] = {}
        self.learning = learning
        self.code: dict[tuple[str, str], types.CodeType] = {}

    def compiled(self, source: str, name: str) -> types.CodeType:
        """Return the code of an instructor's cell."""
        if (source, name) not in self.code:
            self.code[source, name] = compile(source, name, "exec")
        return self.code[source, name]

    def around(self, value: Any) -> Any:
        """Return a function of `flyway` so that it looks here first; anything else as it is."""
        ours = type(value) is types.FunctionType and str(value.__module__).startswith("flyway.")
        if not ours or hasattr(value, "__wrapped__") or not (self.learning or self.results):
            return value

        @functools.wraps(value)
        def call(*given: Any, **named: Any) -> Any:
            key = _key(value, given, named)
            if key in self.results:
                return pickle.loads(self.results[key])  # written here, a moment ago
            if not self.learning or key is None:
                return value(*given, **named)
            return self._learn(key, value, given, named)

        return call

    def _learn(self, key: bytes, function: Any, given: Any, named: Any) -> Any:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            began = time.process_time()
            result = function(*given, **named)
            took = time.process_time() - began
            if took < WORTH_S:
                return result
            first, second = _bytes(result), _bytes(function(*given, **named))
        # the arguments must be as they were, too: a function that changes them does more than give
        same = first == second and _key(function, given, named) == key
        if first is not None and same and not heard and len(first) <= LARGEST:
            self.results[key] = first
        return result


def _key(function: types.FunctionType, given: Any, named: Any) -> bytes | None:
    data = _bytes((function.__module__, function.__qualname__, given, sorted(named.items())))
    return None if data is None else hashlib.sha256(data).digest()


def _bytes(value: Any) -> bytes | None:
    try:
        return pickle.dumps(value, 5)
    except Exception:  # a function of the trainee's, an open file: nothing to keep
        return None

"""Values as plain data: how an answer crosses from the trainee's process to the tests.

`encode` runs beside the trainee's code and may be made to write anything. `decode` therefore trusts
nothing: it builds new objects of plain types only, within bounds of size and depth, and never runs
what it reads. An object that is not data arrives as an `Opaque`, which is equal to nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import inspect
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np

from .scalars import (
    MOST_DIGITS,
    PLAIN,
    SINGLES,
    CodecError,
    NotDataError,
    number,
    text,
    whole,
)

MOST_PARTS, DEEPEST, LONGEST_ITERATOR = 400_000, 30, 10_000
PLAIN_DTYPE = re.compile(
    r"[<>|=]?(?:b1|[iu][1248]|f[248]|c(?:8|16)|[SU]\d{1,6}|[mM]8(?:\[\d*[a-zA-Z]+\])?)"
)
WORDS = {str, bool, type(None)}
"""Values of exactly these types cross as they are; numbers may be too large, or not finite."""
PLAIN_TYPES = (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict)
# what `values` adds: tables, records, charts, modules
ENCODERS: list[Callable[..., Any]] = []
TAGS: dict[str, Callable[..., Any]] = {}
SEQUENCES = {"L": list, "T": tuple, "S": set, "Z": frozenset}


class Encoder:
    """Writes values as JSON. `functions` keeps what may be called by its number later.

    With `only_data`, a function is an error, as nobody will be there to call it.
    """

    def __init__(
        self, functions: list[Callable[..., Any]] | None = None, *, only_data: bool = False
    ):
        self.functions = functions
        self.only_data = only_data
        self.parts = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Return `value` in JSON's types; an object that is not data keeps only its type's name."""
        self.parts += 1
        if self.parts > MOST_PARTS or depth > DEEPEST:
            raise NotDataError("the value is too large or too deep")
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        try:
            return self._encode(value, kind, depth)
        except NotDataError:
            raise
        except Exception:  # an object whose own methods fail is not data
            return self._opaque(kind)

    def many(self, values: list[Any], depth: int) -> list[Any]:
        """Return each of the values; a column of names goes as it is."""
        if not {*map(type, values)} <= WORDS:
            return [self.encode(v, depth + 1) for v in values]
        self.parts += len(values)
        if self.parts > MOST_PARTS:
            raise NotDataError("the value is too large or too deep")
        return values

    def _encode(self, value: Any, kind: type, depth: int) -> Any:
        if kind in (int, float):
            return number(value)
        for tag, sequence in SEQUENCES.items():
            if issubclass(kind, sequence):
                return {tag: [self.encode(v, depth + 1) for v in sequence.__iter__(value)]}
        if issubclass(kind, dict):
            pairs = [*dict.items(value)]
            return {"D": [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in pairs]}
        if issubclass(kind, str) and kind is not np.str_:
            return str.__str__(value)
        if isinstance(value, (bytes, bytearray)):
            return {"b": base64.b64encode(bytes(value)).decode("ascii")}
        for name, single in SINGLES.items():
            if value is single:
                return {"x": name}
        if kind is complex:
            return {"c": [number(value.real), number(value.imag)]}
        if kind is range:
            return {"r": [number(n) for n in (value.start, value.stop, value.step)]}
        if kind in (type({}.keys()), type({}.values()), type({}.items())):
            return {"V": [kind.__name__, [self.encode(v, depth + 1) for v in value]]}
        if (made := _encode_time(value, kind)) is not None:
            return made
        for encode in ENCODERS:
            if (made := encode(self, value, depth)) is not None:
                return made
        return self._other(value, kind, depth)

    def _other(self, value: Any, kind: type, depth: int) -> Any:
        if isinstance(value, bool | int | float):  # a subclass: its number is what counts
            return number(int.__int__(value) if isinstance(value, int) else float.__float__(value))
        if kind is Fraction:
            return {"q": [number(int(value.numerator)), number(int(value.denominator))]}
        if kind is Decimal:
            written = str(value)
            return {"d": written if len(written) <= MOST_DIGITS else f"{value:.{MOST_DIGITS}E}"}
        if isinstance(value, ModuleType):
            return {"M": str(value.__name__)}
        if value in PLAIN_TYPES:
            return {"K": value.__name__}
        if callable(value) and self.only_data:
            raise NotDataError("a function")
        if callable(value) and self.functions is not None:
            return self._function(value)
        if isinstance(value, Iterator):
            if self.only_data:
                raise NotDataError("an iterator")
            taken = [v for _, v in zip(range(LONGEST_ITERATOR), value, strict=False)]
            return {"I": [self.encode(v, depth + 1) for v in taken]}
        return self._opaque(kind)

    def _function(self, value: Callable[..., Any]) -> Any:
        self.functions.append(value)
        try:
            found = inspect.signature(value).parameters.values()
            signature = [[p.name, int(p.kind), p.default is not p.empty] for p in found]
        except (TypeError, ValueError):
            signature = None
        name, words = getattr(value, "__name__", "function"), getattr(value, "__doc__", None)
        words = words[:4000] if isinstance(words, str) else None
        return {"F": [len(self.functions) - 1, str(name)[:100], words, signature]}

    def _opaque(self, kind: type) -> Any:
        return {"?": f"{kind.__module__}.{kind.__qualname__}"[:200]}


def _encode_time(value: Any, kind: type) -> Any:
    if kind is dt.datetime:
        return {"dt": value.isoformat()} if value.tzinfo is None else None
    if kind in (dt.date, dt.time):
        return {kind.__name__: value.isoformat()}
    if kind is dt.timedelta:
        return {"td": [value.days, value.seconds, value.microseconds]}
    return None


class Decoder:
    """Builds values from JSON that a stranger wrote.

    `proxy` makes the stand-in for a function from what was said of it; without one, functions are
    refused.
    """

    def __init__(self, proxy: Callable[[int, str, str | None, Any], Any] | None = None):
        self.proxy = proxy
        self.parts = 0

    def decode(self, data: Any, depth: int = 0) -> Any:
        """Return the value that `data` describes, or raise CodecError."""
        self.parts += 1
        if self.parts > 2 * MOST_PARTS or depth > 2 * DEEPEST:
            raise CodecError("the value is too large or too deep")
        if data is None or isinstance(data, bool | int | float | str):
            return data
        if not isinstance(data, dict) or len(data) != 1:
            raise CodecError("not a value")
        tag, body = next(iter(data.items()))
        try:
            return self._decode(tag, body, depth)
        except CodecError:
            raise
        except RecursionError:
            raise CodecError("too deep") from None
        except Exception as error:
            raise CodecError(f"a broken value ({type(error).__name__})") from None

    def many(self, data: Any, depth: int) -> list[Any]:
        """Return a list of values."""
        if not isinstance(data, list):
            raise CodecError("not a list")
        if not {*map(type, data)} <= {*WORDS, int, float}:
            return [self.decode(v, depth + 1) for v in data]
        self.parts += len(data)
        if self.parts > 2 * MOST_PARTS:
            raise CodecError("the value is too large or too deep")
        return data

    def _decode(self, tag: str, body: Any, depth: int) -> Any:
        if tag in SEQUENCES:
            return SEQUENCES[tag](self.many(body, depth))
        if tag == "D":
            return {self.decode(k, depth + 1): self.decode(v, depth + 1) for k, v in body}
        if tag in PLAIN:
            return PLAIN[tag](body)
        if tag == "c":
            return complex(*self.many(body, depth))
        if tag == "q":
            return Fraction(*map(whole, self.many(body, depth)))
        if tag == "r":
            return range(*self.many(body, depth))
        if tag == "I":
            return iter(self.many(body, depth))
        if tag == "V":
            return self._view(body[0], self.many(body[1], depth))
        if tag == "F" and self.proxy:
            handle, name, words, signature = body
            return self.proxy(whole(handle), text(name), words and text(words), signature)
        if tag in TAGS:
            return TAGS[tag](self, body, depth)
        raise CodecError("an unknown kind of value")

    def _view(self, kind: str, values: list[Any]) -> Any:
        if kind == "dict_keys":
            return dict.fromkeys(values).keys()
        return dict(values).items() if kind == "dict_items" else dict(enumerate(values)).values()

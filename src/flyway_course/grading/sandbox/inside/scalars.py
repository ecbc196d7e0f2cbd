"""Single plain values as JSON: numbers of every size, text, bytes, days and times.

What cannot be read is a `CodecError`; what cannot be written, a `NotDataError`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

MOST_BITS = 10_000
MOST_DIGITS = 60
DECIMAL = re.compile(r"-?(?:\d{1,60}(?:\.\d{0,60})?(?:E[+-]?\d{1,4})?|s?NaN|Infinity)")
SINGLES = {"Ellipsis": ..., "NotImplemented": NotImplemented}


class CodecError(Exception):
    """What was read is no value of this codec."""


class NotDataError(Exception):
    """A value that has no plain form."""


class Opaque:
    """Stands for an object that is not data: it has a type's name and nothing else."""

    __slots__ = ("_of",)

    def __init__(self, of: str):
        self._of = of

    def __repr__(self) -> str:
        return f"<{self._of}>"


def number(value: float) -> Any:
    """Return a plain int or float in JSON's types."""
    if type(value) is int:
        if value.bit_length() > MOST_BITS:
            raise NotDataError("the number is too large")
        return value if value.bit_length() < 53 else {"i": hex(value)}
    return value if math.isfinite(value) else {"f": str(value)}


def text(value: Any) -> str:
    """Return `value` if it is text."""
    if not isinstance(value, str):
        raise CodecError("not text")
    return value


def whole(value: Any) -> int:
    """Return `value` if it is a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise CodecError("not a whole number")
    return value


def _big(body: Any) -> int:
    if len(text(body)) > MOST_BITS:
        raise CodecError("the number is too large")
    return int(body, 16)


def _bytes(body: Any) -> bytes:
    try:
        return base64.b64decode(text(body), validate=True)
    except binascii.Error:
        raise CodecError("broken bytes") from None


def _decimal(body: Any) -> Decimal:
    if not DECIMAL.fullmatch(text(body)):
        raise CodecError("not a decimal number")
    return Decimal(body)


def _odd_float(body: Any) -> float:
    if body not in ("nan", "inf", "-inf"):
        raise CodecError("not a number")
    return float(body)


def _single(body: Any) -> Any:
    return SINGLES[text(body)]


PLAIN: dict[str, Callable[[Any], Any]] = {
    "i": _big,
    "d": _decimal,
    "f": _odd_float,
    "b": _bytes,
    "x": _single,
    "?": lambda body: Opaque(text(body)[:200]),
    "dt": lambda body: dt.datetime.fromisoformat(text(body)),
    "date": lambda body: dt.date.fromisoformat(text(body)),
    "time": lambda body: dt.time.fromisoformat(text(body)),
    "td": lambda body: dt.timedelta(*map(whole, body)),
}

"""Settings of a simulation: is each in its range?"""

from __future__ import annotations

import math


def whole(value: object, name: str, least: int = 1) -> int:
    """Return a whole number of `least` or more, or raise ValueError naming the setting."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != math.floor(value):
        raise ValueError(f"{name} is {value!r}: give a whole number")
    if value < least:
        raise ValueError(f"{name} is {value:g}: give {least} or more")
    return int(value)


def positive(value: float, name: str, zero: bool = False) -> float:
    """Return a finite number above 0 (or 0, if `zero`), or raise ValueError naming the setting."""
    number = float(value)
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError(
            f"{name} is {value!r}: give a number {'of 0 or more' if zero else 'above 0'}"
        )
    return number

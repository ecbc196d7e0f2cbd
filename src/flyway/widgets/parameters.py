"""The values that a widget offers: checked once, named in every error."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_PICTURES = 120
"""A page holds every picture of a widget; more than this is too heavy for a phone."""


@dataclass(frozen=True)
class Parameter:
    """One control: its name in the function, its label, and its values with their texts."""

    name: str
    label: str
    values: tuple
    texts: tuple[str, ...]

    @property
    def is_slider(self) -> bool:
        """Numbers make a slider, words make a list to choose from."""
        return not isinstance(self.values[0], str)


def read_parameters(given: Mapping[str, Any], labels: Mapping[str, str] | None) -> list[Parameter]:
    """Check the lists of values and give one `Parameter` for each.

    Raises `ValueError` or `TypeError` that names the parameter and the mend.
    """
    if not given:
        raise ValueError("explore needs something to move, such as month=[1, 2, 3].")
    labels = dict(labels or {})
    unknown = [name for name in labels if name not in given]
    if unknown:
        raise ValueError(f"labels names '{unknown[0]}', but the parameters are {', '.join(given)}.")
    parameters = [
        _read(name, values, labels.get(name) or name.replace("_", " ").capitalize())
        for name, values in given.items()
    ]
    sizes = [len(parameter.values) for parameter in parameters]
    if math.prod(sizes) > MOST_PICTURES:
        raise ValueError(
            f"{' × '.join(map(str, sizes))} values make {math.prod(sizes):,} pictures: "
            f"{MOST_PICTURES} at most. Give fewer values of {', '.join(given)}."
        )
    return parameters


def _read(name: str, given: Any, label: str) -> Parameter:
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise TypeError(f"{name} is {given!r}: give a list of values, such as {name}=[{given!r}].")
    texts = [str(key) for key in given] if isinstance(given, Mapping) else None
    values = [_plain(v) for v in (given.values() if isinstance(given, Mapping) else given)]
    if not values:
        raise ValueError(f"{name} is an empty list: give at least one value.")
    if len({isinstance(value, str) for value in values}) > 1:
        raise TypeError(f"{name} mixes words and numbers: {values}. Give one kind.")
    for value in values:
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name} holds {value}: give numbers that can be drawn.")
        if values.count(value) > 1:
            raise ValueError(f"{name} holds {value!r} twice: give each value once.")
    return Parameter(name, label, tuple(values), tuple(texts or [_text(v) for v in values]))


def _plain(value: Any) -> Any:
    """Turn a number of numpy or pandas into Python's own, so that functions get what they expect."""
    return value.item() if hasattr(value, "item") else value


def _text(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def states(parameters: list[Parameter]) -> Iterable[tuple[int, ...]]:
    """Give every combination of positions; the last parameter runs fastest."""
    return itertools.product(*(range(len(parameter.values)) for parameter in parameters))


def values_at(parameters: list[Parameter], state: tuple[int, ...]) -> dict[str, Any]:
    """Give the arguments of the drawing function for one combination."""
    return {p.name: p.values[i] for p, i in zip(parameters, state, strict=True)}

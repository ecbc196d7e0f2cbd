"""Results of `flyway`: frozen records of plain fields, built anew from their class's own name.

An answer such as `fit = trend(...)` is a record of numbers and tables. Its fields cross as data; its
class is the tests' own, so that its methods are never the trainee's.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
import sys
from typing import TYPE_CHECKING, Any

from .scalars import CodecError, Opaque, text

if TYPE_CHECKING:
    from .codec import Decoder, Encoder

OURS = re.compile(r"flyway(\.[a-z][a-z_]*)+")


def encode(to: Encoder, value: Any, depth: int) -> Any:
    """Return a record of `flyway` as JSON; None for anything else."""
    kind = type(value)
    if not OURS.fullmatch(str(kind.__module__)) or not dataclasses.is_dataclass(kind):
        return None
    own = {f.name: object.__getattribute__(value, f.name) for f in dataclasses.fields(kind)}
    fields = [[name, to.encode(field, depth + 1)] for name, field in own.items()]
    return {"R": [kind.__module__, kind.__qualname__, fields]}


def _record(read: Decoder, body: Any, depth: int) -> Any:
    module, name, fields = body
    if not OURS.fullmatch(text(module)) or not re.fullmatch(r"[A-Za-z]\w*", text(name)):
        raise CodecError("not a record of flyway")
    kind = getattr(sys.modules.get(module) or importlib.import_module(module), name, None)
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind):
        raise CodecError("not a record of flyway")
    values = {text(field): read.decode(value, depth + 1) for field, value in fields}
    if set(values) != {f.name for f in dataclasses.fields(kind)}:
        raise CodecError("other fields than the record has")
    if any(isinstance(v, Opaque) for v in values.values()):
        return Opaque(f"{module}.{name}")
    made = object.__new__(kind)
    for field, value in values.items():
        object.__setattr__(made, field, value)
    return made


TAGS = {"R": _record}

"""The whole codec: plain values, and all kinds that the course adds to them."""

from __future__ import annotations

from . import codec, drawings, frames, known, records
from .codec import Decoder, Encoder
from .scalars import CodecError, NotDataError, Opaque

codec.ENCODERS[:] = [frames.encode, records.encode, drawings.encode]
for _part in (frames, records, drawings, known):
    codec.TAGS.update(_part.TAGS)

__all__ = ["CodecError", "Decoder", "Encoder", "NotDataError", "Opaque"]

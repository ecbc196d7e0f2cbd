"""Messages between two processes: a length, then JSON. Nothing received is ever executed.

The other side may be hostile, so that every message has a largest size and everything that can be
wrong with it ends as a `WireError`.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from typing import Any

LARGEST = 16 << 20
LENGTH = struct.Struct("<I")


class WireError(Exception):
    """The other side is gone, or what it sent cannot be read."""


def _never(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def parse(data: bytes) -> Any:
    """Read JSON that anybody may have written."""
    try:
        return json.loads(data, parse_constant=_never)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"unreadable message: {type(error).__name__}") from None


def pack(message: Any) -> bytes:
    """Return a message as it travels."""
    data = json.dumps(message, allow_nan=False).encode("ascii")
    if len(data) > LARGEST:
        raise WireError("the message is too large")
    return LENGTH.pack(len(data)) + data


def send(link: socket.socket, message: Any) -> None:
    """Send one message."""
    data = pack(message)
    try:
        link.sendall(data)
    except OSError:
        raise WireError("the other side is gone") from None


def receive(link: socket.socket) -> Any:
    """Wait for one message and return it."""
    size = LENGTH.unpack(_exactly(link, LENGTH.size))[0]
    if size > LARGEST:
        raise WireError("the message is too large")
    return parse(_exactly(link, size))


def _exactly(link: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        try:
            part = link.recv(min(1 << 20, size - len(data)))
        except OSError:
            part = b""
        if not part:
            raise WireError("the other side is gone")
        data += part
    return bytes(data)


def write(descriptor: int, message: Any) -> None:
    """Write one message into a pipe."""
    data = pack(message)
    while data:
        data = data[os.write(descriptor, data) :]

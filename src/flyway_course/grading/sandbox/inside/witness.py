"""The trainee's process, or a copy of it, answers for the values of its notebook."""

from __future__ import annotations

import socket
from typing import Any

from . import wire
from .values import Decoder, Encoder


def testify(link: socket.socket, space: dict[str, Any]) -> None:
    """Answer questions about the values of a notebook; a `WireError` says that there are no more."""
    functions: list[Any] = []
    while True:
        asked = wire.receive(link)
        try:
            answer = _answer(asked, space, functions, Encoder, Decoder)
        except BaseException as error:  # whatever the trainee's code raises is an answer
            answer = {"raised": [type(error).__name__, _words(error)]}
        try:
            wire.send(link, answer)
        except (wire.WireError, ValueError, TypeError):
            wire.send(link, {"value": {"?": "a value that is too large"}})


def _answer(
    asked: Any, space: dict[str, Any], functions: list[Any], encoder: Any, decoder: Any
) -> Any:
    if "get" in asked:
        if asked["get"] not in space:
            return {"missing": True}
        try:
            return {"value": encoder(functions).encode(space[asked["get"]])}
        except Exception as error:
            return {"value": {"?": f"a value that cannot be read: {error}"[:200]}}
    if "inside" in asked:
        exec(compile(asked["inside"], "<check>", "exec"), space)
        return {"value": None}
    read = decoder()
    given = [read.decode(v) for v in asked["given"]]
    named = {name: read.decode(v) for name, v in asked["named"].items()}
    result = functions[asked["call"]](*given, **named)
    return {"value": encoder(functions).encode(result)}


def _words(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:  # an error whose own text fails
        return ""

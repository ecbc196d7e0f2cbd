"""How the tests' side asks the trainee's side for a value, or to call a function."""

from __future__ import annotations

import builtins
import contextlib
import inspect
import socket
from collections.abc import Callable
from typing import Any

from . import wire
from .values import CodecError, Decoder, Encoder, NotDataError, Opaque

MOST_CALLS = 20_000
GONE = "the notebook gives no more answers"
LONGEST_TEXT = 2000


class TestTimeoutError(BaseException):
    """A test took too long."""


class AnswerError(Exception):
    """The trainee's code raised an error that the tests' side does not know, or is gone."""


class Witness:
    """One point in the trainee's notebook that can be asked for values.

    Where all values are data they were left there; else a process answers. `later` says that it is
    the notebook's own process, which answers for other points too: `lost` says that it has stopped.
    """

    def __init__(self, link: socket.socket | None):
        self.link = link
        self.calls = 0
        self.kept: dict[str, Any] | None = None
        self.met = self.later = self.lost = False
        self.told: dict[str, Any] = {}  # what was said of a name stays true for all its tests

    def meet(self) -> None:
        """Read the first word: the values that were left, or that somebody waits."""
        if self.met or self.link is None:
            return
        self.met = True
        try:
            first = wire.receive(self.link)
        except wire.WireError:
            self.close()
            return
        kept = first.get("kept") if isinstance(first, dict) else None
        self.kept = kept if isinstance(kept, dict) else None
        self.later = self.kept is not None and first.get("later") is True
        if self.kept is not None and not self.later:
            self.close()

    def ask(self, question: dict[str, Any]) -> Any:
        """Return the answer, or raise what the trainee's code raised."""
        self.calls += 1
        if self.link is None or self.calls > MOST_CALLS:
            raise AnswerError(GONE)
        try:
            wire.send(self.link, question)
            answer = wire.receive(self.link)
        except wire.WireError:
            self.lost = self.later
            self.close()
            raise AnswerError(GONE) from None
        except TestTimeoutError:
            # half an answer may be on the way: nothing after it could be told apart
            self.lost = self.later
            self.close()
            raise
        if not isinstance(answer, dict):
            self.close()
            raise AnswerError("the answer cannot be read")
        if "raised" in answer:
            raise _known_error(answer["raised"])
        return answer

    def close(self) -> None:
        """Ask no more."""
        if self.link is not None:
            self.link.close()
        self.link = None

    def get(self, name: str) -> tuple[bool, Any]:
        """Return whether the notebook has a name here, and its value."""
        self.meet()
        if self.kept is not None and (name in self.kept or not self.later):
            return name in self.kept, self.read(self.kept.get(name))
        if name not in self.told:
            self.told[name] = self.ask({"get": name})
        answer = self.told[name]
        return (False, None) if "missing" in answer else (True, self.read(answer.get("value")))

    def read(self, data: Any) -> Any:
        """Build a value; what cannot be read as one is an object that is not data."""
        try:
            return Decoder(self.stand_in).decode(data)
        except CodecError as error:
            return Opaque(f"a value that cannot be read: {error}")

    def stand_in(self, handle: int, name: str, words: str | None, signature: Any) -> Callable:
        """Return a function that asks the witness to call the trainee's.

        It is given copies: what it does to them changes nothing of what the tests compare with.
        """

        def call(*given: Any, **named: Any) -> Any:
            write = Encoder()
            try:
                sent = [write.encode(v) for v in given]
                sent_named = {k: write.encode(v) for k, v in named.items()}
            except NotDataError as error:
                raise AnswerError(f"the test gives {name} what is not data: {error}") from None
            answer = self.ask({"call": handle, "given": sent, "named": sent_named})
            return self.read(answer.get("value"))

        call.__name__ = call.__qualname__ = name if name.isidentifier() else "function"
        call.__doc__ = words
        with contextlib.suppress(Exception):
            call.__signature__ = _signature(signature)
        return call


def _signature(parts: Any) -> inspect.Signature:
    made = []
    for name, kind, optional in parts:
        default = None if optional else inspect.Parameter.empty
        made.append(inspect.Parameter(name, inspect._ParameterKind(kind), default=default))
    return inspect.Signature(made)


def _known_error(told: Any) -> Exception:
    """Return the error that was told, as one of Python's own where it is one.

    `told` is its kind. Other names are of the trainee's making and could carry anything.
    """
    name, words = told if isinstance(told, list) and len(told) == 2 else ("Error", "")
    kind = getattr(builtins, name, None) if isinstance(name, str) else None
    known = isinstance(kind, type) and issubclass(kind, Exception)
    words = words[:LONGEST_TEXT] if isinstance(words, str) else ""
    try:
        error = kind(words) if known else AnswerError(words)
    except TypeError:
        error = AnswerError(words)
    error.told = name if known else "Error"
    return error

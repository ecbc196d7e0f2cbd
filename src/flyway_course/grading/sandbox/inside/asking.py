"""How the tests' side asks the trainee's side for a value, or to call a function."""

from __future__ import annotations

import builtins
import contextlib
import copy
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
        self.undo: list[tuple[Any, Any]] = []

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

    def put_right(self) -> None:
        """Give the arguments of this test their values back: a later test may use them too."""
        while self.undo:
            _change(*self.undo.pop())

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
        answer = self.ask({"get": name})
        return (False, None) if "missing" in answer else (True, self.read(answer.get("value")))

    def read(self, data: Any) -> Any:
        """Build a value; what cannot be read as one is an object that is not data."""
        try:
            return Decoder(self.stand_in).decode(data)
        except CodecError as error:
            return Opaque(f"a value that cannot be read: {error}")

    def stand_in(self, handle: int, name: str, words: str | None, signature: Any) -> Callable:
        """Return a function that asks the witness to call the trainee's."""

        def call(*given: Any, **named: Any) -> Any:
            write = Encoder()
            try:
                sent = [write.encode(v) for v in given]
                sent_named = {k: write.encode(v) for k, v in named.items()}
            except NotDataError as error:
                raise AnswerError(f"the test gives {name} what is not data: {error}") from None
            answer = self.ask({"call": handle, "given": sent, "named": sent_named})
            changed = answer.get("changed")
            for place, data in changed.items() if isinstance(changed, dict) else ():
                if place.isdigit() and int(place) < len(given):
                    argument = given[int(place)]
                    self.undo.append((argument, copy.deepcopy(argument)))
                    _change(argument, self.read(data))
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


def _change(old: Any, new: Any) -> None:
    """Let an argument look as the trainee's function left it."""
    if type(old) is not type(new):
        return
    if isinstance(old, list):
        old[:] = new
    elif isinstance(old, dict | set):
        old.clear()
        old.update(new)
    elif hasattr(old, "_update_inplace"):
        old._update_inplace(new)
    elif hasattr(old, "dtype") and old.shape == new.shape and old.ndim:
        old[...] = new


def _known_error(told: Any) -> Exception:
    """Return the error that was told, as one of Python's own where it is one."""
    name, words = told if isinstance(told, list) and len(told) == 2 else ("Error", "")
    kind = getattr(builtins, name, None) if isinstance(name, str) else None
    known = isinstance(kind, type) and issubclass(kind, Exception)
    words = words[:LONGEST_TEXT] if isinstance(words, str) else ""
    try:
        error = kind(words) if known else AnswerError(words)
    except TypeError:
        error = AnswerError(words)
    error.told = str(name)[:60]
    return error

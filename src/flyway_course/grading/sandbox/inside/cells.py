"""Run the cells of a notebook as a kernel would, and keep what they show, within bounds.

Only text and PNG pictures are kept: nothing that a browser could run.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import re
import signal
import socket
import sys
import time
from typing import Any

from . import notebook, wire

MOST_TEXT, MOST_PICTURE, MOST_OUTPUTS = 20_000, 700_000, 12
MOST_LEFT = 100_000  # bytes that a socket holds until somebody reads them
PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=\s]+)"')
ALT = re.compile(r'<img[^>]*\balt="([^"]*)"')


class CellTimeoutError(BaseException):
    """A cell took too long."""


class _Words(io.TextIOBase):
    """A stream that keeps the beginning of what is written to it."""

    encoding = "utf-8"

    def __init__(self, name: str):
        self.name = name
        self.kept: list[str] = []
        self.room = MOST_TEXT

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        raise io.UnsupportedOperation("fileno")

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.room > 0:
            self.kept.append(text[: self.room])
            self.room -= len(text)
        return len(text)


class _Shown:
    """Takes the place of IPython's display publisher and display hook."""

    is_publishing = False

    def __init__(self, shell: Any, quiet: bool):
        self.shell = shell
        self.quiet = quiet
        self.outputs: list[dict[str, Any]] = []

    def publish(self, data: Any, *unused: Any, **also_unused: Any) -> None:
        if len(self.outputs) < MOST_OUTPUTS and (kept := _inert(data)):
            self.outputs.append({"kind": "shown", **kept})

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()

    def __call__(self, result: Any = None) -> None:
        if result is None:
            return
        self.shell.user_ns["_"] = result
        if self.quiet:
            return
        ours = str(type(result).__module__).startswith("flyway")
        wanted = {"text/plain", "image/png"} | ({"text/html"} if ours else set())
        data, _ = self.shell.display_formatter.format(result, include=wanted)
        self.publish(data)


def _inert(data: Any) -> dict[str, str]:
    """Return the picture of an output, or its text."""
    html = data.get("text/html", "")
    picture = PICTURE.search(html) if isinstance(html, str) and "data:image/png" in html else None
    if picture and len(picture[1]) < MOST_PICTURE:
        alt = ALT.search(html)
        return {"png": picture[1], "alt": alt[1][:2000] if alt else ""}
    png = data.get("image/png")
    if isinstance(png, bytes):
        png = base64.b64encode(png).decode("ascii")
    if isinstance(png, str) and len(png) < MOST_PICTURE:
        return {"png": png, "alt": ""}
    text = data.get("text/plain")
    return {"text": text[:MOST_TEXT]} if isinstance(text, str) else {}


def run(
    cells: list[dict[str, Any]], seconds: int, outputs: int, witnesses: list[int], careful: bool
) -> list[tuple[int, dict[str, Any]]]:
    """Run each cell in order and write what it gave; leave word where the tests will ask.

    Returns what is to be answered after the notebook has ended: the socket, and the names as they
    were. With `careful` there is nothing of that kind: a witness waits at each such point.
    """
    shell = notebook.shell()
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    later: list[tuple[int, dict[str, Any]]] = []
    for number, cell in enumerate(cells):
        if "witness" in cell:
            mine = witnesses[cell["witness"]]
            names = None if careful else cell["names"]
            done, kept = _leave_word(shell.user_ns, cell["names"], names, mine)
            if kept is not None:
                later.append((mine, kept))
                continue
            if not done:
                _leave_witness(shell, mine, {outputs, *witnesses})
            os.close(mine)
            continue
        given = _run_one(shell, cell["source"], seconds, quiet=cell.get("quiet", False))
        try:
            wire.write(outputs, {"cell": number, **given})
        except (OSError, wire.WireError, ValueError):
            continue  # nobody wants more
    return later


def answer_later(later: list[tuple[int, dict[str, Any]]]) -> None:
    """Answer for each point that was kept, in order, until the tests have done with it."""
    from IPython.core.interactiveshell import InteractiveShell

    from .witness import testify

    space = InteractiveShell.instance().user_ns
    sys.stdout, sys.stderr = _Words("stdout"), _Words("stderr")
    for mine, kept in later:
        space.clear()
        space.update(kept)
        with contextlib.suppress(wire.WireError), socket.socket(fileno=mine) as link:
            testify(link, space)


def _too_long(*unused: Any) -> None:
    raise CellTimeoutError


def _leave_word(
    space: dict[str, Any], names: list[str] | None, may_wait: list[str] | None, mine: int
) -> tuple[bool, dict[str, Any] | None]:
    """Leave the values that will be asked for; say whether that is all, and what can wait.

    It saves a process. A value that is no data, or too large to leave behind, needs a witness; a
    plain function can wait for the end of the notebook.
    """
    if names is None:
        return False, None
    from . import later
    from .values import Encoder, NotDataError

    kept, functions = {}, []
    try:
        for name in names:
            if name not in space:
                continue
            try:
                kept[name] = Encoder(only_data=True).encode(space[name])
            except NotDataError:
                if may_wait is None:
                    return False, None
                functions.append(name)
        names_then = later.keep(space, functions) if functions else None
        data = wire.pack({"kept": kept, "later": bool(functions)})
    except Exception:
        return False, None
    if len(data) > MOST_LEFT:
        return False, None
    with socket.socket(fileno=os.dup(mine)) as link:
        return link.send(data, socket.MSG_DONTWAIT) == len(data), names_then


def _leave_witness(shell: Any, mine: int, all_open: set[int]) -> None:
    """Leave a copy of this process that answers for the state of the notebook at this point."""
    if os.fork():
        return
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in all_open - {mine}:
            try:
                os.close(number)
            except OSError:
                continue  # already closed by an earlier witness's turn
        sys.stdout, sys.stderr = _Words("stdout"), _Words("stderr")
        from .witness import testify

        link = socket.socket(fileno=mine)
        wire.send(link, {"live": True})
        testify(link, shell.user_ns)
    finally:
        os._exit(0)


def _run_one(shell: Any, source: str, seconds: int, quiet: bool) -> dict[str, Any]:
    """Run one cell; return its outputs, its error and the seconds that it took."""
    began = time.monotonic()
    shown = _Shown(shell, quiet)
    streams = (_Words("stdout"), _Words("stderr"))
    error: BaseException | None = None
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # again each second, for who catches it
    try:
        shell.display_pub, shell.display_trap.hook, sys.displayhook = shown, shown, shown
        sys.stdout, sys.stderr = streams
        shell.showtraceback = shell.showsyntaxerror = _say_nothing
        result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        notebook.let_tasks_run(shell)
        if "matplotlib.pyplot" in sys.modules:  # as a notebook does with what a cell left open
            from . import backend

            backend.show()
    except BaseException as raised:  # SystemExit, KeyboardInterrupt or the alarm itself
        error = raised
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    _close_figures()
    said = None if error is None else [type(error).__name__, _words(error)]
    if quiet:
        return {"outputs": [], "error": said, "seconds": time.monotonic() - began}
    words = [{"kind": s.name, "text": "".join(s.kept)} for s in streams if s.kept]
    took = time.monotonic() - began
    return {"outputs": words + shown.outputs, "error": said, "seconds": took}


def _say_nothing(*unused: Any, **also_unused: Any) -> None:
    """Take the place of IPython's traceback: the error itself is kept."""


def _words(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:  # an error whose own text fails
        return ""


def _close_figures() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        try:
            pyplot.close("all")
        except Exception:
            return  # the trainee's code changed pyplot: the figures are theirs to lose

"""The tests' side: run the instructor's cells, and ask the trainee's side for values.

No code of a trainee runs here. A name that the tests do not define themselves, or that the answer is
to give, is asked for and comes as data; a function comes as a stand-in that asks the witness to call
it and returns data.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from numbers import Number
from typing import Any

from . import walls, wire
from .asking import AnswerError, TestTimeoutError, Witness
from .kept import Kept

LONGEST_TEXT = 2000


class Space(dict):
    """The names that the tests see. `theirs` are those that the trainee's answer gives."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(__builtins__=builtins, __name__="__main__")
        self.kept = kept
        self.theirs: set[str] = set()
        self.witness: Witness | None = None
        self.seen: dict[str, Any] = {}

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, self.kept.around(value))

    def __missing__(self, name: str) -> Any:
        if name not in self.theirs and hasattr(builtins, name):
            raise KeyError(name)
        if self.witness is None or name.startswith("__"):
            raise KeyError(name)
        there, value = self.witness.get(name)
        if not there:
            raise KeyError(name)
        self[name] = self.seen[name] = value
        return value

    def forget(self) -> None:
        """Drop what came from the trainee: the next test asks again."""
        for name in [*self.seen, *self.theirs]:
            self.pop(name, None)
        self.seen = {}


def _too_long(*unused: Any) -> None:
    raise TestTimeoutError


def _run(source: str, name: str, space: Space, seconds: int, hidden: int = 0) -> list[str] | None:
    """Run one of the instructor's cells; return its error as [name, words], or None.

    From line `hidden` on, an answer may choose its error by what it was given there: its kind is
    not told, no more than its words.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            exec(space.kept.compiled(source, name), space)
    except TestTimeoutError:
        return ["CellTimeoutError", ""]
    except BaseException as error:
        own = type(error) in (AssertionError, NameError) and not hasattr(error, "told")
        if hidden and not own and not isinstance(error, AnswerError):
            frames = traceback.walk_tb(error.__traceback__)
            lines = [line for frame, line in frames if frame.f_code.co_filename == name]
            if max(lines, default=hidden) >= hidden:
                return ["Error", ""]
        return [getattr(error, "told", type(error).__name__), _text(error)]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _text(error: BaseException) -> str:
    try:
        return str(error)[:LONGEST_TEXT]
    except Exception:  # a value of the trainee's inside the words cannot be shown
        return ""


def prepare(job: dict[str, Any]) -> Kept:
    """Run the instructor's cells once, the reference solution among them; keep what they compute.

    What fails here is only not kept: the tests themselves will say it.
    """
    _settle(job)
    kept = Kept()
    space = Space(kept)
    for cell in job["cells"]:
        _run(cell["source"], f"<{cell['id']}>", space, job["bounds"]["seconds_cell"])
        _close_figures()
    kept.learning = False
    return kept


def _settle(job: dict[str, Any]) -> None:
    """Give up every privilege, and go to a folder of one's own with the assignment's files."""
    walls.drop_capabilities()
    walls.prctl(walls.DUMPABLE, 0)
    signal.signal(signal.SIGALRM, _too_long)
    if job.get("seed") is not None:
        os.environ["FLYWAY_COHORT_SEED"] = job["seed"]
    place = tempfile.mkdtemp(dir="/tmp")
    os.chdir(place)
    from .student import lay_out

    lay_out(job["files"], place)


def judge(job: dict[str, Any], links: list[int], result: int, kept: Kept | None) -> None:
    """Run the setup and the tests in order; write one outcome for each test.

    An outcome is null where the test passed, else the error's name and words.
    """
    _settle(job)
    bounds = job["bounds"]
    memory = walls.address_space() + bounds["memory"]
    walls.limit(memory, bounds["seconds_tests"] + 30, 64 * walls.MEGA, None)
    witnesses = [Witness(socket.socket(fileno=link)) for link in links]
    space = Space(kept or Kept(learning=False))
    asked = None
    for cell in job["cells"]:
        if cell["kind"] == "answer":
            space.theirs |= set(cell["names"])
        elif cell["kind"] == "setup":
            space.forget()
            space.theirs -= set(cell["names"])
            space.witness = None
            error = _run(cell["source"], f"<{cell['id']}>", space, bounds["seconds_cell"])
            if error:
                wire.write(result, {"setup": cell["id"], "error": error})
        else:
            space.forget()
            space.witness = witnesses[cell["witness"]]
            if asked not in (None, space.witness):
                asked.close()  # the notebook's own process turns to the next point
            asked = space.witness
            began = time.monotonic()
            error = _judge_one(cell, space, bounds["seconds_cell"])
            took = time.monotonic() - began
            if asked.lost:
                wire.write(result, {"lost": True})
                return
            space.theirs -= set(cell["names"])
            # a name that this test made stays its own, unless an answer gives it again
            space.seen = {k: v for k, v in space.seen.items() if k not in cell["names"]}
            seen = {n: _short(v) for n, v in space.seen.items() if isinstance(v, Number | str)}
            told = {"test": cell["id"], "error": error, "seen": seen, "seconds": took}
            wire.write(result, told)
        _close_figures()
    wire.write(result, {"modules": sorted(_loaded())})
    shutil.rmtree(os.getcwd(), ignore_errors=True)  # noqa: PTH109


def _short(value: Any) -> str:
    try:
        return repr(value.item() if hasattr(value, "item") else value)[:80]
    except ValueError:  # a number of very many digits
        return "a very large number"


def _judge_one(cell: dict[str, Any], space: Space, seconds: int) -> list[str] | None:
    if not cell.get("inside"):
        return _run(cell["source"], f"<{cell['id']}>", space, seconds, cell.get("hidden", 0))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        space.witness.meet()
        space.witness.ask({"inside": cell["source"]})
    except TestTimeoutError:
        return ["CellTimeoutError", ""]
    except Exception as error:
        return [getattr(error, "told", type(error).__name__), _text(error)]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _loaded() -> list[str]:
    roots = ("flyway", "numpy", "pandas", "scipy", "statsmodels", "matplotlib", "networkx", "patsy")
    return [name for name in sys.modules if name.split(".")[0] in roots]


def _close_figures() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")

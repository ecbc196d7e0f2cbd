"""Take one submission through both sides of the sandbox."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flyway_course.grading.sandbox.box import Box, BoxError
from flyway_course.grading.sandbox.inside import wire

MOST_OUTPUT = 6 << 20
GRACE_S = 15


@dataclass(frozen=True)
class Bounds:
    """How much one submission may use: seconds of wall time, and bytes."""

    seconds_cell: int = 20
    seconds: int = 60
    seconds_tests: int = 60
    memory: int = 1500 << 20

    @classmethod
    def within(cls, seconds: int) -> Bounds:
        """Return the bounds of a notebook that may run so long; its cells and checks get their share."""
        times = max(1, seconds / cls.seconds)
        cell = min(seconds, int(times * cls.seconds_cell))
        return cls(cell, seconds, int(times * cls.seconds_tests))

    def asked(self, box: Box) -> dict[str, Any]:
        """Return the bounds as the sandbox reads them."""
        return {**vars(self), "count_processes": box.machine.count_processes}


@dataclass
class Testimony:
    """What came out of the sandbox. Nothing in `shown` is to be trusted; `tests` is the tests' own.

    `end` says how the notebook ended: `done`, `died` (it ended its own process), `time`, `memory`
    or `lost`. `shown` maps the number of a cell to what it showed; `tests` a test to its outcome.
    `lost` says that the notebook's own process stopped before it had answered for all its points.
    """

    end: str = "lost"
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)
    setup_errors: dict[str, list[str]] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)
    seconds: float = 0.0
    lost: bool = False


def take(
    students: Callable[[], Box],
    tests: Box,
    cells: list[dict[str, Any]],
    judged: list[dict[str, Any]],
    files: dict[str, str],
    bounds: Bounds,
    seed: str | None = None,
) -> Testimony:
    """Run the cells of a notebook, then the tests against what it left.

    Parameters
    ----------
    students, tests
        The sandboxes of the two sides; they may be the same one. That of the trainee's is asked for
        before each run.
    cells
        What the trainee's side runs: `{"source": …}` or `{"witness": number}`.
    judged
        What the tests' side runs, in the instructor's order.
    files
        Files for the working folders of both, as base64 by relative name.
    bounds, seed
        Limits, and the private seed, which only the tests' side gets.
    """
    began = time.monotonic()
    said = _take_once(students(), tests, cells, judged, files, bounds, seed, careful=False)
    if said.lost:  # once more, up to where it stopped, with a process for each point that is asked
        cells = cells[: _reached(cells, said)] if said.end != "done" else cells
        # as much time as before: what cells could do at first, they can do again
        again = _take_once(students(), tests, cells, judged, files, bounds, seed, careful=True)
        said.tests, said.setup_errors = again.tests, again.setup_errors
    said.seconds = time.monotonic() - began
    return said


def _reached(cells: list[dict[str, Any]], said: Testimony) -> int:
    """Return the number of the cell in which the notebook was stopped."""
    first = max(said.shown, default=-1) + 1
    return next((n for n in range(first, len(cells)) if "witness" not in cells[n]), len(cells))


def _take_once(
    students: Box,
    tests: Box,
    cells: list[dict[str, Any]],
    judged: list[dict[str, Any]],
    files: dict[str, str],
    bounds: Bounds,
    seed: str | None,
    careful: bool,
) -> Testimony:
    said = Testimony()
    with contextlib.ExitStack() as stack:
        count = 1 + max((cell["witness"] for cell in judged if "witness" in cell), default=-1)
        pairs = [socket.socketpair() for _ in range(count)]
        for ours, theirs in pairs:
            stack.enter_context(ours)
            stack.enter_context(theirs)
        task, theirs = socket.socketpair()
        stack.enter_context(task)
        outputs, written = os.pipe()
        number = students.fork(
            "student", [theirs.fileno(), written, *(b.fileno() for _, b in pairs)]
        )
        for end in (theirs, *(b for _, b in pairs)):
            end.close()
        os.close(written)
        try:
            task.settimeout(GRACE_S)
            job = {"cells": cells, "files": files, "bounds": bounds.asked(students)}
            wire.send(task, {**job, "careful": careful})
            shown, said.end = _listen(task, outputs, bounds.seconds + GRACE_S)
        except wire.WireError:
            if not students.ended(number, 3):
                raise BoxError("The sandbox could not begin a process.") from None
            shown, said.end = b"", "lost"
        finally:
            os.close(outputs)  # sealed: what the tests now ask can reach no output
        said.shown = _parts(shown, len(cells))
        job = {"cells": judged, "files": files, "bounds": bounds.asked(tests), "seed": seed}
        _judge(tests, job, [a for a, _ in pairs], said, bounds)
        task.close()
        if not students.ended(number, 3):
            students.stop(number)
    return said


def _listen(task: socket.socket, outputs: int, seconds: float) -> tuple[bytes, str]:
    """Collect what the cells show until the notebook has ended; return it, and how it ended."""
    data, end = bytearray(), ""
    deadline = time.monotonic() + seconds
    wake = select.poll()
    wake.register(outputs, select.POLLIN)
    wake.register(task, select.POLLIN)
    while not end and (left := deadline - time.monotonic()) > 0:
        for ready, _ in wake.poll(left * 1000):
            if ready == outputs:
                part = os.read(outputs, 1 << 16)
                if len(data) < MOST_OUTPUT:  # what is more is read and let go: nobody waits for it
                    data += part
                if not part:
                    wake.unregister(outputs)
            else:
                told = wire.receive(task)
                end = str(told.get("end"))
    os.set_blocking(outputs, False)
    with contextlib.suppress(BlockingIOError):
        while len(data) < MOST_OUTPUT and (part := os.read(outputs, 1 << 16)):
            data += part
    return bytes(data[:MOST_OUTPUT]), end or "time"


def _parts(data: bytes, cells: int) -> dict[int, dict[str, Any]]:
    """Read what the cells showed: the first word on each cell counts, and only well-formed ones."""
    found: dict[int, dict[str, Any]] = {}
    place = 0
    while len(data) - place > wire.LENGTH.size:
        (size,) = wire.LENGTH.unpack_from(data, place)
        place += wire.LENGTH.size
        part, place = data[place : place + size], place + size
        if len(part) < size:
            break
        try:
            told = wire.parse(part)
        except wire.WireError:
            break
        number = told.get("cell") if isinstance(told, dict) else None
        if isinstance(number, int) and 0 <= number < cells:
            found.setdefault(number, told)
    return found


def _judge(
    box: Box, job: dict[str, Any], links: list[socket.socket], said: Testimony, bounds: Bounds
) -> None:
    """Run the tests' side and take down its outcomes."""
    task, theirs = socket.socketpair()
    result, written = os.pipe()
    with task, theirs:
        number = box.fork("tests", [theirs.fileno(), written, *(a.fileno() for a in links)])
        theirs.close()
        os.close(written)
        for link in links:
            link.close()
        data, in_time = bytearray(), False
        try:
            task.settimeout(GRACE_S)
            wire.send(task, job)
            deadline = time.monotonic() + bounds.seconds_tests + GRACE_S
            while (left := deadline - time.monotonic()) > 0:
                if select.select([result], [], [], left)[0]:
                    part = os.read(result, 1 << 16)
                    if not part:
                        in_time = True
                        break
                    data += part
            if not in_time:
                box.stop(number)
        except wire.WireError:
            in_time = True  # it ended before it was asked
            box.stop(number)
        finally:
            os.close(result)
    if not _take_down(bytes(data), said) and in_time:  # the sandbox's fault is nobody's mark
        raise BoxError("The sandbox lost the process of the tests.")


def _take_down(data: bytes, said: Testimony) -> bool:
    """Read what the tests' side wrote; say whether it came to its end."""
    place, whole = 0, False
    while len(data) - place > wire.LENGTH.size:
        (size,) = wire.LENGTH.unpack_from(data, place)
        place += wire.LENGTH.size
        part, place = data[place : place + size], place + size
        if len(part) < size:
            return False  # it was stopped in the middle of a word
        told = wire.parse(part)
        if "test" in told:
            said.tests[told.pop("test")] = told
        elif "lost" in told:
            said.lost = whole = True
        elif "setup" in told:
            said.setup_errors[told["setup"]] = told["error"]
        else:
            said.modules, whole = told["modules"], True
    return whole

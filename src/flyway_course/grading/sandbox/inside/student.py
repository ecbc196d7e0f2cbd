"""The trainee's side: run the cells of one notebook, then answer questions about its values.

Three kinds of process share one room. The *warden* is process 1 of the room and runs none of the
trainee's code: nothing inside can signal it, and when it ends, the kernel ends everything else. The
*runner* runs the cells. Before each group of tests it leaves the values that they will ask for, or
a copy of itself, a *witness*, which waits. For plain functions it keeps the names as they are and
answers at the end by itself. The tests ask only after the outputs of the notebook are closed, so
that what a question tells can reach no output.
"""

from __future__ import annotations

import base64
import contextlib
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from . import walls, wire
from .meter import Meter, Use

SCRATCH = "/tmp"
LOOK_EVERY_S = 0.1
PROCESSES = 40
MOST_CORES, SPARE_CPU_S = 1.5, 3.0
"""One notebook keeps one core busy: helpers that take more would take it from other trainees."""


def enter(nested: bool) -> int:
    """Build the room; return the open /proc of the room around it, for the warden only."""
    around = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    if nested:
        walls.mount_empty(SCRATCH, 64 * walls.MEGA)
        walls.mount_empty("/proc", 4096, walls.READ_ONLY)
    walls.drop_capabilities()
    with contextlib.suppress(OSError):  # it leads a session already
        os.setsid()  # the last one: the processor is shared out between sessions
    walls.refuse_calls()
    os.chdir(SCRATCH)
    return around


def warden(
    job: dict[str, Any], status: int, outputs: int, witnesses: list[int], nested: bool
) -> None:
    """Watch over the runner: time, memory, and the end of the room.

    `status` is a connected socket: the end of the run goes out on it; when the other side closes
    it, the room ends.
    """
    walls.prctl(walls.DEATH_SIGNAL, signal.SIGKILL)
    walls.prctl(walls.ADOPT_ORPHANS, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job["bounds"]["address_space"] = walls.address_space() + job["bounds"]["memory"]
    meter = Meter(enter(nested), SCRATCH)
    walls.prctl(walls.DUMPABLE, 0)
    before = meter.look()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # taken by sigtimedwait
    runner = os.fork()
    if runner == 0:
        _be_runner(job, outputs, witnesses)
    for number in (outputs, *witnesses):
        os.close(number)
    bounds = job["bounds"]
    with socket.socket(fileno=status) as link:
        end = _watch(runner, meter, before, bounds, None, time.monotonic() + bounds["seconds"])
        wire.send(link, {"end": end})
        before.cpu = meter.look().cpu  # what the cells have used is not held against the answers
        _watch(0, meter, before, bounds, link, time.monotonic() + bounds["seconds_tests"])
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()  # so that the time they used is counted


def _watch(
    runner: int,
    meter: Meter,
    before: Use,
    bounds: dict[str, Any],
    link: socket.socket | None,
    deadline: float,
) -> str:
    """Wait for the runner's end (or, without one, for the other side to close); say how it ended.

    A runner that has run its last cell stops itself, and goes on when that was seen. Nothing that
    can be written into an open file says the same.
    """
    began = time.monotonic()
    wake = select.poll()
    if link is not None:
        wake.register(link, select.POLLIN | select.POLLHUP)
    while True:  # an end wakes this process at once; the memory is looked at from time to time
        if link is None:
            signal.sigtimedwait({signal.SIGCHLD}, LOOK_EVERY_S)
        elif wake.poll(LOOK_EVERY_S * 1000):
            return "closed"
        pid, status = _next_child()
        while pid:
            if pid == runner:
                if not os.WIFSTOPPED(status):
                    return "died"
                os.kill(runner, signal.SIGCONT)
                return "done"
            pid, status = _next_child()
        reason, used = "", meter.look()
        many = used.cpu - before.cpu > SPARE_CPU_S + MOST_CORES * (time.monotonic() - began)
        if many or time.monotonic() > deadline:
            reason = "time"
        elif used.memory - before.memory > 1.5 * bounds["memory"]:
            reason = "memory"
        if reason and runner:
            os.kill(runner, signal.SIGKILL)
            os.waitpid(runner, 0)
            if many or meter.look().memory - before.memory > 1.5 * bounds["memory"]:
                os.kill(-1, signal.SIGKILL)  # its helpers hold what others need: witnesses go too
        if reason:
            return reason


def _next_child() -> tuple[int, int]:
    """Return a child that has ended or stopped, with its status; (0, 0) where none has."""
    try:
        return os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
    except ChildProcessError:
        return 0, 0


def _be_runner(job: dict[str, Any], outputs: int, witnesses: list[int]) -> None:
    """Run the cells, stop until that was seen, answer what was kept for later; never returns."""
    open_files = {outputs, *witnesses}
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        walls.close_all_but(open_files)
        null = os.open("/dev/null", os.O_RDWR)  # the lowest free number: 0
        for number in (0, 1, 2):
            if number != null and number not in open_files:
                os.dup2(null, number)
        walls.prctl(walls.DUMPABLE, 0)
        bounds = job["bounds"]
        signal.signal(signal.SIGINT, signal.default_int_handler)
        processes = PROCESSES + len(witnesses) if bounds["count_processes"] else None
        cpu = bounds["seconds"] + bounds["seconds_tests"]
        walls.limit(bounds["address_space"], cpu, 64 * walls.MEGA, processes)
        lay_out(job["files"], SCRATCH)
        sys.path.insert(0, "")
        from . import cells

        later = cells.run(job["cells"], bounds["seconds_cell"], outputs, witnesses, job["careful"])
        os.kill(os.getpid(), signal.SIGSTOP)
        cells.answer_later(later)
    finally:
        os._exit(0)


def lay_out(files: dict[str, str], place: str) -> None:
    """Write the files of the assignment into the folder `place`."""
    for name, data in files.items():
        path = os.path.join(place, name)  # noqa: PTH118
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(base64.b64decode(data))

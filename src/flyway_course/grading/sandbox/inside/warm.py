"""The warm process: it imports what every notebook imports, then forks for each request.

It never reads a notebook, a test or a value. Each child gets the open files of its own task and
reads its task from there, so that nothing of one trainee, and no test, is ever in this process's
memory, from which all the others are copied.

One of its children, the *desk*, knows the tests and their answers, and forks only tests' sides.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from . import student, trusted, walls, wire
from .kept import Kept

LARGEST_REQUEST = 65_536
MOST_FILES = 100


def main(control: int, uid: int | None) -> None:
    """Serve fork requests on the socket `control` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if uid is not None:
        walls.become(uid)
    link = socket.socket(fileno=control)
    _own_fonts()
    _warm_up()
    gc.collect()
    gc.set_threshold(100_000, 50, 100)
    gc.freeze()  # so that the children's garbage collector leaves shared pages alone
    nested = _can_nest()
    if not nested:  # notebooks run beside this process, and not in rooms of their own
        walls.prctl(walls.DUMPABLE, 0)
    link.send(json.dumps({"ready": True, "nested": nested}).encode())
    _attend(link, None)


def _attend(link: socket.socket, kept: Kept | None) -> None:
    """Fork for each request on `link`, and tell there which of the children have ended."""
    children: dict[int, int] = {}
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *unused: None)
    while True:
        ready, _, _ = select.select([link, ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            _tell_ended(link, children)
        if link in ready:
            data, files, _, _ = socket.recv_fds(link, LARGEST_REQUEST, MOST_FILES)
            if not data:
                return
            _serve(json.loads(data), files, children, kept)


def _can_nest() -> bool:
    """Try to build a room inside this one, for a process that ends at once."""
    try:
        pid = walls.fork_into_room()
    except OSError:
        return False
    if pid == 0:
        try:
            walls.mount_empty("/tmp", 1 << 20)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _serve(request: Any, files: list[int], children: dict[int, int], kept: Kept | None) -> None:
    if "load" in request:
        for name in request["load"]:
            with contextlib.suppress(Exception):
                __import__(name)
        _keep_tables(request.get("tables", []))
        gc.freeze()
        return
    if "stop" in request:
        for pid, number in children.items():
            if number == request["stop"]:
                os.kill(pid, signal.SIGKILL)
        return
    in_room = request["role"] == "student" and request["nested"]
    try:
        pid = walls.fork_into_room() if in_room else os.fork()
    except OSError:
        _tell_why(request["role"])
        for number in files:  # who waits at the other end sees that nobody is there
            os.close(number)
        return
    if pid == 0:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            walls.close_all_but({0, 1, 2, *files})
            _be(request, files, kept)
            code = 0
        except BaseException:
            _tell_why(request["role"])
        finally:
            os._exit(code)
    children[pid] = request["number"]
    for number in files:
        os.close(number)


def _keep_tables(asked: list[list[str | None]]) -> None:
    """Read tables of the course once; every notebook then gets a copy in no time."""
    from flyway import datasets

    kept = {}
    for name, table in asked:
        with contextlib.suppress(Exception):
            kept[name, table] = datasets.load(name, table)
    if not kept:
        return
    read = datasets.load

    @functools.wraps(read)
    def load(id: Any, table: str | None = None, *, all_values: bool = False) -> Any:
        known = None if all_values or not isinstance(id, str) else kept.get((id, table))
        return read(id, table, all_values=all_values) if known is None else known.copy()

    datasets.load = load


def _tell_ended(link: socket.socket, children: dict[int, int]) -> None:
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        if pid in children:
            code = os.waitstatus_to_exitcode(status)
            cpu = usage.ru_utime + usage.ru_stime
            own = time.process_time()
            ended = {"ended": children.pop(pid), "code": code, "cpu": cpu, "own": own}
            with contextlib.suppress(OSError):
                link.send(json.dumps(ended).encode())


def _be(request: Any, files: list[int], kept: Kept | None) -> None:
    """Become the trainee's side or the tests' side of one submission, or the desk of the tests."""
    import numpy as np

    np.random.seed()  # noqa: NPY002 (else all copies of this process would throw the same dice)
    task, *others = files
    with socket.socket(fileno=task) as link:
        job = wire.receive(link)
        if request["role"] == "tests":
            trusted.judge(job, others[1:], others[0], kept)
            return
        if request["role"] == "desk":
            _be_desk(job, others[0])
            return
        status = link.detach()
    student.warden(job, status, others[0], others[1:], request["nested"])


def _be_desk(job: Any, requests: int) -> None:
    """Run the instructor's cells once, then fork the tests' sides, which need not run all of it."""
    kept = trusted.prepare(job)
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=requests) as link:
        link.send(json.dumps({"ready": True}).encode())
        _attend(link, kept)


def _tell_why(who: str) -> None:
    """Write the last line of an error where the instructor's side listens."""
    kind, error, trace = sys.exc_info()
    line = trace.tb_next.tb_lineno if trace and trace.tb_next else 0
    with contextlib.suppress(OSError):
        os.write(2, f"{who}: {kind.__name__}: {str(error)[:300]} (line {line})\n".encode())


def _own_fonts() -> None:
    """Copy matplotlib's list of fonts to where it may write: making it anew takes seconds."""
    target = os.environ["MPLCONFIGDIR"]
    os.makedirs(target, exist_ok=True)  # noqa: PTH103
    source = os.environ.pop("FLYWAY_FONTS", "")
    for name in os.listdir(source) if source and os.path.isdir(source) else ():  # noqa: PTH208, PTH112
        if name.startswith("fontlist"):
            with (
                open(f"{source}/{name}", "rb") as old,  # noqa: PTH123
                open(f"{target}/{name}", "wb") as new,  # noqa: PTH123
            ):
                new.write(old.read())


def _warm_up() -> None:
    """Import and use once what nearly every notebook uses; leave no trace in the shell."""
    import selectors

    selectors.DefaultSelector = selectors.PollSelector  # the usual one's memory goes uncounted
    import matplotlib

    matplotlib.use(f"module://{__package__}.backend")
    import numpy.testing
    import pandas as pd
    import pandas.testing
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib import pyplot
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=settings)
    from . import cells, drawings, later, notebook, pictures, witness

    assert cells and later and witness and numpy.testing and pandas.testing
    notebook.keep_databases_without_locks()
    with contextlib.suppress(ImportError):
        import flyway.datasets
        import flyway.plots.figure

        flyway.plots.figure.save_png = pictures.small_png
    before = sys.stdout, sys.stderr, sys.displayhook
    sys.stdout = sys.stderr = io.StringIO()
    shell.run_cell("1/0", store_history=False)
    shell.run_cell("6", store_history=False)
    sys.stdout, sys.stderr, sys.displayhook = before
    table = pd.read_csv(io.StringIO("a,b,c\n1,x,3\n2,y,4\n"))
    table.groupby("b")["a"].sum()
    ax = table.plot(x="a", y="c")
    pictures.small_png(ax.figure)
    pyplot.close("all")
    drawings.keep_blank()
    shell.display_formatter.format(table)
    shell.reset(new_session=False)
    sys.modules["__main__"].__dict__.pop("_", None)

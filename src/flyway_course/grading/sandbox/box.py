"""One sandbox of bubblewrap with a warm process in it that forks for each request."""

from __future__ import annotations

import array
import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flyway_course.grading.errors import GradingError
from flyway_course.grading.sandbox.inside import wire
from flyway_course.grading.sandbox.machine import Machine
from flyway_course.paths import DATASETS, ROOT

INSIDE = Path(__file__).parent / "inside"
COURSE = "/opt/course"
ENVIRONMENT = f"{COURSE}/environment"
"""Where the sandbox has Python's environment with its packages."""
SCRATCH = "/tmp"
"""Where the sandbox has its empty folder in memory."""
ORDINARY_USER, USERS = 61_700, 80
"""The user ids that sandboxes run under, each its own, when the instructor is root: root escapes some
limits, and others are counted by user."""
BOXES = itertools.count()
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts",
          "/etc/alternatives", "/etc/localtime")  # fmt: skip
START = (
    "import sys; sys.path[:0] = ['{course}/tools', '{course}/src']; "
    "from flyway_inside import warm; warm.main({control}, {uid})"
)
START_S = 120
DESK_S = 60


class BoxError(GradingError):
    """The sandbox could not be started, or it ended."""


def _command(machine: Machine, control: int, number: int) -> list[str]:
    """Return the command line: what the sandbox shows, and what it starts."""
    root = os.geteuid() == 0
    walls = ["--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"]
    if root:  # real root needs no namespace of users to build the walls, and then drops to a user
        walls += ["--unshare-cgroup-try", "--cap-drop", "ALL", "--cap-add", "CAP_SETUID"]
        walls += ["--cap-add", "CAP_SETGID"]
    else:
        walls = ["--unshare-all"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": SCRATCH,
        "USER": "room",
        "LOGNAME": "room",
        "PYTHONBREAKPOINT": "0",  # nobody is there to look
        "PIP_NO_INDEX": "1",  # there is no network to wait for
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": f"{SCRATCH}/matplotlib",
        "IPYTHONDIR": f"{SCRATCH}/ipython",
        "FLYWAY_FONTS": f"{COURSE}/fonts",
        "PYTHONHASHSEED": "0",  # whoever grades a second time meets sets in the same order
        **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")},
    }
    shown = [*SYSTEM, sys.base_prefix, sysconfig.get_path("stdlib")]
    walls += ["--hostname", "room"]  # the computer's own name may be a person's
    line = [machine.bwrap, *walls, "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in environment.items():
        line += ["--setenv", name, value]
    # before all else: the course itself may lie below the folder that is hidden here
    line += ["--perms", "1777", "--tmpfs", SCRATCH]
    parents = {str(parent) for place in shown for parent in Path(place).parents}
    ours = {"/opt", COURSE, f"{COURSE}/tools", f"{COURSE}/src", ENVIRONMENT}
    for parent in sorted(
        (parents | ours) - {"/", SCRATCH, *SYSTEM}
    ):  # open to the ordinary user inside
        line += ["--perms", "0755", "--dir", parent]
    for place in dict.fromkeys(shown):
        if Path(place).is_symlink() and place in SYSTEM:
            line += ["--symlink", str(Path(place).readlink()), place]
        elif Path(place).exists():
            line += ["--ro-bind", place, place]
    # under a name of its own: a room hides the folder for scratch files, and what lies below it
    line += ["--ro-bind", sys.prefix, ENVIRONMENT]
    line += ["--ro-bind", str(INSIDE), f"{COURSE}/tools/flyway_inside"]
    line += ["--ro-bind", str(ROOT / "src" / "flyway"), f"{COURSE}/src/flyway"]
    line += ["--ro-bind", str(DATASETS), f"{COURSE}/datasets"]
    line += ["--perms", "0755", "--dir", f"{COURSE}/fonts"]
    for known in sorted(_fonts().glob("fontlist*.json")):  # and nothing else that may lie there
        line += ["--ro-bind", str(known), f"{COURSE}/fonts/{known.name}"]
    # no /dev/zero: what processes share through it is counted nowhere
    line += ["--proc", "/proc", "--tmpfs", "/dev"]
    for device in ("null", "random", "urandom", "full"):
        line += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        line += ["--symlink", f"/proc/self/fd/{number}", f"/dev/{name}"]
    line += ["--symlink", "/proc/self/fd", "/dev/fd"]
    line += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH]
    uid = ORDINARY_USER + number % USERS if root else None
    start = START.format(course=COURSE, control=control, uid=uid)
    python = Path(sys.executable).relative_to(sys.prefix)
    # as -I, but for the environment, which is the one above
    return [*line, f"{ENVIRONMENT}/{python}", "-s", "-P", "-c", start]


def _fonts() -> Path:
    """Return the folder in which matplotlib keeps its list of fonts."""
    if named := os.environ.get("MPLCONFIGDIR"):
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "matplotlib"


class Box:
    """A running sandbox. `fork` asks it for a process; `wait` says how that process ended."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self.link, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(inner.fileno(), True)
        self.program = subprocess.Popen(
            _command(machine, inner.fileno(), next(BOXES)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={},  # bubblewrap itself stays as a process that can be looked at
            pass_fds=[inner.fileno()],
            cwd="/",
        )
        inner.close()
        self.number = 0
        self.desk: socket.socket | None = None  # where tests' sides come from, if it is set up
        self.of_desk: set[int] = set()
        self.cpu = 0.0  # seconds, of all that was forked
        self.own: dict[socket.socket, float] = {self.link: 0.0}  # and of those that fork
        self.said = bytearray()
        self.ends: dict[int, int] = {}
        self.state, self.nested = "starting", machine.nested
        self.news = threading.Condition()
        self.listeners = [
            threading.Thread(target=self._listen_to_errors, daemon=True),
            threading.Thread(target=self._listen, args=[self.link], daemon=True),
        ]
        for listener in self.listeners:
            listener.start()

    def _listen_to_errors(self) -> None:
        """Keep the end of what the sandbox says on its error stream."""
        while data := self.program.stderr.read1(65_536):
            self.said = (self.said + data)[-4000:]

    @property
    def cpu_warm(self) -> float:
        """CPU seconds of the processes that fork the others."""
        return sum(self.own.values())

    def _listen(self, link: socket.socket) -> None:
        """Take in what the warm process tells: that it is ready, and which processes have ended."""
        while True:
            try:
                data = link.recv(65_536)
            except OSError:
                data = b""
            told = json.loads(data) if data else {}
            with self.news:
                if "ended" in told:
                    self.ends[told["ended"]] = told["code"]
                    self.cpu += told["cpu"]
                    self.own[link] = told["own"]
                elif link is not self.link:
                    self.desk = link if data else None
                else:
                    self.state = "ready" if data else "ended"
                    self.nested = self.nested and told.get("nested", True)
                self.news.notify_all()
            if not data:
                return

    def wait_until_ready(self) -> None:
        """Return when the warm process has imported everything.

        Raises
        ------
        BoxError
            It did not start; the message carries the last line that it said.
        """
        with self.news:
            self.news.wait_for(lambda: self.state != "starting", START_S)
            if self.state == "ready":
                return
        self.close()
        words = self.said.decode("utf-8", "replace").strip().splitlines()
        why = words[-1] if words else "it gave no reason"
        raise BoxError(f"The sandbox did not start, or it has ended: {why[:300]}")

    def fork(self, role: str, files: list[int]) -> int:
        """Start a process inside with these open files; return its number.

        `role` is `student` (files: task and status, outputs, witnesses), `tests` (task, result,
        witnesses) or `desk` (task, requests). The caller closes its own copies of the files.
        """
        self.wait_until_ready()
        with self.news:
            self.number += 1
            number, desk = self.number, self.desk
        request = {"role": role, "number": number, "nested": self.nested}
        if role == "tests" and desk is not None:
            with contextlib.suppress(BoxError):  # it is gone: the warm process does it then
                self._send(request, files, desk)
                self.of_desk.add(number)
                return number
        self._send(request, files)
        return number

    def set_up_desk(self, job: dict[str, Any]) -> None:
        """Let a process run the instructor's cells once; it forks all tests' sides from then on.

        `job` has the cells with the reference solution, files, bounds and seed. Where it fails,
        the warm process forks the tests' sides, as before.
        """
        task, theirs = socket.socketpair()
        requests, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.own[requests] = 0.0
        with task, theirs, inner:
            try:
                number = self.fork("desk", [theirs.fileno(), inner.fileno()])
                wire.send(task, job)
            except (BoxError, wire.WireError):
                return
        self.listeners.append(threading.Thread(target=self._listen, args=[requests], daemon=True))
        self.listeners[-1].start()
        with self.news:
            over = lambda: self.desk or number in self.ends or self.state == "ended"  # noqa: E731
            self.news.wait_for(over, DESK_S)

    def load(self, modules: list[str], tables: Sequence[tuple[str, str | None]] = ()) -> None:
        """Let the warm process import modules and read tables of the course, before the next fork."""
        self.wait_until_ready()
        if tables:
            self._send({"load": [], "tables": tables[:200]}, [])
        for start in range(0, len(modules), 500):
            self._send({"load": modules[start : start + 500]}, [])

    def stop(self, number: int) -> None:
        """Kill one process and all that it started."""
        link = self.desk if number in self.of_desk else self.link
        with contextlib.suppress(BoxError):
            self._send({"stop": number}, [], link)

    def _send(
        self, request: dict[str, Any], files: list[int], link: socket.socket | None = None
    ) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        try:
            (link or self.link).sendmsg([json.dumps(request).encode()], rights)
        except OSError:
            raise BoxError("The sandbox has ended.") from None

    def ended(self, number: int, seconds: float) -> bool:
        """Wait at most so long for the end of a process; say whether it has ended."""
        with self.news:
            over = lambda: number in self.ends or self.state == "ended"  # noqa: E731
            return self.news.wait_for(over, seconds)

    def close(self) -> None:
        """End the sandbox and everything in it."""
        with contextlib.suppress(OSError):
            self.link.shutdown(socket.SHUT_RDWR)
        for link in self.own:
            link.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.program.wait(2)
        self.program.kill()
        self.program.wait()
        self.listeners[0].join(2)

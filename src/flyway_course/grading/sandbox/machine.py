"""What this computer offers for running code that nobody has read."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from flyway_course.browsers import can_install
from flyway_course.grading.errors import GradingError

PACKAGE = "bubblewrap"
OTHER_WAYS = (
    "Grade in a Linux container (Docker, or WSL 2 on Windows) or on the classroom hub; "
    "the page Grading says how."
)
UNSAFE_WAY = "To run the notebooks as yourself, without a sandbox, add --unsafe: only for people whom you trust."
TRY = ("--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true")


@dataclass(frozen=True)
class Machine:
    """The sandbox of this computer: the program, and whether processes inside can be walled apart.

    With `nested`, one warm process serves all submissions and each gets rooms of its own. Without,
    each submission gets a sandbox of its own. It lets nothing in or out either, but is slower, and
    there a notebook can stop the process that watches its memory: only each process is bounded.
    """

    bwrap: str
    nested: bool = True
    count_processes: bool = True


def examine(say: Callable[[str], None] = print, *, look_only: bool = False) -> Machine:
    """Return what this computer can do; install Debian's bubblewrap where that is possible.

    With `look_only` nothing is installed.

    Raises
    ------
    GradingError
        There is no sandbox here. The message is one sentence and the ways out.
    """
    if sys.platform != "linux":
        system = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
        raise GradingError(
            f"{system} has no sandbox that holds a notebook safely. {OTHER_WAYS} {UNSAFE_WAY}"
        )
    bwrap = shutil.which("bwrap") or (None if look_only else install(say))
    if not bwrap:
        raise GradingError(
            "Grading runs each notebook in a sandbox and needs the program bubblewrap "
            f"(Debian, Ubuntu: sudo apt install {PACKAGE}). {UNSAFE_WAY}"
        )
    tried = subprocess.run([bwrap, *TRY], capture_output=True, text=True)
    if tried.returncode:
        why = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise GradingError(
            f"This computer lets no program build a sandbox ({why}). {OTHER_WAYS} {UNSAFE_WAY}"
        )
    return Machine(bwrap, count_processes=_kernel() >= (5, 14))


def install(say: Callable[[str], None] = print) -> str | None:
    """Install Debian's bubblewrap where this process may; return the program, or None."""
    if not can_install():
        return None
    say(f"  installing {PACKAGE} with apt, for the sandbox …")
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", PACKAGE]):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode:
            say(f"  {' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}")
            return None
    return shutil.which("bwrap")


def _kernel() -> tuple[int, ...]:
    """Return the version of the kernel: from 5.14 on, processes are counted for each sandbox."""
    parts = platform.release().split("-")[0].split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())

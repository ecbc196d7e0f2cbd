"""Warm kernels: notebooks start from a process that has the libraries loaded already.

A fresh kernel spends most of a short lesson's time on importing pandas and matplotlib. Inside
``with warm_kernels():`` every kernel that this process starts through ``jupyter_client`` (the book
build, nbclient, nbgrader) is forked from one warm parent instead. It is a real ipykernel with its
own process, session, folder and environment; only the imports are shared.

This is a kernel provisioner, the extension point that jupyter_client has for it. It is registered
in this process and not as an entry point, because ``flyway_course`` is not an installed package
for learners; and it is chosen on the factory and not through ``JUPYTER_DEFAULT_PROVISIONER_NAME``,
because programs started from here would inherit the name and not find the provisioner.

Whatever is out of the ordinary gets a plain fresh kernel: another system than Linux, another
kernel than this Python's, a start-up variable (``PYTHON…``, ``MPL…``, ``TZ``) that the parent did
not see, or a parent that is gone. ``FLYWAY_KERNELS=fresh`` switches the warm ones off.

One difference stays: a module that the parent has loaded is in ``sys.modules`` at the start, so
``import scipy`` then also gives ``scipy.stats``. Libraries that look for IPython when they are
imported (ipywidgets) must not be loaded in the parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

NAME = "flyway-warm"
# What most lessons import, directly or through flyway, in the order in which they need it. A kernel
# that is asked for meanwhile is forked between two of them, so large ones are loaded by their parts.
LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot", "matplotlib.backends.backend_agg")
LIBRARIES += (
    "scipy.special",
    "scipy.sparse.linalg",
    "scipy.optimize",
    "scipy.spatial",
    "scipy.stats",
)
LIBRARIES += ("statsmodels.genmod.generalized_linear_model",)
# Read once, when Python or a library starts: a kernel with another value needs a fresh process.
START_UP_VARIABLES = ("PYTHON", "MPL", "MATPLOTLIB", "OMP_", "OPENBLAS_", "MKL_", "LD_", "LC_")
START_UP_VARIABLES += ("LANG", "TZ", "HOME", "XDG_", "VIRTUAL_ENV")
PATIENCE_S = 60  # for the parent to load the library that it is at

_parent: WarmParent | None = None


@contextlib.contextmanager
def warm_kernels(libraries: Sequence[str] = LIBRARIES) -> Iterator[bool]:
    """Fork the kernels started inside this block from one warm process.

    Parameters
    ----------
    libraries
        Dotted names of modules that the parent imports.

    Yields
    ------
    bool
        Whether kernels are warm; False where fresh ones are used (not Linux, or switched off).

    The parent starts at once and loads in the background; a kernel that is started before it is ready
    has the libraries loaded so far. It ends with the block, and its kernels with it. A block inside
    another one uses the outer parent.
    """
    global _parent
    if not available() or _parent:
        yield _parent is not None
        return
    _parent = WarmParent(libraries)
    from jupyter_client.provisioning import KernelProvisionerFactory  # while the parent loads

    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    factory.provisioners[NAME] = EntryPoint(
        NAME, f"{__name__}.provisioner:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    factory.default_provisioner_name = NAME
    try:
        yield True
    finally:
        factory.default_provisioner_name = before
        del factory.provisioners[NAME]
        parent, _parent = _parent, None
        parent.close()


def available() -> bool:
    """Whether this system can fork kernels (Linux with pidfd) and the user has not said no."""
    if os.environ.get("FLYWAY_KERNELS") == "fresh" or not sys.platform.startswith("linux"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):  # an old kernel, or a sandbox without it
        return False
    return True


class WarmParent:
    """The process that forks kernels, and the socket for asking it."""

    def __init__(self, libraries: Sequence[str]):
        self.start_up = start_up_variables(os.environ)
        self.requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            script = Path(__file__).with_name("parent.py")
            self.process = subprocess.Popen(
                [sys.executable, str(script), str(theirs.fileno()), *libraries],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the asker, who then closes the socket
            )

    def fork(self, cmd: list[str], env: dict[str, str], cwd: str, streams: list[int]) -> WarmKernel:
        """Start a kernel. Raises OSError where the parent cannot do it."""
        request = json.dumps({"cmd": cmd, "env": env, "cwd": cwd}).encode()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(self.requests, [request], [theirs.fileno(), *streams])
            ours.settimeout(PATIENCE_S)
            pid = ours.recv(64)
            if not pid:
                raise ConnectionError("the warm parent ended")
        except OSError:
            ours.close()
            raise
        return WarmKernel(int(pid), ours)

    def close(self) -> None:
        """End the parent, which ends its kernels."""
        self.requests.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class WarmKernel:
    """A forked kernel, with the part of :class:`subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, link: socket.socket):
        self.pid = pid
        self.link = link
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; returns the exit status, negative for a signal."""
        if self.returncode is None:
            self.link.settimeout(timeout)
            try:
                status = self.link.recv(64)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("warm kernel", timeout or 0) from None
            except OSError:
                status = b""
            # No status: the parent is gone and has taken its kernels with it.
            self.returncode = int(status) if status else -9
            self.link.close()
        return self.returncode

    def poll(self) -> int | None:
        """The exit status, or None while the kernel runs."""
        try:
            return self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(15)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(9)


def start_up_variables(env: Any) -> dict[str, str]:
    """The part of an environment that only a new process can take in."""
    return {k: v for k, v in env.items() if k.startswith(START_UP_VARIABLES)}

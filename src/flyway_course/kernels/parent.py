"""The warm parent: a Python process that forks a Jupyter kernel on request.

Started as a plain script by :mod:`flyway_course.kernels`, so that a kernel forked from it holds
no module of the teaching tools. It imports the kernel and the slow scientific libraries one
by one, and waits. Each request is one message on the socket given as the first argument: a JSON object
with the command, the environment and the folder of the new kernel, together with four file
descriptors: a socket to answer on, and the kernel's standard input, output and error. A request that
comes while libraries are still to be loaded is answered before the next one: such a kernel imports
the rest itself, as a fresh one would.

The child answers with its process id. When it ends, this process answers with its exit status,
as ``subprocess.Popen.returncode`` would say it. When the asker closes its socket, the kernel is
stopped; when the request socket closes, because the asker ended or was killed, every kernel is
stopped and this process ends.
"""

import builtins
import contextlib
import gc
import importlib.util
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

BIGGEST_REQUEST = 1 << 20
INLINE = "module://matplotlib_inline.backend_inline"


class InNotebook:
    """What `get_ipython()` gives in a notebook, as far as libraries look at it."""

    kernel = True


def main() -> None:
    """Load the libraries, serve requests, and become a kernel in each forked child."""
    if sys.path and Path(sys.path[0]) == Path(__file__).parent:
        del sys.path[0]  # a fresh kernel does not look for modules here
    requests = socket.socket(fileno=int(sys.argv[1]))
    load("ipykernel.kernelapp")
    request = serve(requests, sys.argv[2:])
    if request:
        become_kernel(request)


def load(name: str) -> None:
    """Import a module as a notebook would."""
    gc.disable()  # modules last: there is nothing to collect
    with as_in_a_notebook(), contextlib.suppress(ImportError):  # the kernel will say so
        importlib.import_module(name)
    gc.enable()


@contextlib.contextmanager
def as_in_a_notebook() -> Iterator[None]:
    """Let libraries find what they would find in a kernel, where they look while imported."""
    # matplotlib: ipykernel sets this before a notebook's first line.
    os.environ.setdefault("MPLBACKEND", INLINE)
    # pandas sets its widths by whether this is there, and its encoding by that of the output.
    builtins.get_ipython = InNotebook
    encoding = sys.stdout.encoding
    sys.stdout.reconfigure(encoding="UTF-8")
    yield
    sys.stdout.reconfigure(encoding=encoding)
    del builtins.get_ipython


def serve(requests: socket.socket, libraries: list[str]) -> dict | None:
    """Fork once for each request, and load `libraries` while there is none.

    Returns the request in the child, None when all is over.
    """
    rest = [*libraries]
    kernels: dict[int, socket.socket] = {}  # process id -> where to send its exit status
    with selectors.DefaultSelector() as waiting:
        waiting.register(requests, selectors.EVENT_READ, ("request", 0))
        while True:
            ready = waiting.select(0 if rest else None)
            if not ready and rest:
                load(rest.pop(0))
                if not rest:
                    gc.collect()
                    gc.freeze()  # the collector leaves alone what the kernels share
            for key, _ in ready:
                kind, pid = key.data
                if kind == "request":
                    message, fds, _, _ = socket.recv_fds(requests, BIGGEST_REQUEST, 4)
                    if not message:
                        for pid in kernels:
                            stop(pid)
                        return None
                    answer, *streams = fds
                    child = os.fork()
                    if not child:
                        os.setsid()  # before the answer: the asker may signal the whole session
                        with socket.socket(fileno=answer) as link:
                            link.send(str(os.getpid()).encode())
                        for other in list(waiting.get_map().values()):
                            close(other.fileobj)  # nothing of this process stays open in a kernel
                        return {**json.loads(message), "streams": streams}
                    for fd in streams:
                        os.close(fd)
                    kernels[child] = socket.socket(fileno=answer)
                    waiting.register(os.pidfd_open(child), selectors.EVENT_READ, ("ended", child))
                    waiting.register(kernels[child], selectors.EVENT_READ, ("left", child))
                elif kind == "ended" and pid in kernels:
                    _, status = os.waitpid(pid, 0)
                    waiting.unregister(key.fd)
                    os.close(key.fd)
                    with kernels.pop(pid) as link, contextlib.suppress(OSError, KeyError):
                        waiting.unregister(link)
                        link.send(str(os.waitstatus_to_exitcode(status)).encode())
                elif kind == "left" and pid in kernels:
                    waiting.unregister(kernels[pid])
                    stop(pid)


def close(thing: socket.socket | int) -> None:
    """Close a socket or a bare file descriptor."""
    if isinstance(thing, int):
        os.close(thing)
    else:
        thing.close()


def stop(pid: int) -> None:
    """Kill a kernel and whatever it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def become_kernel(request: dict) -> None:
    """Take the place that a fresh interpreter would have, and run the kernel until it ends."""
    for number, fd in enumerate(request["streams"]):
        os.dup2(fd, number)
        os.close(fd)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"], JPY_PARENT_PID=str(os.getppid()))
    command = request["cmd"]
    sys.orig_argv[:] = command
    sys.argv[:] = [importlib.util.find_spec("ipykernel_launcher").origin, *command[3:]]
    # Forks share the state of numpy's old global generator; `random` reseeds itself.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    from ipykernel.kernelapp import IPKernelApp

    # The default was read from the environment when the module was imported.
    IPKernelApp.launch_instance(parent_handle=os.getppid())


if __name__ == "__main__":
    main()

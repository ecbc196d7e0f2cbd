"""The kernel provisioner that asks the warm parent for a fork."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from flyway_course import kernels

LAUNCHER = ["-m", "ipykernel_launcher"]


class WarmProvisioner(LocalProvisioner):
    """jupyter_client's local provisioner, with a fork in the place of a new interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork the kernel where that gives the same as starting it, else start it."""
        parent = kernels._parent
        env = kwargs.get("env") or dict(os.environ)
        streams = [_descriptor(kwargs.get(name), n) for n, name in ((1, "stdout"), (2, "stderr"))]
        known = {"env", "cwd", "stdin", "stdout", "stderr", "kernel_id", "extra_arguments"}
        if (
            parent is None
            or kwargs.get("stdin") is not None
            or None in streams
            or any(kwargs[name] for name in kwargs.keys() - known)
            or cmd[:3] != [sys.executable, *LAUNCHER]
            or kernels.start_up_variables(env) != parent.start_up
        ):
            return await super().launch_kernel(cmd, **kwargs)
        cwd = str(kwargs.get("cwd") or Path.cwd())
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            self.process = parent.fork(cmd, env, cwd, [nothing, *streams])
        except OSError:
            return await super().launch_kernel(cmd, **kwargs)
        finally:
            os.close(nothing)
        self.pid = self.pgid = self.process.pid  # the child leads its own session
        self.cwd = cwd
        return self.connection_info


def _descriptor(stream: Any, standard: int) -> int | None:
    """The file descriptor for one of Popen's stream arguments; None for a pipe."""
    if stream is None:
        return standard
    if isinstance(stream, int):
        return stream if stream >= 0 else None
    return stream.fileno()

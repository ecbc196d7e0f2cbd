"""One build at a time: a lock on a file, which the system gives back when its holder ends."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import BuildError


@contextlib.contextmanager
def locked(
    path: Path, wait_s: float = 0, say: Callable[[str], None] = lambda line: None
) -> Iterator[None]:
    """Hold the lock file `path`, waiting up to `wait_s` seconds for another build.

    Raises BuildError when another build holds it for longer.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        end = time.monotonic() + wait_s
        told = False
        while not _take(file.fileno()):
            if time.monotonic() >= end:
                file.seek(0)
                raise BuildError(
                    f"Another build of this book is running (process {file.read().strip() or '?'}). "
                    "Wait until it is ready, or stop it, then run the command again."
                )
            if not told:
                say("Waiting for another build of this book to end")
                told = True
            time.sleep(0.2)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


if os.name == "nt":
    import msvcrt

    def _take(fd: int) -> bool:
        os.lseek(fd, 1 << 20, os.SEEK_SET)  # beyond the text, which others may then read
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

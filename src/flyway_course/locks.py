"""One worker at a time: a lock that the operating system frees when its holder ends or is killed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def _try_lock(handle: IO[str]) -> bool:
    """Take the lock on an open file without waiting; say whether it was free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def one_at_a_time(
    path: Path, waiting: Callable[[], None] = lambda: None, patience_s: float = 1800
) -> Iterator[None]:
    """Hold the lock file `path` for the length of a `with` block.

    `waiting` is called once if another process holds it. After `patience_s` seconds a
    `TimeoutError` names the file. The file itself stays: removing it would let two holders in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        if not _try_lock(handle):
            waiting()
            end = time.monotonic() + patience_s
            while not _try_lock(handle):
                if time.monotonic() > end:
                    raise TimeoutError(
                        f"Another course command has held {path} for {patience_s / 60:.0f} minutes. "
                        "Stop that command, then run this one again."
                    )
                time.sleep(0.1)
        yield  # closing the file frees the lock

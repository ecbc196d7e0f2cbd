"""Files that are whole or not there: written beside their place first, and swept where a run was killed."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

HALF_WRITTEN = re.compile(r"\.(\d+)\.new(-journal)?")


def beside(path: Path) -> Path:
    """Return where a file is written before it takes its place."""
    return path.with_name(f"{path.name}.{os.getpid()}.new")


def write(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file whole: an interrupted run leaves the old one or none.

    Raises
    ------
    OSError
        The disk refuses; the error names the file itself.
    """
    new = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.touch(mode)
        new.write_bytes(data)
        new.replace(path)
    except OSError as error:
        error.filename = str(path)
        with suppress(OSError):  # a disk that refuses the one refuses the other too
            new.unlink()
        raise


def sweep(folder: Path) -> None:
    """Remove the half-written files below a folder whose process is no more.

    Such a file is called `<name>.<process>.new` and becomes `<name>` when it is whole. What anybody
    still writes stays.
    """
    if os.name == "nt":  # Windows cannot be asked in this way; the files do no harm there
        return
    for path in folder.rglob("*.new*"):
        found = HALF_WRITTEN.search(path.name)
        if found and path.name.endswith(found[0]) and path.is_file() and not _runs(int(found[1])):
            path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True

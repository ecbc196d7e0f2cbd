"""Remove what killed runs have left half-written, and nothing that anybody still writes."""

from __future__ import annotations

import os
import re
from pathlib import Path

HALF_WRITTEN = re.compile(r"\.(\d+)\.new(-journal)?")


def sweep(folder: Path) -> None:
    """Remove the half-written files below a folder whose process is no more.

    Such a file is called `<name>.<process>.new` and becomes `<name>` when it is whole.
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

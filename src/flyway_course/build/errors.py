"""The error that a build ends with, and how much room a build needs."""

from __future__ import annotations

import errno
from collections.abc import Sequence

ROOM_MB = 200
DISK_FULL = (
    "The disk is full, so the book could not be built. "
    f"Free at least {ROOM_MB} MB, then run the command again."
)


class BuildError(Exception):
    """The book was not built; the last good site, if there is one, is still in place.

    The text is for people. `problems` holds one entry for each thing to mend.
    """

    def __init__(self, message: str, problems: Sequence[str] = ()):
        self.problems = list(problems)
        super().__init__("\n".join([message, *(f"  {problem}" for problem in self.problems)]))


def is_disk_full(error: OSError) -> bool:
    """Whether this error means that there is no room, on the disk or in the user's share of it."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}

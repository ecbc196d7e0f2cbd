"""The one error that the grading commands raise on purpose, and the sentences that many of them need."""

from __future__ import annotations

import errno
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)
LOST = (errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.EFBIG)


class GradingError(Exception):
    """Something the instructor can mend; the message names the place and the mend."""


class NothingGraded(GradingError):
    """No work for an assignment has been graded yet.

    `short` is its short name, such as "X0", and `cohort` the name of the class.
    """

    def __init__(self, short: str, cohort: str = ""):
        first = command(f"grade {short}", cohort)
        super().__init__(f"Nothing is graded for {short} yet. First run: {first}")


def command(words: str, cohort: str = "") -> str:
    """Return a command of the course as an instructor types it, for the class `cohort`."""
    return f"python3 course.py {words}" + (f" --cohort {cohort}" if cohort else "")


def disk_full(place: Path | str) -> str:
    """Return the sentence for a full disk."""
    return f"The disk of {place} is full: free 1 GB, then run the same command again."


def of_the_disk(error: OSError, place: Path | str) -> str:
    """Return the sentence for a disk that is full, refuses, or is gone; "" for other errors.

    `place` is what was being written to, where the error names no file.
    """
    if error.errno in FULL:
        return disk_full(error.filename or place)
    if error.errno in REFUSED:
        return (
            f"{error.filename or place} cannot be written: it is locked, read-only or somebody "
            "else's. Close the programs that use it and see that the folder is yours, then run the "
            "same command again."
        )
    if error.errno in LOST:
        return (
            f"{error.filename or place} cannot be read or written ({error.strerror}). See that its "
            "disk, stick or network is there and whole, or bring the folder to another disk, then run "
            "the same command again."
        )
    return ""


def number_of(count: int, one: str, many: str = "") -> str:
    """Return a count with its word: `1 copy`, `2 copies`."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"

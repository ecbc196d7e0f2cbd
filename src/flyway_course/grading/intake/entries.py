"""One row of the list of files: what is known of a file, and whether a row is as it was written."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import datetime

COLLECTED, GRADED, REFUSED, REPLACED = STATES = ("collected", "graded", "refused", "replaced")
TIME = re.compile(r"(\d{3,4})([-/])(\d\d?)\2(\d\d?)(?:[ T]+(\d\d?):(\d\d)(?::(\d\d))?)?")
"""The year comes first: in 5/1/2026, as Excel writes it in other places, the month is not known."""


@dataclass
class Entry:
    """One file as it was handed in.

    `state` is `collected` (waits for grading), `graded`, `refused` (with a reason) or `replaced`
    (a newer file came from the same trainee). `time` is the file's own, in UTC. `sha256` is that of
    the file, `program` that of its code when it was graded (the two of a pair share it); `tests`
    is that of the assignment it was graded with. `repairs` says how it was mended, `number` is what
    a learning platform calls the person, and `engine` is what graded it. `doubt` says why it may be
    somebody else's.
    """

    file: str
    student: str = ""
    state: str = COLLECTED
    reason: str = ""
    time: str = ""
    sha256: str = ""
    tests: str = ""
    repairs: str = ""
    number: str = ""
    engine: str = ""
    program: str = ""
    doubt: str = ""

    def __post_init__(self):
        self.time = time_of(self.time)


def time_of(text: str) -> str:
    """Return a time in the one form in which times can be compared; "" for what is no time.

    A spreadsheet that saved the list may have written it another way.
    """
    if not (found := TIME.fullmatch(text.strip())):
        return ""
    year, _, *rest = found.groups(default="0")
    try:
        return datetime(int(year), *map(int, rest)).isoformat(sep=" ")
    except ValueError:  # such as a month 13
        return ""


def need_sound(row: dict[str, str], number: int) -> None:
    """Refuse a row that no command wrote: marks would go to nobody, or a file would be lost."""
    state, digest = row.get("state"), row.get("sha256", "")
    if not row["file"]:
        raise csv.Error(f"row {number} names no file")
    if state not in STATES:
        raise csv.Error(
            f"row {number} has the state {state!r}, which is none of {', '.join(STATES)}"
        )
    if not re.fullmatch(r"([0-9a-f]{64})?", digest):
        raise csv.Error(f"row {number} holds {digest!r} in place of the file's SHA-256")

"""When a file was last changed, from all places that say it. Times are in UTC, as text.

An empty text stands for a time that nobody knows: no calendar has it, or it is still to come
because a clock was wrong.
"""

from __future__ import annotations

import re
import struct
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath

from flyway_course.grading.people.names import EXCHANGE

OF_UNIX, OF_WINDOWS = 0x5455, 0x000A  # the extra fields of a zip that hold a time in UTC
EPOCH_OF_WINDOWS = 11_644_473_600  # seconds from 1601 to 1970
NO_TIME = (1980, 1, 1)  # the first day of a zip's calendar: programs without a clock write it
SENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d)[:_-](\d\d)[:_-](\d\d)(?:\.\d+)? UTC")


def text(seconds: float) -> str:
    """Return seconds since 1970 as a time."""
    try:
        known = datetime.fromtimestamp(seconds, UTC) if seconds <= time.time() + 1 else None
    except (ValueError, OverflowError, OSError):
        return ""
    return known.strftime("%Y-%m-%d %H:%M:%S") if known else ""


def in_zip(info: zipfile.ZipInfo, of_zip: str) -> str:
    """Return the time of a file in a zip archive; that of the archive where it says none.

    The plain time of a zip is that of a wall clock, nobody knows where. Most programs add one in UTC.
    """
    for kind, field in extra_fields(info):
        if kind == OF_UNIX and len(field) >= 5 and field[0] & 1:
            return text(struct.unpack_from("<l", field, 1)[0]) or of_zip
        if kind == OF_WINDOWS and len(field) >= 16 and field[4:8] == b"\x01\x00\x18\x00":
            return text(struct.unpack_from("<Q", field, 8)[0] / 1e7 - EPOCH_OF_WINDOWS) or of_zip
    try:
        local = datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):  # some programs write month 0
        return of_zip
    return (text(local) if info.date_time[:3] != NO_TIME else "") or of_zip


def extra_fields(info: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """Yield the kinds and the bytes of what an archive adds to the entry of a file."""
    place = 0
    while place + 4 <= len(info.extra):
        kind, size = struct.unpack_from("<2H", info.extra, place)
        yield kind, info.extra[place + 4 : place + 4 + size]
        place += 4 + size


def of_exchange(path: PurePosixPath) -> str:
    """Return when a file was submitted, where nbgrader's exchange has put that into a folder's name."""
    found = (EXCHANGE.match(part) for part in path.parts)
    sent = next((said for one in found if one and (said := SENT.match(one["time"]))), None)
    return f"{sent[1]} {sent[2]}:{sent[3]}:{sent[4]}" if sent else ""

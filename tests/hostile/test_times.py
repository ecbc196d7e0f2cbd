"""Which of two versions is the newer: wrong clocks, other time zones, zips without times, copies."""

import io
import os
import struct
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_files import NAME, text

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.command_parts import whose
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.archives import files
from flyway_course.grading.intake.collecting import collect

GOOD = text().encode()
BEFORE = GOOD + b" "
DAY = 86_400
THEN = int(datetime(2025, 5, 1, 1, 0, 0, tzinfo=UTC).timestamp())
UTC_FIELD = struct.pack("<HHBl", 0x5455, 5, 1, THEN)
NTFS_FIELD = struct.pack("<HHLHHQQQ", 0x000A, 32, 0, 1, 24, *[(THEN + 11_644_473_600) * 10**7] * 3)


@pytest.fixture
def home(tmp_path):
    return Cohort(tmp_path / "class")


def lay(folder, name, data, seconds):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (seconds, seconds))
    return folder


def counts(listed):
    return [entry.file for entry in listed.current()]


def zipped(extra=b"", when=(2025, 5, 1, 10, 0, 0)):
    """A zip of one file; its plain time is that of a clock in Japan."""
    info = zipfile.ZipInfo(f"Ana/{NAME}", when)
    info.extra = extra
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        archive.writestr(info, GOOD)
    return made.getvalue()


@pytest.mark.parametrize("extra", [UTC_FIELD, NTFS_FIELD, b"\x01\x00\x02\x00ab" + UTC_FIELD])
def test_a_zip_from_another_time_zone_says_the_same_moment(tmp_path, extra):
    (one,) = files(lay(tmp_path / "in", "a.zip", zipped(extra), THEN + DAY))
    assert one.time == "2025-05-01 01:00:00"


@pytest.mark.parametrize(
    ("extra", "when"),
    [
        (b"", (1980, 1, 1, 0, 0, 0)),
        (b"", (2100, 1, 1, 0, 0, 0)),
        (struct.pack("<HHBl", 0x5455, 5, 1, 2**31 - 1), (2025, 5, 1, 10, 0, 0)),
    ],
)
def test_a_zip_without_a_time_is_as_old_as_itself(tmp_path, extra, when):
    (one,) = files(lay(tmp_path / "in", "a.zip", zipped(extra, when), THEN))
    assert one.time == "2025-05-01 01:00:00"


@pytest.mark.parametrize("extra", [b"UT\x05\x00\x01", b"UT\xff\xff", b"\x0a\x00\x04\x00abcd", b"U"])
def test_a_false_field_of_a_zip_stops_nothing(tmp_path, extra):
    (one,) = files(lay(tmp_path / "in", "a.zip", zipped(extra), THEN))
    assert one.data == GOOD or "damaged" in one.reason
    assert one.time.startswith("2025-0")


def test_a_clock_that_is_years_ahead_does_not_win_for_good(tmp_path, home):
    ahead = lay(tmp_path / "a", f"Ana/x0 old {NAME}", BEFORE, time.time() + 999 * DAY)
    first = collect(ahead, "X0", home)
    assert first.entries[0].time <= datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    first.entries[0].time = "2025-05-01 01:00:00"  # collected some days ago
    first.save()
    lay(ahead, f"Ana/{NAME}", GOOD, THEN + DAY)
    for _ in range(2):
        assert counts(collect(ahead, "X0", home)) == [f"Ana/{NAME}"]


def test_the_exchange_says_when_something_was_submitted(tmp_path, home):
    for number, hour in enumerate((12, 10)):
        folder = f"ana+{Path(NAME).stem}+2025-05-01 {hour}:00:00.1234 UTC+ab"
        lay(tmp_path / "in", f"{folder}/{NAME}", GOOD + b" " * number, THEN + number * DAY)
    (one,) = collect(tmp_path / "in", "X0", home).current()
    assert one.time == "2025-05-01 12:00:00"


def test_a_copy_of_all_versions_changes_no_order(tmp_path, home):
    draft, final = f"Ana/x0 draft {NAME}", f"Ana/final {NAME}"
    inbox = lay(lay(tmp_path / "in", draft, BEFORE, THEN), final, GOOD, THEN + DAY)
    assert counts(collect(inbox, "X0", home)) == [final]
    for name, data in ((draft, BEFORE), (final, GOOD)):
        lay(inbox, name, data, THEN + 9 * DAY)
    assert counts(collect(inbox, "X0", home)) == [final]
    lay(inbox, draft, BEFORE, THEN + 10 * DAY)  # this one alone was handed in again
    lay(inbox, final, GOOD, THEN + DAY)
    assert counts(collect(inbox, "X0", home)) == [draft]


def test_that_two_are_equally_old_is_said(tmp_path, home):
    inbox = lay(lay(tmp_path / "in", f"Ana/new/{NAME}", GOOD, THEN), f"Ana/{NAME}", BEFORE, THEN)
    listed = collect(inbox, "X0", home)
    (old,) = (e for e in listed.entries if e.state == m.REPLACED)
    assert old.reason.startswith("another file of the same time came from the same trainee")
    assert whose(listed, home)[0].endswith("of the same time")

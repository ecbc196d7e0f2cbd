"""The newest copy of a gradebook is the one made last, whatever the clock said."""

import errno
import shutil
from pathlib import Path

import pytest
from by_hand import by_hand
from without_sandbox import REFERENCE, X0, ana, lay, without_sandbox

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.records import backups, marking, sheets

WRITTEN = "for-the-warden"
IN_2099 = "gradebook-20990101T000000-000000Z.db"


@pytest.fixture
def home(tmp_path, monkeypatch):
    without_sandbox(monkeypatch)
    home = Cohort(tmp_path / "class")
    collect(lay(home, ana(), REFERENCE), "X0", home)
    grade("X0", home)
    return home


def copy_of_2099(home):
    """Make a copy as if the clock had been wrong; return its path."""
    made = home.backup()
    return made.rename(made.with_name(IN_2099))


def test_restore_brings_back_the_copy_made_last(home):
    copy_of_2099(home)
    by_hand(home, "Ana", WRITTEN, 3)
    last = home.backup()
    by_hand(home, "Ana", WRITTEN, 1)
    assert home.restore()[0] == last
    grade("X0", home)
    assert sheets.read(home, X0.name)["Ana"].marks[WRITTEN].score == 3


def test_a_copy_that_was_just_made_stays(home, monkeypatch):
    monkeypatch.setattr(backups, "MOST", 2)
    first = copy_of_2099(home)
    shutil.copy(first, first.with_name(IN_2099.replace("2099", "2098")))
    made = home.backup()
    assert home.backups() == [first, made]


def test_only_an_assignment_with_marks_is_opened_for_marking(home):
    assert marking.command("X0", home)
    with pytest.raises(GradingError, match="Nothing is graded for X1 yet"):
        marking.command("X1", home)


@pytest.mark.parametrize("how", ["ended", "Ctrl-C"])
def test_marks_by_hand_are_copied_when_formgrader_ends(home, monkeypatch, how):
    def formgrader(*line, **options):
        by_hand(home, "Ana", WRITTEN, 3)
        if how == "Ctrl-C":
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr(marking.subprocess, "call", formgrader)
    assert marking.mark("X0", home) == 0
    home.gradebook.write_bytes(b"damaged")
    home.restore()
    grade("X0", home)
    assert sheets.read(home, X0.name)["Ana"].marks[WRITTEN].score == 3


def test_what_a_cloud_lays_beside_a_list_is_no_list(home):
    home.backup()
    path = home.manifest_path(X0.name)
    shutil.copy(path, path.with_name(f"{X0.name}-LAPTOP.csv"))
    path.with_name(f"._{path.name}").write_bytes(b"\0\5\x16\7Mac OS X\xff")
    home.restore()
    assert backups.waiting(home) == ["X0"]


@pytest.mark.parametrize("left", [b"", b"\0" * 900, None])
def test_work_that_a_crash_has_damaged_is_collected_again(home, left):
    by_hand(home, "Ana", WRITTEN, 2)
    (path,) = home.folder.glob("received/*/*.ipynb")
    path.unlink() if left is None else path.write_bytes(left)
    (entry,) = grade("X0", home, again=True).refusals()
    assert entry.reason.endswith("class/received: collect it again")
    collect(home.folder.parent / "inbox", "X0", home)
    assert not grade("X0", home).refusals()
    mark = sheets.read(home, X0.name)["Ana"].marks[WRITTEN]
    assert (mark.score, mark.waits) == (2, False)


def test_a_name_that_is_no_time_is_no_copy(home):
    made = home.backup()
    shutil.copy(made, made.with_name("gradebook-20269999T000000-000000Z.db"))
    assert home.backups() == [made]
    assert home.backup() in home.backups()


def test_a_folder_of_copies_that_refuses_is_named(home, monkeypatch):
    def refuse(path, *given, **named):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(GradingError, match=r"backups/gradebook-.* cannot be written"):
        home.backup()

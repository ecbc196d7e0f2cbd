"""Zips and folders that lie, burst, hide or come from another computer: nobody else's work suffers.

Each zip is handed in beside a good notebook of Bat, which must be taken whatever the zip does.
"""

import csv
import io
import os
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from test_files import NAME, hand_in, text, zipped

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import archives, kinds
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.archives import files
from flyway_course.grading.intake.collecting import collect

GOOD = text().encode()
LOCAL, CENTRAL = (b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)  # where flags and packing stand


@pytest.fixture
def home(tmp_path):
    return Cohort(tmp_path / "class")


def with_raw_names(names, flag=0):
    """A zip whose names are the bytes given; `flag` 0x800 claims that they are UTF-8."""
    stand_ins = {f"{chr(65 + n)}{'@' * (len(raw) - 1)}": raw for n, raw in enumerate(names)}
    data = bytearray(zipped(dict.fromkeys(stand_ins, GOOD)))
    for name, raw in stand_ins.items():
        data = data.replace(name.encode(), raw)
    for mark, place, _ in (LOCAL, CENTRAL):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place : at + place + 2] = struct.pack("<H", flag)
    return bytes(data)


def spoilt(packing, first, last):
    data = bytearray(zipped({f"Ana/{NAME}": GOOD}, compression=packing))
    start = 30 + len(f"Ana/{NAME}")
    for place in range(start + first, start + last):
        data[place] ^= 0x5A
    return bytes(data)


def in_one_piece(packing):
    """A kilobyte or so that says of itself that it unpacks to little, and unpacks to a lot."""
    data = bytearray(zipped({f"Ana/{NAME}": bytes(60 << 20)}, compression=packing))
    for mark, place in ((LOCAL[0], 22), (CENTRAL[0], 24)):
        struct.pack_into("<L", data, data.find(mark) + place, 1000)
    return bytes(data)


def without_a_name():
    data = bytearray(zipped({"Q": b"x", f"Ana/{NAME}": GOOD}))
    place = data.find(CENTRAL[0]) + 28
    data[place : place + 6] = struct.pack("<HHH", 0, 0, 1)  # the letter becomes a comment
    return bytes(data)


def packed_as(method):
    data = bytearray(zipped({f"Ana/{NAME}": GOOD}, compression=zipfile.ZIP_DEFLATED))
    for mark, _, place in (LOCAL, CENTRAL):
        data[data.find(mark) + place] = method
    return bytes(data)


def locked():
    data = bytearray(zipped({f"Ana/{NAME}": GOOD}))
    for mark, place, _ in (LOCAL, CENTRAL):
        data[data.find(mark) + place] |= 1
    return bytes(data)


def tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x0.ipynb"))
    return buffer.getvalue()


AGAIN = "make the zip again"
FALSE = {
    "Deflate with flipped bytes": (lambda: spoilt(zipfile.ZIP_DEFLATED, 0, 60), AGAIN),
    "a bomb in LZMA": (lambda: in_one_piece(zipfile.ZIP_LZMA), "cannot open (LZMA)"),
    "a bomb in bzip2": (lambda: in_one_piece(zipfile.ZIP_BZIP2), "cannot open (bzip2)"),
    "a file without a name": (without_a_name, AGAIN),
    "a password": (locked, AGAIN),
    "Deflate64": (lambda: packed_as(9), "cannot open (Deflate64)"),
    "a method nobody knows": (lambda: packed_as(77), "cannot open (method 77)"),
    "a torn download": (lambda: zipped({f"Ana/{NAME}": GOOD})[:2000], "a zip archive that is damaged"),
    "nothing": (lambda: b"", "a zip archive that is damaged"),
    "a tar": (tar, "of the kind tar"),
    "a page that says log in": (lambda: b"<!DOCTYPE html><html>log in", "a web page"),
}  # fmt: skip


@pytest.mark.parametrize("what", FALSE)
def test_a_false_zip_is_refused_alone(tmp_path, home, what):
    make, says = FALSE[what]
    listed = hand_in(tmp_path, home, {"evil.zip": make(), f"Bat/{NAME}": GOOD})
    assert "Bat" in {e.student for e in listed.current()}
    assert [e for e in listed.refusals() if says in e.reason and e.file.startswith("evil.zip")]


def test_whatever_zipfile_raises_is_a_refusal(tmp_path, home, monkeypatch):
    class Surprise(Exception):
        pass

    def opened(*args):
        raise Surprise

    given = {"a.zip": zipped({f"Ana/{NAME}": GOOD}), f"Bat/{NAME}": GOOD}
    monkeypatch.setattr(zipfile.ZipFile, "open", opened)
    listed = hand_in(tmp_path, home, given)
    assert [e.student for e in listed.current()] == ["Bat"]


KOREAN, JAPANESE, CHINESE = ("김하늘", "이서연"), ("山田 花子", "表 太郎"), ("王小明", "李娜")
PAGES = [
    ("cp949", KOREAN), ("cp932", JAPANESE), ("gbk", CHINESE), ("gb18030", CHINESE),
    ("big5", ("陳大文", "黃小明")), ("cp866", ("Наталья", "Иван")), ("cp1251", ("Бат-Эрдэнэ", "Сараа")),
    ("utf-8", KOREAN), ("cp1252", ("Zoë", "Müller")),
]  # fmt: skip


@pytest.mark.parametrize(("page", "people"), PAGES)
def test_names_of_every_computer_are_read(tmp_path, home, page, people):
    data = with_raw_names([f"{name}/{NAME}".encode(page) for name in people])
    listed = hand_in(tmp_path, home, {"a.zip": data})
    assert {e.student for e in listed.current()} == set(people)


def test_a_name_that_the_zip_repeats_as_utf8_is_taken_from_there(tmp_path, home):
    raw = f"{KOREAN[0]}/{NAME}".encode("cp949")
    told = b"\x01" + struct.pack("<L", zlib.crc32(raw)) + f"{JAPANESE[0]}/{NAME}".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("@" * len(raw))
        info.extra = struct.pack("<HH", 0x7075, len(told)) + told
        archive.writestr(info, GOOD)
    data = buffer.getvalue().replace(b"@" * len(raw), raw)
    listed = hand_in(tmp_path, home, {"a.zip": data})
    assert [e.student for e in listed.current()] == [JAPANESE[0]]


def test_names_that_nothing_explains_stay_apart(tmp_path, home):
    data = with_raw_names([start + b"/" + NAME.encode() for start in (b"\xb0\xb1", b"\xb0\xb0")])
    people = [e.student for e in hand_in(tmp_path, home, {"a.zip": data}).current()]
    assert len(people) == 2 and all(any(c.isalnum() for c in name) for name in people)


def test_one_false_name_spoils_no_other(tmp_path, home):
    raw = [f"{KOREAN[0]}/{NAME}".encode(), b"Ba\xff/" + NAME.encode()]
    listed = hand_in(tmp_path, home, {"all.zip": with_raw_names(raw, flag=0x800)})
    assert len(listed.current()) == 2 and KOREAN[0] in {e.student for e in listed.current()}


def test_a_folder_that_holds_bytes_is_a_file(tmp_path, home):
    listed = hand_in(tmp_path, home, {"a.zip": zipped({"Ana/": b"", f"Ana/{NAME}/": GOOD})})
    assert [(e.student, e.state) for e in listed.entries] == [("Ana", m.COLLECTED)]


def bomb(megabytes):
    return zipped({f"x/{n}.txt": bytes(1 << 20) for n in range(megabytes)}, compression=8)


def many(count):
    return zipped({f"{n}.txt": b"" for n in range(count)})


EVIL = {"bytes": lambda: bomb(12), "files": lambda: many(1200)}


@pytest.mark.parametrize("what", EVIL)
@pytest.mark.parametrize("where", ["beside", "inside"])
def test_a_bomb_takes_nothing_from_others(tmp_path, home, monkeypatch, what, where):
    monkeypatch.setattr(archives, "MOST_TOGETHER", 10 << 20)
    monkeypatch.setattr(archives, "MOST_FILES", 1000)
    given = {f"A evil {n}/x.zip": EVIL[what]() for n in range(3)}
    given["Cid/x0.zip"] = zipped({NAME: GOOD, "a.txt": b"", "b.txt": b""})
    given = given if where == "beside" else {"class.zip": zipped(given)}
    listed = hand_in(tmp_path, home, given)
    assert [e.state for e in listed.entries if "Cid" in e.file and e.file.endswith(NAME)] == [
        m.COLLECTED
    ]
    says = "unpacks to too much" if what == "bytes" else "it holds 1,200 files; 1,000 at most"
    assert sum(says in e.reason for e in listed.refusals()) >= 3


def test_many_bombs_have_an_end_and_honest_zips_are_taken_still(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_TOGETHER", 2 << 20)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    evil = bomb(3)
    for n in range(30):
        (inbox / f"{n}.zip").write_bytes(evil)
    (inbox / "honest.zip").write_bytes(zipped({NAME: GOOD}, compression=8))
    taken = list(files(inbox))
    unpacked = sum(len(r.data) for r in taken if r.data)
    assert unpacked < 45 << 20  # ten times the bound, and what 30 small zips may always unpack
    assert taken[-1].file == f"honest.zip/{NAME}" and taken[-1].data == GOOD


def test_endless_names_are_cut_and_stay_apart(tmp_path, home):
    inner = zipped({f"{'c' * 60_000}{end}/{NAME}": GOOD for end in "xy"})
    data = zipped({f"{'b' * 60_000}.zip": inner})
    for _ in range(2):  # the second time, the list of the first is read
        listed = hand_in(tmp_path, home, {"a.zip": zipped({f"{'a' * 60_000}.zip": data})})
    assert len({e.file for e in listed.entries}) == 2
    assert all(
        len(e.file) <= archives.LONGEST_NAME and e.file.endswith(NAME) for e in listed.entries
    )
    with home.manifest_path("x0-first-counts").open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 2


def test_what_cannot_be_opened_is_named(tmp_path, home, monkeypatch):
    def refuse(method):
        real = getattr(Path, method)

        def opened(self, *args, **options):
            if self.name in ("Cid", "Dan.zip"):
                raise PermissionError(13, "Permission denied")
            return real(self, *args, **options)

        monkeypatch.setattr(Path, method, opened)

    given = {f"Bat/{NAME}": GOOD, f"Cid/{NAME}": GOOD, "Dan.zip": zipped({NAME: GOOD})}
    hand_in(tmp_path, Cohort(tmp_path / "first"), given)
    refuse("iterdir")
    refuse("open")
    listed = collect(tmp_path / "inbox", "X0", home)
    assert {e.file: e.reason for e in listed.refusals()} == {
        "Cid": "the folder cannot be opened: Permission denied",
        "Dan.zip": "it cannot be read: Permission denied",
    }
    for name in ("Cid", "Dan.zip"):
        with pytest.raises(GradingError, match="cannot be opened: Permission denied"):
            collect(tmp_path / "inbox" / name, "X0", home)


@pytest.mark.parametrize("moment", ["lstat", "stat"])
def test_a_file_that_vanishes_is_named(tmp_path, home, monkeypatch, moment):
    real = getattr(Path, moment)

    def gone(self, **options):
        if self.parent.name == "Ana" and self.exists():
            self.unlink()
        return real(self, **options)

    for name in ("Ana", "Bat"):
        (tmp_path / "inbox" / name).mkdir(parents=True)
        (tmp_path / "inbox" / name / NAME).write_bytes(GOOD)
    monkeypatch.setattr(Path, "exists", os.path.exists)
    monkeypatch.setattr(Path, moment, gone)
    listed = collect(tmp_path / "inbox", "X0", home)
    assert [e.student for e in listed.current()] == ["Bat"]
    assert "it is gone: it was removed" in listed.refusals()[0].reason


@pytest.mark.parametrize(
    ("name", "mend"),
    [("x0.ipynb", "Clear Outputs of All Cells"), ("x0.zip", "the notebook itself")],
)
def test_too_large_says_the_limit_of_the_book_and_the_mend(name, mend):  # fmt: skip
    reason = archives.too_large(name, 30 << 20)
    assert "30 MB; at most 20 MB" in reason and mend in reason


@pytest.mark.parametrize("kind", ["rar", "7z", "gz"])
def test_an_archive_of_another_kind_is_no_source(tmp_path, home, kind):
    marks = {name: mark for mark, name in kinds.ARCHIVES.items()}
    path = tmp_path / f"class.{kind}"
    path.write_bytes(marks[kind] + bytes(99))
    with pytest.raises(GradingError, match=f"kind {kind}, which cannot .* give the folder"):
        collect(path, "X0", home)

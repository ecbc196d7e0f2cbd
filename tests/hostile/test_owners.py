"""Whose work a file is: what people, browsers, file managers and platforms make of names.

The worst fault is that one trainee's work silently takes the place of another's. In the names below
§ stands for the name of the assignment.
"""

import json
import sys
import time
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from a_class import REFERENCE, X0, notebook

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.people.class_list import ClassList
from flyway_course.grading.people.names import owner
from flyway_course.grading.people.roster import Person, new, people
from flyway_course.grading.records import recorded
from flyway_course.grading.records.recorded import Recorded

N = X0.name
F = f"{N}.ipynb"
GOOD = json.dumps(notebook(REFERENCE)).encode()


def whose(path):
    return owner(PurePosixPath(path), N)


def hand_in(path, files, home):
    with zipfile.ZipFile(path, "w") as archive:  # it can hold names that a disk cannot
        for number, name in enumerate(files):
            archive.writestr(name.replace("§", N), GOOD + b" " * number)
    return collect(path, "X0", home)


def who_counts(tmp_path, *files):
    listed = hand_in(tmp_path / "inbox.zip", files, Cohort(tmp_path / "class"))
    return {e.file: e.student for e in listed.current()}, listed


@pytest.mark.parametrize(
    "path",
    [
        f"{N}-Anna" + "-Copy1" * 32 + "!.ipynb",
        "x0-Anna" + " copy 1" * 5000 + "!.ipynb",
        "x0" + " " * 64_000 + "!.ipynb",
        "A" + "(1)" * 21_000 + "!.ipynb",
        "a_" * 100 + "1" * 64_000 + "/x0.ipynb",
        "_1" * 32_000 + "_x0.ipynb",
        ".ipynb" * 10_000 + "!",
        "x0-" + "e\u0301\u0323" * 20_000 + ".ipynb",
        "new folder " * 5_000 + "!/x0.ipynb",
        "new folder/" * 20_000 + F,
    ],
    ids=lambda path: path[:20],
)
def test_no_name_stops_the_collection(path):
    start = time.perf_counter()
    whose(path)
    assert time.perf_counter() - start < 0.25


NOBODY = [
    "Copy of §", "Копия §", "Kopie von §", "§ 복사본", "§ - 복사본", "§ 사본", "§ - コピー", "§ のコピー",
    "「§」のコピー", "§的副本", "§의 사본", "§ - 複製", "§ - 副本 (2) - コピー", "§ - Хуулбар", "§ - Cópia", "§ - Bản sao",
    "§-2", "§-checkpoint", "§_final_v2", "§–final", "§1", "§.ipynb", "X0_first_counts", "x0 first counts",
    "X0.first.counts", "Untitled0", "untitled", "notebook3f1a", "Без имени", "제목 없음", "无标题", "無題",
    "\u3164", "\u115f\u1160", "\uffa0", "§-\u3164", "§-final (1)", "first-counts", "§ 최종",
    "KakaoTalk_20261123_103012345_01", "DOC-20261123-WA0001", "§ resubmission",
    "§-LAPTOP-9K2", "§ (conflicted copy 2026-11-23 103000)", "§.nbconvert",
]  # fmt: skip


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("stem", NOBODY)
def test_no_trainee_is_made_up(stem, form):
    stem = unicodedata.normalize(form, stem.replace("§", N))
    assert whose(f"{stem}.ipynb").name == ""


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("§.Anna.ipynb", "Anna"),
        ("Anna — § — копия.ipynb", "Anna"),
        ("X0_first_counts_Anna.ipynb", "Anna"),
        ("Copy of §-Anna Kim.ipynb", "Anna Kim"),
        ("§-김하늘의 사본.ipynb", "김하늘"),
        ("山田 花子のコピー.ipynb", "山田 花子"),
        ("Anna/§.zip/§.ipynb", "Anna"),
        ("Bat/x0.zip/§.ipynb", "Bat"),
        ("Zed/archive.zip/§.ipynb", "Zed"),
        ("Anna/§.ipynb.zip/§.ipynb", "Anna"),
        ("Cid/§.zip/§/§.ipynb", "Cid"),
        ("Anna/workspace/§.ipynb", "Anna"),
        ("Anna.zip/home/jovyan/work/§.ipynb", "Anna"),
        ("Anna/New folder/§.ipynb", "Anna"),
        ("Anna/New folder (2)/§.ipynb", "Anna"),
        ("Anna/counting-across-borders/workspace/exercises/§/§.ipynb", "Anna"),
        ("Anna/§ - Copy/§.ipynb", "Anna"),
        ("Anna/§ (1)/§.ipynb", "Anna"),
        ("Anna/§-main/§.ipynb", "Anna"),
        ("김하늘/새 폴더/§.ipynb", "김하늘"),
        ("김하늘/바탕 화면/§.ipynb", "김하늘"),
        ("山田 花子/ダウンロード/§.ipynb", "山田 花子"),
        ("王小明/新建文件夹/§.ipynb", "王小明"),
        ("Наталья/Новая папка (2)/§.ipynb", "Наталья"),
        ("Сараа/Даалгавар/§.ipynb", "Сараа"),
        ("Anna/content/drive/My Drive/§.ipynb", "Anna"),
        ("C:/users/Cid/Desktop/§.ipynb", "Cid"),
        ("Day 1/§-Anna.ipynb", "Anna"),
        ("2026-11-23/§-Anna.ipynb", "Anna"),
        ("drive-download-20261123T101010Z-001.zip/§-Anna.ipynb", "Anna"),
        ("submissions.zip/ครู_46_1003_x0.ipynb", "ครู"),
        ("§-Anna/§.ipynb", "Anna"),
        ("\u3164/§-Anna.ipynb", "Anna"),
        ("Anna/1/§.ipynb", "Anna"),
        ("§-Anna-final.ipynb", "Anna"),
        ("§-Anna_v2.ipynb", "Anna"),
        ("§-김하늘(수정).ipynb", "김하늘"),
        ("§-Anna-DESKTOP-AB12CD.ipynb", "Anna"),
        ("§-Anna (Anna's conflicted copy 2026-11-23).ipynb", "Anna"),
        ("§-Anna.sync-conflict-20261123-103000-ABCDEFG.ipynb", "Anna"),
        ("§-Anna.nbconvert.ipynb", "Anna"),
        ("§-Anna Day.ipynb", "Anna Day"),
        ("Anna/kaggle/working/§.ipynb", "Anna"),
        ("Anna/OneDrive - Steppe University/Colab Notebooks/§.ipynb", "Anna"),
        ("Anna/Jupyter Notebooks/§.ipynb", "Anna"),
        ("김하늘/카카오톡 받은 파일/§.ipynb", "김하늘"),
        ("王小明/WeChat Files/wxid_ab12/FileStorage/File/2026-11/§.ipynb", "王小明"),
        ("王小明/xwechat_files/wxid_ab12_9c/msg/file/2026-11/§.ipynb", "王小明"),
        ("Anna/Temp1_§.zip/§.ipynb", "Anna"),
        ("Anna/DOC-20261123-WA0001.ipynb", "Anna"),
    ],
)
def test_the_name_is_found(path, name):
    assert whose(path.replace("§", N)).name == name


@pytest.mark.parametrize(
    "file",
    [
        "saraa_23_11_§.ipynb",
        "minji_2026_11_§.ipynb",
        "bat_23_2026_§.ipynb",
        "bat_20261123_1030_§.ipynb",
        "bat_20261123_1_§.ipynb",
        "bat_48_2026_§.ipynb",
        "bat_2026_101_§.ipynb",
    ],
)
def test_a_date_is_no_number_of_canvas(file):
    assert whose(file.replace("§", N)).number == ""


@pytest.mark.parametrize("own", ["X0_44_1_final", "class_444_101_§", "birds_444_900_x0"])
@pytest.mark.parametrize("folder", ["Bat Dorj_1112_assignsubmission_file_", "Bat Dorj"])
def test_a_person_s_folder_says_more_than_what_looks_like_canvas(folder, own):
    assert whose(f"{folder}/{own}.ipynb".replace("§", N)).name == "Bat Dorj"


@pytest.mark.parametrize("own", ["Anna+x0+2026-11-23 10:00 UTC+a", "Anna_7_assignsubmission_file_"])
def test_what_a_trainee_calls_a_file_does_not_change_its_owner(own):
    folder = "Bat Dorj_1112_assignsubmission_file_"
    for path in (f"{folder}/{own}.ipynb", f"{folder}/{own}/{F}"):
        assert whose(path).number == "1112"


def test_a_folder_of_canvas_files_is_nobody(tmp_path):
    files = [f"Bird club/{who}_{N}.ipynb" for who in ("kimminji_44_900", "dorjbat_45_901")]
    _, listed = who_counts(tmp_path, *files)
    assert {(e.student, e.number) for e in listed.current()} == {
        ("kimminji", "44"),
        ("dorjbat", "45"),
    }


def test_numbers_of_two_platforms_are_told_apart():
    moodle, canvas = whose(f"Anna Kim_44_assignsubmission_file_/{F}"), whose(f"bat_44_900_{F}")
    assert (moodle.platform, canvas.platform) == ("moodle", "canvas")


@pytest.mark.parametrize(
    "files",
    [
        ("Anna/§.zip/§.ipynb", "Bat/§.zip/§.ipynb", "Cid/§.zip/§/§.ipynb"),
        ("Anna/workspace/§.ipynb", "Bat/workspace/§.ipynb"),
        ("X0 hand-in (File responses)/§ - Anna Kim.ipynb", "X0 hand-in (File responses)/§ - Bat Dorj.ipynb"),
        ("Ornithology/§-Anna.ipynb", "Ornithology/§-Bat.ipynb"),
        ("Ornithology/Anna.ipynb", "Ornithology/Bat.ipynb"),
        ("Day 1/§-Anna.ipynb", "Day 1/§-Bat.ipynb"),
        ("drive-download-20261123.zip/§-Anna.ipynb", "drive-download-20261123.zip/§-Bat.ipynb"),
        ("saraa_23_11_§.ipynb", "minji_23_11_§.ipynb"),
        ("saraa_444_900_§.ipynb", "minji_444_901_§.ipynb"),
        ("Anna Kim_44_assignsubmission_file_/§.ipynb", "batdorj_44_900_§.ipynb"),
        ("Anna Kim_44_assignsubmission_file_/§.ipynb", "Bat_44_assignsubmission_file_/§.ipynb"),
        ("A+B/§.ipynb", "A-B/§.ipynb", "a;b/§.ipynb"),
        ("Kim #1/§.ipynb", "Kim !1/§.ipynb"),
    ],
)  # fmt: skip
def test_two_people_stay_two(tmp_path, files):
    students, listed = who_counts(tmp_path, *files)
    assert len(set(students.values())) == len(files), listed.entries
    again = collect(tmp_path / "inbox.zip", "X0", Cohort(tmp_path / "class"))
    assert {e.file: e.student for e in again.current()} == students
    assert all(e.number == "" for e in again.current() if "_44_" in e.file and "Bat" in files[1])


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (("Group A/Anna/§.ipynb", "Group B/Anna/§.ipynb"), "two people seem to have the name Anna"),
        (("1/§-Anna.ipynb", "2/§-Anna.ipynb"), "two people seem to have the name Anna"),
        (("Group A/anna kim/§.ipynb", "Anna_Kim/§.ipynb"), "two people seem to have the name"),
        (("Anna/birds.zip/§.ipynb", "Bat/birds.zip/§.ipynb"), "two people seem to have the name birds"),
        (("Anna/cranes/day one/§.ipynb", "Bat/cranes/day one/§.ipynb"), "two people seem to have the name day one"),
        ((f"Anna/{'a/' * 20}§.ipynb", f"Bat/{'a/' * 20}§.ipynb"), "two people seem to have the name a"),
        (("A Kim_1111_assignsubmission_file_/§.ipynb", "A Kim_2222_assignsubmission_file_/§.ipynb", "A Kim/§.ipynb"), "2 people have the name A Kim"),
        (("Ornithology/§-Anna.ipynb", "Ornithology/§-Bat.ipynb", "Ornithology/§.ipynb"), "holds work of several people"),
    ],
)  # fmt: skip
def test_what_is_in_doubt_is_refused(tmp_path, files, says):
    students, listed = who_counts(tmp_path, *files)
    assert len(set(students.values())) == len(files) - 1
    assert says in listed.refusals()[0].reason
    again = collect(tmp_path / "inbox.zip", "X0", Cohort(tmp_path / "class"))
    assert {e.file: e.student for e in again.current()} == students


@pytest.mark.parametrize(
    ("numbers", "refused"),
    [
        (["(12)", " (27)"], 2),
        (["(2031)", "(2032)"], 2),
        (["(1)", "(3)"], 1),
        (["(1)", "(2)"], 0),
        (["", "(12)"], 0),
        (["(12)"], 0),
    ],
)
def test_a_number_in_brackets_may_be_a_person_s(tmp_path, numbers, refused):
    _, listed = who_counts(tmp_path, *(f"§-Kim{number}.ipynb" for number in numbers))
    assert len(listed.refusals()) == refused
    assert all("may be two people: call them Kim-" in e.reason for e in listed.refusals())


def test_one_person_in_a_folder_and_in_the_folder_above_it_is_one(tmp_path):
    students, listed = who_counts(tmp_path, "Room A/Anna/§.ipynb", "May/Room A/Anna/§.ipynb")
    assert set(students.values()) == {"Anna"} and not listed.refusals()


def test_a_name_in_the_middle_of_a_long_path_is_read(tmp_path):
    before, after = "/".join(["course of the spring"] * 9), "/".join(["documents"] * 14)
    files = [f"{before}/{who}/{after}/§.ipynb" for who in ("Anna", "Bat")]
    students, _ = who_counts(tmp_path, *files)
    assert sorted(students.values()) == ["Anna", "Bat"]


def test_a_number_in_the_folder_says_which_of_two(tmp_path):
    platform = [f"A Kim_{n}_assignsubmission_file_/{F}" for n in (1111, 2222)]
    students, listed = who_counts(tmp_path, *platform, f"A Kim 1111/{F}")
    assert set(students.values()) == {"A Kim", "A Kim 2222"}
    assert [e.student for e in listed.entries if e.state == m.REPLACED] == ["A Kim"]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ((f"Bird club/{N}-Anna.ipynb", f"Bird club/{F}"), "a file in it 'Anna'"),
        ((f"birds.zip/{N}-Anna.ipynb",), "a file in it 'Anna'"),
        ((f"Anna_44_assignsubmission_file_/{F}", f"Bat_44_assignsubmission_file_/{F}"), "44 stands with several names"),
    ],
)  # fmt: skip
def test_what_may_be_wrong_is_said(tmp_path, files, says):
    _, listed = who_counts(tmp_path, *files)
    assert any(says in e.doubt for e in listed.current())


def test_other_files_do_not_tell_what_a_folder_is(tmp_path):
    path = tmp_path / "inbox.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Ann/tides.ipynb", b'{"cells": []}')
        archive.writestr("Ann/drafts of mine.ipynb", b'{"cells": []}')
        archive.writestr(f"Ann/{F}", GOOD)
        archive.writestr(f"07/{F}", GOOD)
    listed = collect(path, "X0", Cohort(tmp_path / "class"))
    assert [e.student for e in listed.current()] == ["07", "Ann"]


def test_ten_thousand_namesakes_do_not_stop_the_collection(tmp_path):
    listed = m.Manifest(tmp_path / f"{N}.csv")
    signs = ["".join("+@;!"[n >> 2 * k & 3] for k in range(5)) for n in range(1024)]
    listed.entries = [m.Entry(f"a{s}b/{F}", "a", sha256=s) for s in signs]
    listed.entries += [m.Entry(f"K_{n}_assignsubmission_file_/{F}", "K") for n in range(9000)]
    listed.entries += [m.Entry(f"Group {n}/L/{F}", "L") for n in range(1000)]
    start = time.perf_counter()
    listed.settle()
    assert time.perf_counter() - start < 10
    assert len({e.student for e in listed.current()}) == len(listed.current()) == 9000 + 1024 + 1


def test_what_has_no_owner_is_not_tried_again(tmp_path):
    listed = m.Manifest(tmp_path / f"{N}.csv")
    listed.entries = [m.Entry(f"Group {g}/Anna/{F}", "Anna", m.REFUSED, tests="x") for g in "AB"]
    listed.settle()
    assert [e.file for e in listed.to_retry()] == [f"Group A/Anna/{F}"]


def test_what_is_graded_keeps_the_name_of_its_marks(tmp_path):
    home = Cohort(tmp_path / "class")
    listed = hand_in(tmp_path / "one.zip", [f"Bird club/{N}-Anna.ipynb"], home)
    listed.entries[0].state = m.GRADED
    listed.save()
    listed = hand_in(tmp_path / "two.zip", [f"Bird club/{N}-Bat.ipynb"], home)
    assert [(e.student, e.state) for e in listed.entries] == [("Bird club", m.GRADED), ("Bat", m.COLLECTED)]  # fmt: skip


CLASS = 'name\n"Kim, Minji"\nBat Dorj\n김 하늘\nAnna\nAnna B\n김민지(12)\n김민지(27)\n'


@pytest.fixture
def home(tmp_path):
    """A class with a list of its people."""
    (tmp_path / "people.csv").write_text(CLASS, encoding="utf-8")
    return new("class", tmp_path / "people.csv", Cohort(tmp_path / "class"))


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Minji Kim/§.ipynb", "Kim, Minji"),
        ("kimminji_44_900_x0.ipynb", "Kim, Minji"),
        ("Bat Dorj/birds of mine/§.ipynb", "Bat Dorj"),
        ("birds of mine/§-Bat Dorj.ipynb", "Bat Dorj"),
        ("Dorj Bat/§-second look.ipynb", "Bat Dorj"),
        ("Team 1-Bat Dorj_12_assignsubmission_file_/§.ipynb", "Bat Dorj"),
        ("Cranes-Bat Dorj_12_assignsubmission_file_/§.ipynb", "Bat Dorj"),
        ("x0_20231234_01_김하늘.ipynb", "김 하늘"),
        ("x0_20261123_2_Anna.ipynb", "Anna"),
        ("Group A - Anna.ipynb", "Anna"),
        ("§-김민지(12).ipynb", "김민지(12)"),
        ("§-Anna 2.ipynb", "Anna 2"),
        ("§-Anna Lee.ipynb", "Anna Lee"),
        ("Anna/§-Bat Dorj.ipynb", "Anna"),
    ],
)
def test_the_class_list_says_who_is_meant(tmp_path, home, file, name):
    listed = hand_in(tmp_path / "inbox.zip", [file], home)
    assert [e.student for e in listed.current()] == [name]


@pytest.mark.parametrize(
    "files",
    [
        ("§-김민지(12).ipynb", "§-김민지(27).ipynb"),
        ("01_김하늘.ipynb", "02_김하늘.ipynb"),
        ("Group A - Anna.ipynb", "Group B - Anna.ipynb"),
        ("club/§-Anna.ipynb", "club/§-Anna B.ipynb", "club/§-Zed.ipynb"),
        ("Anna_1_assignsubmission_file_/§.ipynb", "Anna_2_assignsubmission_file_/§.ipynb"),
    ],
)
def test_two_people_stay_two_beside_a_class_list(tmp_path, home, files):
    listed = hand_in(tmp_path / "inbox.zip", files, home)
    assert len({e.student for e in listed.current()}) == len(files), listed.entries


NUMBERED = (
    'name,id,email\n"Kim, Minji",s2024001,mj.kim@uni.kr\nDorj Bat,s2024002,bat@num.mn\n'
    "Dorj Tuya,s2024003,tuya@num.mn\nNguyễn Thị Hoa,7,hoa.nt@u.vn\n王小明,,\n김하늘,,\n"
    "Park Ji-won,2026,\nБат-Эрдэнэ Сараа,,saraa@num.mn\nBatbayar Enkh,,\n"
)


@pytest.fixture
def numbered(tmp_path):
    """A class whose list has student numbers and addresses."""
    (tmp_path / "numbered.csv").write_text(NUMBERED, encoding="utf-8")
    return new("class", tmp_path / "numbered.csv", Cohort(tmp_path / "class"))


SURE = [
    ("s2024001", "Kim, Minji"),
    ("S2024001 Minji Kim", "Kim, Minji"),
    ("Kim Minji (s2024001)", "Kim, Minji"),
    ("mj.kim@uni.kr", "Kim, Minji"),
    ("Nguyen Thi Hoa", "Nguyễn Thị Hoa"),
    ("HoaNguyenThi", "Nguyễn Thị Hoa"),
    ("Minji Kim 2026-11-23", "Kim, Minji"),
    ("Minji Kim_20261123_103000", "Kim, Minji"),
    ("Minji Kim - 23 November, 2026 1030 AM", "Kim, Minji"),
    ("12345-67890 - Minji Kim - Nov 23, 2026 1030 AM", "Kim, Minji"),
    ("s2024001_attempt_2026-11-23-10-30-00", "Kim, Minji"),
    ("小组1 王小明", "王小明"),
]
PARTS = [
    ("Minji", "Kim, Minji"),
    ("s2024001_Minji", "Kim, Minji"),
    ("mj.kim", "Kim, Minji"),
    ("tuya", "Dorj Tuya"),
    ("Nguyễn Hoa", "Nguyễn Thị Hoa"),
    ("小明", "王小明"),
    ("하늘", "김하늘"),
    ("Jiwon", "Park Ji-won"),
    ("Б.Сараа", "Бат-Эрдэнэ Сараа"),
    ("saraa", "Бат-Эрдэнэ Сараа"),
    ("Сараа_даалгавар", "Бат-Эрдэнэ Сараа"),
    ("Dr. Minji Kim (Korea)", "Kim, Minji"),
    ("Minji Kim's MacBook", "Kim, Minji"),
    ("김하늘님", "김하늘"),
]
NEITHER = [
    "Dorj",
    "D.",
    "Bat Tuya",
    "7",
    "Minji Lee",
    "s2024001 Dorj Bat",
    "K",
    "Minji Kim and Dorj Bat",
    "Zed 2026",
]


@pytest.mark.parametrize("path", ["{}/§.ipynb", "§-{}.ipynb"])
@pytest.mark.parametrize(("text", "name"), SURE + PARTS)
def test_a_number_or_a_part_of_one_name_says_who_is_meant(tmp_path, numbered, path, text, name):
    listed = hand_in(tmp_path / "inbox.zip", [path.format(text)], numbered)
    assert [e.student for e in listed.current()] == [name]
    assert ("taken for" in listed.entries[0].doubt) == ((text, name) in PARTS)


@pytest.mark.parametrize("text", NEITHER)
def test_what_may_mean_several_people_or_none_stays_as_it_is(tmp_path, numbered, text):
    listed = hand_in(tmp_path / "inbox.zip", [f"{text}/§.ipynb"], numbered)
    names = {who.name for who in people(numbered)}
    assert not names & {e.student for e in listed.entries}


@pytest.mark.parametrize("text", ["2026-11-23", "Homework", "Final version"])
def test_words_that_name_nobody_do_not_mean_who_has_no_address(text):
    listed = ClassList([Person("Dorj Bat"), Person("Kim, Minji", email="mk@uni.kr")])
    assert not listed.with_part(text)


@pytest.mark.parametrize("other", ["Minji Kim", "Kim"])
def test_a_part_beside_the_whole_name_or_another_part_is_not_taken(tmp_path, numbered, other):
    listed = hand_in(tmp_path / "inbox.zip", ["Minji/§.ipynb", f"{other}/§.ipynb"], numbered)
    assert len(listed.current()) == 2 and "Minji" in {e.student for e in listed.current()}


def test_the_work_of_two_days_is_one_persons(tmp_path, numbered):
    days = [
        "§_Minji Kim_20261123.ipynb",
        "§_Minji Kim_20261124.ipynb",
        "Minji Kim 2026.11.25/§.ipynb",
    ]
    listed = hand_in(tmp_path / "inbox.zip", days, numbered)
    assert [e.student for e in listed.current()] == ["Kim, Minji"]


def test_moodle_may_put_a_group_before_a_name_without_spaces(tmp_path, numbered):
    files = [
        f"그룹 1-김하늘_12_assignsubmission_file_/{F}",
        f"Cranes-王小明_13_assignsubmission_file_/{F}",
    ]
    listed = hand_in(tmp_path / "inbox.zip", files, numbered)
    assert {e.student for e in listed.current()} == {"김하늘", "王小明"}


def test_who_was_marked_by_a_part_and_then_gives_the_whole_name_is_one(tmp_path, numbered):
    listed = hand_in(tmp_path / "one.zip", ["Minji/§.ipynb"], numbered)
    listed.entries[0].state = m.GRADED
    listed.save()
    listed = hand_in(tmp_path / "two.zip", ["Minji Kim/§.ipynb"], numbered)
    assert [e.student for e in listed.current()] == ["Kim, Minji"]


def test_one_name_in_two_groups_is_in_doubt_also_where_it_is_on_the_list(tmp_path, home):
    files = [f"Group {group}/Anna/{F}" for group in "AB"]
    assert hand_in(tmp_path / "inbox.zip", files, home).count() == {m.COLLECTED: 1, m.REFUSED: 1}


def test_who_handed_in_another_kind_of_file_has_handed_in_something(tmp_path, home):
    given = {
        f"Minji Kim/{N}.rar": (b"Rar!\x1a\x07", "Kim, Minji", "kind rar"),
        "x0-Bat Dorj.docx": (b"PK", "Bat Dorj", "not a notebook"),
        "Anna/mail.eml": (b"From: a", "Anna", "e-mail, not a notebook: save its attachment"),
        "Zed_7_assignsubmission_onlinetext_/text.html": (b"<p>", "Zed", "not a notebook"),
        "tides.jpg": (b"x", "", "not a notebook"),
        f"김하늘/.ipynb_checkpoints/{F}": (GOOD, "", "made by the computer"),
    }
    with zipfile.ZipFile(tmp_path / "inbox.zip", "w") as archive:
        for name, (data, *_) in given.items():
            archive.writestr(name, data)
    listed = collect(tmp_path / "inbox.zip", "X0", home)
    for entry in listed.refusals():
        _, student, reason = given.pop(entry.file)
        assert entry.student == student and reason in entry.reason
    assert not given


def test_the_folder_or_the_zip_of_one_person_is_theirs(tmp_path, home):
    (tmp_path / "Bat Dorj").mkdir()
    (tmp_path / "Bat Dorj" / F).write_bytes(GOOD)
    hand_in(tmp_path / "Minji Kim.zip", ["§.ipynb"], home)
    listed = collect(tmp_path / "Bat Dorj", "X0", home)
    assert {e.file: e.student for e in listed.current()} == {
        f"Bat Dorj/{F}": "Bat Dorj",
        f"Minji Kim.zip/{F}": "Kim, Minji",
    }


def test_a_notebook_is_known_by_its_content(tmp_path):
    students, listed = who_counts(tmp_path, "§-Anna.txt")
    assert students == {f"{N}-Anna.txt": "Anna"}
    assert "its name ended with '.txt'" in listed.entries[0].repairs


@pytest.mark.parametrize("state", [m.REPLACED, m.COLLECTED])
def test_what_was_ever_graded_keeps_the_name_of_its_marks(tmp_path, state):
    home = Cohort(tmp_path / "class")
    listed = hand_in(tmp_path / "one.zip", [f"Bird club/{N}-Anna.ipynb"], home)
    listed.entries[0].state, listed.entries[0].engine = state, "sandbox"
    listed.save()
    listed = hand_in(tmp_path / "two.zip", [f"Bird club/{N}-Bat.ipynb"], home)
    assert [e.student for e in listed.entries] == ["Bird club", "Bat"]


def test_a_new_list_asks_the_gradebook_whose_a_file_is(tmp_path, monkeypatch):
    files = [f"A Kim_{n}_assignsubmission_file_/{F}" for n in (1111, 2222)] + [f"Cid/{F}"]
    _, listed = who_counts(tmp_path, *files)
    first, second, cid = listed.entries
    assert (first.student, second.student) == ("A Kim", "A Kim 2222")
    marks = {"A Kim": second, "A Kim 1111": first, "Bat": cid}  # Bat has handed in the same as Cid
    known = {name: Recorded(one.sha256) for name, one in marks.items()}
    monkeypatch.setattr(recorded, "read", lambda home, assignment: known)
    listed.path.unlink()
    _, listed = who_counts(tmp_path, *files)
    assert [e.student for e in listed.entries] == ["A Kim 1111", "A Kim", "Cid"]


def test_a_gradebook_that_cannot_be_read_stops_no_collection(tmp_path):
    home = Cohort(tmp_path / "class")
    home.folder.mkdir()
    home.gradebook.write_bytes(b"no gradebook")
    assert hand_in(tmp_path / "one.zip", [f"Cid/{F}"], home).count() == {m.COLLECTED: 1}


@pytest.mark.parametrize(
    "end",
    [
        *(".1", " (1)", "(1)", ".crdownload", "~", " ", ".", ".part", ".ipynb", ".txt (2)"),
        *("_", ".bak", " - Copy", " - 복사본"),
    ],
)  # fmt: skip
def test_other_ends_of_a_notebook_are_taken(tmp_path, end):
    students, listed = who_counts(tmp_path, f"{N}-Anna.ipynb{end}")
    assert set(students.values()) == {"Anna"}
    assert listed.count() == {m.COLLECTED: 1}


@pytest.mark.parametrize(
    "place",
    [
        "Bob Lee/Ann Kim",
        "Bob Lee.zip/Ann Kim",
        "Team/Bob Lee/Ann Kim",
        "Bob Lee.zip/" + "a/" * 20 + "Ann Kim",
        "Bob Lee.zip/Ann Kim_11_assignsubmission_file_",
        f"Bob Lee.zip/Ann Kim+{N}+2026-11-22 11:00:00 UTC",
    ],
)
def test_a_file_in_anothers_folder_takes_nobodys_own_place(tmp_path, place):
    own, later = f"Ann Kim/{F}", f"{place}/{F}"
    counting, listed = who_counts(tmp_path, own, f"Bob Lee/{F}", later)
    assert counting == {own: "Ann Kim", f"Bob Lee/{F}": "Bob Lee"}
    reason = next(e.reason for e in listed.entries if e.file == later)
    assert (
        reason
        == f"it came with the work of Bob Lee, and another file came from the same trainee: {own}"
    )


def test_a_file_in_anothers_folder_is_its_owners_where_there_is_no_other(tmp_path):
    counting, _ = who_counts(tmp_path, f"Bob Lee/Ann Kim/{F}", f"Bob Lee/{F}")
    assert set(counting.values()) == {"Ann Kim", "Bob Lee"}


def test_the_class_list_says_whose_folder_another_is(tmp_path, home):
    own, later = f"Anna/{F}", f"Kim Minji/Anna/{F}"
    listed = hand_in(tmp_path / "inbox.zip", [own, later], home)
    assert [e.file for e in listed.current()] == [own]


def test_a_namesake_is_no_guest_in_a_folder_of_their_own(tmp_path):
    first, second = (f"A Kim_{n}_assignsubmission_file_/{F}" for n in (1111, 2222))
    older = f"A Kim 2222/{F}"
    with zipfile.ZipFile(tmp_path / "inbox.zip", "w") as archive:
        for day, name in enumerate((first, older, second), start=1):
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, day, 10, 0, 0)), GOOD)
    listed = collect(tmp_path / "inbox.zip", "X0", Cohort(tmp_path / "class"))
    assert {e.file for e in listed.current()} == {first, second}

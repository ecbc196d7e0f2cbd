"""Rosters of every spreadsheet and platform, who is who, and tables in which nothing is a formula."""

import csv
import json
import random
import sqlite3

import pytest

from flyway_course.grading import plan
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.command_parts import whose
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.marks import export
from flyway_course.grading.people.roster import Person, new, people, read, write
from flyway_course.grading.people.tables import escaped, plain
from flyway_course.grading.records import gradebook
from flyway_course.grading.records.gradebook import Marks
from flyway_course.grading.report import report

X0 = Assignment.find("X0")
TESTS = {s.id: s.points for s in X0.plan if s.kind == plan.TEST}
ANSWERS = [s.id for s in X0.plan if s.kind in (plan.ANSWER, plan.WRITTEN)]
MOODLE = "all.zip/{}_{}_assignsubmission_file_/x0.ipynb"
CANVAS = "{}_{}_900_x0-first-counts.ipynb"
FOLDER = "{}/x0-first-counts.ipynb"
CANVAS_LIST = """Student,ID,SIS User ID,SIS Login ID,Section,X0 (99)
,,,,,Manual Posting
    Points Possible,,,,,20
"Kim, Minji",44,s44,minji@x,S1,
"Dorj, Bat",45,s45,bat@x,S1,
"Student, Test",46,,0f3c,S1,
"""


def lists(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def names(tmp_path, text, encoding="utf-8"):
    return [person.name for person in read(lists(tmp_path, text, encoding))]


def entry(shape, name, number="", state=m.GRADED, student="", time="2026-05-01 10:00:00"):
    made = m.Entry(shape.format(name, number), student or name, state, time=time, number=number)
    if state == m.REFUSED:
        made.reason = "the file is empty"
    else:
        made.engine = "sandbox"
    made.program = made.file
    return made


@pytest.fixture
def a_class(tmp_path):
    """Return a function that makes a class from a roster and entries; the graded ones have marks."""

    def make(roster, *entries):
        home = Cohort(tmp_path / "may")
        new("may", lists(tmp_path, roster), home)
        now = X0.digest(X0.files(home.folder), home.seed())
        for one in entries:
            one.tests = now if one.state == m.GRADED else one.tests
        listed = m.Manifest(home.manifest_path(X0.name), list(entries))
        listed.save()
        with gradebook.writing(home) as book:
            notebook = gradebook.save_assignment(book, X0, home)
            for one in entries:
                if one.state in (m.GRADED, m.COLLECTED):
                    marks = Marks(TESTS, dict.fromkeys(ANSWERS, True), frozenset(), one.time)
                    gradebook.record(book, X0, notebook, one.student, marks)
        return home

    return make


def rows_of(home, to="csv"):
    with export("X0", to, home).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def told(home, column="student"):
    return {row[column]: row["status"].split(":")[0] for row in rows_of(home)}


# the list of files -----------------------------------------------------------------------------


def test_a_list_of_files_with_a_very_long_note_is_read(tmp_path):
    listed = m.Manifest(tmp_path / "x0.csv", [m.Entry("a.ipynb", repairs="mended; " * 30_000)])
    limit = csv.field_size_limit(131_072)  # csv's own
    try:
        listed.save()
        assert m.Manifest.load(listed.path).entries == listed.entries
    finally:
        csv.field_size_limit(limit)


@pytest.mark.parametrize(
    "damaged",
    [
        b'file,student\n"a.ipynb,Ana\n',
        b"file;student\na.ipynb;Ana\n",
        b"file,student\n\xb1,Ana\n",
        b"",
    ],
)
def test_a_damaged_list_of_files_names_itself_and_the_mend(tmp_path, damaged):
    path = tmp_path / "x0-first-counts.csv"
    path.write_bytes(damaged)
    with pytest.raises(GradingError, match=r"x0-first-counts\.csv cannot .* collect all files"):
        m.Manifest.load(path)


NASTY = [
    '=HYPERLINK("http:⁄⁄evil.example","click me").ipynb',
    "@SUM(1+1)*cmd|' ⁄C calc'!A0.txt",
    "+1-2.ipynb",
    "-2+3.txt",
    "＝1＋1.ipynb",
    "－2",
    "＋2",
    "＠x",
    "﹣2",
    "\u22122",
    "\u200b=1",
    "\ufeff=1",
    "\u2060\u00a0 \u3000=1",
    "\u3164=1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\x0b=1",
    "\x00=1",
    "\tname",
    "\r\n@x",
    " =1",
    "|calc",
    "%0A=1",
    "a;=1+1",
    "a\n=1+1",
    "a\t'=1+1",
]
TAME = [
    "'Aisha.ipynb",
    "''",
    "'",
    "",
    "Ana Kim",
    "O'Brien; Bo",
    "a-b",
    "a=b",
    "Бат",
    "=".join("ab"),
]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_in_the_list_of_files_is_a_formula(tmp_path, text):
    listed = m.Manifest(tmp_path / "x0.csv", [m.Entry(text, student=text, reason=text)])
    listed.save()
    with listed.path.open(encoding="utf-8-sig", newline="") as file:
        written = next(csv.DictReader(file))["file"]
    assert written != text
    for cell in written.replace("\t", ";").replace("\n", ";").replace("\r", ";").split(";"):
        seen = "".join(sign for sign in cell if sign.isprintable()).strip(" \u3164\x00")
        assert seen[:1] not in tuple("=+-@|%＝＋－＠﹣\u2212"), written
    assert m.Manifest.load(listed.path).entries == listed.entries


def test_every_text_comes_back_as_it_was(tmp_path):
    draw = random.Random(7)
    signs = "''''==+-@;;\t\r\n\",ab \u200b\u3000＝\x00|%\u3164"
    texts = ["".join(draw.choices(signs, k=draw.randrange(9))) for _ in range(20_000)]
    texts += [*NASTY, *TAME]
    texts += ["'" * n + text for n in range(3) for text in NASTY]
    assert [plain(escaped(text)) for text in texts] == texts
    assert [escaped(text) for text in TAME] == TAME
    entries = [m.Entry(f"x{text}", text, reason=text, repairs=text) for text in texts]
    listed = m.Manifest(tmp_path / "x0.csv", entries)
    listed.save()
    assert ',"=HYPERLINK' not in listed.path.read_text(encoding="utf-8-sig")
    assert m.Manifest.load(listed.path).entries == entries


# reading rosters -------------------------------------------------------------------------------


def test_every_line_end_is_read(tmp_path):
    for end in ("\r", "\r\n", "\n", "\r\r\n"):
        text = end.join(("name,email", "Anna Kim,a@x", "Bat,b@x", ""))
        assert names(tmp_path, text) == ["Anna Kim", "Bat"]


@pytest.mark.parametrize("cell", ['="1111"', '"=""1111"""', '"=""Participant 1111"""'])
def test_a_number_that_excel_shall_take_for_text_is_that_number(tmp_path, cell):
    (one,) = read(lists(tmp_path, f"Identifier,Full name,Email\n{cell},Anna,a@x\n"))
    assert one == Person("Anna", email="a@x", moodle="1111")


@pytest.mark.parametrize("cell", ["1.23E+11", "1,23E+11", "1E+05"])
@pytest.mark.parametrize("head", ["Identifier", "id"])
def test_a_number_that_a_spreadsheet_has_rounded_is_refused(tmp_path, cell, head):
    text = f"{head};Full name\n7;Bat\n{cell};Anna\n"
    with pytest.raises(GradingError, match=r"row 3: a spreadsheet has rounded the number 1"):
        read(lists(tmp_path, text))


def test_a_very_long_field_is_no_traceback(tmp_path):
    limit = csv.field_size_limit(131_072)
    try:
        assert names(tmp_path, 'name,about\nAnna,"' + "A" * 200_000 + '"\n') == ["Anna"]
    finally:
        csv.field_size_limit(limit)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_utf_16_is_read_with_and_without_its_mark(tmp_path, encoding, end):
    text = end.join(("姓\t名", "山田\t花子", "김\t하늘", ""))
    assert names(tmp_path, text, encoding) == ["山田 花子", "김 하늘"]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nname;email\r\nAnna, Kim;a@x\r\n",
        '"sep=;"\nname;email\nAnna, Kim;a@x\n',
        "\ufeffsep=\t\nname\temail\nAnna, Kim\ta@x\n",
        '\n\n,,\nname,email\n\n"Anna, Kim",a@x\n\n',
        ";;\nemail;name\na@x;Anna, Kim\n",
    ],
)
def test_lines_of_excel_before_the_heads_are_passed_over(tmp_path, text):
    assert names(tmp_path, text) == ["Anna, Kim"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\nKim, Anna\nDorj, Bat\n", r"row 2: more values .2. than columns .1..*last name"),
        ("name;email\nBat;b\nKim; Anna;a@x\n", r"row 3: more values .3. .*a semicolon in a name"),
        ('name,email\nCid,c@x\n"Anna,a@x\nBat,b@x\n', "line 3: a quotation mark"),
        ('name,email\n"Anna,a@x\nBat,b@x"\nCid,c@x\n', "line 2: a quotation mark"),
        ('name,email\n"Anna,a@x\nBat,b@x\n"Cid",c@x\n', "line 2: a quotation mark"),
        ('name,email\nAnna,"a@x\nBat,b@x"\n', "line 2: a quotation mark"),
        ('name\nAnna\n"Bat\nCid\nDorj"\n', "line 3: a quotation mark"),
        (
            "Identifier,Full name\nParticipant 7,Anna\nParticipant 7,Bat\n",
            "number 7 is there twice",
        ),
        ("who,email\nAnna,a@x\n", "no column of names.*Its first row says: who, email"),
    ],
)
def test_a_roster_that_would_lose_somebody_is_refused(tmp_path, text, says):
    with pytest.raises(GradingError, match=says):
        read(lists(tmp_path, text))


def test_quotation_marks_and_broken_lines_in_a_name(tmp_path):
    many = "".join(f'"P{n} K",p{n}@x\n' for n in range(300))
    text = f'name,email\n{many}"Kim ""Bo"" Anna",a@x\n"Anna\nKim",b@x\nJon "Bo" Doe,c@x\n'
    assert names(tmp_path, text)[300:] == ["Kim -Bo- Anna", "Anna Kim", "Jon -Bo- Doe"]
    assert names(tmp_path, "name,email\n'Aisha,a\nBat,b\n'Umar,c\n") == ["Aisha", "Bat", "Umar"]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("ID,フルネーム,メールアドレス\n参加者 7,山田 花子,a@x\n", ("山田 花子", "", "a@x", "7")),
        ("名,姓,IDナンバ,メールアドレス\n花子,山田,s7,a@x\n", ("山田 花子", "s7", "a@x", "")),
        ("식별자,전체 이름,이메일 주소\n참가자 7,김 하늘,a@x\n", ("김 하늘", "", "a@x", "7")),
        ("이름,성,id 번호\n하늘,김,s7\n", ("김 하늘", "s7", "", "")),
        ("이름,이메일\n김하늘,a@x\n", ("김하늘", "", "a@x", "")),
        ("标识符,全名,电子邮件地址\n参与人7,张三,a@x\n", ("张三", "", "a@x", "7")),
        ("名,姓,学号\n三,张,s7\n", ("张 三", "s7", "", "")),
        ("姓名,電子郵件\n張三,a@x\n", ("張三", "", "a@x", "")),
        ("Нэр,Овог,Имэйл хаяг\nБат,Дорж,a@x\n", ("Дорж Бат", "", "a@x", "")),
        ("Овог нэр;Имэйл\nДорж Бат;a@x\n", ("Дорж Бат", "", "a@x", "")),
        (
            "Идентификатор;Полное имя;Адрес электронной почты\nУчастник 7;Анна Ким;a@x\n",
            ("Анна Ким", "", "a@x", "7"),
        ),
        ("Имя,Фамилия,Индивидуальный номер\nАнна,Ким,s7\n", ("Анна Ким", "s7", "", "")),
        ("Identifier,Full name\nParticipant 7.0,Anna\n", ("Anna", "", "", "7")),
        ("Name,Surname\nAnna,Kim\n", ("Anna Kim", "", "", "")),
    ],
)
def test_heads_in_the_languages_of_the_flyway(tmp_path, text, person):
    (one,) = read(lists(tmp_path, text))
    assert (one.name, one.id, one.email, one.moodle) == person


def test_canvas_gradebook_is_a_roster(tmp_path):
    kim, dorj = read(lists(tmp_path, CANVAS_LIST))
    assert kim == Person("Kim, Minji", id="s44", email="minji@x", canvas="44")
    assert dorj == Person("Dorj, Bat", id="s45", email="bat@x", canvas="45")


def test_canvas_gradebook_with_two_columns_of_names(tmp_path):
    text = "LastName,FirstName,ID,SIS Login ID,Section\n    Points Possible,,,,\nKim,Minji,44,m@x,S\nStudent,Test,46,t,S\n"
    assert read(lists(tmp_path, text)) == [Person("Minji Kim", email="m@x", canvas="44")]


def test_a_roster_is_kept_as_it_was_and_holds_no_formula(tmp_path):
    text = 'name,email,id\nAnna,=cmd|x,+1\n"＝1",－2,\'=x\n'
    home = new("may", lists(tmp_path, text), Cohort(tmp_path / "may"))
    found = people(home)
    assert [(p.email, p.id) for p in found] == [("=cmd|x", "+1"), ("－2", "=x")]
    write(home, found)
    assert people(home) == found
    kept = (home.folder / "roster.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd|x" in kept and "'－2" in kept and "'＝1" in kept


# who is who ------------------------------------------------------------------------------------


def test_a_refused_namesake_has_a_row_and_a_line(a_class):
    hana_8 = entry(MOODLE, "Hana", "8", m.REFUSED)
    home = a_class("name\nHana\n", entry(MOODLE, "Hana", "7"), hana_8)
    assert told(home) == {"Hana": "pending", "Hana 8": "refused"}
    rows = {row["Identifier"]: row for row in rows_of(home, "moodle")}
    assert rows["Participant 8"]["Full name"] == "Hana"
    assert rows["Participant 8"]["Status"] == "refused"
    assert ("Hana 8", "the file is empty") in report("X0", home).people
    assert len(rows_of(home, "canvas")) == 3


def test_one_person_in_two_spellings_is_one_row(a_class):
    home = a_class(
        "name,email\nANNA KIM,a@x\nBold,b@x\n山田花子,y@x\n",
        entry(FOLDER, "Anna Kim"),
        entry(FOLDER, "bold"),
        entry(FOLDER, "山田 花子"),
        entry(FOLDER, "Cid"),
        entry(FOLDER, "CID", state=m.REFUSED),
    )
    assert set(told(home).values()) == {"pending"}
    assert len(rows_of(home)) == 4
    emails = {row["Email address"] for row in rows_of(home, "moodle")}
    assert emails == {"a@x", "b@x", "y@x", ""}
    assert not [who for who, why in report("X0", home).people if "nothing" in why or "empty" in why]


def test_a_list_that_is_newer_than_the_marks_finds_them(a_class):
    part = entry(FOLDER, "Hoa")
    part.doubt = "taken for 'Nguyễn Thị Hoa'"
    home = a_class(
        'name\n"Kim, Minji"\nNguyễn Thị Hoa\nBat Dorj\nDorj Tuya\n',
        *(entry(FOLDER, "Minji Kim"), part, entry(FOLDER, "Tuya"), entry(FOLDER, "Bat")),
    )
    found = {row["student"]: row["on_the_roster"] for row in rows_of(home)}
    assert found.items() >= {
        ("Minji Kim", "Kim, Minji"),
        ("Hoa", "Nguyễn Thị Hoa"),
        ("Tuya", ""),  # nobody was asked yet whether the part is theirs
        ("Bat", ""),
    }


def test_two_forms_of_one_name_on_the_list_stay_two(a_class):
    home = a_class("name\nMinji Kim\n", entry(FOLDER, "kimminji"), entry(FOLDER, "Kim, Minji"))
    found = [row["on_the_roster"] for row in rows_of(home)]
    assert found == ["", "", "Minji Kim"]


def test_a_list_that_came_after_the_marks_finds_its_people(a_class):
    given = ("Minji Kim", "Müller Jörg", "O-Brien Pat", "Anna Kim group 1", "Anna Kim group 2")
    roster = 'name\n"Kim, Minji"\nJörg Müller\nPat O\'Brien\n"Kim, Anna"\n'
    home = a_class(roster, *(entry(FOLDER, name) for name in given))
    known = {row["student"]: row["on_the_roster"] for row in rows_of(home)}
    assert known.pop("Minji Kim") == "Kim, Minji"
    assert known.pop("Müller Jörg") == "Jörg Müller"
    assert known.pop("O-Brien Pat") == "Pat O-Brien"
    assert known == {
        "Anna Kim group 1": "",
        "Anna Kim group 2": "",
        "Kim, Anna": "Kim, Anna",
    }
    assert [who for who, why in report("X0", home).people if why == "nothing handed in"] == [
        "Kim, Anna"
    ]


def test_people_of_canvas_are_found_by_number(a_class):
    home = a_class(CANVAS_LIST, entry(CANVAS, "kimminji", "44"), entry(CANVAS, "dorjbat", "45"))
    assert told(home) == {"kimminji": "pending", "dorjbat": "pending"}
    assert told(home, "on_the_roster") == {"Kim, Minji": "pending", "Dorj, Bat": "pending"}
    first, dorj, kim = rows_of(home, "canvas")
    assert first["Student"] == "    Points Possible"
    assert (kim["Student"], kim["ID"], kim["SIS User ID"], kim["SIS Login ID"]) == (
        *("Kim, Minji", "44", "s44", "minji@x"),
    )
    assert dorj["ID"] == "45"
    assert {row["Identifier"] for row in rows_of(home, "moodle")} == {""}
    assert "nothing handed in" not in report("X0", home).text()


def test_people_of_moodle_are_found_by_number(a_class):
    home = a_class(
        'Identifier,"Full name","Email address"\n"Participant 1111","Kim Anna",a@x\n',
        entry(MOODLE, "Anna Kim", "1111"),
    )
    (row,) = rows_of(home, "moodle")
    assert (row["Identifier"], row["Email address"]) == ("Participant 1111", "a@x")
    assert row["Status"].startswith("pending")
    assert [row["ID"] for row in rows_of(home, "canvas")] == ["", ""]


def test_a_number_goes_to_its_own_platform(a_class):
    home = a_class("name\nHana\n", entry(MOODLE, "Hana", "7"), entry(CANVAS, "dorjbat", "45"))
    moodle = {row["Full name"]: row["Identifier"] for row in rows_of(home, "moodle")}
    assert moodle == {"Hana": "Participant 7", "dorjbat": ""}
    canvas = {row["Student"]: row["ID"] for row in rows_of(home, "canvas")[1:]}
    assert canvas == {"Hana": "", "dorjbat": "45"}


TWINS = "Identifier,Full name\nParticipant 1111,Anna Kim\nParticipant 2222,Anna Kim\n"


@pytest.mark.parametrize("numbers", [("12", "13"), ("12", "11")])
def test_a_moodle_number_of_another_assignment_gives_nobody_anothers_mark(a_class, numbers):
    roster = "name,moodle\nAnna Kim,11\nBen Lee,12\n"
    shape = "{}_{}_assignsubmission_file_/x0.ipynb"
    home = a_class(
        roster, entry(shape, "Anna Kim", numbers[0]), entry(shape, "Ben Lee", numbers[1])
    )
    rows = {row["student"]: row["on_the_roster"] for row in rows_of(home)}
    assert rows == {"Anna Kim": "Anna Kim", "Ben Lee": "Ben Lee"}


@pytest.mark.parametrize("shape", ["Team 1-{} {}", "{1} {0}", "{}, {}"])
def test_a_number_of_another_assignment_does_not_swap_two_people(a_class, shape):
    roster = "name,moodle\nKim Anna,11\nLee Ben,12\n"
    anna, ben = shape.format("Kim", "Anna"), shape.format("Lee", "Ben")
    home = a_class(roster, entry(MOODLE, anna, "12"), entry(MOODLE, ben, "11"))
    rows = {row["student"]: row["on_the_roster"] for row in rows_of(home)}
    assert rows[anna] != "Lee Ben" and rows[ben] != "Kim Anna"


def test_two_people_of_one_name_are_told_apart_by_their_numbers(a_class):
    home = a_class(TWINS, entry(MOODLE, "Anna Kim", "2222"))
    assert [p.moodle for p in people(home)] == ["1111", "2222"]
    rows = {row["Identifier"]: row["Status"].split(":")[0] for row in rows_of(home, "moodle")}
    assert rows == {"Participant 1111": "nothing handed in", "Participant 2222": "pending"}
    assert told(home) == {"Anna Kim": "pending", "Anna Kim 1111": "nothing handed in"}


def test_a_third_of_the_name_and_one_without_a_number_stand_alone(a_class):
    home = a_class(
        TWINS,
        entry(MOODLE, "Anna Kim", "2222"),
        entry(MOODLE, "Anna Kim", "3333", student="Anna Kim 3333"),
        entry(FOLDER, "Anna Kim", state=m.REFUSED),
    )
    rows = sorted((r["Identifier"], r["Status"].split(":")[0]) for r in rows_of(home, "moodle"))
    assert rows == [
        ("", "refused"),
        ("Participant 1111", "nothing handed in"),
        ("Participant 2222", "pending"),
        ("Participant 3333", "pending"),
    ]


def test_moodle_counts_anew_in_each_assignment(a_class):
    home = a_class(TWINS.replace("2222,Anna Kim", "2222,Bat"), entry(MOODLE, "Bat", "9"))
    rows = {row["Full name"]: row["Identifier"] for row in rows_of(home, "moodle")}
    assert rows == {"Bat": "Participant 9", "Anna Kim": "Participant 1111"}


def test_of_two_files_of_one_person_the_newer_counts_and_the_other_is_named(a_class):
    home = a_class(
        "Identifier,Full name\nParticipant 7,Kim Anna\n",
        entry(MOODLE, "Anna Kim", "7", time="2026-05-02 10:00:00"),
        entry(FOLDER, "Kim Anna"),
    )
    (row,) = rows_of(home)
    assert row["student"] == "Anna Kim"
    assert row["note"] == "older work, called Kim Anna, does not count"


def test_collect_says_who_is_not_on_the_list_and_what_was_replaced(a_class):
    old = entry("{}/draft.ipynb", "Bat", state=m.REPLACED, time="2026-04-01 10:00:00")
    home = a_class("name\nBat\n", entry(FOLDER, "Bat"), entry(FOLDER, "Zed"), old)
    listed = m.Manifest.load(home.manifest_path(X0.name))
    zed, bat = FOLDER.format("Zed"), FOLDER.format("Bat")
    assert whose(listed, home) == [
        f"not on the class list: Zed: {zed}",
        f"replaced: Bat/draft.ipynb by {bat}",
    ]
    listed.entries += [entry(FOLDER, f"Nobody {n}") for n in range(30)]
    assert whose(listed, home)[10:] == ["not on the class list: 21 more", *whose(listed, home)[-1:]]


def test_without_a_class_list_nobody_is_missing_on_it(a_class):
    home = a_class("name\nBat\n", entry(FOLDER, "Zed"))
    (home.folder / "roster.csv").unlink()
    assert whose(m.Manifest.load(home.manifest_path(X0.name)), home) == []


def test_work_without_marks_is_in_every_table(a_class):
    home = a_class("name\nAna\nBat\nCid\n", *(entry(FOLDER, n) for n in ("Ana", "Bat", "Cid")))
    listed = m.Manifest.load(home.manifest_path(X0.name))
    listed.entries[1].state = m.COLLECTED
    listed.save()
    book = sqlite3.connect(home.gradebook)
    book.execute(
        "DELETE FROM grade WHERE notebook_id IN (SELECT n.id FROM submitted_notebook n "
        "JOIN submitted_assignment s ON s.id=n.assignment_id WHERE s.student_id='Cid')"
    )
    book.commit()
    book.close()
    assert told(home) == {"Ana": "pending", "Bat": "not graded yet", "Cid": "not in the gradebook"}
    assert ("Bat", "handed in, but not graded yet: run grade") in report("X0", home).people
    assert "nothing handed in" not in json.dumps(report("X0", home).people)


def test_a_class_gets_what_it_lacks_and_keeps_what_it_has(tmp_path):
    listed = tmp_path / "people.csv"
    listed.write_text("name\nAna Kim\n", encoding="utf-8")
    home = Cohort(tmp_path / "may")
    home.folder.mkdir()
    home.gradebook.write_bytes(b"marks")  # `collect` and `grade` had made the class
    assert [p.name for p in people(new("may", listed, home))] == ["Ana Kim"]
    seed = home.seed()
    assert seed
    with pytest.raises(GradingError, match="already"):
        new("may", listed, home)
    assert (home.seed(), home.gradebook.read_bytes()) == (seed, b"marks")


def test_a_roster_that_names_nobody_makes_no_class(tmp_path):
    listed = tmp_path / "people.csv"
    listed.write_text("name\n", encoding="utf-8")
    with pytest.raises(GradingError, match="names nobody"):
        new("may", listed, Cohort(tmp_path / "may"))
    assert not (tmp_path / "may").exists()


def test_whom_a_platform_will_pass_over_is_told(a_class):
    home = a_class(
        "name,moodle,email\nAna,7,\nBat,,bat@x\nCid,,\nDorj,,\n",
        *(entry(FOLDER, name) for name in ("Ana", "Bat", "Cid")),
    )
    told = {to: [] for to in ("csv", "moodle", "canvas")}
    for to, said in told.items():
        export("X0", to, home, said.append)
    assert [len(said) for said in told.values()] == [0, 1, 1]
    assert "2 trainees whose number is not known: Bat, Cid." in told["moodle"][0]
    assert "the column 'moodle' of" in told["moodle"][0]
    assert "2 trainees whose number is not known: Ana, Cid." in told["canvas"][0]


def test_moodle_is_given_the_columns_that_it_asks_for(a_class):
    """Moodle's importer stops without these three; `Feedback comments` would overwrite comments."""
    home = a_class(
        "name\nAna Kim\n", entry("{}_{}_assignsubmission_file_/x0.ipynb", "Ana Kim", "7")
    )
    heads = rows_of(home, "moodle")[0]
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(heads)
    assert "Feedback comments" not in heads

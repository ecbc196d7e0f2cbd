"""Notebooks that another program wrote, merged, pasted into or renamed: what was meant is read."""

import copy
import json
import time
from types import SimpleNamespace

import pytest
from a_class import notebook
from test_files import GOOD, NAME, answers_in, cell, changed, hand_in, text

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.intake import kinds, reading
from flyway_course.grading.intake.reading import ReadError, clean_text, read

WORDS, CODE = "for-the-warden", "usual-mean"


def with_answer(name, source):
    return changed(lambda cells, nb: cell(cells, name).update(source=source))


def taken(folder, data):
    """The entry of a notebook handed in, and what its answers are."""
    home = Cohort(folder / "class")
    listed = hand_in(folder, home, {f"Ana/{NAME}": data})
    assert len(listed.current()) == 1, listed.refusals()
    return listed.entries[0], answers_in(listed.entries[0], home)


def refused(folder, data):
    """Why a notebook is refused; a good one beside it must be taken."""
    files = {f"Ana/{NAME}": data, f"Bat/{NAME}": text().encode()}
    listed = hand_in(folder, Cohort(folder / "class"), files)
    assert [e.student for e in listed.current()] == ["Bat"]
    return listed.refusals()[0].reason


ENCODED = [
    ("cp932", "2025年、表の数は十五百羽。予想より多い。", "Shift-JIS"),
    ("euc_jp", "2025年、表の数は十五百羽でした。", "EUC-JP"),
    ("iso2022_jp", "2025年、表の数は十五百羽。", "ISO-2022-JP"),
    ("gbk", "2025年后海有1500只黑脸琵鹭，比去年多。", "GB18030"),
    ("gb18030", "2025年后海有1500只黑脸琵鹭。", "GB18030"),
    ("big5", "2025年后海有1500隻黑面琵鷺，功許蓋。", "Big5"),
    ("euc_kr", "2025년 딥베이에 1500마리", "CP949"),
    ("cp949", "2025년 똠방각하 1500마리가 있었다", "CP949"),
    ("cp1251", "В 2025 году в заливе 1500 птиц.", "Windows-1251"),
    ("mac_cyrillic", "В 2025 году", "Mac Cyrillic"),
    ("koi8_r", "В 2025 году в заливе 1500 птиц.", "KOI8-R"),
    ("cp1252", "En 2025 había más pájaros que el año pasado", "Windows-1252"),
    ("utf-7", "En 2025 había 1500 años", "UTF-7"),
]


@pytest.mark.parametrize(("encoding", "words", "name"), ENCODED)
def test_the_words_of_every_script_arrive(tmp_path, encoding, words, name):
    nb = copy.deepcopy(GOOD)
    cell(nb["cells"], WORDS)["source"] = f"{words}\n{words}"
    data = text(nb).encode(encoding, "replace")
    entry, answers = taken(tmp_path, data)
    assert answers[WORDS] == f"{words}\n{words}"
    assert f"not saved as UTF-8 but as {name}" in entry.repairs


def test_one_damaged_letter_costs_no_other(tmp_path):
    words = "2025년 딥베이에 1500마리"
    for encoding in ("cp949", "utf-8"):
        data = with_answer(WORDS, words).decode().encode(encoding, "replace")
        data = data.replace("리".encode(encoding), b"\xff")
        entry, answers = taken(tmp_path / encoding, data)
        assert answers[WORDS] == words.replace("리", "\ufffd")
        assert "are lost" in entry.repairs


@pytest.mark.parametrize("cells", [7, 1.5, True])
def test_old_cells_that_are_no_list(tmp_path, cells):
    refused(tmp_path, json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode())


def test_whatever_else_goes_wrong_is_a_refusal(monkeypatch):
    monkeypatch.setattr(reading, "_text", lambda *args: SimpleNamespace())
    with pytest.raises(ReadError, match="damaged"):
        read(b"{}")


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x0b"])
def test_odd_line_breaks(tmp_path, sign):
    """Jupyter runs a text with such a sign in it; as a line end it would be an error."""
    entry, answers = taken(tmp_path, with_answer(CODE, f'note = "a{sign}b"'))
    assert answers[CODE] == 'note = "a b"'
    assert "became spaces" in entry.repairs and "taken out" not in entry.repairs
    entry, answers = taken(tmp_path / "b", with_answer(WORDS, f"Few.{sign}Many."))
    assert answers[WORDS] == clean_text(f"Few.{sign}Many.") == "Few.\nMany."
    assert "became line ends" in entry.repairs


def nbdime(cells, nb):
    """Puts the marks in cells of their own, as nbdime does where whole cells differ."""
    place = cells.index(cell(cells, CODE))
    for offset, mark in enumerate(["<<<<<<< local", "=======", ">>>>>>> remote"]):
        span = f'<span style="color:red">**{mark}**</span>'
        cells.insert(place + 2 * offset, {"cell_type": "markdown", "metadata": {}, "source": span})


MERGED = "<<<<<<< local\nusual_mean = 1\n=======\nusual_mean = 2\n>>>>>>> remote\n"


@pytest.mark.parametrize(
    "data",
    [with_answer(CODE, MERGED), with_answer(CODE, MERGED.replace("\n", "\r\n")), changed(nbdime)],
)
def test_a_quarrel_of_versions_inside_cells(tmp_path, data):  # fmt: skip
    assert "two versions" in refused(tmp_path, data)
    heading = "Birds\n=======\nIn 2025 >>>>>>> more <<<<<<< than"
    taken(tmp_path / "b", with_answer(WORDS, heading))


LONG = "A" * 500_000
PICTURES = {
    "of Jupyter": f'![a]( data:image/png;base64,{LONG} "b") My words 2025.',
    "of HTML": f'<img alt="a" src="data:image/png;base64,{LONG}" width=9> My words 2025.',
    "named below": f"[a]: data:image/png;base64,{LONG} My words 2025.",
    "without an end": f"![a](data:image/png;base64,{LONG}\nMy words 2025.",
}


@pytest.mark.parametrize("what", PICTURES)
def test_words_after_a_pasted_picture_are_kept(tmp_path, what):
    entry, answers = taken(tmp_path, with_answer(WORDS, PICTURES[what]))
    assert "(picture)" in answers[WORDS] and "My words 2025." in answers[WORDS]
    assert len(answers[WORDS]) < 99 and "pictures among the words" in entry.repairs


KINDS = {
    "a zip": (b"PK\x03\x04" + bytes(90), "it is a zip archive"),
    "a PDF": (b"%PDF-1.7\n1 0 obj <</Type/Catalog>>", "it is a PDF"),
    "a login page": (b"\n<!DOCTYPE HTML><script>x = {a: 1}</script>", "it is a web page"),
    "a page of Jupyter": (b'<html><script>x = {"cells": [1, }</script>', "it is a web page"),
    "a picture": (b"\xff\xd8\xff{", "it is a picture"),
    "an Office file": (b"\xd0\xcf\x11\xe0{", "it is an Office file"),
    "a tar": (bytes(257) + b"ustar", "of the kind tar"),
    "another JSON": (b'{"a": 1}', "save the notebook"),
}


@pytest.mark.parametrize("what", KINDS)
def test_what_only_has_the_name_of_a_notebook_is_called_what_it_is(tmp_path, what):
    data, says = KINDS[what]
    assert says in refused(tmp_path, data)
    if kinds.other(data):  # what can be read is read, whatever stands before it
        taken(tmp_path / "b", data.split(b"{")[0] + text().encode())


@pytest.mark.parametrize("between", ["", "\n", "\n--boundary\r\n\r\n"])
@pytest.mark.parametrize("cut", [None, -200])
def test_two_notebooks_in_one_file_are_a_question(between, cut):
    blank = text(notebook({}))
    with pytest.raises(ReadError, match="two notebooks"):
        read((blank + between + text())[:cut].encode())
    assert read((text() + between + text()).encode()).repairs == [
        "there was something after its end"
    ]


def test_the_end_of_an_older_file_is_no_second_notebook():
    assert read((text() + text()[-300:]).encode()).cells


def test_a_million_empty_notebooks_have_an_end():
    start = time.perf_counter()
    assert not read(b'{"cells":[]}' * 500_000).cells
    assert time.perf_counter() - start < 10
    with pytest.raises(ReadError, match="two notebooks"):  # the sign of a second one, far behind
        read(b"{}" * 500_000 + b'"cells":[')
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    ("kind", "says"), [("code", "its code has"), ("markdown", "its words have")]
)
def test_code_and_words_without_end_are_refused(tmp_path, kind, says):
    nb = notebook({})
    nb["cells"] += [{"cell_type": kind, "source": "a = 1\n" * 60_000} for _ in range(6)]
    reason = refused(tmp_path, text(nb).encode())
    assert reason.startswith(says) and "letters; 2,000,000 at most" in reason


def test_many_pictures_among_the_words_cost_no_words(tmp_path):
    picture = "![](data:image/png;base64," + "iVBOR" * 70_000 + ")"
    nb = notebook({WORDS: "The bay feeds 328 birds."})
    nb["cells"] += [{"cell_type": "markdown", "source": picture} for _ in range(8)]
    entry, answers = taken(tmp_path, text(nb).encode())
    assert answers[WORDS].startswith("The bay feeds 328 birds.")
    assert "pictures among the words" in entry.repairs

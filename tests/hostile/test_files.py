"""Broken files: what trainees' tools, mail programs and jokers make of a notebook.

Each case is a function that gives bytes or a folder; its docstring says what it is. MENDED must be
graded like the work that it holds; REFUSED must be refused with words that name the mend.
"""

import copy
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from a_class import REFERENCE, X0, notebook

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.intake import archives
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import collect, rebuilt_of

NAME = f"{X0.name}.ipynb"
GOOD = notebook(REFERENCE)


def text(nb=GOOD, **options):
    return json.dumps(nb, ensure_ascii=False, indent=1, **options)


def changed(change):
    nb = copy.deepcopy(GOOD)
    change(nb["cells"], nb)
    return text(nb).encode()


def cell(cells, name):
    return next(c for c in cells if c.get("id") == name)


def strip(cells, *keys):
    for c in cells:
        for key in keys:
            c.pop(key, None)
        if "metadata" in keys:
            c["metadata"] = {}


def move(cells, name, to):
    cells.insert(to, cells.pop(cells.index(cell(cells, name))))


MENDED = {
    "a byte-order mark": (lambda: b"\xef\xbb\xbf" + text().encode(), "UTF-8 with a mark"),
    "UTF-16 with a mark": (lambda: text().encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": (lambda: text().encode("utf-16-le"), "UTF-16"),
    "UTF-16, the other way round": (lambda: text().encode("utf-16-be"), "UTF-16"),
    "UTF-32": (lambda: text().encode("utf-32"), "UTF-32"),
    "Windows letters": (
        lambda: text().replace("birds", "birds é").encode("cp1252", "replace"),
        "not saved as UTF-8",
    ),
    "line ends of Windows": (lambda: text().replace("\n", "\r\n").encode(), None),
    "line ends of Windows in cells": (lambda: text().replace("\\n", "\\r\\n").encode(), None),
    "line ends of old Macs": (lambda: text().replace("\\n", "\\r").encode(), None),
    "something after the end": (
        lambda: text().encode() + b"\n\n<html>sent by mail</html>",
        "after its end",
    ),
    "zeros after the end": (lambda: text().encode() + bytes(500), None),
    "something before the start": (lambda: b"--boundary\r\n\r\n" + text().encode(), None),
    "two notebooks in one file": (lambda: text().encode() * 2, "after its end"),
    "cells without ids": (lambda: changed(lambda c, nb: strip(c, "id")), None),
    "cells without metadata": (
        lambda: changed(lambda c, nb: strip(c, "metadata")),
        "names of the cells",
    ),
    "neither ids nor metadata": (
        lambda: changed(lambda c, nb: strip(c, "id", "metadata")),
        "found by its place",
    ),
    "no format number": (
        lambda: changed(lambda c, nb: (nb.pop("nbformat"), nb.pop("metadata"))),
        None,
    ),
    "a format of the future": (lambda: changed(lambda c, nb: nb.update(nbformat=9)), None),
    "an odd schema version": (
        lambda: changed(
            lambda c, nb: [x["metadata"].get("nbgrader", {}).update(schema_version=99) for x in c]
        ),
        None,
    ),
    "the old format 3": (
        lambda: json.dumps(
            {
                "nbformat": 3,
                "worksheets": [
                    {
                        "cells": [
                            {
                                **{k: v for k, v in c.items() if k != "source"},
                                "input" if c["cell_type"] == "code" else "source": c["source"],
                            }
                            for c in GOOD["cells"]
                        ]
                    }
                ],
            }
        ).encode(),
        "old format",
    ),
    "a copied answer": (
        lambda: changed(lambda c, nb: c.append(copy.deepcopy(cell(c, "usual-mean")))),
        "was there 2 times",
    ),
    "a copied test": (
        lambda: changed(lambda c, nb: c.insert(2, copy.deepcopy(cell(c, "chart-check")))),
        "was there 2 times",
    ),
    "every cell twice": (
        lambda: changed(lambda c, nb: c.extend(copy.deepcopy(c))),
        "was there 2 times",
    ),
    "an empty copy after the answer": (
        lambda: changed(
            lambda c, nb: c.append(
                {**copy.deepcopy(cell(c, "usual-mean")), "source": "usual_mean = ..."}
            )
        ),
        "was there 2 times",
    ),
    "an answer moved to the end": (
        lambda: changed(lambda c, nb: move(c, "usual-mean", len(c) - 1)),
        "changed places",
    ),
    "a task moved to the front": (
        lambda: changed(lambda c, nb: move(c, "deep-bay-share", 0)),
        "changed places",
    ),
    "all cells in reverse": (lambda: changed(lambda c, nb: c.reverse()), "changed places"),
    "tests deleted": (
        lambda: changed(
            lambda c, nb: [c.remove(x) for x in [*c] if x["id"].endswith(("check", "graded"))]
        ),
        "was missing and was put back",
    ),
    "tests made empty": (
        lambda: changed(
            lambda c, nb: [x.update(source="pass") for x in c if x["id"].endswith("graded")]
        ),
        "was changed; the original counts",
    ),
    "locked cells changed": (
        lambda: changed(lambda c, nb: cell(c, "start").update(source="import os")),
        "was changed",
    ),
    "headings deleted": (
        lambda: changed(lambda c, nb: [c.remove(x) for x in [*c] if x["id"].startswith("text-")]),
        None,
    ),
    "an answer retyped as text": (
        lambda: changed(lambda c, nb: cell(c, "usual-mean").update(cell_type="markdown")),
        "had become text",
    ),
    "an answer retyped as raw": (
        lambda: changed(lambda c, nb: cell(c, "chart").update(cell_type="raw")),
        "had become text",
    ),
    "broken outputs": (
        lambda: changed(
            lambda c, nb: cell(c, "chart").update(outputs={"x": [None]}, execution_count="a")
        ),
        None,
    ),
    "outputs of ten megabytes": (
        lambda: changed(
            lambda c, nb: cell(c, "chart").update(
                outputs=[{"data": {"text/html": "x" * 10_000_000}}]
            )
        ),
        None,
    ),
    "cells that are no cells": (
        lambda: changed(lambda c, nb: c.extend([None, 7, "x", [], {"source": {}}])),
        "left out",
    ),
    "zeros in the text": (
        lambda: changed(
            lambda c, nb: cell(c, "chart").update(
                source="\0"
                + cell(c, "chart")["source"][0]
                + "".join(cell(c, "chart")["source"][1:])
            )
        ),
        "taken out",
    ),
    "half a letter in the text": (
        lambda: json.dumps(
            {**GOOD, "cells": [*GOOD["cells"], {"cell_type": "code", "source": "'\ud800'"}]}
        ).encode(),
        "taken out",
    ),
    "numbers that are not numbers": (
        lambda: text().replace('"nbformat": 4', '"nbformat": NaN').encode(),
        None,
    ),
    "a tab inside a text": (
        lambda: text().replace('"birds_2025', '"birds_2025\t ', 1).encode(),
        None,
    ),
}


def nested_json():
    return b'{"cells": ' + b"[" * 200_000


REFUSED = {
    "nothing": (b"", "empty"),
    "spaces": (b"  \n \n", "empty"),
    "a torn download": (text().encode()[:3000], "download the notebook again"),
    "a page that says log in": (b"<!DOCTYPE html><html>please log in</html>", "not a notebook"),
    "a list": (b"[1, 2]", "not a notebook"),
    "another JSON": (b'{"a": 1}', "not a notebook"),
    "cells that are a number": (b'{"cells": 7, "nbformat": 4}', "not a notebook"),
    "JSON of endless depth": (nested_json(), "download the notebook again"),
    "a number of endless digits": (b'{"cells": [], "n": ' + b"9" * 100_000 + b"}", "download the notebook again"),
    "a quarrel of versions": (text().encode().replace(b'"cells"', b'\n<<<<<<< HEAD\n"cells"', 1), "two versions"),
    "cells without end": (json.dumps({"cells": [{"cell_type": "code", "source": "1"}] * 3000}).encode(), "2000 at most"),
    "another notebook": (json.dumps({"cells": [{"cell_type": "code", "source": "print(1)"}] * 3}).encode(), "another notebook"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(900), "not a notebook"),
    "a rar archive": (b"Rar!\x1a\x07" + bytes(90), "kind rar"),
    "a gz archive": (b"\x1f\x8b" + bytes(90), "kind gz"),
}  # fmt: skip


@pytest.fixture
def home(tmp_path):
    return Cohort(tmp_path / "class")


def hand_in(tmp_path, home, files):
    for name, data in files.items():
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return collect(tmp_path / "inbox", "X0", home)


def answers_in(entry, home):
    pieces = rebuilt_of(entry, X0, home).pieces
    return {p.step.id: p.source for p in pieces if p.step and p.step.id in REFERENCE}


def test_there_are_enough_of_them():
    assert len(MENDED) + len(REFUSED) >= 50


@pytest.mark.parametrize("what", MENDED)
def test_it_is_mended(tmp_path, home, what):
    make, says = MENDED[what]
    listed = hand_in(tmp_path, home, {f"Ana/{NAME}": make()})
    assert dict(listed.count()) == {m.COLLECTED: 1}, listed.refusals()
    entry = listed.entries[0]
    if says:
        assert says in entry.repairs
    found = answers_in(entry, home)
    bare = {k: "".join(v.split()) for k, v in found.items()}
    whole = {k: "".join(v.split()) for k, v in REFERENCE.items()}
    if "é" in what or what in ("Windows letters", "zeros in the text", "a tab inside a text"):
        assert bare.keys() == whole.keys()
    else:
        assert bare == whole
    nb = json.loads((home.submitted("Ana", X0.name) / NAME).read_text(encoding="utf-8"))
    order = [c["id"] for c in nb["cells"] if not c["id"].startswith("added-")]
    assert order == [s.id for s in X0.plan]
    tests = {s.id: s.released for s in X0.plan if s.kind == "test"}
    assert {c["id"]: "".join(c["source"]) for c in nb["cells"] if c["id"] in tests} == tests


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_reason(tmp_path, home, what):
    data, says = REFUSED[what]
    listed = hand_in(tmp_path, home, {f"Ana/{NAME}": data, f"Bat/{NAME}": text().encode()})
    assert [e.student for e in listed.current()] == ["Bat"], "one bad file stopped another"
    assert says in listed.refusals()[0].reason


def test_added_cells_stay_where_they_were(tmp_path, home):
    def add(cells, nb):
        place = cells.index(cell(cells, "usual-mean"))
        cells.insert(place, {"cell_type": "code", "source": "helper = 41"})
        cells.insert(0, {"cell_type": "code", "source": "before = 1"})

    listed = hand_in(tmp_path, home, {f"Ana/{NAME}": changed(add)})
    sources = [p.source for p in rebuilt_of(listed.entries[0], X0, home).pieces]
    assert sources[0] == "before = 1"
    assert sources.index("helper = 41") + 1 == sources.index(REFERENCE["usual-mean"])


def zipped(files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_learning_platforms_name_files_in_their_own_way(tmp_path, home):
    good = text().encode()
    files = {
        f"Anna Kim_1111_assignsubmission_file_/{NAME}": good,
        f"Anna Kim_2222_assignsubmission_file_/{NAME}": good,
        f"Бат Дорж_3333_assignsubmission_file_{NAME}": good,
        "kimminji_LATE_44_555_x0-first-counts-2.ipynb": good,
        f"yuki+{X0.name}+2026-05-01 10:00:00 UTC+abc/{NAME}": good,
        "Zoë/x0-first-counts.ipynb.txt": good,
        "Chen (1)/x0.json": good,
    }
    listed = hand_in(tmp_path, home, {"moodle.zip": zipped(files)})
    names = {e.student for e in listed.current()}
    assert names == {"Anna Kim", "Anna Kim 2222", "Бат Дорж", "kimminji", "yuki", "Zoë", "Chen (1)"}
    again = hand_in(tmp_path, home, {})
    assert {e.student for e in again.current()} == names
    assert len(again.entries) == len(listed.entries)


def test_spellings_of_one_name_are_one_person(tmp_path, home):
    good = text().encode()
    files = {f"{n}/{NAME}": good for n in ("Zoë Kim", "zoe\u0308 kim", "ZOË_KIM", "Zoë  Kim\u200e")}
    listed = hand_in(tmp_path, home, {"a.zip": zipped(files)})
    assert len(listed.current()) == 1
    assert listed.count()[m.REPLACED] == 3


def test_archives_inside_archives_have_an_end(tmp_path, home):
    inner = zipped({f"Ana/{NAME}": text()})
    for depth in range(6):
        inner = zipped({f"level{depth}.zip": inner, f"P{depth}/{NAME}": text()})
    listed = hand_in(tmp_path, home, {"all.zip": inner})
    assert {e.student for e in listed.current()} == {"P5", "P4", "P3"}
    assert any("too deep" in e.reason for e in listed.refusals())


def test_a_bomb_is_not_unpacked(tmp_path, home, monkeypatch):
    monkeypatch.setattr(archives, "MOST_TOGETHER", 50 << 20)
    bomb = zipped(
        {f"B{n}/{NAME}": bytes(19 << 20) for n in range(5)}, compression=zipfile.ZIP_DEFLATED
    )
    assert len(bomb) < 1 << 20
    listed = hand_in(tmp_path, home, {"bomb.zip": bomb, f"Ana/{NAME}": text().encode()})
    assert [e.student for e in listed.current()] == ["Ana"]


def test_a_zip_with_false_entries_is_named(tmp_path, home):
    good = bytearray(zipped({f"Ana/{NAME}": text(), f"Bat/{NAME}": text()}))
    place = good.find(b"birds_2025")
    good[place : place + 4] = b"\x00\x00\x00\x00"
    link = zipfile.ZipInfo("Link/x0.ipynb")
    link.external_attr = 0o120777 << 16
    files = {"torn.zip": bytes(good), "cut.zip": bytes(good[:5000]), "link.zip": zipped({"x": ""})}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../../../evil/x0.ipynb", text())
        archive.writestr("/etc/cron.d/x0.ipynb", text())
    files["link.zip"] = buffer.getvalue()
    listed = hand_in(tmp_path, home, files)
    why = {e.file: e.reason for e in listed.refusals()}
    assert why["torn.zip/Ana/" + NAME] == archives.LOCKED
    assert why["link.zip/Link/x0.ipynb"] == "a link, not a file"
    assert {e.student for e in listed.current()} == {"Bat", "evil", "cron.d"}
    assert not [
        p
        for p in tmp_path.rglob("*")
        if p.is_file()
        and not p.is_relative_to(home.folder)
        and not p.is_relative_to(tmp_path / "inbox")
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_files_that_are_no_files(tmp_path, home):
    inbox = tmp_path / "inbox"
    (inbox / "Ana").mkdir(parents=True)
    os.mkfifo(inbox / "Ana" / "pipe.ipynb")
    (inbox / "Ana" / "link.ipynb").symlink_to("/dev/zero")
    (inbox / "loop").symlink_to(inbox)
    listed = hand_in(tmp_path, home, {f"Bat/{NAME}": text().encode()})
    assert {e.student for e in listed.current()} == {"Bat"}
    assert len(listed.refusals()) == 3


@pytest.mark.parametrize(
    "name",
    [
        "Бат-Эрдэнэ Сараа", "김하늘", "山田 花子", "王小明", "Наталья Ивановна", "Nguyễn Thị Ánh", "O'Brien; DROP",
        "a" * 300, "ᠮᠣᠩᠭᠣᠯ", "CON", "🦩 crane", "..", "-rf", "[x]*?", "\u202egpj.exe", "<img src=x onerror=1>",
    ],
)  # fmt: skip
def test_names_in_any_script(tmp_path, home, name):
    listed = hand_in(tmp_path, home, {"a.zip": zipped({f"{name}/{NAME}": text()})})
    assert len(listed.entries) == 1
    entry = listed.entries[0]
    if name == "..":
        assert entry.student == "a", "the zip's own name is what is left"
    assert entry.state == m.COLLECTED
    assert not set(entry.student) & set("[]*?<>/\\:|\"'\u202e") and entry.student[0] not in "-."
    assert len(entry.student.encode()) <= 160
    assert (home.submitted(entry.student, X0.name) / NAME).is_file()

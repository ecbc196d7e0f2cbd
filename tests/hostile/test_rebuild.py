"""Honest work in odd places: it counts, or a person sees it, and the list says so."""

import ast
import copy
import gc
import json
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from a_class import REFERENCE, X0, notebook

from flyway_course.grading import engine, pool
from flyway_course.grading.answers import pieces
from flyway_course.grading.answers.pieces import LONGEST_PARSED, Rebuilt
from flyway_course.grading.answers.rebuild import rebuild
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import collecting as intake
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import collect, collect_all, rebuilt_of
from flyway_course.grading.intake.reading import Cell, Handed, read
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.sandbox import machine

NAME = f"{X0.name}.ipynb"
WORDS = "for-the-warden"
STUB = next(s.released for s in X0.plan if s.id == WORDS)
MEAN = REFERENCE["usual-mean"]


def cell(nb, name):
    return next(c for c in nb["cells"] if c["id"] == name)


def place(nb, name):
    return nb["cells"].index(cell(nb, name))


def added(kind, source):
    return {"cell_type": kind, "source": source, "metadata": {}}


def pieces_of(change):
    nb = notebook(REFERENCE)
    change(nb)
    made = rebuild(read(json.dumps(nb).encode()), X0.plan)
    return made, {p.step.id: p for p in made.pieces if p.step}


def blank_words(nb):
    cell(nb, WORDS)["source"] = STUB


def beside(nb, where, kind, source):
    blank_words(nb)
    nb["cells"].insert(place(nb, WORDS) + where, added(kind, source))


def in_the_question(nb):
    blank_words(nb)
    nb["cells"][place(nb, WORDS) - 1]["source"] += "\n\nFewer birds came to Deep Bay."


def in_japanese_without_names(nb):
    cell(nb, WORDS)["source"] = "二〇二五年に深圳湾で数えた鳥は減りました。"
    for each in nb["cells"]:
        each["metadata"] = {}
        each.pop("id")


def in_two_copies(nb):
    first = cell(nb, WORDS)
    first["source"] = "Fewer birds came to Deep Bay."
    second = copy.deepcopy(first) | {"source": "But they were more everywhere else."}
    nb["cells"].insert(place(nb, WORDS) + 1, second)


PLACES = {
    "below": (lambda nb: beside(nb, 1, "markdown", "Fewer birds came to Deep Bay."), "Fewer birds"),
    "above": (lambda nb: beside(nb, 0, "markdown", "Fewer birds came to Deep Bay."), "Fewer birds"),
    "in a comment": (lambda nb: beside(nb, 1, "code", "# Fewer birds came."), "# Fewer birds"),
    "in the question": (in_the_question, "Fewer birds"),
    "in Japanese, with no names left": (in_japanese_without_names, "二〇二五年"),
    "in two copies, the first": (in_two_copies, "Fewer birds"),
    "in two copies, the second": (in_two_copies, "everywhere else"),
}


@pytest.mark.parametrize("where", PLACES)
def test_words_are_read_wherever_they_stand(where):
    change, words = PLACES[where]
    made, found = pieces_of(change)
    assert found[WORDS].answered and words in found[WORDS].source, "nobody would mark it by hand"
    assert made.repairs
    assert sum(words in p.source for p in made.pieces) == 1


def test_no_words_are_no_answer():
    made, found = pieces_of(blank_words)
    assert not found[WORDS].answered and not made.repairs
    made, found = pieces_of(lambda nb: beside(nb, 1, "code", "print(6)"))
    assert not found[WORDS].answered


def add_to(name, before="", after=""):
    def change(nb):
        one = cell(nb, name)
        source = "".join(one["source"])
        one["source"] = before + source + after

    return change


def test_what_was_added_to_a_locked_cell_runs():
    made, found = pieces_of(add_to("prepare-izumi", after="\nmine = izumi.dropna()"))
    numbers = [n for n, p in enumerate(made.pieces) if p.source == "mine = izumi.dropna()"]
    assert numbers == [made.pieces.index(found["prepare-izumi"]) + 1]
    assert "'prepare-izumi' runs in a cell of its own" in made.repairs[0]
    made, found = pieces_of(add_to("prepare-izumi", before="import numpy as np\n"))
    assert made.pieces[made.pieces.index(found["prepare-izumi"]) - 1].source == "import numpy as np"


def test_an_answer_in_the_cell_of_a_check_stands_before_it():
    def change(nb):
        cell(nb, "usual-mean")["source"] = "usual_mean = ..."
        add_to("usual-mean-check", after=f"\n{MEAN}")(nb)

    made, found = pieces_of(change)
    check = made.pieces.index(found["usual-mean-check"])
    assert made.pieces[check - 1].source == MEAN
    assert made.pieces[check].source == next(
        s.released for s in X0.plan if s.id == "usual-mean-check"
    )


def test_a_locked_cell_that_was_rewritten_is_the_original():
    made, _ = pieces_of(lambda nb: cell(nb, "prepare-izumi").update(source="izumi = 'mine'"))
    assert not [p for p in made.pieces if "mine" in p.source]
    assert "the original counts" in made.repairs[0]


def test_an_answer_that_moved_in_with_another_is_not_undone():
    def change(nb):
        cell(nb, "winters-without-count")["source"] = (
            REFERENCE["winters-without-count"] + "\n" + MEAN
        )
        nb["cells"].remove(cell(nb, "usual-mean"))

    made, found = pieces_of(change)
    assert found["usual-mean"].source == "" and found["usual-mean"].answered
    assert "the answer 'usual-mean' stood in another cell" in made.repairs


@pytest.fixture
def home(tmp_path):
    return Cohort(tmp_path / "class")


def lay(tmp_path, name, nb, seconds=0):
    path = tmp_path / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
    when = 1_700_000_000 + seconds
    os.utime(path, (when, when))
    return tmp_path / "inbox"


def test_a_notebook_of_another_assignment_takes_nobodys_place(tmp_path, home):
    other = Assignment.find("X1")
    lay(tmp_path, f"Ana/{NAME}", notebook(REFERENCE))
    inbox = lay(tmp_path, f"Ana/{other.name}.ipynb", notebook({}, other), 60)
    listed = collect(inbox, "X0", home)
    assert [e.file for e in listed.current()] == [f"Ana/{NAME}"]
    assert "it is the notebook of X1, and X0 is collected here" in listed.refusals()[0].reason
    assert {one.path.stem: len(one.current()) for one in collect_all(inbox, home)} == {
        X0.name: 1,
        other.name: 1,
    }


def test_a_notebook_with_one_name_left_is_not_said_to_be_another(tmp_path, home):
    nb = notebook(REFERENCE)
    for each in nb["cells"]:
        if each["id"] != "start":  # a name that several assignments have
            each["metadata"], each["id"] = {}, "x"
    for number, each in enumerate(nb["cells"]):
        each["id"] = each["id"] if each["id"] == "start" else f"x{number}"
    listed = collect(lay(tmp_path, f"Ana/{NAME}", nb), "X0", home)
    assert [e.student for e in listed.current()] == ["Ana"], listed.refusals()


def test_a_file_refused_for_doubt_has_an_owner_once_the_doubt_is_gone(tmp_path, home):
    nb = notebook(REFERENCE)
    lay(tmp_path, f"Group 1/Anna Kim/{NAME}", nb)
    inbox = lay(tmp_path, f"Group 2/Anna Kim/{NAME}", nb)
    (refused,) = collect(inbox, "X0", home).refusals()
    assert "rename this file's folder" in refused.reason
    other = Path(refused.file).parent
    (inbox / other).rename(inbox / other.with_name("Anna Kim B"))
    listed = collect(inbox, "X0", home)
    assert {e.student for e in listed.current()} >= {"Anna Kim", "Anna Kim B"}
    assert all(e.student for e in listed.entries if e.state == m.COLLECTED)


def test_a_refused_file_that_can_be_read_at_last_has_its_owner_back(tmp_path):
    listed = m.Manifest(tmp_path / f"{X0.name}.csv")
    old = m.Entry(f"Ana/{NAME}", "", m.REFUSED, "in doubt", sha256="a")
    listed.entries.append(old)
    listed.add(m.Entry(f"Ana/{NAME}", "Ana", sha256="a"))
    assert (old.state, old.student) == (m.COLLECTED, "Ana")


def test_of_two_files_that_could_not_be_run_the_newer_is_tried_again(tmp_path):
    failed = [
        m.Entry(
            f"Ana/{n}.ipynb", "Ana", m.REFUSED, "x", time=f"2026-05-0{n}", tests="t", sha256=str(n)
        )
        for n in (2, 1)
    ]
    assert [e.sha256 for e in m.Manifest(tmp_path / "x.csv", failed).to_retry()] == ["2"]


def test_a_large_notebook_of_nobody_is_not_called_empty(tmp_path, home):
    lay(tmp_path, f"Ana/{NAME}", notebook(REFERENCE))
    stray = {"cells": [added("code", "x = 1 #" + "x" * 900) for _ in range(1600)], "nbformat": 4}
    listed = collect_all(lay(tmp_path, "Bat/thesis.ipynb", stray), home)
    assert [e.reason[:22] for e in listed[0].refusals()] == ["it is another notebook"]


def test_the_version_that_was_handed_in_last_counts(tmp_path, home):
    one, two = notebook(REFERENCE), notebook({})
    for seconds, nb in enumerate((one, two, one)):
        listed = collect(lay(tmp_path, f"Ana/{NAME}", nb, seconds), "X0", home)
    (entry,) = listed.current()
    found = {p.step.id: p.source for p in rebuilt_of(entry, X0, home).pieces if p.step}
    assert found["usual-mean"] == MEAN
    assert len(listed.entries) == 2


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (NAME, f"{X0.name} (1).ipynb"),
        (f"{X0.name} (2).ipynb", f"{X0.name} (10).ipynb"),
        ("ana_4444_999_x0.ipynb", "ana_4444_1001_x0.ipynb"),
    ],
)
def test_of_two_files_of_one_minute_the_later_copy_counts(tmp_path, home, older, newer):
    lay(tmp_path, f"Ana/{older}", notebook({}))
    listed = collect(lay(tmp_path, f"Ana/{newer}", notebook(REFERENCE)), "X0", home)
    assert [e.file for e in listed.current()] == [f"Ana/{newer}"]


@pytest.mark.parametrize("place", ["class", ".", "class/submitted"])
def test_the_classes_own_folder_is_not_handed_in(tmp_path, home, place):
    collect(lay(tmp_path, f"Ana/{NAME}", notebook(REFERENCE)), "X0", home)
    with pytest.raises(GradingError, match="where the class 'class' itself is kept"):
        collect(tmp_path / place, "X0", home)
    assert len(m.Manifest.load(home.manifest_path(X0.name)).entries) == 1


def test_a_file_that_nobody_foresaw_stops_no_other(tmp_path, home, monkeypatch):
    def fail(data):
        if b"strange" in data:
            raise RecursionError("deep")
        return read(data)

    monkeypatch.setattr(intake, "read", fail)
    lay(tmp_path, f"Ana/{NAME}", notebook({"usual-mean": "strange"}))
    listed = collect(lay(tmp_path, f"Bat/{NAME}", notebook(REFERENCE)), "X0", home)
    assert [e.student for e in listed.current()] == ["Bat"]
    assert "it cannot be read (RecursionError)" in listed.refusals()[0].reason


def test_what_fails_only_when_it_is_put_in_place_stops_no_other(tmp_path, home, monkeypatch):
    read_so_far = []

    def fail_later(data):
        read_so_far.append(data)
        if b"strange" in data and read_so_far.count(data) > 1:
            raise RecursionError("deep")
        return read(data)

    monkeypatch.setattr(intake, "read", fail_later)
    lay(tmp_path, f"Ana/{NAME}", notebook({"usual-mean": "strange"}))
    listed = collect(lay(tmp_path, f"Bat/{NAME}", notebook(REFERENCE)), "X0", home)
    assert [e.student for e in listed.current()] == ["Bat"]
    assert "it cannot be read (RecursionError)" in listed.refusals()[0].reason


def grade_without_a_sandbox(home, monkeypatch, run):
    """Grade what is collected; `run` says what a notebook's run gives."""

    class Pool(pool.Pool):
        def __init__(self, asked, *others):
            self.size = 1

        __enter__, __exit__ = lambda self: self, lambda self, *error: None
        rehearse = close = lambda self, *kept: None
        set_up_desk = lambda self: None  # noqa: E731
        grade = staticmethod(run)

    monkeypatch.setattr(pool, "Pool", Pool)
    monkeypatch.setattr(machine, "examine", lambda say: None)
    return grade("X0", home)


NOTHING = Outcome(dict.fromkeys((s.id for s in X0.plan if s.kind == "test"), 0.0))


def test_what_nobody_foresaw_in_one_outcome_stops_no_other(tmp_path, home, monkeypatch):
    def run(rebuilt):
        if "strange" in rebuilt.answers()["usual-mean"]:
            raise TypeError("odd")
        return NOTHING

    lay(tmp_path, f"Ana/{NAME}", notebook({"usual-mean": "strange"}))
    collect(lay(tmp_path, f"Bat/{NAME}", notebook(REFERENCE)), "X0", home)
    listed = grade_without_a_sandbox(home, monkeypatch, run)
    assert [e.student for e in listed.graded("X0")] == ["Bat"]
    assert "it could not be run (TypeError: odd)" in listed.refusals()[0].reason


def test_a_class_is_not_in_memory_all_at_once(tmp_path, home, monkeypatch):
    monkeypatch.setattr(engine, "LETTERS_IN_MEMORY", 0)
    held = []

    def run(rebuilt):
        held.append(sum(isinstance(thing, Rebuilt) for thing in gc.get_objects()))
        return NOTHING

    for number in range(8):
        inbox = lay(
            tmp_path, f"P{number}/{NAME}", notebook({"usual-mean": f"usual_mean = {number}"})
        )
    collect(inbox, "X0", home)
    before = sum(isinstance(thing, Rebuilt) for thing in gc.get_objects())
    assert len(grade_without_a_sandbox(home, monkeypatch, run).graded("X0")) == 8
    assert max(held) <= before + 2, held


def test_python_reads_each_cell_once_and_no_long_one(monkeypatch):
    read_before, asked = ast.parse, []
    monkeypatch.setattr(ast, "parse", lambda text, *more: asked.append(text) or read_before("1"))
    pieces._parsed.cache_clear()
    own = [f"own{n} = {n}" for n in range(40)]
    rebuild(Handed([Cell("code", MEAN, "usual-mean"), *(Cell("code", c) for c in own)]), X0.plan)
    assert 40 <= sum(text in own for text in asked) <= 2 * 40
    # of such a name, Python's grammar keeps each beginning
    long = [Cell("code", MEAN, "usual-mean"), Cell("code", "import a" + ".a" * 190_000)]
    assert rebuild(Handed(long), X0.plan).pieces
    assert max(map(len, asked)) <= LONGEST_PARSED


@pytest.mark.parametrize("signs", [2_000, 2_960, 2_970, 2_980, 19_000, 390_000])
def test_code_too_deep_for_python_gives_its_names_at_any_depth_of_calls(signs):
    deep = "usual_mean = 1\nx = " + "-" * signs + "1"
    cells = [Cell("code", deep, "birds-2025")]
    made = rebuild(Handed(cells), X0.plan)
    assert "the answer 'usual-mean' stood in another cell" in made.repairs


def test_many_long_cells_are_matched_in_linear_time():
    """Each cell is read a few times, and not once for each cell of the assignment."""

    class Counted(str):
        reads = 0

        def strip(self, *given):
            Counted.reads += 1
            return str.strip(self, *given)

    many = [Cell("code", Counted(f"a{n} = {n}")) for n in range(300)]
    rebuild(Handed([*many, Cell("code", MEAN, mark="usual-mean")]), X0.plan)
    assert Counted.reads <= 3 * len(many)

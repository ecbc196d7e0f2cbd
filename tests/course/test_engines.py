"""Both engines give the same marks; a killed run loses nothing; no sandbox, no grading."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import a_class
import ordinary

from flyway_course.grading import outcome, plan, pool
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.assignments import known_assignments
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.records import sheets
from flyway_course.grading.sandbox import machine, session
from flyway_course.grading.sandbox.box import BoxError
from flyway_course.paths import EXERCISES, ROOT, SOLUTIONS

PLANTED = Path(__file__).parent / "mutants"
each_assignment = pytest.mark.parametrize("name", sorted(known_assignments().values()))


def hand_in(folder, people, asked):
    for who, answers in people.items():
        path = folder / "inbox" / who / f"{asked.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(a_class.notebook(answers, asked)), encoding="utf-8")
    return folder / "inbox"


def honest(asked):
    """The reference, the untouched exercise, half of the work, and the usual mistakes."""
    answers = {s.id: s.source for s in asked.plan if s.kind in (plan.ANSWER, plan.WRITTEN)}
    half = dict(list(answers.items())[: len(answers) // 2])
    people = {"reference": answers, "blank": {}, "half": half}
    path = PLANTED / f"{asked.name}.toml"
    if path.exists():
        planted = tomllib.loads(path.read_text(encoding="utf-8"))
        for turn in range(3):
            wrong = {
                cell: list(named.values())[turn % len(named)] for cell, named in planted.items()
            }
            people[f"mistakes {turn}"] = answers | wrong
    return people


def marks(home, asked):
    found = sheets.read(home, asked.name)
    return {
        who: {name: (mark.score, mark.points, mark.waits) for name, mark in sheet.marks.items()}
        for who, sheet in found.items()
    }


@pytest.mark.slow
@each_assignment
def test_both_engines_agree_to_the_cell(tmp_path, name):
    ordinary.need_sandbox()
    asked = Assignment.find(name)
    people = honest(asked)
    inbox = hand_in(tmp_path, people, asked)
    found = {}
    for engine in ("sandbox", "nbgrader"):
        home = Cohort(tmp_path / engine)
        collect(inbox, name, home)
        listed = grade(name, home, engine=engine, unsafe=engine == "nbgrader")
        assert listed.count() == {m.GRADED: len(people)}
        found[engine] = marks(home, asked)
    assert found["sandbox"] == found["nbgrader"]
    tests = {s.id: s.points for s in asked.plan if s.kind == plan.TEST}
    earned = {t: found["sandbox"]["reference"][t][0] for t in tests}
    assert earned == tests


class FullMachine:
    """A sandbox that can begin no more processes."""

    machine = machine.Machine("bwrap")

    def fork(self, role, files):
        return 1

    def ended(self, number, seconds):
        return False

    def stop(self, number):
        pass


def test_a_process_that_could_not_begin_is_nobodys_mark():
    cells, judged = [{"source": "x = 1"}], [{"kind": "test", "id": "t", "witness": 0}]
    with pytest.raises(BoxError, match="could not begin a process"):
        session.take(FullMachine, FullMachine(), cells, judged, {}, session.Bounds())
    said = session.Testimony()
    with pytest.raises(BoxError, match="lost the process of the tests"):
        session._judge(FullMachine(), {"cells": judged}, [], said, session.Bounds())
    assert not said.tests


def test_a_second_run_has_as_much_time_as_the_first(monkeypatch):
    given = []

    def once(*asked, careful):
        given.append((asked[5], careful))
        return session.Testimony(end="done", lost=not careful)

    monkeypatch.setattr(session, "_take_once", once)
    bounds = session.Bounds(seconds=60, seconds_tests=0)  # the tests have used up their own
    session.take(FullMachine, FullMachine(), [], [], {}, bounds)
    assert given == [(bounds, False), (bounds, True)]


class CountingPool:
    """Stands in the sandbox's place: it runs nothing and says which code it was given."""

    size, given = 2, []

    def __init__(self, *unused):
        CountingPool.given = []

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        pass

    def rehearse(self, kept):
        pass

    set_up_desk = __exit__

    def grade(self, rebuilt):
        text = "\n".join(piece.source for piece in rebuilt.pieces if piece.kind == "code")
        CountingPool.given.append(text)
        if "broken" in text:
            raise GradingError("the sandbox has ended")
        scores = {p.step.id: 1.0 for p in rebuilt.pieces if p.step and p.step.kind == plan.TEST}
        return outcome.Outcome(scores, seen={"name": "first" if "first" in text else "other"})


def test_the_same_code_is_run_once_for_all_who_handed_it_in(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "Pool", CountingPool)
    monkeypatch.setattr(machine, "examine", lambda say: None)
    x0 = a_class.X0
    own = {who: {"for-the-warden": f"{who}: fewer birds in Deep Bay."} for who in "ABCDE"}
    own["A"]["birds-2025"] = "birds_2025 = 1  # first"
    own["B"]["birds-2025"] = own["A"]["birds-2025"]
    own["C"]["birds-2025"] = "birds_2025 = 1  # second"
    own["D"]["birds-2025"] = own["E"]["birds-2025"] = "broken"
    home = Cohort(tmp_path / "class")
    collect(hand_in(tmp_path, own, x0), "X0", home)
    told = []
    listed = grade("X0", home, progress=lambda *said: told.append(said))
    assert sorted(t.count("first") for t in CountingPool.given) == [0, 0, 1]
    assert sorted(who for *_, who in told) == list("ABCDE")
    assert sorted(done for done, *_ in told) == [1, 2, 3, 4, 5]
    ran = {e.student: e.program for e in listed.entries}
    assert ran["A"] == ran["B"] != ran["C"]
    states = {e.student: e.state for e in listed.entries}
    assert states == dict.fromkeys("ABC", m.GRADED) | dict.fromkeys("DE", m.REFUSED)
    for who in "AB":  # one run, and yet each keeps their own words
        text = home.graded(who, x0.name).read_text(encoding="utf-8")
        assert f"{who}: fewer birds" in text and sheets.read(home, x0.name)[who]
    grade("X0", home)
    assert [t.count("broken") for t in CountingPool.given] == [1]  # what failed, once more for both
    grade("X0", home, again=True)
    assert len(CountingPool.given) == 3


@each_assignment
def test_what_is_released_is_what_the_graders_compare_with(name):
    asked = Assignment.find(name)
    nb = json.loads((EXERCISES / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell, step in zip(nb["cells"], asked.plan, strict=True):
        assert plan.text_of(cell) == step.released, step.id
        if mark := cell["metadata"].get("nbgrader"):
            assert mark["checksum"] == asked.checksum(step), step.id


@each_assignment
def test_no_hidden_line_is_given_to_the_trainees_side(name):
    from flyway_course.grading import hidden
    from flyway_course.grading.answers.rebuild import Piece
    from flyway_course.grading.pool import student_side

    asked = Assignment.find(name)
    pieces = [Piece(s, s.released, "code" if s.is_code else "markdown") for s in asked.plan]
    cells, _ = student_side(pieces, asked)
    given = json.dumps(cells)
    lines = [line for s in asked.plan for line in hidden.hidden_lines(s.source) if len(line) > 12]
    assert lines
    assert not [line for line in lines if json.dumps(line)[1:-1] in given]


def test_a_new_gradebook_is_that_of_nbgrader(tmp_path):
    import sqlite3

    from nbgrader.api import Gradebook

    from flyway_course.grading.records import gradebook
    from flyway_course.paths import put_tools_on_path

    put_tools_on_path()
    Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}").close()
    home = Cohort(tmp_path / "class")
    with gradebook.writing(home):
        pass
    shapes = []
    for path in (tmp_path / "theirs.db", home.gradebook):
        book = sqlite3.connect(path)
        shape = {
            table: book.execute(f"PRAGMA table_info({table})").fetchall()
            for (table,) in book.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }
        shapes.append((shape, book.execute("SELECT * FROM alembic_version").fetchall()))
        book.close()
    assert shapes[0] == shapes[1]


STOPS = ["executing", "recording", "writing", "listing"]
KILLED = """
import os, signal, sys
from pathlib import Path
from flyway_course.grading import engine
from flyway_course.grading.records import gradebook
from flyway_course.grading.intake import manifest
from flyway_course.grading.cohort import Cohort
where, folder = sys.argv[1], Path(sys.argv[2])
def die(*a, **k): os.kill(os.getpid(), signal.SIGKILL)
def after(n, function):
    def wrapped(*a, **k):
        nonlocal n
        n -= 1
        return die() if n < 0 else function(*a, **k)
    return wrapped
if where == "executing": engine.Outcome.save = after(2, engine.Outcome.save)
if where == "recording": gradebook.record = after(2, gradebook.record)
if where == "writing": engine.graded_notebook.compose = after(2, engine.graded_notebook.compose)
if where == "listing": manifest.Manifest.save = die
engine.grade("X0", Cohort(folder))
"""


@pytest.mark.slow
@pytest.mark.parametrize("where", STOPS)
def test_killed_at_any_moment_and_run_again_it_ends_as_if_not_killed(tmp_path, where):
    ordinary.need_sandbox()
    right = a_class.REFERENCE
    people = {
        f"T{n}": right | {"usual-mean": f"own = {n}\n{right['usual-mean']}"} for n in range(4)
    }
    inbox = hand_in(tmp_path, people, a_class.X0)
    home = Cohort(tmp_path / "class")
    collect(inbox, "X0", home)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, where, str(home.folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    ran = []
    listed = grade("X0", home, progress=lambda number, total, who: ran.append(who))
    assert len(ran) == (3 if where == "executing" else 0), "what was done is not done again"
    assert listed.count() == {m.GRADED: 4}
    whole = Cohort(tmp_path / "whole")
    collect(inbox, "X0", whole)
    grade("X0", whole)
    assert marks(home, a_class.X0) == marks(whole, a_class.X0)
    for who in people:
        one, other = (h.graded(who, a_class.X0.name).read_bytes() for h in (home, whole))
        assert one == other
    left = list(home.folder.rglob("*.new"))
    assert grade("X0", home).count() == {m.GRADED: 4}
    assert not [p for p in left if p.suffix == ".db"]


def test_without_a_sandbox_nobody_is_graded(tmp_path, monkeypatch):
    inbox = hand_in(tmp_path, {"Ana": {}}, a_class.X0)
    home = Cohort(tmp_path / "class")
    collect(inbox, "X0", home)
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    monkeypatch.setattr(machine, "can_install", lambda: False)
    with pytest.raises(GradingError, match=r"sudo apt install bubblewrap.*--unsafe"):
        grade("X0", home)
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    with pytest.raises(GradingError, match=r"macOS has no sandbox.*container.*hub"):
        grade("X0", home)
    assert not home.gradebook.exists()


@pytest.mark.slow
def test_where_rooms_cannot_be_nested_each_gets_a_sandbox_of_its_own(tmp_path, monkeypatch):
    from dataclasses import replace

    found = replace(ordinary.need_sandbox(), nested=False)
    monkeypatch.setattr(machine, "examine", lambda say: found)
    people = {
        "Ana": a_class.REFERENCE,
        "Bat": a_class.REFERENCE | {"usual-mean": "open('left', 'w').write('x'); usual_mean = 1"},
        "Chen": a_class.REFERENCE
        | {"usual-mean": "import os\nprint(os.path.exists('left'), os.path.exists('/root'))"},
    }
    home = Cohort(tmp_path / "class")
    collect(hand_in(tmp_path, people, a_class.X0), "X0", home)
    grade("X0", home)
    scores = {who: sheet.score for who, sheet in sheets.read(home, a_class.X0.name).items()}
    assert scores == {"Ana": 17, "Bat": 14, "Chen": 14}
    page = home.graded("Chen", a_class.X0.name).read_text(encoding="utf-8")
    assert "False False" in page or "False True" in page


def test_functions_from_before_the_end_of_a_process_keep_their_points(tmp_path):
    ordinary.need_sandbox()
    right = a_class.REFERENCE
    dies = "def winters_without_count(table):\n    import os\n    os._exit(0)"
    people = {
        "Ana": right | {"usual-mean": "import os\nos._exit(0)"},
        "Bat": right | {"deep-bay-share": right["deep-bay-share"] + "\nshare_2014 = 0.5"},
        "Chen": right | {"winters-without-count": dies},
    }
    home = Cohort(tmp_path / "class")
    collect(hand_in(tmp_path, people, a_class.X0), "X0", home)
    grade("X0", home)
    found = marks(home, a_class.X0)
    passed = {
        who: {test for test, (score, points, _) in own.items() if score == points}
        for who, own in found.items()
    }
    tests = {s.id for s in a_class.X0.plan if s.kind == plan.TEST}
    after = {"usual-mean-check", "usual-mean-graded", "chart-check", "chart-graded"}
    assert passed["Ana"] & tests == tests - after
    assert passed["Bat"] & tests == tests - {"deep-bay-share-graded"}
    assert passed["Chen"] & tests == {t for t in tests if not t.startswith("winters-without")}


def test_a_reference_that_fails_its_own_tests_stops_the_run(tmp_path):
    ordinary.need_sandbox()
    name = a_class.X0.name
    nb = json.loads((SOLUTIONS / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "usual-mean":
            cell["source"] = "### BEGIN SOLUTION\nusual_mean = 1\n### END SOLUTION"
    (tmp_path / "s" / name).mkdir(parents=True)
    (tmp_path / "s" / name / f"{name}.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    home = Cohort(tmp_path / "class", solutions=tmp_path / "s")
    collect(hand_in(tmp_path, {"Ana": {}}, a_class.X0), "X0", home)
    with pytest.raises(GradingError, match=r"does not pass its own test 'usual-mean-check'"):
        grade("X0", home)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_two_runs_do_not_write_at_the_same_time(tmp_path):
    home = Cohort(tmp_path / "class")
    inbox = hand_in(tmp_path, {"Ana": {}}, a_class.X0)
    with home.one_writer():
        for command in (collect, lambda *given: grade(*given[1:])):
            with pytest.raises(GradingError, match="Another command is at work"):
                command(inbox, "X0", home)
    assert collect(inbox, "X0", home).count() == {m.COLLECTED: 1}

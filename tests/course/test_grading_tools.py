"""Classes, rosters, exports, reports, copies of the gradebook, and what decides who defines a name."""

import csv
import json
import sqlite3

import pandas as pd
import pytest
from by_hand import by_hand

from flyway_course.grading import graded_notebook, hidden, outcome, plan, stock
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.authoring import rules
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.marks import export
from flyway_course.grading.outcome import Outcome, key, safe_outputs
from flyway_course.grading.people.roster import new, people, read
from flyway_course.grading.records import gradebook, sheets
from flyway_course.grading.records.gradebook import Marks
from flyway_course.grading.report import report
from flyway_course.grading.sandbox.inside import asking
from flyway_course.grading.sandbox.session import Bounds

X0 = Assignment.find("X0")
TESTS = {s.id: s.points for s in X0.plan if s.kind == plan.TEST}
ANSWERS = [s.id for s in X0.plan if s.kind in (plan.ANSWER, plan.WRITTEN)]


def digest_of(home):
    return X0.digest(X0.files(home.folder), home.seed())


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def record(home, who, scores=TESTS, changed=(), answered=True):
    with gradebook.writing(home) as book:
        notebook = gradebook.save_assignment(book, X0, home)
        marks = Marks(
            scores, dict.fromkeys(ANSWERS, answered), frozenset(changed), "2026-05-01 10:00:00"
        )
        gradebook.record(book, X0, notebook, who, marks)


@pytest.fixture
def a_class(tmp_path):
    """Three trainees on record: all right, one mistake, refused; and one of the roster who is absent."""
    roster = tmp_path / "people.csv"
    roster.write_text(
        "Full name;Identifier;Email address\nAna Kim;Participant 11;ana@example.org\n"
        "Бат;Participant 12;bat@example.org\n=SUM(A1);Participant 13;x\nAbsent Anna;14;\n",
        encoding="utf-8-sig",
    )
    home = new("may", roster, Cohort(tmp_path / "may"))
    listed = m.Manifest(home.manifest_path(X0.name))
    tests = digest_of(home)
    for who in ("Ana Kim", "Бат"):
        entry = m.Entry(f"{who}/x0.ipynb", who, m.GRADED, tests=tests, engine="sandbox")
        entry.program = who
        listed.entries.append(entry)
        wrong = {"usual-mean-graded": 0.0} if who == "Бат" else {}
        record(home, who, TESTS | wrong)
        said = dict.fromkeys(wrong, "This is the median.")
        slow = who == "Бат"
        took = {"usual-mean": 9.0 if slow else 0.5, "usual-mean-check": 0.5, "chart-check": 0.25}
        made = Outcome(TESTS | wrong, said, seen={"usual_mean": "12.5"}, seconds=1.0, took=took)
        made.save(home.folder / "outcomes" / X0.name / f"{key(who, tests)}.json")
    listed.entries.append(m.Entry("=x/x0.ipynb", "-SUM(A1)", m.REFUSED, "the file is damaged"))
    listed.save()
    return home


def test_a_class_has_its_folder_its_people_and_a_private_seed(a_class, tmp_path):
    assert [p.name for p in people(a_class)] == ["Ana Kim", "Бат", "SUM(A1)", "Absent Anna"]
    assert people(a_class)[0].moodle == "11"
    assert a_class.seed().isdigit()
    assert oct(a_class.seed_path.stat().st_mode)[-3:] == "600"
    assert new("june", None, Cohort(tmp_path / "june")).seed() != a_class.seed()
    with pytest.raises(GradingError, match="already"):
        new("may", None, a_class)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "no column of names"),
        ("name\nAna\nana\n", "is there twice"),
        ("name,id\n,7\n", "there is no name"),
    ],
)
def test_a_roster_that_cannot_be_read_is_named(tmp_path, text, says):
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GradingError, match=says):
        read(path)


def test_rosters_of_platforms_are_read(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("First name\tSurname\tEmail\nMin Ji\tKim\tk@x\n", encoding="utf-16")
    assert [(p.name, p.email) for p in read(path)] == [("Min Ji Kim", "k@x")]


def test_pending_is_never_a_final_mark_in_any_table(a_class):
    rows = {r["student"]: r for r in rows_of(export("X0", "csv", a_class))}
    assert rows["Ana Kim"]["score"] == "" and rows["Ana Kim"]["status"].startswith("pending")
    assert rows["'-SUM(A1)"]["status"] == "refused"
    assert rows["Absent Anna"]["status"] == "nothing handed in"
    moodle = {r["Full name"]: r for r in rows_of(export("X0", "moodle", a_class))}
    assert moodle["Ana Kim"]["Identifier"] == "Participant 11"
    assert moodle["Ana Kim"]["Grade"] == ""
    by_hand(a_class, "Ana Kim", "for-the-warden", 2)
    moodle = {r["Full name"]: r for r in rows_of(export("X0", "moodle", a_class))}
    assert (float(moodle["Ana Kim"]["Grade"]), moodle["Бат"]["Grade"]) == (19, "")
    canvas = rows_of(export("X0", "canvas", a_class))
    title = list(canvas[0])[-1]
    assert canvas[0]["Student"].strip() == "Points Possible" and float(canvas[0][title]) == 20
    assert {r["Student"]: r[title] for r in canvas}["Ana Kim"] == "19.0"


def test_the_report_says_what_to_look_at(a_class):
    found = report("X0", a_class)
    task = next(t for t in found.tasks if t.name == "usual-mean-graded")
    assert (task.passed, task.tried) == (1, 2)
    assert task.answers == {"usual_mean = 12.5": 1}
    times = {t.name: (t.time, t.slowest) for t in found.tasks}
    assert times["usual-mean-check"] == ("5.25 s", ["10 s for Бат"])  # the answer's time is in it
    assert times["chart-check"] == ("0.25 s", [])
    assert times["usual-mean-graded"] == ("-", [])
    text = found.text()
    assert "          10 s for Бат" in text.splitlines()
    assert "1 x This is the median." in text
    assert "Absent Anna: nothing handed in" in text
    assert "-SUM(A1): the file is damaged" in text
    assert "2 answers wait to be marked by hand." in text
    assert "NOT SAFE" not in text


@pytest.mark.parametrize(("value", "told"), [("12.5", 1), ("10.25", 0), ("'…'" + "x" * 77, 0)])
def test_a_right_value_or_one_cut_short_is_no_usual_wrong_answer(a_class, value, told):
    outcomes, tests = a_class.folder / "outcomes" / X0.name, digest_of(a_class)
    right = outcome.of_the_reference(a_class.folder, X0.name, tests)
    Outcome(TESTS, seen={"usual_mean": "10.250000000000002"}).save(right)
    mine = outcomes / f"{key('Бат', tests)}.json"
    made = Outcome.load(mine)
    made.seen = {"usual_mean": value}
    made.save(mine)
    task = next(t for t in report("X0", a_class).tasks if t.name == "usual-mean-graded")
    assert sum(task.answers.values()) == told


def test_the_report_names_those_who_handed_in_the_same_code(a_class):
    assert "The same code" not in report("X0", a_class).text()
    listed = m.Manifest.load(a_class.manifest_path(X0.name))
    place, tests = a_class.folder / "outcomes" / X0.name, digest_of(a_class)
    for program, scores, names in (
        ("p", TESTS, ["Yuki", "Minji"]),
        ("blank", {}, ["Hana", "Bold"]),
    ):
        for who in names:
            listed.entries.append(
                m.Entry(f"{who}/x0.ipynb", who, m.GRADED, tests=tests, program=program)
            )
        Outcome(dict.fromkeys(TESTS, 0.0) | scores, seconds=4.0).save(
            place / f"{key(program, tests)}.json"
        )
    listed.save()
    found = report("X0", a_class)
    assert found.alike == [["Minji", "Yuki"]]  # an empty notebook says nothing about anybody
    assert "  Minji, Yuki" in found.text().splitlines()
    assert found.seconds == 2 * 1.0 + 2 * 4.0  # each code ran once


def test_work_graded_without_a_sandbox_marks_the_report(a_class):
    listed = m.Manifest.load(a_class.manifest_path(X0.name))
    listed.entries[0].engine = stock.ENGINE
    listed.entries[0].tests = stock.digest(X0)
    listed.save()
    assert (
        "NOT SAFE: some work was graded by nbgrader, without a sandbox"
        in report("X0", a_class).text()
    )
    rows = {r["student"]: r for r in rows_of(export("X0", "csv", a_class))}
    assert "without a sandbox" in rows["Ana Kim"]["note"]


def test_marks_by_hand_stay_and_a_changed_answer_is_looked_at_again(a_class):
    by_hand(a_class, "Ana Kim", "for-the-warden", 2)
    record(a_class, "Ana Kim")
    mark = sheets.read(a_class, X0.name)["Ana Kim"].marks["for-the-warden"]
    assert (mark.score, mark.waits) == (2, False)
    record(a_class, "Ana Kim", changed=["for-the-warden"])
    mark = sheets.read(a_class, X0.name)["Ana Kim"].marks["for-the-warden"]
    assert (mark.score, mark.waits) == (2, True)
    by_hand(a_class, "Ana Kim", "chart-check", 0.5)
    record(a_class, "Ana Kim", TESTS | {"chart-check": 0.0})
    mark = sheets.read(a_class, X0.name)["Ana Kim"].marks["chart-check"]
    assert (mark.score, mark.waits) == (0.5, True)


def test_a_copy_of_the_gradebook_comes_back(a_class):
    a_class.backup()
    record(a_class, "New Person")
    chosen, kept = a_class.restore()
    assert set(sheets.read(a_class, X0.name)) == {"Ana Kim", "Бат"}
    assert a_class.backups() == [chosen], "what restore puts aside has no number"
    a_class.restore(kept.stem)
    assert "New Person" in sheets.read(a_class, X0.name)
    with pytest.raises(GradingError, match="there is no number 99"):
        a_class.restore(99)


def test_a_failed_transaction_leaves_everything_as_it_was(a_class):
    before = sheets.read(a_class, X0.name)
    with pytest.raises(ZeroDivisionError), gradebook.writing(a_class) as book:
        book.execute("DELETE FROM grade")
        raise ZeroDivisionError
    assert sheets.read(a_class, X0.name) == before


def test_another_version_of_nbgrader_is_named(a_class):
    book = sqlite3.connect(a_class.gradebook)
    book.execute("UPDATE alembic_version SET version_num='other'")
    book.commit()
    book.close()
    with pytest.raises(GradingError, match="another version of nbgrader"):
        record(a_class, "Ana Kim")


def steps(*cells):
    made = []
    for number, (kind, source) in enumerate(cells):
        mark = {"grade_id": f"c{number}", "solution": kind == "answer", "grade": kind == "test"}
        mark |= {"locked": kind in ("setup", "test"), "points": 1}
        made.append({"cell_type": "code", "source": source, "metadata": {"nbgrader": mark}})
    return plan.steps(made)


def test_an_answer_owns_its_names_until_an_instructors_cell_gives_them():
    made = steps(
        ("setup", "table = 1\nimport numpy as np"),
        ("answer", "total = 2\ntable['x'] = 3\nrows.append(1)\ndef f(a):\n    inner = 1"),
        ("test", "assert f(total) == table and other, 'a b c d'"),
        ("setup", "table = 5"),
        ("setup", "later = total + 1"),
        ("test", "hidden = total\nassert later and table and hidden, 'a b c d'"),
    )
    assert made[1].names == {"total", "table", "rows", "f"}
    assert [s.theirs for s in made] == [False, False, False, False, True, False]
    assert plan.asked_names(made) == {0: ["f", "other", "table", "total"], 1: ["later", "total"]}
    kinds = [(c["kind"], c.get("id")) for c in plan.tests_side(made)]
    assert kinds == [
        ("setup", "c0"), ("answer", None), ("test", "c2"), ("setup", "c3"), ("answer", None), ("test", "c5"),
    ]  # fmt: skip


def test_a_test_that_runs_inside_is_told_to_its_author():
    import nbformat

    mark = {"grade": True, "solution": False, "locked": True, "grade_id": "t", "points": 1}
    cell = nbformat.v4.new_code_cell(
        "# check: a\n# engine: inside\nassert a, 'a b c d'", metadata={"nbgrader": mark}
    )
    nb = nbformat.v4.new_notebook(cells=[cell])
    assert "an answer can trick it" in rules.notes(nb)[0]
    made = plan.steps(json.loads(nbformat.writes(nb))["cells"])
    assert made[0].inside and plan.asked_names(made) == {0: None}


def test_what_a_cell_showed_is_text_and_pictures_only():
    bad = "<script>x</script>\x1b[31m\x00"
    shown = {
        "outputs": [
            {"text": bad}, {"png": "PHNjcmlwdD4="}, {"png": 7}, "x", None, {"html": bad}, {"kind": "stderr", "text": "w"},
        ],
        "error": ["E\x1b", bad],
    }  # fmt: skip
    made = safe_outputs(shown)
    assert [o["output_type"] for o in made] == ["stream", "stream", "error"]
    assert "\x1b" not in json.dumps(made) and "\\u0000" not in json.dumps(made)
    for forged in (None, [], {"outputs": 7}, {"outputs": [[]], "error": [1]}):
        assert safe_outputs(forged) == []


@pytest.mark.parametrize(
    "forged", [None, "7", True, -1.0, float("nan"), float("inf"), 1e300, [1.0]]
)
def test_a_time_that_a_notebook_could_not_have_taken_counts_as_none(forged):
    assert outcome.seconds_of({"seconds": forged}) == 0.0
    assert outcome.seconds_of(forged) == 0.0
    assert outcome.seconds_of({"seconds": 1.23456}) == 1.235


def test_words_are_shown_letter_by_letter():
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    bad = "</code></pre>\n\n<script>x</script> [a](javascript:b) $\\href{javascript:c}{d}$ **bold**\n\n# head"
    page = markdown2html_mistune(graded_notebook.as_letters(bad))
    assert page.count("<") == 4, page
    assert "**bold**" in page


def test_files_find_their_own_assignment(tmp_path):
    import shutil

    from flyway_course.grading.intake.collecting import collect_all
    from flyway_course.paths import EXERCISES

    other = "x9-other"
    nb = json.loads(X0.path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        if mark := cell["metadata"].get("nbgrader"):
            mark["grade_id"] = cell["id"] = f"o-{mark['grade_id']}"
    (tmp_path / "s" / other).mkdir(parents=True)
    (tmp_path / "s" / other / f"{other}.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    shutil.copytree(X0.path.parent, tmp_path / "s" / X0.name)
    exercise = (EXERCISES / X0.name / f"{X0.name}.ipynb").read_bytes()
    for name, data in {
        "Ana/x0-first-counts.ipynb": exercise,
        "Bat/work.ipynb": exercise,
        "Chen/work.ipynb": json.dumps(nb).encode(),
        "Dorj/x9.ipynb": json.dumps(nb).encode(),
        "X0/Eun/x0-first-counts.ipynb": json.dumps(nb).encode(),
        "x9/Fumi/plan.ipynb": exercise,
        "photo.jpg": b"x",
    }.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    home = Cohort(tmp_path / "class", solutions=tmp_path / "s")
    listed = {one.path.stem: one for one in collect_all(tmp_path / "in", home)}
    assert {e.student for e in listed[X0.name].current()} == {"Ana", "Bat", "Fumi"}
    assert {e.student for e in listed[other].current()} == {"Chen", "Dorj", "Eun"}
    assert sum(len(one.entries) for one in listed.values()) == 7


def test_more_seconds_are_more_for_each_cell_and_its_checks():
    assert Bounds.within(60) == Bounds()
    longer = Bounds.within(300)
    assert (longer.seconds, longer.seconds_cell, longer.seconds_tests) == (300, 100, 300)
    assert (Bounds.within(5).seconds_cell, Bounds.within(5).seconds_tests) == (5, 60)


def test_progress_tells_the_time_left():
    from flyway_course.grading.command_parts import Clock

    clock = Clock()
    clock.began -= 10
    assert clock.left(10, 20) == "about 10 s left"
    assert clock.left(10, 1000).endswith("min left")
    assert clock.left(5, 5) == "done"


def test_inside_tests_and_signatures_cross():
    made = asking._signature([["table", 1, False], ["n", 1, True]])
    assert str(made) == "(table, n=None)"
    error = asking._known_error(["ValueError", "x"])
    assert isinstance(error, ValueError)
    assert isinstance(asking._known_error(["SystemExit", "0"]), asking.AnswerError)
    assert isinstance(asking._known_error(7), asking.AnswerError)
    assert error.told == "ValueError"
    assert asking._known_error(["SEENthirty", "forty"]).told == "Error"


class Answers:
    """A trainee's side that says something else each time it is asked."""

    def __init__(self, monkeypatch, *answers):
        self.asked, self.answers = [], list(answers)
        monkeypatch.setattr(asking.wire, "send", lambda link, question: self.asked.append(question))
        monkeypatch.setattr(asking.wire, "receive", lambda link: self.answers.pop(0))


def test_what_an_answer_does_to_its_arguments_changes_nothing_for_the_tests(monkeypatch):
    table = pd.DataFrame({"count": [30, 41]})
    emptied = asking.Encoder().encode(table.iloc[:0])
    Answers(
        monkeypatch, {"live": True}, {"value": 0, "changed": {"0": emptied}, "given": [emptied]}
    )
    witness = asking.Witness("a link")
    witness.meet()
    assert witness.stand_in(0, "total", None, None)(table) == 0
    assert list(table["count"]) == [30, 41]


def test_a_name_has_one_value_for_all_tests_of_a_point(monkeypatch):
    said = [{"value": {"D": [[1, word]]}} for word in ("sound", "double counting")]
    side = Answers(monkeypatch, {"live": True}, *said)
    witness = asking.Witness("a link")
    first, second = witness.get("verdicts"), witness.get("verdicts")
    assert first == second == (True, {1: "sound"})
    assert first[1] is not second[1], "one test must not change what the next one sees"
    assert side.asked == [{"get": "verdicts"}]


HIDES = """# check: the share
share
### BEGIN HIDDEN TESTS
from flyway.counts import secret_module as helper
def inner(argument):
    return argument + another
another = 1
assert inner(share) == helper.right, "Divide by all birds."
### END HIDDEN TESTS"""


def test_the_trainees_side_is_not_told_what_a_hidden_test_uses():
    mark = {"schema_version": 3, "task": False}
    answer = {"grade": False, "solution": True, "locked": False, "grade_id": "a", **mark}
    test = {"grade": True, "solution": False, "locked": True, "grade_id": "t", "points": 1, **mark}
    cells = [
        {"cell_type": "code", "source": "share = ...", "metadata": {"nbgrader": answer}},
        {"cell_type": "code", "source": HIDES, "metadata": {"nbgrader": test}},
    ]
    steps = plan.steps(cells)
    assert plan.asked_names(steps) == {0: ["share"]}
    (job,) = [one for one in plan.tests_side(steps) if one["kind"] == "test"]
    assert job["hidden"] == 3


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("AssertionError", "Divide by all birds.", "Divide by all birds."),
        ("AssertionError", "30 of 41", "when it was checked. Run"),
        ("NameError", "name 'share' is not defined", "The name share does not exist"),
        ("NameError", "name 'har' is not defined", "a name that does not exist"),
        ("KeyError", "30", "a column or a key that is not there. Run"),
        ("SEENthirty", "30", "stopped with an error when it was checked"),
        ("Error", "", "stopped with an error when it was checked"),
        ("exit", "", "stopped with an error when it was checked"),
    ],
)
def test_an_error_is_told_in_words_of_the_course(name, words, told):
    assert told in hidden.explain(HIDES, name, words)
    said = hidden.explain(HIDES, name, words)
    assert "30" not in said and "Error" not in said
    general = "stopped" in said and name != "NameError"
    assert ("If none stops" in said) == general
    assert "If none stops" not in hidden.explain("assert share(1, 4) == 0.25", name, words)

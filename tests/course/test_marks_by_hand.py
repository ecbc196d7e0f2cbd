"""A mark given by hand counts for the answer that a person has seen, and for no other."""

import pytest
from by_hand import by_hand
from without_sandbox import REFERENCE, X0, ana, lay, notebook, without_sandbox

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.records import sheets
from flyway_course.grading.report import report

WRITTEN, CHECK = "for-the-warden", "usual-mean-graded"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The check of the mean fails where the word `wrong` stands in the code."""

    def points(rebuilt, step):
        code = [p.source for p in rebuilt.pieces if p.kind == "code" and p.step != step]
        return 0.0 if step.id == CHECK and any("wrong" in one for one in code) else step.points

    without_sandbox(monkeypatch, points)
    return Cohort(tmp_path / "class")


def hand_in(home, answers, below_the_mean=""):
    """Hand in the reference with other answers, and with a cell below that of the mean."""
    nb = notebook(REFERENCE | answers)
    place = next(n for n, c in enumerate(nb["cells"]) if c["id"] == "usual-mean")
    one = {"cell_type": "code", "source": below_the_mean, "metadata": {}}
    nb["cells"].insert(place + 1, one)
    hand_in.times += 1
    collect(lay(home, ana(), nb, hand_in.times), "X0", home)
    return grade("X0", home)


hand_in.times = 0


def passed(home):
    return [task.name for task in report("X0", home).tasks if task.passed]


def mark(home, cell, who="Ana"):
    found = sheets.read(home, X0.name)[who].marks[cell]
    return found.score, found.waits


@pytest.mark.parametrize("again", ["'wrong, and another'", "9000"])
def test_a_check_marked_by_hand_waits_where_its_answer_is_another(home, again):
    hand_in(home, {"usual-mean": "usual_mean = 'wrong'"})
    by_hand(home, "Ana", CHECK, 2)
    hand_in(home, {"usual-mean": f"usual_mean = {again}"})
    assert mark(home, CHECK) == (2, True)


def test_more_points_for_a_check_wait_where_its_answer_is_another(home):
    hand_in(home, {})
    by_hand(home, "Ana", CHECK, None, extra=1)
    hand_in(home, {WRITTEN: "Fewer birds came."})
    assert mark(home, CHECK) == (3, False)
    assert len(passed(home)) == 12
    hand_in(home, {"usual-mean": "usual_mean = 9000"})
    assert mark(home, CHECK) == (3, True)
    assert len(passed(home)) == 11, "what waits is not said to hold"


def test_a_check_marked_by_hand_stays_where_another_answer_changed(home):
    hand_in(home, {"usual-mean": "usual_mean = 'wrong'"})
    by_hand(home, "Ana", CHECK, 2)
    hand_in(home, {"usual-mean": "usual_mean = 'wrong'", WRITTEN: "Fewer birds came."})
    assert mark(home, CHECK) == (2, False)


def test_a_check_marked_by_hand_waits_where_its_answer_stands_in_an_added_cell(home):
    dots = {"usual-mean": "usual_mean = ..."}
    hand_in(home, dots, "usual_mean = 'wrong'")
    by_hand(home, "Ana", CHECK, 2)
    hand_in(home, dots, "usual_mean = 'wrong'")
    assert mark(home, CHECK) == (2, False)
    hand_in(home, dots, "usual_mean = 'wrong, and another'")
    assert mark(home, CHECK) == (2, True)

"""A feedback page says what is true of the trainee's own work, in plain words."""

import csv
import html
import os
import re

import pytest
from by_hand import by_hand
from without_sandbox import HINT, REFERENCE, ana, lay, notebook, without_sandbox

from flyway_course.grading import outcome
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.errors import GradingError
from flyway_course.grading.feedback_pages import NO_ANSWER, feedback
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.marks import export
from flyway_course.grading.outcome import CUT_SHORT

CHECK = "usual-mean-graded"
MEAN = REFERENCE["usual-mean"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    without_sandbox(monkeypatch)
    return Cohort(tmp_path / "class")


def hand_in(home, nb, hours=0):
    collect(lay(home, ana(), nb, hours), "X0", home)
    return grade("X0", home)


def page(home):
    (path,) = feedback("X0", home)
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", path.read_text(encoding="utf-8"), flags=re.S)
    return " ".join(html.unescape(text).split())


def test_who_waits_for_a_page_is_told(home):
    hand_in(home, notebook(REFERENCE))
    told = []
    feedback("X0", home, told.append)
    collect(lay(home, ana("Bat"), REFERENCE), "X0", home)
    assert len(feedback("X0", home, told.append)) == 1
    assert told == [
        "Not graded yet, so without a new page: Bat. Run: python3 course.py grade X0 --cohort class"
    ]


@pytest.mark.parametrize("end", CUT_SHORT)
def test_a_sentence_has_one_end(end):
    assert re.search(r"\w(\(\))?[.?]$", outcome._why(None, None, end))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_no_page_is_written_while_another_command_is_at_work(home):
    hand_in(home, notebook(REFERENCE))
    with home.one_writer(), pytest.raises(GradingError, match="Another command is at work"):
        feedback("X0", home)


@pytest.mark.parametrize("below", ["usual-mean", "text-2a6890124e1c", "start"])
def test_an_answer_in_another_cell_is_not_said_to_be_missing(home, below):
    nb = notebook(REFERENCE | {"usual-mean": "usual_mean = ..."})
    place = next(n for n, c in enumerate(nb["cells"]) if c["id"] == below)
    nb["cells"].insert(place + 1, {"cell_type": "code", "source": MEAN, "metadata": {}})
    hand_in(home, nb)
    assert NO_ANSWER not in page(home)
    assert (" ".join(MEAN.split()) in page(home)) == (below != "start"), (
        "only what stands beside it"
    )


def test_a_check_with_points_given_by_hand_holds_and_needs_no_hint(home, monkeypatch):
    label = "The cancelled winter is out, and no blank was counted as zero"
    hand_in(home, notebook(REFERENCE))
    by_hand(home, "Ana", CHECK, None, extra=1)
    assert f"Right. {label} (3 of 2)" in page(home)
    without_sandbox(monkeypatch, lambda rebuilt, step: 0.0 if step.id == CHECK else step.points)
    hand_in(home, notebook(REFERENCE | {"usual-mean": "usual_mean = 1"}), 1)
    by_hand(home, "Ana", CHECK, None)
    assert f"Not yet. {label} (0 of 2) {HINT}" in page(home)
    by_hand(home, "Ana", CHECK, 2)
    assert f"Right. {label} (2 of 2)" in page(home)
    assert HINT not in page(home)


@pytest.mark.parametrize(("cell", "points"), [("for-the-warden", 3), ("usual-mean-graded", 2)])
def test_a_mark_that_waits_is_no_part_of_the_points_so_far(home, cell, points):
    hand_in(home, notebook(REFERENCE))
    by_hand(home, "Ana", "for-the-warden", 3)
    by_hand(home, "Ana", cell, points)
    assert "20 of 20 points." in page(home)
    name = cell.removesuffix("-graded")
    hand_in(home, notebook(REFERENCE | {name: f"{REFERENCE[name]}\n# another"}), 1)
    sure = 20 - points
    assert f"{sure} of 20 points so far. Your instructor still marks {points} points" in page(home)
    assert "Waits for your instructor" in page(home)
    with export("X0", "csv", home).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["score"], float(row["points_so_far"]), row[cell]) == ("", sure, "pending")

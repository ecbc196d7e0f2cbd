"""A mark given by hand counts for the answer that a person has seen, and for no other."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from by_hand import by_hand

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
from a_class import REFERENCE, X0, notebook

from flyway_course.grading import engine, sheets
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.intake import collect
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.plan import TEST

WRITTEN, CHECK = "for-the-warden", "usual-mean-graded"
NO_MEAN = {"usual-mean": "usual_mean = ..."}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A class without a sandbox: the checks of whoever writes the word `wrong` fail."""

    def points(job, step):
        code = [p.source for p in job.rebuilt.pieces if p.kind == "code" and p.step != step]
        return 0.0 if step.id == CHECK and any("wrong" in one for one in code) else step.points

    def without_sandbox(asked, home, jobs, files, tests, *rest):
        for job in jobs:
            job.outcome = Outcome({s.id: points(job, s) for s in asked.plan if s.kind == TEST})
            job.outcome.save(job.kept)

    monkeypatch.setattr(engine, "_run", without_sandbox)
    return Cohort(tmp_path / "class")


def hand_in(home, answers, below_the_mean="", who="Ana"):
    """Hand in the reference with other answers, and with a cell below that of the mean."""
    inbox = home.folder.parent / "inbox"
    shutil.rmtree(inbox, ignore_errors=True)
    nb = notebook(REFERENCE | answers)
    place = next(n for n, c in enumerate(nb["cells"]) if c["id"] == "usual-mean")
    one = {"cell_type": "code", "source": below_the_mean, "metadata": {}}
    nb["cells"].insert(place + 1, one)
    path = inbox / who / f"{X0.name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
    collect(inbox, "X0", home)
    return grade("X0", home)


def mark(home, cell, who="Ana"):
    found = sheets.read(home, X0.name)[who].marks[cell]
    return found.score, found.waits


@pytest.mark.parametrize("again", ["'wrong, and another'", "9000"])
def test_a_check_marked_by_hand_waits_where_its_answer_is_another(home, again):
    hand_in(home, {"usual-mean": "usual_mean = 'wrong'"})
    by_hand(home, "Ana", CHECK, 2)
    hand_in(home, {"usual-mean": f"usual_mean = {again}"})
    assert mark(home, CHECK) == (2, True)


def test_a_check_marked_by_hand_stays_where_another_answer_changed(home):
    hand_in(home, {"usual-mean": "usual_mean = 'wrong'"})
    by_hand(home, "Ana", CHECK, 2)
    hand_in(home, {"usual-mean": "usual_mean = 'wrong'", WRITTEN: "Fewer birds came."})
    assert mark(home, CHECK) == (2, False)

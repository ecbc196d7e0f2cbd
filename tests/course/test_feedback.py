"""A feedback page says what is true of the trainee's own work, in plain words."""

import html
import re

import pytest
from without_sandbox import REFERENCE, ana, lay, notebook, without_sandbox

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.feedback_pages import NO_ANSWER, feedback
from flyway_course.grading.intake import collect

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

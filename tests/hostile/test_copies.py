"""Copied cells keep their name: what counts is what the trainee's own checks have seen."""

import copy
import json

import pytest
from a_class import REFERENCE, X0, notebook

from flyway_course.grading.answers.rebuild import rebuild
from flyway_course.grading.intake.reading import read

STUB = {s.id: s.released for s in X0.plan}
MEAN, BIRDS = "usual-mean", "birds-2025"


def pasted(of, below, source, blank=(), kind="code"):
    """The reference with a copy of the cell `of` below another one, and something else in it."""
    nb = notebook(REFERENCE | {name: STUB[name] for name in blank})
    names = [c["id"] for c in nb["cells"]]
    one = copy.deepcopy(nb["cells"][names.index(of)]) | {"source": source, "cell_type": kind}
    nb["cells"].insert(names.index(below) + 1, one)
    return nb


def rebuilt(nb):
    return rebuild(read(json.dumps(nb).encode()), X0.plan)


def chosen(made, name):
    return next(p.source for p in made.pieces if p.step and p.step.id == name)


def runs_before(made, source, check):
    sources = [
        p.source for p in made.pieces[: [p.step and p.step.id for p in made.pieces].index(check)]
    ]
    return source in sources


@pytest.mark.parametrize(
    "of", [BIRDS, "prepare-izumi", "start", f"{MEAN}-check", "text-2a6890124e1c"]
)
@pytest.mark.parametrize("own", ["usual_mean = 9000", "import pandas as pd\nusual_mean = 9000"])
def test_an_answer_in_the_copy_of_another_cell_runs_where_it_stands(of, own):
    made = rebuilt(pasted(of, MEAN, own, [MEAN]))
    assert chosen(made, BIRDS) == REFERENCE[BIRDS]
    assert runs_before(made, own, f"{MEAN}-check")
    assert any(of in note for note in made.repairs)


@pytest.mark.parametrize("tried", ["izumi.describe()", f"{STUB[MEAN]}\nizumi.describe()"])
def test_a_copy_for_trying_something_takes_nobodys_place(tried):
    made = rebuilt(pasted(MEAN, MEAN, tried))
    assert chosen(made, MEAN) == REFERENCE[MEAN]
    assert not [p for p in made.pieces if p.step is None and "..." in p.source]


def test_a_copy_below_its_checks_does_not_undo_the_answer_that_passed_them():
    other = "# an old try\nbirds_2025 = 1"
    made = rebuilt(pasted(BIRDS, "chart-graded", other))
    assert chosen(made, BIRDS) == REFERENCE[BIRDS]
    assert not runs_before(made, other, "chart-graded")
    assert "the last one that its check could see counts" in made.repairs[0]


def test_of_two_answers_before_their_check_the_last_counts():
    made = rebuilt(pasted(BIRDS, BIRDS, "birds_2025 = 1"))
    assert chosen(made, BIRDS) == "birds_2025 = 1"


def test_an_answer_below_its_checks_counts_where_there_is_no_other():
    made = rebuilt(pasted(MEAN, "chart-graded", REFERENCE[MEAN], [MEAN]))
    assert chosen(made, MEAN) == REFERENCE[MEAN]


def test_an_answer_in_a_cell_of_its_own_is_not_undone_by_a_copy_below_the_checks():
    nb = pasted(MEAN, "chart-graded", "usual_mean = 1", [MEAN])
    place = [c["id"] for c in nb["cells"]].index(MEAN)
    own = {"cell_type": "code", "source": REFERENCE[MEAN], "metadata": {}}
    nb["cells"].insert(place + 1, own)
    made = rebuilt(nb)
    assert chosen(made, MEAN) == STUB[MEAN]
    assert runs_before(made, REFERENCE[MEAN], f"{MEAN}-check")


def test_an_untouched_copy_undoes_nothing():
    made = rebuilt(pasted(MEAN, MEAN, STUB[MEAN]))
    assert [p.source for p in made.pieces].count(STUB[MEAN]) == 0


def test_words_in_the_copy_of_a_question_are_kept():
    words = "I counted these birds twice."
    made = rebuilt(pasted("text-2a6890124e1c", MEAN, words, kind="markdown"))
    assert words in [p.source for p in made.pieces]

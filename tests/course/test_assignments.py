"""The tests of the tests: full marks for the reference, none for no work, less for a mistake."""

import tomllib
from pathlib import Path

import nbclient
import nbformat
import pytest

from flyway_course.grading.authoring import notebooks, trial
from flyway_course.grading.hidden import messages
from flyway_course.kernels import warm_kernels
from flyway_course.paths import EXERCISES, SOLUTIONS

SOURCES = sorted(SOLUTIONS.glob("*/*.ipynb"))
PLANTED = Path(__file__).parent / "mutants"
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)


@pytest.fixture(autouse=True)
def beside_its_data(request, monkeypatch):
    """Stand where the notebook of a trainee stands: beside the files of its assignment."""
    if "source" in request.fixturenames:
        source = request.getfixturevalue("source")
        monkeypatch.chdir(EXERCISES / source.parent.name)


@each_source
def test_reference_solution_earns_every_point(source):
    outcome = trial.attempt(notebooks.read(source))
    assert outcome.said == {}
    assert outcome.full


@each_source
def test_untouched_exercise_earns_nothing(source):
    nb = notebooks.read(source)
    released = notebooks.read(EXERCISES / source.parent.name / source.name)
    blank = {
        notebooks.grade_id(c): c.source
        for c in released.cells
        if notebooks.is_answer(c) and c.cell_type == "code"
    }
    outcome = trial.attempt(nb, blank)
    assert outcome.score == 0
    tests = {notebooks.grade_id(c): c.source for c in nb.cells if notebooks.is_test(c)}
    for name, said in outcome.said.items():
        assert said.removeprefix("AssertionError: ") in messages(tests[name]), (name, said)


@each_source
def test_planted_mistakes_are_caught_and_answered(source, record_property):
    nb = notebooks.read(source)
    by_hand = tomllib.loads((PLANTED / f"{source.stem}.toml").read_text(encoding="utf-8"))
    code_answers = {
        notebooks.grade_id(c) for c in nb.cells if notebooks.is_answer(c) and c.cell_type == "code"
    }
    assert set(by_hand) == code_answers, "each answer cell needs its planted mistakes"
    for planted in (by_hand, trial.usual_mutants(nb)):
        found = trial.survey(nb, planted)
        print(f"{source.stem}: {found.summary()}")
        record_property("mutants", found.summary())
        assert found.share == 1, found.summary()
        for mistake, said in found.caught.items():
            # a trainee gets a sentence that its author wrote, and no bare Python error
            assert all(s.startswith("AssertionError: ") for s in said), (mistake, said)


def test_a_hole_in_the_tests_is_seen():
    nb = nbformat.v4.new_notebook()
    mark = {"schema_version": 3, "locked": False, "grade": False, "solution": False, "task": False}
    answer = nbformat.v4.new_code_cell(
        "birds = ...\nbirds = 4", metadata={"nbgrader": mark | {"solution": True, "grade_id": "a"}}
    )
    test = nbformat.v4.new_code_cell(
        "assert birds, 'there is no bird here'\nassert birds < 9, 'these are too many birds'",
        metadata={"nbgrader": mark | {"grade": True, "locked": True, "grade_id": "t", "points": 1}},
    )
    nb.cells = [answer, test]
    found = trial.survey(nb, trial.usual_mutants(nb))
    assert found.survived == [("a", "birds: off by one")]
    assert found.share == 0.75
    assert "3 of 4 planted mistakes are caught (75%)" in found.summary()
    with pytest.raises(KeyError, match="no answer cell"):
        trial.attempt(nb, {"missing": "x = 1"})


@pytest.mark.slow
def test_every_source_notebook_runs_in_a_kernel_without_error():
    with warm_kernels():
        for source in SOURCES:
            nb = notebooks.read(source)
            beside = {"metadata": {"path": str(EXERCISES / source.parent.name)}}
            nbclient.NotebookClient(
                nb, timeout=120, kernel_name="python3", resources=beside
            ).execute()
            written = [
                output.text
                for cell in nb.cells
                for output in cell.get("outputs", [])
                if output.get("name") == "stderr"
            ]
            assert written == [], f"{source.name} writes to the error stream"


@each_source
def test_each_task_begins_a_cell_so_that_its_feedback_has_a_title(source):
    nb = notebooks.read(source)
    texts = [c.source for c in nb.cells if c.cell_type == "markdown"]
    titles = [line for text in texts for line in text.splitlines() if line.startswith("## Task")]
    starts = [text.splitlines()[0] for text in texts if text.startswith("## Task")]
    assert starts == titles
    assert len(titles) == sum(notebooks.is_answer(c) for c in nb.cells)

"""What trainees get: generated, the same bytes each time, without solutions or hidden tests."""

import nbformat
import pytest

from flyway_course.grading import hidden, release
from flyway_course.grading.assignments import known_assignments, resolve
from flyway_course.grading.authoring import notebooks, rules
from flyway_course.grading.authoring.releasing import tidy_source
from flyway_course.grading.errors import GradingError
from flyway_course.paths import EXERCISES, SOLUTIONS

ASSIGNMENTS = sorted(known_assignments().values())
SOURCES = sorted(SOLUTIONS.glob("*/*.ipynb"))


def secrets(source):
    """Lines of solutions and hidden tests that stand nowhere else in the source notebook."""
    nb = notebooks.read(source)
    secret, public = set(), []
    for cell in nb.cells:
        inside = False
        if notebooks.is_marked_by_hand(cell):
            secret.update(line.strip() for line in cell.source.splitlines())
            continue
        for line in cell.source.splitlines():
            if "### BEGIN" in line or "### END" in line:
                inside = "BEGIN" in line
                secret.add(line.strip())
            elif inside:
                secret.add(line.strip())
            else:
                public.append(line.strip())
    return {line for line in secret - set(public) if len(line) > 8}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_committed_exercise_is_what_release_makes(name, tmp_path):
    made = release(name, exercises=tmp_path)
    committed = EXERCISES / name
    assert sorted(p.name for p in made.iterdir()) == sorted(p.name for p in committed.iterdir())
    for path in made.iterdir():
        assert path.read_bytes() == (committed / path.name).read_bytes(), (
            f"exercises/{name}/{path.name} is not what solutions/{name} gives: "
            f"run `python3 course.py release {name}`, and never edit exercises/ by hand."
        )


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_release_is_the_same_twice_and_ignores_outputs(name, tmp_path):
    worked_on = tmp_path / "solutions" / name
    worked_on.mkdir(parents=True)
    nb = notebooks.read(SOLUTIONS / name / f"{name}.ipynb")
    for number, cell in enumerate(nb.cells):
        cell.id = f"random-{number}"
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", text="7081\n")]
    nb.metadata["language_info"] = {"name": "python", "version": "3.14.0"}
    (worked_on / f"{name}.ipynb").write_bytes(notebooks.as_bytes(nb).replace(b"\n", b"\r\n"))
    made = release(name, solutions=tmp_path / "solutions", exercises=tmp_path / "out")
    committed = EXERCISES / name / f"{name}.ipynb"
    assert (made / f"{name}.ipynb").read_bytes() == committed.read_bytes()


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_released_notebook_holds_no_solution_and_no_hidden_test(source):
    released = (EXERCISES / source.parent.name / source.name).read_text(encoding="utf-8")
    nb = nbformat.reads(released, as_version=4)
    lines = {line.strip() for cell in nb.cells for line in cell.source.splitlines()}
    secret = secrets(source)
    assert len(secret) > 10
    assert not secret & lines
    assert "BEGIN HIDDEN" not in released and "SOLUTION" not in released


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_source_keeps_to_the_rules(source):
    nb = notebooks.read(source)
    assert rules.problems(nb) == []
    assert source.read_bytes() == notebooks.as_bytes(notebooks.tidy(nb)), (
        f"{source.name} holds outputs or editor's traces: "
        f"run `python3 course.py release {source.parent.name}`."
    )


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_released_cells_have_stable_names_and_locked_tests(name):
    nb = notebooks.read(EXERCISES / name / f"{name}.ipynb")
    assert (nb.nbformat, nb.nbformat_minor) == (4, 5)
    assert nb.metadata.kernelspec.name == "python3"
    for cell in nb.cells:
        if grade_id := notebooks.grade_id(cell):
            assert cell.id == grade_id
            assert cell.metadata.deletable is False
            locked = cell.metadata.nbgrader.locked
            assert cell.metadata.get("editable", True) is not locked


def broken(change):
    """The first source notebook with one fault planted in it."""
    nb = notebooks.read(SOURCES[0])
    change(nb)
    return rules.problems(nb)


def a_test(nb):
    return next(c for c in nb.cells if notebooks.is_test(c))


def an_answer(nb):
    return next(c for c in nb.cells if notebooks.is_answer(c))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda nb: nb.cells.append(a_test(nb)), "is used 2 times"),
        (lambda nb: a_test(nb).metadata.nbgrader.update(points=0), "earns no points"),
        (lambda nb: a_test(nb).metadata.nbgrader.update(locked=False), "must be locked"),
        (lambda nb: a_test(nb).update(source="# check: x\nx == 1"), "ends in a statement"),
        (lambda nb: a_test(nb).update(source="# check: x\nassert x"), "needs a message"),
        (lambda nb: a_test(nb).update(source="# check: x\nassert x, f'not {x} at all'"), "fixed"),
        (lambda nb: a_test(nb).update(source="x = 1"), "begins with a comment"),
        (
            lambda nb: a_test(nb).update(source="# c: x\n### BEGIN HIDDEN TESTS\nx = 1"),
            "do not pair",
        ),
        (lambda nb: an_answer(nb).update(source="x = 1"), "BEGIN SOLUTION"),
        (lambda nb: nb.metadata.kernelspec.update(name="my-env"), "not python3"),
        (
            lambda nb: nb.cells[1].update(source="### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
            "outside an answer cell",
        ),
    ],
)
def test_a_broken_source_is_named(change, says):
    assert any(says in problem for problem in broken(change))


def test_a_broken_source_is_not_released(tmp_path):
    folder = tmp_path / "s" / "x9-broken"
    nb = notebooks.read(SOURCES[0])
    a_test(nb).source = "# check: x\nx == 1"
    notebooks.write(nb, folder / "x9-broken.ipynb")
    with pytest.raises(GradingError, match="cannot be released"):
        release("X9", solutions=tmp_path / "s", exercises=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_tidy_source_clears_outputs_once(tmp_path):
    path = tmp_path / "x9-open" / "x9-open.ipynb"
    nb = notebooks.read(SOURCES[0])
    code = next(c for c in nb.cells if c.cell_type == "code")
    code.execution_count = 3
    notebooks.write(nb, path)
    assert tidy_source("x9", tmp_path) == [path]
    assert path.read_bytes() == SOURCES[0].read_bytes()
    assert tidy_source("x9", tmp_path) == []


@pytest.mark.parametrize(
    "asked", ["X0", "x0", "x0-first-counts", "X0 First Counts", " x0_FIRST-counts"]
)
def test_names_of_an_assignment(asked):
    assert resolve(asked) == "x0-first-counts"


def test_an_unknown_assignment_lists_the_known_ones():
    with pytest.raises(GradingError, match=r"no assignment 'X99'.*X0 \(x0-first-counts\)"):
        resolve("X99")


def test_hidden_parts_are_told_from_visible_ones():
    source = "# check: a\nassert a\n### BEGIN HIDDEN TESTS\nassert b\n### END HIDDEN TESTS\nc = 1"
    assert hidden.visible_part(source) == "# check: a\nassert a\nc = 1"
    assert hidden.hidden_lines(source) == ["assert b"]
    assert hidden.label(source) == "A"

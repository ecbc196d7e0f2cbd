"""Each class can have its own data: every seed asks a fair question, and another one."""

import json
import os
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flyway_course.assignments import PRACTICE_SEED, WITH_DATA, data_for
from flyway_course.grading import plan
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.authoring import notebooks, trial
from flyway_course.grading.authoring.releasing import release_for
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake.collecting import collect
from flyway_course.paths import EXERCISES, SOLUTIONS

# with the last three, the last two winters of X4 have nearly the same index: a test that condemns
# "the winter before the last one" must not condemn the right answer too
CLASS_SEED = 6041483743805414
SEEDS = [1, 2, 3, 4, 5, 2**53 - 1, CLASS_SEED, 4432973880671414, 1530351890295283]
PLANTED = Path(__file__).parent / "mutants"
NAMES = [Assignment.find(short).name for short in sorted(WITH_DATA)]
each_name = pytest.mark.parametrize("name", NAMES)


def laid_out(name, seed, folder):
    for file, content in data_for(name, seed).items():
        (folder / file).write_bytes(content)
    return folder


def source_of(name):
    return notebooks.read(SOLUTIONS / name / f"{name}.ipynb")


def answers_of(name, folder, monkeypatch):
    """What the reference solution answers to these data: its numbers, texts and lists."""
    monkeypatch.chdir(folder)
    space = {"__name__": "__main__"}
    asked = {}
    for step in Assignment.find(name).plan:
        if step.kind in (plan.SETUP, plan.ANSWER):
            exec(step.source, space)
        if step.kind == plan.ANSWER:
            asked |= {n: repr(space[n]) for n in step.names if not callable(space[n])}
    return asked


@pytest.mark.parametrize("seed", SEEDS)
@each_name
def test_reference_earns_every_point_on_any_seed(name, seed, tmp_path, monkeypatch):
    monkeypatch.chdir(laid_out(name, seed, tmp_path))
    outcome = trial.attempt(source_of(name))
    assert outcome.said == {}
    assert outcome.full


@each_name
def test_the_public_answers_do_not_answer_another_class(name, tmp_path, monkeypatch):
    public = answers_of(name, EXERCISES / name, monkeypatch)
    assert public
    for seed in SEEDS[:3]:
        folder = tmp_path / str(seed)
        folder.mkdir()
        own = answers_of(name, laid_out(name, seed, folder), monkeypatch)
        changed = {n for n in own if n in public and own[n] != public[n]}
        assert len(changed) >= len(own) / 2, "most of the answers must be other ones"


@each_name
def test_planted_mistakes_are_caught_with_private_data_too(name, tmp_path, monkeypatch):
    monkeypatch.chdir(laid_out(name, SEEDS[0], tmp_path))
    planted = tomllib.loads((PLANTED / f"{name}.toml").read_text(encoding="utf-8"))
    found = trial.survey(source_of(name), planted)
    assert found.share == 1, found.summary()


@each_name
def test_data_are_the_same_twice_and_other_with_another_seed(name):
    for seed in (PRACTICE_SEED, 7):
        assert data_for(name, seed) == data_for(name.split("-")[0], str(seed))
    public, private = data_for(name), data_for(name, 7)
    assert public.keys() == private.keys()
    assert any(public[file] != private[file] for file in public)
    for file, content in public.items():
        assert content == (EXERCISES / name / file).read_bytes()


def test_the_faults_of_the_report_are_those_that_the_generator_knows(tmp_path, monkeypatch):
    from flyway.simulate.assessment import FAULTS, POOL
    from flyway_course.assignments.review import draw

    name = Assignment.find("X5").name
    steps = {step.id: step.source for step in Assignment.find(name).plan}
    chosen = set()
    for seed in (PRACTICE_SEED, *SEEDS):
        monkeypatch.chdir(laid_out(name, seed, tmp_path))
        space = {}
        exec(steps["start"], space)
        exec(steps["verdicts"], space)
        truth = draw(seed).statements
        right = truth["kind"].where(truth["faulty"], "sound")
        assert space["verdicts"] == dict(zip(truth["number"], right, strict=True))
        assert truth["faulty"].sum() == FAULTS
        chosen.add(frozenset(truth[truth["faulty"]]["kind"]))
    assert len(chosen) > 4, "the faults differ from class to class"
    assert len(POOL) >= 10


@pytest.mark.slow
def test_no_class_gets_an_answer_of_the_practice_files():
    from flyway_course.assignments import plan_a_census, trend_report

    border, winters, rest = [], [], []
    for seed in (PRACTICE_SEED, *SEEDS, *range(100, 140)):
        plan_made, trend_made = plan_a_census.draw(seed), trend_report.draw(seed)
        reached = bool(plan_a_census.can_reach(plan_made))
        border.append((plan_a_census.minutes_between(plan_made), reached))
        winters.append(trend_made.truth["odd_winter"].iloc[0])
        rest.append(trend_report._fits(trend_made)[2])
    private = border[1:]
    assert border[0][0] not in {gap for gap, _ in private}
    assert 0.15 < sum(not reached for _, reached in private) / len(private) < 0.5
    assert max(map(private.count, private)) < 0.4 * len(private)
    assert winters[0] not in winters[1:]
    changes = [fit.slope().percent for fit in rest]
    assert all(abs(change - changes[0]) > 0.2 and abs(change) > 0.2 for change in changes[1:])
    assert len({fit.classification for fit in rest[1:]}) >= 2


def test_an_assignment_on_real_counts_has_no_data_of_its_own():
    assert data_for("X0", 5) == {}


@pytest.fixture
def a_class(tmp_path):
    """A class with a fixed seed, so that what fails once fails again."""
    home = Cohort(tmp_path / "may")
    home.folder.mkdir()
    home.seed_path.write_text(f"{CLASS_SEED}\n", encoding="ascii")
    return home


@each_name
def test_a_class_gets_the_notebook_and_its_own_data(name, a_class):
    folder = release_for(name, a_class)
    given = {path.name: path.read_bytes() for path in folder.iterdir()}
    notebook = f"{name}.ipynb"
    assert given.pop(notebook) == (EXERCISES / name / notebook).read_bytes()
    assert given == data_for(name, a_class.seed())
    graded_with = Assignment.find(name).files(a_class.folder)
    beside = {p.name: p.read_bytes() for p in (a_class.folder / "data" / name).iterdir()}
    assert beside == given and graded_with.keys() == given.keys()
    (folder / "old.csv").write_text("x", encoding="utf-8")
    assert "old.csv" not in [path.name for path in release_for(name, a_class).iterdir()]


@each_name
def test_data_that_were_handed_out_are_never_replaced(name, a_class):
    folder = release_for(name, a_class)
    places = [*folder.iterdir(), *(a_class.folder / "data" / name).iterdir()]
    before = {path: path.read_bytes() for path in places}
    a_class.seed_path.unlink()
    a_class.make_seed()
    with pytest.raises(GradingError, match=f"data/{name} holds other data than the private seed"):
        release_for(name, a_class)
    assert {path: path.read_bytes() for path in places} == before
    shutil.rmtree(a_class.folder / "data" / name)
    assert release_for(name, a_class) == folder


def test_a_class_without_a_seed_is_told_what_to_do(tmp_path):
    with pytest.raises(GradingError, match="cohort new"):
        release_for(NAMES[0], Cohort(tmp_path / "june"))


def test_the_command_releases_to_a_class(a_class, monkeypatch):
    from flyway_course.cli import app
    from flyway_course.grading import cohort

    monkeypatch.setattr(cohort, "COHORTS", a_class.folder.parent)
    shown = CliRunner().invoke(app, ["release", NAMES[0], "--cohort", "may"])
    assert shown.exit_code == 0, shown.output
    assert "Give your class all files" in shown.output
    assert (a_class.folder / "handout" / NAMES[0] / f"{NAMES[0]}.ipynb").exists()
    (a_class.folder.parent / "june").mkdir()
    shown = CliRunner().invoke(app, ["release", NAMES[0], "--cohort", "june"])
    assert shown.exit_code == 1 and "no private seed" in shown.output


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sandbox", "nbgrader"])
@each_name
def test_both_engines_grade_a_class_by_its_own_data(name, engine, a_class, tmp_path):
    from flyway_course.grading.records import sheets
    from flyway_course.grading.sandbox import machine

    if engine == "sandbox":
        try:
            machine.examine(print)
        except GradingError as error:
            pytest.skip(str(error))
    folder = release_for(name, a_class)
    asked = Assignment.find(name)
    answers = {s.id: s.source for s in asked.plan if s.kind in (plan.ANSWER, plan.WRITTEN)}
    nb = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        which = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if which in answers:
            cell["source"] = answers[which].splitlines(keepends=True)
    path = tmp_path / "inbox" / "Ana" / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
    collect(tmp_path / "inbox", name, a_class)
    grade(name, a_class, engine=engine, unsafe=engine == "nbgrader")
    earned = {t: m.score for t, m in sheets.read(a_class, name)["Ana"].marks.items()}
    for step in asked.plan:
        if step.kind == plan.TEST:
            assert earned[step.id] == step.points, step.id
    assert os.environ.get("FLYWAY_COHORT_SEED") is None

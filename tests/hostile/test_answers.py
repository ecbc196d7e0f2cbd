"""Every hostile answer of this folder, in one class with honest trainees, graded as an ordinary user."""

import html
import json
import re
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import a_class
import ordinary

from flyway_course.grading import hidden
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.outcome import Outcome, key
from flyway_course.grading.plan import TEST
from flyway_course.grading.records import sheets

HERE = Path(__file__).parent
CASES = {
    f"{path.stem}-{name}": case
    for path in sorted(HERE.glob("*.toml"))
    for name, case in tomllib.loads(path.read_text(encoding="utf-8")).items()
}
HONEST = ["000 first", "honest-between", "zzz last"]
TESTS = [s for s in a_class.X0.plan if s.kind == TEST]
FULL = {s.id: s.points for s in TESTS}


def judges_of(cell):
    """The tests between an answer cell and the next one."""
    found, current = {}, None
    for step in a_class.X0.plan:
        if step.kind in ("answer", "written"):
            current = step.id
        elif step.kind == TEST:
            found.setdefault(current, []).append(step.id)
    return found.get(cell, [])


@pytest.fixture(scope="module")
def graded():
    """The class, collected, graded and with feedback."""
    ordinary.need_sandbox()
    with ordinary.folder() as folder:
        yield grade_all(folder)


def grade_all(folder):
    canary = folder / "canary" / "canary.txt"
    canary.parent.mkdir()
    canary.write_text("CANARY-7391")
    home = Cohort(folder / "class")
    places = {
        "{canary}": str(canary),
        "{canary_folder}": str(canary.parent),
        "{gradebook}": str(home.gradebook),
        "{solutions}": str(a_class.X0.path),
        "{port}": "9",
    }
    # the same code would run once for all three: each has a line of their own
    first = a_class.REFERENCE["birds-2025"]
    people = {n: a_class.REFERENCE | {"birds-2025": f"own = {n!r}\n{first}"} for n in HONEST}
    for name, case in CASES.items():
        code = case["code"]
        for mark, place in places.items():
            code = code.replace(mark, place)
        people[name] = a_class.REFERENCE | {case["cell"]: code}
    (folder / "class.json").write_text(json.dumps(people))
    before = {p: p.read_bytes() for p in (canary, a_class.X0.path, a_class.EXERCISE)}
    ordinary.run(HERE / "a_class.py", folder, folder, timeout=900)
    listed = m.Manifest.load(home.manifest_path(a_class.X0.name))
    outcomes = {
        e.student: Outcome.load(
            home.folder / "outcomes" / a_class.X0.name / f"{key(e.program, e.tests)}.json"
        )
        for e in listed.entries
    }
    return SimpleNamespace(
        folder=folder,
        home=home,
        listed=listed,
        outcomes=outcomes,
        before=before,
        sheets=sheets.read(home, a_class.X0.name),
    )


def test_there_are_enough_of_them():
    assert len(CASES) >= 75
    for name, case in CASES.items():
        assert len(case["tries"].split()) >= 3, name


def test_everyone_has_an_end(graded):
    assert len(graded.listed.entries) == len(CASES) + len(HONEST)
    assert dict(graded.listed.count()) == {m.GRADED: len(CASES) + len(HONEST)}


@pytest.mark.parametrize("name", HONEST)
def test_honest_trainees_get_what_they_earned(graded, name):
    assert graded.outcomes[name].scores == FULL
    assert graded.outcomes[name].end == "done"


@pytest.mark.parametrize("name", CASES)
def test_it_earns_nothing_and_touches_nothing(graded, name):
    case, found = CASES[name], graded.outcomes[name]
    own = set(judges_of(case["cell"])) - set(case.get("keeps", []))
    assert not {t: p for t, p in found.scores.items() if t in own and p}, found.said
    assert found.end in case.get("ends", ["done"]), (found.end, found.shown)
    if case.get("others", True):
        others = {t: p for t, p in found.scores.items() if t not in judges_of(case["cell"])}
        lost = {t: found.said.get(t) for t, p in others.items() if p != FULL[t]}
        assert not lost, "a test of another answer lost its points"


@pytest.mark.parametrize("case", ["shared-error-chosen-by-a-value", "python-raising-the-message"])
def test_no_kind_of_error_is_told_from_a_hidden_line(graded, case):
    said = graded.outcomes[case].said["deep-bay-share-graded"]
    assert said.startswith("Your answer stopped with an error when it was checked")


@pytest.mark.parametrize("name", CASES)
def test_nothing_came_out(graded, name):
    place = graded.home.folder
    own = [place / "feedback" / name / a_class.X0.name / f"{a_class.X0.name}.html"]
    own += [graded.home.graded(name, a_class.X0.name)]
    secret = {line for s in TESTS for line in hidden.hidden_lines(s.source) if len(line) > 14}
    shared = {line.strip() for s in TESTS for line in s.released.splitlines()}
    secret = {line for line in secret - shared if not line.startswith(('"', ")"))}
    assert len(secret) > 40
    seed = graded.home.seed()
    shown = json.dumps([graded.outcomes[name].shown, graded.outcomes[name].said])
    assert "CANARY" not in shown and seed not in shown
    assert "SEEN 30" not in shown and "FOUND" not in shown
    for path in own:
        text = html.unescape(path.read_text(encoding="utf-8"))
        assert len(text) < 1_500_000
        assert "CANARY-7391" not in text and seed not in text
        assert "HIDDEN TESTS" not in text.replace('"BEGIN" + " HIDDEN"', "")
        assert not [line for line in secret if line in text]
        assert "SEEN 30" not in text


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_is_inert(graded, name):
    page = graded.home.folder / "feedback" / name / a_class.X0.name / f"{a_class.X0.name}.html"
    tags = re.findall(r"<\s*([a-z]+)((?:\s[^>]*)?)>", page.read_text(encoding="utf-8"), re.I)
    assert not {tag.lower() for tag, _ in tags} & {"script", "iframe", "object", "form", "svg"}
    assert not [rest for _, rest in tags if re.search(r"\son\w+\s*=|javascript:", rest, re.I)]
    nb = json.loads(graded.home.graded(name, a_class.X0.name).read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        mine = cell["metadata"].get("flyway")
        if cell["cell_type"] == "markdown" and mine:
            body = "".join(cell["source"])
            assert re.fullmatch(
                r"<pre style=\"[^\"]*\"><code style=\"[^\"]*\">[^<>]*</code></pre>", body
            )
        for output in cell.get("outputs", []):
            assert set(output.get("data", {})) <= {"text/plain", "image/png"}
            png = output.get("data", {}).get("image/png", "iVBOR")
            assert png.startswith("iVBOR")
            assert "\x1b" not in json.dumps(output)


def test_the_machine_is_as_it_was(graded):
    for path, content in graded.before.items():
        assert path.read_bytes() == content
    assert not list(graded.home.folder.rglob("late.txt"))
    students = set(graded.sheets)
    assert students == {*CASES, *HONEST}
    for name in HONEST:
        assert graded.sheets[name].score == sum(FULL.values())
        assert graded.sheets[name].pending == 3

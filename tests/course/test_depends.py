"""What a lesson depends on is found by reading code: enough, and not much more."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_book import data_package, lesson, small_book, write

from flyway_course.build.depends import Sources
from flyway_course.build.execution import with_digest
from flyway_course.build.names import cells, parse_cells, uses

KNOWN = {"flyway", "flyway.counts", "flyway.counts.trend", "flyway.counts.smooth", "flyway.maps"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_book(tmp_path)


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import flyway", {"flyway"}),
        ("import flyway.counts.trend", {"flyway", "flyway.counts", "flyway.counts.trend"}),
        ("from flyway import counts", {"flyway", "flyway.counts"}),
        ("from flyway.counts.trend import fit", {"flyway", "flyway.counts", "flyway.counts.trend"}),
        ("import flyway as fw\nfw.maps.land()", {"flyway", "flyway.maps"}),
        (
            "from flyway import counts as c\nc.trend",
            {"flyway", "flyway.counts", "flyway.counts.trend"},
        ),
        ("from flyway.counts import *", KNOWN - {"flyway.maps"}),
        ("import importlib\nimportlib.import_module('flyway.maps')", {"flyway.maps"}),
        ("import pandas\npandas.maps", set()),
        ("%matplotlib inline\nimport flyway", {"flyway"}),
    ],
)
def test_imports(code, modules):
    assert uses(parse_cells([code]), KNOWN).modules == modules


def test_relative_and_computed_imports_in_a_package():
    assert uses(parse_cells(["from .trend import fit"]), KNOWN, "flyway.counts").modules == {
        "flyway",
        "flyway.counts",
        "flyway.counts.trend",
    }
    computed = "import importlib\nimportlib.import_module(f'.{name}', __name__)"
    assert uses(parse_cells([computed]), KNOWN, "flyway.counts").modules == {
        "flyway.counts.trend",
        "flyway.counts.smooth",
    }


def test_modules_are_followed_and_data_ids_found(root):
    sources = Sources(root)
    write(root, "src/flyway/census.py", "from .datasets import load\nDATA = load('cranes')\n")
    modules, data = sources.dependencies(lesson("A", "from flyway import census"))
    assert modules == {"flyway", "flyway.census", "flyway.datasets"}
    assert data == {"cranes"}


def test_the_loader_ties_no_lesson_to_all_data(root):
    text = lesson("A", "from flyway.datasets import load", "load('spoonbills')")
    assert Sources(root).dependencies(text)[1] == {"spoonbills"}


@pytest.mark.parametrize("code", ["for x in names: load(x)", "available()", "load(f'{bird}s')"])
def test_a_computed_data_id_means_all_data(root, code):
    text = lesson("A", "from flyway.datasets import *", code)
    assert Sources(root).dependencies(text)[1] == {"cranes", "spoonbills"}


def test_a_lesson_depends_on_its_own_checks_only(root):
    engine = "from importlib import import_module\nimport_module(f'flyway.checks.lessons.{name}')\n"
    write(root, "src/flyway/checks/__init__.py", engine)
    for name in ("lesson_1_2", "lesson_4_1"):
        write(root, f"src/flyway/checks/lessons/{name}.py", "from flyway.datasets import load\n")
    text = lesson("A", "from flyway.checks import check", "check('4.1 macao', ...)")
    modules = Sources(root).dependencies(text)[0]
    assert {"flyway.checks", "flyway.checks.lessons.lesson_4_1", "flyway.datasets"} <= modules
    assert "flyway.checks.lessons.lesson_1_2" not in modules


def test_names_offered_by_a_package_are_no_data_ids(root):
    write(root, "src/flyway/simulate.py", "__all__ = ['cranes']\n")
    assert not Sources(root).dependencies(lesson("A", "import flyway.simulate"))[1]


@pytest.mark.parametrize(
    ("name", "text", "changes"),
    [
        ("src/flyway/growth.py", "def rate(a, b): return 0\n", {"spoonbills"}),
        ("src/flyway/datasets.py", "def load(name): ...\n", {"cranes", "spoonbills"}),
        ("datasets/cranes/cranes.csv", "count\n9\n", {"cranes"}),
        ("datasets/cranes/README.md", "For people.\n", set()),
        ("src/flyway/maps.py", "LAND = 1\n", set()),
        ("src/flyway/words.json", "{}\n", {"cranes", "spoonbills"}),
        ("src/flyway/_assets/land.json", "{}\n", {"cranes", "spoonbills"}),
        ("src/flyway_course/kernels/parent.py", "# new\n", {"cranes", "spoonbills"}),
        ("src/flyway_course/kernels/parent.pyc", "", set()),
        ("requirements.lock", "numpy==3\n", {"cranes", "spoonbills"}),
        ("book/cranes.md", "other words\n", set()),
    ],
)
def test_a_change_reaches_just_the_lessons_that_depend_on_it(root, name, text, changes):
    lessons = {n: (root / f"book/{n}.md").read_text() for n in ("cranes", "spoonbills")}
    before = {n: Sources(root).execution_digest(source) for n, source in lessons.items()}
    write(root, name, text)
    after = {n: Sources(root).execution_digest(source) for n, source in lessons.items()}
    assert {n for n in lessons if before[n] != after[n]} == changes


def test_a_page_that_describes_data_shows_its_change(root):
    text = "# Data\n\nThe table `cranes` holds counts.\n"
    before = Sources(root).page_digest(text)
    data_package(root, "spoonbills", "count\n1\n")
    assert Sources(root).page_digest(text) == before
    data_package(root, "cranes", "count\n1\n")
    assert Sources(root).page_digest(text) != before


def test_a_module_with_a_syntax_error_does_not_stop_the_search(root):
    write(root, "src/flyway/growth.py", "def rate(:\n")
    assert Sources(root).execution_digest((root / "book/spoonbills.md").read_text())


def test_cells_without_their_options():
    text = (
        "```{code-cell} python\n:tags: [hide-input]\n\nx = 1\n```\n\n"
        "````{code-cell}\n---\ntags: [a]\n---\ny = '''\n```\n'''\n````\n\n```python\nno = 1\n```\n"
    )
    assert cells(text) == ["\nx = 1", "y = '''\n```\n'''"]


def test_the_digest_moves_no_line_and_keeps_the_front_matter(root):
    import yaml

    text = (root / "book/spoonbills.md").read_text()
    marked = with_digest(text, Sources(root))
    assert marked.splitlines()[5:] == text.splitlines()[5:]
    assert len(marked.splitlines()) == len(text.splitlines())
    front, marked_front = (yaml.safe_load(t.split("---")[1]) for t in (text, marked))
    assert len(marked_front["kernelspec"].pop("depends_on")) == 16
    assert marked_front == front


@pytest.mark.parametrize("text", ["# A page\n", "---\nmyst: {}\n---\n# No code\n"])
def test_pages_without_code_stay_as_they_are(root, text):
    assert with_digest(text, Sources(root)) == text


def test_readings_are_kept_and_used_as_long_as_the_text_is_the_same(root, tmp_path, monkeypatch):
    kept = tmp_path / "readings.json"
    first = Sources(root, kept)
    runs = first.runs()
    first.keep()
    with monkeypatch.context() as patch:
        patch.setattr(Sources, "_read", lambda *_: pytest.fail("read again"))
        assert Sources(root, kept).runs() == runs
    helper = root / "src/flyway/growth.py"
    helper.write_text(helper.read_text("utf-8") + "\nimport flyway.datasets\n", "utf-8")
    assert Sources(root, kept).runs() == Sources(root).runs() != runs


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}'])
def test_a_spoilt_file_of_readings_is_read_anew(root, tmp_path, text):
    kept = tmp_path / "readings.json"
    kept.write_text(text, encoding="utf-8")
    assert Sources(root, kept).runs() == Sources(root).runs()

"""The build runs what has changed, says what is wrong, and never spoils the last good site."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from small_book import data_package, lesson, small_book, write

from flyway_course.build import BuildError, build_book, sphinx_run
from flyway_course.build.lock import locked

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A small book, built once. Tests change copies of it."""
    root = small_book(tmp_path_factory.mktemp("built") / "book")
    report = build_book(root=root)
    assert report.changed
    assert report.pages == 3
    assert sorted(report.executed) == ["book/cranes.md", "book/spoonbills.md"]
    assert "2 lessons ran" in report.summary()
    return root


@pytest.fixture
def root(built, tmp_path) -> Path:
    """A copy with the outputs of lessons, and the site."""
    copy = tmp_path / "book"
    shutil.copytree(built, copy)
    return copy


def page(root: Path, name: str) -> str:
    return (root / f"_build/html/{name}.html").read_text("utf-8")


def site(root: Path) -> dict[str, bytes]:
    files = [path for path in (root / "_build/html").rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def test_outputs_of_the_lessons_are_on_the_pages(built):
    assert "cranes ['3']" in page(built, "book/cranes").replace("&#39;", "'")
    assert "growth 0.08" in page(built, "book/spoonbills")


def test_the_site_loads_no_live_code_and_holds_no_build_files(built):
    assert "thebe" not in page(built, "book/cranes")
    assert not {p.name for p in (built / "_build/html").iterdir()} & {".buildinfo", ".doctrees"}


def test_nothing_changed_means_nothing_is_done(root, monkeypatch):
    monkeypatch.setattr(sphinx_run.subprocess, "Popen", None)  # any process would be an error
    before = site(root)
    os.utime(root / "book/cranes.md")  # touched, as by a fresh checkout
    write(root, "src/flyway/unused.py", "# no lesson imports this\n")
    for _ in range(2):
        report = build_book(root=root)
        assert not report.changed
        assert (report.pages, report.executed) == (3, ())
        assert "Nothing has changed" in report.summary()
    assert site(root) == before


def test_each_change_runs_just_what_depends_on_it(root):
    said: list[str] = []

    def ran() -> tuple[str, ...]:
        said.clear()
        return build_book(root=root, progress=said.append).executed

    data_package(root, "cranes", "count\n4\n")
    assert ran() == ("book/cranes.md",)
    assert "4" in page(root, "book/cranes")
    assert "Running lesson 1 of 1: Cranes" in said

    write(root, "src/flyway/growth.py", "def rate(a, b):\n    return 7\n")
    assert ran() == ("book/spoonbills.md",)
    assert "growth 7" in page(root, "book/spoonbills")

    path = root / "book/spoonbills.md"
    path.write_text(path.read_text().replace("# Spoonbills", "# Spoons").replace("Some", "More"))
    assert ran() == ()
    assert "More words" in page(root, "book/spoonbills")
    assert "Spoons" in page(root, "book/cranes"), "the contents beside another page"
    assert "Spoons" in page(root, "book/index"), "the text of a link"

    write(root, "book/_static/kit.js", "// now there is something\n")
    assert ran() == ()
    assert "something" in (root / "_build/html/_static/kit.js").read_text()

    path.write_text(path.read_text() + "\n```{code-cell} python\nprint('one more')\n```\n")
    assert ran() == ("book/spoonbills.md",)
    assert "one more" in page(root, "book/spoonbills")


def test_a_cold_build_runs_everything_and_gives_the_same_site(root):
    before = site(root)
    report = build_book(root=root, cold=True)
    assert len(report.executed) == 2
    after = site(root)
    assert after.keys() == before.keys()
    pages = [name for name in after if name.endswith(".html")]
    assert {name for name in pages if after[name] != before[name]} == set()


def test_broken_lessons_name_file_line_cell_and_error(root):
    before = site(root)
    write(
        root,
        "src/flyway/datasets.py",
        "def load(name):\n    raise ValueError('count is negative in row 14 (site KR03, 2021)')\n",
    )
    write(
        root,
        "book/cranes.md",
        lesson("Cranes", "x = 1", "import flyway.datasets as d\n\nd.load(x)"),
    )
    slow = lesson("Spoonbills", "import time; time.sleep(60)")
    write(
        root,
        "book/spoonbills.md",
        slow.replace("---\n\n#", "mystnb: {execution_timeout: 1}\n---\n\n#"),
    )
    with pytest.raises(BuildError) as caught:
        build_book(root=root)
    assert caught.value.problems == [
        "book/cranes.md:17: cell 2: ValueError: count is negative in row 14 (site KR03, 2021)",
        "book/spoonbills.md:12: cell 1: ran for more than 1 s and was stopped",
    ]
    assert "last good site is unchanged" in str(caught.value)
    assert site(root) == before


def test_a_warning_is_an_error_until_it_is_mended(root):
    before = site(root)
    path = root / "book/index.md"
    good = path.read_text()
    path.write_text(good + "\n\n[](no-such-page.md)\n")
    for _ in range(2):  # Sphinx alone would be silent the second time
        with pytest.raises(BuildError, match=r"book/index\.md:\d+: WARNING: .*no-such-page"):
            build_book(root=root)
        assert site(root) == before
    path.write_text(good)
    assert build_book(root=root).changed


def test_requests_to_the_internet_and_answers_are_refused(root):
    before = site(root)
    hidden = "assert round(mean_of_january, 1) == 41.7"
    source = f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS\n"
    notebook = {"cells": [{"cell_type": "code", "source": source}]}
    write(root, "solutions/x0/x0.ipynb", json.dumps(notebook))
    path = root / "book/index.md"
    path.write_text(
        f"{path.read_text()}\n```python\n{hidden}\n```\n\n"
        '<img src="https://example.org/crane.png" alt="A crane">\n'
    )
    with pytest.raises(BuildError, match="must not be published") as caught:
        build_book(root=root)
    problems = "\n".join(caught.value.problems)
    assert f"book/index.html: shows a hidden test of x0: {hidden}" in problems
    assert "book/index.html: <img src> loads https://example.org/crane.png" in problems
    assert site(root) == before


def test_a_full_disk_leaves_the_site(root, monkeypatch):
    before = site(root)
    write(root, "book/_static/kit.js", "// new\n")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    for module, name in ((shutil, "copytree"), (sphinx_run.subprocess, "Popen")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            with pytest.raises(BuildError, match="The disk is full"):
                build_book(root=root)
        assert site(root) == before
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 0))
        with pytest.raises(BuildError, match="Free at least 200 MB"):
            build_book(root=root)
    assert build_book(root=root).changed


def test_two_builds_at_once(root):
    with (
        locked(root / "_build/lock"),
        pytest.raises(BuildError, match=rf"Another build .* \(process {os.getpid()}\)"),
    ):
        build_book(root=root)
    assert not build_book(root=root).changed


BUILDER = """
import sys
from flyway_course.build import build_book
build_book(root=sys.argv[1], progress=lambda line: print(line, flush=True))
"""


def processes_of(root: Path) -> list[int]:
    """Processes that work for the book below `root`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(str(root)) in text:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_build_leaves_the_site_and_no_process(root, number):
    before = site(root)
    mark = root / "running"
    sleeper = f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(600)"
    write(root, "book/cranes.md", lesson("Cranes", sleeper))
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(BUILDER), str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as builder:
        for _ in range(1200):
            if mark.exists():
                break
            time.sleep(0.05)
        assert mark.exists()
        builder.send_signal(number)
        assert builder.wait(60)
    for _ in range(400):
        if not processes_of(root):
            break
        time.sleep(0.05)
    assert processes_of(root) == []
    assert site(root) == before
    write(root, "book/cranes.md", lesson("Cranes", "print('again')"))
    assert build_book(root=root).executed == ("book/cranes.md",)
    assert "again" in page(root, "book/cranes")


def test_half_written_outputs_are_run_again(root):
    executed = sorted((root / "_build/outputs/executed").glob("*/base.ipynb"))
    assert len(executed) == 2
    executed[0].write_text("{")
    executed[1].unlink()
    (root / "_build/state.json").write_text("{")
    assert len(build_book(root=root).executed) == 2

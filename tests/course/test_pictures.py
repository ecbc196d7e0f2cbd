"""Pictures of the last build: used again when nothing changed, dropped when nobody needs them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from small_book import data_package, lesson, small_book, write

from flyway.widgets import reuse
from flyway_course.build import build_book, pictures
from flyway_course.build.depends import Sources
from flyway_course.build.pictures import LessonPictures, drop_lost, meddles
from flyway_course.paths import ROOT

FIGURES = """
import matplotlib.pyplot as plt

def bars(numbers, n):
    fig, ax = plt.subplots(figsize=(2, 1))
    ax.bar(range(len(numbers)), [n * x for x in numbers])
    return ax

def bars_alt(numbers, n):
    return f"{n} times {numbers}."
"""
IMPORTS = """
from functools import partial
from flyway import datasets
from flyway.bars import bars, bars_alt
from flyway.widgets import explore
"""
WIDGET = """
numbers = [int(x) for x in datasets.load("cranes")]
explore(partial(bars, numbers), alt=partial(bars_alt, numbers), n=[1, 2, 3])
"""


def test_build_and_kernel_agree_on_names():
    assert (pictures.FOLDER, pictures.DIGESTS, pictures.USED) == (
        reuse.FOLDER,
        reuse.DIGESTS,
        reuse.USED,
    )


def digests(root: Path) -> dict[str, str]:
    text = (root / "book/spoonbills.md").read_text("utf-8")
    made = LessonPictures(root / "pictures", "book/spoonbills.md", text, Sources(root))
    return {name: digest for name, (_, digest) in made.digests.items()}


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("src/flyway/growth.py", "from .deep import X\n", {"flyway.growth"}),
        ("src/flyway/deep.py", "X = 2\n", {"flyway.deep", "flyway.growth"}),
        ("datasets/spoonbills/spoonbills.csv", "count\n9\n", "all"),
        ("requirements.lock", "matplotlib==9\n", "all"),
        ("src/flyway/_assets/land.json", "{}\n", "all"),
        ("datasets/cranes/cranes.csv", "count\n9\n", set()),
        ("src/flyway/other.py", "X = 2\n", set()),
        ("book/spoonbills.md", None, set()),
    ],
)
def test_a_digest_changes_with_what_its_module_depends_on(tmp_path, name, text, changed):
    root = small_book(tmp_path)
    write(root, "src/flyway/deep.py", "X = 1\n")
    write(root, "src/flyway/growth.py", "from .deep import X\n\ndef rate(a, b):\n    return X\n")
    before = digests(root)
    if text is None:
        text = (root / name).read_text() + "\n```{code-cell} python\n1\n```\n"
    write(root, name, text)
    after = digests(root)
    assert before.keys() == after.keys() >= {"flyway.growth", "flyway.datasets"}
    wanted = set(before) if changed == "all" else changed
    assert {module for module in before if before[module] != after[module]} == wanted


def test_another_installed_version_changes_every_digest(tmp_path, monkeypatch):
    root = small_book(tmp_path)
    before = digests(root)
    monkeypatch.setattr(pictures, "installed", lambda: ("matplotlib-99.dist-info",))
    assert not before.items() & digests(root).items()
    monkeypatch.undo()
    assert any(name.startswith("matplotlib-") for name in pictures.installed())


@pytest.mark.parametrize(
    "cell",
    [
        "from flyway import growth\ngrowth.FIRST = 3",
        "import flyway.growth as g\ng.TABLE['a'] = 3",
        "import flyway.growth as g\ndel g.TABLE",
        "import flyway.growth as g\ng.FIRST += 1",
        "import os\nos.environ['TZ'] = 'Asia/Seoul'",
        "setattr(x, 'y', 1)",
        "import builtins\nbuiltins.exec('1')",
        "home().FIRST = 3",
    ],
)
def test_a_lesson_that_changes_a_module_keeps_no_pictures(tmp_path, cell):
    text = lesson("A", cell)
    assert meddles(text)
    root = small_book(tmp_path)
    made = LessonPictures(root / "pictures", "a.md", text, Sources(root))
    assert made.environment() == {}
    assert not made.folder.exists()


def test_a_plain_lesson_changes_no_module():
    assert not meddles(lesson("A", "import pandas as pd", "x = pd.read_csv('a')\nx['b'] = x.c = 1"))


def test_pictures_go_when_a_file_changed_while_the_lesson_ran(tmp_path):
    root = small_book(tmp_path)
    text = (root / "book/spoonbills.md").read_text("utf-8")
    for change in (False, True):
        made = LessonPictures(root / "pictures", "book/spoonbills.md", text, Sources(root))
        place = Path(made.environment()[reuse.FOLDER])
        (place / "a").touch()
        (place / "b").touch()
        (place / reuse.USED).write_text("b\n")
        if change:
            write(root, "src/flyway/growth.py", "def rate(a, b): return 0\n")
        made.keep_used()
        kept = {path.name for path in place.iterdir()} if place.is_dir() else set()
        assert kept == (set() if change else {"b", reuse.DIGESTS, reuse.USED})


def test_pictures_of_lost_lessons_go(tmp_path):
    for name in ("book/a.md", "book/deep/b.md"):
        write(tmp_path, f"{name}/{reuse.DIGESTS}", "{}")
    drop_lost(tmp_path, ["book/a.md"])
    assert (tmp_path / "book/a.md").is_dir()
    assert not (tmp_path / "book/deep/b.md").exists()


def test_no_module_of_the_course_shares_a_generator_between_pictures():
    """A kept picture takes nothing from it, so the next one would come out another."""
    makers = r"(default_rng|RandomState|Random)\("
    shared = [
        f"{path.name}: {line}"
        for path in (ROOT / "src/flyway").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.match(rf"[A-Za-z_]\w*( *:[^=]*)? *= *.*\b{makers}", line)
    ]
    assert shared == []


@pytest.mark.slow
def test_a_build_draws_just_the_pictures_that_changed(tmp_path):
    root = small_book(tmp_path / "book")
    ignored = shutil.ignore_patterns("__pycache__", "_datasets")
    for part in ("plots", "widgets", "simulate"):
        shutil.copytree(ROOT / "src/flyway" / part, root / "src/flyway" / part, ignore=ignored)
    write(root, "src/flyway/bars.py", FIGURES)
    write(root, "book/cranes.md", lesson("Cranes", IMPORTS, WIDGET))
    folder = root / "_build/pictures/book/cranes.md"

    def kept() -> dict[str, int]:
        """Name of each kept picture -> when it was written."""
        return {p.name: p.stat().st_mtime_ns for p in folder.iterdir() if len(p.name) == 64}

    def shown() -> str:
        text = (root / "_build/html/book/cranes.html").read_text("utf-8")
        return re.sub(r"\?v=\w+", "", text)  # the plain theme's, which a second build adds

    def rebuild() -> tuple[int, int]:
        """How many pictures were used again, and how many drawn."""
        before = kept() if folder.is_dir() else {}
        assert "book/cranes.md" in build_book(root=root).executed
        again = kept().items() & before.items()
        return len(again), len(kept()) - len(again)

    assert rebuild() == (0, 3)
    assert len(set(re.findall(r"data:image/png;base64,[^\"]+", shown()))) == 3
    write(root, "book/cranes.md", lesson("Cranes", IMPORTS, WIDGET, "1 + 1"))
    assert rebuild() == (3, 0)
    write(root, "book/cranes.md", lesson("Cranes", IMPORTS, WIDGET.replace("2, 3", "5")))
    assert rebuild() == (1, 1)  # and two that nobody needs are gone
    data_package(root, "cranes", "count\n3\n4\n")
    assert rebuild() == (0, 2)
    assert "1 times [3, 4]." in shown()
    write(root, "src/flyway/bars.py", FIGURES.replace("n * x", "n + x"))
    assert rebuild() == (0, 2)
    write(root, "book/cranes.md", lesson("Cranes", IMPORTS, WIDGET))
    assert rebuild() == (1, 2)
    reused = shown()
    shutil.rmtree(root / "_build")
    build_book(root=root)
    assert shown() == reused

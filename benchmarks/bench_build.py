"""How long the book takes to build: cold, unchanged and after one change, beside the floor.

    python benchmarks/bench_build.py [--runs 1] [--skip-stock]

Works on a copy of this checkout in a temporary folder. Every row runs in the same session, so that
the ratios hold on any machine; the figures wander with what else the machine does, and the CPU
column less than the wall column. CPU counts all processes of a build, its kernels too.

The floors: Jupyter Book on a book of one page without code; and the lessons alone, with no book
around them, each in a fresh kernel, one after another.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flyway_course import paths
from flyway_course.build.names import CELL
from flyway_course.build.sphinx_run import environment

LEFT_OUT = {".git", ".venv", "_build", "node_modules", "workspace", "cohorts"}
STOCK = "import sys; from jupyter_book.cli.main import main; main(sys.argv[1:])"
JUPYTER_BOOK = [sys.executable, "-c", STOCK, "build", "--all"]
BUILD = [sys.executable, "-m", "flyway_course.cli", "build"]
LESSON = (
    "book/modules/04-change/01-is-it-recovering.md"  # what is changed: a lesson with 37 pictures
)
SLIDER = "percent=[2, 4"  # one of its sliders, which gets one value more: two pictures
LESSONS = """
import sys, tempfile
from contextlib import nullcontext
import jupytext
from nbclient import NotebookClient
from flyway_course.kernels import warm_kernels
kind, *files = sys.argv[1:]
with warm_kernels() if kind == "warm" else nullcontext():
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            place = {"metadata": {"path": folder}}
            NotebookClient(jupytext.read(file), timeout=300, resources=place).execute()
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument(
        "--runs", type=int, default=1, help="runs of each row; the median is shown"
    )
    options.add_argument("--skip-stock", action="store_true", help="leave out stock Jupyter Book")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, plain = copy(Path(folder) / "book"), one_page(Path(folder) / "plain")
        lessons = [
            str(path) for path in sorted(root.glob("book/**/*.md")) if CELL.search(path.read_text())
        ]
        changed = root / LESSON
        text = changed.read_text()
        env = environment(root, Path(folder))
        fresh = {**env, "FLYWAY_KERNELS": "fresh"}
        count = iter(range(10**6))

        def nothing() -> None:
            pass

        def new_cell() -> None:
            changed.write_text(f"{text}\n```{{code-cell}} python\n{next(count)}\n```\n")

        def new_picture() -> None:
            shown = text.replace(SLIDER, f"{SLIDER[:-1]}3.{next(count)}, {SLIDER[-1]}", 1)
            if shown == text:
                sys.exit(f"{LESSON} holds no '{SLIDER}': name another slider in this script.")
            changed.write_text(shown)

        def new_words() -> None:
            changed.write_text(f"{text}\nA sentence, number {next(count)}.\n")

        def forget() -> None:
            shutil.rmtree(root / "_build", ignore_errors=True)

        def forget_plain() -> None:
            shutil.rmtree(plain / "_build", ignore_errors=True)

        code = [sys.executable, "-c", LESSONS]
        rows: list[tuple[str, Callable[[], None], list[str], dict[str, str]]] = [
            ("floor: Jupyter Book, one page", forget_plain, [*JUPYTER_BOOK, str(plain)], env),
            ("floor: lessons alone, fresh kernels", nothing, [*code, "fresh", *lessons], fresh),
            ("lessons alone, warm kernels", nothing, [*code, "warm", *lessons], env),
            ("cold, stock Jupyter Book", forget, [*JUPYTER_BOOK, str(root)], fresh),
            ("cold, fresh kernels", forget, BUILD, fresh),
            ("cold", forget, BUILD, env),
            ("unchanged", nothing, BUILD, env),
            ("one lesson's code changed", new_cell, BUILD, env),
            ("one lesson's slider made longer", new_picture, BUILD, env),
            ("one lesson's words changed", new_words, BUILD, env),
        ]
        if given.skip_stock:
            rows = [row for row in rows if "stock" not in row[0]]
        print(f"{len(lessons)} pages with code; {os.cpu_count()} cores\n")
        print(f"{'':40}{'wall s':>9}{'CPU s':>9}{'CPU of floor':>14}")
        floor = 0.0
        for number, (name, prepare, command, env_of_row) in enumerate(rows):
            runs = []
            for _ in range(given.runs):
                prepare()
                runs.append(measure(command, root, env_of_row))
            wall, cpu = (median(column) for column in zip(*runs, strict=True))
            if number < 2:
                floor += cpu  # what a cold build needs at least: Sphinx, and every lesson run
            ratio = f"{cpu / floor:14.2f}" if number > 1 else ""
            print(f"{name:40}{wall:9.1f}{cpu:9.1f}{ratio}", flush=True)


def measure(command: list[str], root: Path, env: dict[str, str]) -> tuple[float, float]:
    """Seconds on the clock, and of all processors together."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copy(root: Path) -> Path:
    """The inputs of the book, in a folder that may be spoilt."""
    root.mkdir()
    for place in paths.ROOT.iterdir():
        if place.is_dir() and place.name not in LEFT_OUT:
            ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(place, root / place.name, ignore=ignore)
        elif place.is_file():
            shutil.copy(place, root / place.name)
    (root / "node_modules").symlink_to(paths.ROOT / "node_modules")
    return root


def one_page(root: Path) -> Path:
    """A book of one page without code."""
    root.mkdir()
    (root / "_config.yml").write_text("title: One page\nexecute: {execute_notebooks: 'off'}\n")
    (root / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (root / "index.md").write_text("# One page\n\nWords.\n")
    return root


if __name__ == "__main__":
    main()

"""What the course in the browser costs: seconds to make it, its size by part, seconds to the first cell.

    python benchmarks/bench_lite.py

The site is made as it is published (all lessons, Python from the CDN), and once with its own Python
(Pyodide's core from npm) to run a cell with no internet. The full Python of a lesson (numpy, pandas,
statsmodels and so on) comes from the CDN on top; its size is not measured here. Needs a built book.
Times wander with the machine, sizes do not.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import nbformat
from gzip_server import serving

from flyway_course import paths
from flyway_course.browsers import HOW_TO, find_browser
from flyway_course.lite import distribution, tools
from flyway_course.lite.make import Sources, make

sys.path.insert(0, str(paths.ROOT / "tests" / "book"))
from pyodide_core import core_distribution

CELL = "import ipywidgets\nipywidgets.Label(f'six times seven is {6 * 7}')"


def size(folder: Path) -> float:
    """Megabytes (of 1,000,000 bytes) of a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def timed(what: str, work) -> float:
    """Do some work, print its seconds."""
    start = time.perf_counter()
    work()
    print(f"{what:<52}{time.perf_counter() - start:8.1f} s")


def published(place: Path, lite: Path) -> int:
    """Make the site as it is published, with Python from the CDN; return the bytes of our wheel."""
    tools.ensure_tools()
    released = distribution.from_cdn(paths.NODE_MODULES / "pyodide")
    course = tools.course_wheel(place / "wheel")
    sources = Sources(paths.NOTEBOOKS, paths.EXERCISES, paths.DATASETS, course)
    make(sources, released, place / "source", lite)
    return course.stat().st_size


def with_core(place: Path, lite: Path, cell: str) -> None:
    """Make a site with its own Python (Pyodide's core from npm) and a notebook of one cell."""
    tools.ensure_tools()
    released = distribution.from_cdn(paths.NODE_MODULES / "pyodide")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    (place / "notebooks").mkdir()
    nbformat.write(notebook, place / "notebooks" / "cell.ipynb")
    core = core_distribution(place / "core-python")
    own = distribution.from_path(core, released.release, place / "unpacked")
    sources = Sources(place / "notebooks", paths.EXERCISES, paths.DATASETS, None)
    make(sources, own, place / "core-source", lite, packages=["ipywidgets"])


def first_cell(lite: Path, answer: str) -> tuple[float, float]:
    """Open a notebook as the button does, run its cell, wait for its answer (a selector).

    Returns seconds until the notebook can be read, and until the cell has answered.
    """
    from playwright.sync_api import sync_playwright

    browser = find_browser()
    if browser is None:
        sys.exit(f"NO BROWSER FOUND. {HOW_TO}")
    with serving(lite) as address, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(browser), args=["--no-sandbox"])
        page = chromium.new_page()
        page.set_default_timeout(180_000)
        start = time.perf_counter()
        page.goto(f"{address}/open.html?path=lessons/cell.ipynb")
        page.wait_for_selector(".jp-CodeCell .cm-content")
        readable = time.perf_counter() - start
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_selector(answer)
        answered = time.perf_counter() - start
        chromium.close()
    return readable, answered


def main() -> None:
    """Measure and print."""
    timed("environment of JupyterLite (there already: 0)", tools.ensure_tools)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        lite = place / "lite"
        wheel = []
        timed("site as published", lambda: wheel.append(published(place, lite)))
        print(f"{'size of the site':<52}{size(lite):8.1f} MB")
        for part in ("build", "extensions", "files", "static"):
            print(f"  {part:<50}{size(lite / part):8.1f} MB")
        print(f"  {'course wheel':<50}{wheel[0] / 1e6:8.1f} MB")
        with_core(place, lite, CELL)
        print(f"{'Python of the site: core and kernel':<52}{size(lite / 'static'):8.1f} MB")
        readable, answered = first_cell(lite, "text=six times seven is 42")
        print(f"{'notebook to read':<52}{readable:8.1f} s")
        print(f"{'first cell has answered':<52}{answered:8.1f} s")


if __name__ == "__main__":
    main()

"""What the course weighs in each of its forms, and how long a slow phone and a browser wait for it.

    python benchmarks/bench_sizes.py [--runs 3] [--only sizes|phone|cell]

One run, one machine: site, in-browser course, bundle and PDF, as they lie on a disk and packed as a
web host or a zip packs them; the first words of two lessons on slowed lines, beside Jupyter Book as
it comes with the words of our first lesson; the first cell in the browser's own Python. The lines
are those of the browser's developer tools and Lighthouse (delays and speeds in LINES), with a
processor four times slower. Sizes are those of the built book; what is not built is "not made".
Times wander with the machine, sizes do not. Needs a built book.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import bench_lite
import bench_pages
from gzip_server import PACKED, serving

from flyway_course import paths
from flyway_course.browsers import HOW_TO, find_browser
from flyway_course.bundle import make_bundle
from flyway_course.bundle.locked import learners_part
from flyway_course.bundle.targets import PYTHONS, SYSTEMS, targets
from flyway_course.bundle.wheels import choose, read_list
from flyway_course.lint import Book

LESSONS = ("0.1", "4.1")
LINES = {
    "slow 4G": {"latency": 562.5, "downloadThroughput": 1.44e6 / 8, "uploadThroughput": 675e3 / 8},
    "slow 3G": {"latency": 2000.0, "downloadThroughput": 400e3 / 8, "uploadThroughput": 400e3 / 8},
}
"""Round-trip delay in ms, speeds in bytes per second."""
SLOWER = 4
WATCH = """
  window.paints = {first: 0, largest: 0};
  new PerformanceObserver((list) => { for (const e of list.getEntries())
    if (e.name === "first-contentful-paint") paints.first = e.startTime; }).observe({type: "paint", buffered: true});
  new PerformanceObserver((list) => { for (const e of list.getEntries()) paints.largest = e.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
"""


def row(what: str, raw: float | None, packed: float | None, more: str = "") -> None:
    """Print one line of the table of sizes; bytes in, megabytes (of 1,000,000 bytes) out."""
    shown = [f"{n / 1e6:9.1f}" if n is not None else f"{'-':>9}" for n in (raw, packed)]
    print(f"{what:<44}{shown[0]}{shown[1]}  {more}".rstrip())


def weigh(files: Iterable[Path]) -> tuple[int, int, int]:
    """Bytes of some files, bytes as a web host sends them, number of files."""
    raw = sent = number = 0
    for path in files:
        data = path.read_bytes()
        raw += len(data)
        sent += len(gzip.compress(data, 6, mtime=0)) if path.suffix in PACKED else len(data)
        number += 1
    return raw, sent, number


def sizes(scratch: Path) -> None:
    """Site, in-browser course, bundle, PDF."""
    print(f"{'':<44}{'MB':>9}{'packed':>9}")
    files = [path for path in sorted(paths.SITE.rglob("*")) if path.is_file()]
    book = [path for path in files if path.relative_to(paths.SITE).parts[0] != "lite"]
    raw, sent, number = weigh(book)
    row("book as a website", raw, sent, f"{number} files")
    kinds = {
        "pages": lambda path: path.suffix == ".html",
        "pictures, one for light and one for dark": lambda path: path.suffix in {".png", ".svg"},
        "notebooks": lambda path: path.suffix == ".ipynb",
        "data to download": lambda path: "_downloads" in path.parts,
    }
    for name, belongs in kinds.items():
        chosen = [path for path in book if belongs(path)]
        raw, sent, number = weigh(chosen)
        row(f"  {name}", raw, sent, f"{number} files")
    lite = scratch / "lite"
    wheel = bench_lite.published(scratch, lite)
    raw, sent, number = weigh(path for path in lite.rglob("*") if path.is_file())
    row("lite/, Python from the CDN", raw, sent, f"{number} files; our wheel {wheel / 1e6:.1f} MB")
    bundles(scratch)
    papers = {"PDF of the book": "pdf/*.pdf", "PDF, sheets to hand out": "pdf/sheets/*.pdf"}
    for name, place in papers.items():
        made = sorted(paths.BUILD.glob(place))
        if not made:
            print(f"{name:<44}{'not made':>9}")
            continue
        size = sum(path.stat().st_size for path in made)
        row(name, size, None, f"{sum(map(pages_of, made))} pages in {len(made)}")


def pages_of(paper: Path) -> int:
    """Pages of a PDF."""
    from pypdf import PdfReader

    return len(PdfReader(paper).pages)


def bundles(scratch: Path) -> None:
    """The bundle as it is made here, and with the packages that each system would get."""
    plain = make_bundle(paths.ROOT, scratch)
    row("bundle", plain.size, plain.archive_size, f"{plain.files} files")
    known, locked = read_list(), learners_part(paths.ROOT)
    for systems in (*((system,) for system in SYSTEMS), SYSTEMS):
        for pythons, words in (
            (PYTHONS[-2:-1], "one Python"),
            (PYTHONS, f"{len(PYTHONS)} Pythons"),
        ):
            chosen = [choose(target, locked, known) for target in targets(systems, pythons)]
            wheels = {wheel for found in chosen for _, wheel in found}
            size = plain.size + sum(wheel.size for wheel in wheels)
            row(f"  for {', '.join(systems)}, {words}", size, None, f"{len(wheels)} packages")


def first_words(runs: int, browser: Path) -> None:
    """First text and largest paint of the lessons on slowed lines, beside an untouched book."""
    from playwright.sync_api import sync_playwright

    book = Book.load(paths.ROOT)
    lessons = [one for one in book.lessons if one.card["number"] in LESSONS]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        print("building an untouched book …", file=sys.stderr)
        plain = stack.enter_context(serving(bench_pages.plain_book(folder, book)))
        ours = stack.enter_context(serving(paths.SITE))
        pages = {bench_pages.PLAIN: f"{plain}/index.html"}
        for one in lessons:
            pages[f"lesson {one.card['number']}"] = bench_pages.page_url(ours, one.path)
        play = stack.enter_context(sync_playwright())
        chromium = play.chromium.launch(executable_path=str(browser), args=bench_pages.FLAGS)
        print(f"\n{'':<26}{'line':<10}{'first words (ratio)':>22}{'largest (ratio)':>20}{'kB':>8}")
        for line, speed in LINES.items():
            base: tuple[float, ...] = ()
            for name, url in pages.items():
                seen = [
                    one_visit(chromium, play.devices["Pixel 7"], url, speed) for _ in range(runs)
                ]
                first, largest, received = (median(run[at] for run in seen) for at in range(3))
                base = base or (first, largest)
                print(
                    f"{name:<26}{line:<10}{first / 1000:>11.1f} s ({first / base[0]:.2f})"
                    f"{largest / 1000:>13.1f} s ({largest / base[1]:.2f}){received / 1000:>8.0f}"
                )
        chromium.close()
        measured = [bench_pages.Measured(name, url) for name, url in pages.items()]
        for one in measured:
            for _ in range(runs):
                bench_pages.lighthouse(one, browser)
    print("\nLighthouse, simulated phone\n" + bench_pages.lighthouse_table(measured))


def one_visit(chromium, phone, url: str, speed: dict[str, float]) -> tuple[float, float, float]:
    """Open a page with an empty cache on a slowed line; ms to first and largest paint, bytes so far."""
    context = chromium.new_context(**{**phone, "service_workers": "block"})
    page = context.new_page()
    page.set_default_timeout(180_000)
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(url, wait_until="networkidle")
    paints = page.evaluate("paints")
    received = page.evaluate(
        """() => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
          .reduce((sum, e) => sum + e.transferSize, 0)"""
    )
    context.close()
    return paints["first"], paints["largest"], received


def first_cell(scratch: Path, runs: int) -> None:
    """Seconds from opening a notebook in the browser to the answer of `1 + 1`."""
    lite = scratch / "core"
    bench_lite.with_core(scratch, lite, "1 + 1")
    times = [
        bench_lite.first_cell(lite, ".jp-OutputArea-output:has-text('2')") for _ in range(runs)
    ]
    readable, answered = (median(run[at] for run in times) for at in range(2))
    print("\nFirst cell in the browser (core kernel, served by this machine, no slowed line)")
    print(f"{'notebook to read':<44}{readable:9.1f} s")
    print(f"{'1 + 1 has answered':<44}{answered:9.1f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--runs", type=int, default=3, help="visits of each page; the median is shown"
    )
    parser.add_argument("--only", choices=["sizes", "phone", "cell"], help="one of the three parts")
    asked = parser.parse_args()
    paths.put_tools_on_path()
    browser = find_browser()
    if browser is None:
        raise SystemExit(f"There is no browser to measure with. {HOW_TO}")
    if not (paths.SITE / "index.html").is_file():
        raise SystemExit("The book is not built: run `python3 course.py build` first.")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}\n")
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        if asked.only in {None, "sizes"}:
            sizes(scratch)
        if asked.only in {None, "phone"}:
            first_words(asked.runs, browser)
        if asked.only in {None, "cell"}:
            first_cell(scratch, asked.runs)


if __name__ == "__main__":
    main()

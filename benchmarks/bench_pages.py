"""What a page costs a phone: weight before pictures, and Lighthouse, beside an untouched book.

    python benchmarks/bench_pages.py [--runs 3] [--only weight] [--lessons 1]

The untouched book is Jupyter Book as it comes, with the words of our first lesson on one page. It
is built, served (gzip) and measured in the same run, so that the ratios hold on any machine.
Weight is what the browser receives of HTML, styles, scripts and fonts when the page has loaded;
pictures and maps are listed beside it. Lighthouse is its simulated phone; with several runs the
median is printed. Timings wander with the machine, weights do not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from gzip_server import serving

from flyway_course import paths
from flyway_course.browsers import HOW_TO, find_browser
from flyway_course.lint import Book, prose

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What stands between the reader and the words; a frame is a map, which comes when it is scrolled to.
FIRST = ("document", "stylesheet", "script", "font")
SCORES = {"performance": "perf", "accessibility": "a11y", "best-practices": "best", "seo": "seo"}
PLAIN = "untouched Jupyter Book"


@dataclass
class Measured:
    """One page: bytes received by kind, number of requests, Lighthouse scores and timings."""

    name: str
    url: str
    received: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    lighthouse: list[dict[str, float]] = field(default_factory=list)

    @property
    def first(self) -> float:
        """Kilobytes (of 1,000 bytes) received before any picture."""
        return sum(self.received[kind] for kind in FIRST) / 1000

    def of(self, what: str) -> float:
        """The median of the Lighthouse runs."""
        return median(run[what] for run in self.lighthouse)


def plain_book(folder: Path, book: Book) -> Path:
    """Build Jupyter Book as it comes, with the words of the first lesson; return its pages."""
    lesson = book.lessons[0]
    words = [f"# {next(b.text for b in lesson.walk() if b.kind == 'heading')}"]
    words += [piece.text for piece in prose.body(lesson)]
    (folder / "_config.yml").write_text("title: Untouched\nauthor: nobody\n", encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    (folder / "index.md").write_text("\n\n".join(words) + "\n", encoding="utf-8")
    command = ["jupyter-book", "build", "-q", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The untouched book could not be built:\n{done.stderr or done.stdout}")
    return folder / "_build" / "html"


def pages(book: Book, base: str, lessons: int | None) -> list[Measured]:
    """One page of each kind, and the lessons."""
    found = [
        Measured(f"lesson {one.card['number']}", page_url(base, one.path)) for one in book.lessons
    ]
    others = {
        "cover": "book/index.md",
        "start here": "book/start-here.md",
        "module": str(Path(book.lessons[0].path).with_name("index.md").as_posix()),
        "data sets": "book/datasets.md",
        "glossary": "book/glossary.md",
        "references": "book/references.md",
        "instructors": "book/instructors/index.md",
    }
    there = [
        Measured(k, page_url(base, p)) for k, p in others.items() if (paths.ROOT / p).is_file()
    ]
    return found[:lessons] + there


def page_url(base: str, source: str) -> str:
    """The address of a page from the place of its source."""
    return f"{base}/{Path(source).with_suffix('.html').as_posix()}"


def weigh(measured: list[Measured], browser: Path) -> None:
    """Load each page as a phone with an empty cache, and add up what it receives."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(browser), args=FLAGS)
        for one in measured:
            context = chromium.new_context(**play.devices["Pixel 7"])
            page = context.new_page()
            seen = []
            page.on("requestfinished", lambda request, seen=seen: seen.append(request))
            answer = page.goto(one.url, wait_until="networkidle")
            if answer is None or not answer.ok:
                raise SystemExit(f"{one.url} is not there: build the book first")
            for request in seen:
                frame = request.frame != page.main_frame
                kind = "frame" if frame else request.resource_type
                sizes = request.sizes()
                one.received[kind] += sizes["responseBodySize"] + sizes["responseHeadersSize"]
            one.requests = len(seen)
            context.close()
        chromium.close()


def lighthouse(one: Measured, browser: Path) -> None:
    """Run Lighthouse once, as its simulated phone."""
    command = ["node", str(paths.NODE_MODULES / "lighthouse" / "cli" / "index.js"), one.url]
    command += ["--quiet", "--output=json", "--output-path=stdout"]
    command += [f"--only-categories={','.join(SCORES)}", f"--chrome-flags={' '.join(FLAGS)}"]
    environment = {**os.environ, "CHROME_PATH": str(browser)}
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment
    )
    if done.returncode:
        raise SystemExit(f"Lighthouse could not read {one.url}:\n{done.stderr.strip()}")
    report = json.loads(done.stdout)
    run = {
        short: 100 * (report["categories"][name]["score"] or 0) for name, short in SCORES.items()
    }
    run["LCP"] = report["audits"]["largest-contentful-paint"]["numericValue"] / 1000
    run["TBT"] = report["audits"]["total-blocking-time"]["numericValue"]
    one.lighthouse.append(run)
    for name in SCORES:
        for audit in report["categories"][name]["auditRefs"]:
            found = report["audits"][audit["id"]]
            if (
                audit["weight"]
                and found["score"] is not None
                and found["score"] < 0.9
                and name != "performance"
            ):
                print(f"  {one.name}: {name}: {found['title']}", file=sys.stderr)


def weight_table(measured: list[Measured]) -> str:
    """Kilobytes before pictures, and the ratio to the untouched book."""
    base = measured[0].first
    lines = [
        f"{'page':24} {'before pictures':>16} {'ratio':>6}   html   css    js  fonts  pictures  maps  requests"
    ]
    for one in measured:
        got = {kind: one.received[kind] / 1000 for kind in (*FIRST, "image", "frame")}
        parts = f"{got['document']:6.0f} {got['stylesheet']:5.0f} {got['script']:5.0f} {got['font']:6.0f}"
        rest = f"{got['image']:9.0f} {got['frame']:5.0f} {one.requests:9d}"
        lines.append(f"{one.name:24} {one.first:13.0f} kB {one.first / base:6.2f} {parts} {rest}")
    return "\n".join(lines)


def lighthouse_table(measured: list[Measured]) -> str:
    """Scores (100 is best), largest paint and blocked time, with ratios to the untouched book."""
    base = measured[0]
    lines = [
        f"{'page':24} {'perf':>5} {'a11y':>5} {'best':>5} {'seo':>5}   paint (ratio)    blocked"
    ]
    for one in measured:
        scores = " ".join(f"{one.of(short):5.0f}" for short in SCORES.values())
        paint = f"{one.of('LCP'):5.1f} s ({one.of('LCP') / base.of('LCP'):.2f})"
        lines.append(f"{one.name:24} {scores} {paint:>15} {one.of('TBT'):7.0f} ms")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=1, help="Lighthouse runs for each page")
    parser.add_argument("--only", choices=["weight", "lighthouse"], help="one of the two tables")
    parser.add_argument("--lessons", type=int, help="only the first lessons")
    parser.add_argument("--site", type=Path, default=paths.SITE, help="the built site")
    asked = parser.parse_args()
    paths.put_tools_on_path()
    browser = find_browser()
    if browser is None:
        raise SystemExit(f"There is no browser to measure with. {HOW_TO}")
    if not (asked.site / "index.html").is_file():
        raise SystemExit("The book is not built: run `python3 course.py build` first.")
    book = Book.load(paths.ROOT)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        print("building an untouched book …", file=sys.stderr)
        plain = stack.enter_context(serving(plain_book(folder, book)))
        ours = stack.enter_context(serving(asked.site))
        measured = [Measured(PLAIN, f"{plain}/index.html"), *pages(book, ours, asked.lessons)]
        if asked.only != "lighthouse":
            weigh(measured, browser)
            print(weight_table(measured))
        if asked.only != "weight":
            chosen = [one for one in measured if one.name.startswith(("lesson", PLAIN))]
            for run in range(asked.runs):
                for one in chosen:
                    print(f"Lighthouse {run + 1} of {asked.runs}: {one.name} …", file=sys.stderr)
                    lighthouse(one, browser)
            print("\n" + lighthouse_table(chosen))


if __name__ == "__main__":
    main()

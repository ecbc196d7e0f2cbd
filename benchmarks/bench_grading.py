"""CPU seconds per submission: the sandboxed engine beside stock nbgrader, on one class in one run.

    .venv/bin/python benchmarks/bench_grading.py 30 [--stock 6]

The stock engine runs on as many of the same submissions as `--stock` says, and its cost per
submission is compared: it has no cost that a larger class would share, but its start, which is
shared out among the whole class. CPU seconds count every process; wall seconds depend on what else
the computer does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from flyway_course.grading import pool, stock
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.intake import collect
from flyway_course.grading.plan import ANSWER, WRITTEN
from flyway_course.paths import EXERCISES

boxes = []


class CountedPool(pool.Pool):
    """Keeps what the sandbox used before it is closed: its processes are no children of ours."""

    def close(self):
        boxes.append(self.box)
        super().close()


def cpu():
    """CPU seconds of this process, of its children, and of the sandboxes that have ended."""
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in own) + sum(b.cpu + b.cpu_warm for b in boxes)


@contextmanager
def clock(told):
    began, wall = cpu(), time.perf_counter()
    yield
    told["cpu"], told["wall"] = cpu() - began, time.perf_counter() - wall


def hand_in(folder, asked, count):
    """A class that did its work: the reference with a line of each trainee's own."""
    nb = json.loads((EXERCISES / asked.name / f"{asked.name}.ipynb").read_text(encoding="utf-8"))
    answers = {s.id: s.source for s in asked.plan if s.kind in (ANSWER, WRITTEN)}
    for number in range(count):
        for cell in nb["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in answers:
                end = f"\n# {number}" if cell["cell_type"] == "code" else f" {number}"
                cell["source"] = answers[name] + end
        path = folder / f"Trainee {number:03}" / f"{asked.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(nb), encoding="utf-8")
    return folder


def main():
    read = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    read.add_argument("size", type=int)
    read.add_argument("--stock", type=int, default=6, help="submissions for the stock engine")
    read.add_argument("--assignment", default="X0")
    said = read.parse_args()
    asked = Assignment.find(said.assignment)
    pool.Pool = CountedPool
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        inbox = hand_in(folder / "inbox", asked, said.size)
        home = Cohort(folder / "sandbox")
        collected, ours, again, start, theirs = {}, {}, {}, {}, {}
        with clock(collected):
            collect(inbox, asked.name, home)
        with clock(ours):
            grade(asked.name, home)
        with clock(again):
            grade(asked.name, home)
        few = hand_in(folder / "few", asked, said.stock)
        home = Cohort(folder / "stock")
        collect(few, asked.name, home)
        stock._warm_kernels = stock.nullcontext  # nbgrader as it comes: a new kernel for each
        with clock(start):
            home.api()
            stock._refresh(home, asked.name)
        with clock(theirs):
            grade(asked.name, home, engine="nbgrader", unsafe=True)
    each = ours["cpu"] / said.size
    stock_each = theirs["cpu"] / said.stock + start["cpu"] / said.size
    print(f"{asked.short}, {said.size} submissions, {os.cpu_count()} cores")
    print(f"collect   {collected['cpu']:7.2f} CPU s in all")
    print(f"sandbox   {each:7.3f} CPU s each   {ours['wall']:6.1f} s in all")
    print(f"again     {again['cpu']:7.2f} CPU s in all, with nothing changed")
    print(f"nbgrader  {stock_each:7.3f} CPU s each   {theirs['wall'] / said.stock:6.1f} s each")
    print(f"nbgrader takes {stock_each / each:.1f} times as much")


if __name__ == "__main__":
    main()

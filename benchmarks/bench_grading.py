"""CPU seconds per submission: the sandboxed engine beside stock nbgrader, on one class in one run.

    .venv/bin/python benchmarks/bench_grading.py 30 [--stock 6] [--otter 3] [--assignment X4]
                                                    [--pairs] [--mixed]

The stock engine runs on as many of the same submissions as `--stock` says, and its cost per
submission is compared: it has no cost that a larger class would share, but its start, which is
shared out among the whole class. `--otter` does the same with otter-grader, in an environment that
it makes. CPU seconds count every process; wall seconds depend on what else the computer does.

With `--mixed` the class is one as it comes: finished, half-finished, or wrong in the usual ways.
Without it all have finished, which costs most. With `--pairs` the class works as the exercises ask:
two write the code together and hand in the same, each with words of their own. Without it all code
is different.

The *floor* is what the reference solution and the tests cost by themselves, in a process that has
all modules loaded and has run them before: no engine that runs them can cost less. The time above
it is the price of the walls, of two processes and of the record.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from flyway_course.grading import pool, stock
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.plan import ANSWER, WRITTEN
from flyway_course.paths import EXERCISES, ROOT

sys.path.insert(0, str(Path(__file__).parent))
import otter_beside
from trainees import answers_of

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


def hand_in(folder, asked, count, together=1, mixed=False):
    """A class that handed in: answers with a line of each trainee's, or each pair's, own."""
    released = (EXERCISES / asked.name / f"{asked.name}.ipynb").read_text(encoding="utf-8")
    reference = {s.id: s.source for s in asked.plan if s.kind in (ANSWER, WRITTEN)}
    for number in range(count):
        nb = json.loads(released)
        answers = answers_of(asked, number // together) if mixed else reference
        for cell in nb["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in answers:
                is_code = cell["cell_type"] == "code"
                own = f"own = {number // together}\n" if is_code else ""
                cell["source"] = own + answers[name] + ("" if is_code else f" {number}")
        path = folder / f"Trainee {number:03}" / f"{asked.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(nb), encoding="utf-8")
    return folder


FLOOR = """
import gc, os, resource, sys, tempfile
sys.path.insert(0, sys.argv[3])
from flyway_course.grading.authoring import notebooks, trial
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.sandbox.inside.pictures import small_png
import matplotlib, flyway.plots.figure
matplotlib.use("agg")
flyway.plots.figure.save_png = small_png
asked = Assignment.find(sys.argv[1])
nb = notebooks.read(asked.path)
os.chdir(sys.argv[2])
trial.attempt(nb)
gc.collect()
gc.freeze()  # as the sandbox's own warm process does it
used = []
for turn in range(5):
    child = os.fork()
    if child == 0:
        os._exit(0 if trial.attempt(nb).full else 1)
    _, status, usage = os.wait4(child, 0)
    assert status == 0, "the reference does not pass"
    used.append(usage.ru_utime + usage.ru_stime)
print(sorted(used)[2])
"""


def floor(asked):
    """CPU seconds of the reference solution and all tests in a warm fork, without walls."""
    with tempfile.TemporaryDirectory() as place:
        for name, data in asked.files().items():
            (Path(place) / name).write_bytes(base64.b64decode(data))
        command = [sys.executable, "-c", FLOOR, asked.name, place, str(ROOT / "src")]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def beside_otter(asked, folder, count, size):
    """One line about otter-grader."""
    notebooks = sorted(hand_in(folder / "inbox", asked, count).rglob("*.ipynb"))
    try:
        told = otter_beside.measure(folder, asked, notebooks)
    except otter_beside.NoOtterError as error:
        return f"otter     not measured: {error}"
    used = told["cpu"] / count + told["start"] / size
    points = ", ".join(f"{score:g}" for score in told["scores"])
    return f"otter     {used:7.3f} CPU s each   (otter-grader {told['version']}, points {points})"


def main():
    read = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    read.add_argument("size", type=int)
    read.add_argument("--stock", type=int, default=6, help="submissions for the stock engine")
    read.add_argument("--assignment", default="X0")
    read.add_argument("--otter", type=int, default=0, help="submissions for otter-grader")
    read.add_argument("--pairs", action="store_true", help="two hand in the same code")
    read.add_argument("--mixed", action="store_true", help="not all have finished, or are right")
    said = read.parse_args()
    asked = Assignment.find(said.assignment)
    pool.Pool = CountedPool
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        inbox = hand_in(folder / "inbox", asked, said.size, 2 if said.pairs else 1, said.mixed)
        home = Cohort(folder / "sandbox")
        collected, ours, again, start, theirs = {}, {}, {}, {}, {}
        with clock(collected):
            collect(inbox, asked.name, home)
        with clock(ours):
            grade(asked.name, home)
        with clock(again):
            grade(asked.name, home)
        few = hand_in(folder / "few", asked, said.stock, mixed=said.mixed)
        home = Cohort(folder / "stock")
        collect(few, asked.name, home)
        stock._warm_kernels = stock.nullcontext  # nbgrader as it comes: a new kernel for each
        with clock(start):
            home.api()
            stock._refresh(home, asked.name)
        with clock(theirs):
            grade(asked.name, home, engine="nbgrader", unsafe=True)
        (folder / "otter").mkdir()
        otter = beside_otter(asked, folder / "otter", said.otter, said.size) if said.otter else ""
    least = floor(asked)
    each = ours["cpu"] / said.size
    stock_each = theirs["cpu"] / said.stock + start["cpu"] / said.size
    way = (", mixed" if said.mixed else "") + (", in pairs" if said.pairs else "")
    print(f"{asked.short}, {said.size} submissions{way}, {os.cpu_count()} cores")
    print(f"collect   {collected['cpu']:7.2f} CPU s in all")
    print(f"sandbox   {each:7.3f} CPU s each   {ours['wall']:6.1f} s in all")
    print(f"again     {again['cpu']:7.2f} CPU s in all, with nothing changed")
    print(f"nbgrader  {stock_each:7.3f} CPU s each   {theirs['wall'] / said.stock:6.1f} s each")
    print(f"floor     {least:7.3f} CPU s each, of answers and tests alone")
    if otter:
        print(otter)
    print(f"nbgrader takes {stock_each / each:.1f} times as much as the sandbox")
    if said.pairs or said.mixed:  # it may cost less than the floor, which is of all answers
        return
    over, theirs_over = each - least, stock_each - least
    print(
        f"above the floor it is {theirs_over / over:.1f} times: {theirs_over:.3f} s and {over:.3f} s"
    )


if __name__ == "__main__":
    main()

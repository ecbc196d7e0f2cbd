"""The sandboxes of one grading run, and the work that goes through them."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from flyway_course.grading import outcome, plan
from flyway_course.grading.answers.rebuild import Piece, Rebuilt
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.errors import GradingError
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.plan import TEST
from flyway_course.grading.sandbox.box import Box, BoxError
from flyway_course.grading.sandbox.machine import Machine
from flyway_course.grading.sandbox.session import Bounds, Testimony, take

MOST_AT_ONCE = 4


class Pool:
    """A warm sandbox for one assignment. Use as a context: at the end nothing of it is left.

    `size` submissions run at the same time.
    """

    def __init__(
        self,
        asked: Assignment,
        machine: Machine,
        files: dict[str, str],
        seed: str | None,
        bounds: Bounds,
    ):
        self.asked, self.files, self.seed, self.bounds = asked, files, seed, bounds
        self.size = min(os.cpu_count() or 1, MOST_AT_ONCE)
        self.judged = plan.tests_side(asked.plan)
        self.box = Box(machine)
        self.machine = machine
        self.lock = threading.Lock()

    def __enter__(self) -> Pool:
        self.box.wait_until_ready()
        if self.machine.nested and not self.box.nested:
            self.machine = replace(self.machine, nested=False)
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox and everything in it."""
        self.box.close()

    def grade(self, rebuilt: Rebuilt) -> Outcome:
        """Run one submission and return what it gave."""
        cells, places = student_side(rebuilt.pieces, self.asked)
        try:
            said = self._take(cells)
        except BoxError:  # the sandbox itself is gone: one new one, and one more try
            self._begin_again()
            said = self._take(cells)
        return outcome.from_testimony(said, self.asked.plan, rebuilt.pieces, places)

    def _begin_again(self) -> None:
        """Start a new sandbox in the place of one that has ended; only one worker does it."""
        with self.lock:
            if self.box.state == "ended":
                self.box.close()
                self.box = Box(self.machine)
                self.box.wait_until_ready()

    def _take(self, cells: list[dict[str, Any]]) -> Testimony:
        with contextlib.ExitStack() as stack:

            def students() -> Box:
                if self.machine.nested:
                    return self.box
                own = Box(self.machine)  # no rooms inside: a sandbox for each run
                stack.callback(own.close)
                return own

            return take(students, self.box, cells, self.judged, self.files, self.bounds, self.seed)

    def set_up_desk(self) -> None:
        """Compute once what the tests need for every submission. Worth it for several of them."""
        job = {"cells": plan.whole(self.asked.plan), "files": self.files, "seed": self.seed}
        self.box.set_up_desk({**job, "bounds": self.bounds.asked(self.box)})

    def rehearse(self, kept: Path) -> None:
        """Grade the reference solution: it must earn every point before anybody is graded.

        It also tells which modules this assignment uses, so that they are imported once for all:
        first those that its cells name, then what these have imported on their way.

        Raises
        ------
        GradingError
            It does not; the message names the test.
        """
        self.box.load(modules_in(self.asked), tables_in(self.asked))
        done = Outcome.load(kept)
        if done is None:
            pieces = [
                Piece(step, step.source, "code" if step.is_code else "markdown", True)
                for step in self.asked.plan
            ]
            cells, _ = student_side(pieces, self.asked)
            said = self._take(cells)
            failed = {n: t["error"] for n, t in said.tests.items() if t["error"]}
            missing = [s.id for s in self.asked.plan if s.kind == TEST and s.id not in said.tests]
            if failed or missing or said.setup_errors:
                name, error = next(iter((failed | said.setup_errors).items()), (missing, ["", ""]))
                raise GradingError(
                    f"The reference solution of {self.asked.short} does not pass its own test "
                    f"{name!r} here ({': '.join(error)[:200]}), so nobody was graded. Mend "
                    f"solutions/{self.asked.name}, or grade with --engine nbgrader."
                )
            done = Outcome({s.id: s.points for s in self.asked.plan if s.kind == TEST})
            for told in said.tests.values():  # the right values: the report knows them by these
                done.seen |= told["seen"]
            done.seen["modules"] = " ".join(said.modules)
            done.save(kept)
        self.box.load(done.seen.get("modules", "").split())


def modules_in(asked: Assignment) -> list[str]:
    """Return what the cells import: modules, and names of which some are modules too."""
    sources = [step.source for step in asked.plan if step.is_code]
    return sorted(set().union(*map(plan.imported_names, sources)))


def tables_in(asked: Assignment) -> list[tuple[str, str | None]]:
    """Return the tables of the course that the released notebook loads, by package and name."""
    text = "\n".join(step.released for step in asked.plan if step.is_code)
    text += "\n".join(step.source for step in asked.plan if step.kind == "answer")
    found = re.findall(r"""datasets\.load\(\s*["'](\w+)["'](?:\s*,\s*["'](\w+)["'])?\s*\)""", text)
    return sorted({(name, table or None) for name, table in found}, key=str)


def student_side(
    pieces: list[Piece], asked: Assignment
) -> tuple[list[dict[str, Any]], list[int | None]]:
    """Return what the trainee's side runs, and the place of the piece that each cell comes from.

    It holds no hidden line. The public part of a test runs, as it did for the trainee, where a
    later cell uses a name that it makes.
    """
    numbers, names = asked.questions
    cells: list[dict[str, Any]] = []
    places: list[int | None] = []
    standing: set[int] = set()
    for place, piece in enumerate(pieces):
        if piece.kind != "code":
            continue
        step = piece.step
        is_test = step is not None and step.kind == TEST
        if is_test and (number := numbers[step.id]) not in standing:
            standing.add(number)
            cells.append({"witness": number, "names": names[number]})
            places.append(None)
        if is_test and not _needed_later(step, pieces[place + 1 :]):
            continue
        source = step.released if is_test else piece.source
        quiet = step is not None and step.kind not in outcome.SHOWN
        cells.append({"source": source, "quiet": quiet})
        places.append(place)
    return cells, places


def _needed_later(test: plan.Step, later: list[Piece]) -> bool:
    made = test.names & set(re.findall(r"\w+", test.released))
    return bool(made) and any(
        made & set(re.findall(r"\w+", piece.source))
        for piece in later
        if piece.kind == "code" and (piece.step is None or piece.step.kind in ("answer", "open"))
    )

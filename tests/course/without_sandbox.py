"""Grade without a sandbox: the points come from a function, and no code of a notebook runs."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
from a_class import REFERENCE, X0, notebook

from flyway_course.grading import engine
from flyway_course.grading.intake.collecting import rebuilt_of
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.plan import TEST

__all__ = ["HINT", "NOW", "REFERENCE", "X0", "ana", "lay", "notebook", "without_sandbox"]
HINT = "Look at the winters again."
NOW = 1_700_000_000  # in the past: 14 November 2023, 22:13 in UTC


def without_sandbox(monkeypatch, points=lambda rebuilt, step: step.points):
    """Let every check earn its points, or what `points` says."""

    def run(asked, home, jobs, files, tests, *rest):
        for job in jobs:
            rebuilt = rebuilt_of(job.entry, asked, home)
            made = {s.id: points(rebuilt, s) for s in asked.plan if s.kind == TEST}
            said = {name: HINT for name, earned in made.items() if not earned}
            if not job.done:
                Outcome(made, said).save(job.kept)
                job.done = True

    monkeypatch.setattr(engine, "_run", run)


def lay(home, file, what, hours=0):
    """Put a notebook into the inbox: answers, a whole notebook or bytes; return the inbox."""
    path = home.folder.parent / "inbox" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(what, bytes):
        what = json.dumps(what if "cells" in what else notebook(what)).encode()
    path.write_bytes(what)
    os.utime(path, (NOW + 3600 * hours,) * 2)
    return home.folder.parent / "inbox"


def ana(name="Ana"):
    """Return where the work of somebody lies in the inbox."""
    return f"{name}/{X0.name}.ipynb"

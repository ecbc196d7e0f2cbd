"""Open nbgrader's formgrader on one class, for the marks that a person gives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import NothingGraded


def command(
    assignment: str,
    cohort: str | Path | Cohort = "class",
    *,
    browser: bool = True,
    port: int | None = None,
) -> tuple[list[str], Path]:
    """Return the command line that opens formgrader, and the folder that it must start in.

    Raises
    ------
    GradingError
        Nothing is graded yet.
    """
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    if not home.gradebook.exists():
        raise NothingGraded(asked.short)
    home.configure()
    # the server shows the folder of the class and nothing above it, to this computer only
    line = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={home.folder}"]
    line += ["--ServerApp.ip=127.0.0.1"]
    line += [f"--LabServerApp.default_url=/formgrader/gradebook/{asked.name}/{asked.name}"]
    line += [f"--ServerApp.default_url=/formgrader/gradebook/{asked.name}/{asked.name}"]
    line += [] if browser else ["--no-browser"]
    line += [f"--port={port}"] if port else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line += ["--allow-root"]
    return line, home.folder


def mark(assignment: str, cohort: str | Path | Cohort = "class", *, browser: bool = True) -> int:
    """Open formgrader and wait until it is closed; return its exit code."""
    line, folder = command(assignment, cohort, browser=browser)
    try:
        return subprocess.call(line, cwd=folder)
    except KeyboardInterrupt:
        return 0

"""Open nbgrader's formgrader on one class, for the marks that a person gives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import NothingGraded
from flyway_course.grading.records import recorded

TEMPLATES = Path(__file__).parent.parent / "templates" / "jupyter"
OURS = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'"
"""What a page of formgrader may load: what this server sends, and nothing from anywhere else."""


def command(
    assignment: str,
    cohort: str | Path | Cohort = "class",
    *,
    browser: bool = True,
) -> tuple[list[str], Path]:
    """Return the command line that opens formgrader, and the folder that it must start in.

    Raises
    ------
    GradingError
        Nothing is graded yet, or the gradebook is damaged.
    """
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    if not recorded.read(home, asked.name):
        raise NothingGraded(asked.short, home.name)
    home.configure()
    # the server shows the folder of the class and nothing above it, to this computer only
    line = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={home.folder}"]
    line += ["--ServerApp.ip=127.0.0.1", "--ServerApp.log_level=WARN"]
    line += ["--LabApp.log_level=WARN"]
    # formgrader's first page would keep the login for its own folder, and its tables stay empty
    line += ["--IdentityProvider.cookie_options={'path': '/'}"]
    # else it complains of a folder for a whole university, which nobody has on a laptop
    exchange = home.folder / "exchange"
    exchange.mkdir(exist_ok=True)
    line += [f"--Exchange.root={exchange}"]
    # whatever a trainee's notebook asks for, the browser loads nothing from elsewhere
    line += [f"--ServerApp.tornado_settings={{'headers': {{'Content-Security-Policy': {OURS!r}}}}}"]
    line += [f"--LabServerApp.default_url=/formgrader/gradebook/{asked.name}/{asked.name}"]
    line += [f"--ServerApp.default_url=/formgrader/gradebook/{asked.name}/{asked.name}"]
    line += [] if browser else ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line += ["--allow-root"]
    return line, home.folder


def environment() -> dict[str, str]:
    """Return the environment for that command: formgrader finds our templates before others'."""
    paths = [str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    return {**os.environ, "JUPYTER_PATH": os.pathsep.join(filter(None, paths))}


def mark(assignment: str, cohort: str | Path | Cohort = "class", *, browser: bool = True) -> int:
    """Open formgrader and wait until it is closed; return its exit code.

    Then the gradebook is copied: marks given by hand are the one thing that no command makes anew.
    """
    line, folder = command(assignment, cohort, browser=browser)
    print(
        "Formgrader opens in your browser; if it does not, open the address below. A mark is saved "
        "when you leave its box. Ctrl-C in this window ends it.",
        flush=True,
    )
    try:
        return subprocess.call(line, cwd=folder, env=environment())
    except KeyboardInterrupt:
        return 0
    finally:
        Cohort.of(cohort).backup()

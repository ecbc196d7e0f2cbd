"""Grade with stock nbgrader: each notebook runs in a kernel of the person who grades.

That is its limit. A submitted notebook can do whatever the instructor can do on that computer, so
`grade` runs only when told that the submissions are trusted.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from flyway_course.grading import manifest as m
from flyway_course.grading.assignments import resolve, short_name
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError

NOT_SAFE = (
    "The notebooks run as you, on this computer: their code can read and change your files, "
    "so grade only the work of people whom you trust."
)


def grade(
    assignment: str,
    cohort: str | Path | Cohort = "class",
    *,
    trusted: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> m.Manifest:
    """Run the tests of every collected submission, record the marks, return the manifest.

    A submission that has not changed since it was graded is not run again, so marks given by hand
    stay final. One that cannot be graded is refused with a reason and stops nobody else's.

    Parameters
    ----------
    assignment, cohort
        Which work of which class.
    trusted
        Say True to run submitted code as yourself, without a sandbox.
    progress
        Called with (done, all, trainee) before each submission.

    Raises
    ------
    GradingError
        Not trusted, nothing collected, the tasks changed since earlier grading, or a file would
        stay unaccounted for.
    """
    home = Cohort.of(cohort)
    name = resolve(assignment, home.solutions)
    short = short_name(name)
    if not trusted:
        raise GradingError(f"{NOT_SAFE} Add --trusted to go on.")
    listed = m.Manifest.load(home.manifest_path(name))
    if not listed.entries:
        raise GradingError(
            f"Nothing is collected for {short} in the cohort {home.name!r}. First run: "
            f"python3 course.py collect {short} FOLDER_OR_ZIP"
        )
    home.backup()
    tests = _refresh(home, name)
    waiting = [e for e in listed.current() if (e.state, e.tests) != (m.GRADED, tests)]
    waiting += listed.to_retry()
    api = home.api()
    with _warm_kernels() if waiting else nullcontext(), _own_ipython():
        for done, entry in enumerate(waiting):
            if progress:
                progress(done, len(waiting), entry.student)
            result = api.autograde(name, entry.student)
            entry.tests = tests
            if result["success"]:
                entry.state, entry.reason = m.GRADED, ""
            else:
                entry.state, entry.reason = m.REFUSED, _why(result)
            listed.save()
    if left := listed.unaccounted():
        raise GradingError(f"Not accounted for: {', '.join(e.file for e in left)}.")
    return listed


def _refresh(home: Cohort, name: str) -> str:
    """Bring source and gradebook up to date with `solutions/`; return the hash of the source."""
    source = home.refresh_source(name)
    result = home.api().generate_assignment(name, force=True, create=True)
    if not result["success"]:
        if "Cannot add or remove cells" in result.get("log", ""):
            raise GradingError(
                f"The tasks of {short_name(name)} were added or removed after work was graded in "
                f"the cohort {home.name!r}. Grade with a new cohort (--cohort NAME), or bring back "
                f"the version of solutions/{name} that the class worked with."
            )
        raise GradingError(f"nbgrader cannot read solutions/{name}: {_why(result)}.")
    files = sorted(source.glob("*.ipynb"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _why(result: dict) -> str:
    """Return the reason of nbgrader's failure as one line."""
    text = result.get("log") or result.get("error") or ""
    twice = re.search(r"Duplicate grade id: (\S+)", text)
    if twice:
        return f"the cell {twice[1]!r} is there twice: delete the copy and hand in again"
    if "UnresponsiveKernelError" in text or "became unresponsive" in text:
        return "a cell never ended and could not be stopped: is there a loop without an end?"
    if "DeadKernelError" in text:
        return "the notebook ended its own kernel: does a cell call exit() or fill the memory?"
    errors = re.findall(r"^ *[\w.]*?(\w*(?:Error|Exception)\b: .*)$", text, flags=re.MULTILINE)
    return f"nbgrader could not run it ({errors[-1][:200] if errors else 'no reason given'})"


def _warm_kernels() -> AbstractContextManager[None]:
    """Return a context in which kernels fork from a warm parent, where the course has one."""
    try:
        from flyway_course.kernels import warm_kernels
    except ImportError:
        return nullcontext()
    return warm_kernels()


@contextmanager
def _own_ipython() -> Iterator[None]:
    """Give the kernels an empty IPython folder.

    A start-up file in the instructor's own would run in every trainee's notebook.
    """
    before = os.environ.get("IPYTHONDIR")
    with tempfile.TemporaryDirectory(prefix="flyway-ipython-") as folder:
        os.environ["IPYTHONDIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["IPYTHONDIR"]
            else:
                os.environ["IPYTHONDIR"] = before

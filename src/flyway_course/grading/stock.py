"""The stock engine: nbgrader runs each notebook in a kernel of the person who grades.

That is its limit. A submitted notebook can do whatever the instructor can do on that computer, so
it runs only when told that the submissions are trusted. It is kept to compare the marks with, and
for computers without a sandbox.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from flyway_course.grading.assignment import Assignment
from flyway_course.grading.assignments import short_name
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import put_in_place

ENGINE = "nbgrader, without a sandbox"
NOT_SAFE = (
    "The notebooks run as you, on this computer: their code can read and change your files, "
    "so grade only the work of people whom you trust."
)


def grade_entries(
    asked: Assignment,
    home: Cohort,
    listed: m.Manifest,
    *,
    again: bool = False,
    trusted: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> None:
    """Run the tests of every collected submission with nbgrader and record the marks.

    It takes the same rebuilt notebooks as the sandboxed engine.

    Raises
    ------
    GradingError
        Not trusted, or the tasks changed since earlier grading.
    """
    if not trusted:
        raise GradingError(f"{NOT_SAFE} Add --unsafe to go on.")
    home.backup()
    _refresh(home, asked.name)
    tests = digest(asked)
    for name, data in asked.files(home.folder).items():  # nbgrader lays them beside each notebook
        path = home.folder / "source" / asked.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))
    waiting = [
        e
        for e in listed.current()
        if again or (e.state, e.tests, e.engine) != (m.GRADED, tests, ENGINE)
    ]
    waiting += [e for e in listed.to_retry() if e not in waiting]
    api = home.api()
    with _warm_kernels() if waiting else nullcontext(), _own_ipython():
        for done, entry in enumerate(waiting, start=1):
            put_in_place(entry, asked, home)
            result = api.autograde(asked.name, entry.student)
            entry.tests, entry.engine = tests, ENGINE
            if result["success"]:
                entry.state, entry.reason = m.GRADED, ""
            else:
                entry.state, entry.reason = m.REFUSED, _why(result)
            listed.save()
            if progress:
                progress(done, len(waiting), entry.student)


def digest(asked: Assignment) -> str:
    """Return a hash of the notebooks from which nbgrader takes the tests."""
    found = sorted(p for p in asked.path.parent.glob("*.ipynb") if p.name[:1] != ".")
    return hashlib.sha256(b"".join(path.read_bytes() for path in found)).hexdigest()


def _refresh(home: Cohort, name: str) -> None:
    """Bring source and gradebook up to date with `solutions/`."""
    home.refresh_source(name)
    result = home.api().generate_assignment(name, force=True, create=True)
    if not result["success"]:
        if "Cannot add or remove cells" in result.get("log", ""):
            raise GradingError(
                f"The tasks of {short_name(name)} were added or removed after work was graded in "
                f"the cohort {home.name!r}. Grade with a new cohort (--cohort NAME), or bring back "
                f"the version of solutions/{name} that the class worked with."
            )
        raise GradingError(f"nbgrader cannot read solutions/{name}: {_why(result)}.")


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

"""otter-grader on the same class, for `bench_grading.py --otter`: in an environment of its own.

The tests are the assignment's own, each as one test case of otter. otter runs them after the
notebook has ended, so a test may see a name that a later cell has changed: the cost is compared
here, and not the marks.
"""

from __future__ import annotations

import base64
import importlib.metadata
import json
import os
import shutil
import subprocess
from pathlib import Path

from flyway_course.grading.plan import TEST, plain_python
from flyway_course.paths import ROOT

NEEDED = (
    "numpy",
    "scipy",
    "pandas",
    "matplotlib",
    "pillow",
    "statsmodels",
    "networkx",
    "ipykernel",
)
CASE = """OK_FORMAT = False

from otter.test_files import test_case

name = {name!r}
points = {points!r}
SOURCE = {source!r}


@test_case(points={points!r}, hidden=False)
def check(env):
    exec(SOURCE, env)
"""
GRADE = """
import json, resource, sys
from otter.api import grade_submission

def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)

start = cpu()
scores = [grade_submission(path, sys.argv[1], quiet=True).total for path in sys.argv[2:]]
print("RESULT" + json.dumps({"start": start, "cpu": cpu() - start, "scores": scores}))
"""


class NoOtterError(Exception):
    """otter-grader cannot be had or run here; the message says why."""


def measure(folder: Path, asked, notebooks: list[Path]) -> dict:
    """Return otter's CPU seconds for its start and for these notebooks, the scores, its version."""
    python = _environment(folder / "environment")
    (folder / "tests").mkdir()
    for number, step in enumerate(s for s in asked.plan if s.kind == TEST):
        name = f"q{number:02}"
        text = CASE.format(name=name, points=step.points, source=plain_python(step.source))
        (folder / "tests" / f"{name}.py").write_text(text, encoding="utf-8")
    for name, data in asked.files().items():
        (folder / name).write_bytes(base64.b64decode(data))
    archive = folder / "autograder.zip"
    tool = [str(python.with_name("otter")), "generate", "--no-environment"]
    _run([*tool, "-t", str(folder / "tests"), "-o", str(archive), *asked.files()], folder)
    shown = _run([str(python), "-c", GRADE, str(archive), *map(str, notebooks)], folder)
    line = next(line for line in shown.splitlines() if line.startswith("RESULT"))
    said = json.loads(line.removeprefix("RESULT"))
    ask = "import importlib.metadata as m; print(m.version('otter-grader'))"
    return said | {"version": _run([str(python), "-c", ask], folder).strip()}


def _environment(place: Path) -> Path:
    """Make an environment with otter-grader and the course's packages; return its Python."""
    if shutil.which("uv") is None:
        raise NoOtterError("the program uv, which makes its environment, is not here")
    versions = [f"{name}=={importlib.metadata.version(name)}" for name in NEEDED]
    _run(["uv", "venv", "-q", str(place)], ROOT)
    python = place / "bin" / "python"
    _run(["uv", "pip", "install", "-q", "--python", str(python), "otter-grader", *versions], ROOT)
    return python


def _run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1200
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise NoOtterError(f"{Path(command[0]).name} {command[1]} failed: {last[:200]}")
    return done.stdout

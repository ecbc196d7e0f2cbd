"""Run Sphinx in a process of its own, and say for people what went wrong in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .errors import DISK_FULL, BuildError
from .places import Places, read_json
from .report import RAN, SAY

SHOWN = 20  # problems shown at once; the log has all
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@contextlib.contextmanager
def sphinx_process(places: Places, warm: bool) -> Iterator[Callable[..., list[str]]]:
    """Start the process that runs Jupyter Book; it waits until it is told what to do.

    warm: lessons will run, so that the parent of their kernels starts at once.

    Yields
    ------
    A function of (say, **settings) that runs the build and returns the sources of the lessons that
    ran. The settings are those of :mod:`.child`.
    """
    shutil.rmtree(places.scratch, ignore_errors=True)
    places.scratch.mkdir(parents=True)
    errors = places.scratch / "warnings.txt"
    with (
        errors.open("w", encoding="utf-8") as file,
        _child(environment(places.root, places.scratch), file, warm) as process,
    ):
        yield lambda say, **settings: _run(places, process, errors, say, settings)
    shutil.rmtree(places.scratch, ignore_errors=True)


def _run(
    places: Places,
    process: subprocess.Popen,
    warnings: Path,
    say: Callable[[str], None],
    settings: dict[str, Any],
) -> list[str]:
    result = places.scratch / "result.json"
    settings |= {
        "result": str(result),
        "root": str(places.root),
        "work": str(places.work),
        "cache": str(places.cache),
        "pictures": str(places.pictures),
        # Sphinx shares pages between processes by forking, which is sound on Linux only. One of them
        # hands out the work.
        "jobs": min(1 + (os.cpu_count() or 1), 4) if sys.platform.startswith("linux") else 1,
    }
    executed = []
    with places.log.open("w", encoding="utf-8") as log:
        with contextlib.suppress(BrokenPipeError):  # it has ended: its messages say why
            process.stdin.write(json.dumps(settings) + "\n")
            process.stdin.flush()
        for raw in process.stdout:
            line = COLOURS.sub("", raw)
            log.write(line)
            log.flush()
            # Sphinx may have begun the line: "looking for now-outdated files... "
            if SAY in line:
                say(line.partition(SAY)[2].strip())
            elif RAN in line:
                executed.append(line.partition(RAN)[2].strip())
        process.wait()
    said = COLOURS.sub("", warnings.read_text("utf-8", errors="replace"))
    with places.log.open("a", encoding="utf-8") as log:
        log.write("\n" + said)
    outcome = read_json(result)
    if not outcome or outcome["status"] or outcome["error"]:
        raise _explain(places, outcome, said)
    return executed


@contextlib.contextmanager
def _child(env: dict[str, str], errors: Any, warm: bool) -> Iterator[subprocess.Popen]:
    """The process that runs Sphinx; it ends with this block, however this block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flyway_course.build.child", *(["warm"] if warm else [])],
        stdin=subprocess.PIPE,  # the settings; then, when it closes, the process ends itself
        stdout=subprocess.PIPE,
        stderr=errors,
        env=env,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # Ctrl-C stops us; we then stop it
    )
    try:
        yield process
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        if process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
        process.wait()
        process.stdout.close()


def environment(root: Path, scratch: Path) -> dict[str, str]:
    """The environment of the build: the same on every machine, as far as outputs can tell."""
    env = {k: v for k, v in os.environ.items() if k not in {"MPLBACKEND", "PYTHONWARNINGS"}}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # bytecode makes every later start 2.7 times faster
    ours = Path(__file__).resolve().parents[2]
    source = [str(root / "src"), str(ours), *env.get("PYTHONPATH", "").split(os.pathsep)]
    env |= {
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, source))),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",  # progress must not wait in a buffer
        "FLYWAY_STATIC": "1",  # cells run for the built page
        "IPYTHONDIR": str(scratch / "ipython"),  # nobody's own start-up files
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TMPDIR": str(scratch),
    }
    return env


def _explain(places: Places, outcome: dict, said: str) -> BuildError:
    """The error for people, from what Sphinx left behind."""
    said = said.replace(f"{places.root.as_posix()}/", "")
    log = places.log.relative_to(places.root)
    error = outcome.get("error", "")
    if error == DISK_FULL or re.search("No space left on device|disk is full", said + error):
        return BuildError(DISK_FULL)
    kind, _, rest = error.partition("\n")
    if kind == "LessonError":
        return BuildError("A lesson is broken; the last good site is unchanged.", rest.splitlines())
    if kind == "SettingsError":
        return BuildError("The book was not built; the last good site is unchanged.", [rest])
    said = said.replace(":: WARNING", ": WARNING")
    found = re.findall(r"^(\S.*?(?:WARNING|ERROR|CRITICAL|SEVERE): .*)$", said, re.M)
    if error:
        found.append(error)
    if not found:
        found = [line for line in said.splitlines() if line.strip()][-3:] or ["it was stopped"]
    found = list(dict.fromkeys(found))
    more = [f"… and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return BuildError(
        f"The book was not built; the last good site is unchanged. All messages are in {log}.",
        found[:SHOWN] + more,
    )

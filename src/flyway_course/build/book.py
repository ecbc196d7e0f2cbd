"""Build the book: look, run, check, publish."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import inputs, publish
from .errors import DISK_FULL, ROOM_MB, BuildError, is_disk_full
from .lock import locked
from .report import BuildReport

Say = Callable[[str], None]
SAY = "flyway: "
SHOWN = 20  # problems shown at once; the log has all
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Places:
    """Where a build works."""

    root: Path

    @property
    def made(self) -> Path:
        """Everything that a build makes."""
        return self.root / "_build"

    @property
    def site(self) -> Path:
        """The last good site."""
        return self.made / "html"

    @property
    def work(self) -> Path:
        """What a build under way writes; kept for the next one when it ended well."""
        return self.made / "work"

    @property
    def cache(self) -> Path:
        """Outputs of lessons that ran."""
        return self.made / "outputs"

    @property
    def state(self) -> Path:
        """What the last good build was made of."""
        return self.made / "state.json"

    @property
    def log(self) -> Path:
        """All that Sphinx said, the last time."""
        return self.made / "build.log"


def build(root: Path, cold: bool, say: Say, wait_s: float) -> BuildReport:
    """See :func:`flyway_course.build.build_book`."""
    places, clock = Places(root), Clock()
    with locked(places.made / "lock", wait_s):
        publish.recover(places.site)
        state = _read(places.state)
        try:
            now = inputs.scan(root, state.get("files", {}))
            changed = inputs.changed(state.get("files", {}), now)
            clock.lap("look")
            if state and not changed and not cold and (places.site / "index.html").exists():
                if now != state["files"]:  # only touched
                    _write(places.state, {**state, "files": now})
                return BuildReport(state["pages"], (), clock.laps, places.site, False)
            return _rebuild(places, cold, say, clock, now, state)
        except OSError as error:
            if is_disk_full(error):
                raise BuildError(DISK_FULL) from None
            raise


def _rebuild(
    places: Places, cold: bool, say: Say, clock: Clock, now: inputs.Table, state: dict
) -> BuildReport:
    if shutil.disk_usage(places.made).free < ROOM_MB << 20:
        raise BuildError(DISK_FULL)
    groups = _groups(places.root, now)
    # A work folder is used again only after a build that ended well: Sphinx repeats no warning
    # for a page that it does not read again, and a killed build may leave half a file.
    whole = bool(state) and state.get("work") is True and (places.work / "html").is_dir()
    if cold:
        shutil.rmtree(places.cache, ignore_errors=True)
    if cold or not whole or state["groups"]["read"] != groups["read"]:
        shutil.rmtree(places.work, ignore_errors=True)
    write_all = bool(state) and state["groups"]["write"] != groups["write"]
    places.work.mkdir(parents=True, exist_ok=True)
    if state:
        _write(places.state, {**state, "work": False, "files": {}})

    say("Preparing the book")
    executed = _run_sphinx(places, say, write_all=write_all, mend_cache=not whole)
    clock.lap("write")

    say("Checking that nothing leaves the machine and no answer leaks")
    from .guard import find_external
    from .leaks import find_leaks

    problems = find_leaks(places.work / "html", places.root / "solutions", places.root / "book")
    problems += find_external(places.work / "html")
    if problems:
        raise BuildError("The book was built but must not be published:", problems[:SHOWN])
    clock.lap("check")

    publish.publish(places.work / "html", places.site)
    pages = sum(1 for _ in (places.work / "doctrees").rglob("*.doctree"))
    _write(places.state, {"files": now, "groups": groups, "pages": pages, "work": True})
    clock.lap("publish")
    return BuildReport(pages, tuple(executed), clock.laps, places.site, True)


def _groups(root: Path, now: Mapping[str, list]) -> dict[str, str]:
    """Hashes of the inputs whose change Sphinx does not notice by itself.

    `read`: read every page again (settings, contents, bibliography, our extensions).
    `write`: write every page again (style sheets, scripts, templates).
    """
    from .depends import Sources

    sources = Sources(root)
    tools = {name for name in sources.modules if name.startswith("flyway_course.sphinx_ext")}
    tools |= {"flyway_course.build.execution", "flyway_course.build.child"}
    reading = sources.files_of(sources.reach(tools))
    reading |= {root / name for name in ("_config.yml", "_toc.yml")}
    reading |= {root / name for name in now if name.endswith(".bib")}
    writing = {root / name for name in now if re.match(r"book/_\w+/", name)}
    return {
        "read": sources.digest(reading - writing, sources.common),
        "write": sources.digest(writing),
    }


def _run_sphinx(places: Places, say: Say, **settings: Any) -> list[str]:
    """Run Jupyter Book in its own process. Returns the sources of the lessons that ran."""
    scratch = places.work / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    result = places.work / "result.json"
    result.unlink(missing_ok=True)
    settings |= {
        "root": str(places.root),
        "work": str(places.work),
        "cache": str(places.cache),
        # Sphinx shares pages between processes by forking, which is sound on Linux only.
        "jobs": min(os.cpu_count() or 1, 4) if sys.platform.startswith("linux") else 1,
    }
    warnings = places.work / "warnings.txt"
    executed = []
    with (
        places.log.open("w", encoding="utf-8") as log,
        warnings.open("w", encoding="utf-8") as errors,
        _child(settings, _environment(places.root, scratch), errors) as process,
    ):
        for raw in process.stdout:
            line = COLOURS.sub("", raw)
            log.write(line)
            log.flush()
            if line.startswith(SAY):
                say(line.removeprefix(SAY).strip())
            elif line.startswith("executed: "):
                executed.append(line.removeprefix("executed: ").strip())
        process.wait()
    said = COLOURS.sub("", warnings.read_text("utf-8", errors="replace"))
    with places.log.open("a", encoding="utf-8") as log:
        log.write("\n" + said)
    outcome = _read(result)
    if not outcome or outcome["status"] or outcome["error"]:
        raise _explain(places, outcome, said)
    shutil.rmtree(scratch, ignore_errors=True)
    return executed


@contextlib.contextmanager
def _child(settings: dict, env: dict[str, str], errors: Any) -> Iterator[subprocess.Popen]:
    """The process that runs Sphinx; it ends with this block, however this block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flyway_course.build.child", json.dumps(settings)],
        stdin=subprocess.PIPE,  # never written to: when it closes, the process ends itself
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
        process.stdin.close()
        if process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
        process.wait()
        process.stdout.close()


def _environment(root: Path, scratch: Path) -> dict[str, str]:
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
    if kind == "lesson":
        return BuildError(
            "A lesson stopped with an error; the last good site is unchanged.", rest.splitlines()
        )
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


class Clock:
    """Seconds of each phase."""

    def __init__(self):
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """End a phase."""
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # never written, or half written: as if there was none
        return {}


def _write(path: Path, content: dict) -> None:
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(content), "utf-8")
    new.replace(path)

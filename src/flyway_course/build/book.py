"""Build the book: look, run, check, publish."""

from __future__ import annotations

import pickle
import re
import shutil
import time
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Any

from . import inputs, publish
from .depends import Sources
from .errors import DISK_FULL, ROOM_MB, BuildError, is_disk_full
from .guard import find_external
from .leaks import find_leaks, find_secrets
from .lock import locked
from .pictures import drop_lost
from .places import Places, read_json, write_json
from .report import BuildReport
from .seen import Seen
from .sphinx_run import SHOWN, sphinx_process

Say = Callable[[str], None]


def build(root: Path, cold: bool, say: Say, wait_s: float) -> BuildReport:
    """See :func:`flyway_course.build.build_book`."""
    places, clock = Places(root), Clock()
    with locked(places.made / "lock", wait_s, say):
        publish.recover(places.site)
        state = read_json(places.state)
        try:
            now = inputs.scan(root, state.get("files", {}))
            changed = inputs.changed(state.get("files", {}), now)
            clock.lap("look")
            sources = Sources(root, places.readings)
            ready = not cold and state and (places.site / "index.html").exists()
            if ready and (not changed or _of_no_use(changed, sources, now, state)):
                if now != state["files"]:
                    write_json(places.state, {**state, "files": now})
                return BuildReport(state["pages"], (), clock.laps, places.site, False)
            return _rebuild(places, sources, cold, say, clock, now, state)
        except OSError as error:
            if is_disk_full(error):
                raise BuildError(DISK_FULL) from None
            raise


def _of_no_use(
    changed: Set[str], sources: Sources, now: inputs.Table, state: Mapping[str, Any]
) -> bool:
    """Whether only code changed that neither a lesson nor our extensions import."""
    return (
        state["work"]
        and all(name.startswith("src/") for name in changed)
        and _groups(sources, now) == state["groups"]
        and sorted(sources.runs()) == state["runs"]
    )


def _rebuild(
    places: Places,
    sources: Sources,
    cold: bool,
    say: Say,
    clock: Clock,
    now: inputs.Table,
    state: dict,
) -> BuildReport:
    if shutil.disk_usage(places.made).free < ROOM_MB << 20:
        raise BuildError(DISK_FULL)
    say("Preparing the book")
    groups, runs = _groups(sources, now), sorted(sources.runs())
    # The parent of the kernels loads its libraries while Sphinx starts, if it will be needed.
    warm = cold or not set(runs) <= set(state.get("runs", []))
    with sphinx_process(places, warm) as run_sphinx:
        whole = _keep_or_clear(places, cold, state, groups)
        write_all = bool(state) and state["groups"]["write"] != groups["write"]
        if state:
            write_json(places.state, {**state, "work": False, "files": {}})
        sources.keep()
        known = places.scratch / "sources.pickle"
        known.write_bytes(pickle.dumps(sources))
        executed = run_sphinx(say, sources=str(known), write_all=write_all, mend_cache=not whole)
    clock.lap("write")

    say("Checking that nothing leaves the machine and no answer leaks")
    secrets = find_secrets(places.root / "solutions", places.root / "book")
    seen = Seen(places.seen, *(f"{secret.place}: {sorted(secret.lines)}" for secret in secrets))
    problems = find_leaks(places.work / "html", secrets, seen)
    problems += find_external(places.work / "html", seen)
    seen.keep()
    if problems:
        raise BuildError("The book was built but must not be published:", problems[:SHOWN])
    clock.lap("check")

    publish.publish(places.work / "html", places.site)
    drop_lost(places.pictures, now)
    pages = sum(1 for _ in (places.work / "doctrees").rglob("*.doctree"))
    write_json(
        places.state,
        {"files": now, "groups": groups, "runs": runs, "pages": pages, "work": True},
    )
    clock.lap("publish")
    return BuildReport(pages, tuple(executed), clock.laps, places.site, True)


def _keep_or_clear(places: Places, cold: bool, state: dict, groups: dict[str, str]) -> bool:
    """Clear what earlier builds left where it is of no use. Returns whether they ended well."""
    # A work folder is used again only after a build that ended well: Sphinx repeats no warning
    # for a page that it does not read again, and a killed build may leave half a file.
    whole = bool(state) and state.get("work") is True and (places.work / "html").is_dir()
    if cold:
        shutil.rmtree(places.cache, ignore_errors=True)
        shutil.rmtree(places.pictures, ignore_errors=True)
        places.seen.unlink(missing_ok=True)
    if cold or not whole or state["groups"]["read"] != groups["read"]:
        shutil.rmtree(places.work, ignore_errors=True)
    places.work.mkdir(parents=True, exist_ok=True)
    return whole


def _groups(sources: Sources, now: Mapping[str, list]) -> dict[str, str]:
    """Hashes of the inputs whose change Sphinx does not notice by itself.

    `read`: read every page again (settings, contents, bibliography, our extensions).
    `write`: write every page again (style sheets, scripts, templates).
    """
    tools = {name for name in sources.modules if name.startswith("flyway_course.sphinx_ext")}
    tools |= {"flyway_course.build.execution", "flyway_course.build.child"}
    reading = sources.files_of(sources.reach(tools))
    reading |= {sources.root / name for name in ("_config.yml", "_toc.yml")}
    reading |= {sources.root / name for name in now if name.endswith(".bib")}
    writing = {sources.root / name for name in now if re.match(r"book/_\w+/", name)}
    return {
        "read": sources.digest(reading - writing, sources.common),
        "write": sources.digest(writing),
    }


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

"""Make the JupyterLite site: contents, packages, settings, pages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from flyway_course.lite import contents, pages, tools
from flyway_course.lite.distribution import INTERPRETER, LOCK, Distribution
from flyway_course.lite.errors import LiteError
from flyway_course.lite.lockfile import (
    KERNEL,
    Wheel,
    make_lock,
    read_wheel,
    wanted,
)

PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
SHIMS = "extensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
# What JupyterLite leaves in the site for those who build JupyterLite.
BUILDERS_OWN = ("package.json", "rspack.config.js", "rspack.config.watch.js",
                "rspack.config.analyze.js")  # fmt: skip
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sources:
    """What goes into the site: folders of notebooks, exercises and data; the course's wheel."""

    notebooks: Path
    exercises: Path
    datasets: Path
    course: Path | None


def make(
    sources: Sources,
    distribution: Distribution,
    source: Path,
    out: Path,
    say: Say = lambda text: None,
    packages: Sequence[str] = ("flyway",),
) -> None:
    """Build the JupyterLite site into the folder `out`, working in the folder `source`.

    packages: what notebooks import; with all that they need, they come from the site's own wheels
    and from `distribution`.

    Raises LiteError.
    """
    shutil.rmtree(source, ignore_errors=True)
    contents.gather(sources.notebooks, sources.exercises, sources.datasets, source / "files")
    wheels = _wheels(sources.course, distribution, packages)
    lock = _lock(distribution, wheels, packages)
    own = distribution.folder is not None
    if own:
        _check_complete(distribution, lock)
    python = "./static/pyodide/pyodide.mjs" if own else f"{distribution.cdn}pyodide.mjs"
    settings = {
        "pyodideUrl": python,
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"lockFileURL": f"./static/{LOCK}", "packages": list(KERNEL)},
    }
    config = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Counting Across Borders",
            "litePluginSettings": {PLUGIN: settings},
        },
    }
    (source / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
    say("Building the in-browser course with JupyterLite")
    tools.jupyter_lite(source, out)
    for name in BUILDERS_OWN:
        (out / name).unlink(missing_ok=True)
    shutil.rmtree(out / "doc", ignore_errors=True)
    _add_packages(out / "static", distribution, lock, wheels)
    pages.add_watcher(out, python)


def _wheels(
    course: Path | None, distribution: Distribution, packages: Sequence[str]
) -> dict[str, Wheel]:
    """The wheels that Pyodide lacks: the kernel's own, the course's, and what these ask for."""
    release = tools.kernel_release()
    if release != distribution.release:
        raise LiteError(
            f"JupyterLite's kernel is made for Pyodide {release}, and package.json names "
            f"{distribution.release}: give both the same release."
        )
    shims = tools.extensions() / Path(SHIMS).relative_to("extensions")
    kernel = {
        wheel.name: wheel
        for wheel in map(read_wheel, sorted(shims.glob("*.whl")))
        if wheel.name in KERNEL
    }
    found = dict(kernel)
    if course:
        found["flyway"] = read_wheel(course)
    asked = {*packages, *KERNEL} - set(distribution.packages) - set(found)
    while asked:
        found |= {
            wheel.name: wheel
            for wheel in map(read_wheel, tools.fetch(tools.locked(asked)).values())
        }
        asked = wanted(found.values(), distribution) - set(found)
    return found


def _lock(
    distribution: Distribution, wheels: dict[str, Wheel], packages: Sequence[str]
) -> dict[str, dict]:
    """The list of packages, with addresses relative to its place in `static/`."""
    addresses = {}
    for name, wheel in wheels.items():
        place = f"../{SHIMS}" if _is_shim(wheel) else "wheels"
        addresses[name] = f"{place}/{wheel.file.name}"
    own = distribution.folder is not None
    return make_lock(
        distribution,
        addresses,
        wheels,
        base="pyodide/" if own else distribution.cdn,
        roots={canonicalize_name(name) for name in (*packages, *KERNEL)} if own else None,
    )


def _carried(distribution: Distribution, lock: dict) -> set[str]:
    """Packages of the list whose files are those of the distribution."""
    listed = set(lock["packages"]) & set(distribution.packages)
    return {n for n in listed if lock["packages"][n]["file_name"].startswith("pyodide/")}


def _check_complete(distribution: Distribution, lock: dict) -> None:
    """Raise LiteError where the given folder lacks a file that the site needs."""
    lacking = distribution.lacking(_carried(distribution, lock))
    if lacking:
        shown = ", ".join(lacking[:6]) + (" …" if len(lacking) > 6 else "")
        raise LiteError(
            f"{distribution.folder} is not the full distribution of Pyodide {distribution.release}: "
            f"{len(lacking)} files are not in it ({shown}). Give the folder or archive "
            f"pyodide-{distribution.release}.tar.bz2, not the one named core."
        )


def _add_packages(
    static: Path, distribution: Distribution, lock: dict, wheels: dict[str, Wheel]
) -> None:
    """Write the list of packages, the site's own wheels and, where it has one, its Pyodide."""
    static.mkdir(exist_ok=True)
    (static / LOCK).write_text(json.dumps(lock), encoding="utf-8")
    for wheel in wheels.values():
        if not _is_shim(wheel):  # those come with the kernel
            _copy(wheel.file, static / "wheels" / wheel.file.name)
    if distribution.folder is None:
        return
    files = [distribution.packages[name]["file_name"] for name in _carried(distribution, lock)]
    for file in [*INTERPRETER, *files]:
        _copy(distribution.folder / file, static / "pyodide" / file)


def _is_shim(wheel: Wheel) -> bool:
    return wheel.file.is_relative_to(tools.extensions())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)

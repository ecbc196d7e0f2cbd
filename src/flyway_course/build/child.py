"""The process that runs Jupyter Book: `python -m flyway_course.build.child [warm]`.

With `warm`, lessons will run: the parent of their kernels loads its libraries beside this process.
The settings come on standard input, one line with a JSON object: `root`, `work` (folder to write into), `cache` (folder of outputs),
`pictures` (folder of drawn pictures), `sources` (file with what lessons depend on),
`jobs` (processes), `write_all` (pages), `mend_cache`, `result`.
The result goes to the file of that name: `status` (0: no error and no warning) and
`error` (text of the error that ended it). The process ends itself when its standard input closes,
so that no build goes on after the one who asked for it is gone.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

from flyway_course.kernels import warm_kernels
from flyway_course.startup import (
    leave_out_other_builders,
    leave_out_slow_import,
    read_entry_points_once,
)

from .errors import DISK_FULL, is_disk_full

EXTENSION = "flyway_course.build.execution"
# Live code from another host, whose script also declares a name twice on every page; and what only
# LaTeX needs, which would forbid reading pages in parallel.
DROPPED = {"sphinx_thebe", "sphinx_jupyterbook_latex"}


def main() -> None:
    """Run the build that standard input describes."""
    # Looking for circles among millions of lasting objects was a quarter of all work; this process
    # ends soon, and keeps 5 % more memory without.
    gc.disable()
    with warm_kernels() if "warm" in sys.argv[1:] else contextlib.nullcontext():
        _run()


def _run() -> None:
    leave_out_slow_import()
    read_entry_points_once()
    line = sys.stdin.readline()
    if not line:
        return  # the asker has changed its mind
    threading.Thread(target=_end_with_asker, daemon=True).start()
    settings = json.loads(line)
    work = Path(settings["work"])
    if settings["mend_cache"] and Path(settings["cache"]).is_dir():
        mend_cache(settings["cache"])
    result: int | BaseException
    try:
        result = build(Path(settings["root"]), work, settings)
    except Exception as error:  # Sphinx explains its own; this is what went wrong around it
        result = error
    error, status = "", result
    if isinstance(result, BaseException):
        status = 1
        error = f"{type(result).__name__}: {result}"
        if type(result).__name__ in {"LessonError", "SettingsError"}:
            error = f"{type(result).__name__}\n{result}"
        elif isinstance(result, OSError) and is_disk_full(result):
            error = DISK_FULL
    Path(settings["result"]).write_text(json.dumps({"status": status, "error": error}), "utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # Sphinx and its workers have ended; tidying their memory takes half a second


def build(root: Path, work: Path, settings: dict) -> int | BaseException:
    """Build the book below `root` into `work`/html with Jupyter Book's own settings."""
    leave_out_other_builders()
    from jupyter_book.config import get_final_config
    from jupyter_book.sphinx import build_sphinx

    config_file, toc = root / "_config.yml", root / "_toc.yml"
    for file in (config_file, toc):
        _check_yaml(file)
    given: dict = {
        "latex_individualpages": False,
        "external_toc_path": toc.as_posix(),
        "nitpicky": True,
    }
    config, _ = get_final_config(
        user_yaml=config_file, cli_config=dict(given), sourcedir=root, validate=False
    )
    if config.get("external_toc_exclude_missing"):
        given |= _only_pages_of(toc)
    extensions = [name for name in config["extensions"] if name not in DROPPED]
    if EXTENSION not in extensions:
        extensions.append(EXTENSION)
    return build_sphinx(
        root,
        work / "html",
        noconfig=True,
        path_config=config_file,
        confoverrides={
            **given,
            "extensions": extensions,
            "nb_execution_cache_path": settings["cache"],
            "flyway_pictures": settings["pictures"],
            "flyway_sources": settings["sources"],
        },
        doctreedir=work / "doctrees",
        force_all=settings["write_all"],
        warningiserror=True,
        keep_going=True,
        jobs=settings["jobs"],
    )


def _only_pages_of(toc: Path) -> dict:
    """Let Sphinx look for the pages in the table of contents alone.

    Jupyter Book lists every Markdown file below the root instead, those of `node_modules` too, and
    excludes them one by one.
    """
    from sphinx_external_toc.parsing import parse_toc_yaml

    site_map = parse_toc_yaml(toc)
    if site_map.globs() or any(set("[]*?") & set(name) for name in site_map):
        return {}
    # A page may be named with its ending or without.
    patterns = [text for name in site_map for text in (name, f"{name}.*")]
    return {"external_toc_exclude_missing": False, "include_patterns": patterns}


class SettingsError(Exception):
    """A settings file cannot be read; the text names file and line."""


def _check_yaml(file: Path) -> None:
    import yaml

    try:
        yaml.safe_load(file.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{file.name} is missing.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SettingsError(
            f"{file.name}:{mark.line + 1 if mark else 1}: not valid YAML: {error.problem}"
        ) from None


def mend_cache(folder: str) -> None:
    """Drop the cached outputs that a killed build left half written."""
    import nbformat
    from jupyter_cache import get_cache
    from jupyter_cache.cache.db import NbCacheRecord

    cache = get_cache(folder)
    whole = set()
    for record in cache.list_cache_records():
        try:
            nbformat.validate(cache.get_cache_bundle(record.pk).nb)
            whole.add(record.hashkey)
        except Exception:  # a missing file, half a file: run that lesson again
            NbCacheRecord.remove_records([record.pk], cache.db)
    for place in Path(folder, "executed").glob("*"):
        if place.name not in whole:
            shutil.rmtree(place)


def _end_with_asker() -> None:
    while os.read(0, 1):  # not sys.stdin: Sphinx's forked workers would inherit its lock, held
        pass
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)  # this process leads its own group: Sphinx's workers are in it
    os._exit(1)


if __name__ == "__main__":
    main()

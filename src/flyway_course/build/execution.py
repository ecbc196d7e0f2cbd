"""Sphinx extension: run just the lessons whose outputs are out of date, side by side, on warm kernels.

myst-nb keeps outputs in a jupyter-cache keyed by a notebook's code and kernel specification. Here

1. the digest of what a lesson depends on (:mod:`.depends`) is written into the lesson's kernel
   specification as Sphinx reads it, so that it becomes part of that key;
2. a page whose digest changed is out of date for Sphinx;
3. before Sphinx reads pages, the lessons without cached outputs run, two at a time, and fill the
   cache; then reading only replays, and can itself run in parallel;
4. when something changed that other pages show (a title, a label, a number), all pages are written
   again, since Sphinx writes only those it has read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util import logging

from .depends import CELL, Sources

SAY = "flyway: "
"""What a line of the log begins with when it is for people."""
KEY = "depends_on"  # the digest's name in the kernel specification
# Each names its pages in the environment by document, so reading in parallel is safe; they forget
# to say so.
PARALLEL_SAFE = ("sphinx_multitoc_numbering",)

logger = logging.getLogger(__name__)


class LessonError(SphinxError):
    """A lesson stopped with an error; the text names file, cell and line."""

    category = "Lesson"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx's events."""
    app.connect("builder-inited", read_digests)
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", run_lessons)
    app.connect("source-read", add_digest)
    app.connect("env-updated", write_all_if_shared_facts_changed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read_digests(app: Sphinx) -> None:
    """Find what every page depends on."""
    app.flyway_sources = Sources(Path(app.srcdir))


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Pages whose helper modules or data have changed since they were read."""
    sources = app.flyway_sources
    before = getattr(env, "flyway_digests", {})
    env.flyway_digests = {
        docname: sources.page_digest(Path(env.doc2path(docname)).read_text("utf-8"))
        for docname in env.found_docs
    }
    return [name for name in before.keys() - added if before[name] != env.flyway_digests.get(name)]


def add_digest(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the digest into the kernel specification of a lesson, without moving any line."""
    source[0] = with_digest(source[0], app.flyway_sources)


def with_digest(text: str, sources: Sources) -> str:
    """The text of a lesson with its digest in the front matter; other text as it is."""
    match = re.match(r"---[ \t]*\n(.*?\n)---[ \t]*\n", text, re.S)
    if not match or not CELL.search(text):
        return text
    try:
        front = yaml.safe_load(match[1])
        front["kernelspec"][KEY] = sources.execution_digest(text)
    except (yaml.YAMLError, KeyError, TypeError):
        return text  # myst-nb says what is wrong with it
    # JSON is YAML on one line; comment lines keep the numbers of the lines below.
    lines = [json.dumps(front, default=str), *["#"] * (match[1].count("\n") - 1)]
    return "---\n" + "\n".join(lines) + "\n---\n" + text[match.end() :]


def run_lessons(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run the lessons among `docnames` that have no cached outputs, and cache these."""
    env.flyway_facts = shared_facts(env)
    for name in PARALLEL_SAFE:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True
    stale = _stale(app, env, docnames) if env.mystnb_config.execution_mode == "cache" else []
    if not stale:
        logger.info(f"{SAY}Reading {len(docnames)} pages")
        return

    from flyway_course.kernels import warm_kernels

    problems = []
    with warm_kernels(), ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        runs = [pool.submit(lesson.run, n, len(stale)) for n, lesson in enumerate(stale, 1)]
        try:
            for lesson, run in zip(stale, runs, strict=True):
                problem = run.result()
                if problem:
                    problems.append(problem)
                else:
                    lesson.keep()
        except BaseException:
            pool.shutdown(cancel_futures=True, wait=False)
            raise
    if problems:
        raise LessonError("\n".join(problems))
    logger.info(f"{SAY}Reading {len(docnames)} pages")


def _stale(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> list[Lesson]:
    from jupyter_cache import get_cache
    from myst_nb.core.read import create_nb_reader

    config = env.mystnb_config
    cache = get_cache(config.execution_cache_path)
    found = []
    for docname in docnames:
        path = Path(env.doc2path(docname))
        if any(path.match(pattern) for pattern in config.execution_excludepatterns):
            continue
        text = with_digest(path.read_text("utf-8"), app.flyway_sources)
        # As myst-nb's own parser does it, so that the cache will find the same notebook.
        reader = create_nb_reader(str(path), env.myst_config, config, text)
        if reader is None:
            continue
        lesson = Lesson(Path(app.srcdir), path, text, reader.read(text), cache, config)
        with contextlib.suppress(KeyError):
            cache.match_cache_notebook(lesson.notebook)
            continue
        found.append(lesson)
    return found


class Lesson:
    """One lesson to run: its source, its notebook, and the cache that keeps the outputs."""

    def __init__(self, root: Path, path: Path, text: str, notebook: Any, cache: Any, config: Any):
        self.root, self.path, self.text = root, path, text
        self.notebook, self.cache, self.config = notebook, cache, config
        self.seconds = 0.0

    @property
    def name(self) -> str:
        """Path of the source below the root."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def title(self) -> str:
        """The first heading, or the name of the file."""
        match = re.search(r"^# (.+)$", self.text.partition("\n---\n")[2] or self.text, re.M)
        return match[1].strip() if match else self.name

    def run(self, number: int, total: int) -> str:
        """Run all cells in their own kernel. Returns the problem in words, or an empty text."""
        from jupyter_cache.executors.utils import single_nb_execution

        logger.info(f"{SAY}Running lesson {number} of {total}: {self.title}")
        logger.info(f"executed: {self.name}")
        folder: Any = contextlib.nullcontext(str(self.path.parent))
        if self.config.execution_in_temp:
            folder = tempfile.TemporaryDirectory()
        with folder as cwd:
            result = single_nb_execution(
                self.notebook,
                cwd=cwd,
                timeout=self.config.execution_timeout,
                allow_errors=self.config.execution_allow_errors,
            )
        self.seconds = result.time
        return self.explain(result.err) if result.err else ""

    def keep(self) -> None:
        """Put the outputs into the cache."""
        from jupyter_cache.base import CacheBundleIn

        bundle = CacheBundleIn(
            self.notebook, str(self.path), data={"execution_seconds": self.seconds}
        )
        self.cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)

    def explain(self, error: Exception) -> str:
        """Where a run stopped and why, such as `book/…/01-x.md:31: cell 2: KeyError: 'count'`."""
        number = line = at = 0
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            number, at = number + 1, index
            failed = [o for o in cell.outputs if o.output_type == "error"]
            if not cell.get("execution_count") and not failed:
                break  # the cell that never came back
            if failed and "raises-exception" not in cell.metadata.get("tags", []):
                line = _line_in_cell("\n".join(failed[-1].traceback))
                break
        says = f"{getattr(error, 'ename', type(error).__name__)}: {getattr(error, 'evalue', '')}"
        if "Timeout" in type(error).__name__:
            says = f"ran for more than {self.config.execution_timeout} s and was stopped"
        says = re.sub(r"\x1b\[[0-9;]*m", "", says).strip().rstrip(":")
        return f"{self.name}:{self._source_line(at) + max(line - 1, 0)}: cell {number}: {says}"

    def _source_line(self, index: int) -> int:
        """Line in the file, from 1, of the first line of a cell's code, below its options."""
        start = self.notebook.metadata.source_map[index]
        first = self.notebook.cells[index].source.partition("\n")[0]
        lines = self.text.splitlines()
        return next((n + 1 for n in range(start, len(lines)) if lines[n] == first), start + 1)


def _line_in_cell(traceback: str) -> int:
    """The line of the cell, from 1, that the outermost frame of a traceback names."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    match = re.search(r"Cell In\[\d+\], line (\d+)", plain)
    return int(match[1]) if match else 1


def shared_facts(env: BuildEnvironment) -> str:
    """A hash of what pages show of each other: titles, labels, terms, numbers, citations."""
    std = env.domaindata.get("std", {})
    cite = env.domaindata.get("cite", {})
    facts = [
        sorted((name, title.astext()) for name, title in env.titles.items()),
        [sorted(std.get(key, {}).items()) for key in ("labels", "anonlabels", "terms", "objects")],
        sorted(env.toc_secnumbers.items()),
        sorted(
            (name, sorted(map(str, kinds.items()))) for name, kinds in env.toc_fignumbers.items()
        ),
        sorted(map(str, env.domaindata.get("math", {}).get("objects", {}).items())),
        sorted(
            (ref.docname, sorted(map(str, ref.targets))) for ref in cite.get("citation_refs", [])
        ),
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def write_all_if_shared_facts_changed(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages, when something changed that any of them may show; else none."""
    return list(env.found_docs) if shared_facts(env) != env.flyway_facts else []

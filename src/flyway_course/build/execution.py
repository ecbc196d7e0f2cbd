"""Sphinx extension: run just the lessons whose outputs are out of date, side by side, on warm kernels.

myst-nb keeps outputs in a jupyter-cache keyed by a notebook's code and kernel specification. Here

1. the digest of what a lesson depends on (:mod:`.depends`) is written into the lesson's kernel
   specification as Sphinx reads it, so that it becomes part of that key;
2. a page whose digest changed is out of date for Sphinx;
3. before Sphinx reads pages, the lessons without cached outputs run, side by side, and fill the
   cache; then reading only replays, and can itself run in parallel;
4. when something changed that other pages show (a title, a label, a number), all pages are written
   again, since Sphinx writes only those it has read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util import logging

from flyway_course.kernels import warm_kernels

from .depends import Sources
from .lesson import Lesson, settle_traits
from .names import CELL
from .pictures import LessonPictures
from .report import SAY

KEY = "depends_on"  # the digest's name in the kernel specification
# Each names its pages in the environment by document, so reading in parallel is safe; they forget
# to say so.
PARALLEL_SAFE = ("sphinx_multitoc_numbering",)

FRONT = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*\n", re.S)

logger = logging.getLogger(__name__)


class LessonError(SphinxError):
    """A lesson stopped with an error; the text names file, cell and line."""

    category = "Lesson"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx's events."""
    app.add_config_value("flyway_pictures", "", "")  # folder; empty: draw every picture
    app.add_config_value("flyway_sources", "", "")  # file; empty: read all code again
    app.connect("builder-inited", read_digests)
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", run_lessons)
    app.connect("source-read", add_digest)
    # Late, so that sections and figures have their numbers.
    app.connect("env-get-updated", write_all_if_shared_facts_changed, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read_digests(app: Sphinx) -> None:
    """Find what every page depends on."""
    known = app.config.flyway_sources
    # Written a moment ago by the process that has started this one.
    app.flyway_sources = (
        pickle.loads(Path(known).read_bytes()) if known else Sources(Path(app.srcdir))
    )


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
    match = FRONT.match(text)
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


def _front_problem(app: Sphinx, name: str) -> str:
    """Where the front matter of a page is no YAML; an empty text where it is fine."""
    match = FRONT.match(Path(name).read_text("utf-8"))
    try:
        yaml.safe_load(match[1] if match else "")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{Path(name).relative_to(app.srcdir).as_posix()}:{mark.line + 2 if mark else 1}"
        return f"{place}: the block between the --- lines is not valid YAML: {error.problem}"
    return ""


def run_lessons(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run the lessons among `docnames` that have no cached outputs, and cache these."""
    env.flyway_facts = shared_facts(env)
    for name in PARALLEL_SAFE:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True
    broken = [says for name in docnames if (says := _front_problem(app, env.doc2path(name)))]
    if broken:
        raise LessonError("\n".join(broken))
    stale = _stale(app, env, docnames)
    if stale:
        _run(stale)
    if docnames:
        logger.info(f"{SAY}Reading {_count(docnames)}")


def _run(stale: list[Lesson]) -> None:
    """Run lessons side by side. Raises LessonError with one line for each that stopped."""
    problems = []
    settle_traits()
    with warm_kernels(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
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


def _stale(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> list[Lesson]:
    from jupyter_cache import get_cache
    from myst_nb.core.read import create_nb_reader

    cache = get_cache(env.mystnb_config.execution_cache_path)
    found = []
    for docname in docnames:
        config = env.mystnb_config
        path = Path(env.doc2path(docname))
        if any(path.match(pattern) for pattern in config.execution_excludepatterns):
            continue
        text = with_digest(path.read_text("utf-8"), app.flyway_sources)
        # As myst-nb's own parser does it, so that the cache will find the same notebook.
        reader = create_nb_reader(str(path), env.myst_config, config, text)
        if reader is None:
            continue
        notebook = reader.read(text)
        own = notebook.metadata.get(config.metadata_key, {})
        with contextlib.suppress(TypeError, ValueError):  # myst-nb will say what is wrong
            config = config.copy(**own)
        if config.execution_mode != "cache":
            continue
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            lesson = Lesson(Path(app.srcdir), path, text, notebook, cache, config)
            if app.config.flyway_pictures:
                place = Path(app.config.flyway_pictures)
                lesson.pictures = LessonPictures(place, lesson.name, text, app.flyway_sources)
            found.append(lesson)
    return found


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
    more = sorted(env.found_docs) if shared_facts(env) != env.flyway_facts else []
    logger.info(f"{SAY}Writing {_count(more)}" if more else f"{SAY}Writing what changed")
    return more


def _count(pages: list[str]) -> str:
    return f"{len(pages)} pages" if len(pages) != 1 else "1 page"

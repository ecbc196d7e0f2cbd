"""Run one lesson, keep its outputs, and say where it stopped."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from sphinx.util import logging

from .pictures import LessonPictures
from .report import RAN, SAY

KEPT_RUNS = 5  # of each lesson: going back to one of them costs nothing

logger = logging.getLogger(__name__)


class Lesson:
    """One lesson to run: its source, its notebook, and the cache that keeps the outputs."""

    def __init__(self, root: Path, path: Path, text: str, notebook: Any, cache: Any, config: Any):
        self.root, self.path, self.text = root, path, text
        self.notebook, self.cache, self.config = notebook, cache, config
        self.pictures: LessonPictures | None = None
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
        logger.info(f"{SAY}Running lesson {number} of {total}: {self.title}")
        logger.info(f"{RAN}{self.name}")
        folder: Any = contextlib.nullcontext(str(self.path.parent))
        if self.config.execution_in_temp:
            folder = tempfile.TemporaryDirectory()
        start = time.perf_counter()
        with folder as cwd:
            try:
                self._run_in(cwd)
            except TimeoutError as error:  # of a cell; it is an OSError too
                return self.explain(error)
            except OSError:  # of this machine (a full disk), not of the lesson
                raise
            except Exception as error:  # also a kernel that died, or that does not exist
                return self.explain(error)
        self.seconds = time.perf_counter() - start
        return ""

    def _run_in(self, cwd: str) -> None:
        # As jupyter_cache's single_nb_execution does it, which cannot give a kernel variables.
        from nbclient import NotebookClient

        own = self.notebook.metadata.get("execution", {})
        client = NotebookClient(
            self.notebook,
            resources={"metadata": {"path": cwd}},
            timeout=own.get("timeout", self.config.execution_timeout),
            allow_errors=own.get("allow_errors", self.config.execution_allow_errors),
            record_timing=False,
            # Its outputs are all here; an orderly end takes a kernel half a second.
            shutdown_kernel="immediate",
        )
        more = self.pictures.environment() if self.pictures else {}
        client.execute(env={**os.environ, **more})

    def keep(self) -> None:
        """Put the outputs into the cache, and keep the pictures that they hold."""
        from jupyter_cache.base import CacheBundleIn

        if self.pictures:
            self.pictures.keep_used()
        bundle = CacheBundleIn(
            self.notebook, str(self.path), data={"execution_seconds": self.seconds}
        )
        self.cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        runs = [r.pk for r in self.cache.list_cache_records() if r.uri == str(self.path)]
        for old in sorted(runs)[:-KEPT_RUNS]:
            with contextlib.suppress(KeyError):  # its file is gone already
                self.cache.remove_cache(old)

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
        says = f"{getattr(error, 'ename', type(error).__name__)}: {getattr(error, 'evalue', error)}"
        if "Timeout" in type(error).__name__:
            says = f"ran for more than {self.config.execution_timeout} s and was stopped"
        says = re.sub(r"\x1b\[[0-9;]*m| \(\d+\.py, line \d+\)$", "", says).strip().rstrip(":")
        return f"{self.name}:{self._source_line(at) + max(line - 1, 0)}: cell {number}: {says}"

    def _source_line(self, index: int) -> int:
        """Line in the file, from 1, of the first line of a cell's code, below its options."""
        start = self.notebook.metadata.source_map[index]
        first = self.notebook.cells[index].source.partition("\n")[0]
        lines = self.text.splitlines()
        return next((n + 1 for n in range(start, len(lines)) if lines[n] == first), start + 1)


def settle_traits() -> None:
    """Make one of each thing that a run needs, before several threads do.

    traitlets looks up the classes that a trait names when the first object is made, and two threads
    in it at once stop with "import_item accepts strings".
    """
    import nbformat
    from jupyter_client.provisioning import LocalProvisioner
    from nbclient import NotebookClient

    NotebookClient(nbformat.v4.new_notebook()).create_kernel_manager().client()
    LocalProvisioner()


def _line_in_cell(traceback: str) -> int:
    """The line of the cell, from 1, that the outermost frame of a traceback names."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    match = re.search(r"Cell In\[\d+\], line (\d+)", plain)
    return int(match[1]) if match else 1

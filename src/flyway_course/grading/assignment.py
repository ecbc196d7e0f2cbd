"""One assignment as the graders use it: its plan, its files, and notebooks composed from it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flyway_course.grading import plan
from flyway_course.grading.assignments import resolve, short_name
from flyway_course.grading.errors import GradingError
from flyway_course.paths import EXERCISES, SOLUTIONS

if TYPE_CHECKING:
    from flyway_course.grading.answers.rebuild import Piece, Rebuilt

MOST_FILES_BYTES = 8 << 20


@dataclass(frozen=True)
class Assignment:
    """An assignment: its folder's name and where its source lies."""

    name: str
    solutions: Path = SOLUTIONS

    @classmethod
    def find(cls, asked: str, solutions: Path = SOLUTIONS) -> Assignment:
        """Return an assignment from its short or its full name."""
        return cls(resolve(asked, solutions), solutions)

    @property
    def short(self) -> str:
        """The short name, such as X0."""
        return short_name(self.name)

    @property
    def path(self) -> Path:
        """The source notebook."""
        return self.solutions / self.name / f"{self.name}.ipynb"

    @cached_property
    def notebook(self) -> dict[str, Any]:
        """The source notebook as JSON."""
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise GradingError(f"{self.path} cannot be read as a notebook.") from None

    @cached_property
    def plan(self) -> list[plan.Step]:
        """The cells in the instructor's order."""
        return plan.steps(self.notebook["cells"])

    @cached_property
    def questions(self) -> tuple[dict[str, int | None], dict[int, list[str] | None]]:
        """The witness of each cell, and the names that each witness is asked for."""
        numbers = zip(self.plan, plan.witnesses(self.plan), strict=True)
        return {step.id: number for step, number in numbers}, plan.asked_names(self.plan)

    def files(self, cohort: Path | None = None) -> dict[str, str]:
        """Return the files that trainees have beside the notebook, as base64 by relative name.

        They are those in `exercises/` and those that a cohort has for itself, in `data/`.
        """
        found: dict[str, str] = {}
        places = [EXERCISES / self.name] if self.solutions == SOLUTIONS else []
        places += [cohort / "data" / self.name] if cohort else []
        size = 0
        for place in places:
            for path in sorted(p for p in place.rglob("*") if p.is_file()):
                inside = path.relative_to(place)
                if path.suffix == ".ipynb" or any(part.startswith(".") for part in inside.parts):
                    continue
                size += path.stat().st_size
                if size > MOST_FILES_BYTES:
                    raise GradingError(
                        f"The files beside {self.name} are larger than 8 MB together."
                    )
                found[inside.as_posix()] = base64.b64encode(path.read_bytes()).decode("ascii")
        return found

    def digest(self, files: dict[str, str], seed: str | None) -> str:
        """Return a hash of everything that decides a mark but the answers.

        The private seed of a class does so only where a cell asks for it: else it decides `files`.
        """
        parts = [self.path.read_bytes(), json.dumps(files, sort_keys=True).encode()]
        parts.append((seed or "").encode() if b"FLYWAY_COHORT_SEED" in parts[0] else b"")
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def checksum(self, step: plan.Step, released: bool = True) -> str:
        """Return nbgrader's checksum of a cell, by which it tells an untouched answer."""
        mark = self.marks[step.id]
        parts = [step.released if released else step.source, self._cell_type(step)]
        parts += [str(bool(mark.get(key))) for key in ("grade", "solution")]
        locked = mark.get("locked") or (mark.get("grade") and not mark.get("solution"))
        parts += [str(bool(locked and not mark.get("solution"))), step.id]
        if mark.get("grade"):
            parts.append(str(float(mark["points"])))
        return hashlib.md5("".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()

    @cached_property
    def marks(self) -> dict[str, dict[str, Any]]:
        """Return nbgrader's metadata of each cell that has some, by the cell's name."""
        pairs = zip(self.plan, self.notebook["cells"], strict=True)
        found = {step.id: cell.get("metadata", {}).get("nbgrader", {}) for step, cell in pairs}
        return {name: mark for name, mark in found.items() if mark}

    def _cell_type(self, step: plan.Step) -> str:
        return "code" if step.is_code else "markdown"

    def compose(self, rebuilt: Rebuilt, shown: dict[int, dict[str, Any]] | None = None) -> bytes:
        """Return a rebuilt submission as the bytes of a notebook.

        Parameters
        ----------
        rebuilt
            The pieces, in order.
        shown
            What each piece showed, by its place: `source` (in place of the trainee's), `outputs`,
            `metadata`. Without it the notebook is one that has not been run.
        """
        cells = []
        for place, piece in enumerate(rebuilt.pieces):
            cell = self._cell(piece, place)
            extra = (shown or {}).get(place, {})
            cell["metadata"] |= extra.get("metadata", {})
            source = extra.get("source", piece.source)
            cell["source"] = source.splitlines(keepends=True)
            if cell["cell_type"] == "code":
                cell["outputs"] = extra.get("outputs", [])
            cells.append(cell)
        whole = {
            "cells": cells,
            "metadata": {"kernelspec": self.notebook["metadata"]["kernelspec"]},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        # read by programs only: in one line, it is written ten times as fast
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        return (text + "\n").encode("utf-8")

    def _cell(self, piece: Piece, place: int) -> dict[str, Any]:
        step = piece.step
        kind = piece.kind if step is None else self._cell_type(step)
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}}
        cell["id"] = f"added-{place}" if step is None else re.sub(r"[^\w-]", "-", step.id)[:60]
        if step is not None and step.id in self.marks:
            mark = {"cell_type": kind, "checksum": self.checksum(step), **self.marks[step.id]}
            cell["metadata"]["nbgrader"] = mark
            cell["metadata"]["deletable"] = False
            if mark.get("locked"):
                cell["metadata"]["editable"] = False
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        return cell

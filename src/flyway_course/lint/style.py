"""Lesson code is checked and formatted by ruff, with the house's own settings.

The cells go to ruff as one notebook, so that a name defined in one cell is known in the next and
a problem names its cell and line. `fix` writes the formatted cells back into the lesson.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from . import code
from .lesson import Cell, Lesson
from .problem import Problem

# A lesson's helper functions are three lines long and explained by the text around them.
IGNORED = "D,ANN"
UNKNOWN_NAME = "F821"


def check(lesson: Lesson, root: Path) -> list[Problem]:
    """Return what ruff finds in the lesson's code; `root` is where pyproject.toml is."""
    problems = list(code.syntax(lesson))
    if problems or not lesson.cells:
        return problems
    return [*_rules(lesson, root), *_format(lesson, root)]


def formatted(lesson: Lesson, root: Path) -> str:
    """Return the lesson's text with every cell formatted."""
    if not lesson.cells or list(code.syntax(lesson)):
        return lesson.source
    lines = lesson.source.splitlines(keepends=True)
    pairs = list(zip(lesson.cells, _formatted_cells(lesson, root), strict=True))
    for cell, new in reversed(pairs):
        if new != cell.source.rstrip("\n"):
            first = cell.line - 1
            last = first + len(cell.source.rstrip("\n").splitlines())
            indent = _indent(lines[first])
            lines[first:last] = [(indent + ln).rstrip() + "\n" for ln in new.splitlines()]
    return "".join(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))] if line.strip() else ""


def notebook(cells: list[Cell]) -> str:
    """Write cells as a notebook (JSON), which is how ruff reads several cells as one program."""
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "id": f"c{cell.number}",
                    "metadata": {},
                    "outputs": [],
                    "source": cell.source.rstrip("\n").splitlines(keepends=True),
                }
                for cell in cells
            ],
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def _ruff(lesson: Lesson, root: Path, *arguments: str) -> str:
    name = str(root / Path(lesson.path).with_suffix(".ipynb"))
    command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", name, "-"]
    done = subprocess.run(
        command,
        cwd=root,
        input=notebook(lesson.cells),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"ruff could not read {lesson.path}: {done.stderr.strip()}")
    return done.stdout


def _rules(lesson: Lesson, root: Path) -> Iterator[Problem]:
    told = _ruff(lesson, root, "check", "--no-fix", "--output-format=json", "--ignore", IGNORED)
    for found in json.loads(told or "[]"):
        number = found["cell"] or 1
        row = found["location"]["row"]
        cell = lesson.cells[number - 1]
        if found["code"] == UNKNOWN_NAME and "raises-exception" in cell.tags:
            continue  # a lesson on errors names what does not exist, and reads what Python says
        message = f"cell {number}, line {row}: {found['code'] or 'syntax'} {found['message']}"
        yield Problem(lesson.path, cell.line + row - 1, "ruff", message)


def _formatted_cells(lesson: Lesson, root: Path) -> list[str]:
    told = json.loads(_ruff(lesson, root, "format"))
    return ["".join(cell["source"]) for cell in told["cells"]]


def _format(lesson: Lesson, root: Path) -> Iterator[Problem]:
    for cell, new in zip(lesson.cells, _formatted_cells(lesson, root), strict=True):
        old = cell.source.rstrip("\n")
        if new == old:
            continue
        pairs = zip([*old.splitlines(), ""], [*new.splitlines(), ""], strict=False)
        row = next((i for i, (a, b) in enumerate(pairs) if a != b), 0)
        message = f"cell {cell.number} is not formatted; run `python3 course.py lint --fix`"
        yield Problem(lesson.path, cell.line + row, "format", message)

"""Where things live in the checkout. Every tool asks here, so that a folder is named once."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
BUILD = ROOT / "_build"
SITE = BUILD / "html"
NOTEBOOKS = SITE / "notebooks"
"""The `.ipynb` of each lesson, written by the Sphinx extension: `<module folder>-<file>.ipynb`."""
WORKSPACE = ROOT / "workspace"
EXERCISES = ROOT / "exercises"
SOLUTIONS = ROOT / "solutions"
DATASETS = ROOT / "datasets"
ASSETS = ROOT / "src" / "flyway" / "_assets"
NODE_MODULES = ROOT / "node_modules"


def lesson_sources() -> dict[str, Path]:
    """Map the short name of each lesson to its source file.

    A lesson is a `.md` file in `book/modules/<module>/` that is a notebook: its front matter holds
    a `lesson:` block. The short name is that of its download, such as `00-start-01-three-birds`.
    """
    found = {}
    for path in sorted(BOOK.glob("modules/*/*.md")):
        head = path.read_text(encoding="utf-8").split("\n---", 1)[0]
        if head.startswith("---") and "\nlesson:" in head:
            found[f"{path.parent.name}-{path.stem}"] = path
    return found


def put_tools_on_path() -> None:
    """Put this environment's programs first on `PATH`, and let Python keep its bytecode.

    nbgrader calls `alembic` and Sphinx calls `node` by name; without the environment's own folder
    on `PATH` they fail or, worse, find another version. Bytecode makes every later start faster
    (2.7 times, measured), so a machine-wide `PYTHONDONTWRITEBYTECODE` is dropped for our children.
    """
    scripts = sysconfig.get_path("scripts")
    parts = os.environ.get("PATH", "").split(os.pathsep)
    if parts[:1] != [scripts]:
        os.environ["PATH"] = os.pathsep.join([scripts, *[p for p in parts if p and p != scripts]])
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False

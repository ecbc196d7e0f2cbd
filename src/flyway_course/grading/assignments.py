"""Which assignments exist, and what an instructor may call them."""

from __future__ import annotations

import re
from pathlib import Path

from flyway_course.grading.errors import GradingError
from flyway_course.paths import SOLUTIONS


def known_assignments(solutions: Path = SOLUTIONS) -> dict[str, str]:
    """Map the short name of each assignment to its folder: `{"X0": "x0-first-counts"}`.

    An assignment is a folder in `solutions/` that holds a notebook of the same name.
    """
    folders = sorted(p.parent.name for p in solutions.glob("*/*.ipynb") if p.stem == p.parent.name)
    return {folder.split("-", 1)[0].upper(): folder for folder in folders}


def resolve(name: str, solutions: Path = SOLUTIONS) -> str:
    """Return the folder of an assignment from its short or its full name, in any case.

    Raises
    ------
    GradingError
        No such assignment; the message lists those that exist.
    """
    known = known_assignments(solutions)
    asked = re.sub(r"[\s_]+", "-", name.strip()).lower()
    for short, folder in known.items():
        if asked in (short.lower(), folder):
            return folder
    listed = ", ".join(f"{short} ({folder})" for short, folder in known.items()) or "none yet"
    raise GradingError(f"There is no assignment {name!r} in solutions/. Assignments: {listed}.")


def short_name(folder: str) -> str:
    """Return the short name of an assignment's folder: `x0-first-counts` gives `X0`."""
    return folder.split("-", 1)[0].upper()

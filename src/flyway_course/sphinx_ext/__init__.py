"""The course's Sphinx extension: directives, lesson card, offline assets, mended pages, notebooks.

Each sub-module has its own `setup(app)` and one job. Order matters in one place: `pages` mends what
the others have produced, so it comes last.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from flyway_course.sphinx_ext import (
    asked,
    bibliography,
    boxes,
    card,
    data_box,
    day_walk,
    element,
    exercise,
    maths,
    notebook_files,
    pages,
    predict,
    progress,
    progress_page,
    quiz,
    styles,
)

MODULES = (
    bibliography,
    element,
    boxes,
    quiz,
    predict,
    exercise,
    progress,
    progress_page,
    data_box,
    day_walk,
    asked,
    card,
    maths,
    notebook_files,
    styles,
    pages,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Load every part of the extension."""
    for module in MODULES:
        module.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

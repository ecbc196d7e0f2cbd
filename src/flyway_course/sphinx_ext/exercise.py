"""Exercises without numbers.

Each lesson has one exercise, with a title, so that "Exercise 8" tells nobody anything. Numbers also
cost 0.3 s of every build: with `numfig`, which sphinx-exercise switches on, Sphinx takes up all
pages again to count their figures, and no figure of this book is numbered.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx_exercise.directive import ExerciseDirective, ExerciseStartDirective


class _Unnumbered:
    """An exercise that has the option `:nonumber:` always."""

    options: dict[str, Any]

    def run(self) -> list[nodes.Node]:
        self.options["nonumber"] = None
        return super().run()


class Exercise(_Unnumbered, ExerciseDirective):
    """An exercise."""


class ExerciseStart(_Unnumbered, ExerciseStartDirective):
    """The beginning of an exercise that holds cells."""


def _count_nothing(_app: Sphinx, config: Config) -> None:
    config.numfig = False


def setup(app: Sphinx) -> None:
    """Take the places of the directives of sphinx-exercise."""
    app.setup_extension("sphinx_exercise")
    app.add_directive("exercise", Exercise, override=True)
    app.add_directive("exercise-start", ExerciseStart, override=True)
    app.connect("config-inited", _count_nothing, priority=900)  # after sphinx-exercise

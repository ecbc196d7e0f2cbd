"""Try an assignment's tests on known answers: the reference, the blank exercise and mutants.

A mutant is the reference solution with one planted mistake. A mistake that still earns full marks
shows a hole in the tests. Only the author's own notebooks run here, in this process: it is fast,
and it is no way to run a trainee's work.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from flyway_course.grading.notebooks import grade_id, is_answer, is_test


@dataclass(frozen=True)
class Outcome:
    """What a trial earned: points by test, and the sentences of the tests that did not pass."""

    earned: dict[str, float]
    possible: dict[str, float]
    said: dict[str, str]

    @property
    def full(self) -> bool:
        """Whether every automatic point was earned."""
        return self.earned == self.possible

    @property
    def score(self) -> float:
        """The sum of the points earned."""
        return sum(self.earned.values())


def attempt(nb: NotebookNode, answers: Mapping[str, str] | None = None) -> Outcome:
    """Run a source notebook with some answer cells replaced, and return what its tests gave.

    Parameters
    ----------
    nb
        A source notebook (hidden tests included).
    answers
        The code of answer cells, by grade id; the others keep the reference solution.
    """
    answers = answers or {}
    unknown = set(answers) - {grade_id(c) for c in nb.cells if is_answer(c)}
    if unknown:
        raise KeyError(f"no answer cell is called {sorted(unknown)}")
    space: dict[str, object] = {"__name__": "__main__"}
    earned, possible, said = {}, {}, {}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        name = grade_id(cell)
        error = _run(answers.get(name, cell.source), f"<{name or 'cell'}>", space)
        if is_test(cell):
            possible[name] = float(cell.metadata.nbgrader.points)
            earned[name] = 0.0 if error else possible[name]
            if error:
                said[name] = f"{type(error).__name__}: {error}"
    return Outcome(earned, possible, said)


def _run(source: str, name: str, space: dict[str, object]) -> Exception | None:
    """Run one cell as a kernel would: an error ends the cell, not the notebook."""
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            exec(compile(source, name, "exec"), space)
    except Exception as error:
        return error
    return None

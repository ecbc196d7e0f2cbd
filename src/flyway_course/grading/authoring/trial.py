"""Try an assignment's tests on known answers: the reference, the blank exercise and mutants.

A mutant is the reference solution with one planted mistake. A mistake that still earns full marks
shows a hole in the tests. Only the author's own notebooks run here, in this process: it is fast,
and it is no way to run a trainee's work.
"""

from __future__ import annotations

import ast
import contextlib
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from flyway_course.grading.authoring.notebooks import grade_id, is_answer, is_test


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
    _close_figures()  # a chart that an earlier trial left open would be drawn on
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


def _close_figures() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")


def _run(source: str, name: str, space: dict[str, object]) -> Exception | None:
    """Run one cell as a kernel would: an error ends the cell, not the notebook."""
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            exec(compile(source, name, "exec"), space)
    except Exception as error:
        return error
    return None


@dataclass
class Survey:
    """Which mutants the tests caught, as (answer cell, mutant), and what the tests said to them."""

    caught: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    survived: list[tuple[str, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of mutants that earned less than full marks, from 0 to 1."""
        return len(self.caught) / max(1, len(self.caught) + len(self.survived))

    def summary(self) -> str:
        """Return the count as one sentence, with the names of the survivors."""
        total = len(self.caught) + len(self.survived)
        text = f"{len(self.caught)} of {total} planted mistakes are caught ({self.share:.0%})."
        return text + "".join(f"\n  survived: {cell}: {name}" for cell, name in self.survived)


def survey(nb: NotebookNode, mutants: Mapping[str, Mapping[str, str]]) -> Survey:
    """Try every mutant, by answer cell and name, and say which ones the tests catch.

    Tasks do not depend on each other's answers, so one run tries one mutant of every task.
    """
    judges = _tests_of(nb)
    result = Survey()
    queues = {cell: list(named.items()) for cell, named in mutants.items()}
    while any(queues.values()):
        turn = {cell: queue.pop(0) for cell, queue in queues.items() if queue}
        outcome = attempt(nb, {cell: code for cell, (_, code) in turn.items()})
        for cell, (name, _) in turn.items():
            said = [outcome.said[test] for test in judges[cell] if test in outcome.said]
            if said:
                result.caught[cell, name] = said
            else:
                result.survived.append((cell, name))
    return result


def usual_mutants(nb: NotebookNode) -> dict[str, dict[str, str]]:
    """Plant the usual mistakes in each answer: nothing, a constant, text, off by one.

    They are made for each name that the exercise asks for (`name = ...`) and for each function.
    """
    made: dict[str, dict[str, str]] = {}
    for cell in nb.cells:
        if cell.cell_type != "code" or not is_answer(cell):
            continue
        named = made.setdefault(grade_id(cell), {})
        for name, is_function in _asked_names(cell.source).items():
            for what, change in _CHANGES.items():
                if is_function:
                    code = f"_right, {name} = {name}, lambda *a: _change(_right(*a))"
                else:
                    code = f"{name} = _change({name})"
                named[f"{name}: {what}"] = f"{cell.source}\n{change}\n{code}"
    return made


_CHANGES = {
    "nothing": "def _change(value):\n    return None",
    "a constant": "def _change(value):\n    return 0",
    "text": "def _change(value):\n    return None if isinstance(value, str) else str(value)",
    "off by one": (
        "def _change(value):\n"
        "    try:\n        return value + 1\n    except Exception:\n        return None"
    ),
}


def _asked_names(source: str) -> dict[str, bool]:
    """Return the names that an answer must give, and whether each is a function."""
    names: dict[str, bool] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            names[node.name] = True
        elif isinstance(node, ast.Assign) and ast.unparse(node.value) == "...":
            names |= {t.id: False for t in node.targets if isinstance(t, ast.Name)}
    return names


def _tests_of(nb: NotebookNode) -> dict[str, list[str]]:
    """Return the tests that judge each answer: those between it and the next answer."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for cell in nb.cells:
        if is_answer(cell):
            current = found.setdefault(grade_id(cell), [])
        elif is_test(cell):
            current.append(grade_id(cell))
    return found

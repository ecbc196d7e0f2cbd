"""What a source notebook must keep to, so that it can be released, graded and explained."""

from __future__ import annotations

import ast
from collections import Counter

from nbformat import NotebookNode

from flyway_course.grading import hidden
from flyway_course.grading.authoring.notebooks import (
    grade_id,
    is_answer,
    is_marked_by_hand,
    is_test,
)
from flyway_course.grading.plan import INSIDE

SOLUTION_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


def problems(nb: NotebookNode) -> list[str]:
    """Return what is wrong with a source notebook, one sentence each; an empty list is good.

    Outputs are not a problem here: `release` leaves them out, and a test keeps them out of the
    history.
    """
    found = []
    if nb.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("The kernel is not python3: choose the kernel 'Python 3' and save.")
    names = Counter(name for cell in nb.cells if (name := grade_id(cell)))
    found += [f"The grade id {n!r} is used {k} times." for n, k in names.items() if k > 1]
    if not any(is_test(cell) for cell in nb.cells):
        found.append("No cell is an automatic test.")
    for number, cell in enumerate(nb.cells, start=1):
        place = f"Cell {number} ({grade_id(cell) or cell.cell_type})"
        found += [f"{place}: {what}" for what in _cell_problems(cell)]
    return found


def notes(nb: NotebookNode) -> list[str]:
    """Return what an author should know and need not change: where a test is weaker than others.

    A test with the line `# engine: inside` runs in the trainee's own process, for what is not data,
    such as a fitted model. It is never shown, but the answer's code can make it pass.
    """
    return [
        f"Cell {number} ({grade_id(cell)}): it runs inside the trainee's notebook (# engine: inside), "
        "so an answer can trick it. Ask for numbers, text, tables or a chart where you can."
        for number, cell in enumerate(nb.cells, start=1)
        if is_test(cell) and INSIDE.search(cell.source)
    ]


def _cell_problems(cell: NotebookNode) -> list[str]:
    mark = cell.metadata.get("nbgrader", {})
    found = []
    if mark.get("grade") and not float(mark.get("points", 0)) > 0:
        found.append("it is graded and earns no points.")
    if is_test(cell):
        found += _test_problems(cell, locked=bool(mark.get("locked")))
    elif hidden.BEGIN in cell.source:
        found.append("hidden tests stand outside a test cell.")
    if is_answer(cell) and cell.cell_type == "code":
        begins, ends = (cell.source.count(text) for text in SOLUTION_MARKS)
        if begins != ends or not begins:
            found.append(
                "it needs '### BEGIN SOLUTION' and '### END SOLUTION' around the solution."
            )
    elif not is_answer(cell) and SOLUTION_MARKS[0] in cell.source:
        found.append("a solution stands outside an answer cell: it would be released.")
    if is_marked_by_hand(cell) and cell.cell_type == "code":
        found.append("answers marked by hand are text cells; give code an automatic test.")
    return found


def _test_problems(cell: NotebookNode, locked: bool) -> list[str]:
    found = [] if locked else ["a test must be locked (read-only)."]
    if cell.source.count(hidden.BEGIN) != cell.source.count(hidden.END):
        found.append("'BEGIN HIDDEN TESTS' and 'END HIDDEN TESTS' do not pair.")
    if not cell.source.startswith("# "):
        found.append("a test begins with a comment that says what it checks.")
    body = ast.parse(cell.source).body
    if not body or (isinstance(body[-1], ast.Expr) and not _is_print(body[-1].value)):
        found.append("a test ends in a statement: nbgrader reads a last expression as a mark.")
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, ast.Assert):
            words = node.msg.value if isinstance(node.msg, ast.Constant) else None
            if not isinstance(words, str) or len(words.split()) < 4:
                found.append(
                    f"line {node.lineno}: an assert needs a message in plain, fixed words."
                )
    return found


def _is_print(node: ast.expr) -> bool:
    """Say whether an expression is a call of print: it shows words and has no value."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    )

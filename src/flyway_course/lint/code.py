"""The code of a lesson as Python sees it: its syntax tree, calls, comments and strings."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from .lesson import Cell, Lesson
from .problem import Problem


def plain(cell: Cell) -> str:
    """The cell's source with IPython's own lines (`%time`, `!ls`) as comments, line for line."""
    if cell.source.lstrip().startswith("%%"):
        return "\n".join("# " + line for line in cell.source.splitlines())
    lines = cell.source.splitlines()
    return "\n".join(re.sub(r"^(\s*)", r"\1pass  # ", ln) if magic(ln) else ln for ln in lines)


def magic(line: str) -> bool:
    """Whether a line is IPython's and not Python's."""
    return bool(re.match(r"\s*[%!?]", line) or re.match(r"\s*[\w, ]+=\s*[%!]", line))


def tree(cell: Cell) -> ast.Module:
    """Parse the cell; a cell that is not Python gives an empty tree (`syntax` reports it)."""
    try:
        return ast.parse(plain(cell))
    except SyntaxError:
        return ast.Module([], [])


def syntax(lesson: Lesson) -> Iterator[Problem]:
    """Every code cell is valid Python."""
    for cell in lesson.cells:
        try:
            ast.parse(plain(cell))
        except SyntaxError as broken:
            line = broken.lineno or 1
            message = f"cell {cell.number}, line {line} is not valid Python: {broken.msg}"
            yield Problem(lesson.path, cell.line + line - 1, "syntax", message)


def dotted(node: ast.AST) -> str:
    """The name of a call's target: `np.random.seed`; for `f(x).plot` it is `.plot`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls_in(node: ast.AST) -> list[ast.Call]:
    """Return every call inside a node."""
    return [n for n in ast.walk(node) if isinstance(n, ast.Call)]


def calls(cell: Cell, *names: str) -> list[ast.Call]:
    """Return the calls whose last name is one of `names`: `show` finds `plots.show` too."""
    return [c for c in calls_in(tree(cell)) if dotted(c.func).rpartition(".")[2] in names]


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value of a keyword argument, or None."""
    return next((k.value for k in call.keywords if k.arg == name), None)


def texts(cell: Cell) -> Iterator[tuple[str, int]]:
    """Yield the comments and strings of a cell, each with its line in the lesson."""
    for node in ast.walk(tree(cell)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, cell.line + node.lineno - 1
    try:
        for token in tokenize.generate_tokens(io.StringIO(plain(cell)).readline):
            if token.type == tokenize.COMMENT:
                yield token.string, cell.line + token.start[0] - 1
    except (tokenize.TokenError, SyntaxError):
        return

"""Where a function is checked against a published case, and in which lesson it is taught.

Both are read from code: the imports and calls of the tests in `tests/reference`, and the cells of the
lessons. Nothing is run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pandas as pd
import yaml

from flyway_course.paths import BOOK, ROOT

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.M | re.S)


def anchor(case: str) -> str:
    """The name of a published case on the page of evidence."""
    return "evidence-" + case.replace("_", "-")


@cache
def checked() -> dict[str, list[tuple[str, str]]]:
    """For each function, the published cases that its tests compare it with: (anchor, title)."""
    table = pd.read_csv(BOOK / "reference" / "evidence.csv", dtype=str, keep_default_na=False)
    titles = dict(zip(table["case"], table["method"], strict=True))
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "tests" / "reference").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = imported(tree)
        local = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for test in local.values():
            if not test.name.startswith("test_"):
                continue
            body = [test, *(local[n] for n in _words(test) & local.keys() if n != test.name)]
            cases = sorted({w for part in body for w in _texts(part)} & titles.keys())
            used = {names[word] for part in body for word in _words(part) if word in names}
            for dotted in used if cases else ():
                mine = found.setdefault(dotted, [])
                mine += [
                    (anchor(c), titles[c]) for c in cases if (anchor(c), titles[c]) not in mine
                ]
    return found


@cache
def taught() -> dict[str, list[tuple[str, str]]]:
    """For each function, the lessons whose code uses it: (page from the book's folder, title)."""
    found: dict[str, list[tuple[str, str]]] = {}
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for path in sorted((BOOK / "modules").rglob("*.md")):
        if not re.search(
            rf"{path.relative_to(ROOT).with_suffix('').as_posix()}\s*$", contents, re.M
        ):
            continue  # not in the book yet
        text = path.read_text(encoding="utf-8")
        title = re.search(r"^# (.+)$", text, re.M)
        number = _number(text)
        if not title or not number:
            continue
        for dotted in sorted(set(_used(CELL.findall(text)))):
            page = path.relative_to(BOOK).as_posix()
            found.setdefault(dotted, []).append((page, f"{number} {title[1]}"))
    return found


def _number(text: str) -> str:
    front = re.match(r"---\n(.*?)^---$", text, re.M | re.S)
    lesson = (yaml.safe_load(front[1]) if front else {}).get("lesson") or {}
    return str(lesson.get("number", ""))


def _used(cells: list[str]) -> Iterator[str]:
    """Full names that cells import from flyway, or reach through a module: `datasets.load`."""
    trees = [_read(cell) for cell in cells]
    names = {name: full for tree in trees for name, full in imported(tree).items()}
    yield from names.values()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Attribute):
            before = ast.unparse(node.value)
            if before in names:
                yield f"{names[before]}.{node.attr}"


def _read(cell: str) -> ast.AST:
    """Read a cell; of one that is not finished, its imports."""
    code = "\n".join(line for line in cell.split("\n") if not line.startswith((":", "%", "!")))
    try:
        return ast.parse(code)
    except SyntaxError:
        return ast.parse("\n".join(re.findall(r"^from flyway[^\n(]* import [^\n(]+$", code, re.M)))


def imported(tree: ast.AST) -> dict[str, str]:
    """What `from flyway… import …` brings in: the name used, and its full name."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flyway")
        for alias in node.names
    }


def _words(node: ast.AST) -> set[str]:
    """Names used in a test, those of its fixtures among them."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {
        part.arg for part in ast.walk(node) if isinstance(part, ast.arg)
    }


def _texts(node: ast.AST) -> set[str]:
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }

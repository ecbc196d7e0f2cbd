"""What an assignment asks: its cells in the instructor's order, and which side defines which name.

The tests' side runs the instructor's own cells. A name that an answer cell gives (`birds_2025 = …`)
belongs to the trainee from there on, until an instructor's cell gives it anew. Everything else is
the instructor's: a trainee who changes `januaries` or `pd` changes it for nobody but themselves.
"""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass
from typing import Any

from flyway_course.grading import hidden

TEXT, SETUP, OPEN, ANSWER, WRITTEN, TEST = "text", "setup", "open", "answer", "written", "test"
CODE_STUB, TEXT_STUB = "# Write your code here.", "Write your answer here, in place of this line."
INSIDE = re.compile(r"^# engine: inside\b", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One cell of an assignment.

    `kind` is text, setup (locked code), open (code that trainees may change), answer (code), written
    (an answer in words, marked by hand) or test. `released` is what trainees get, `source` the
    author's. `names` are the names that its code gives at the top level. `inside` tests run in the
    trainee's own process, which is weaker: see `rules.notes`.
    """

    id: str
    kind: str
    source: str
    released: str
    points: float = 0.0
    names: frozenset[str] = frozenset()
    inside: bool = False
    theirs: bool = False

    @property
    def is_code(self) -> bool:
        """Whether the cell holds code."""
        return self.kind in (SETUP, OPEN, ANSWER, TEST)


def steps(cells: list[dict[str, Any]]) -> list[Step]:
    """Return the steps of a source notebook from its raw cells (nbformat 4.5)."""
    made: list[Step] = []
    theirs: set[str] = set()
    for number, cell in enumerate(cells):
        mark = cell.get("metadata", {}).get("nbgrader", {})
        source = text_of(cell)
        kind = _kind(cell, mark)
        name = mark.get("grade_id") or cell.get("id") or f"cell-{number}"
        code = kind in (SETUP, OPEN, ANSWER, TEST)
        names = given_names(source) if code else frozenset()
        # an instructor's cell that needs an answer can only run beside that answer
        depends = kind == OPEN or (kind == SETUP and bool(used_names(source) & theirs))
        if kind == ANSWER or depends:
            theirs |= names
        else:
            theirs -= names
        points = float(mark.get("points", 0)) if mark.get("grade") else 0.0
        inside = kind == TEST and bool(INSIDE.search(source))
        made.append(
            Step(name, kind, source, released(source, kind), points, names, inside, depends)
        )
    return made


def _kind(cell: dict[str, Any], mark: dict[str, Any]) -> str:
    if cell.get("cell_type") != "code":
        return WRITTEN if mark.get("solution") or mark.get("task") else TEXT
    if mark.get("solution"):
        return ANSWER
    if mark.get("grade"):
        return TEST
    return SETUP if mark.get("locked") else OPEN


def text_of(cell: dict[str, Any]) -> str:
    """Return a cell's source as one text."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def released(source: str, kind: str) -> str:
    """Return a cell as trainees get it: no solution, no hidden test."""
    if kind == TEST:
        return hidden.visible_part(source)
    if kind == WRITTEN:
        return TEXT_STUB
    if kind != ANSWER:
        return source
    kept, inside = [], False
    for line in source.split("\n"):
        if "### BEGIN SOLUTION" in line:
            inside = True
            kept.append(line[: len(line) - len(line.lstrip())] + CODE_STUB)
        elif "### END SOLUTION" in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def plain_python(source: str) -> str:
    """Return an instructor's cell without the lines that only a notebook understands."""
    return re.sub(r"(?m)^[ \t]*[%!].*$", "", source)


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(plain_python(source))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _top_level(tree: ast.Module) -> list[ast.AST]:
    """Return the nodes that run with the cell itself: functions and classes stay closed."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(tree.body)
    closed = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    closed += (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, closed):
            waiting += ast.iter_child_nodes(node)
    return found


def given_names(source: str) -> frozenset[str]:
    """Return the names that a cell gives or changes at its top level."""
    names: set[str] = set()
    imported: set[str] = set()
    for node in _top_level(_tree(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imported |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            names |= _base(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            # a method called for its effect may change what it is called on: rows.append(…)
            names |= _base(node.value.func) if isinstance(node.value.func, ast.Attribute) else set()
    return frozenset(names | imported)


def _base(node: ast.AST) -> set[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def used_names(source: str) -> set[str]:
    """Return the names that a cell reads, in functions too."""
    return {
        node.id
        for node in ast.walk(_tree(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def made_names(source: str) -> set[str]:
    """Return the names that a cell gives anywhere, in functions and comprehensions too."""
    nodes = ast.walk(_tree(source))
    return {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def imported_names(source: str) -> set[str]:
    """Return the dotted names that a cell imports: modules, and what it takes from them."""
    found: set[str] = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found


def whole(plan: list[Step]) -> list[dict[str, Any]]:
    """Return every cell with code, the reference solution among them, in order."""
    return [{"id": s.id, "source": plain_python(s.source)} for s in plan if s.is_code]


def tests_side(plan: list[Step]) -> list[dict[str, Any]]:
    """Return what the tests' side runs, in order; each test names its witness."""
    job: list[dict[str, Any]] = []
    for step, witness in zip(plan, witnesses(plan), strict=True):
        names = sorted(step.names)
        if step.kind == ANSWER or (step.theirs and step.is_code):
            job.append({"kind": "answer", "names": names})
        elif step.kind == SETUP:
            source = plain_python(step.source)
            job.append({"kind": "setup", "id": step.id, "source": source, "names": names})
        elif step.kind == TEST:
            said = {"id": step.id, "source": plain_python(step.source), "names": names}
            first = hidden.first_line(said["source"])
            job.append(
                {"kind": "test", **said, "witness": witness, "inside": step.inside, "hidden": first}
            )
    return job


def witnesses(plan: list[Step]) -> list[int | None]:
    """Return for each step the number of the witness that its test asks: tests in a row share one."""
    numbers: list[int | None] = []
    count, fresh = -1, True
    for step in plan:
        if step.kind == TEST:
            count += fresh
            fresh = False
        elif step.is_code:
            fresh = True
        numbers.append(count if step.kind == TEST else None)
    return numbers


def asked_names(plan: list[Step]) -> dict[int, list[str] | None]:
    """Return for each witness the names that its tests will ask the trainee's side for.

    None where a test runs inside the notebook: it may ask for anything.
    """
    asked: dict[int, list[str] | None] = {}
    own: set[str] = set(dir(builtins))
    theirs: set[str] = set()
    for step, witness in zip(plan, witnesses(plan), strict=True):
        if step.kind == TEST:
            # what a hidden test calls its own things, and imports, is nobody's business
            used = used_names(step.released) - own - made_names(step.released)
            used |= used_names(step.source) & theirs
            names = set(asked.get(witness) or []) | used
            if step.inside or asked.get(witness, []) is None:
                asked[witness] = None
            else:
                asked[witness] = sorted(names)
        if step.kind == ANSWER or step.theirs:
            own, theirs = own - step.names, theirs | step.names
        elif step.is_code:
            own, theirs = own | step.names, theirs - step.names
    return asked

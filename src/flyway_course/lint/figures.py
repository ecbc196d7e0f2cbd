"""Every figure says in words what it shows, and what the birds are doing.

The check is static: a cell that draws ends in `show(…, alt=…)` or `explore(…, alt=…)`, and the
block after the figure is a paragraph of at least one sentence.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import zip_longest

from flyway_course import paths

from . import code
from .lesson import Block, Cell, Lesson
from .problem import Problem
from .prose import sentences, words

SHOWS = frozenset({"show", "explore"})
PICTURED = SHOWS | {"site_map"}
SHORTEST_ALT = 5  # words: "Line chart of counts, 2003–2024" is the least that says something
FEWEST_WORDS = 5
_LESSON_PICTURES = {path.stem for path in (paths.ROOT / "src/flyway/figures").glob("[a-z]*.py")}
_DRAWING_OBJECTS = frozenset({"plt", "sns", "seaborn", "ax", "axes", "fig"} | _LESSON_PICTURES)
_DRAWING_METHODS = frozenset({"plot", "hist", "boxplot", "scatter", "bar", "barh", "month_map"})
_DRAWING_NAMES = ("draw_", "line_", "plot_")  # the functions of flyway.plots and flyway.maps


def check(lesson: Lesson) -> list[Problem]:
    """Return every figure without its words."""
    return [*_cells(lesson), *_sentences(lesson), *_pictures(lesson)]


def draws(cell: Cell) -> bool:
    """Whether the cell draws when it runs (drawing inside a function that it defines is not)."""
    return any(_draws(call) for call in _own_calls(code.tree(cell)))


def _own_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        yield from _own_calls(node)


def _draws(call: ast.Call) -> bool:
    *owners, last = code.dotted(call.func).split(".")
    if last in SHOWS or last.startswith(_DRAWING_NAMES):
        return True
    if not owners or last.endswith("_alt"):
        return False
    return owners[0] in _DRAWING_OBJECTS or last in _DRAWING_METHODS or "plot" in owners[1:]


def _cells(lesson: Lesson) -> Iterator[Problem]:
    for cell in lesson.cells:
        if "remove-cell" in cell.tags:
            continue
        body = code.tree(cell).body
        for call in code.calls(cell, *PICTURED):
            yield from _words_of(lesson, cell, call)
        if not draws(cell):
            continue
        last = body[-1]
        value = last.value if isinstance(last, ast.Expr | ast.Assign) else None
        ends = isinstance(value, ast.Call) and code.dotted(value.func).split(".")[-1] in SHOWS
        if not ends:
            message = f"cell {cell.number} draws; end it with `show(…, alt=“what it shows”)`"
            yield Problem(lesson.path, cell.line + last.lineno - 1, "figure", message)


def _words_of(lesson: Lesson, cell: Cell, call: ast.Call) -> Iterator[Problem]:
    """The `alt` of a figure, or the `title` of a map, is there and says something."""
    name = code.dotted(call.func).rpartition(".")[2]
    wanted = "title" if name == "site_map" else "alt"
    given = code.keyword(call, wanted)
    line = cell.line + call.lineno - 1
    if given is None:
        message = (
            f"`{name}` in cell {cell.number} has no `{wanted}=`; say what the reader would see"
        )
        yield Problem(lesson.path, line, "alt", message)
    elif isinstance(given, ast.Constant) and wanted == "alt":
        count = len(words(str(given.value or "")))
        if count < SHORTEST_ALT:
            message = (
                f"`alt` in cell {cell.number} has {count} words; say what the reader would see"
            )
            yield Problem(lesson.path, line, "alt", message)


def _sentences(lesson: Lesson) -> Iterator[Problem]:
    """The block after a figure is a paragraph with at least one sentence."""
    numbers = {cell.line: cell for cell in lesson.cells}
    for block, after in _neighbours(lesson.blocks):
        cell = numbers.get(block.body_line) if block.kind == "cell" else None
        pictured = cell and code.calls(cell, *PICTURED) and "remove-cell" not in cell.tags
        if not pictured and block.name not in {"figure", "image"}:
            continue
        said = sentences(after.text) if after and after.kind == "paragraph" else []
        if not said or max(len(words(s)) for s in said) < FEWEST_WORDS:
            what = f"the figure of cell {cell.number}" if cell else "this picture"
            message = f"{what} is not followed by a sentence; say what the birds are doing"
            yield Problem(lesson.path, block.line, "figure-sentence", message)


def _neighbours(blocks: list[Block]) -> Iterator[tuple[Block, Block | None]]:
    """Yield each block with the one after it in the same box, comments and targets left out."""
    seen = [
        b for b in blocks if b.kind not in {"myst_line_comment", "myst_target", "myst_block_break"}
    ]
    for block, after in zip_longest(seen, seen[1:]):
        yield block, after
        yield from _neighbours(block.children)


def _pictures(lesson: Lesson) -> Iterator[Problem]:
    """Pictures from files have alternative text too."""
    for block in lesson.walk():
        for source, alt in block.images:
            if len(words(alt)) < SHORTEST_ALT:
                message = f"the picture {source} has {len(words(alt))} words of alternative text; say more"
                yield Problem(lesson.path, block.line, "alt", message)
        if block.kind == "directive" and block.name in {"figure", "image"}:
            count = len(words(str(block.options.get("alt", ""))))
            if count < SHORTEST_ALT:
                message = f"the picture {block.arg} has {count} words in `:alt:`; say more"
                yield Problem(lesson.path, block.line, "alt", message)

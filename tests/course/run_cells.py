"""Run the cells of a lesson one after another, as a notebook does, without a kernel.

Started as a program by a test: `python run_cells.py CELLS.json`. A cell is `{"source", "raises"}`. What a
cell ends with is shown as a notebook would show it, so that its pictures are drawn.
"""

import ast
import json
import sys
from pathlib import Path


def show(value):
    """Make what a notebook would show of a value."""
    for form in ("_repr_html_", "_repr_markdown_", "_repr_png_"):
        method = getattr(value, form, None)
        if method is not None and method() is not None:
            return
    repr(value)


def run(cell, names):
    """Run one cell; the value of its last line is shown."""
    body = ast.parse(cell["source"]).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
    if last is not None:
        show(eval(compile(ast.Expression(last.value), "<cell>", "eval"), names))


def main():
    """Run all cells; a cell that should stop with an error must do so, and no other may."""
    names = {"__name__": "__main__"}
    for number, cell in enumerate(json.loads(Path(sys.argv[1]).read_text("utf-8")), 1):
        try:
            run(cell, names)
        except Exception as error:
            if not cell["raises"]:
                raise SystemExit(f"cell {number}: {type(error).__name__}: {error}") from error
        else:
            if cell["raises"]:
                raise SystemExit(f"cell {number} should stop with an error, and did not")


if __name__ == "__main__":
    main()

"""British spelling with cspell, and the words of the project in book/words.txt.

cspell was chosen over codespell (knows misspellings only) and over hunspell bindings (need a
compiler and a system dictionary): one npm package brings the en-GB dictionary and knows Markdown.
Of Python files it gets the docstrings and comments, on their own lines.
"""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import tempfile
import tokenize
from collections.abc import Iterable
from pathlib import Path

from .problem import Problem

_CSPELL = Path("node_modules", "cspell", "bin.mjs")
_LINE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+\t(?P<word>.+)$")
_OPTIONS = """--no-progress --no-summary --no-color --no-gitignore --no-must-find-files
--no-config-search --file-list stdin"""


def missing(root: Path) -> str:
    """Return why spelling cannot be checked here, or an empty string."""
    if not (root / _CSPELL).is_file():
        return (
            "cspell is not installed: run `npm ci` in the checkout (`python3 course.py test` does)"
        )
    if not shutil.which("node"):
        return "there is no `node` on PATH: run through `python3 course.py`, which brings its own"
    return ""


def check(files: Iterable[Path], root: Path, house: Path | None = None) -> list[Problem]:
    """Return the unknown words of files under `root`.

    `house` is the checkout with cspell.json and cspell itself, if it is not `root`.
    """
    house = house or root
    names = [path.relative_to(root).as_posix() for path in files]
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            text = (root / name).read_text(encoding="utf-8")
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(spoken(text) if name.endswith(".py") else text, encoding="utf-8")
        told = _cspell(names, Path(folder), house)
    return [
        Problem(
            Path(m["path"]).as_posix(),
            int(m["line"]),
            "spelling",
            f"“{m['word']}” is not in the dictionary; mend it, or add it to book/words.txt",
        )
        for line in told.splitlines()
        if (m := _LINE.match(line))
    ]


def _cspell(names: list[str], folder: Path, house: Path) -> str:
    if not names:
        return ""
    command = [shutil.which("node") or "node", str(house / _CSPELL), "lint", *_OPTIONS.split()]
    command += ["--config", str(house / "cspell.json"), "--root", str(folder)]
    command += ["--issue-template", "$filename:$row:$col\t$text"]
    listed = "\n".join(names)
    done = subprocess.run(
        command, cwd=folder, input=listed, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode and not _LINE.search(done.stdout.partition("\n")[0]):
        raise RuntimeError(f"cspell did not run: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def spoken(source: str) -> str:
    """Return the docstrings and comments of Python code, each on its own line; the rest is blank."""
    lines = [""] * (source.count("\n") + 1)
    try:
        tree = ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, tokenize.TokenError):
        return ""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                text = source.splitlines()[value.lineno - 1 : value.end_lineno]
                lines[value.lineno - 1 : value.end_lineno] = text
    for token in tokens:
        if token.type == tokenize.COMMENT:
            lines[token.start[0] - 1] += f" {token.string}"
    return "\n".join(lines)

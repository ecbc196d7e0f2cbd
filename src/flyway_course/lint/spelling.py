"""British spelling with cspell, and the words of the project in book/words.txt.

cspell was chosen over codespell (knows misspellings only) and over hunspell bindings (need a
compiler and a system dictionary): one npm package brings the en-GB dictionary and knows Markdown.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .problem import Problem

_CSPELL = Path("node_modules", "cspell", "bin.mjs")
_LINE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+\t(?P<word>.+)$")
_TEMPLATE = "$filename:$row:$col\t$text"


def missing(root: Path) -> str:
    """Return why spelling cannot be checked here, or an empty string."""
    if not (root / _CSPELL).is_file():
        return (
            "cspell is not installed: run `npm ci` in the checkout (`python3 course.py test` does)"
        )
    if not shutil.which("node"):
        return "there is no `node` on PATH: run through `python3 course.py`, which brings its own"
    return ""


def check(paths: Iterable[Path], root: Path, program: Path | None = None) -> list[Problem]:
    """Return the unknown words of the files.

    `root` is where cspell.json is; `program` is the checkout whose node_modules holds cspell, if
    it is another.
    """
    names = [path.relative_to(root).as_posix() for path in paths]
    if not names:
        return []
    command = [
        shutil.which("node") or "node",
        str((program or root) / _CSPELL),
        "lint",
        "--config",
        "cspell.json",
    ]
    command += [
        "--no-progress",
        "--no-summary",
        "--no-color",
        "--no-gitignore",
        "--no-must-find-files",
    ]
    command += ["--no-config-search", "--issue-template", _TEMPLATE, "--file-list", "stdin"]
    done = subprocess.run(
        command, cwd=root, input="\n".join(names), capture_output=True, text=True, encoding="utf-8"
    )
    found = [match for line in done.stdout.splitlines() if (match := _LINE.match(line))]
    if done.returncode and not found:
        raise RuntimeError(f"cspell did not run: {(done.stderr or done.stdout).strip()}")
    return [
        Problem(
            Path(m["path"]).as_posix(),
            int(m["line"]),
            "spelling",
            f"“{m['word']}” is not in the dictionary; mend it, or add it to book/words.txt",
        )
        for m in found
    ]

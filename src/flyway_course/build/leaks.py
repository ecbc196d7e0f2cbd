"""Nothing that answers an assignment may reach the site, nor anyone's work or marks.

The whole finished site is searched: for the marks around solutions and hidden tests, for each
line that stands between such marks in `solutions/`, and for folders and files of class work.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)[^\n]*\n(.*?)### END \1", re.S)
CLASS_WORK = {"solutions", "submitted", "autograded", "feedback", "cohorts"}
CLASS_FILES = (".db", ".sqlite", ".sqlite3", ".db-journal", ".db-wal")
TEXT_FILES = {".html", ".ipynb", ".md", ".txt", ".py", ".js", ".json", ".csv", ".xml", ".svg"}
# A shorter line (`return total`, `import pandas as pd`) is no secret: lessons teach with it.
SHORTEST = {"SOLUTION": 30, "HIDDEN TESTS": 16}
PLAIN = re.compile(r"(import|from) |#|[\w.]+ = [\w.]+$")


def find_leaks(site: Path, solutions: Path) -> list[str]:
    """One sentence for each thing in `site` that must not be published."""
    secrets = secret_lines(solutions)
    found = []
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site)
        if path.is_dir() and path.name in CLASS_WORK:
            found.append(
                f"{name}/: a folder of class work; it must stay out of the book's folders."
            )
        elif path.name.endswith(CLASS_FILES):
            found.append(f"{name}: a database; it must stay out of the book's folders.")
        elif path.suffix in TEXT_FILES and path.is_file():
            found += _search(name.as_posix(), path.read_text("utf-8", errors="replace"), secrets)
    return found


def secret_lines(solutions: Path) -> dict[str, str]:
    """Line -> where it stands, for the lines of solutions and hidden tests that tell something.

    A line that trainees are also given in the open part of an assignment is left out.
    """
    secret, given = {}, set()
    for path in sorted(solutions.rglob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8")).get("cells", []):
            text = "".join(cell.get("source", ""))
            given.update(line.strip() for line in REGION.sub("", text).splitlines())
            for kind, body in REGION.findall(text):
                for line in map(str.strip, body.splitlines()):
                    if len(line) >= SHORTEST[kind] and not PLAIN.match(line):
                        what = "the solution" if kind == "SOLUTION" else "a hidden test"
                        secret[line] = f"{what} of {path.stem}"
    return {line: place for line, place in secret.items() if line not in given}


def _search(name: str, text: str, secrets: dict[str, str]) -> Iterator[str]:
    if name.endswith(".html"):
        # Colouring puts every word of a code line into its own element.
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    elif name.endswith(".ipynb"):
        text = "\n".join("".join(cell.get("source", "")) for cell in json.loads(text)["cells"])
    for mark in MARKS:
        if mark in text:
            yield f"{name}: holds the mark '{mark}' of an assignment's source."
    for line in sorted(secrets.keys() & {line.strip() for line in text.splitlines()}):
        yield f"{name}: shows a line of {secrets[line]}: {line}"

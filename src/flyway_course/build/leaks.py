"""Nothing that answers an assignment may reach the site, nor anyone's work or marks.

The whole finished site is searched: for the marks around solutions and hidden tests, for what
stands between such marks in `solutions/`, and for folders and files of class work.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .seen import Seen

MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)[^\n]*\n(.*?)### END \1", re.S)
CLASS_WORK = {"solutions", "submitted", "autograded", "feedback", "cohorts"}
CLASS_FILES = (".db", ".sqlite", ".sqlite3", ".db-journal", ".db-wal")
TEXT_FILES = {".html", ".ipynb", ".md", ".txt", ".py", ".js", ".json", ".csv", ".xml", ".svg"}
# A shorter line (`return total`, `import pandas as pd`) is no secret: lessons teach with it.
SHORTEST = {"SOLUTION": 24, "HIDDEN TESTS": 16}
PLAIN = re.compile(r"(import|from) |#|[\w.]+ = [\w.]+$")


@dataclass(frozen=True)
class Secret:
    """Lines that must not stand together in one file of the site."""

    place: str
    lines: frozenset[str]


def find_leaks(site: Path, secrets: list[Secret], seen: Seen | None = None) -> list[str]:
    """One sentence for each thing in `site` that must not be published.

    seen: findings of the last search for the same secrets, for the files that have not changed.
    """
    seen = seen or Seen()
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
            search = partial(_search, name.as_posix(), secrets)
            found += seen.find("leaks", name.as_posix(), path, search)
    return found


def find_secrets(solutions: Path, book: Path) -> list[Secret]:
    """What a site must not show.

    solutions: folder of the assignments' sources. book: folder of the lessons' sources.
    """
    return secrets_of(solutions, _taught(book))


def secrets_of(solutions: Path, taught: Set[str]) -> list[Secret]:
    """The secrets in `solutions`: each line of a hidden test, and each solution as a whole.

    Lines that trainees are given in the open part of an assignment are none. A solution of one line
    is none either where a lesson teaches that very line (`taught`).
    """
    found, given = [], set()
    for path in sorted(solutions.rglob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8")).get("cells", []):
            text = "".join(cell.get("source", ""))
            given.update(line.strip() for line in REGION.sub("", text).splitlines())
            for kind, body in REGION.findall(text):
                lines = {line.strip() for line in body.splitlines()}
                telling = {x for x in lines if len(x) >= SHORTEST[kind] and not PLAIN.match(x)}
                if kind == "HIDDEN TESTS":
                    found += [(f"a hidden test of {path.stem}", {line}) for line in telling]
                elif len(telling) > 1 or not telling <= taught:
                    found.append((f"a solution of {path.stem}", telling))
    secrets = (Secret(place, frozenset(lines - given)) for place, lines in found)
    return sorted({s for s in secrets if s.lines}, key=lambda s: (s.place, sorted(s.lines)))


def _taught(book: Path) -> set[str]:
    texts = (path.read_text("utf-8", errors="replace") for path in book.rglob("*.md"))
    return {line.strip() for text in texts for line in text.splitlines()}


def _search(name: str, secrets: list[Secret], text: str) -> Iterator[str]:
    if name.endswith(".html"):
        # Colouring puts every word of a code line into its own element.
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    elif name.endswith(".ipynb"):
        text = "\n".join("".join(cell.get("source", "")) for cell in json.loads(text)["cells"])
    for mark in MARKS:
        if mark in text:
            yield f"{name}: holds the mark '{mark}' of an assignment's source."
    lines = {line.strip() for line in text.splitlines()}
    for secret in secrets:
        if secret.lines <= lines:
            yield f"{name}: shows {secret.place}: {min(secret.lines)}"

"""What a bundle must not hold: answers, class work, and names that a stick cannot keep."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Set
from pathlib import Path

from flyway_course.build.leaks import Secret, find_leaks, find_secrets, secrets_of

LONGEST = 200  # with what stands before it, Windows stops at 260
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.I)
ARCHIVES = {".zip", ".whl"}


def bad_names(names: Iterable[str], top: str) -> list[str]:
    """One sentence for each name that FAT32, exFAT or Windows cannot keep.

    top: name of the bundle's own folder, which counts for the length.
    """
    problems, seen = [], {}
    for name in names:
        whole = f"{top}/{name}"
        if len(whole) >= LONGEST:
            problems.append(
                f"{name}: the path is {len(whole)} characters long, {LONGEST} are too many."
            )
        for part in name.split("/"):
            if FORBIDDEN.search(part) or part.endswith((".", " ")) or DEVICES.match(part):
                problems.append(f"{name}: a stick for Windows cannot keep the name {part!r}.")
        other = seen.setdefault(whole.casefold(), name)
        if other != name:
            problems.append(f"{name} and {other} differ by capital letters only.")
    return problems


def find_answers(folder: Path, root: Path, known: Set[str] = frozenset()) -> list[str]:
    """One sentence for each answer, hidden test, database or piece of class work in a bundle.

    Looks into archives too, but for those of `known`: packages of others, whose hash was checked.
    """
    return _search(folder, known, find_secrets(root / "solutions", root / "book"), root)


def _search(folder: Path, known: Set[str], secrets: list[Secret], root: Path) -> list[str]:
    problems = find_leaks(folder, secrets)
    archives = [path for path in sorted(folder.rglob("*")) if path.suffix in ARCHIVES]
    if archives:
        # The package that learners import is a text too: its formulas are in the open.
        inside = secrets_of(root / "solutions", _lines(root / "book", root / "src" / "flyway"))
    for path in archives:
        if path.name in known or not path.is_file():
            continue
        with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(path) as archive:
            archive.extractall(scratch)
            found = _search(Path(scratch), frozenset(), inside, root)
        problems += [f"{path.relative_to(folder)}: {one}" for one in found]
    return problems


def _lines(*folders: Path) -> set[str]:
    files = (
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".md", ".py"}
    )
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in files)
    return {line.strip() for text in texts for line in text.splitlines()}

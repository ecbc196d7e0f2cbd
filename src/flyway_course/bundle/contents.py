"""The list of what a bundle holds. What is not in this list does not go in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flyway_course.assignments import data_for

from . import texts
from .errors import BundleError
from .launchers import launchers

HERE = Path(__file__).parent
PACKAGE = HERE.parent
PAGES = {".html", ".css", ".js", ".json", ".svg", ".png", ".jpg", ".webp", ".ico", ".woff2",
         ".woff", ".ttf", ".txt", ".md", ".csv", ".ipynb", ".xml", ".map"}  # fmt: skip
# needs a web server, which a stick is not; and what only Sphinx reads
NOT_FROM_STICK = {"lite"}
NOT_FOR_READERS = {".po", ".mo", ".pot", ".inv", ".py"}
SERVER = ("__init__.py", "paths.py", "locks.py", "startup.py", "serve/*.py")
FOLD = re.compile(
    r'(<details class="fw-how"[^>]*>\s*<summary[^>]*>.*?</summary>).*?</details>', re.S
)
# "Run in the browser" and its note, which lead to the folder that stays behind
LITE = re.compile(
    r'<a class="fw-button fw-lite"[^>]*>.*?</a>(\s*<p class="fw-lite-stick"[^>]*>.*?</p>)?', re.S
)


@dataclass(frozen=True)
class Item:
    """A file of the bundle. name: its place, with `/`. source: a file, or the content itself."""

    name: str
    source: Path | bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size


def plain_files(folder: Path) -> Iterator[Path]:
    """The files below a folder: no link, nothing whose name begins with a dot."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and path.is_file() and not path.is_symlink():
            yield path


def book(root: Path, systems: Sequence[str]) -> list[Item]:
    """The pages, as built; where they speak of the launcher, they speak of the stick instead."""
    site = root / "_build" / "html"
    if not (site / "index.html").is_file():
        raise BundleError("The book is not built yet: run `python3 course.py build` first.")
    fold = texts.how_to_open(systems)
    items = []
    for path in plain_files(site):
        inside = path.relative_to(site)
        if inside.parts[0] in NOT_FROM_STICK or path.suffix in NOT_FOR_READERS:
            continue
        if path.suffix not in PAGES:
            raise BundleError(
                f"{inside} is no kind of file that belongs in the book: remove it, or run "
                "`python3 course.py build --cold`."
            )
        source: Path | bytes = path
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            changed = FOLD.sub(lambda found: f"{found[1]}{fold}</details>", LITE.sub("", text))
            source = path if changed == text else changed.encode("utf-8")
        items.append(Item(f"book/{inside.as_posix()}", source))
    notebooks = sorted((site / "notebooks").glob("*.ipynb"))
    return items + [Item(f"notebooks/{path.name}", path) for path in notebooks]


def datasets(root: Path) -> list[Item]:
    """The data packages: what each `datapackage.json` names, with its README."""
    items = []
    for described in sorted(root.glob("datasets/*/datapackage.json")):
        home = described.parent
        resources = json.loads(described.read_text(encoding="utf-8")).get("resources", [])
        for name in ["datapackage.json", "README.md", *(r["path"] for r in resources)]:
            path = home / name
            if path.is_file() and path.resolve().is_relative_to(home.resolve()):
                items.append(Item(f"datasets/{home.name}/{PurePosixPath(name)}", path))
    return items


def exercises(root: Path) -> list[Item]:
    """What `release` wrote for each assignment, and nothing that somebody put beside it.

    Raises
    ------
    BundleError
        An exercise holds results, so somebody has worked in it; or a table that it reads is missing
        or is that of a class.
    """
    items = []
    for source in sorted(path for path in root.glob("solutions/*") if path.is_dir()):
        home = root / "exercises" / source.name
        tables, tables_here = data_for(source.name), set()  # for practice; a class keeps its own
        for path in plain_files(home):
            twin = source / path.relative_to(home)
            if path.suffix == ".ipynb" and twin.is_file():
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                if any(cell.get("outputs") for cell in cells):
                    raise BundleError(
                        f"{path.relative_to(root)} holds results, so somebody has worked in it: "
                        f"move that work away and run `python3 course.py release {source.name}`."
                    )
            elif path.name in tables:
                tables_here.add(path.name)
                if path.read_bytes() != tables[path.name]:
                    raise BundleError(
                        f"{path.relative_to(root)} is not the table for practice: run "
                        f"`python3 course.py release {source.name}`."
                    )
            elif not twin.is_file() or twin.read_bytes() != path.read_bytes():
                continue
            items.append(Item(f"exercises/{path.relative_to(root / 'exercises').as_posix()}", path))
        if lost := tables.keys() - tables_here:
            raise BundleError(
                f"exercises/{source.name}/{min(lost)} is missing, which the notebook reads: run "
                f"`python3 course.py release {source.name}`."
            )
    return items


def start_folder() -> list[Item]:
    """The programs of the stick: set-up, check, and the course's own server."""
    items = [Item(f"start/{path.name}", path) for path in sorted((HERE / "stick").glob("*.py"))]
    for pattern in SERVER:
        for path in sorted(PACKAGE.glob(pattern)):
            items.append(Item(f"start/flyway_course/{path.relative_to(PACKAGE).as_posix()}", path))
    return items


def pdfs(root: Path) -> list[Item]:
    """The book and the sheets as PDFs, where they were made of the book as it is built now."""
    from flyway_course.pdf.stamps import current_book, current_sheets

    book_pdf = current_book(root)
    items = [Item(book_pdf.name, book_pdf)] if book_pdf else []
    return items + [Item(f"sheets/{path.name}", path) for path in current_sheets(root)]


def contents(root: Path, systems: Sequence[str], pythons: Sequence[str]) -> list[Item]:
    """Everything but the packages and the list of checksums."""
    work = exercises(root)
    names = sorted({item.name.split("/")[1] for item in work})
    prints = pdfs(root)
    printed = [item.name for item in prints]
    items = [*book(root, systems), *datasets(root), *work, *prints]
    if systems:
        items += start_folder()
        items += [Item(name, data) for name, data in launchers(systems, pythons).items()]
    else:
        items.append(Item("start/check.py", HERE / "stick" / "check.py"))
    items.append(Item("READ-ME.txt", texts.read_me(systems, pythons, printed)))
    items.append(Item("START-HERE.html", texts.start_here(systems, pythons, names, printed)))
    return items

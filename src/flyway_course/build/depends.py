"""What each lesson's outputs depend on: helper modules, data packages, versions.

jupyter-cache keys a run on the code of the notebook alone, so it would show old outputs after a
change in `flyway` or in a data file. Here the missing part of the key is found by reading code,
never by running it:

- the modules of this repository that the lesson's cells import, and the ones those import, with
  the files that lie beside them;
- of the self-checks, those of the lesson that a key such as "4.1 macao" names; they are imported when
  they are asked for, so reading `flyway.checks` alone would tie every lesson to all checks;
- the data packages whose id stands as a text in those cells or modules. The room `flyway.datasets`
  itself is left out: it knows every id, and would tie every lesson to all data;
- what everything depends on: the locked versions, Python's version, the browser assets and the way
  in which kernels are started.

Where reading cannot tell (a computed import, a computed data id), the answer is the larger one.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from .names import CELL, Uses, cells, parents, parse_cells, uses
from .places import read_json, write_json

SKIPPED_FOLDERS = {"__pycache__", "_assets", "_datasets", ".ipynb_checkpoints"}
COMMON = ("requirements.lock", "src/flyway/_assets", "src/flyway_course/kernels")
DATA_ROOM = "flyway.datasets"
LESSON_CHECKS = "flyway.checks.lessons.lesson_"
CHECK_KEY = re.compile(r"(\d+)\.(\d+) \S")


class Sources:
    """The modules and data packages below one root folder."""

    def __init__(self, root: Path, kept: Path | None = None):
        """Look below `root`; `kept` is a file with what earlier readings of modules found."""
        self.root = root
        self._kept = kept
        self._earlier = read_json(kept) if kept else {}
        self._uses: dict[str, Uses] = {}
        self._readings: dict[str, Uses] = {}  # key of a module's text -> what it names
        self._digests: dict[Path, str] = {}
        self._runs: dict[str, str] = {}  # text of a lesson -> digest

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Dotted name -> file, for every package in src/."""
        source = self.root / "src"
        found = {}
        for path in sorted(source.glob("*/**/*.py")):
            parts = path.relative_to(source).with_suffix("").parts
            if not SKIPPED_FOLDERS.intersection(parts):
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    @cached_property
    def data_ids(self) -> set[str]:
        """Names of the folders in datasets/."""
        return {path.parent.name for path in self.root.glob("datasets/*/datapackage.json")}

    def reach(self, modules: Iterable[str]) -> set[str]:
        """These modules and all that they import, directly or not."""
        reached: set[str] = set()
        waiting = set(modules) & self.modules.keys()
        while waiting:
            name = waiting.pop()
            reached.add(name)
            found = (self.uses_of(name).modules | parents(name)) & self.modules.keys()
            waiting |= {module for module in found if not module.startswith(LESSON_CHECKS)}
            waiting -= reached
        return reached

    def uses_of(self, module: str) -> Uses:
        """What one module names."""
        if module not in self._uses:
            path = self.modules[module]
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            text = path.read_text(encoding="utf-8")
            key = hashlib.sha256("\0".join([self._reader, package, text]).encode()).hexdigest()
            if key in self._earlier:
                found = Uses.from_plain(self._earlier[key])
            else:
                found = self._read(text, package)
            self._uses[module] = self._readings[key] = found
        return self._uses[module]

    def _read(self, text: str, package: str) -> Uses:
        try:
            tree = ast.parse(text)
        except SyntaxError:  # the lesson that imports it will say so
            tree = ast.Module([], [])
        return uses(tree, self.modules.keys(), package)

    @cached_property
    def _reader(self) -> str:
        """What a reading depends on beside the module: how it is read, and what modules there are."""
        how = Path(__file__).with_name("names.py").read_text(encoding="utf-8")
        return "\0".join([how, *sorted(self.modules)])

    def keep(self) -> None:
        """Write down what the modules name, so that the next build need not read them again."""
        if self._kept and self._readings.keys() != self._earlier.keys():
            write_json(self._kept, {key: found.plain() for key, found in self._readings.items()})

    def files_of(self, modules: Iterable[str]) -> set[Path]:
        """The files of these modules, and of their packages what is not Python."""
        files = set()
        for name in modules:
            path = self.modules[name]
            files.add(path)
            if path.name == "__init__.py":
                files.update(_beside(path.parent))
        return files

    def data_files(self, ids: Iterable[str]) -> set[Path]:
        """The tables and descriptions of data packages (their README is for people)."""
        places = [self.root / "datasets" / name for name in ids]
        return {
            f for place in places for f in place.rglob("*") if f.is_file() and f.stem != "README"
        }

    def digest(self, files: Iterable[Path], *more: str) -> str:
        """One hash for the names and contents of some files."""
        total = hashlib.sha256("\0".join(more).encode())
        for path in sorted(files):
            if path not in self._digests:
                self._digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(
                f"{path.relative_to(self.root).as_posix()}\0{self._digests[path]}\n".encode()
            )
        return total.hexdigest()[:16]

    @cached_property
    def common(self) -> str:
        """Hash of what every lesson depends on."""
        files = set()
        for name in COMMON:
            place = self.root / name
            files |= {f for f in [place, *place.rglob("*")] if f.is_file() and f.suffix != ".pyc"}
        return self.digest(files, "{}.{}".format(*sys.version_info))

    def dependencies(self, text: str) -> tuple[set[str], set[str]]:
        """Modules and data packages that the code cells of a lesson depend on.

        text: the source of the lesson, a MyST Markdown notebook.
        """
        named = uses(parse_cells(cells(text)), self.modules.keys())
        asked = filter(None, map(CHECK_KEY.match, named.texts))
        checks = {f"{LESSON_CHECKS}{key[1]}_{key[2]}" for key in asked}
        modules = self.reach(named.modules | checks)
        if named.all_data:
            return modules, set(self.data_ids)
        texts = set(named.texts)
        for name in modules:
            if name != DATA_ROOM and not name.startswith(DATA_ROOM + "."):
                texts |= self.uses_of(name).texts
        return modules, texts & self.data_ids

    def execution_digest(self, text: str) -> str:
        """Hash of all that the outputs of a lesson depend on, apart from its own code."""
        if text not in self._runs:
            modules, data = self.dependencies(text)
            files = self.files_of(modules) | self.data_files(data)
            self._runs[text] = self.digest(files, self.common)
        return self._runs[text]

    def runs(self) -> set[str]:
        """One key for each page with code: where these are as before, nothing has to run."""
        texts = [path.read_text("utf-8") for path in sorted(self.root.glob("book/**/*.md"))]
        return {
            self.digest([], *cells(text), self.execution_digest(text))
            for text in texts
            if CELL.search(text)
        }

    def page_digest(self, text: str) -> str:
        """Hash of what the page shows: its outputs, and the data packages that it describes."""
        described = self.data_ids.intersection(re.findall(r"\w+", text))
        run = self.execution_digest(text) if CELL.search(text) else ""
        return self.digest(self.data_files(described), run)


def _beside(folder: Path) -> Iterator[Path]:
    """Files in a package that are not Python, with its plain subfolders."""
    for path in folder.iterdir():
        if path.is_file() and path.suffix not in {".py", ".pyc"}:
            yield path
        elif (
            path.is_dir()
            and path.name not in SKIPPED_FOLDERS
            and not (path / "__init__.py").exists()
        ):
            yield from _beside(path)

"""What each lesson's outputs depend on: helper modules, data packages, versions.

jupyter-cache keys a run on the code of the notebook alone, so it would show old outputs after a
change in `flyway` or in a data file. Here the missing part of the key is found by reading code,
never by running it:

- the modules of this repository that the lesson's cells import, and the ones those import, with
  the files that lie beside them;
- the data packages whose id stands as a text in those cells or modules. The room `flyway.datasets`
  itself is left out: it knows every id, and would tie every lesson to all data;
- what everything depends on: the locked versions, Python's version and the browser assets.

Where reading cannot tell (a computed import, a computed data id), the answer is the larger one.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SKIPPED_FOLDERS = {"__pycache__", "_assets", "_datasets", ".ipynb_checkpoints"}
COMMON = ("requirements.lock", "src/flyway/_assets")
DATA_ROOM = "flyway.datasets"
DATA_CALLS = {"load", "describe", "package", "folder"}  # flyway.datasets functions that take an id
CELL = re.compile(r"^(`{3,}|~{3,})\{code-cell\}[^\n]*\n(.*?)^\1[`~]*[ \t]*$", re.M | re.S)


@dataclass
class Uses:
    """What one piece of code names."""

    modules: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    all_data: bool = False


class Sources:
    """The modules and data packages below one root folder."""

    def __init__(self, root: Path):
        self.root = root
        self._uses: dict[str, Uses] = {}
        self._digests: dict[Path, str] = {}

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
            waiting |= (self.uses_of(name).modules | parents(name)) & self.modules.keys()
            waiting -= reached
        return reached

    def uses_of(self, module: str) -> Uses:
        """What one module names."""
        if module not in self._uses:
            path = self.modules[module]
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            try:
                tree = ast.parse(path.read_text(encoding="utf-8"))
            except SyntaxError:  # the lesson that imports it will say so
                tree = ast.Module([], [])
            self._uses[module] = uses(tree, self.modules.keys(), package)
        return self._uses[module]

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
            files |= {place} if place.is_file() else {f for f in place.rglob("*") if f.is_file()}
        return self.digest(files, "{}.{}".format(*sys.version_info))

    def dependencies(self, text: str) -> tuple[set[str], set[str]]:
        """Modules and data packages that the code cells of a lesson depend on.

        text: the source of the lesson, a MyST Markdown notebook.
        """
        named = uses(parse_cells(cells(text)), self.modules.keys())
        modules = self.reach(named.modules)
        if named.all_data:
            return modules, set(self.data_ids)
        texts = set(named.texts)
        for name in modules:
            if name != DATA_ROOM and not name.startswith(DATA_ROOM + "."):
                texts |= self.uses_of(name).texts
        return modules, texts & self.data_ids

    def execution_digest(self, text: str) -> str:
        """Hash of all that the outputs of a lesson depend on, apart from its own code."""
        modules, data = self.dependencies(text)
        return self.digest(self.files_of(modules) | self.data_files(data), self.common)

    def page_digest(self, text: str) -> str:
        """Hash of what the page shows: its outputs, and the data packages that it describes."""
        described = {name for name in self.data_ids if re.search(rf"\b{re.escape(name)}\b", text)}
        run = self.execution_digest(text) if CELL.search(text) else ""
        return self.digest(self.data_files(described), run)


def cells(text: str) -> list[str]:
    """The source of each code cell of a MyST Markdown notebook, without its options."""
    found = []
    for match in CELL.finditer(text):
        lines = match[2].splitlines()
        while lines and re.match(r":[\w-]+:", lines[0]):
            del lines[0]
        if lines and lines[0].strip() == "---" and "---" in lines[1:]:
            del lines[: lines.index("---", 1) + 1]
        found.append("\n".join(lines))
    return found


def parse_cells(sources: Iterable[str]) -> ast.Module:
    """One syntax tree for all cells; IPython's own lines (`%`, `!`, `?`) are left out."""
    body: list[ast.stmt] = []
    for source in sources:
        plain = re.sub(r"(?m)^(\s*)(?:[%!?].*|.*\?\??)$", r"\1pass", source)
        try:
            body += ast.parse(plain).body
        except SyntaxError:  # running the lesson will say so, with its line
            continue
    return ast.Module(body, [])


def uses(tree: ast.AST, known: Iterable[str], package: str = "") -> Uses:
    """What a syntax tree names: modules among `known`, short texts, computed data ids.

    package: name of the package that the code is in, for relative imports.
    """
    known = set(known)
    found = Uses()
    bound: dict[str, str] = {}  # a name in this code -> the module that it stands for
    offered = {text for node in ast.walk(tree) if _is_all(node) for text in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.modules |= {alias.name} | parents(alias.name)
                shown = alias.name if alias.asname else alias.name.partition(".")[0]
                bound[alias.asname or shown] = shown
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                home = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*home, *([base] if base else [])])
            found.modules |= {base} | parents(base)
            for alias in node.names:
                found.modules.add(f"{base}.{alias.name}")
                bound[alias.asname or alias.name] = f"{base}.{alias.name}"
                if alias.name == "*":
                    found.modules |= _below(base, known)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if len(node.value) < 100 and node not in offered:
                found.texts.add(node.value)
        elif isinstance(node, ast.Call):
            called = _name(node.func).rpartition(".")[2]
            literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
            if called in {"import_module", "__import__", "iter_modules"} and not literal:
                found.modules |= _below(package, known) if "." in package else set()
            if called == "available" or (called in DATA_CALLS and node.args and not literal):
                found.all_data = True
    for node in ast.walk(tree):  # flyway.counts.trend(...) after `import flyway`
        if isinstance(node, ast.Attribute):
            first, _, rest = _name(node).partition(".")
            if first in bound and rest:
                found.modules.add(f"{bound[first]}.{rest}")
    found.modules |= found.texts & known  # import_module("flyway.counts.trend")
    found.modules &= known
    return found


def parents(name: str) -> set[str]:
    """The packages around a module: importing it runs them too."""
    parts = name.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts))}


def _below(package: str, known: set[str]) -> set[str]:
    return {name for name in known if name.startswith(package + ".")}


def _name(node: ast.AST) -> str:
    """`a.b.c` for an attribute chain; an empty text for anything else."""
    if isinstance(node, ast.Attribute):
        inner = _name(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""


def _is_all(node: ast.AST) -> bool:
    """Whether this sets `__all__`, whose texts are names of functions."""
    return isinstance(node, ast.Assign) and any(_name(t) == "__all__" for t in node.targets)


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

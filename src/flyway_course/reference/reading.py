"""Read the rooms of `flyway` without importing them: which functions are public, and what they say.

What is public is written in one place, the docstring of the room's `__init__.py`:

- the names in its `__all__`, imported from the room itself (`from flyway.plots import show`);
- the modules that its list names (`from flyway.counts.trend import trend`), but not those of the line
  "what these share".

The modules of `simulate` need no naming: every generator may be used to practise.

All functions and classes of such a module without a leading underscore are public; where the list
names some in brackets, as in "`closed` (`mark_resight`): …", these and their results.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from flyway_course.paths import ROOT

FLYWAY = ROOT / "src" / "flyway"
SHARED = re.compile(r"what (?:these|all of these) share|what validation is made of")
ITEM = re.compile(r"((?:`\w+`(?: \([^)]+\))?(?:, )?)+): ([^·\n]+(?:\n  [^·\n]+)*)")
NAMED = re.compile(r"`(\w+)`(?: \(([^)]+)\))?")


@dataclass(frozen=True)
class Option:
    """One parameter of a function: its name, default (as written, or None) and type."""

    name: str
    default: str | None
    type: str
    keyword_only: bool
    star: str = ""


@dataclass(frozen=True)
class Function:
    """A public function, or a method of a public class."""

    name: str
    docstring: str
    options: tuple[Option, ...]
    returns: str
    is_property: bool
    raises: bool
    path: str
    line: int


@dataclass(frozen=True)
class Class:
    """A public class: what it holds and what it can do."""

    name: str
    docstring: str
    bases: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    methods: tuple[Function, ...]
    path: str
    line: int
    hidden: frozenset[str] = frozenset()  # held for later steps, and not shown when printed

    @property
    def is_error(self) -> bool:
        """Whether it is raised and not returned."""
        return any(base.endswith("Error") for base in self.bases)


@dataclass
class Module:
    """A module with its public functions and classes, in the order of the file."""

    dotted: str
    docstring: str
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)


@dataclass(frozen=True)
class Room:
    """A room of `flyway`: its introduction and its public modules."""

    name: str
    docstring: str
    modules: tuple[Module, ...]

    def public(self) -> dict[str, Function | Class]:
        """Everything public by the name under which it is imported: `flyway.counts.trend.trend`."""
        return {
            f"{module.dotted}.{item.name}": item
            for module in self.modules
            for item in [*module.functions, *module.classes]
        }


def read_room(name: str) -> Room:
    """Read one room, such as `"counts"`."""
    folder = FLYWAY / name
    tree = _tree(folder / "__init__.py")
    docstring = ast.get_docstring(tree) or ""
    public, shared = listed(docstring)
    gathered = _all(tree)
    modules = [] if gathered is None else [_gather(folder, tree, gathered)]
    if name == "simulate":
        there = {path.stem for path in folder.glob("[a-z]*.py")} - {*public, *shared}
        public |= dict.fromkeys(sorted(there))
    for module, names in public.items():
        modules.append(_module(folder / f"{module}.py", f"flyway.{name}.{module}", names))
    if gathered:
        taken = {item.name for item in [*modules[0].functions, *modules[0].classes]}
        for module in modules[1:]:
            module.functions = [f for f in module.functions if f.name not in taken]
            module.classes = [c for c in module.classes if c.name not in taken]
    return Room(name, docstring, tuple(modules))


def listed(docstring: str) -> tuple[dict[str, set[str] | None], list[str]]:
    """Modules in a room's docstring: the public ones with their public names, and the shared ones."""
    public: dict[str, set[str] | None] = {}
    shared: list[str] = []
    for modules, what in ITEM.findall(docstring):
        for module, names in NAMED.findall(modules):
            if SHARED.search(what):
                shared.append(module)
            else:
                public[module] = set(re.findall(r"\w+", names)) or None
    return public, shared


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _all(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return None


def _gather(folder: Path, tree: ast.Module, names: list[str]) -> Module:
    """The names that a room hands on, read where they are written."""
    module = Module(f"flyway.{folder.name}", "")
    homes = {"__init__": set(names)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            stem = node.module.rpartition(".")[2]
            homes.setdefault(stem, set()).update({a.name for a in node.names} & set(names))
    for stem, wanted in homes.items():
        path = folder / f"{stem}.py"
        if wanted and path.is_file():
            found = _module(path, module.dotted, wanted)
            module.functions += found.functions
            module.classes += found.classes
    return module


def _module(path: Path, dotted: str, names: set[str] | None) -> Module:
    tree = _tree(path)
    module = Module(dotted, ast.get_docstring(tree) or "")
    if names is None and (own := _all(tree)):
        names = set(own)
    aliases = {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("_")
    }
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            module.classes.append(_class(node, path, aliases))
        elif names is None or node.name in names:
            module.functions.append(_function(node, path, aliases))
    if names is not None:
        results = {word for f in module.functions for word in re.findall(r"\w+", f.returns)}
        module.classes = [c for c in module.classes if c.name in names | results]
    return module


def _function(node: ast.FunctionDef, path: Path, aliases: dict[str, str]) -> Function:
    marks = {ast.unparse(mark).rpartition(".")[2] for mark in node.decorator_list}
    returns = ast.unparse(node.returns) if node.returns else ""
    return Function(
        node.name,
        ast.get_docstring(node) or "",
        tuple(_options(node.args)),
        aliases.get(returns, returns).strip("'\""),
        bool(marks & {"property", "cached_property"}),
        any(isinstance(part, ast.Raise) for part in ast.walk(node)),
        path.relative_to(ROOT).as_posix(),
        node.lineno,
    )


def _options(args: ast.arguments) -> list[Option]:
    def one(arg: ast.arg, default: ast.expr | None, only: bool, star: str = "") -> Option:
        kind = ast.unparse(arg.annotation) if arg.annotation else ""
        return Option(arg.arg, ast.unparse(default) if default else None, kind, only, star)

    plain = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    found = [one(arg, default, False) for arg, default in zip(plain, defaults, strict=True)]
    if args.vararg:
        found.append(one(args.vararg, None, False, "*"))
    found += [one(a, d, True) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if args.kwarg:
        found.append(one(args.kwarg, None, True, "**"))
    return [option for option in found if option.name not in {"self", "cls"}]


def _class(node: ast.ClassDef, path: Path, aliases: dict[str, str]) -> Class:
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    hidden = frozenset(
        ast.unparse(part.target)
        for part in fields
        if part.value is not None and "repr=False" in ast.unparse(part.value)
    )
    attributes = tuple((ast.unparse(f.target), ast.unparse(f.annotation)) for f in fields)
    methods = tuple(
        _function(part, path, aliases)
        for part in node.body
        if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
    )
    return Class(
        node.name,
        ast.get_docstring(node) or "",
        tuple(ast.unparse(base) for base in node.bases),
        attributes,
        methods,
        path.relative_to(ROOT).as_posix(),
        node.lineno,
        hidden,
    )

"""What a piece of code names: modules, data packages. Found in its syntax tree, without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

DATA_CALLS = {"load", "describe", "package", "folder"}  # flyway.datasets functions that take an id
CELL = re.compile(r"^(`{3,}|~{3,})\{code-cell\}[^\n]*\n(.*?)^\1[`~]*[ \t]*$", re.M | re.S)


@dataclass
class Uses:
    """What one piece of code names."""

    modules: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    all_data: bool = False

    def plain(self) -> dict[str, Any]:
        """The same as lists, for a file."""
        return {"modules": sorted(self.modules), "texts": sorted(self.texts), "all": self.all_data}

    @classmethod
    def from_plain(cls, kept: dict[str, Any]) -> Uses:
        """What :meth:`plain` gave."""
        return cls(set(kept["modules"]), set(kept["texts"]), kept["all"])


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
    body = getattr(tree, "body", [])
    offered = {text for node in body if _is_all(node) for text in ast.walk(node)}
    chains = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            chains.append(_name(node))
        elif isinstance(node, ast.Import):
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
    for chain in chains:  # flyway.counts.trend(...) after `import flyway`
        first, _, rest = chain.partition(".")
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

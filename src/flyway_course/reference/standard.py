"""The standard for public docstrings: what each must say before it may stand in the reference.

Purpose in one sentence; every parameter; what comes back; errors, where the code can raise one; for an
estimator what it assumes or when it misleads, and who published it; every attribute of a result.
"""

from __future__ import annotations

import ast
from functools import cache

from .docstrings import parse
from .links import imported
from .reading import FLYWAY, Class, Function, Module, Room
from .results import VOCABULARY

LONGEST_PURPOSE = 26  # words of the first sentence
# Said in place of a source by modules that have none.
NO_SOURCE = ("no published case", "rule of this package", "no case folder")


def lacks(room: Room) -> list[str]:
    """What the docstrings of a room do not say, one sentence each."""
    found = []
    for module in room.modules:
        for function in module.functions:
            dotted = f"{module.dotted}.{function.name}"
            place = f"{function.path}:{function.line} {function.name}"
            found += [
                f"{place}: {what}" for what in lacks_of(function, room, _raises(dotted, room))
            ]
        for result in module.classes:
            place = f"{result.path}:{result.line} {result.name}"
            found += [f"{place}: {what}" for what in lacks_of_class(result)]
        if any(is_estimator(function, room) for function in module.functions) and module.docstring:
            parts = parse(module.docstring)
            if not parts.sources and not any(s in module.docstring.lower() for s in NO_SOURCE):
                found.append(f"{module.dotted}: who published the method? (Source: …)")
    return found


def is_estimator(function: Function, room: Room) -> bool:
    """Whether a function gives a result that holds an estimate."""
    results = {c.name: c for m in room.modules for c in m.classes}
    given = results.get(function.returns)
    names = {n for n, _ in given.attributes} | {m.name for m in given.methods} if given else set()
    return "estimate" in names


def lacks_of(function: Function, room: Room, raises: bool) -> list[str]:
    """What the docstring of one function does not say."""
    parts = parse(function.docstring, [option.name for option in function.options])
    told = {name for names in parts.parameters for name in names.split(", ")}
    found = _purpose(parts.purpose)
    missing = [option.name for option in function.options if option.name not in told]
    if missing:
        found.append(f"what are {', '.join(missing)}? (`name : text`)")
    results = {c.name for m in room.modules for c in m.classes}
    says = parts.returns or parts.purpose.startswith("Return") or function.returns in {"None", ""}
    if not says and not results & set(function.returns.replace("|", " ").split()):
        found.append("what comes back? (Returns …)")
    if raises and not parts.errors:
        found.append("it can raise an error: when? (Errors: …)")
    if is_estimator(function, room) and not (parts.misleads or parts.assumes):
        found.append("when does the estimate mislead? (Misleads …, Assumes …)")
    return found


def lacks_of_class(result: Class) -> list[str]:
    """What the docstring of one result does not say."""
    parts = parse(result.docstring, [name for name, _ in result.attributes])
    told = {n for names in [*parts.parameters, *parts.attributes] for n in names.split(", ")}
    told |= {n for n, _ in result.attributes if f"`{n}`" in result.docstring} | result.hidden
    missing = [n for n, _ in result.attributes if n not in told and n not in VOCABULARY]
    found = _purpose(parts.purpose)
    found += [f"what does {', '.join(missing)} hold? (`name : text`)"] if missing else []
    silent = [method.name for method in result.methods if not method.docstring]
    return found + ([f"what do the methods {', '.join(silent)} do?"] if silent else [])


def _purpose(purpose: str) -> list[str]:
    if not purpose.endswith((".", "?", "!")):
        return ["the purpose is one sentence on the first line, with its full stop"]
    if len(purpose.split()) > LONGEST_PURPOSE:
        return [f"the purpose has more than {LONGEST_PURPOSE} words: say the rest below it"]
    return []


def _raises(dotted: str, room: Room) -> bool:
    """Whether a public function can raise; a name that the room hands on is looked up at its home."""
    name = dotted.rpartition(".")[2]
    if dotted in can_raise():
        return True
    public: list[Module] = [m for m in room.modules if m.dotted == f"flyway.{room.name}"]
    home = {f.name: f.path for m in public for f in m.functions}.get(name, "")
    return (
        f"{home.removeprefix('src/').removesuffix('.py').replace('/', '.')}.{name}" in can_raise()
    )


@cache
def can_raise() -> frozenset[str]:
    """Full names of the functions of flyway that raise, or call one that does."""
    raising: set[str] = set()
    calls: dict[str, set[str]] = {}
    for path in FLYWAY.rglob("*.py"):
        module = ".".join(path.relative_to(FLYWAY.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = imported(tree)
        names |= {n.name: f"{module}.{n.name}" for n in tree.body if isinstance(n, ast.FunctionDef)}
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            own = f"{module}.{node.name}"
            if any(isinstance(part, ast.Raise) for part in ast.walk(node)):
                raising.add(own)
            calls[own] = {
                _full(part.func, names) for part in ast.walk(node) if isinstance(part, ast.Call)
            }
    while more := {name for name, used in calls.items() if used & raising} - raising:
        raising |= more
    return frozenset(raising)


def _full(called: ast.expr, names: dict[str, str]) -> str:
    if isinstance(called, ast.Name):
        return names.get(called.id, "")
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return f"{names.get(called.value.id, '')}.{called.attr}"
    return ""

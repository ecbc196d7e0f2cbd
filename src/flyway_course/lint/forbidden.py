"""What a lesson never does: reach the network, hide warnings, draw unseeded random numbers, ….

Each rule looks at the syntax tree of the cells, so a word in a comment is no offence.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from . import code
from .lesson import Cell, Lesson
from .problem import Problem
from .prose import pieces

NETWORK_MODULES = frozenset(
    [
        "aiohttp",
        "ftplib",
        "http",
        "httpx",
        "paramiko",
        "requests",
        "smtplib",
        "socket",
        "telnetlib",
        "urllib",
        "urllib3",
    ]
)
NETWORK_CALLS = frozenset({"load_dataset", "urlopen", "urlretrieve"})
SEEDED = frozenset(
    ["default_rng", "Generator", "SeedSequence", "PCG64", "PCG64DXSM", "Philox", "SFC64", "MT19937"]
)
_URL = re.compile(r"^(?:https?|ftp|s3|gs)://")
_ABSOLUTE = re.compile(r"^(?:/[\w.~-]+(?:/|$)|~/|[A-Za-z]:[\\/]|\\\\|file:)")

Finding = tuple[int, str, str]  # line in the cell, rule, message


def check(lesson: Lesson, datasets: Path) -> list[Problem]:
    """Return every offence; `datasets` is the folder of data packages, which says what is simulated."""
    found = [
        Problem(lesson.path, cell.line + line - 1, rule, f"cell {cell.number}: {message}")
        for cell in lesson.cells
        for look in RULES
        for line, rule, message in look(cell)
    ]
    return [*found, *data_badges(lesson, datasets), *simulation_said(lesson)]


def shell_lines(cell: Cell) -> Iterator[Finding]:
    """No `!pip`, `%pip` or other shell line: the course installs everything before."""
    for number, line in enumerate(cell.source.splitlines(), start=1):
        if re.match(
            r"\s*(?:!|%%?(?:pip|conda|mamba|uv|sx|sh|bash|system|script)\b|\w+\s*=\s*!)", line
        ):
            yield (
                number,
                "shell",
                f"`{line.strip()}` runs a program; the course installs what it needs",
            )


def network(cell: Cell) -> Iterator[Finding]:
    """No network read: lessons work from a USB stick."""
    for node in ast.walk(code.tree(cell)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] in NETWORK_MODULES:
                yield node.lineno, "network", f"imports `{name}`; put the data in datasets/"
        if isinstance(node, ast.Call):
            called = code.dotted(node.func).rpartition(".")[2]
            given = [*node.args, *(k.value for k in node.keywords)]
            urls = [a for a in given if isinstance(a, ast.Constant) and _URL.match(str(a.value))]
            if (
                called in NETWORK_CALLS
                or called.startswith("fetch_")
                or (called != "show" and urls)
            ):
                yield node.lineno, "network", f"`{called}` reads from the network; use datasets/"


def warning_filters(cell: Cell) -> Iterator[Finding]:
    """No blanket warnings filter: a warning is a message to read."""
    for call in code.calls(cell, "filterwarnings", "simplefilter"):
        name = code.dotted(call.func).rpartition(".")[2]
        first = call.args[0] if call.args else code.keyword(call, "action")
        silent = isinstance(first, ast.Constant) and first.value == "ignore"
        narrow = len(call.args) > 1 or any(
            code.keyword(call, which) for which in ("message", "category", "module")
        )
        if silent and not narrow:
            mend = "name the `category` and the `message`, or mend the cause"
            yield call.lineno, "warnings", f"`{name}` hides every warning; {mend}"


def randomness(cell: Cell) -> Iterator[Finding]:
    """No unseeded random number: every reader sees the same birds."""
    tree = code.tree(cell)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names):
            yield node.lineno, "random", "imports `random`; use `np.random.default_rng(seed)`"
        elif isinstance(node, ast.ImportFrom) and node.module == "random":
            yield node.lineno, "random", "imports from `random`; use `np.random.default_rng(seed)`"
        elif isinstance(node, ast.Call):
            message = _unseeded(node)
            if message:
                yield node.lineno, "random", message


def _unseeded(call: ast.Call) -> str:
    name = code.dotted(call.func)
    owner, _, last = name.rpartition(".")
    first = call.args[0] if call.args else None
    given = first or code.keyword(call, "seed")
    nothing = given is None or (isinstance(given, ast.Constant) and given.value is None)
    if last in {"default_rng", "SeedSequence", "RandomState"} and nothing:
        return f"`{last}()` has no seed; give it a number"
    if owner in {"np.random", "numpy.random"} and last not in SEEDED:
        return f"`{name}` draws from a hidden state; use `np.random.default_rng(seed)`"
    seeded = code.keyword(call, "random_state") or code.keyword(call, "seed")
    if last in {"sample", "rvs"} and owner and not seeded:
        return f"`{last}` has no `random_state`; give it a number"
    return ""


def paths(cell: Cell) -> Iterator[Finding]:
    """No path of one machine: data comes from `datasets.load`."""
    for node in ast.walk(code.tree(cell)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _ABSOLUTE.match(node.value)
        ):
            message = f"“{node.value}” is a path of one machine; use `datasets.load`"
            yield node.lineno, "absolute-path", message


def star_imports(cell: Cell) -> Iterator[Finding]:
    """No star import: a reader sees where each name comes from."""
    for node in ast.walk(code.tree(cell)):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield (
                node.lineno,
                "star-import",
                f"imports everything from `{node.module}`; name what is used",
            )


def data_badges(lesson: Lesson, datasets: Path) -> Iterator[Problem]:
    """Data that is loaded is on the card; simulated data has its `{data}` box, with the badge."""
    listed = lesson.card.get("data")
    listed = [str(name) for name in listed] if isinstance(listed, list) else []
    boxes = {box.arg.strip(): box for box in lesson.directives("data")}
    loaded: dict[str, int] = {}
    for cell in lesson.cells:
        for call in code.calls(cell, "load"):
            first = call.args[0] if call.args else code.keyword(call, "id")
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                loaded.setdefault(first.value, cell.line + call.lineno - 1)
    for name, line in loaded.items():
        if name not in listed:
            message = f"`{name}` is loaded but is not in `data:` of the front matter; add it"
            yield Problem(lesson.path, line, "data", message)
        if simulated(datasets, name) and name not in boxes:
            message = (
                f"`{name}` is simulated and has no `{{data}} {name}` box, which shows its badge"
            )
            yield Problem(lesson.path, line, "data-badge", message)
    known = {package.parent.name for package in datasets.glob("*/datapackage.json")}
    for name in {*listed, *boxes}:
        line = boxes[name].line if name in boxes else lesson.line_of(name)
        if known and name not in known:
            message = (
                f"no data package `{name}` in datasets/; there are: {', '.join(sorted(known))}"
            )
            yield Problem(lesson.path, line, "data", message)
        elif name not in listed:
            message = f"`{{data}} {name}` is not in `data:` of the front matter; add it"
            yield Problem(lesson.path, line, "data", message)
        elif name not in loaded and name not in boxes:
            message = f"the card promises `{name}`, and the page neither loads nor describes it"
            yield Problem(lesson.path, line, "data", message)


def simulation_said(lesson: Lesson) -> Iterator[Problem]:
    """Birds from `flyway.simulate` are called simulated, in the text or in a caption."""
    said = any("simulat" in piece.text.lower() for piece in pieces(lesson))
    for cell in lesson.cells:
        strings = (text.lower() for text, _ in code.texts(cell))
        said = said or any("simulat" in text for text in strings)
    for cell in lesson.cells:
        for node in ast.walk(code.tree(cell)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += (
                [a.name for a in node.names]
                if isinstance(node, ast.Import | ast.ImportFrom)
                else []
            )
            if not said and any("simulate" in name.split(".") for name in names):
                message = f"cell {cell.number} makes birds up; write that they are simulated"
                yield Problem(lesson.path, cell.line + node.lineno - 1, "data-badge", message)


def simulated(datasets: Path, name: str) -> bool:
    """Whether a data package says that its data is simulated."""
    package = datasets / name / "datapackage.json"
    if not package.is_file():
        return False
    try:
        return json.loads(package.read_text(encoding="utf-8")).get("truth") == "simulated"
    except json.JSONDecodeError:
        return False


RULES: tuple[Callable[[Cell], Iterator[Finding]], ...] = (
    shell_lines,
    network,
    warning_filters,
    randomness,
    paths,
    star_imports,
)

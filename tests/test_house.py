"""The rules of the house: who imports whom, how long a module is, what may be in the repository."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flyway_course import paths
from flyway_course.reference.book import ROOMS, SERVING

ROOT = paths.ROOT
SRC = ROOT / "src"
FLYWAY = sorted((SRC / "flyway").rglob("*.py"))
COURSE = sorted((SRC / "flyway_course").rglob("*.py"))
MODULES = [*FLYWAY, *COURSE]

# Ground that every room stands on; rooms in the order in which the course uses them; what serves
# all rooms; what is drawn for the lessons from finished rooms.
GROUND = ["inputs", "results"]
SHOWN = ["figures"]

# What `flyway` may import: the packages of its own dependencies that exist in Pyodide, and what
# they bring with them.
PYODIDE = {
    "folium": {"folium", "branca"},
    "ipywidgets": {"ipywidgets", "traitlets", "IPython"},
    "matplotlib": {"matplotlib", "cycler", "mpl_toolkits"},
    "networkx": {"networkx"},
    "numpy": {"numpy"},
    "pandas": {"pandas"},
    "patsy": {"patsy"},
    "pillow": {"PIL"},
    "scipy": {"scipy"},
    "seaborn": {"seaborn"},
    "statsmodels": {"statsmodels"},
}
# Parts of the standard library that a browser does not have.
NOT_IN_BROWSER = {
    "fcntl",
    "multiprocessing",
    "pty",
    "resource",
    "socketserver",
    "subprocess",
    "tkinter",
}
HEAVY = {"seaborn", "folium", "statsmodels"}

LONGEST_MODULE = 300
OWN_SCRIPTS = "book/_static/"


def name_of(path):
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in MODULES}


def imports(path, lazy=True):
    """Full names of what a module imports: `from a import b` gives `a.b` if that is a module.

    `lazy` takes in the imports inside functions. Imports for type checkers only are left out.
    """
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    found = {}

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if not lazy and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Import):
                found.update({alias.name: child.lineno for alias in child.names})
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                if child.level:
                    parents = package.split(".")[: len(package.split(".")) - child.level + 1]
                    base = ".".join([*parents, *filter(None, [base])])
                for alias in child.names:
                    whole = f"{base}.{alias.name}"
                    found[whole if whole in NAMES else base] = child.lineno
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


def where(path, line):
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def room(name):
    """The part of `flyway` that a module belongs to: `flyway.counts.trend` is in `counts`."""
    return name.split(".")[1] if "." in name else ""


def test_flyway_never_imports_the_teaching_tools():
    wrong = [
        where(path, line)
        for path in FLYWAY
        for name, line in imports(path).items()
        if name.split(".")[0] == "flyway_course"
    ]
    assert not wrong


def test_every_module_of_flyway_has_its_place():
    known = {"", *GROUND, *ROOMS, *SERVING, *SHOWN}
    homeless = sorted({room(name_of(path)) for path in FLYWAY} - known)
    assert not homeless, f"say in tests/test_house.py where {homeless} stands"


def test_a_room_imports_only_from_rooms_before_it():
    wrong = []
    for path in FLYWAY:
        own = room(name_of(path))
        if own in GROUND:
            allowed = {*GROUND, ""}
        elif own in ROOMS:
            allowed = {*GROUND, *ROOMS[: ROOMS.index(own) + 1], *SERVING, ""}
        else:
            allowed = {*GROUND, *ROOMS, *SERVING, *(SHOWN if own in SHOWN else []), ""}
        for name, line in imports(path).items():
            if name.split(".")[0] == "flyway" and room(name) not in allowed:
                wrong.append(f"{where(path, line)}: {own} imports {name}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_there_are_no_import_circles():
    graph = {
        name: {other for other in imports(path) if other in NAMES and other != name}
        for name, path in NAMES.items()
    }
    # A package that gathers its modules for its readers is no circle: its modules do not need it.
    gathers = {name for name, path in NAMES.items() if path.name == "__init__.py"}
    for name in graph:
        graph[name] -= {other for other in gathers if name.startswith(f"{other}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail("an import circle: " + " → ".join(circle.args[1]))


def test_flyway_imports_only_what_a_browser_has():
    allowed = set().union(*PYODIDE.values(), {"flyway", "__future__"})
    allowed |= set(sys.stdlib_module_names) - NOT_IN_BROWSER
    wrong = [
        f"{where(path, line)}: {name}"
        for path in FLYWAY
        for name, line in imports(path).items()
        if name.split(".")[0] not in allowed
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_browser_list_is_the_list_of_dependencies():
    listed = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    assert listed == set(PYODIDE)


def test_importing_flyway_stays_light():
    code = "import sys, flyway, flyway.datasets, flyway.plots; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & {name.split(".")[0] for name in done.stdout.split()}


def test_public_functions_explain_themselves():
    silent = []
    for path in FLYWAY:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(
            part.startswith("_") and part != "__init__.py" for part in path.relative_to(SRC).parts
        ):
            continue
        if not ast.get_docstring(tree):
            silent.append(where(path, 1))
        for node in tree.body:
            function = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if function and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{where(path, node.lineno)}: {node.name}")
    assert not silent, "\n" + "\n".join(silent)


def test_no_module_is_long():
    scripts = [p for p in (ROOT / "course.py", *(ROOT / "benchmarks").rglob("*.py")) if p.is_file()]
    long = {}
    for path in [*MODULES, *scripts]:
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > LONGEST_MODULE:
            long[path.relative_to(ROOT).as_posix()] = count
    assert not long, f"over {LONGEST_MODULE} lines, so split them: {long}"


def test_ruff_has_nothing_to_say():
    places = ["src", "tests", "benchmarks", "solutions", "course.py"]
    places = [place for place in places if (ROOT / place).exists()]
    for verb in (["check", "--output-format=concise"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *verb, *places]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(name):
    """Packages of a lock file with their versions."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {
        canonicalize_name(match[1]): match[2]
        for match in re.finditer(
            r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE
        )
    }


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ["course"]), ("requirements-test.lock", ["course", "test"])],
)
def test_the_locks_cover_pyproject(lock, extras):
    versions = locked(lock)
    wanted = [*project()["dependencies"]]
    for extra in extras:
        wanted += project()["optional-dependencies"][extra]
    missing = []
    for line in wanted:
        requirement = Requirement(line)
        version = versions.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            missing.append(f"{line} (locked: {version})")
    assert not missing, f"{lock} does not hold: {missing}; compile it again"


def tracked():
    """Files of the repository: those that git follows and those that it would take in."""
    command = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    except FileNotFoundError:
        pytest.skip("git is not installed, so the files of the repository are not known")
    if done.returncode:
        pytest.skip("this is no git checkout, so the files of the repository are not known")
    return [path for name in set(done.stdout.split("\0")) - {""} if (path := ROOT / name).is_file()]


def texts(*but):
    """Each tracked text file with its text; `but` are endings to leave out."""
    for path in sorted(tracked()):
        if path.name.endswith(but) if but else False:
            continue
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def found(pattern, *but):
    """Places in tracked text that match; a pattern is written so that it does not match itself."""
    return [
        f"{where(path, number)}: {match.group()}"
        for path, text in texts(*but)
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := re.search(pattern, line))
    ]


def test_no_path_of_one_machine_is_tracked():
    places = r"(?<![\w.~-])/(?:roo[t]|wor[k]|tm[p]|hom[e]|User[s])/\w|\b[A-Z]:\\Use[r]s"
    assert not (hits := found(places)), "\n" + "\n".join(hits)


def test_no_package_registry_is_tracked():
    hosts = r"(?i)https?://[\w.@:-]*(?:regist[r]y|pyp[i]\.|pythonhost[e]d|npm[j]s|artifact[o]ry|nex[u]s)"
    hosts += r"|--(?:extra-)?index-ur[l]|/simpl[e]/"
    assert not (hits := found(hosts)), "\n" + "\n".join(hits)


def addresses(value, key=""):
    """Addresses in a JSON value, but those under `funding`: whom to thank, not what to fetch."""
    if isinstance(value, dict):
        return [a for k, v in value.items() if k != "funding" for a in addresses(v, k)]
    if isinstance(value, list):
        return [a for v in value for a in addresses(v, key)]
    return [f"{key}: {value}"] if isinstance(value, str) and "://" in value else []


def test_lock_files_carry_no_address():
    for path in ROOT.glob("*.lock"):
        assert not re.search(r"\w+://\S+", path.read_text(encoding="utf-8")), path.name
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]
    assert not addresses(lock), "package-lock.json: run npm in the checkout, so that .npmrc holds"


def test_no_third_party_script_is_tracked():
    """Scripts and styles of others come from npm when the course is set up."""
    for path in tracked():
        if path.suffix not in {
            ".js",
            ".mjs",
            ".cjs",
            ".ts",
            ".css",
            ".woff",
            ".woff2",
            ".ttf",
            ".wasm",
        }:
            continue
        name = path.relative_to(ROOT).as_posix()
        assert name.startswith(OWN_SCRIPTS) or name.startswith("src/flyway"), name
        assert path.suffix in {".js", ".css"} and ".min." not in name, name
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?i)@license|copyright|\(c\)\s*\d{4}|sourceMappingURL", text), name
        assert max(map(len, text.splitlines()), default=0) <= 500, f"{name} looks minified"


def test_no_notebook_holds_outputs():
    for path in tracked():
        if path.suffix != ".ipynb":
            continue
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        ran = [c for c in cells if c.get("outputs") or c.get("execution_count") is not None]
        assert not ran, f"{path.relative_to(ROOT)} was saved after a run; clear its outputs"


def test_nothing_is_left_for_later():
    words = r"\b(?:TOD[O]|FIXM[E]|XX[X]|TB[D]|HAC[K])\b|(?i:lorem ipsu[m]|coming soo[n]|to be writte[n](?! again))"
    words += r"|(?i:under constructio[n])|\b[Pp]laceholde[r] (?:text|page|image)"
    assert not (hits := found(words, ".lock", "package-lock.json")), "\n" + "\n".join(hits)


@pytest.mark.parametrize("pattern", ["/roo" + "t/a", "open('/tm" + "p/x')", "see /wor" + "k/main"])
def test_the_search_for_paths_finds_them(pattern, monkeypatch):
    page = Path(ROOT / "README.md")
    monkeypatch.setitem(globals(), "texts", lambda *but: [(page, f"one\n{pattern}\n")])
    with pytest.raises(AssertionError, match=r"README\.md:2"):
        test_no_path_of_one_machine_is_tracked()

"""`flyway` also runs in the browser: with Pyodide's versions, and with no package that it lacks."""

import importlib.metadata
import json
import os
import re
import subprocess

import jupytext
import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flyway_course import browser_versions, paths
from flyway_course.sphinx_ext.lesson import front_matter

LESSONS = [
    path for path in sorted(paths.BOOK.glob("modules/*/*.md")) if "lesson" in front_matter(path)
]


@pytest.fixture(scope="module")
def kernel():
    """The packages of the Pyodide release."""
    try:
        return browser_versions.pyodide()
    except browser_versions.BrowserVersionsError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def second_python():
    """The Python of the second environment."""
    if not browser_versions.is_ready():
        message = "the second environment is not made: run `python3 course.py test` without options"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return browser_versions.python_of()


def in_the_browser(requirement):
    """Say whether a package asks for another one under Pyodide."""
    where = {**default_environment(), "sys_platform": "emscripten", "platform_system": "Emscripten"}
    where |= {"python_version": "3.14", "python_full_version": "3.14.2", "extra": ""}
    return requirement.marker is None or requirement.marker.evaluate(where)


def needs(name):
    """Return a package and everything that it brings with it under Pyodide."""
    found, waiting = set(), [name]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found.add(name)
            asked = map(Requirement, importlib.metadata.requires(name) or [])
            waiting += [r.name for r in asked if in_the_browser(r)]
    return found


def is_pure(name):
    """Say whether an installed package is Python alone, so that its wheel runs everywhere."""
    wheel = importlib.metadata.distribution(name).read_text("WHEEL")
    return re.search(r"^Tag: (py2\.)?py3-none-any$", wheel, re.M) is not None


@pytest.mark.parametrize("package", browser_versions.dependencies())
def test_pyodide_has_what_flyway_imports(kernel, package):
    lacking = {name for name in needs(package) - set(kernel.versions) if not is_pure(name)}
    assert not lacking, f"Pyodide {kernel.release} has no wheel of {lacking}"


def test_a_package_that_pyodide_lacks_would_be_found(kernel):
    assert "uv" not in kernel.versions
    assert not is_pure("shapely")
    assert is_pure("folium")


def test_the_lock_has_pyodides_versions(root, kernel):
    text = browser_versions.LOCK.read_text(encoding="utf-8")
    assert f"Pyodide {kernel.release} (Python {kernel.python})" in text
    wrong = {}
    for line in re.findall(r"^[A-Za-z0-9].*==[^\\\n]*", text, re.M):
        requirement = Requirement(line.strip())
        name = canonicalize_name(requirement.name)
        (pin,) = requirement.specifier
        known = kernel.versions.get(name, pin.version)
        tool = name in browser_versions.TEST_TOOLS
        if in_the_browser(requirement) and not tool and pin.version != known:
            wrong[name] = (pin.version, known)
    assert not wrong, f"locked, Pyodide's: {wrong}; run {browser_versions.REMAKE}"
    for package in ("numpy", "scipy", "pandas", "statsmodels", "networkx", "patsy", "matplotlib"):
        assert f"\n{package}=={kernel.versions[package]} " in text


def test_flyway_passes_its_tests_with_the_browsers_versions(root, second_python):
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1"}
    environment.pop("FLYWAY_EVIDENCE", None)
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        environment.pop(name)  # the outer run's workers are not those of this one
    command = [second_python, "-m", "pytest", "tests/flyway", "tests/reference", "-q"]
    command += ["-n", str(min(os.cpu_count() or 1, 6)), "-p", "no:cacheprovider"]
    # A browser that a test drives, and the long simulations of bias and coverage, are no matter of
    # versions: the course's own environment runs them.
    command += ["-m", "not browser", "-k", "not cover and not unbiased"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    passed = int(re.search(r"(\d+) passed", done.stdout)[1])
    assert passed > 1000, done.stdout[-2000:]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: "-".join(path.parts[-2:]))
def test_every_lesson_runs_with_the_browsers_versions(lesson, root, second_python, tmp_path):
    cells = [
        {"source": cell.source, "raises": "raises-exception" in cell.metadata.get("tags", [])}
        for cell in jupytext.read(lesson).cells
        if cell.cell_type == "code"
    ]
    assert len(cells) > 4
    place = tmp_path / "cells.json"
    place.write_text(json.dumps(cells), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "MPLBACKEND": "agg"}
    environment |= {"FLYWAY_STATIC": "1", "OMP_NUM_THREADS": "1"}
    command = [second_python, root / "tests" / "course" / "run_cells.py", place]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_second_environment_holds_what_its_lock_says(second_python):
    code = "import json, importlib.metadata as m, sys; print(json.dumps("
    code += "[sys.version_info[:2], {d.name.lower(): d.version for d in m.distributions()}]))"
    told = subprocess.run([second_python, "-c", code], capture_output=True, text=True, check=True)
    python, installed = json.loads(told.stdout)
    text = browser_versions.LOCK.read_text(encoding="utf-8")
    for package in ("numpy", "pandas", "statsmodels", "networkx", "patsy", "matplotlib", "pillow"):
        assert f"\n{package}=={installed[package]} " in text
    if python >= [3, 12]:  # scipy 1.18 has no wheel for Python 3.11
        assert f"\nscipy=={installed['scipy']} ; python_full_version >= '3.12'" in text

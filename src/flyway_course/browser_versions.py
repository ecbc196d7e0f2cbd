"""The package versions that the browser kernel (Pyodide) carries, as an environment of their own.

`flyway` also runs in the browser, with the versions that Pyodide's release fixes. The release is
the one that `package.json` names; its list is `pyodide-lock.json` of the npm package. From it come
`requirements-browser.lock` (by `python -m flyway_course.browser_versions`, after a new release) and
the environment in `_build/browser-versions/`, in which the tests of `flyway` run a second time.

Pyodide 314 is Python 3.14. No Python is downloaded: the nearest installed one is taken, and what
has no wheel for it (scipy and IPython on Python 3.11) has its newest version that does.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flyway_course.locks import one_at_a_time
from flyway_course.paths import BUILD, NODE_MODULES, ROOT

LOCK = ROOT / "requirements-browser.lock"
HOME = BUILD / "browser-versions"
STAMP = HOME / ".stamp"
PYODIDE_LOCK = NODE_MODULES / "pyodide" / "pyodide-lock.json"
TEST_TOOLS = ("hypothesis", "pytest", "pytest-xdist")
# no wheels for Python 3.11, the oldest that the course runs on
NEED_3_12 = {"scipy", "ipython"}
REMAKE = "python -m flyway_course.browser_versions"


class BrowserVersionsError(RuntimeError):
    """The second environment could not be made; the message names the mend."""


@dataclass(frozen=True)
class Pyodide:
    """A release of Pyodide: its number, its Python, each package of its distribution."""

    release: str
    python: str
    versions: dict[str, str]


def pyodide() -> Pyodide:
    """Read the list of the Pyodide release that `package.json` names."""
    if not PYODIDE_LOCK.is_file():
        raise BrowserVersionsError(
            f"{PYODIDE_LOCK.relative_to(ROOT)} is not there: run `python3 course.py test`, which "
            "fetches the test tools from npm"
        )
    content = json.loads(PYODIDE_LOCK.read_text(encoding="utf-8"))
    about = json.loads(PYODIDE_LOCK.with_name("package.json").read_text(encoding="utf-8"))
    versions = {
        canonicalize_name(p["name"]): p["version"]
        for p in content["packages"].values()
        if p["package_type"] == "package"
    }
    return Pyodide(about["version"], content["info"]["python"], versions)


def dependencies() -> list[str]:
    """Return the packages that `flyway` itself asks for in `pyproject.toml`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted(Requirement(line).name for line in project["dependencies"])


def constraints() -> str:
    """Return a line `name==version` for every package of the Pyodide release."""
    lines = []
    for name, version in sorted(pyodide().versions.items()):
        if name in TEST_TOOLS:  # nobody tests inside the browser: the tools may be newer
            continue
        marker = ' ; python_version >= "3.12"' if name in NEED_3_12 else ""
        lines.append(f"{name}=={version}{marker}")
    return "\n".join(lines) + "\n"


def compile_lock() -> None:
    """Write `requirements-browser.lock` anew, with hashes and without addresses."""
    HOME.parent.mkdir(parents=True, exist_ok=True)
    limits = HOME.parent / "pyodide-versions.txt"
    limits.write_text(constraints(), encoding="utf-8")
    command = ["pip", "compile", "--universal", "--generate-hashes", "--no-annotate", "--upgrade"]
    command += ["--quiet", "--python-version", "3.11", "--no-header", "-c", limits, "-"]
    made = _uv(command, given="\n".join([*dependencies(), *TEST_TOOLS]))
    kernel = pyodide()
    head = f"# Packages of the browser kernel, Pyodide {kernel.release} (Python {kernel.python}), "
    head += f"and what tests them.\n# Made by: {REMAKE}\n"
    LOCK.write_text(head + made, encoding="utf-8", newline="\n")


def find_python() -> Path:
    """Return an installed Python: the browser's, else the nearest older one, else our own.

    Looks at the versions that pyenv holds, and where uv looks.
    """
    newest = int(re.search(r"Python 3\.(\d+)", LOCK.read_text(encoding="utf-8"))[1])
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(newest, sys.version_info.minor, -1):
        version = f"3.{minor}"
        for home in sorted(pyenv.glob(f"{version}.*"), reverse=True):
            if (home / "bin" / "python").is_file():
                return home / "bin" / "python"
        try:
            found = _uv(["python", "find", "--no-python-downloads", "--no-project", version])
        except BrowserVersionsError:
            continue
        return Path(found.strip())
    return Path(sys.executable)


def python_of() -> Path:
    """Return the Python program of the second environment."""
    return HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_ready() -> bool:
    """Say whether the environment stands and belongs to the lock file as it is now."""
    return python_of().exists() and STAMP.is_file() and STAMP.read_text("utf-8") == _stamp()


def ensure_browser_versions(say: Callable[[str], None] = lambda text: None) -> None:
    """Make the environment if it is not there or its lock file changed; a few milliseconds else.

    Raises `BrowserVersionsError` with one plain sentence.
    """
    if is_ready():
        return
    with one_at_a_time(BUILD / "browser-versions.lock"):
        if is_ready():
            return
        say("  making the second test environment: the versions of the browser kernel …")
        shutil.rmtree(HOME, ignore_errors=True)
        _uv(["venv", "--quiet", "--no-project", "--no-python-downloads", "-p", find_python(),
             HOME])  # fmt: skip
        _uv(["pip", "sync", "--quiet", "--python", python_of(), "--require-hashes",
             "--compile-bytecode", LOCK])  # fmt: skip
        STAMP.write_text(_stamp(), encoding="utf-8")


def _stamp() -> str:
    return hashlib.sha256(LOCK.read_bytes() + str(ROOT).encode()).hexdigest()


def _uv(arguments: list, given: str | None = None) -> str:
    """Run uv; return what it prints, or raise one sentence with its last lines."""
    here = Path(sysconfig.get_path("scripts")) / ("uv.exe" if os.name == "nt" else "uv")
    uv = str(here) if here.exists() else shutil.which("uv")
    if uv is None:
        raise BrowserVersionsError("uv is not installed: run `python3 course.py test` once")
    run = subprocess.run(
        [uv, *map(str, arguments)],
        cwd=ROOT, input=given, capture_output=True, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if run.returncode:
        tail = " ".join(re.sub(r"\s+", " ", run.stderr).split()[-60:])
        raise BrowserVersionsError(
            f"the environment with the browser's versions was not made; uv said: {tail}"
        )
    return run.stdout


if __name__ == "__main__":
    compile_lock()
    print(f"{LOCK.name} holds the versions of Pyodide {pyodide().release}")

"""The small environment that JupyterLite is built from, and the wheels that it serves.

JupyterLite puts every JupyterLab extension of its environment into the site, so it has one of its
own, with what learners need and no more. `requirements-lite.lock` names it. The wheels are those of
`requirements-browser.lock` that Pyodide does not carry, so that the browser runs the versions that
the tests run.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

from packaging.utils import canonicalize_name

from flyway_course.browser_versions import LOCK as BROWSER_LOCK
from flyway_course.lite.errors import LiteError
from flyway_course.locks import one_at_a_time
from flyway_course.paths import BUILD, ROOT

LOCK = ROOT / "requirements-lite.lock"
HOME = BUILD / "lite-env"
STAMP = HOME / ".stamp"
WHEELS = BUILD / "lite-wheels"

Say = Callable[[str], None]


def python() -> Path:
    """Return the Python program of the environment."""
    return HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def extensions() -> Path:
    """Return the folder of the JupyterLab extensions of the environment."""
    return HOME / "share" / "jupyter" / "labextensions"


def ensure_tools(say: Say = lambda text: None) -> None:
    """Make the environment if it is not there or its lock file changed. Raises `LiteError`."""
    stamp = hashlib.sha256(LOCK.read_bytes() + str(ROOT).encode()).hexdigest()
    if python().exists() and STAMP.is_file() and STAMP.read_text("utf-8") == stamp:
        return
    with one_at_a_time(BUILD / "lite-env.lock"):
        say("Fetching JupyterLite")
        shutil.rmtree(HOME, ignore_errors=True)
        uv = _uv()
        run([uv, "venv", "--quiet", "--no-project", "--no-python-downloads", "-p", sys.executable,
             HOME])  # fmt: skip
        run([uv, "pip", "sync", "--quiet", "--python", python(), "--require-hashes",
             "--compile-bytecode", LOCK])  # fmt: skip
        STAMP.write_text(stamp, encoding="utf-8")


def course_wheel(into: Path) -> Path:
    """Build the wheel of `flyway` with its data and assets. Returns the wheel's file."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    run([_uv(), "build", "--quiet", "--wheel", "--no-build-isolation", "--offline", "--python",
         python(), "--out-dir", into, ROOT])  # fmt: skip
    return next(into.glob("flyway-*.whl"))


def fetch(wanted: list[tuple[str, str, list[str]]]) -> dict[str, Path]:
    """Return pure-Python wheels (name, version, hashes), by name.

    A wheel is fetched once and kept in `_build/lite-wheels/`.
    """
    lacking = [entry for entry in wanted if not _kept(*entry[:2])]
    if lacking:
        _download(lacking)
    return {name: _kept(name, version) for name, version, _ in wanted}


def locked(names: Iterable[str], lock: Path = BROWSER_LOCK) -> list[tuple[str, str, list[str]]]:
    """Name, version and hashes of some packages in a lock file.

    Of a package with two versions, it is the one for the newest Python, as the browser's is.
    """
    text = lock.read_text("utf-8")
    entries = {}
    for entry in re.findall(r"^[a-z0-9][^\n]*(?:\n +--hash[^\n]*)+", text, re.M):
        name, version = re.match(r"([\w.-]+)==([^\s;\\]+)", entry).groups()
        if "python_full_version <" not in entry.splitlines()[0]:
            entries[canonicalize_name(name)] = (version, re.findall(r"sha256:\w+", entry))
    unknown = sorted(set(names) - set(entries))
    if unknown:
        raise LiteError(
            f"{lock.name} does not hold {', '.join(unknown)}: make it again with "
            "`python -m flyway_course.browser_versions`."
        )
    return [(name, *entries[name]) for name in sorted(names)]


def _download(wanted: list[tuple[str, str, list[str]]]) -> None:
    """Fetch pure-Python wheels from the package index."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    asked = WHEELS / "wanted.txt"
    asked.write_text(
        "".join(f"{n}=={v} {' '.join(f'--hash={h}' for h in hs)}\n" for n, v, hs in wanted), "utf-8"
    )
    # markers and versions are those of the browser's Python, not of the one that runs pip
    run([python(), "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest",
         WHEELS, "--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--abi",
         "none", "--python-version", "3.14", "-r", asked])  # fmt: skip


def _kept(name: str, version: str) -> Path | None:
    stem = name.replace("-", "[-_.]")
    pattern = re.compile(rf"{stem}-{re.escape(version)}-[\w.]+-none-any\.whl", re.I)
    kept = sorted(WHEELS.glob("*.whl")) if WHEELS.is_dir() else []
    return next((path for path in kept if pattern.fullmatch(path.name)), None)


def jupyter_lite(source: Path, out: Path) -> None:
    """Build the site of the JupyterLite project in `source` into the folder `out`."""
    shutil.rmtree(out, ignore_errors=True)
    run([python(), "-m", "jupyterlite_core", "build", "--lite-dir", source, "--contents", source /
         "files", "--output-dir", out, "--apps", "notebooks", "--apps", "lab", "--no-sourcemaps",
         "--no-unused-shared-packages", "--no-libarchive"], source)  # fmt: skip


def kernel_release() -> str:
    """Return the release of Pyodide that the kernel of the environment is made for."""
    code = "from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION as v; print(v)"
    return run([python(), "-c", code]).strip()


def run(command: list, where: Path = ROOT) -> str:
    """Run a program; return what it prints, or raise one sentence with its last lines."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "JUPYTERLITE_NO_JUPYTER_CONFIG": "1"}
    environment["JUPYTER_CONFIG_DIR"] = str(BUILD / "lite-env" / "config")
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=where, env=environment, capture_output=True, text=True, encoding="utf-8",
        errors="replace",
    )  # fmt: skip
    if done.returncode:
        tail = " ".join((done.stderr or done.stdout).split()[-60:])
        raise LiteError(
            f"The in-browser course was not made: {Path(str(command[0])).name} said: {tail}\n"
            "If the package index (pypi.org) was not reached, connect to the internet and run the "
            "same command again."
        )
    return done.stdout


def _uv() -> str:
    here = Path(sysconfig.get_path("scripts")) / ("uv.exe" if os.name == "nt" else "uv")
    found = str(here) if here.exists() else shutil.which("uv")
    if found is None:
        raise LiteError("uv is not installed: run `python3 course.py doctor`.")
    return found

"""The list of packages that the browser's Python loads from: Pyodide's own and the course's.

Pyodide reads a lock file that names each package, its file and what it needs. JupyterLite's kernel
asks it for the packages that a cell imports. So `import flyway` works in every notebook with no
installing cell, and nothing is looked up on a package index.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.parser import Parser
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flyway_course.lite.distribution import Distribution
from flyway_course.lite.errors import LiteError

# What JupyterLite's Python kernel is made of; preloaded, so that it looks nothing up by itself.
KERNEL = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
# The page's side of the widgets: JupyterLite brings it, Python does not import it.
ON_THE_PAGE = {"widgetsnbextension", "jupyterlab-widgets"}


@dataclass(frozen=True)
class Wheel:
    """A pure-Python wheel that the site serves."""

    file: Path
    name: str
    version: str
    requires: list[Requirement] = field(hash=False)
    imports: list[str] = field(hash=False)


def read_wheel(file: Path) -> Wheel:
    """Read name, version, needs under Pyodide, and importable names of a wheel."""
    with zipfile.ZipFile(file) as wheel:
        names = wheel.namelist()
        about = next(name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        told = Parser().parsestr(wheel.read(about).decode("utf-8"))
    tops = {name.split("/")[0] for name in names if name.endswith(".py")}
    imports = sorted({top.removesuffix(".py") for top in tops if re.fullmatch(r"\w+(\.py)?", top)})
    asked = [Requirement(line) for line in told.get_all("Requires-Dist") or []]
    return Wheel(
        file,
        canonicalize_name(told["Name"]),
        told["Version"],
        [r for r in asked if needed(r)],
        imports,
    )


def needed(requirement: Requirement) -> bool:
    """Whether a package asks for another one in the browser."""
    if canonicalize_name(requirement.name) in ON_THE_PAGE:
        return False
    where = {**default_environment(), "sys_platform": "emscripten", "platform_system": "Emscripten"}
    where |= {"python_version": "3.14", "python_full_version": "3.14.2", "os_name": "posix"}
    return requirement.marker is None or requirement.marker.evaluate({**where, "extra": ""})


def wanted(wheels: Iterable[Wheel], distribution: Distribution) -> set[str]:
    """Names of packages that some wheels ask for and Pyodide does not carry."""
    asked = {canonicalize_name(r.name) for wheel in wheels for r in wheel.requires}
    return asked - set(distribution.packages)


def make_lock(
    distribution: Distribution,
    wheels: dict[str, str],
    read: dict[str, Wheel],
    base: str,
    roots: set[str] | None = None,
) -> dict[str, Any]:
    """Return the content of a Pyodide lock file.

    Parameters
    ----------
    distribution
        The release of Pyodide.
    wheels
        Address of each wheel of the site, by name of the package.
    read
        What is known of these wheels.
    base
        Address of the files of the distribution; like `wheels`, relative to the lock file or whole.
    roots
        With these, only they and what they need are in the list: the packages to copy.

    Errors
    ------
    LiteError where a wheel asks for a package, or a version, that is in neither.
    """
    packages = {
        name: {**entry, "file_name": base + entry["file_name"]}
        for name, entry in distribution.packages.items()
    }
    versions = {name: entry["version"] for name, entry in packages.items()}
    versions |= {name: wheel.version for name, wheel in read.items()}
    for name, wheel in read.items():
        for requirement in wheel.requires:
            version = versions.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                raise LiteError(
                    f"{name} {wheel.version} needs {requirement}, and the browser's Python has "
                    f"{version or 'none'}: change the version in pyproject.toml, or take a release "
                    "of Pyodide that has it."
                )
        packages[name] = {
            "name": name,
            "version": wheel.version,
            "file_name": wheels[name],
            "install_dir": "site",
            "sha256": hashlib.sha256(wheel.file.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": wheel.imports,
            "depends": sorted({canonicalize_name(r.name) for r in wheel.requires}),
            "unvendored_tests": False,
        }
    if roots is not None:
        packages = {name: packages[name] for name in sorted(closure(roots, packages))}
    return {"info": distribution.info, "packages": packages}


def closure(roots: set[str], packages: dict[str, dict[str, Any]]) -> set[str]:
    """Names of packages with all that they need."""
    found: set[str] = set()
    waiting = sorted(roots)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return found

"""The computers that a bundle can serve: a system, a processor, a version of Python.

A wheel's file name says for which of them it was made (PEP 425, PEP 600); `packaging` knows the rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

from .errors import BundleError

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MANYLINUX = [f"manylinux_2_{minor}" for minor in range(28, 4, -1)]
OLD_NAMES = ("manylinux2014", "manylinux2010", "manylinux1")  # PEP 599, 571, 513
# What the packages still ask for: macOS 12 and newer; glibc 2.28 (Debian 10, Ubuntu 20.04) and newer.
PLATFORMS = {
    ("windows", "AMD64"): ["win_amd64"],
    ("macos", "arm64"): list(mac_platforms((12, 0), "arm64")),
    ("macos", "x86_64"): list(mac_platforms((12, 0), "x86_64")),
    ("linux", "x86_64"): [f"{name}_x86_64" for name in (*MANYLINUX, *OLD_NAMES)] + ["linux_x86_64"],
}
SYSTEMS = tuple(dict.fromkeys(system for system, _ in PLATFORMS))
MARKERS = {
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
}


@dataclass(frozen=True)
class Target:
    """One kind of computer.

    system: windows, macos or linux. machine: its processor, as `platform.machine()` names it.
    python: such as "3.12".
    """

    system: str
    machine: str
    python: str

    def __str__(self):
        return f"{self.system} {self.machine}, Python {self.python}"

    def tags(self) -> list[Tag]:
        """The tags of the wheels that this computer takes, best first."""
        version = tuple(map(int, self.python.split(".")))
        platforms = PLATFORMS[self.system, self.machine]
        name = "cp" + self.python.replace(".", "")
        return [
            *cpython_tags(version, abis=[name], platforms=platforms),
            *compatible_tags(version, interpreter=name, platforms=platforms),
        ]

    def wants(self, marker: Marker | None) -> bool:
        """Whether a line of a lock file with this marker holds for any patch release of the Python."""
        if marker is None:
            return True
        fixed = {
            **MARKERS[self.system],
            "platform_machine": self.machine,
            "python_version": self.python,
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "extra": "",
        }
        patches = (f"{self.python}.0", f"{self.python}.99")
        full = ({"python_full_version": p, "implementation_version": p} for p in patches)
        return any(marker.evaluate({**fixed, **patch}) for patch in full)

    def best(self, files: Iterable[str]) -> str | None:
        """The wheel that pip would take on this computer, of the wheels of one release."""
        places = {tag: place for place, tag in enumerate(self.tags())}
        ranked = []
        for file in files:
            found = [places[tag] for tag in parse_wheel_filename(file)[3] if tag in places]
            if found:
                ranked.append((min(found), file))
        return min(ranked)[1] if ranked else None


def targets(systems: Iterable[str], pythons: Iterable[str] = PYTHONS) -> list[Target]:
    """The computers of these systems with these Pythons.

    Raises
    ------
    BundleError
        A system or a version is unknown; the sentence lists the known ones.
    """
    wanted, versions = list(systems), list(pythons)
    for given, known, what in ((wanted, SYSTEMS, "system"), (versions, PYTHONS, "Python")):
        for one in given:
            if one not in known:
                raise BundleError(
                    f"There is no {what} {one!r} here: choose from {', '.join(known)}."
                )
    kinds = [kind for kind in PLATFORMS if kind[0] in wanted]
    return [Target(*kind, python) for kind in kinds for python in versions]

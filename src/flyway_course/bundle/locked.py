"""What a learner needs of `requirements.lock`: JupyterLab and what `flyway` imports.

The lock file is one for the whole course. Its comments (`# via`) say which package asks for which,
so the learner's part can be taken out with the same versions and hashes, and without the network.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LEARNERS_TOOLS = ("jupyterlab",)


@dataclass(frozen=True)
class Locked:
    """One line of a lock file: a release, where it holds, its files, and who asks for it."""

    name: str
    version: str
    marker: Marker | None
    hashes: frozenset[str]
    via: frozenset[str]

    @property
    def pin(self) -> str:
        """The release, such as `numpy==2.4.6`."""
        return f"{self.name}=={self.version}"


def read_lock(path: Path) -> list[Locked]:
    """Read a lock file made by `uv pip compile --generate-hashes`."""
    found = []
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + path.read_text(encoding="utf-8"))
    for block in blocks:
        line = block.split("\n", 1)[0].removesuffix("\\").strip()
        if "==" not in line or line.startswith("#"):
            continue
        asked = Requirement(line)
        comments = block.partition("# via")[2].replace("#", " ")
        found.append(
            Locked(
                canonicalize_name(asked.name),
                str(asked.specifier).removeprefix("=="),
                asked.marker,
                frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", block)),
                frozenset(canonicalize_name(name) for name in re.findall(r"[\w.-]+", comments)),
            )
        )
    return found


def learners_part(root: Path) -> list[Locked]:
    """The releases that a learner needs, of the lock file in `root`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    wanted |= set(LEARNERS_TOOLS)
    every = read_lock(root / "requirements.lock")
    size = 0
    while size != len(wanted):
        size = len(wanted)
        wanted |= {locked.name for locked in every if locked.via & wanted}
    return [locked for locked in every if locked.name in wanted]

"""The folder `packages/` of a bundle: wheels, flyway's own, and the lists that pip reads."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from packaging.utils import parse_wheel_filename

from .contents import Item, datasets
from .errors import BundleError
from .locked import learners_part
from .targets import targets
from .wheels import choose, fetch, pip_of, read_list, requirements

Say = Callable[[str], None]


def packages_of(
    root: Path, systems: Sequence[str], pythons: Sequence[str], scratch: Path, say: Say, cache: Path
) -> list[Item]:
    """The wheels for these computers, flyway's own, and for each computer its list with hashes."""
    known, locked = read_list(), learners_part(root)
    wanted = [(target, choose(target, locked, known)) for target in targets(systems, pythons)]
    pip = pip_of(known)
    fetch(
        [(target, [pip, *(wheel for _, wheel in chosen)]) for target, chosen in wanted], cache, say
    )
    say("Making the package of flyway")
    own = own_wheel(root, scratch)
    version = parse_wheel_filename(own.name)[1]
    sha256 = hashlib.sha256(own.read_bytes()).hexdigest()
    line = f"flyway=={version} --hash=sha256:{sha256}\n"
    items = [
        Item(
            f"packages/{target.system}-{target.machine}-{target.python}.txt",
            requirements(chosen).encode(),
        )
        for target, chosen in wanted
    ]
    files = {pip.file, *(wheel.file for _, chosen in wanted for _, wheel in chosen)}
    items += [Item(f"packages/{file}", cache / file) for file in sorted(files)]
    return [*items, Item("packages/flyway.txt", line.encode()), Item(f"packages/{own.name}", own)]


def own_wheel(root: Path, into: Path) -> Path:
    """Build the wheel of flyway; its data are those of the list and no other file.

    Raises
    ------
    BundleError
        It could not be built, or somebody put a file into `datasets/`.
    """
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", into]
    if not find_spec("hatchling"):  # it comes with the test tools; uv fetches it otherwise
        command = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "-o", into]
        command += ["--build-constraints", root / "requirements-setup.lock"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True)
    made = list(into.glob("flyway-*.whl"))
    if ran.returncode or not made:
        raise BundleError(f"The package of flyway could not be made: {ran.stderr.strip()[-300:]}")
    listed = {item.name for item in datasets(root)}
    with zipfile.ZipFile(made[0]) as wheel:
        held = {name for name in wheel.namelist() if name.startswith("flyway/_datasets/")}
    strange = sorted(n for n in held if n.replace("flyway/_", "", 1) not in listed)
    if strange:
        name = strange[0].replace("flyway/_", "", 1)
        raise BundleError(
            f"{name} belongs to no data package: name it in its datapackage.json, or move it away."
        )
    return made[0]

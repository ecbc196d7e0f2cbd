"""How large a memory stick must be, and how long it takes to make one and to set up from it.

    python benchmarks/bench_bundle.py [--install]

Sizes with packages are sums of the files that would be fetched; nothing is fetched for them.
`--install` fetches the packages for this Linux computer once, makes that bundle and sets the course
up from it in a temporary folder, without a network where bubblewrap is installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flyway_course import paths
from flyway_course.bundle import make_bundle
from flyway_course.bundle.locked import learners_part
from flyway_course.bundle.targets import PYTHONS, SYSTEMS, targets
from flyway_course.bundle.wheels import choose, read_list


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--install", action="store_true", help="set up from the Linux bundle too")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.perf_counter()
        plain = make_bundle(paths.ROOT, Path(scratch))
        seconds = time.perf_counter() - begun
        print(f"Without packages: {plain.summary()} Made in {seconds:.1f} s.\n")
        with_packages(plain.size)
        if given.install:
            install(Path(scratch))


def with_packages(plain: int) -> None:
    known, locked = read_list(), learners_part(paths.ROOT)
    print(f"{'with packages for':<28}{'one Python':>12}{'all of ' + str(len(PYTHONS)):>12}   MB")
    for systems in (*((system,) for system in SYSTEMS), SYSTEMS):
        sizes = []
        for pythons in (PYTHONS[-2:-1], PYTHONS):
            chosen = [choose(target, locked, known) for target in targets(systems, pythons)]
            sizes.append(plain + sum(w.size for w in {w for each in chosen for _, w in each}))
        print(f"{', '.join(systems):<28}{sizes[0] / 1e6:>12.0f}{sizes[1] / 1e6:>12.0f}")


def install(scratch: Path) -> None:
    python = ".".join(map(str, sys.version_info[:2]))
    begun = time.perf_counter()
    folder = make_bundle(paths.ROOT, scratch, ["linux"], [python], print).folder
    print(f"\nLinux, Python {python}: made in {time.perf_counter() - begun:.0f} s")
    env = dict(os.environ, FLYWAY_HOME=str(scratch / "home"))
    walls = ["bwrap", "--dev-bind", "/", "/", "--unshare-net"] if shutil.which("bwrap") else []
    begun = time.perf_counter()
    subprocess.run([*walls, "sh", folder / "install.sh"], check=True, env=env)
    home = scratch / "home"
    size = sum(path.lstat().st_size for path in home.rglob("*") if path.is_file())
    print(f"Set up in {time.perf_counter() - begun:.0f} s, {size / 1e6:.0f} MB on the disk")


if __name__ == "__main__":
    main()

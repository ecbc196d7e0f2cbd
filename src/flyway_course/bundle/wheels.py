"""The wheels of a bundle: which files each computer needs, and how they are fetched.

`wheels.csv` beside this file names them, with hash and size, for every computer that a bundle can
serve. It carries no address, as the lock files. So it can be tested without a network that no
computer lacks a wheel, and a bundle made next month holds the same files. After a change of
`requirements.lock`: `python -m flyway_course.bundle.wheels`.
"""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import parse_wheel_filename

from flyway_course.paths import BUILD, ROOT

from .errors import BundleError
from .locked import Locked, learners_part
from .targets import PYTHONS, SYSTEMS, Target, targets

LIST = Path(__file__).with_name("wheels.csv")
CACHE = BUILD / "wheels"
REMAKE = "python -m flyway_course.bundle.wheels"
PIP = "pip"  # on the stick too: a system's Python may come without it, as on Debian
# The lock's release has no wheel for this computer; this one has. (argon2-cffi asks for any.)
STAND_INS = {("macos", "x86_64", "argon2-cffi-bindings"): "25.1.0"}


@dataclass(frozen=True)
class Wheel:
    """A file of the package index. size: bytes."""

    file: str
    sha256: str
    size: int

    @property
    def release(self) -> tuple[str, str]:
        """Name and version."""
        name, version, _, _ = parse_wheel_filename(self.file)
        return str(name), str(version)


def read_list(path: Path = LIST) -> list[Wheel]:
    """Read `wheels.csv`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Wheel(r["file"], r["sha256"], int(r["size_bytes"])) for r in csv.DictReader(file)]


def choose(
    target: Target, locked: Iterable[Locked], known: Iterable[Wheel]
) -> list[tuple[Locked, Wheel]]:
    """The wheel of each release that one computer wants, the one that its pip would take.

    Raises
    ------
    BundleError
        A release has no wheel for this computer, or the list does not belong to the lock file.
    """
    of: dict[tuple[str, str], list[Wheel]] = {}
    for wheel in known:
        of.setdefault(wheel.release, []).append(wheel)
    found, lacking = [], []
    for one in locked:
        if not target.wants(one.marker):
            continue
        older = STAND_INS.get((target.system, target.machine, one.name))
        asked = replace(one, version=older, hashes=frozenset()) if older else one
        files = {
            w.file: w
            for w in of.get((asked.name, asked.version), [])
            if older or w.sha256 in asked.hashes
        }
        best = target.best(files)
        if best is None:
            lacking.append(asked.pin)
        else:
            found.append((asked, files[best]))
    if lacking:
        raise BundleError(
            f"{target}: no wheel is listed for {', '.join(lacking)}. "
            f"If requirements.lock is newer than wheels.csv, run `{REMAKE}`."
        )
    return found


def pip_of(known: Iterable[Wheel]) -> Wheel:
    """The wheel of pip itself, which is pure Python and serves every computer."""
    return next(wheel for wheel in known if wheel.release[0] == PIP)


def requirements(chosen: Iterable[tuple[Locked, Wheel]]) -> str:
    """What pip reads on the trainee's computer: each release with the one hash that it may have."""
    lines = []
    for one, wheel in chosen:
        marker = f" ; {one.marker}" if one.marker else ""
        lines.append(f"{one.pin}{marker} --hash=sha256:{wheel.sha256}\n")
    return "".join(lines)


def fetch(
    wanted: Iterable[tuple[Target, list[Wheel]]],
    cache: Path = CACHE,
    say: Callable[[str], None] = lambda text: None,
) -> None:
    """Bring the wheels of some computers into `cache`; what is there already is not fetched again.

    pip fetches them and checks each hash.

    Raises
    ------
    BundleError
        The index was not reached, or a file is not the one that the list names.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for target, wheels in wanted:
        missing = [wheel for wheel in wheels if not is_whole(cache / wheel.file, wheel)]
        if not missing:
            continue
        size = sum(wheel.size for wheel in missing) / 1e6
        say(f"Fetching {len(missing)} packages for {target} ({size:.0f} MB)")
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            for one_of_each in rounds(missing):
                _pip_download(target, one_of_each, Path(scratch))
            for wheel in missing:
                come = Path(scratch) / wheel.file
                if not is_whole(come, wheel):
                    raise BundleError(
                        f"The package index gave another file than {wheel.file}: run the command "
                        f"again, and if it says the same, `{REMAKE}`."
                    )
                come.replace(cache / wheel.file)


def rounds(wheels: Iterable[Wheel]) -> list[list[Wheel]]:
    """Part wheels so that no part holds two releases of one package, which pip refuses.

    Two are needed where patch releases of one Python differ (soupsieve, Python 3.11.4 and 3.11.5).
    """
    parts: list[dict[str, Wheel]] = []
    for wheel in wheels:
        name = wheel.release[0]
        part = next((part for part in parts if name not in part), None)
        if part is None:
            parts.append(part := {})
        part[name] = wheel
    return [list(part.values()) for part in parts]


def is_whole(path: Path, wheel: Wheel) -> bool:
    """Whether the file is there with the right content."""
    if not path.is_file() or path.stat().st_size != wheel.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == wheel.sha256


def _pip_download(target: Target, wheels: list[Wheel], into: Path) -> None:
    lines = [f"{w.release[0]}=={w.release[1]} --hash=sha256:{w.sha256}\n" for w in wheels]
    wanted = into / "wanted.txt"
    wanted.write_text("".join(lines), encoding="utf-8")
    tags = {tag for wheel in wheels for tag in parse_wheel_filename(wheel.file)[3]}
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
    command += ["--implementation", "cp", "--python-version", f"{target.python}.99"]
    for platform in sorted({tag.platform for tag in tags} - {"any"}):
        command += ["--platform", platform]
    if all(tag.platform == "any" for tag in tags):
        command += ["--platform", target.tags()[0].platform]
    name = "cp" + target.python.replace(".", "")
    for abi in (name, "abi3", "none"):
        command += ["--abi", abi]
    ran = subprocess.run(
        [*command, "-r", wanted, "-d", into], capture_output=True, text=True, encoding="utf-8",
        errors="replace",
    )  # fmt: skip
    wanted.unlink()
    if ran.returncode:
        tail = " ".join((ran.stderr.strip() or ran.stdout.strip()).splitlines()[-2:])
        raise BundleError(
            f"The packages for {target} could not be fetched. A bundle with `--for` needs the "
            f"internet once; without `--for` it needs none. pip said: {tail}"
        )


def write_list(path: Path = LIST) -> int:
    """Ask the package index for the files of each release; write those that a computer needs.

    Returns how many files the list names.
    """
    import os
    import shutil
    import sysconfig

    locked = learners_part(ROOT)
    here = Path(sysconfig.get_path("scripts")) / ("uv.exe" if os.name == "nt" else "uv")
    uv = str(here) if here.exists() else shutil.which("uv")
    with tempfile.TemporaryDirectory() as scratch:
        asked, made = Path(scratch) / "asked.in", Path(scratch) / "pylock.toml"
        pins = [f"{one.pin}{f' ; {one.marker}' if one.marker else ''}\n" for one in locked]
        olds = [f"{name}=={version}\n" for (_, _, name), version in STAND_INS.items()]
        packages = []
        for lines in ([*pins, PIP + "\n"], olds):
            asked.write_text("".join(lines), encoding="utf-8")
            subprocess.run(
                [uv, "pip", "compile", "--quiet", "--universal", "--no-deps", "--generate-hashes",
                 "--python-version", PYTHONS[0], "--format", "pylock.toml", asked, "-o", made],
                check=True, cwd=scratch,
            )  # fmt: skip
            packages += tomllib.loads(made.read_text(encoding="utf-8"))["packages"]
            made.unlink()
    known = [
        Wheel(
            entry.get("name") or entry["url"].rsplit("/", 1)[-1],
            entry["hashes"]["sha256"],
            entry["size"],
        )
        for package in packages
        for entry in package.get("wheels", [])
    ]
    needed = {
        wheel for target in targets(SYSTEMS, PYTHONS) for _, wheel in choose(target, locked, known)
    } | {pip_of(known)}
    with path.open("w", encoding="utf-8", newline="\n") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["file", "sha256", "size_bytes"])
        for wheel in sorted(needed, key=lambda w: w.file.lower()):
            writer.writerow([wheel.file, wheel.sha256, wheel.size])
    return len(needed)


if __name__ == "__main__":
    print(f"{LIST.name} names {write_list()} files")

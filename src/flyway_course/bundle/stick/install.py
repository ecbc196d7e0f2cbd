"""Set up the course on a trainee's computer, from the stick, with no network.

Standard library only. The home folder gets `counting-across-borders/`:

- `env/`: the packages, in an environment of their own
- `course/`: the book, the exercises and the server of the course
- `workspace/`: the trainee's notebooks; never touched here
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

STICK = Path(__file__).resolve().parent.parent
NAME = "counting-across-borders"
SYSTEMS = {"Windows": "windows", "Darwin": "macos", "Linux": "linux"}
NEEDED_MB = 1500
SAID = 3  # exit code: a sentence has told the person what to do
COURSE_FOLDERS = ("book", "exercises", "start")
WINDOWS = os.name == "nt"
OPEN_FILE = {"windows": "open.bat", "macos": "open.command", "linux": "open.sh"}


class InstallError(Exception):
    """Set-up cannot go on; the message says why and what helps."""


def home_folder() -> Path:
    """Where the course is set up: in the person's own folder, or where FLYWAY_HOME says."""
    return Path(os.environ.get("FLYWAY_HOME") or Path.home() / NAME)


def this_computer() -> str:
    """The name of this kind of computer, as in the names of the lists in `packages/`."""
    system = SYSTEMS.get(platform.system(), platform.system().lower())
    python = ".".join(map(str, sys.version_info[:2]))
    # on Windows, what Python was made for counts: it may be another processor's, and still run
    windows = {"win-amd64": "AMD64", "win-arm64": "ARM64", "win32": "x86"}
    machine = windows.get(sysconfig.get_platform()) or platform.machine()
    return f"{system}-{machine}-{python}"


def list_of_packages(stick: Path = STICK) -> Path:
    """The list of packages for this computer.

    Raises InstallError where the stick has none, and says which Pythons it serves.
    """
    wanted = this_computer()
    path = stick / "packages" / f"{wanted}.txt"
    if path.is_file():
        return path
    kind, python = wanted.rsplit("-", 1)
    known = sorted(p.stem for p in path.parent.glob("*-*-*.txt"))
    served = [name.rsplit("-", 1)[1] for name in known if name.rsplit("-", 1)[0] == kind]
    if served:
        raise InstallError(
            f"This is Python {python}, and the stick has packages for Python {', '.join(served)}: "
            "ask your instructor for one of these. The book opens without it: START-HERE.html."
        )
    have = ", ".join(sorted({name.rsplit("-", 1)[0] for name in known})) or "none"
    raise InstallError(
        f"The stick has no packages for this computer ({kind}), only for: {have}. "
        "The book opens without them: START-HERE.html."
    )


def python_of(env: Path) -> Path:
    """The Python of an environment."""
    return env / ("Scripts/python.exe" if WINDOWS else "bin/python")


def run(doing: str, command: list, tell: bool = False) -> None:
    """Run one step; raise InstallError with its last lines if it fails."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    clean.update(PYTHONUTF8="1", PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1")
    begun = time.monotonic()
    ran = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", env=clean,
    )  # fmt: skip
    lines, done = [], 0
    for line in ran.stdout:
        lines.append(line)
        if tell and line.startswith("Processing "):
            done += 1
            if done % 20 == 0:
                print(f"        {done} packages looked at", flush=True)
        if tell and line.startswith("Installing collected"):
            print("        writing them to the disk; this is the longest part", flush=True)
    if ran.wait():
        said = "".join(lines)
        if "No space left" in said or "Errno 28" in said or "WinError 112" in said:
            raise InstallError(no_room())
        tail = "".join(lines[-6:])
        raise InstallError(f"Set-up stopped while {doing}. The installer said:\n{tail}")
    print(f"        done in {time.monotonic() - begun:.0f} s", flush=True)


def no_room() -> str:
    """Return the sentence for a full disk."""
    return (
        f"The disk of {home_folder().parent} is too full: the course needs {NEEDED_MB / 1000:.1f} GB. "
        "Delete what you do not need, then start the installation again."
    )


def set_up_packages(home: Path, packages: Path) -> None:
    """Make the environment, whole or not at all, unless it stands already."""
    env, stamp = home / "env", home / "env" / ".ready"
    mark = hashlib.sha256(packages.read_bytes()).hexdigest() + " " + str(home)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == mark and python_of(env).exists():
        print("  [1/3] the packages are there already", flush=True)
        return
    if shutil.disk_usage(home).free < NEEDED_MB * 1e6:
        raise InstallError(no_room())
    shutil.rmtree(env, ignore_errors=True)
    if env.exists():
        raise InstallError(f"{env} is in use: close the course and JupyterLab, then start again.")
    print("  [1/3] setting up the packages (two to ten minutes)", flush=True)
    # pip comes from the stick: the Python of some systems cannot put one into an environment
    run("making the environment", [sys.executable, "-m", "venv", "--without-pip", env])
    run("installing the packages", pip_install(env, packages), tell=True)
    stamp.write_text(mark, encoding="utf-8")


def pip_install(env: Path, packages: Path) -> list:
    """The command that installs a list of packages from the stick, and from nowhere else."""
    pip = next(packages.parent.glob("pip-*.whl")) / "pip"
    command = [python_of(env), pip, "install", "--no-index", "--find-links", packages.parent]
    command += ["--require-hashes", "--only-binary", ":all:", "--no-warn-script-location"]
    return [*command, "-r", packages]


def set_up_flyway(home: Path, stick: Path = STICK) -> None:
    """Install flyway itself: always anew, as it is small and what changes between two sticks."""
    print("  [2/3] setting up flyway", flush=True)
    command = pip_install(home / "env", stick / "packages" / "flyway.txt")
    run("installing flyway", [*command, "--no-deps", "--force-reinstall"])


def copy_course(home: Path, stick: Path = STICK) -> None:
    """Copy book, exercises and server, so that the stick can go to the next computer."""
    print("  [3/3] copying the book and the exercises", flush=True)
    new, old, place = home / "course.new", home / "course.old", home / "course"
    for rest in (new, old):
        shutil.rmtree(rest, ignore_errors=True)
    for name in COURSE_FOLDERS:
        shutil.copytree(stick / name, new / name)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    opener = OPEN_FILE[SYSTEMS[platform.system()]]
    shutil.copy(stick / opener, home / opener)
    (home / opener).chmod(0o755)


def main(arguments: list) -> int:
    """Install, telling each step; return the exit code.

    `--test` installs nothing and says by the code whether the stick serves this Python.
    """
    try:
        packages = list_of_packages()
        if "--test" in arguments:
            return 0
        home = home_folder()
        print(f"Setting up the course in {home}\nNo internet is needed.", flush=True)
        home.mkdir(parents=True, exist_ok=True)
        set_up_packages(home, packages)
        set_up_flyway(home)
        copy_course(home)
    except InstallError as error:
        print(f"\n{error}", flush=True)
        return SAID
    except OSError as error:
        full = error.errno == 28 or getattr(error, "winerror", 0) == 112
        print(f"\n{no_room() if full else f'Set-up stopped: {error}.'}", flush=True)
        return 1
    opener = OPEN_FILE[SYSTEMS[platform.system()]]
    print(f"\nReady. To open the course, start {opener}, here or in {home}.", flush=True)
    print("You can take the stick out now. Bring it back when you hand in your work.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

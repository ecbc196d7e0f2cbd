#!/usr/bin/env python3
"""Start the course: `python3 course.py open`. Needs Python 3.11 or newer and nothing else.

The first run makes `.venv` in this folder and installs the exact packages of the lock file; every
later run goes straight to the command. The commands themselves live in `src/flyway_course/cli.py`.
This file holds only the standard library, and no syntax newer than Python 3.7, so that an old
Python can still say what is wrong.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / ".course-stamp"  # set-up finished, and for which lock files
BEGUN = VENV / ".course-begun"  # set-up started; still there if it was interrupted
LOCKS = {"course": "requirements.lock", "test": "requirements-test.lock"}  # test holds all of both
SETUP_LOCK = "requirements-setup.lock"  # uv and what builds the course, by hash
NEEDED_GB = 3  # .venv and the built book, with room to work

# What `--help` prints before anything is installed; a test holds it equal to the commands.
COMMANDS = {
    "open": "Build the book if needed, then open book and JupyterLab on one local address.",
    "build": "Build the book; only what changed is executed again.",
    "website": "Make the website: one folder, ready for GitHub Pages or any other web host.",
    "bundle": "Put the course into one folder and zip for a USB stick, with or without packages.",
    "pdf": "Print the book as a PDF, or with --sheets one sheet for each lesson.",
    "serve": "Serve the book and JupyterLab without opening a browser.",
    "lab": "Open JupyterLab on your own copies of the lessons, in workspace/.",
    "test": "Run the tests of the course; options go to pytest.",
    "lint": "Check lessons and code against the course's own rules.",
    "release": "Make the trainees' copy of an assignment from solutions/.",
    "collect": "Take in the notebooks that trainees handed in.",
    "grade": "Grade what was collected, each notebook apart from the others.",
    "mark": "Open the page where you mark written answers by hand.",
    "feedback": "Write feedback that helps and gives no hidden test away.",
    "export": "Write the marks as a table for a spreadsheet, Moodle or Canvas.",
    "report": "Show what the class could do, and whom to look at.",
    "restore": "Bring back the gradebook as it was before a run.",
    "cohort": "Make a class: its list of people, its folder, its private seed.",
    "doctor": "Show what is installed and what is missing, with the mend.",
    "clean": "Remove built pages and caches; your workspace is kept.",
}
TEST_COMMANDS = {"test", "lint"}  # these need the larger lock file

NETWORK = ("dns error", "name resolution", "failed to resolve", "could not connect", "max retries",
           "network is unreachable", "connection refused", "connection reset", "timed out",
           "error sending request", "no matching distribution", "newconnectionerror")  # fmt: skip
DISK = ("no space left", "os error 28", "errno 28", "os error 112", "not enough space")
RIGHTS = ("permission denied", "os error 13", "errno 13", "access is denied", "read-only file")


class SetupError(Exception):
    """Set-up cannot go on; the message is one sentence that names the mend."""


def help_text() -> str:
    """Return the commands with one line each."""
    lines = ["Counting Across Borders: the course in two commands.", ""]
    lines += ["  python3 course.py open     read the book and run its lessons"]
    lines += ["  python3 course.py test     check that all of it works", "", "All commands:", ""]
    lines += [f"  {name:<10}{text}" for name, text in COMMANDS.items()]
    lines += ["", "python3 course.py COMMAND --help explains one command and its options."]
    return "\n".join(lines)


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


def in_venv(name: str) -> Path:
    """Return the path of a program of the environment on this system."""
    return VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name


def stamp_of(profile: str) -> str:
    """Return what a finished set-up writes: profile, hash of the lock files, folder."""
    names = [*LOCKS.values(), "pyproject.toml"]
    digest = hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()
    return f"{profile} {digest[:16]} {ROOT}"  # a moved folder needs a new environment


def is_ready(profile: str) -> bool:
    """Say whether the environment stands and belongs to the lock files as they are now."""
    if BEGUN.exists() or not STAMP.exists() or not in_venv("python").exists():
        return False
    return STAMP.read_text(encoding="utf-8") in {stamp_of("test"), stamp_of(profile)}


def clean_env() -> dict:
    """Return the environment variables for our children, without what would disturb them."""
    env = dict(os.environ)
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX"):
        env.pop(name, None)
    env.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUTF8="1")
    return env


def no_disk() -> str:
    """Return the sentence for a full disk."""
    return f"The disk of {ROOT} is full: free {NEEDED_GB} GB, then run the same command again."


def no_rights() -> str:
    """Return the sentence for a folder that cannot be written."""
    return (f"{ROOT} cannot be written: move the course to a folder of your own, such as your home "
            "folder, then run the same command again.")  # fmt: skip


def explain(doing: str, output: str) -> str:
    """Turn an installer's output into one sentence with the mend."""
    text = output.lower()
    if any(sign in text for sign in DISK):
        return no_disk()
    if any(sign in text for sign in RIGHTS):
        return no_rights()
    if "ensurepip" in text:
        return ("This Python cannot make environments: install its venv module "
                "(Debian, Ubuntu: sudo apt install python3-venv), then run the same command again.")  # fmt: skip
    if any(sign in text for sign in NETWORK):
        return ("The packages of the course could not be fetched: the package index (pypi.org) was "
                "not reached. Connect to the internet for this first set-up, then run the same "
                "command again; later runs need no network.")  # fmt: skip
    tail = "\n".join(output.strip().splitlines()[-12:])
    return f"Set-up stopped while {doing}. The installer said:\n{tail}"


def run(doing: str, command: list) -> None:
    """Run an installer; show each large package as it comes; raise one sentence if it fails."""
    process = subprocess.Popen(
        [str(part) for part in command], cwd=str(ROOT), env=clean_env(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
    )  # fmt: skip
    output = []
    try:
        for line in process.stdout:
            output.append(line)
            if line.split()[:1] in (["Downloading"], ["Prepared"], ["Installed"], ["Bytecode"]):
                say("        " + line.strip())
        process.wait()
    finally:
        process.kill()  # only still running if we were interrupted
    if process.returncode:
        raise SetupError(explain(doing, "".join(output)))


def works(python: Path) -> bool:
    """Say whether the environment's Python starts, is new enough and has pip."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.call([str(python), "-c", test], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def set_up(profile: str) -> None:
    """Make or mend the environment, showing each step."""
    if shutil.disk_usage(str(ROOT)).free < NEEDED_GB * 1e9 and not STAMP.exists():
        raise SetupError(no_disk())
    python, lock = in_venv("python"), LOCKS[profile]
    steps = []
    if VENV.exists() and (BEGUN.exists() or not works(python)):
        say("The last set-up did not finish, or Python moved: starting afresh.")
        shutil.rmtree(str(VENV))
    if not VENV.exists():
        steps += [("making the environment .venv", [sys.executable, "-m", "venv", VENV])]
    VENV.mkdir(exist_ok=True)
    BEGUN.touch()
    uv_pip = [in_venv("uv"), "pip"]
    steps += [
        ("fetching the installer (uv)",
         [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:",
          "-r", SETUP_LOCK]),
        (f"installing the packages of {lock} (some minutes, once)",
         [*uv_pip, "sync", "--python", python, "--require-hashes", "--compile-bytecode", lock]),
        ("adding the course itself",
         [*uv_pip, "install", "--python", python, "--no-deps", "--quiet",
          "--build-constraints", SETUP_LOCK, "--editable", "."]),
    ]  # fmt: skip
    say(f"Setting up the course in {VENV}")
    for number, (doing, command) in enumerate(steps, 1):
        say(f"  [{number}/{len(steps)}] {doing}")
        run(doing, command)
    STAMP.write_text(stamp_of(profile), encoding="utf-8")
    BEGUN.unlink()


def ensure(profile: str) -> None:
    """Set up if needed, one launch at a time."""
    if is_ready(profile):
        return
    sys.path.insert(0, str(ROOT / "src"))
    from flyway_course.locks import one_at_a_time  # standard library only

    waiting = "Another window is setting up the course; this one waits for it to finish."
    try:
        with one_at_a_time(ROOT / "_build" / "setup.lock", lambda: say(waiting)):
            if not is_ready(profile):
                had_tests = in_venv("pytest").exists()
                set_up("test" if had_tests else profile)  # never take a contributor's tools away
    except TimeoutError as error:
        raise SetupError(str(error)) from None
    except OSError as error:
        raise SetupError(explain("writing files", str(error))) from None


def main(arguments: list) -> int:
    """Check Python, set up, and hand over to the command; return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 — the point is to run on an old Python
        old = ".".join(map(str, sys.version_info[:2]))
        say(f"The course needs Python 3.11 or newer, and this is Python {old}: install a newer one "
            "from https://www.python.org/downloads/ and start course.py with it.")  # fmt: skip
        return 1
    command = arguments[0] if arguments else "--help"
    if command in ("-h", "--help", "help"):
        say(help_text())
        return 0
    if command not in COMMANDS:
        say(f"There is no command `{command}`.\n\n{help_text()}")
        return 2
    try:
        ensure("test" if command in TEST_COMMANDS else "course")
    except SetupError as error:
        say(str(error))
        return 1
    call = [str(in_venv("python")), "-P", "-m", "flyway_course.cli", *arguments]
    if os.name == "nt":  # Windows has no real exec: the prompt would come back at once
        return subprocess.call(call, env=clean_env())
    return os.execve(call[0], call, clean_env())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again to go on.")
        sys.exit(130)

"""Run a program as an ordinary user, also where the tests run as root: root escapes some walls."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from flyway_course.grading.errors import GradingError
from flyway_course.grading.sandbox import machine
from flyway_course.paths import ROOT

USER = 61_800


def need_sandbox():
    """Skip without a sandbox on a person's computer; fail in CI."""
    try:
        return machine.examine(lambda text: None)
    except GradingError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


def command(arguments):
    """The command line that runs `arguments` as an ordinary user."""
    if os.geteuid() != 0:
        return arguments
    home = Path.home().resolve()
    needed = {Path(p).resolve() for p in (sys.base_prefix, sys.prefix, ROOT)}
    inside = sorted(p for p in needed if p.is_relative_to(home))
    # a home that only root may enter is replaced by one that holds Python and nothing else
    view = [shutil.which("bwrap"), "--dev-bind", "/", "/"]
    if inside:
        view += ["--perms", "0755", "--tmpfs", str(home)]
    parents = {p for place in inside for p in place.parents if p.is_relative_to(home)}
    for place in sorted(parents - {home}):
        view += ["--perms", "0755", "--dir", str(place)]
    for place in inside:
        view += ["--bind", str(place), str(place)]
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    user += ["--inh-caps=-all", "--bounding-set=-all"]
    return [*view, *user, *arguments]


@contextmanager
def folder():
    """A folder for one class. pytest's own lie where only their owner may enter."""
    with tempfile.TemporaryDirectory(prefix="flyway-hostile-") as place:
        yield Path(place)


def run(script, folder, *arguments, **options):
    """Run a Python script as an ordinary user who owns `folder`; return what it printed."""
    if os.geteuid() == 0:
        for place in [folder, *folder.rglob("*")]:
            os.chown(place, USER, USER, follow_symlinks=False)
    environment = {**os.environ, "HOME": str(folder), **options.pop("env", {})}
    done = subprocess.run(
        command([sys.executable, str(script), *map(str, arguments)]),
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        **options,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    return done.stdout

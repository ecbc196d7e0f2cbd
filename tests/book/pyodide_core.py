"""A small distribution of Pyodide for tests: its core from npm, and pure-Python wheels.

The full distribution is a download of its own. The core from npm starts Python; with the wheels
that the kernel is made of, at the versions of Pyodide's own list, cells run and widgets
answer. numpy and the like are not in it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from flyway_course.lite import distribution, tools
from flyway_course.lite.lockfile import KERNEL, closure
from flyway_course.paths import NODE_MODULES

NPM = NODE_MODULES / "pyodide"
# Nothing of the course asks for it, so no other lock file holds it. Made by: echo micropip==0.11.1 |
# uv pip compile --no-deps --generate-hashes --python-version 3.14 - -o tests/book/micropip.lock
MICROPIP = Path(__file__).with_name("micropip.lock")


def core_distribution(into: Path) -> Path:
    """Write the distribution into a new folder; return the folder."""
    whole = distribution.from_cdn(NPM)
    names = closure({n for n in KERNEL if n in whole.packages} | {"traitlets"}, whole.packages)
    wanted = tools.locked(names - {"micropip"}) + tools.locked({"micropip"}, MICROPIP)
    other = {n: v for n, v, _ in wanted if v != whole.packages[n]["version"]}
    assert not other, f"Pyodide {whole.release} has other versions of {other}"
    into.mkdir(parents=True)
    for name in (*distribution.INTERPRETER, distribution.LOCK, "package.json"):
        shutil.copyfile(NPM / name, into / name)
    lock = json.loads((into / distribution.LOCK).read_text("utf-8"))
    for name, wheel in tools.fetch(wanted).items():
        entry = lock["packages"][name]
        shutil.copyfile(wheel, into / wheel.name)
        # Pyodide packs these anew, with other bytes: a browser would refuse them by their hash
        entry["file_name"] = wheel.name
        entry["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (into / distribution.LOCK).write_text(json.dumps(lock), encoding="utf-8")
    return into

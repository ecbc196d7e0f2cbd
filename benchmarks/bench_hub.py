"""The image of Binder or a hub, made as repo2docker makes it, and the memory of one learner in it.

    python benchmarks/bench_hub.py [--python PROGRAM] [--keep FOLDER]

What is committed is cloned. A fresh environment gets the versions of `environment.yml` from the
package index, where a hub takes them from conda; then `postBuild` runs, with a home folder elsewhere.
A server starts below /user/someone/ on a third folder, the learner's, and runs all of lesson 4.2.
Linux only: memory is read from /proc. The first run fetches packages.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import yaml
from jupyter_client import BlockingKernelClient

from flyway_course import paths
from flyway_course.serve.run import choose_port

BASE, TOKEN = "/user/someone/", "benchmark"
LESSON = "04-change-02-index-with-gaps"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    options.add_argument("--python", help="a Python of the version in environment.yml")
    given = options.parse_args()
    if given.keep:
        prove(given.keep.absolute(), given.python)
        return
    with tempfile.TemporaryDirectory() as scratch:
        prove(Path(scratch), given.python)


def prove(place: Path, program: str | None) -> None:
    course, home, learner = place / "image" / "course", place / "home", place / "learner"
    for folder in (home, learner):
        folder.mkdir(parents=True)
    # how this computer reaches the package indexes may stand in the environment
    env = {
        k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHON", "IPYTHON"))
    }
    env |= {"PATH": f"{place / 'env' / 'bin'}:/usr/bin:/bin", "HOME": str(home)}
    begun = time.perf_counter()
    run(["git", "clone", "--quiet", paths.ROOT, course])
    python = install(course, place / "env", program)
    print(
        f"environment of {python}: {time.perf_counter() - begun:.0f} s, {size(place / 'env'):.0f} MB"
    )
    begun = time.perf_counter()
    run([course / "postBuild"], cwd=course, env=env, stdout=subprocess.DEVNULL)
    print(f"postBuild: {time.perf_counter() - begun:.0f} s, course {size(course):.0f} MB")
    port = choose_port(None)
    command = ["jupyter", "lab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
               "--ServerApp.ip=127.0.0.1", f"--ServerApp.base_url={BASE}", "--ServerApp.log_level=ERROR",
               f"--ServerApp.root_dir={learner}", f"--IdentityProvider.token={TOKEN}"]  # fmt: skip
    server = subprocess.Popen(command, cwd=course, env=env)
    try:
        look(f"http://127.0.0.1:{port}{BASE}", server, home, learner)
    finally:
        server.terminate()
        server.wait()


def install(course: Path, place: Path, program: str | None) -> str:
    """Make the environment of `environment.yml` with pip's names; returns its Python."""
    wanted, python = [], ""
    for line in yaml.safe_load((course / "environment.yml").read_text("utf-8"))["dependencies"]:
        if isinstance(line, dict):
            wanted += [entry for entry in line["pip"] if not entry.startswith("-e")]
        elif line.startswith("python="):
            python = line.partition("=")[2]
        elif line != "pip":
            wanted.append(line.replace("=", "==", 1))
    uv = shutil.which("uv") or paths.ROOT / ".venv" / "bin" / "uv"
    run([uv, "venv", "--quiet", "--seed", "--no-project", "--python", program or python, place])
    target = ["--quiet", "--python", place / "bin" / "python"]
    run([uv, "pip", "install", *target, *wanted])
    run([uv, "pip", "install", *target, "--editable", course])
    return f"Python {python}"


def look(address: str, server: subprocess.Popen, home: Path, learner: Path) -> None:
    """Open a lesson as its button does, run it, and read the memory."""
    while server.poll() is None:
        try:
            ask(f"{address}api")
            break
        except OSError:
            time.sleep(0.2)
    listed = ask(f"{address}api/contents/counting-across-borders")["content"]
    names = sorted(entry["name"] for entry in listed)
    print(f"in the learner's file list: {len(names)}, from {names[0]} to {names[-1]}")
    print(f"server: {memory(server.pid):.0f} MB")
    notebook = learner / "counting-across-borders" / f"{LESSON}.ipynb"
    path = notebook.relative_to(learner).as_posix()
    asked = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
    kernel = ask(f"{address}api/sessions", asked)["kernel"]["id"]
    runtime = home / ".local" / "share" / "jupyter" / "runtime"
    client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    begun = time.perf_counter()
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    failed = 0
    for source in sources:
        reply = client.execute_interactive(source, output_hook=lambda _: None, timeout=300)
        failed += reply["content"]["status"] != "ok"
    client.stop_channels()
    print(f"lesson 4.2: {len(sources)} cells, {failed} failed, {time.perf_counter() - begun:.1f} s")
    for child in children(server.pid):
        print(f"kernel: {memory(child):.0f} MB")
    print(f"server: {memory(server.pid):.0f} MB")


def ask(address: str, content: dict | None = None) -> dict:
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    body = None if content is None else json.dumps(content).encode()
    with urllib.request.urlopen(
        urllib.request.Request(address, body, headers), timeout=60
    ) as answer:
        return json.loads(answer.read())


def children(process: int) -> list[int]:
    return [int(c) for c in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def memory(process: int) -> float:
    """Resident memory, MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[1]) / 1e3


def size(folder: Path) -> float:
    return sum(f.lstat().st_size for f in folder.rglob("*") if not f.is_dir()) / 1e6


def run(command: list, **options: object) -> None:
    # uv keeps what it has fetched in the home folder of the one who runs this
    subprocess.run(
        [str(part) for part in command], check=True, **{"env": dict(os.environ), **options}
    )


if __name__ == "__main__":
    main()

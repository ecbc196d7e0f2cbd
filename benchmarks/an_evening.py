"""An instructor's evening: a class of 100 honest trainees, mixed with every hostile one we know.

    .venv/bin/python benchmarks/an_evening.py [--honest 100] [--keep FOLDER]

Honest trainees are finished, half-finished, or wrong in the usual ways; their names are in three
scripts. The evening: collect, grade, killed half-way, grade again, feedback, export, report. It
prints how long each step took and what became of every file.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from trainees import answers_of

from flyway_course.paths import ROOT

HOSTILE = ROOT / "tests" / "hostile"
sys.path.insert(0, str(HOSTILE))
import a_class  # noqa: E402
import test_files  # noqa: E402

GIVEN = [
    "Ana",
    "Minji",
    "Yuki",
    "Saraa",
    "Zoë",
    "Бат",
    "Сараа",
    "Оюун",
    "Наталья",
    "Иван",
    "민지",
    "하늘",
    "서연",
    "도윤",
    "花子",
    "健",
    "小明",
    "丽华",
]
FAMILY = [
    "Kim",
    "Lee",
    "Park",
    "Tanaka",
    "Дорж",
    "Эрдэнэ",
    "Петрова",
    "김",
    "이",
    "山田",
    "王",
    "李",
]


def honest(count, rng):
    """Trainees by name, and their answers; a line of their own makes each program another one."""
    made = {}
    for number in range(count):
        name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)} {number + 1}"
        answers = answers_of(a_class.X0, number)
        answers["largest-rise"] = f"own = {name!r}\n" + answers.get("largest-rise", "pass")
        made[name] = answers
    return made


def hand_in(inbox, count):
    """Write the class's files; return how many there are."""
    people = honest(count, random.Random(7))
    for path in sorted(HOSTILE.glob("*.toml")):
        for name, case in tomllib.loads(path.read_text(encoding="utf-8")).items():
            people[f"{path.stem} {name}"] = a_class.REFERENCE | {case["cell"]: case["code"]}
    files = {
        f"{who}/{a_class.X0.name}.ipynb": json.dumps(a_class.notebook(a)).encode()
        for who, a in people.items()
    }
    for number, (make, _) in enumerate(test_files.MENDED.values()):
        files[f"mended {number}/x0.ipynb"] = make()
    for number, (data, _) in enumerate(test_files.REFUSED.values()):
        files[f"refused {number}/x0.ipynb"] = data
    for name, data in files.items():
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(data)
    return len(files)


def step(words, *arguments, environment, kill_after=None):
    """Run one command of the course; with `kill_after`, kill it when it has graded so many."""
    began, graded, lines = time.perf_counter(), 0, []
    command = [sys.executable, "-m", "flyway_course.cli", *arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as run:
        for line in run.stdout:
            lines.append(line)
            graded += line.startswith("[")
            if kill_after and graded >= kill_after:
                run.send_signal(signal.SIGKILL)
                break
    print(f"{words:<14}{time.perf_counter() - began:7.1f} s   exit {run.returncode}   {graded} run")
    return "".join(lines)


def main():
    read = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    read.add_argument("--honest", type=int, default=100)
    read.add_argument("--keep", type=Path)
    said = read.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = said.keep or Path(temporary)
        count = hand_in(folder / "inbox", said.honest)
        print(f"{count} files handed in, {said.honest} of them honest")
        environment = {**os.environ, "FLYWAY_COHORTS": str(folder / "cohorts")}
        grade = ("grade", "X0", "--seconds", "15")
        run = {"environment": environment}
        step("collect", "collect", "X0", str(folder / "inbox"), **run)
        step("grade, killed", *grade, **run, kill_after=count // 2)
        shown = step("grade again", *grade, **run)
        print("   ", next(line for line in shown.splitlines() if "handed in" in line))
        step("and again", *grade, **run)
        step("feedback", "feedback", "X0", **run)
        step("export", "export", "X0", **run)
        print(step("report", "report", "X0", **run)[:3000])


if __name__ == "__main__":
    main()

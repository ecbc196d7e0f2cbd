"""What the trainees of a simulated class hand in: finished, half-finished, or with usual mistakes."""

from __future__ import annotations

import random
import tomllib

from flyway_course.grading.plan import ANSWER, WRITTEN
from flyway_course.paths import ROOT

KINDS = ("finished", "wrong", "wrong", "finished", "wrong", "half")


def answers_of(asked, number):
    """The answers of trainee `number` by cell; cells that are not there were left as they came."""
    rng = random.Random(f"{asked.name} {number}")
    made = {s.id: s.source for s in asked.plan if s.kind in (ANSWER, WRITTEN)}
    kind = KINDS[number % len(KINDS)]
    if kind == "half":
        return dict(list(made.items())[: rng.randint(1, 4)])
    if kind == "wrong":
        path = ROOT / "tests" / "course" / "mutants" / f"{asked.name}.toml"
        mistakes = tomllib.loads(path.read_text(encoding="utf-8"))
        for cell in rng.sample(sorted(mistakes), rng.randint(1, 3)):
            made[cell] = rng.choice(list(mistakes[cell].values()))
    return made

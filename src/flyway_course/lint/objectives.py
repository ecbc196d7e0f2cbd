"""The objective-to-check map: what a lesson promises is what it tests.

Each objective names the quizzes, exercises or assignments that check it; each quiz names the
objective that it checks. The map says the same in both directions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flyway_course.grading.assignments import known_assignments

from .lesson import Block, Lesson
from .problem import Problem

# One cannot see whether somebody "understands": these verbs promise nothing that can be checked.
VAGUE = ("understand", "know", "learn", "appreciate", "be aware", "be familiar", "grasp", "realise")
_ASSIGNMENT = re.compile(r"X\d+")


def check(lesson: Lesson, solutions: Path) -> list[Problem]:
    """Return every gap in the map; `solutions` is the folder with the assignments' sources."""
    return [*_objectives(lesson, solutions), *_quizzes(lesson), *_labels(lesson)]


def objectives(lesson: Lesson) -> list[dict[str, Any]]:
    """Return the objectives that are written as `{id, text, checked_by}`."""
    found = lesson.card.get("objectives")
    return [o for o in found if isinstance(o, dict)] if isinstance(found, list) else []


def labels(lesson: Lesson) -> dict[str, Block]:
    """Return the quizzes and exercises of a page by label."""
    boxes = {box.arg.strip(): box for box in lesson.directives("quiz") if box.arg.strip()}
    for box in lesson.directives("exercise"):
        if box.options.get("label"):
            boxes[str(box.options["label"]).strip()] = box
    return boxes


def _objectives(lesson: Lesson, solutions: Path) -> Iterator[Problem]:
    def problem(line: int, message: str) -> Problem:
        return Problem(lesson.path, line, "objective-map", message)

    boxes = labels(lesson)
    listed = lesson.card.get("objectives")
    if isinstance(listed, list) and len(listed) != len(objectives(lesson)):
        line = lesson.line_of("objectives:")
        yield problem(line, "an objective is not written as {id: …, text: …, checked_by: […]}")
    counts = Counter(str(o.get("id")) for o in objectives(lesson))
    for objective in objectives(lesson):
        name, text = str(objective.get("id") or ""), str(objective.get("text") or "")
        line = lesson.line_of(f"id: {name}", lesson.line_of("objectives:"))
        if not name or not text:
            yield problem(line, f"the objective “{text or name}” lacks an `id` or a `text`")
            continue
        if counts[name] > 1:
            yield problem(line, f"two objectives have the id `{name}`; rename one")
        vague = next((verb for verb in VAGUE if text.lower().startswith(verb)), None)
        if vague:
            message = f"objective `{name}` begins with “{vague}”; begin with what one can see done"
            yield problem(line, message)
        checked = objective.get("checked_by")
        if not isinstance(checked, list) or not checked:
            message = f"nothing checks objective `{name}`; name a quiz, exercise or assignment"
            yield problem(line, message)
            continue
        for label in map(str, checked):
            if _ASSIGNMENT.fullmatch(label):
                if label not in known_assignments(solutions):
                    message = f"objective `{name}` is checked by `{label}`, which solutions/ lacks"
                    yield problem(line, message)
            elif label not in boxes:
                message = f"objective `{name}` is checked by `{label}`, which is not on this page"
                yield problem(line, message)


def _quizzes(lesson: Lesson) -> Iterator[Problem]:
    by_id = {str(o.get("id")): o for o in objectives(lesson)}
    for quiz in lesson.directives("quiz"):
        label = quiz.arg.strip()
        named = str(quiz.options.get("objective", "")).strip()
        if not label:
            message = "this quiz has no label; write `{quiz} q-growth`"
        elif not named:
            message = f"quiz `{label}` names no objective; add `:objective: id`"
        elif named not in by_id:
            message = f"quiz `{label}` names objective `{named}`, which the front matter lacks"
        elif label not in map(str, by_id[named].get("checked_by") or []):
            message = f"objective `{named}` does not list quiz `{label}` in `checked_by`; add it"
        else:
            continue
        yield Problem(lesson.path, quiz.line, "objective-map", message)


def _labels(lesson: Lesson) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for box in lesson.directives("quiz", "exercise"):
        label = str(box.arg if box.name == "quiz" else box.options.get("label", "")).strip()
        if label and label in seen:
            message = f"`{label}` is already the label of line {seen[label]}; rename one"
            yield Problem(lesson.path, box.line, "label", message)
        seen.setdefault(label, box.line)

"""The graded notebook that an instructor sees in formgrader: inert, and without hidden tests.

Formgrader shows it in a browser on the instructor's own computer. Words that a trainee wrote are
shown letter by letter, never as a page; a test shows its public part and one sentence.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from flyway_course.grading.answers.rebuild import Rebuilt
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.plan import TEST, WRITTEN

NOT_PASSED = "Not passed"
MOST_ADDED = 1_000_000  # letters of cells that the trainee added


def compose(asked: Assignment, rebuilt: Rebuilt, outcome: Outcome) -> bytes:
    """Return the graded notebook as the bytes of a file."""
    shown: dict[int, dict[str, Any]] = {}
    room, answers = MOST_ADDED, rebuilt.answers()
    for place, piece in enumerate(rebuilt.pieces):
        step = piece.step
        if step is not None and step.kind == TEST:
            shown[place] = {"outputs": _verdict(outcome, step)}
        elif step is None or step.kind == WRITTEN:
            made: dict[str, Any] = {"outputs": outcome.shown.get(str(place), [])}
            if piece.kind == "markdown":
                made["source"] = as_letters(piece.source)
            if step is not None:
                made["metadata"] = {"flyway": {"answer": answers[step.id]}}
            room -= len(piece.source)
            if room < 0:
                made |= {"source": "(left out here: the notebook is very long)", "outputs": []}
            shown[place] = made
        else:
            outputs = outcome.shown.get(str(place), [])
            shown[place] = {"outputs": outputs}
            if step.kind == "answer":
                shown[place]["metadata"] = {"flyway": {"answer": answers[step.id]}}
    return asked.compose(rebuilt, shown)


def _verdict(outcome: Outcome, step: Any) -> list[dict[str, Any]]:
    if step.id not in outcome.said:
        text = "Passed, with the part that is not shown here.\n"
        return [{"output_type": "stream", "name": "stdout", "text": text}]
    words = outcome.said[step.id]
    line = f"Not passed: {words}"
    return [{"output_type": "error", "ename": NOT_PASSED, "evalue": words, "traceback": [line]}]


def as_letters(text: str) -> str:
    """Return words as HTML that shows them letter by letter: no tag, no link, no formula.

    Formulas are drawn by a script that follows links in them; inside `code` it draws none.
    """
    shown = html.escape(text).replace("&#x27;", "'")
    style = "white-space: pre-wrap; word-break: normal; font: inherit"
    return f'<pre style="{style}"><code style="{style}">{shown}</code></pre>'


def answers(path: Path) -> dict[str, str] | None:
    """Return the answers that a graded notebook was made from; None where it cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        marked = [c["metadata"] for c in cells if "flyway" in c["metadata"]]
        return {m["nbgrader"]["grade_id"]: m["flyway"]["answer"] for m in marked if "nbgrader" in m}
    except (OSError, ValueError, KeyError, TypeError):
        return None

"""What grading found out about one submission, kept so that the same code is never run twice.

Kept as a file named after the hash of everything that it depends on. A run that is killed and
started again finds what it had done, and so do two trainees who worked as a pair.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flyway_course.grading import hidden, whole_files
from flyway_course.grading.intake.reading import clean_text
from flyway_course.grading.plan import ANSWER, TEST, WRITTEN

ENGINE = "sandbox-1"
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Signs that turn the direction of writing: words would read as what they are not."""
PNG = b"\x89PNG\r\n\x1a\n"
MOST_TEXT, MOST_OUTPUTS = 20_000, 12
MOST_PICTURE, MOST_PICTURES, WIDEST = 700_000, 1_200_000, 4_000
"""Letters of one picture and of all pictures of a notebook, and points of a picture's side."""
SHOWN = (ANSWER, WRITTEN)
"""The steps whose outputs are kept; so are those of cells that a trainee added."""
CUT_SHORT = {
    "died": "the notebook ended its own process: does a cell call exit() or os._exit()?",
    "time": "the notebook took too long and was stopped: is there a loop without an end?",
    "memory": "the notebook filled the memory and was stopped",
    "lost": "the notebook could not be run to its end",
}


@dataclass
class Outcome:
    """What one submission gave: points by test, sentences for the tests that failed, what cells showed.

    `scores` are points. `said` holds for each failed test a sentence without anything of its hidden
    part. `shown` maps a piece's place to its outputs as nbformat has them: text and PNG only.
    `end` is `done`, or how the run was cut short. `seen` holds plain answers, for the report, `took`
    the seconds of each answer and of each test.
    """

    scores: dict[str, float]
    said: dict[str, str] = field(default_factory=dict)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    end: str = "done"
    seen: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    took: dict[str, float] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the outcome whole."""
        whole_files.write(path, json.dumps(asdict(self)).encode())

    def not_run(self, python: str) -> str:
        """Say why the notebook, or a cell of it, could not run here; "" where all could.

        `python` is the version that the notebook was saved with, such as "3.13": a newer one knows
        more of the language.
        """
        outputs = (output for cell in self.shown.values() for output in cell)
        unread = any(output.get("ename") == "SyntaxError" for output in outputs)
        if unread and python and int(python.partition(".")[2]) > sys.version_info.minor:
            here = f"{sys.version_info.major}.{sys.version_info.minor}"
            newer = f"it was written with Python {python}; this computer grades with {here}"
        else:
            newer = ""
        return "; ".join(filter(None, (CUT_SHORT.get(self.end, ""), newer)))

    @classmethod
    def load(cls, path: Path) -> Outcome | None:
        """Read an outcome; None where there is none that can be read."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def key(program: str, tests: str) -> str:
    """Return the name under which an outcome is kept."""
    return hashlib.sha256(f"{ENGINE} {program} {tests}".encode()).hexdigest()


def of_the_reference(folder: Path, assignment: str, tests: str) -> Path:
    """Return where the outcome of the reference solution is kept in the folder of a class."""
    return folder / "outcomes" / assignment / f"reference-{tests}.json"


def from_testimony(
    said: Any, plan: list[Any], pieces: list[Any], cells: list[int | None]
) -> Outcome:
    """Return the outcome of a submission from what came out of the sandbox.

    Parameters
    ----------
    said
        A `session.Testimony`. Its outputs may have been written by anybody.
    plan, pieces
        The assignment's steps and the rebuilt notebook's pieces.
    cells
        For each cell that the sandbox ran, the place of its piece (None: a witness).
    """
    made = Outcome(scores={}, end=said.end, seconds=round(said.seconds, 3))
    for step in plan:
        if step.kind != TEST:
            continue
        told = said.tests.get(step.id)
        passed = told is not None and told["error"] is None
        made.scores[step.id] = step.points if passed else 0.0
        if not passed:
            made.said[step.id] = _why(step, told, said.end)
        for name, value in (told or {}).get("seen", {}).items():
            made.seen.setdefault(name, value)
        if told is not None:
            made.took[step.id] = round(told["seconds"], 3)
    room = MOST_PICTURES
    for number, shown in said.shown.items():
        place = cells[number]
        piece = pieces[place] if place is not None else None
        if piece is not None and (piece.step is None or piece.step.kind in SHOWN):
            made.shown[str(place)] = safe_outputs(shown, room)
            room -= sum(len(o["data"]["image/png"]) for o in made.shown[str(place)] if "data" in o)
        if piece is not None and piece.step is not None and piece.step.kind == ANSWER:
            made.took[piece.step.id] = seconds_of(shown)
    return made


def seconds_of(shown: Any) -> float:
    """Return how long a cell ran, as the notebook's own process says it; 0 for what is no time."""
    told = shown.get("seconds") if isinstance(shown, dict) else None
    return round(told, 3) if isinstance(told, float) and 0 <= told < 86_400 else 0.0


def _why(step: Any, told: dict[str, Any] | None, end: str) -> str:
    if told is None or told["error"][0] == "AnswerError":
        if end in CUT_SHORT:
            said = f"This could not be checked: {CUT_SHORT[end]}"
            return said if said.endswith("?") else f"{said}."
        if told is None:
            return "This could not be checked: the checks took too long and were stopped."
        if end == "done":
            return "This could not be checked: an earlier check of the same answer took too long."
    return hidden.explain(step.source, *told["error"])


def safe_outputs(shown: Any, room: int = MOST_PICTURES) -> list[dict[str, Any]]:
    """Return what a cell showed as nbformat outputs: plain text and PNG pictures, bounded.

    What comes in may be forged: anything that is not what it should be is left out. `room` is how
    many letters all its pictures may have together.
    """
    made: list[dict[str, Any]] = []
    outputs = shown.get("outputs") if isinstance(shown, dict) else None
    for output in outputs[:MOST_OUTPUTS] if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        png, text = output.get("png"), output.get("text")
        if isinstance(png, str):
            if len(png) > min(MOST_PICTURE, room) or not _is_png(png):
                continue
            room -= len(png)
            alt = output.get("alt")
            data = {"image/png": png, "text/plain": _text(alt) or "A picture"}
            made.append({"output_type": "display_data", "data": data, "metadata": {}})
        elif isinstance(text, str) and text:
            kind = "stderr" if output.get("kind") == "stderr" else "stdout"
            made.append({"output_type": "stream", "name": kind, "text": _text(text)})
    error = shown.get("error") if isinstance(shown, dict) else None
    if isinstance(error, list) and len(error) == 2:
        name, words = (_text(part)[:2000] for part in error)
        line = f"{name}: {words}"
        made.append({"output_type": "error", "ename": name, "evalue": words, "traceback": [line]})
    return made


def _is_png(data: str) -> bool:
    """Say whether this is a PNG picture that a browser can draw without filling the memory."""
    try:
        head = base64.b64decode(data, validate=True)[:24]
    except (binascii.Error, ValueError):
        return False
    width, height = (int.from_bytes(head[place : place + 4], "big") for place in (16, 20))
    sides = 0 < width <= WIDEST and 0 < height <= WIDEST
    return head.startswith(PNG) and head[12:16] == b"IHDR" and sides


def _text(value: Any) -> str:
    """Return text that a terminal or a browser reads as letters only."""
    if not isinstance(value, str):
        return ""
    kept = clean_text(value[:MOST_TEXT])
    shown = (c for c in kept if c in "\n\t" or (ord(c) >= 32 and not 127 <= ord(c) < 160))
    return "".join(c for c in shown if c not in TURNS)

"""Release assignments, collect what trainees hand in, grade it, give feedback, export marks.

An assignment is written once, in `solutions/`, as an nbgrader source notebook. nbgrader is the
format, the authoring tool, the gradebook and the page where an instructor marks by hand. Each step
is one function here and one command of `course.py`:

`release` → trainees work → `collect` → `grade` → `feedback` → `export`

The rooms, in the order of an evening: `authoring` makes the release, `intake` takes files in, with
`people` for whose they are, `answers` builds the notebook that is graded, `sandbox` runs it, and
`records` is nbgrader's gradebook. The modules beside them are the steps themselves and what all share.

The functions load on first use: importing nbgrader takes seconds, and `course.py --help` needs none
of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "release": "authoring.releasing",
    "collect": "intake.collecting",
    "grade": "engine",
    "feedback": "feedback_pages",
    "export": "marks",
    "GradingError": "errors",
    "known_assignments": "assignments",
    "resolve": "assignments",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Load a public function when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

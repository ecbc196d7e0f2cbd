"""Hand in notebooks with given answers, and grade them: `a_class.py FOLDER` does it on its own.

FOLDER holds `class.json` (trainee → answers by cell), and `inbox/` with any other files. It leaves
the cohort in FOLDER/class.
"""

import json
import sys
from pathlib import Path

from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.plan import ANSWER, WRITTEN
from flyway_course.paths import EXERCISES

X0 = Assignment.find("X0")
EXERCISE = EXERCISES / X0.name / f"{X0.name}.ipynb"
REFERENCE = {s.id: s.source for s in X0.plan if s.kind in (ANSWER, WRITTEN)}


def notebook(answers, asked=X0):
    """A released notebook with answers written into it, as JSON."""
    nb = json.loads((EXERCISES / asked.name / f"{asked.name}.ipynb").read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name].splitlines(keepends=True)
    return nb


def main(folder):
    from flyway_course.grading.engine import grade
    from flyway_course.grading.feedback_pages import feedback
    from flyway_course.grading.intake.collecting import collect
    from flyway_course.grading.sandbox.session import Bounds

    people = json.loads((folder / "class.json").read_text(encoding="utf-8"))
    for name, answers in people.items():
        path = folder / "inbox" / name / f"{X0.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook(answers)), encoding="utf-8")
    home = Cohort(folder / "class")
    home.make_seed()
    collect(folder / "inbox", "X0", home)
    bounds = Bounds(seconds=14, seconds_cell=5, seconds_tests=16, memory=500 << 20)
    listed = grade("X0", home, bounds=bounds)
    feedback("X0", home)
    print(listed.summary())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

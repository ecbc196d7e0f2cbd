"""What a learner finds in the browser: lessons, exercises and data, and no answers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from flyway_course.lite.errors import LiteError

DATA_FILES = {".csv", ".json", ".md"}
SKIPPED = shutil.ignore_patterns(".*", "__pycache__", "*.db", "*.pyc")


def gather(notebooks: Path, exercises: Path, datasets: Path, into: Path) -> int:
    """Copy notebooks of lessons, exercises and data packages into the folder `into`.

    Returns the number of lessons. `solutions/` is never read.
    """
    lessons = sorted(notebooks.glob("*.ipynb"))
    if not lessons:
        raise LiteError(f"There are no notebooks in {notebooks}: build the book first.")
    (into / "lessons").mkdir(parents=True)
    for lesson in lessons:
        shutil.copyfile(lesson, into / "lessons" / lesson.name)
    if exercises.is_dir():
        shutil.copytree(exercises, into / "exercises", ignore=SKIPPED)
    for notebook in sorted(into.rglob("*.ipynb")):
        _name_language(notebook)
    for file in sorted(datasets.glob("*/*")):
        if file.suffix in DATA_FILES and file.is_file():
            target = into / "datasets" / file.parent.name / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    return len(lessons)


def _name_language(notebook: Path) -> None:
    """Say in a notebook that it is Python.

    It names the kernel `python3` of a computer, which the browser does not have. With the language
    beside it, JupyterLite takes its own Python and does not ask the learner to choose.
    """
    content = json.loads(notebook.read_text("utf-8"))
    metadata = content["metadata"]
    metadata.setdefault("kernelspec", {"name": "python3", "display_name": "Python 3"})
    metadata.setdefault("language_info", {})["name"] = "python"
    notebook.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")

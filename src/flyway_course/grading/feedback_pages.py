"""Make one feedback page for each trainee: what was right, what was not yet, and a hint.

The page is built from the author's notebook (in its order), the trainee's answers and the
gradebook. Test code never enters it, and nothing on it can run: no script, no request.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from flyway_course.grading import hidden, notebooks
from flyway_course.grading import manifest as m
from flyway_course.grading.assignments import resolve, short_name
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError

MOST_TEXT = 2000
NO_ANSWER = "You have not answered here yet."
PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=\s]+)"')
ALT = re.compile(r'<img[^>]*\balt="([^"]*)"')


def feedback(assignment: str, cohort: str | Path | Cohort = "class") -> list[Path]:
    """Write the feedback page of every graded submission and return the pages.

    They are in `cohorts/<cohort>/feedback/<trainee>/<assignment>/`.

    Raises
    ------
    GradingError
        Nothing is graded yet, or a page could not be written.
    """
    home = Cohort.of(cohort)
    name = resolve(assignment, home.solutions)
    graded = [e for e in m.Manifest.load(home.manifest_path(name)).current() if e.state == m.GRADED]
    if not graded:
        short = short_name(name)
        raise GradingError(f"Nothing is graded for {short} yet. First run: course.py grade {short}")
    api = home.api()
    pages = []
    for entry in graded:
        result = api.generate_feedback(name, entry.student)
        path = home.folder / "feedback" / entry.student / name / f"{name}.html"
        if not result["success"] or not path.exists():
            detail = (result.get("error") or result.get("log") or "").strip().splitlines()[-1:]
            raise GradingError(f"No feedback page for {entry.student}: {' '.join(detail)}")
        pages.append(path)
    return pages


def page(nb: NotebookNode, who: dict[str, Any]) -> dict[str, Any]:
    """Return what one feedback page says.

    Parameters
    ----------
    nb
        The graded notebook, with nbgrader's scores in its cells.
    who
        nbgrader's resources: `student`, `assignment`, `notebook`, `db_url`, `score`, `max_score`.
    """
    course = Path(who["db_url"].removeprefix("sqlite:///")).parent
    source = notebooks.read(course / "source" / who["assignment"] / f"{who['notebook']}.ipynb")
    graded = {name: cell for cell in nb.cells if (name := notebooks.grade_id(cell))}
    waiting = _waiting_for_instructor(who)
    tasks: list[dict[str, Any]] = []
    for cell in source.cells:
        if cell.cell_type == "markdown" and not notebooks.is_answer(cell):
            heading, _, words = cell.source.partition("\n")
            if heading.startswith("## "):
                tasks.append(_task(heading))
            elif tasks:
                words = cell.source
            if tasks and not tasks[-1]["parts"]:
                tasks[-1]["question"] += f"{words}\n\n"
        mine = graded.get(notebooks.grade_id(cell))
        if not tasks or mine is None:
            continue
        if notebooks.is_test(cell):
            part = _test(cell, mine)
        elif notebooks.is_answer(cell):
            part = _answer(cell, mine, notebooks.grade_id(cell) in waiting)
        else:
            continue
        tasks[-1]["parts"].append(part)
        tasks[-1]["score"] += part.get("score") or 0
        tasks[-1]["points"] += part.get("points") or 0
        tasks[-1]["waiting"] = tasks[-1].get("waiting", False) or part.get("waiting", False)
    pending = sum(p["points"] for t in tasks for p in t["parts"] if p.get("waiting"))
    title = re.match(r"# +(.+)", source.cells[0].source)
    return {
        "title": title[1].strip() if title else who["assignment"],
        "student": who["student"],
        "tasks": [task for task in tasks if task["parts"]],
        "score": who["score"],
        "points": who["max_score"],
        "pending": pending,
        "mend": any(t["score"] < t["points"] and not t.get("waiting") for t in tasks),
    }


def _task(heading: str) -> dict[str, Any]:
    """Return an empty task; its title needs no points, as the page has a column for them."""
    title = re.sub(r"\s*\([^()]*point[^()]*\)\s*$", "", heading.removeprefix("## ").strip())
    return {"title": title, "question": "", "parts": [], "score": 0.0, "points": 0.0}


def _waiting_for_instructor(who: dict[str, Any]) -> set[str]:
    """Return the grade ids that an instructor still has to mark."""
    from nbgrader.api import Gradebook

    with Gradebook(who["db_url"]) as gradebook:
        submission = gradebook.find_submission_notebook(
            who["notebook"], who["assignment"], who["student"]
        )
        return {grade.name for grade in submission.grades if grade.needs_manual_grade}


def _test(cell: NotebookNode, mine: NotebookNode) -> dict[str, Any]:
    """Return a test's outcome: its label, its points and, if it failed, its author's sentence."""
    score, points = mine.metadata.nbgrader.score, mine.metadata.nbgrader.points
    error = next((o for o in mine.outputs if o.output_type == "error"), None)
    return {
        "kind": "test",
        "label": hidden.label(cell.source),
        "score": score,
        "points": points,
        "passed": score == points,
        "hint": hidden.explain(cell.source, error.ename, error.evalue) if error else "",
    }


def _answer(cell: NotebookNode, mine: NotebookNode, waiting: bool) -> dict[str, Any]:
    """Return a trainee's answer with what it showed and what the instructor wrote."""
    mark = mine.metadata.nbgrader
    by_hand = notebooks.is_marked_by_hand(cell)
    return {
        "kind": "text" if cell.cell_type == "markdown" else "code",
        "source": mine.source,
        "comment": NO_ANSWER if mark.get("comment") == "No response." else mark.get("comment"),
        "score": mark.get("score") if by_hand else None,
        "points": mark.get("points") if by_hand else None,
        "waiting": waiting,
        "outputs": _outputs(mine),
    }


def _outputs(cell: NotebookNode) -> list[dict[str, str]]:
    """Return a trainee's outputs as plain text and PNG pictures; nothing that could run."""
    shown: list[dict[str, str]] = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            shown.append({"text": output.text[:MOST_TEXT]})
        elif output.output_type == "error":
            shown.append({"text": f"{output.ename}: {output.evalue}"[:MOST_TEXT], "error": "yes"})
        else:
            data = output.get("data", {})
            html = "".join(data.get("text/html", ""))
            picture, alt = PICTURE.search(html), ALT.search(html)
            png = "".join(picture[1].split()) if picture else data.get("image/png", "")
            if png and re.fullmatch(r"[A-Za-z0-9+/=\s]+", png):
                shown.append({"png": "".join(png.split()), "alt": alt[1] if alt else "Your chart"})
            elif "text/plain" in data:
                shown.append({"text": "".join(data["text/plain"])[:MOST_TEXT]})
    return shown

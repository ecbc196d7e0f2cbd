"""Make one feedback page for each trainee: what was right, what was not yet, and a hint.

The page is built from the author's notebook (in its order), the trainee's answers and the
gradebook. Test code never enters it, and nothing on it can run: no script, no request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flyway_course.grading import hidden, whole_files
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import TEMPLATES, Cohort
from flyway_course.grading.errors import GradingError, command
from flyway_course.grading.graded_notebook import NOT_PASSED
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.plan import ANSWER, TEST, TEXT, WRITTEN, Step
from flyway_course.grading.records import sheets
from flyway_course.grading.records.gradebook import NO_RESPONSE
from flyway_course.grading.records.up_to_date import need_current

MOST_TEXT, MOST_ANSWER, MOST_OUTPUTS = 2000, 20_000, 12
NO_ANSWER = "You have not answered here yet."
PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=\s]+)"')
ALT = re.compile(r'<img[^>]*\balt="([^"]*)"')


def feedback(
    assignment: str,
    cohort: str | Path | Cohort = "class",
    say: Callable[[str], None] = lambda words: None,
) -> list[Path]:
    """Write the feedback page of every graded submission and return the pages.

    They are in `feedback/<trainee>/<assignment>/` of the cohort's folder. `say` is told who waits for
    a page.

    Raises
    ------
    GradingError
        Nothing is graded yet, the tasks have changed since, a graded notebook is gone, or another
        command is at work.
    """
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    with home.one_writer():  # a page has answers and marks of one run
        return _pages(asked, home, say)


def _pages(asked: Assignment, home: Cohort, say: Callable[[str], None]) -> list[Path]:
    listed = m.Manifest.load(home.manifest_path(asked.name))
    graded = listed.graded(asked.short)
    if waiting := [entry.student for entry in listed.current() if entry.state == m.COLLECTED]:
        say(
            f"Not graded yet, so without a new page: {', '.join(waiting)}. "
            f"Run: {command(f'grade {asked.short}', home.name)}"
        )
    all_sheets = sheets.read(home, asked.name)
    need_current(asked, home, graded)
    template = _template()
    pages = []
    for entry in graded:
        path = home.graded(entry.student, asked.name)
        if not path.exists() or entry.student not in all_sheets:
            raise GradingError(
                f"The graded notebook of {entry.student} is gone, or the gradebook lacks this work. "
                f"Run: {command(f'grade {asked.short}', home.name)}"
            )
        content = page(asked, _graded_cells(path), all_sheets[entry.student], entry)
        content["not_used"] = listed.not_used(entry)
        target = home.folder / "feedback" / entry.student / asked.name / f"{asked.name}.html"
        whole_files.write(target, template.render(resources={"page": content}).encode())
        pages.append(target)
    return pages


def _template() -> Any:
    """Return the page's template; `markdown2html` draws the author's own words."""
    from jinja2 import Environment, FileSystemLoader
    from mistune import create_markdown

    # only the author's questions pass through Markdown; an answer is shown letter by letter
    make = Environment(loader=FileSystemLoader(TEMPLATES / "feedback"), autoescape=False)
    make.filters["markdown2html"] = create_markdown(escape=True, plugins=["table"])
    return make.get_template("index.html.j2")


def _graded_cells(path: Path) -> dict[str, dict[str, Any]]:
    """Return the cells of a graded notebook by their names."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {
        name: cell
        for cell in cells
        if (name := cell["metadata"].get("nbgrader", {}).get("grade_id"))
    }


def page(
    asked: Assignment, graded: dict[str, dict[str, Any]], sheet: sheets.Sheet, entry: m.Entry
) -> dict[str, Any]:
    """Return what one feedback page says: from the author's notebook, the answers and the marks."""
    tasks: list[dict[str, Any]] = []
    for step in asked.plan:
        if step.kind == TEXT:
            heading, _, words = step.source.partition("\n")
            if heading.startswith("## "):
                tasks.append(_task(heading))
            elif tasks:
                words = step.source
            if tasks and not tasks[-1]["parts"]:
                tasks[-1]["question"] += f"{words}\n\n"
        mine = graded.get(step.id)
        if not tasks or mine is None:
            continue
        if step.kind == TEST:
            part = _test(step, mine, sheet.marks[step.id])
        elif step.kind in (ANSWER, WRITTEN):
            part = _answer(step, mine, sheet)
        else:
            continue
        tasks[-1]["parts"].append(part)
        tasks[-1]["score"] += 0 if part.get("waiting") else part.get("score") or 0
        tasks[-1]["points"] += part.get("points") or 0
        tasks[-1]["waiting"] = tasks[-1].get("waiting", False) or part.get("waiting", False)
    for task in tasks:
        _believe_the_checks(task["parts"])
    title = re.match(r"# +(.+)", asked.plan[0].source)
    return {
        "title": title[1].strip() if title else asked.name,
        "student": sheet.student,
        "tasks": [task for task in tasks if task["parts"]],
        "score": sheet.score,
        "points": sheet.points,
        "pending": sheet.pending,
        "repairs": [note for note in entry.repairs.split("; ") if note],
        "cut_short": entry.reason,
        "mend": any(t["score"] < t["points"] and not t.get("waiting") for t in tasks),
    }


def _task(heading: str) -> dict[str, Any]:
    """Return an empty task; its title needs no points, as the page has a column for them."""
    title = re.sub(r"\s*\([^()]*point[^()]*\)\s*$", "", heading.removeprefix("## ").strip())
    return {"title": title, "question": "", "parts": [], "score": 0.0, "points": 0.0}


def _believe_the_checks(parts: list[dict[str, Any]]) -> None:
    """Say of no code that it is not there where a check passed: the answer stands somewhere else."""
    if any(part.get("passed") for part in parts):
        for part in parts:
            if part["kind"] == "code" and part["comment"] == NO_ANSWER:
                part["comment"] = None


def _test(step: Step, mine: dict[str, Any], mark: sheets.Mark) -> dict[str, Any]:
    """Return a test's outcome: its label, its points and, if it failed, its author's sentence."""
    error = next((o for o in mine["outputs"] if o["output_type"] == "error"), None)
    if error and error["ename"] != NOT_PASSED:  # the stock engine's own words
        error = {"evalue": hidden.explain(step.source, error["ename"], error["evalue"])}
    return {
        "kind": "test",
        "label": hidden.label(step.source),
        "score": mark.score,
        "points": mark.points,
        "waiting": mark.waits,
        "passed": mark.is_full,
        "hint": error["evalue"] if error and not mark.is_full else "",
    }


def _answer(step: Step, mine: dict[str, Any], sheet: sheets.Sheet) -> dict[str, Any]:
    """Return a trainee's answer with what it showed and what the instructor wrote."""
    mark = sheet.marks.get(step.id)
    comment = sheet.comments.get(step.id)
    own = mine["metadata"].get("flyway", {}).get("answer")
    return {
        "kind": "code" if step.is_code else "text",
        "source": ("".join(mine["source"]) if own is None else own)[:MOST_ANSWER],
        "comment": NO_ANSWER if comment == NO_RESPONSE else comment,
        "score": mark.score if mark else None,
        "points": mark.points if mark else None,
        "waiting": bool(mark and mark.waits),
        "outputs": _outputs(mine),
    }


def _outputs(cell: dict[str, Any]) -> list[dict[str, str]]:
    """Return a trainee's outputs as plain text and PNG pictures; nothing that could run."""
    shown: list[dict[str, str]] = []
    for output in cell.get("outputs", [])[:MOST_OUTPUTS]:
        if output["output_type"] == "stream":
            shown.append({"text": "".join(output["text"])[:MOST_TEXT]})
        elif output["output_type"] == "error":
            words = f"{output['ename']}: {output['evalue']}"
            shown.append({"text": words[:MOST_TEXT], "error": "yes"})
        else:
            data = output.get("data", {})
            html = "".join(data.get("text/html", ""))
            picture, alt = PICTURE.search(html), ALT.search(html)
            png = "".join(picture[1].split()) if picture else data.get("image/png", "")
            if png and re.fullmatch(r"[A-Za-z0-9+/=\s]+", png):
                words = alt[1] if alt else "".join(data.get("text/plain", ""))
                words = "Your chart" if words in ("", "A picture") or words[:1] == "<" else words
                shown.append({"png": "".join(png.split()), "alt": words[:MOST_TEXT]})
            elif "text/plain" in data:
                shown.append({"text": "".join(data["text/plain"])[:MOST_TEXT]})
    return shown

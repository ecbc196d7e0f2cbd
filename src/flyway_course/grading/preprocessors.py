"""The two steps that the course adds to nbgrader's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade


class ForgiveWarnings(NbGraderPreprocessor):
    """Let warnings cost nothing: the answer counts.

    nbgrader gives 0 to a test that wrote anything to the error stream, even a library's warning.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Drop the error stream of a graded cell; a real error stays."""
        if cell.cell_type == "code" and is_grade(cell):
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        return cell, resources


class FeedbackOnly(NbGraderPreprocessor):
    """Leave in a graded notebook only what its feedback page may say.

    The page is built from the author's notebook and the trainee's answers. Tests and their outputs
    go no further than this step; what is left of them is a label and a sentence.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Put the page's content into `resources["page"]`, and empty the notebook."""
        from flyway_course.grading.assignment import Assignment
        from flyway_course.grading.cohort import Cohort
        from flyway_course.grading.feedback_pages import page
        from flyway_course.grading.manifest import Entry
        from flyway_course.grading.sheets import read

        who = resources["nbgrader"]
        home = Cohort(Path(who["db_url"].removeprefix("sqlite:///")).parent)
        asked = Assignment(who["assignment"], home.folder / "source")
        cells = {c.metadata.nbgrader.grade_id: c for c in nb.cells if "nbgrader" in c.metadata}
        sheet = read(home, asked.name)[who["student"]]
        resources["page"] = page(asked, cells, sheet, Entry("", who["student"]))
        nb.cells = []
        return nb, resources

"""The two steps that the course adds to nbgrader's own."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
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


class NoTestsInFeedback(NbGraderPreprocessor):
    """Keep hidden tests out of the pages that nbgrader's own button makes.

    `course.py feedback` writes the pages for trainees. nbgrader's would show each test with its
    traceback.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Leave one sentence in place of the notebook."""
        nb.cells = [new_markdown_cell("The feedback is made with `python3 course.py feedback`.")]
        return nb, resources

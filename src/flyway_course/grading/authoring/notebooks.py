"""Read and write notebooks so that the same content always gives the same bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def grade_id(cell: NotebookNode) -> str | None:
    """Return nbgrader's name of a cell, or None for a cell that nbgrader does not know."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_test(cell: NotebookNode) -> bool:
    """Say whether a cell is an automatic test: it earns points and holds no answer."""
    mark = cell.metadata.get("nbgrader", {})
    return bool(mark.get("grade")) and not mark.get("solution")


def is_answer(cell: NotebookNode) -> bool:
    """Say whether a cell is where the trainee answers."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_marked_by_hand(cell: NotebookNode) -> bool:
    """Say whether a cell is an answer that an instructor marks."""
    return is_answer(cell) and bool(cell.metadata["nbgrader"].get("grade"))


def read(path: Path) -> NotebookNode:
    """Read a notebook as nbformat 4."""
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def as_bytes(nb: NotebookNode) -> bytes:
    """Return the notebook as bytes: nbformat's own writer, UTF-8, LF, one line end at the end."""
    return (nbformat.writes(nb).rstrip("\n") + "\n").encode("utf-8")


def write(nb: NotebookNode, path: Path) -> None:
    """Write a notebook with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_bytes(nb))


def give_stable_ids(nb: NotebookNode) -> None:
    """Name every cell by its grade id, or by a hash of its text where it has none.

    JupyterLab gives random cell ids; a random id would change the released file each time.
    """
    nb.nbformat, nb.nbformat_minor = 4, 5
    taken: set[str] = set()
    for cell in nb.cells:
        name = grade_id(cell)
        if name is None:
            digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()
            name = f"text-{digest[:12]}"
        name = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:60]
        unique, copy = name, 1
        while unique in taken:
            copy += 1
            unique = f"{name}-{copy}"
        taken.add(unique)
        cell.id = unique


def tidy(nb: NotebookNode) -> NotebookNode:
    """Return the notebook as it is committed: no outputs, no run counts, no editor's traces."""
    nb = nbformat.from_dict(nb)
    give_stable_ids(nb)
    nb.metadata = NotebookNode(kernelspec=NotebookNode(KERNELSPEC))
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)
        cell.metadata = NotebookNode(
            {k: v for k, v in cell.metadata.items() if k in ("nbgrader", "deletable", "editable")}
        )
        cell.source = "\n".join(line.rstrip() for line in cell.source.rstrip().splitlines())
    return nb

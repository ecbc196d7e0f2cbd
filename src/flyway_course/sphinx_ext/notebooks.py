"""Turns a lesson's source into the notebook that trainees open in JupyterLab.

JupyterLab knows neither MyST directives nor roles, so they become plain Markdown: a quiz is a
question with a folded answer, an exercise a titled quotation, a solution a fold with its code. The
front matter goes; the objectives come back as a list. No outputs, and cell ids follow from the
content, so the same source always gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import jupytext
import nbformat

from flyway_course.sphinx_ext.lesson import split
from flyway_course.sphinx_ext.myst_text import Directive, blocks
from flyway_course.sphinx_ext.notebook_quiz import quiz
from flyway_course.sphinx_ext.notebook_words import Names, fold, quote, roles

HIDDEN = {"hide-input", "remove-input", "remove-cell", "hide-cell"}


def convert(source: str, names: Names | None = None) -> nbformat.NotebookNode:
    """Convert the text of a lesson (`.md`, MyST notebook) into a notebook without outputs."""
    names = names or Names()
    front, _, _ = split(source)
    read = jupytext.reads(source, fmt="md:myst")
    names.exercises = _exercise_titles(source)
    cells: list[nbformat.NotebookNode] = []
    for cell in _without_solutions(read.cells, names):
        if cell.cell_type == "code":
            cells.append(_code(cell))
            continue
        text = cell.source if cell.metadata.get("fw-done") else plain(cell.source, names)
        if text.strip():
            cells.append(nbformat.v4.new_markdown_cell(text.strip()))
    _objectives(cells, front.get("lesson") or {})
    _identify(cells)
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata = nbformat.from_dict(
        {
            "kernelspec": dict(
                front.get("kernelspec")
                or {"name": "python3", "display_name": "Python 3", "language": "python"}
            ),
            "language_info": {"name": "python"},
        }
    )
    made.nbformat_minor = 5
    nbformat.validate(made)
    return made


def plain(text: str, names: Names) -> str:
    """Turn MyST Markdown into plain Markdown."""
    parts = []
    for block in blocks(text.splitlines()):
        if isinstance(block, Directive):
            parts.append("\n" + _directive(block, names).strip() + "\n")
        else:
            parts.append(roles("\n".join(block), names))
            headings = re.findall(r"^#+\s+(.*)$", "\n".join(block), flags=re.M)
            names.heading = headings[-1] if headings else names.heading
    # `%` starts a MyST comment and `(label)=` a target: both are for the book alone.
    kept = [
        line
        for line in "\n".join(parts).splitlines()
        if not re.match(r"^(%|\([\w-]+\)=\s*$|\+\+\+)", line)
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept))


def _directive(block: Directive, names: Names) -> str:
    body = "\n".join(block.body)
    match block.name:
        case "quiz":
            return quiz(block, names, plain)
        case "predict":
            question, _, reveal = _at_rule(body)
            text = f"**Predict. {block.argument}**\n\n{plain(question, names).strip()}"
            shown = plain(reveal, names)
            return quote(text) + ("\n\n" + fold("Then look", shown) if shown.strip() else "")
        case "story" | "breaks" | "tell" | "keypoints":
            heads = {
                "story": "Field story",
                "breaks": "Where it breaks",
                "tell": "Decide and tell",
                "keypoints": "Key points",
            }
            kind = heads[block.name]
            said = kind.casefold() == names.heading.casefold()  # the heading above says it
            head = ". ".join(part for part in ("" if said else kind, block.argument) if part)
            text = f"**{roles(head, names)}**\n\n" if head else ""
            return quote(text + plain(body, names).strip())
        case "data":
            head = f"**Data. {names.data(block.argument)}**"
            return quote(f"{head}\n\n{plain(body, names).strip()}")
        case "exercise":
            head = f"**Exercise. {block.argument}**" if block.argument else "**Exercise**"
            return quote(f"{head}\n\n{plain(body, names).strip()}")
        case "solution":
            return fold(_solution_name(block.argument, names), plain(body, names))
        case "math":
            return f"$$\n{body}\n$$"
        case "figure" | "image":
            return f"*Picture in the book: {block.options.get('alt') or body}*"
        case "tableofcontents" | "contents" | "bibliography" | "toctree":
            return ""
        case "code-block" | "code":
            return f"```{block.argument}\n{body}\n```"
        case "container" | "div":
            return plain(body, names)
    head = (block.argument or block.name.replace("-", " ").capitalize()).strip()
    inner = plain(body, names).strip()
    if "dropdown" in block.options.get("class", "") or block.name == "dropdown":
        return fold(head, inner)
    return quote(f"**{head}**\n\n{inner}")


def _at_rule(body: str) -> tuple[str, str, str]:
    found = re.search(r"^(?:-{3,}|\*{3,}|_{3,})\s*$", body, flags=re.M)
    return (body, "", "") if not found else (body[: found.start()], "---", body[found.end() :])


def _exercise_titles(source: str) -> dict[str, str]:
    """Map labels of exercises to their titles."""
    found = {}
    for block in blocks(split(source)[1].splitlines()):
        if isinstance(block, Directive) and block.name.startswith("exercise"):
            label = block.options.get("label")
            if label:
                found[label] = block.argument or "Exercise"
    return found


def _solution_name(label: str, names: Names) -> str:
    title = names.exercises.get(label.strip())
    return f"Solution: {title}" if title else "Solution"


def _without_solutions(
    cells: list[nbformat.NotebookNode], names: Names
) -> list[nbformat.NotebookNode]:
    """Fold everything between `solution-start` and `solution-end`, code too, into one cell."""
    out: list[nbformat.NotebookNode] = []
    inside: list[str] | None = None
    name = "Solution"
    for cell in cells:
        if cell.cell_type == "code":
            if inside is None:
                out.append(cell)
            else:
                inside.append(f"```python\n{cell.source}\n```")
            continue
        text: list[str] = []
        for block in blocks(cell.source.splitlines()):
            gate = block.name if isinstance(block, Directive) else ""
            if gate in {"solution-start", "exercise-start"}:
                if gate == "exercise-start":
                    label = block.options.get("label", "")
                    text.append(f"**Exercise. {names.exercises.get(label, block.argument)}**")
                    continue
                _flush(out, text, names)
                text, inside, name = [], [], _solution_name(block.argument, names)
            elif gate == "solution-end" and inside is not None:
                inside += [plain("\n".join(text), names)]
                done = nbformat.v4.new_markdown_cell(fold(name, "\n\n".join(inside)))
                done.metadata["fw-done"] = True
                out.append(done)
                text, inside = [], None
            elif gate not in {"exercise-end", "solution-end"}:
                text += _again(block)
        if inside is None:
            _flush(out, text, names)
        elif any(line.strip() for line in text):
            inside.append(plain("\n".join(text), names))
    return out


def _again(block: Any) -> list[str]:
    """Write a block back as lines."""
    if not isinstance(block, Directive):
        return block
    options = [f":{name}: {value}" for name, value in block.options.items()]
    fence = ":" * (
        3 + max([0, *(len(m) for m in re.findall(r"^:{3,}", "\n".join(block.body), re.M))])
    )
    return [f"{fence}{{{block.name}}} {block.argument}", *options, "", *block.body, fence]


def _flush(out: list[nbformat.NotebookNode], text: list[str], _names: Names) -> None:
    if any(line.strip() for line in text):
        out.append(nbformat.v4.new_markdown_cell("\n".join(text)))


def _code(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    made = nbformat.v4.new_code_cell(cell.source)
    tags = list(cell.metadata.get("tags", []))
    if tags:
        made.metadata["tags"] = tags
    if HIDDEN & set(tags):
        made.metadata["jupyter"] = {"source_hidden": True}
    return made


def _objectives(cells: list[nbformat.NotebookNode], lesson: dict[str, Any]) -> None:
    """Write the objectives under the title, which is the first line of the first cell."""
    listed = [f"- {entry['text']}" for entry in lesson.get("objectives") or []]
    if not listed or not cells or cells[0].cell_type != "markdown":
        return
    title, _, rest = cells[0].source.partition("\n")
    able = "**You will be able to**\n\n" + "\n".join(listed)
    cells[0].source = f"{title}\n\n{able}\n\n{rest.strip()}".strip()


def _identify(cells: list[nbformat.NotebookNode]) -> None:
    """Give each cell an id that follows from its content and its place among equals."""
    seen: dict[str, int] = {}
    for cell in cells:
        key = f"{cell.cell_type}\n{cell.source}"
        seen[key] = seen.get(key, 0) + 1
        cell["id"] = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()[:12]
        cell.metadata.pop("fw-done", None)

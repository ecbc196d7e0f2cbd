"""Take a docstring of `flyway` apart: purpose, what to give, what comes back, errors, doubts.

The house writes docstrings in the shape of numpydoc ("Parameters", a line of dashes, `name : text`),
and shorter where that reads better: several parameters in one line, and sentences that begin with
"Returns", "Errors:", "Assumes" or "Misleads". numpydoc and griffe know neither these two last parts,
which the course asks of every estimator, nor the short form; so the parts are told apart here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

UNDERLINED = {
    "Parameters": "parameters",
    "Attributes": "attributes",
    "Returns": "returns",
    "Raises": "errors",
    "Assumptions": "assumes",
    "Misleads": "misleads",
    "References": "sources",
    "Examples": "examples",
    "Notes": "notes",
}
# A sentence that begins so opens a part of its own.
LABELS = {
    "Returns": "returns",
    "Gives": "returns",
    "Errors:": "errors",
    "Raises": "errors",
    "Assumes": "assumes",
    "Misleads": "misleads",
    "Sources:": "sources",
    "Source:": "sources",
}
OPENING = re.compile(
    r"(?:(?<=^)|(?<=[.:)] )|(?<=[.]\" ))(?=(?:"
    + "|".join(map(re.escape, LABELS))
    + r")(?:[ :,]|$))"
)


@dataclass
class Parts:
    """A docstring in parts; text is a list of blocks: paragraphs, lists and formulas."""

    purpose: str = ""
    notes: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    returns: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    assumes: list[str] = field(default_factory=list)
    misleads: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)


def parse(docstring: str, names: Iterable[str] = ()) -> Parts:
    """Split a docstring into its parts; `names` are the parameters (or attributes) it may explain."""
    parts = Parts()
    names = list(names)
    section = "notes"
    for number, block in enumerate(blocks(docstring)):
        head, _, rest = block.partition("\n")
        dashes, _, below = rest.partition("\n")
        if head in UNDERLINED and re.fullmatch(r"-{3,}", dashes):
            section, block = UNDERLINED[head], below
        elif section == "parameters" and not block.startswith(" ") and not entries(block, names):
            section = "notes"  # a plain paragraph ends the list of parameters
        if number == 0:
            parts.purpose, _, block = block.partition("\n")
            if block and not parts.purpose.endswith((".", "?", ":")):
                parts.purpose, block = " ".join([parts.purpose, *block.split("\n")]), ""
        if not block.strip():
            continue
        explained = section if section in {"parameters", "attributes"} else "parameters"
        found = entries(block, names) if section in {explained, "notes"} else {}
        if found:
            # what follows the last name may open a part of its own: "high : its end. Errors: …"
            last = list(found)[-1]
            found[last], *tail = OPENING.split(found[last], maxsplit=1)
            getattr(parts, explained).update({key: text.strip() for key, text in found.items()})
            if tail:
                _sentences(parts, tail[0], "notes")
        elif section == "examples":
            parts.examples.append(block)
        elif section in {"errors", "returns"}:
            _sentences(parts, flat(_joined(block, " " if section == "errors" else ": ")), section)
        elif is_formula(block) or is_list(block):
            getattr(parts, section).append(block)
        else:
            _sentences(parts, flat(block), section)
    return parts


def _joined(block: str, sign: str) -> str:
    """Turn numpydoc's "ValueError", with its text on the line below, into one sentence."""

    def one(match: re.Match) -> str:
        return f"{match[1]}{sign}{match[2] if sign == ': ' else match[2].lower()}"

    return re.sub(r"^([\w.]+(?:, [\w.]+)*)\n +(\w+)", one, block, flags=re.M)


def _sentences(parts: Parts, text: str, section: str) -> None:
    """Put each run of sentences where its first word sends it."""
    for run in OPENING.split(text):
        run = run.strip()
        if not run:
            continue
        label = next((key for key in LABELS if re.match(re.escape(key) + r"(?:[ :,]|$)", run)), "")
        place = LABELS.get(label, "notes" if section in {"parameters", "attributes"} else section)
        if label.endswith(":"):
            run = run[len(label) :].strip()
        getattr(parts, place).append(run)


def blocks(docstring: str) -> list[str]:
    """Paragraphs of a docstring; formulas (indented) and lists stay blocks of their own."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", docstring.strip("\n")):
        runs: list[list[str]] = []
        kind = None
        for line in paragraph.split("\n"):
            now = "formula" if line.startswith("    ") and kind in {None, "formula", "text"} else ""
            if line.startswith("- ") or (kind == "list" and line.startswith("  ")):
                now = "list"
            elif not now:
                now = "text"
            if now == "formula" and kind == "text" and _continues(runs[-1]):
                now = "text"
            if now != kind:
                runs.append([])
                kind = now
            runs[-1].append(line)
        found += ["\n".join(run) for run in runs]
    return found


def _continues(lines: list[str]) -> bool:
    """Whether an indented line goes on with a parameter (`name : …`) or a term of a section."""
    return any(" : " in line or re.fullmatch(r"-{3,}", line) for line in lines)


def is_formula(block: str) -> bool:
    """Whether a block is set apart by four spaces."""
    return all(line.startswith("    ") for line in block.split("\n"))


def is_list(block: str) -> bool:
    """Whether a block is a list."""
    return block.startswith("- ")


def flat(text: str) -> str:
    """Join the lines of a paragraph."""
    return " ".join(text.split())


def entries(block: str, names: list[str]) -> dict[str, str]:
    """Explained names of a block: `years, counts : text`, several in one line too.

    An entry may also stand as numpydoc has it, with the text on the lines below its name.
    """
    if not names:
        return {}
    name = "(?:" + "|".join(rf"\*{{0,2}}{re.escape(name)}" for name in names) + ")"
    listed = rf"{name}(?:, {name})*"
    head = re.compile(rf"(?:(?<=^)|(?<=[.;)] ))({listed}) ?: ")
    runs: list[list[str]] = []
    for line in textwrap.dedent(block).split("\n"):
        if re.fullmatch(listed, line):
            line += " :"
        line = re.sub(rf"^({listed}): ", r"\1 : ", line)
        if not runs or re.match(rf"{listed} :", line):
            runs.append([])
        runs[-1].append(line)
    found: dict[str, str] = {}
    for run in runs:
        text = flat(" ".join(run)) + " "
        marks = list(head.finditer(text))
        if not marks or marks[0].start() != 0:
            return {}
        for mark, after in zip(marks, [*marks[1:], None], strict=True):
            told = text[mark.end() : after.start() if after else None].strip()
            found[mark[1].replace("*", "")] = told
    return found

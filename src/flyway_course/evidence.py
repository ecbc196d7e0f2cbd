"""The page *How we know it is right*, made from the comparisons that the tests make.

Each test of `tests/reference` compares a result of `flyway` with a published value. This module runs
those tests, takes their comparisons, and writes `book/reference/evidence.csv` and the page that
shows it. The published cases live beside the checkout; where they are absent the committed table
stays as it is.

Run it with `python -m flyway_course.evidence` after a method or a case was added.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from flyway_course.paths import BOOK, ROOT
from flyway_course.reference.links import anchor

TABLE = BOOK / "reference" / "evidence.csv"
PAGE = BOOK / "reference" / "how-we-know.md"
ROUNDING = 1e-9  # below this, two machines differ in the last digit only
COLUMNS = ["method", "source", "quantity", "values", "published", "ours", "largest_difference"]

INTRODUCTION = """---
myst:
  html_meta:
    "description lang=en": "Every method of the package flyway beside a published case: the published value, our value, and the difference."
---

# How do we know that the methods are right?

A method is taught here only after it has given the same answer as somebody else's work.
The table is made by the tests: method, published case, published value, our value, difference.
Where a case holds many values, such as one for each year, the first is shown and the difference is the largest of all.

"Published" is a number printed in a paper, a manual or course notes, or the answer of a well-known program on published data.
Small differences come from rounding in print, or from two programs that stop at slightly different places.
The tests also run every method on simulated counts whose truth is known.

"""


def collect() -> pd.DataFrame | None:
    """Run the reference tests and return their comparisons, or None where the cases are absent.

    Raises RuntimeError with the end of the test output if a comparison fails.
    """
    if not (ROOT.parent / "shared" / "methods" / "open").is_dir():
        return None
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "evidence.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        run = subprocess.run(
            [*command, "tests/reference"],
            cwd=ROOT,
            env={**os.environ, "FLYWAY_EVIDENCE": str(found), "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise RuntimeError(f"a published case is not reproduced:\n{run.stdout[-2000:]}")
        comparisons = json.loads(found.read_text(encoding="utf-8"))
    rows = [_row(comparison) for comparison in comparisons]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["case"] = [comparison["case"] for comparison in comparisons]
    return table.drop_duplicates(["method", "source", "quantity"])


def _flat(value: Any) -> list[Any]:
    """List the single values of a number, a list or a dictionary, by sorted key."""
    if isinstance(value, dict):
        return [item for key in sorted(value) for item in _flat(value[key])]
    if isinstance(value, list):
        return [item for part in value for item in _flat(part)]
    return [value]


def _row(comparison: dict[str, Any]) -> list[Any]:
    published, ours = _flat(comparison["published"]), _flat(comparison["ours"])
    numeric = all(isinstance(v, (int, float)) for v in [*published, *ours])
    pairs = list(zip(published, ours, strict=True))
    largest = max(abs(a - b) for a, b in pairs) if numeric else None
    return [
        comparison["method"],
        comparison["source"],
        comparison["quantity"],
        len(published),
        _short(published[0]),
        _short(ours[0]),
        "same" if largest is None else "0" if largest < ROUNDING else f"{largest:.1g}",
    ]


def _short(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def page(table: pd.DataFrame) -> str:
    """Return the page for a table of comparisons."""
    parts = [INTRODUCTION]
    for (method, source), rows in table.groupby(["method", "source"], sort=False):
        # the pages of the rooms lead here
        parts += [f"({anchor(rows['case'].iloc[0])})=\n## {method}\n\n"]
        parts += [f"Published case: {_escape(source)}\n\n"]
        parts += ["| Quantity | Values | Published | Ours | Largest difference |\n"]
        parts += ["|---|---:|---:|---:|---:|\n"]
        for row in rows.itertuples():
            cells = (row.quantity, row.values, row.published, row.ours, row.largest_difference)
            parts += [f"| `{cells[0]}` | " + " | ".join(map(str, cells[1:])) + " |\n"]
        parts += ["\n"]
    return "".join(parts).rstrip() + "\n"


def _escape(text: str) -> str:
    """Keep signs of the source from being read as Markdown."""
    for sign in "\\`*_[]<>":
        text = text.replace(sign, "\\" + sign)
    return text


def read() -> pd.DataFrame:
    """Read the committed table, every column as text."""
    return pd.read_csv(TABLE, dtype=str, keep_default_na=False)


def main() -> int:
    """Write the table and the page; return the exit code."""
    table = collect()
    if table is None:
        print(
            "The published cases are not on this machine, so the page of evidence stays as it is."
        )
        return 0
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(TABLE, index=False, lineterminator="\n")
    PAGE.write_text(page(read()), encoding="utf-8", newline="\n")
    print(f"{len(table)} comparisons written to {PAGE.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

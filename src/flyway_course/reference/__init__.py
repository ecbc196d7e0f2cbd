"""The reference part of the book: one page for each room of `flyway`, made from its docstrings.

    python -m flyway_course.reference

The pages are committed, as all made pages are: a build of the book reads them as plain Markdown, so
that the reference costs a build nothing until a page changes, and a change of a docstring shows in the
diff. Docstrings are read from the source; no room is imported.
"""

from __future__ import annotations

from pathlib import Path

from flyway_course.paths import BOOK, ROOT

FOLDER = BOOK / "reference"


def make() -> dict[Path, str]:
    """Every page of the reference with its text."""
    from .book import pages

    return {FOLDER / name: text for name, text in pages().items()}


def main() -> int:
    """Write the pages that changed; return the exit code."""
    for path, text in make().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path.relative_to(ROOT).as_posix()} is written.")
    return 0

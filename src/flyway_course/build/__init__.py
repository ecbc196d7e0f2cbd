"""Build the book: run what has changed, check the site, publish it whole or not at all.

>>> from flyway_course.build import build_book
>>> build_book(progress=print).summary()            # doctest: +SKIP
'The book is built: 12 pages, 3 lessons ran, 14.2 s.'

Importing this package loads nothing but the standard library, so that asking for a book that is
up to date costs next to nothing; Sphinx runs in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .errors import BuildError
from .report import BuildReport

__all__ = ["BuildError", "BuildReport", "build_book"]


def build_book(
    *,
    cold: bool = False,
    progress: Callable[[str], None] | None = None,
    root: Path | None = None,
    wait_s: float = 0,
) -> BuildReport:
    """Bring `_build/html` up to date with the book.

    Parameters
    ----------
    cold
        Forget everything that earlier builds made (outputs of lessons too); the published site
        stays until the new one is ready.
    progress
        Called with one line for people at each step, such as
        `"Running lesson 3 of 5: How many birds?"`.
    root
        Folder with `_config.yml` and `_toc.yml`; without it, this checkout.
    wait_s
        Seconds to wait for another build of the same book to end.

    Raises
    ------
    BuildError
        With a message for people. The last good site is then still in place.
    """
    from .book import build

    where = Path(root) if root else Path(__file__).resolve().parents[3]
    return build(where.resolve(), cold, progress or (lambda line: None), wait_s)

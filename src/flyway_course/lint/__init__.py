"""Hold the book to its standard: `python3 course.py lint`, and the tests with the same functions.

`run` prints each problem as `file:line: rule: by how much; the mend`. The rules live in small
modules: `budgets`, `anatomy`, `objectives`, `quizzes`, `figures`, `forbidden`, `sources`,
`glossary`, `style` (ruff) and `spelling` (cspell). `book` holds what needs all lessons at once.
"""

from __future__ import annotations

from flyway_course import paths

from .book import Book
from .problem import Problem, errors

__all__ = ["Book", "Problem", "errors", "run"]


def run(fix: bool = False) -> int:
    """Lint the lessons and the words of the book; return 0 if all is well, else 1.

    With `fix`, the code of lessons is formatted first; words and structure are mended by hand.
    """
    paths.put_tools_on_path()
    book = Book.load(paths.ROOT)
    if fix:
        for name in book.format():
            print(f"{name}: formatted")
        book = Book.load(paths.ROOT)
    problems = sorted(book.check())
    for problem in problems:
        print(problem)
    unchecked = book.unchecked()
    for why in unchecked:
        print(f"not checked: {why}")
    broken = errors(problems)
    lessons = f"{len(book.lessons)} lesson{'s' if len(book.lessons) != 1 else ''}"
    print(f"{lessons}: {len(broken)} to mend, {len(problems) - len(broken)} to look at")
    return 1 if broken or unchecked else 0

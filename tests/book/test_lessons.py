"""Each lesson of the book keeps the standard: budgets, anatomy, objectives, figures, code.

The rules are those of `python3 course.py lint`; here each lesson and each group of rules is a test.
"""

from __future__ import annotations

import pytest

from flyway_course import paths
from flyway_course.lint import Book, errors
from flyway_course.lint import parsing as lessons

BOOK = Book.load(paths.ROOT)
GROUPS = Book.RULES


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("lesson", BOOK.lessons, ids=lambda lesson: lesson.path)
def test_lesson_keeps_the_standard(lesson, group):
    broken = errors(GROUPS[group](BOOK, lesson))
    assert not broken, "\n" + "\n".join(map(str, broken))


def test_the_lint_finds_every_lesson_that_the_book_runs():
    assert {lesson.path for lesson in BOOK.lessons} == {
        path.relative_to(paths.ROOT).as_posix() for path in paths.lesson_sources().values()
    }
    assert BOOK.lessons


def test_lessons_agree_with_each_other():
    assert not (broken := [*BOOK.faults, *BOOK.together()]), "\n" + "\n".join(map(str, broken))


def test_every_lesson_is_in_the_table_of_contents():
    listed = (paths.ROOT / "_toc.yml").read_text(encoding="utf-8")
    for page in lessons.find(paths.BOOK):
        name = page.relative_to(paths.ROOT).with_suffix("").as_posix()
        assert f"file: {name}" in listed, f"{name} is not in _toc.yml, so no reader finds it"

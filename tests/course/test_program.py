"""Which notebooks are one program: what Python is told counts, and not how it is written."""

import warnings

import pytest

from flyway_course.grading.plan import ANSWER, TEST, Step
from flyway_course.grading.program import program_of
from flyway_course.grading.rebuild import Piece


def program(*cells, kind=ANSWER):
    steps = [Step(id=f"cell {n}", kind=kind, source="", released="") for n in range(len(cells))]
    return program_of([Piece(s, text, "code") for s, text in zip(steps, cells, strict=True)])


FIRST = "birds = counts['count'].sum()\nbirds + 1"


@pytest.mark.parametrize(
    "other",
    [
        "# Minji, with Saraa\n\nbirds = counts['count'].sum()\n\nbirds + 1",
        'birds = (counts["count"]).sum()  # all birds\nbirds+1;',
        "birds=counts['count'] \\\n  .sum()\nbirds + 1\n# done",
    ],
)
def test_comments_spacing_and_quotation_marks_make_no_other_program(other):
    assert program(other) == program(FIRST)


@pytest.mark.parametrize(
    "other",
    [
        "birds = counts['count'].sum()",
        "birds = counts['count'].sum()\nbirds + 2",
        "birds = counts['count'].sum()\nbirds + 1.0",
        "birds = counts['count '].sum()\nbirds + 1",
        "'''A note.'''\n" + FIRST,
        "cranes = counts['count'].sum()\ncranes + 1",
        FIRST + "\n%matplotlib inline",
        FIRST + "\nbirds +",
    ],
)
def test_other_code_is_another_program(other):
    assert program(other) != program(FIRST)


def test_the_place_of_the_code_and_the_cell_are_part_of_it():
    assert program("a = 1", "b = 2") != program("b = 2", "a = 1")
    words = Piece(None, "Words.", "markdown")
    code = Piece(None, "a = 1", "code")
    assert program_of([words, code]) != program_of([code, words])
    assert program_of([words, code]) == program_of([Piece(None, "Others.", "markdown"), code])


def test_the_instructors_cells_count_as_they_stand():
    assert program("a = 1", kind=TEST) != program("a = 1  # hidden", kind=TEST)


@pytest.mark.parametrize(
    "odd",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "-" * 15_000 + "1",
        "a" + ".b" * 9_000,
        "a" + ".b" * 90_000,
        "1" + "+1" * 9_000,
        "f" + "()" * 9_000,
        "if 1:1\n" + "elif 1:1\n" * 2_000,
        "a = '\0'",
        "a = '\ud800'",
        "%%bash\nls",
        "counts?",
        "a = '\\d'",
    ],
    ids=range(12),
)
def test_code_that_cannot_be_read_is_compared_as_it_stands(odd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert program(odd) == program(odd) != program(odd + "x")

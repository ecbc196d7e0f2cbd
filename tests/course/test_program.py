"""Which notebooks are one program, and share what one run of it gave."""

import pytest

from flyway_course.grading.answers.program import program_of
from flyway_course.grading.answers.rebuild import Piece

FIRST = "birds = counts['count'].sum()\nbirds + 1"


def program(*cells):
    return program_of([Piece(None, text, "code") for text in cells])


@pytest.mark.parametrize(
    "other",
    [
        FIRST + "\nbirds",
        "# for another trainee's page, if a warning shows this line\n" + FIRST,
        FIRST + "  # \x0c%pwd\x0cbirds = -1",  # a comment for Python, a line of code for IPython
        FIRST + "  # \x85%pwd\x85birds = -1",
        FIRST.replace("'", '"'),
    ],
)
def test_only_the_same_letters_are_the_same_program(other):
    assert program(FIRST) == program(FIRST) != program(other)


def test_words_make_no_other_program_but_the_place_of_the_code_does():
    words, others = Piece(None, "Words.", "markdown"), Piece(None, "Others.", "markdown")
    code = Piece(None, FIRST, "code")
    assert program_of([words, code]) == program_of([others, code]) != program_of([code, words])
    assert program("a = 1", "b = 2") != program("b = 2", "a = 1")

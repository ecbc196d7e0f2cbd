"""A sentence for the warden counts or waits wherever it stands; no honest words become a final 0."""

import json

import pytest
from a_class import REFERENCE, X0, notebook

from flyway_course.grading.answers.rebuild import rebuild
from flyway_course.grading.answers.words import is_sentence
from flyway_course.grading.intake.reading import read

WORDS, SAID = "for-the-warden", "In 2025 fewer birds came to Deep Bay, and nobody knows why."
STUB = next(s.released for s in X0.plan if s.id == WORDS)
CLOSING = X0.plan[-1].id


def with_cell(below, kind, source):
    nb = notebook(REFERENCE | {WORDS: STUB})
    place = [c["id"] for c in nb["cells"]].index(below) + 1 if below else 0
    nb["cells"].insert(place, {"cell_type": kind, "source": source, "metadata": {}})
    return nb


def with_more(name, more):
    nb = notebook(REFERENCE | {WORDS: STUB})
    one = next(c for c in nb["cells"] if c["id"] == name)
    one["source"] = "".join(one["source"]) + more
    return nb


def without_its_name():
    nb = notebook(REFERENCE | {WORDS: SAID})
    one = nb["cells"].pop([c["id"] for c in nb["cells"]].index(WORDS))
    nb["cells"].append(one | {"id": "x", "metadata": {}})
    return nb


ELSEWHERE = {
    "at the end": (lambda: with_cell(CLOSING, "markdown", SAID), "below the text"),
    "at the top": (lambda: with_cell("", "markdown", SAID), "at the top"),
    "above the question": (lambda: with_cell("chart-graded", "markdown", SAID), "'chart-graded'"),
    "in the closing text": (lambda: with_more(CLOSING, f"\n\n{SAID}"), "in the text"),
    "in a comment at the end": (lambda: with_cell(CLOSING, "code", f"# {SAID}"), "below the text"),
    "as a text below": (lambda: with_cell(WORDS, "code", repr(SAID)), f"below the cell {WORDS!r}"),
    "printed below": (lambda: with_cell(WORDS, "code", f"print({SAID!r})"), f"below the cell {WORDS!r}"),
    "under a name": (lambda: with_cell(WORDS, "code", f"mine = {SAID!r}"), f"below the cell {WORDS!r}"),
    "as words in a cell of code": (lambda: with_cell("start", "code", SAID), "below the cell 'start'"),
    "in the last check": (lambda: with_more("chart-graded", f"\n# {SAID}"), "in the cell 'chart-graded'"),
    "in an answer": (lambda: with_more("chart", f"\n# {SAID}"), "in the cell 'chart'"),
    "in its own cell without a name": (without_its_name, "below the text"),
}  # fmt: skip


def rebuilt(nb):
    made = rebuild(read(json.dumps(nb).encode()), X0.plan)
    return made, next(p for p in made.pieces if p.step and p.step.id == WORDS)


@pytest.mark.parametrize("where", ELSEWHERE)
def test_words_anywhere_wait_for_a_person_and_the_note_says_where(where):
    make, place = ELSEWHERE[where]
    made, found = rebuilt(make())
    assert found.answered and found.source == SAID
    (note,) = [note for note in made.repairs if "is empty; words" in note]
    assert place in note


@pytest.mark.parametrize(
    "added",
    ["# old try", "# birds_2025 = census.loc[0, 'total']", "print(6)", "%matplotlib inline", "x = 'Deep Bay'"],
)  # fmt: skip
def test_code_and_short_notes_are_no_answer(added):
    made, found = rebuilt(with_cell("usual-mean", "code", added))
    assert not found.answered and not made.repairs


def test_words_elsewhere_say_nothing_where_the_answer_is_there():
    nb = notebook(REFERENCE | {WORDS: "Fewer birds."})
    nb["cells"].append({"cell_type": "markdown", "source": SAID, "metadata": {}})
    made, found = rebuilt(nb)
    assert found.source == "Fewer birds." and not made.repairs


def test_a_sentence_is_one_in_any_script():
    assert is_sentence("二〇二五年に鳥は減りました。") and is_sentence(
        "2025 онд шувуу цөөрсөн байна"
    )
    assert not is_sentence("鳥") and not is_sentence("2025: 328")

"""The reference of the book: every public docstring says what the standard asks, and the pages show it."""

from __future__ import annotations

import doctest
import importlib
import re

import pytest

from flyway_course import reference
from flyway_course.paths import ROOT
from flyway_course.reference import links, names
from flyway_course.reference.book import QUESTIONS, ROOMS, SERVING
from flyway_course.reference.docstrings import parse
from flyway_course.reference.markdown import block, prose, sentence
from flyway_course.reference.reading import (
    FLYWAY,
    Class,
    Function,
    Module,
    Option,
    Room,
    listed,
    read_room,
)
from flyway_course.reference.standard import can_raise, lacks, lacks_of, lacks_of_class

ALL = (*ROOMS, *SERVING)


@pytest.fixture(scope="module")
def made():
    return reference.make()


def test_the_pages_are_those_of_the_code(made):
    stale = [
        path.name
        for path, text in made.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    assert not stale, "run `python -m flyway_course.reference`"


def test_every_page_is_in_the_contents(made):
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for path in made:
        assert f"file: book/reference/{path.stem}\n" in contents


def test_every_link_within_the_reference_leads_to_a_place(made):
    evidence = (reference.FOLDER / "how-we-know.md").read_text(encoding="utf-8")
    text = "\n".join([*made.values(), evidence])
    places = re.findall(r"^\(([\w-]+)\)=$", text, re.M)
    assert len(places) == len(set(places))
    assert len(places) > 150
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= set(places)


def test_no_heading_stands_twice_on_a_page(made):
    """Headings that differ only in signs would get numbered anchors, which move when one is added."""
    for path, text in made.items():
        heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
        plain = [re.sub(r"\W+", "-", head.lower()).strip("-") for head in heads]
        assert len(plain) == len(set(plain)), path.name


def test_every_public_function_is_on_its_page_and_in_the_index(made):
    index = made[reference.FOLDER / "index.md"]
    for name in ALL:
        page = made[reference.FOLDER / f"{name if name in ROOMS else 'pictures'}.md"]
        for dotted, item in read_room(name).public().items():
            assert f"({names.target(name, item.name, isinstance(item, Class))})=" in page
            if isinstance(item, Function):
                module, _, function = dotted.rpartition(".")
                assert f"from {module} import {function}\n" in page
                assert f"[`{function}`](#{names.target(name, function, False)})" in index, dotted


def test_the_index_asks_the_seven_questions_of_the_course():
    assert len(QUESTIONS) == 7 + 1  # and what serves them all


@pytest.mark.parametrize("name", ALL)
def test_the_docstrings_of_a_room_meet_the_standard(name):
    found = lacks(read_room(name))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_names_each_of_its_modules_once(name):
    public, shared = listed(read_room(name).docstring)
    if not public or name == "simulate":
        return  # its names come from __all__, or every module is shown
    there = {path.stem for path in (FLYWAY / name).glob("*.py")} - {"__init__"}
    assert sorted([*public, *shared]) == sorted(there), f"src/flyway/{name}/__init__.py"


def modules_with_examples():
    """Public modules of the rooms in whose docstrings something is run."""
    for path in sorted(FLYWAY.rglob("*.py")):
        if ">>> " in path.read_text(encoding="utf-8"):
            parts = path.relative_to(FLYWAY.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_many_methods_show_an_example():
    assert len(list(modules_with_examples())) >= 15


@pytest.mark.parametrize("name", list(modules_with_examples()))
def test_the_examples_give_what_they_say(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert not result.failed


DOCSTRING = """Count the birds that nobody saw.

    N = n / p

Parameters
----------
seen : birds seen, 0 or more. p, p_se : chance to see one,
    and its standard error.
site : name of a column.

Returns a number of birds. Errors: ValueError for
a chance of 0.
Assumes that birds stay. Misleads when they hide: then p is too high.
Source: Somebody (1999)."""


def test_a_docstring_is_taken_apart():
    parts = parse(DOCSTRING, ["seen", "p", "p_se", "site"])
    assert parts.purpose == "Count the birds that nobody saw."
    assert parts.notes == ["    N = n / p"]
    assert parts.parameters == {
        "seen": "birds seen, 0 or more.",
        "p, p_se": "chance to see one, and its standard error.",
        "site": "name of a column.",
    }
    assert parts.returns == ["Returns a number of birds."]
    assert parts.errors == ["ValueError for a chance of 0."]
    assert parts.assumes == ["Assumes that birds stay."]
    assert parts.misleads == ["Misleads when they hide: then p is too high."]
    assert parts.sources == ["Somebody (1999)."]


def test_a_docstring_in_the_long_form_is_taken_apart():
    text = """Draw it.

Parameters
----------
ax
    Where to draw.
size
    How large, in metres.

Returns
-------
Axes
    The same axes.

Raises
------
ValueError
    If it is too large.
KeyError
    If it is not there."""
    parts = parse(text, ["ax", "size"])
    assert parts.parameters == {"ax": "Where to draw.", "size": "How large, in metres."}
    assert parts.returns == ["Axes: The same axes."]
    assert parts.errors == ["ValueError if it is too large. KeyError if it is not there."]


def room_of(docstring, source="Source: Somebody (1999)."):
    """A room with one estimator that has this docstring."""
    options = (Option("seen", None, "float", False), Option("p", "0.5", "float", False))
    function = Function("count_unseen", docstring, options, "Unseen", False, True, "a.py", 1)
    result = Class(
        "Unseen", "Birds unseen.", (), (("estimate", "float"), ("se", "float")), (), "a.py", 9
    )
    module = Module("flyway.x.unseen", f"How many were unseen?\n\n{source}", [function], [result])
    return Room("x", "", (module,)), function


WHOLE = """Count the birds that nobody saw.

seen : birds. p : chance.

Errors: ValueError for a chance of 0.
Misleads when birds hide."""


def test_a_whole_docstring_meets_the_standard():
    room, function = room_of(WHOLE)
    assert lacks_of(function, room, raises=True) == []
    assert lacks(room) == []


@pytest.mark.parametrize(
    ("without", "told"),
    [
        ("seen : birds. ", "what are seen?"),
        ("Errors: ValueError for a chance of 0.\n", "it can raise an error"),
        ("\nMisleads when birds hide.", "when does the estimate mislead?"),
        ("Count the birds that nobody saw.", "the purpose is one sentence"),
    ],
)
def test_what_a_docstring_lacks_is_told(without, told):
    assert without in WHOLE
    room, function = room_of(WHOLE.replace(without, "" if "Count" not in without else "Counting"))
    assert any(line.startswith(told) for line in lacks_of(function, room, raises=True))


def test_a_method_without_a_source_is_told():
    room, _ = room_of(WHOLE, source="It is a good method.")
    assert any("who published" in line for line in lacks(room))


def test_a_function_that_calls_one_that_raises_can_raise():
    assert "flyway.counts.trend.trend" in can_raise()
    assert "flyway.inputs.numbers" in can_raise()
    assert "flyway.impact.food.daily_need" in can_raise()  # through `numbers`
    assert "flyway.survey.form.form_fields" not in can_raise()


def test_functions_lead_to_their_published_case_and_lesson():
    cases = dict(links.checked()["flyway.counts.trend.trend"])
    assert "evidence-glm-quasipoisson-grizzly" in cases
    lessons = [page for page, _ in links.taught()["flyway.counts.trend.trend"]]
    assert "modules/04-change/01-is-it-recovering.md" in lessons


def test_a_note_becomes_a_sentence():
    assert sentence("a site or several;") == "A site or several."
    assert sentence("to scale up to birds.") == "To scale up to birds."
    assert sentence("cv of the first survey.") == "cv of the first survey."
    assert sentence("a, share of carcasses.") == "a, share of carcasses."


def test_signs_of_markdown_stay_signs_outside_code():
    assert prose("a_b * <c> `d_e`") == r"a\_b \* \<c\> `d_e`"
    assert prose("see `f`", {"f": "x-f"}.get) == "see [`f`](#x-f)"
    assert prose("not *before* it, 2 * 3 * 4, :func:`f`") == r"not *before* it, 2 \* 3 \* 4, `f`"
    assert block("    y = a * b") == ["```text", "y = a * b", "```", ""]


def test_an_attribute_may_be_explained_in_a_sentence():
    told = "Birds unseen: `seen` of `all`.\n\nrest: the others. flown : those that left."
    fields = tuple((name, "int") for name in ("seen", "all", "rest", "flown", "lost"))
    result = Class("Unseen", told, (), fields, (), "a.py", 9)
    assert lacks_of_class(result) == ["what does lost hold? (`name : text`)"]

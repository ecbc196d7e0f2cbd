"""Directives: what an author writes, what comes out, and what is said when something is missing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from flyway_course.sphinx_ext import notebooks
from flyway_course.sphinx_ext.lesson import slug, split
from flyway_course.sphinx_ext.trim import trim

FRONT = """---
lesson:
  number: "9.9"
  level: core
  minutes: {read: 1, do: 2}
  objectives:
    - {id: bias, text: "Measure a bias.", checked_by: [q-a]}
---

# Title

"""
GOOD = """:::{quiz} q-a
:objective: bias

Which one?

- [x] This.

  Because.
- [ ] That.

  Because not.
:::
"""


def run(place: Path, text: str, builder: str = "gettext") -> tuple[Sphinx, str]:
    """Read one page with the extension; give the application and its warnings."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "index.md").write_text(text, encoding="utf-8")
    said = io.StringIO()
    settings = {
        "extensions": ["myst_parser", "flyway_course.sphinx_ext"],
        "myst_enable_extensions": ["colon_fence", "dollarmath"],
        "project": "Test",
    }
    with docutils_namespace():
        app = Sphinx(
            str(place),
            None,
            str(place / "out"),
            str(place / "trees"),
            builder,
            confoverrides=settings,
            status=None,
            warning=said,
        )
        app.build(force_all=True)
    return app, said.getvalue()


def test_a_whole_lesson_raises_no_warning_and_every_sentence_can_be_translated(tmp_path):
    text = (
        FRONT
        + GOOD
        + """
:::{predict} Before you look
How many?

- Few
- Many

---

Most say few.
:::

:::{story} A place, 1 January 2024
A field story.
:::

:::{breaks} A title of it
It fails here.
:::

:::{tell}
Tell a warden.
:::

:::{keypoints}
- One point.
:::
"""
    )
    app, said = run(tmp_path, text)
    assert not said
    found = (Path(app.outdir) / "index.pot").read_text(encoding="utf-8")
    for sentence in (
        "Which one?", "This.", "Because.", "That.", "Because not.", "Before you look", "How many?",
        "Few", "Many", "Most say few.", "A place, 1 January 2024", "A field story.",
        "A title of it", "It fails here.", "Tell a warden.", "One point.", "Measure a bias.",
    ):  # fmt: skip
        assert f'msgid "{sentence}"' in found
    assert "[x]" not in found


BROKEN = {
    "no right answer": (GOOD.replace("[x]", "[ ]"), "no answer is right"),
    "no explanation": (GOOD.replace("\n  Because not.\n", ""), "has no explanation"),
    "unknown objective": (GOOD.replace("bias", "brass"), "Known objectives: bias"),
    "no mark": (GOOD.replace("[ ] That", "That"), "does not begin with [x] or [ ]"),
    "no list": (":::{quiz} q-a\nWhich one?\n:::\n", "one bullet list of answers is needed"),
    "no question": (GOOD.replace("Which one?\n", ""), "no question above"),
    "one answer": (GOOD[: GOOD.index("- [ ]")] + ":::\n", "one answer is no choice"),
    "twice the same label": (GOOD + "\n" + GOOD, "used twice"),
    "no number": (
        ":::{quiz} q-a\n:answer: ten\n\nHow many?\n\n- [x] Because.\n:::\n",
        "must be a number such as 0.092",
    ),
    "wrong answer without its number": (
        ":::{quiz} q-a\n:answer: 10\n\nHow many?\n\n- [x] Because.\n- [ ] You forgot.\n:::\n",
        "names no number",
    ),
    "empty box": (":::{keypoints}\n:::\n", "the box is empty"),
    "long choice": (
        ":::{predict}\nWhat?\n\n- One\n\n  and more\n:::\n",
        "must be one line of text",
    ),
    "unknown data": (":::{data} nothing\nText.\n:::\n", "data nothing"),
}


@pytest.mark.parametrize(("text", "mend"), BROKEN.values(), ids=BROKEN)
def test_a_broken_box_names_file_line_and_mend(tmp_path, text, mend):
    _, said = run(tmp_path, FRONT + text)
    assert mend in said
    line = (FRONT + text).splitlines().index(text.splitlines()[0]) + 1
    last = (FRONT + text).count("\n") + 1
    places = [int(part.split(":")[0]) for part in said.split("index.md:")[1:]]
    assert places
    assert all(line <= place <= last for place in places)


def test_an_incomplete_front_matter_is_named(tmp_path):
    _, said = run(tmp_path, FRONT.replace("  level: core\n", ""))
    assert "front matter" in said
    assert "'level' is missing" in said
    _, said = run(tmp_path / "b", FRONT.replace("level: core", "level: hard"))
    assert "must be one of first steps, core, further" in said


def test_a_broken_formula_is_named(tmp_path):
    _, said = run(tmp_path, FRONT + "$\\frac{a}{b$\n", builder="html")
    assert "this formula has a fault" in said
    assert "index.md" in said


@pytest.fixture(scope="module")
def page(small_site) -> BeautifulSoup:
    text = (small_site / "book/modules/01-count/02-second.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


def test_card_shows_what_the_front_matter_says(page):
    card = page.find(class_="fw-card")
    words = " ".join(card.get_text(" ").split())
    assert "12 min to read, 35 min to do" in words
    assert "core" in words
    assert card.find("a", string="1.1 What is a flock?")["href"] == "01-first.html"
    badges = [badge.get_text() for badge in card.find_all(class_="fw-badge")]
    assert badges == ["real data", "simulated data"]
    heading = page.find("h1")
    assert heading.find_next_sibling() is card
    able = card.find_next_sibling(class_="fw-objectives")
    assert [item.get_text(strip=True) for item in able.find_all("li")] == [
        "Measure your bias.",
        "Correct a total.",
    ]


def test_controls_are_native_and_named(page):
    one = page.find(id="q-one")
    assert one.fieldset.legend.get_text() == "Choose one answer"
    assert {box["type"] for box in one.find_all("input")} == {"radio"}
    assert {box["type"] for box in page.find(id="q-many").find_all("input")} == {"checkbox"}
    number = page.find(id="q-number").find("input")
    assert page.find("label", attrs={"for": number["id"]})
    assert number["data-answer"] == "0.092"
    for described in page.find_all(attrs={"aria-describedby": True}):
        for ident in described["aria-describedby"].split():
            assert page.find(id=ident), ident


def test_data_box_tells_real_from_simulated(page):
    box = page.find(class_="fw-data")
    assert box.find(class_="fw-simulated")
    assert "(40 rows)" in box.get_text()
    assert "the truth is known" in box.get_text()


def test_an_exercise_has_its_title_and_no_number(page):
    exercise = page.select_one("#ex-total")
    assert exercise.select_one(".admonition-title").get_text() == "Exercise (The morning’s number)"
    folded = exercise.find_next("details", class_="solution")
    assert folded.summary.get_text().startswith("Solution to Exercise (The morning")


def test_names_of_lessons():
    assert slug("book/modules/04-change/01-is-it-recovering") == "04-change-01-is-it-recovering"
    assert split("no front matter\n") == ({}, "no front matter\n", 1)
    assert split("---\na: 1\n---\ntext")[0] == {"a": 1}


LESSON = FRONT.replace(
    "---\nlesson:",
    "---\njupytext: {text_representation: {extension: .md, format_name: myst}}\n"
    "kernelspec: {name: python3, display_name: Python 3, language: python}\nlesson:",
)


def convert(text: str, **names):
    return notebooks.convert(LESSON + text, notebooks.Names(**names))


def test_notebook_has_no_outputs_and_the_same_bytes_each_time():
    text = "Text.\n\n```{code-cell} ipython3\n:tags: [hide-input]\n\n1 + 1\n```\n\n```{code-cell} ipython3\n1 + 1\n```\n"
    made = convert(text)
    assert made == convert(text)
    ids = [cell.id for cell in made.cells]
    assert len(set(ids)) == len(ids)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in code] == [[], []]
    assert code[0].metadata["jupyter"] == {"source_hidden": True}
    assert set(made.metadata) == {"kernelspec", "language_info"}
    assert made.cells[0].source.startswith(
        "# Title\n\n**You will be able to**\n\n- Measure a bias."
    )


def test_only_a_changed_lesson_gets_a_new_notebook(tmp_path):
    app, said = run(tmp_path, LESSON + "Text.\n", builder="html")
    assert not said
    made = next((Path(app.outdir) / "notebooks").glob("*.ipynb"))
    made.write_text("left alone", encoding="utf-8")
    run(tmp_path, LESSON + "Text.\n", builder="html")
    assert made.read_text(encoding="utf-8") == "left alone"
    run(tmp_path, LESSON + "New text.\n", builder="html")
    assert "New text." in made.read_text(encoding="utf-8")


def test_notebook_quiz_keeps_its_answer_folded():
    text = convert(GOOD).cells[0].source
    question, answer = text.split("<details>")
    assert "- **A**: This." in question
    assert "Because" not in question
    assert "- **A**: right. Because." in answer
    assert "- **B**: not right. Because not." in answer
    assert ":::" not in text
    assert "{quiz}" not in text


def test_notebook_number_quiz_lists_known_mistakes():
    text = (
        ":::{quiz} q-n\n:answer: 0.092\n:unit: per year\n\nHow fast?\n\n- [x] The root.\n"
        "- [ ] 0.5: You divided.\n- [ ] *: Take the root.\n:::\n"
    )
    answer = convert(text).cells[0].source.split("<details>")[1]
    assert "**0.092 per year**: right. The root." in answer
    assert "**0.5**: not right. You divided." in answer
    assert "**Any other number**: not right. Take the root." in answer


def test_notebook_folds_solution_and_its_code_into_one_cell():
    text = (
        ":::{exercise} The sum\n:label: ex-a\n\nAdd.\n:::\n\n:::{hint}\n:class: dropdown\n\nUse +.\n:::\n\n"
        "```{code-cell} ipython3\ntotal = ...\n```\n\n"
        "````{solution-start} ex-a\n:class: dropdown\n````\n\n"
        "```{code-cell} ipython3\ntotal = 1 + 1\n```\n\n````{solution-end}\n````\n\nAfter.\n"
    )
    cells = convert(text).cells
    assert [cell.source for cell in cells if cell.cell_type == "code"] == ["total = ..."]
    folded = next(cell.source for cell in cells if "Solution: The sum" in cell.source)
    assert "```python\ntotal = 1 + 1\n```" in folded
    assert folded.startswith("<details><summary>")
    assert any("<summary>Hint</summary>" in cell.source for cell in cells)
    assert cells[-1].source == "After."


def test_notebook_roles_become_words():
    text = '{term}`flock`, {doc}`/book/x`, {cite}`A1,B2`, {kbd}`Shift`, {math}`a^2`, {doc}`that <x>`.\n\n```python\nx = "{term}`flock`"\n```\n'
    source = convert(text, page=lambda target: "Page X", cite=lambda keys: f"({keys} 2020)")
    shown = source.cells[0].source
    assert "flock, *Page X*, (A1,B2 2020), <kbd>Shift</kbd>, $a^2$, *that*." in shown
    assert 'x = "{term}`flock`"' in shown


def test_a_style_sheet_keeps_what_is_used():
    css = (
        ".a{color:red}.b .a{color:blue}.a,.b{top:0}p{left:0}"
        '@media print{.b{top:1px}.a{top:2px}}.a:not(.b){right:0}[class*="b"]{bottom:0}'
        '.a::after{content:"}.b{"}@font-face{font-family:X;src:url(x)}/* a note */'
    )
    kept = trim(css, {"a"})
    for part in (
        "color:red",
        "p{left:0}",
        "top:2px",
        "right:0",
        "bottom:0",
        "@font-face",
        '"}.b{"',
    ):
        assert part in kept
    for part in ("color:blue", "top:1px", "note", ",.b"):
        assert part not in kept

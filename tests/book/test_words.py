"""Spelling: British English and the project's own word list, in pages, docstrings and comments."""

from __future__ import annotations

import os

import pytest

from flyway_course import paths
from flyway_course.lint import Book, spelling

paths.put_tools_on_path()
WORDS = paths.BOOK / "words.txt"


@pytest.fixture(scope="module")
def cspell():
    """Skip where cspell is missing; in CI that is a failure."""
    why = spelling.missing(paths.ROOT)
    if why and os.environ.get("CI"):
        pytest.fail(why)
    if why:
        pytest.skip(why)


def test_every_word_is_known(cspell):
    book = Book.load(paths.ROOT)
    unknown = spelling.check(book.texts(), paths.ROOT)
    assert not unknown, "\n" + "\n".join(map(str, unknown))


@pytest.fixture
def check_text(cspell, tmp_path):
    """Spell-check a page with the project's settings, outside the book."""

    def check(text, name="page.md"):
        page = tmp_path / name
        page.write_text(text, encoding="utf-8")
        found = spelling.check([page], tmp_path, house=paths.ROOT)
        return [(p.line, p.message.split("”")[0].lstrip("“")) for p in found]

    return check


def test_wrong_words_are_found_with_their_lines(check_text):
    assert check_text("# Tihs\n\nA roost of craness.\n") == [(1, "Tihs"), (3, "craness")]


def test_american_words_are_found(check_text):
    assert check_text("The color is gray, we recognize it.\n") == [
        (1, "color"),
        (1, "gray"),
        (1, "recognize"),
    ]


def test_code_formulas_and_names_are_no_words(check_text):
    page = """---
jupytext: {format_nmae: mystt}
myst:
  html_meta:
    "description lang=en": "A wrng word."
lesson:
  objectives:
    - {id: growth, text: "Say it.", checked_by: [q-grwth]}
---

Call `bfs.heda()` and see {cite:p}`Tibshrani1993`, $xqz$ and {doc}`/book/strt`.

```{code-cell} python
colr = heda
```

:::{quiz} q-grwth
:objective: grwth
Read [this](strt.md).
:::
"""
    assert check_text(page) == [(5, "wrng")]


def test_only_docstrings_and_comments_of_code_are_read(check_text):
    code = '"""Say the conut of Schwarz."""\n\ncolr = heda(1)  # tiwce\nname = """\nxqzz\n"""\n'
    assert check_text(code, "module.py") == [(1, "conut"), (3, "tiwce")]


def test_the_word_list_is_tidy():
    parts = [part.splitlines() for part in WORDS.read_text(encoding="utf-8").split("\n\n")]
    for part in parts:
        listed = [line for line in part if line and not line.startswith("#")]
        assert listed == sorted(listed, key=str.lower), f"sort the part {part[0]}"
    words = [line.lower() for part in parts for line in part if not line.startswith("#")]
    assert len(words) == len(set(words)), "a word stands twice"

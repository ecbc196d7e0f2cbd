"""The directive `my-progress`: its totals come from the lessons, also after a lesson has changed."""

from __future__ import annotations

import io

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

LESSON = """---
lesson:
  number: "{number}"
  level: core
  minutes: {{read: 1, do: 2}}
---

# {title}

{text}
"""
QUIZ = """:::{quiz} q-%s
Which one?

- [x] This.

  Because.
- [ ] That.

  Because not.
:::

"""
CODE = """```python
check("9.1 one", ...)
check('9.1 two', 2)
check("9.1 one", 1)
check(number)
```
"""
TOC = "# %s\n\n```{toctree}\n%s\n```\n"
PARTS = ":::{my-progress} table\n:::\n\n:::{my-progress} tools\n:::\n"


def lesson(number="9.1", title="First", text=QUIZ % "a" + CODE):
    return LESSON.format(number=number, title=title, text=text)


@pytest.fixture
def build(tmp_path):
    """Write pages, build the book as text; give its page "My progress" and the warnings."""

    def run(**pages):
        for name, text in pages.items():
            file = tmp_path / "book" / f"{name.replace('_', '-')}.md"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        said = io.StringIO()
        settings = {
            "extensions": ["myst_parser", "flyway_course.sphinx_ext"],
            "myst_enable_extensions": ["colon_fence"],
            "root_doc": "book/index",
            "exclude_patterns": ["out", "trees"],
        }
        with docutils_namespace():
            app = Sphinx(
                str(tmp_path),
                None,
                str(tmp_path / "out"),
                str(tmp_path / "trees"),
                "text",
                confoverrides=settings,
                status=None,
                warning=said,
            )
            app.build()
        page = tmp_path / "out" / "book" / "my-progress.txt"
        text = " ".join(page.read_text("utf-8").split()) if page.exists() else ""
        return text, said.getvalue()

    return run


@pytest.fixture
def book():
    """Two modules, the later lesson first in the alphabet."""
    return {
        "index": TOC % ("Course", "my-progress\nmodule-b\nmodule-a"),
        "module_a": TOC % ("Module A", "wrap"),
        "module_b": TOC % ("Module B", "first"),
        "first": lesson(),
        "wrap": "# What do you keep?\n\n" + QUIZ % "a" + QUIZ % "b",
        "my_progress": f"# Mine\n\n{PARTS}",
    }


def test_the_table_has_each_page_with_its_totals_in_the_order_of_the_contents(build, book):
    text, said = build(**book)
    assert not said
    table = text[text.index("Self-checks") : text.index("Self-checks are remembered")]
    # A text has no cells: they stand one behind the other.
    assert table == "Self-checksModule B9.1 First☐… of 1… of 2Module AWhat do you keep?… of 2"


def test_a_changed_lesson_changes_the_table_though_the_page_is_the_same(build, book):
    build(**book)
    text, said = build(first=lesson(title="Second", text=QUIZ % "a" + QUIZ % "b"))
    assert not said
    assert "9.1 Second☐… of 2Module A" in text
    text, _ = build(wrap="# Nothing to answer\n")
    assert "Module A" not in text


def test_without_the_page_a_lesson_builds_and_leads_nowhere(build, book):
    del book["my_progress"]
    book["index"] = TOC % ("Course", "module-b\nmodule-a")
    assert build(**book) == ("", "")


@pytest.mark.parametrize(
    ("page", "text", "why"),
    [
        (
            "my_progress",
            ":::{my-progress} chart\n:::\n",
            "there is no part 'chart', write table or tools",
        ),
        ("wrap", ":::{my-progress} table\n:::\n", "looks for this page at book/my-progress.md"),
    ],
)
def test_a_part_that_does_not_exist_and_another_page_are_refused(build, book, page, text, why):
    _, said = build(**book | {page: f"# Title\n\n{text}"})
    assert why in said

"""What makes a build fast gives the same answers as the long way."""

from __future__ import annotations

import importlib.metadata
from types import SimpleNamespace

import importlib_metadata
import pytest
from pybtex.database import Entry
from pybtex.style.formatting.unsrt import Style
from small_book import write

from flyway_course.build.child import _only_pages_of
from flyway_course.sphinx_ext import bibliography
from flyway_course.sphinx_ext.bibliography import KeyedStyle, remember
from flyway_course.startup import leave_out_other_builders, read_entry_points_once


@pytest.mark.parametrize("module", [importlib.metadata, importlib_metadata])
def test_entry_points_are_read_once_and_answered_alike(module, monkeypatch):
    for each in (importlib.metadata, importlib_metadata):
        monkeypatch.setattr(each, "entry_points", each.entry_points)  # as before, afterwards
    questions = [
        {"group": "pybtex.style.formatting", "name": "unsrt"},
        {"group": "console_scripts"},
        {"group": "no such group"},
    ]
    before = [sorted(map(str, module.entry_points(**asked))) for asked in questions]
    assert [len(found) > 0 for found in before] == [True, True, False]
    read_entry_points_once()
    for _ in range(2):
        after = [sorted(map(str, module.entry_points(**asked))) for asked in questions]
        assert after == before
    monkeypatch.setattr(module, "distributions", None)  # reading again would be an error
    assert module.entry_points(**questions[0])


def test_only_builders_are_left_out(monkeypatch):
    from sphinx import application

    before = application.builtin_extensions
    monkeypatch.setattr(application, "builtin_extensions", before)  # as before, afterwards
    leave_out_other_builders()
    gone = set(before) - set(application.builtin_extensions)
    assert gone == {"sphinx.builders.epub3", "sphinx.builders.linkcheck"}
    leave_out_other_builders()
    assert len(application.builtin_extensions) == len(before) - 2


def entry(title: str) -> Entry:
    made = Entry("misc", fields={"title": title, "year": "2025", "author": "Kim, A."})
    made.key = "S1"
    return made


@pytest.fixture
def formatted(monkeypatch):
    """Titles of the entries that were formatted, in the end."""
    bibliography.setup(SimpleNamespace(connect=lambda *_, **__: None))  # registers the style
    seen = []
    monkeypatch.setattr(KeyedStyle, "formatted", {})
    plain = Style.format_entry

    def listen(self, label, entry, bib_data=None):
        seen.append(entry.fields["title"])
        return plain(self, label, entry, bib_data)

    monkeypatch.setattr(Style, "format_entry", listen)
    return seen


def test_a_source_is_formatted_again_only_when_it_has_changed(formatted):
    style = KeyedStyle()
    first = style.format_entry("S1", entry("Cranes"))
    assert style.format_entry("S1", entry("Cranes")) is first
    assert formatted == ["Cranes"]
    assert "Storks" in str(style.format_entry("S1", entry("Storks")).text)
    assert style.format_entry("S2", entry("Storks")).label == "S2"
    assert formatted == ["Cranes", "Storks", "Storks"]


def test_sources_of_the_last_build_are_known_if_they_had_this_style(formatted):
    words = KeyedStyle().format_entry("S1", entry("Cranes"))
    for style, known in (("keyed", ["Cranes"]), ("alpha", ["Cranes", "Cranes"])):
        citation = SimpleNamespace(
            bibliography_key="list", entry=entry("Cranes"), formatted_entry=words
        )
        lists = {"list": SimpleNamespace(style=style)}
        cite = {"citations": [citation], "bibliographies": lists}
        remember(None, SimpleNamespace(domaindata={"cite": cite}))
        assert str(KeyedStyle().format_entry("S1", entry("Cranes")).text) == str(words.text)
        assert formatted == known


def test_sphinx_looks_for_the_pages_of_the_contents_alone(tmp_path):
    toc = write(tmp_path, "_toc.yml", "format: jb-book\nroot: book/index\nchapters:\n")
    toc.write_text(toc.read_text() + "- file: book/a.md\n- file: book/deep/b\n")
    given = _only_pages_of(toc)
    assert given["external_toc_exclude_missing"] is False
    assert {"book/index.*", "book/a.md", "book/deep/b.*"} <= set(given["include_patterns"])
    toc.write_text(toc.read_text() + "- glob: book/more/*\n")
    assert _only_pages_of(toc) == {}  # only Jupyter Book knows which pages these are

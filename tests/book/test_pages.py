"""The built pages as files: valid HTML, words for pictures, headings in order, nothing from outside.

`.htmlvalidate.json` holds the rules: html-validate's recommended set without
- no-inline-style: formulas and tables carry measured widths,
- prefer-native-element for lists: the bibliography's lists are docutils' own elements,
- no-redundant-role: Sphinx's search looks for `role="main"`,
- no-trailing-whitespace, long-title: matters of taste; lessons have questions as titles.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from flyway.plots.colour import DARK_PAPER, contrast
from flyway_course import paths
from flyway_course.build.guard import find_external
from flyway_course.sphinx_ext.maths import node_program

pytestmark = pytest.mark.slow

CSS = (paths.BOOK / "_static" / "kit.css").read_text(encoding="utf-8")
# text colour, its ground, least contrast (4.5 for text, 3 for lines of controls)
PAIRS = [
    ("ink", "paper", 7),
    ("ink", "quiet", 7),
    ("ink", "tint", 7),
    ("soft", "paper", 4.5),
    ("soft", "quiet", 4.5),
    ("soft", "tint", 4.5),
    ("accent", "paper", 4.5),
    ("accent", "quiet", 4.5),
    ("accent", "tint", 4.5),
    ("accent-strong", "tint", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("right", "right-tint", 4.5),
    ("right", "paper", 4.5),
    ("not-yet", "paper", 4.5),
    ("simulated", "simulated-tint", 4.5),
    ("control", "paper", 3),
]


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the book, read once."""
    found = {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] not in {"_static", "lite"}
    }
    assert len(found) > 8
    return found


def validate(folder):
    """What html-validate says of every page of a folder."""
    program = paths.NODE_MODULES / "html-validate" / "bin" / "html-validate.mjs"
    if not program.is_file():
        pytest.fail("html-validate is not installed: run `python3 course.py test`, or `npm ci`.")
    rules = paths.ROOT / ".htmlvalidate.json"
    asked = [
        node_program(),
        str(program),
        "--config",
        str(rules),
        "-f",
        "json",
        f"{folder}/**/*.html",
    ]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    return [
        f"{entry['filePath']}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for entry in report
        if not Path(entry["filePath"]).is_relative_to(folder / "lite")  # JupyterLite's own pages
        for fault in entry["messages"]
    ]


def test_every_page_is_valid_html(site):
    assert not validate(site)


def test_the_small_book_is_valid_html(small_site):
    assert not validate(small_site)


def test_the_validator_sees_a_fault(tmp_path):
    (tmp_path / "page.html").write_text("<p><div></p>", encoding="utf-8")
    assert validate(tmp_path)


def test_every_picture_has_words(pages):
    silent = [
        (name, str(image)[:120])
        for name, page in pages.items()
        for image in page.find_all("img")
        if not (image.get("alt") or "").strip() and "logo__image" not in image.get("class", [])
    ]
    assert not silent


def test_headings_are_in_order_and_the_first_is_the_only_h1(pages):
    wrong = {}
    for name, page in pages.items():
        levels = [int(h.name[1]) for h in page.find_all(re.compile("^h[1-6]$"))]
        jumps = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]
        if levels[:1] != [1] or levels.count(1) != 1 or jumps:
            wrong[name] = levels
    assert not wrong


def test_every_page_says_what_it_is(pages):
    for name, page in pages.items():
        assert page.html["lang"] == "en", name
        assert page.title.get_text(strip=True), name
        if name.startswith("_maps/"):
            continue
        described = page.find("meta", attrs={"name": "description"})
        assert described is not None, name
        assert len(described["content"]) > 20, name
        assert page.find("link", rel="icon"), name
    texts = [
        page.find("meta", attrs={"name": "description"})["content"]
        for name, page in pages.items()
        if name.startswith("book/")
    ]
    assert len(set(texts)) == len(texts)


def test_ids_are_given_once_and_references_between_controls_resolve(pages):
    for name, page in pages.items():
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), name
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            for tag in page.find_all(attrs={attribute: True}):
                value = tag[attribute]
                for ident in value if isinstance(value, list) else value.split():
                    assert ident in ids, f"{name}: {attribute}={ident}"


def test_nothing_comes_from_outside(site, small_site):
    assert not find_external(site)
    assert not find_external(small_site)


def test_pages_carry_no_data_pictures_and_each_picture_has_its_dark_twin(site, pages):
    for name, page in pages.items():
        assert "data:image" not in str(page.body), name
        for image in page.select("img.fw-figure.only-light"):
            twin = image.find_next_sibling("img")
            assert "only-dark" in twin["class"], name
            assert twin["alt"] == image["alt"]
            assert ((site / name).parent / twin["src"]).resolve().is_file()
        for template in page.find_all("template"):
            for image in template.find_all("img"):
                for source in (image["src"], image["data-dark"]):
                    assert ((site / name).parent / source).resolve().is_file()


def test_each_lesson_has_its_notebook(site, pages):
    lessons = {name: page for name, page in pages.items() if page.find(class_="fw-card")}
    assert len(lessons) >= 3
    for name, page in lessons.items():
        link = page.find("a", download=True)
        file = ((site / name).parent / link["href"]).resolve()
        assert file.is_file(), name
        made = json.loads(file.read_text(encoding="utf-8"))
        assert made["nbformat"] == 4
        text = "".join("".join(cell["source"]) for cell in made["cells"])
        assert not re.search(r"^:{3,}|^`{3,}\{|\{[a-z]+\}`", text, flags=re.M), name
        assert all(not cell.get("outputs") for cell in made["cells"])


def test_only_pages_with_formulas_load_their_style(pages):
    for name, page in pages.items():
        loaded = any("katex" in link["href"] for link in page.find_all("link", rel="stylesheet"))
        assert loaded == bool(page.select(".katex")), name


def test_unused_parts_of_the_theme_are_not_in_the_site(site):
    static = site / "_static"
    assert not list(static.rglob("fontawesome*"))
    assert not list(static.rglob("bootstrap*"))
    icons = sum(path.stat().st_size for path in (static / "styles").glob("icons-*.woff2"))
    assert 500 < icons < 10_000


def colours(theme):
    """The course's own colours of one theme."""
    block = re.search(rf'html\[data-theme="{theme}"\] {{\n(.*?)\n}}', CSS, flags=re.S).group(1)
    return dict(re.findall(r"--fw-([\w-]+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_colours_can_be_read(theme, text, ground, least):
    palette = colours(theme)
    assert contrast(palette[text], palette[ground]) >= least


def test_dark_pages_have_the_paper_of_dark_pictures():
    assert colours("dark")["paper"] == DARK_PAPER

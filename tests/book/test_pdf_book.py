"""The whole book as a PDF, printed once from the built site."""

from __future__ import annotations

import re

import pytest
from pypdf import PdfReader

from flyway_course import paths
from flyway_course.build.leaks import MARKS, find_secrets
from flyway_course.pdf import current_book, current_sheets, make_book, make_sheets
from flyway_course.pdf.document import work_folder
from flyway_course.pdf.order import pages_in_order
from flyway_course.pdf.page_numbers import pages_of_places

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTH = 643  # CSS pixels of a line: 210 mm of paper less two margins of 20 mm


@pytest.fixture(scope="module")
def book(site, browser):
    """The PDF of the book as it is built now; what belongs to it already is not printed again."""
    return current_book(paths.ROOT) or make_book(paths.ROOT).file


@pytest.fixture(scope="module")
def sheets(site, browser):
    return current_sheets(paths.ROOT) or make_sheets(paths.ROOT)


@pytest.fixture(scope="module")
def reader(book):
    return PdfReader(book)


@pytest.fixture(scope="module")
def texts(reader):
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.fixture(scope="module")
def lessons():
    """Front matter and text of each lesson that the book names."""
    import yaml

    found = {}
    for place in pages_in_order(paths.ROOT):
        text = (paths.ROOT / f"{place.name}.md").read_text(encoding="utf-8")
        head = yaml.safe_load(text.split("\n---", 1)[0][3:]) if text.startswith("---") else {}
        if "lesson" in head:
            found[place] = (head["lesson"], text)
    return found


def titles(outline, depth=0):
    for entry in outline:
        if isinstance(entry, list):
            yield from titles(entry, depth + 1)
        else:
            yield depth, entry.title


def test_it_is_tagged_with_an_outline_that_numbers_its_lessons_in_order(reader, lessons):
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    found = [title for depth, title in titles(reader.outline) if depth == 2]
    words = [title.split(" ", 1)[0] for title in found]
    numbers = [word for word in words if re.fullmatch(r"\d\.\d+", word)]
    wanted = [lesson["number"] for lesson, _ in lessons.values()]
    assert len(wanted) > 10
    assert numbers[: len(wanted)] == wanted  # hints and answers name them again, at the end


def test_every_picture_says_what_it_shows(reader):
    left, pictures = [reader.trailer["/Root"]["/StructTreeRoot"]], []
    while left:
        part = left.pop().get_object()
        if isinstance(part, dict):
            pictures += [part.get("/Alt")] if part.get("/S") == "/Figure" else []
            below = part.get("/K", [])
            left += below if isinstance(below, list) else [below]
        elif isinstance(part, list):
            left += part
    assert len(pictures) > 50
    assert all(pictures)


def test_every_page_of_the_contents_begins_where_the_contents_say(reader, texts, book):
    pages = pages_of_places(book)
    begins = [pages[place.key] for place in pages_in_order(paths.ROOT)]
    assert begins == sorted(set(begins))
    assert not re.search(r"\bpage 000\b", " ".join(texts))


def test_each_lesson_can_be_searched(texts, lessons):
    whole = " ".join(texts)
    for lesson, _ in lessons.values():
        for objective in lesson["objectives"]:
            assert objective["text"] in whole, lesson["number"]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ja", "ko", "mn", "ru"])
def test_the_words_of_every_language_can_be_searched(texts, language):
    from flyway_course.pdf.article import soup

    page = (paths.SITE / "book" / "glossary.html").read_text(encoding="utf-8")
    spans = soup(page).select(f'article span[lang="{language}"]')
    whole = "".join("".join(texts).split())  # a word may stand on two lines
    lacking = [s.get_text() for s in spans if "".join(s.get_text().split()) not in whole]
    assert len(spans) > 50
    assert len(lacking) <= len(spans) // 50, lacking[:5]  # two may stand on two pages


def test_every_font_is_in_the_file(reader):
    lacking, kinds = set(), set()
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            kinds.add(font["/Subtype"])
            if font["/Subtype"] == "/Type0":
                described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
                if not {"/FontFile2", "/FontFile3"} & set(described):
                    lacking.add(font["/BaseFont"])
    assert not lacking
    assert kinds <= {"/Type0", "/Type3"}  # both carry their glyphs


def test_no_answer_stands_in_the_lessons_and_none_of_an_assignment_anywhere(texts, book):
    first = pages_of_places(book)["end-hints"]
    course = " ".join(texts[: first - 1])
    assert "Right answer:" not in course
    assert "Right answer:" in " ".join(texts[first:])
    whole = " ".join(texts)
    assert not [mark for mark in MARKS if mark in whole]
    packed = "".join(whole.split())  # lines of code are wrapped
    for secret in find_secrets(paths.SOLUTIONS, paths.BOOK):
        assert not all("".join(line.split()) in packed for line in secret.lines), secret.place


def test_no_link_leads_to_a_file(reader):
    addresses = set()
    for page in reader.pages:
        for note in page.get("/Annots") or []:
            action = note.get_object().get("/A")
            if action and "/URI" in action:
                addresses.add(action["/URI"])
    assert addresses
    assert not [one for one in addresses if not re.match(r"https?://|mailto:", one)]


def test_nothing_of_this_computer_is_in_it(book, texts):
    assert b"file:" not in book.read_bytes()
    assert not [text for text in texts if str(paths.ROOT) in text]


WIDE = """() => {
  const edge = document.body.getBoundingClientRect().right + 1;
  return [...document.querySelectorAll("article *, .title-page *, .contents *")]
    .filter(e => e.getBoundingClientRect().right > edge && !e.closest(".katex"))
    .map(e => `${e.closest("article")?.id}: ${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`);
}"""


def test_no_code_and_no_table_is_wider_than_the_paper(book, chromium):
    tab = chromium.new_page(viewport={"width": WIDTH, "height": 900})
    tab.emulate_media(media="print")
    tab.goto((work_folder(paths.ROOT) / "book.html").as_uri())
    found = tab.evaluate(WIDE)
    tab.close()
    assert not found, "\n".join(found[:10])


def test_each_lesson_has_a_sheet_of_two_pages_with_objectives_and_no_answers(sheets, lessons):
    assert [sheet.name.split("-")[0] for sheet in sheets] == sorted(
        lesson["number"] for lesson, _ in lessons.values()
    )
    for sheet, (lesson, _) in zip(sheets, lessons.values(), strict=True):
        reader = PdfReader(sheet)
        text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        assert len(reader.pages) <= 2, sheet.name
        for objective in lesson["objectives"]:
            assert objective["text"] in text, sheet.name
        for word in ("Right answer", "Solution to", "Hint:", "page 0"):
            assert word not in text, sheet.name


def test_the_files_are_not_too_large_for_a_phone(book, sheets):
    sizes = {path.name: path.stat().st_size for path in [book, *sheets]}
    assert sizes.pop(book.name) < 30e6
    assert max(sizes.values()) < 2e6, sizes

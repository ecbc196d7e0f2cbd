"""The book on paper: what becomes of a page, and what the printed PDF holds. A small course."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from paper_course import PAGES, WORDS, page, paper_course
from pypdf import PdfReader
from small_book import write

from flyway_course import paths
from flyway_course.pdf import (
    PdfError,
    current_book,
    current_sheets,
    make_book,
    make_sheets,
    printing,
)
from flyway_course.pdf import book as book_module
from flyway_course.pdf.document import gather, work_folder
from flyway_course.pdf.facts import in_words, read_facts
from flyway_course.pdf.finish import number_anew
from flyway_course.pdf.notes import closing_chapters
from flyway_course.pdf.order import pages_in_order
from flyway_course.pdf.page_numbers import pages_of_places
from flyway_course.pdf.tidy import compact, tidy

SECRET = "assert round(answer(cranes), 3) == 41.125"


@pytest.fixture(scope="module")
def fonts():
    if not (paths.NODE_MODULES / "@fontsource" / "noto-sans").is_dir():
        pytest.fail("the fonts are not here: `python3 course.py test` fetches them")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return paper_course(tmp_path_factory.mktemp("paper"))


@pytest.fixture(scope="module")
def printed(course, browser, fonts):
    """The small course, printed once."""
    return make_book(course)


@pytest.fixture(scope="module")
def reader(printed):
    return PdfReader(printed.file)


@pytest.fixture(scope="module")
def texts(reader):
    return [" ".join(one.extract_text().split()) for one in reader.pages]


@pytest.fixture(scope="module")
def lesson(course):
    """The lesson, ready for paper, and what was taken out of it."""
    made = gather(course, browser=None)
    return next((a, n) for a, n in zip(made.articles, made.notes, strict=True) if a.number)


def titles(outline, depth=0):
    found = []
    for entry in outline:
        if isinstance(entry, list):
            found += titles(entry, depth + 1)
        else:
            found.append((depth, entry.title))
    return found


def on(texts, words):
    """The pages, from 1, that hold these words."""
    return [number for number, text in enumerate(texts, 1) if words in text]


# ---- the page before it is printed


def test_pages_come_in_the_order_of_the_table_of_contents(course):
    assert [place.name for place in pages_in_order(course)] == list(PAGES)


def test_what_serves_a_screen_only_is_left_out(lesson):
    body = lesson[0].body
    words = body.get_text()
    assert not body.select("button, input, select, textarea, fieldset, details, template, script")
    assert not body.select(".only-dark, .headerlink, [tabindex]")
    for word in ("Download notebook", "Side bar", "No answer yet", "Show the code", "#"):
        assert word not in words


def test_no_hint_answer_or_hidden_code_stands_beside_its_question(lesson):
    article, notes = lesson
    words = article.body.get_text()
    hidden = {
        "answers": ["Nearly all people undercount", "Because ten were hidden", "Right answer: B",
                    "0.092", "313 birds", "It is 613", "The dusk count is the larger"],
        "hints": ["Look at the dusk"],
        "code": ["hidden_code = 1"],
    }  # fmt: skip
    for chapter, sentences in hidden.items():
        taken = " ".join(note.get_text() for note in notes.taken[chapter])
        for sentence in sentences:
            assert sentence not in words
            assert sentence in taken


def test_a_question_keeps_its_choices_and_a_line_for_a_number(lesson):
    body = lesson[0].body
    one, two = body.select(".fw-quiz")
    assert [" ".join(item.get_text().split()) for item in one.select("ul.choices > li")] == [
        "A Forty",
        "B Fifty",
    ]
    assert "question 1" in one.get_text()
    assert two.select_one(".blank")
    assert "per year" in two.get_text()


def test_a_moving_picture_shows_its_first_state_and_says_where_it_moves(lesson):
    figure = lesson[0].body.select_one("figure.fw-explore")
    assert [image["alt"] for image in figure.select("img")] == ["Light dots."]
    words = " ".join(figure.get_text().split())
    assert "Shown here: Growth: 2 %; Scale: birds." in words
    assert "Move it in the online book: lesson 1.1." in words


def test_other_folds_are_open(lesson):
    fold = lesson[0].body.select_one(".fold")
    assert fold.get_text(" ").split() == ["More", "sites", "An", "open", "fold."]


def test_links_lead_into_the_book_or_to_the_web_and_never_to_a_file(lesson):
    links = {link.get_text(): link["href"] for link in lesson[0].body.select("a[href]")}
    assert links["flock"] == "#glossary--term-flock"
    assert links["Counts of birds"] == "#reference-counts"
    assert links["a place on the web"] == "https://example.org/birds"
    assert "a page that is not printed" not in links
    assert all(re.match(r"#|https?:", href) for href in links.values())


def test_a_call_of_a_function_takes_few_lines_on_a_reference_page():
    body = BeautifulSoup(PAGES["book/reference/counts"], "html.parser")
    compact(body.section)
    assert body.pre.get_text() == "from flyway.counts import rate\nrate(first, last=2)"


def test_a_short_table_stays_with_its_heading():
    body = BeautifulSoup(
        "<section><h2>One</h2><p>Aim.</p><div class='fw-scroll'><table><tr><td>1</td></tr></table></div>"
        f"<h2>Two</h2><p>Long.</p><table>{'<tr><td>1</td></tr>' * 40}</table></section>",
        "html.parser",
    )
    tidy(body)
    (kept,) = body.select(".keep")
    assert [part.name for part in kept.find_all(True, recursive=False)] == ["h2", "p", "div"]
    assert [head.get_text() for head in body.select("h2")] == ["One", "Two"]


def test_a_page_that_is_not_built_is_named(tmp_path):
    root = paper_course(tmp_path)
    (root / "_build/html/book/glossary.html").unlink()
    with pytest.raises(PdfError, match=r"book/glossary.*course\.py build"):
        pages_in_order(root)


def test_the_dates_are_those_of_the_course_and_not_of_the_clock(course, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    facts = read_facts(course)
    assert (facts.title, facts.subtitle, facts.version) == ("Counting", "A small course", "0.3.0")
    assert facts.made.date() == date(2026, 2, 1)
    assert facts.data == date(2026, 1, 31)
    assert in_words(facts.data) == "31 January 2026"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert read_facts(course).made.date() == date(1970, 1, 2)


def test_without_a_browser_one_sentence_says_what_to_install(course, monkeypatch):
    monkeypatch.setattr(printing, "find_browser", lambda: None)
    with pytest.raises(PdfError, match="Install Chrome, Chromium or Edge"):
        make_book(course)


def test_without_the_fonts_one_sentence_says_how_to_fetch_them(course, tmp_path, monkeypatch):
    monkeypatch.setattr("flyway_course.pdf.document.NODE_MODULES", tmp_path)
    monkeypatch.setattr(book_module, "the_browser", lambda: None)
    with pytest.raises(PdfError, match=r"course\.py pdf"):
        make_book(course)


def test_an_answer_of_an_assignment_stops_it(tmp_path, monkeypatch, fonts):
    root = paper_course(tmp_path)
    cell = f"### BEGIN HIDDEN TESTS\\n{SECRET}\\n### END HIDDEN TESTS"
    write(
        root, "solutions/x0/x0.ipynb", f'{{"cells": [{{"cell_type": "code", "source": "{cell}"}}]}}'
    )
    write(root, "_build/html/book/glossary.html", page(f"<h1>Words</h1><pre>{SECRET}</pre>"))
    monkeypatch.setattr(book_module, "the_browser", lambda: None)
    monkeypatch.setattr(book_module, "print_page", lambda *_: pytest.fail("printed"))
    with pytest.raises(PdfError, match="a hidden test of x0"):
        make_book(root)
    assert current_book(root) is None


def test_what_goes_to_the_end_keeps_the_order_of_the_page(lesson):
    (_, _, answers) = closing_chapters([lesson[1]])[1]
    names = [" ".join(name.a.get_text().split()) for name in answers.select(".note-name")]
    assert names == [
        "Prediction: Before you look",
        "Question 1",
        "Question 2",
        "The flocks",
        "Solution to Exercise 1 (The morning)",
        "Compare your answers: Make your own",
    ]


# ---- the printed book


@pytest.mark.browser
def test_the_pdf_is_tagged_and_says_what_it_is(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert reader.metadata.title == "Counting"
    assert reader.metadata.author == "The authors"
    assert reader.metadata["/CreationDate"] == reader.metadata["/ModDate"]
    assert "20260201" in reader.metadata["/CreationDate"]


def parts_of(reader):
    """The tree of tags, flat."""
    left = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while left:
        part = left.pop().get_object()
        if isinstance(part, dict):
            yield part
            below = part.get("/K", [])
            left += below if isinstance(below, list) else [below]
        elif isinstance(part, list):
            left += part


@pytest.mark.browser
def test_headings_tables_and_pictures_are_tagged_as_such(reader):
    parts = [part for part in parts_of(reader) if "/S" in part]
    kinds = {part["/S"] for part in parts}
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TH", "/TD", "/L", "/LI", "/Link"} <= kinds
    pictures = [part.get("/Alt") for part in parts if part["/S"] == "/Figure"]
    assert "Light dots." in pictures
    assert all(pictures)


@pytest.mark.browser
def test_the_same_book_makes_the_same_file(printed, course):
    before = printed.file.read_bytes()
    make_book(course)
    assert printed.file.read_bytes() == before


def test_heads_of_tables_are_numbered_alike_whatever_the_browser_called_them():
    one = b"/ID (node00000197) /Headers [ (node00000198) (node00000197) ] (nodes)"
    two = b"/ID (node00000096) /Headers [ (node00000110) (node00000096) ] (nodes)"
    right = b"/ID (node00000001) /Headers [ (node00000002) (node00000001) ] (nodes)"
    assert number_anew(one) == number_anew(two) == right
    assert number_anew(b"no table") == b"no table"


@pytest.mark.browser
def test_the_outline_follows_the_table_of_contents(reader):
    found = titles(reader.outline)
    assert found[:12] == [
        (0, "Contents"),
        (0, "A small course"),
        (0, "The course"),
        (1, "Module 1"),
        (2, "1.1 How many birds?"),
        (3, "See it"),
        (3, "Game"),
        (3, "Make your own"),
        (0, "Reference"),
        (1, "Which function counts?"),
        (2, "rate"),
        (1, "Words"),
    ]
    assert [title for depth, title in found[12:] if depth < 2] == [
        "At the end",
        "Hints",
        "Answers",
        "Code of the pictures",
    ]


@pytest.mark.browser
def test_title_contents_and_numbers_name_the_right_pages(texts, printed):
    assert "Version 0.3.0, 1 February 2026" in texts[0]
    assert "Data as of 31 January 2026" in texts[0]
    assert "CC BY 4.0" in texts[0]
    answers = next(n for n in on(texts, "Because ten were hidden"))
    (contents,) = on(texts, "At the end Hints")[:1]
    assert re.search(rf"Answers {answers}\b", texts[contents - 1])
    (question,) = on(texts, "How many?")[:1]
    assert f"Answer: page {answers}" in texts[question - 1]
    assert f"Question 1 from page {question}" in texts[answers - 1]
    assert question < answers
    assert not re.search(r"\b000\b", " ".join(texts))
    assert pages_of_places(printed.file)["end-answers"] == answers


@pytest.mark.browser
@pytest.mark.parametrize("language", WORDS)
def test_words_of_each_language_can_be_found(texts, language):
    assert any(WORDS[language] in text for text in texts)


@pytest.mark.browser
def test_every_font_is_in_the_file(reader):
    seen = set()
    for one in reader.pages:
        for font in one["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            seen.add(font["/Subtype"])
            if font["/Subtype"] == "/Type0":
                described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
                assert "/FontFile2" in described or "/FontFile3" in described, font["/BaseFont"]
    assert "/Type0" in seen


@pytest.mark.browser
def test_links_stay_in_the_book_or_go_to_the_web(reader):
    targets = []
    for one in reader.pages:
        for note in one.get("/Annots") or []:
            action = note.get_object().get("/A")
            if action and "/URI" in action:
                targets.append(action["/URI"])
    assert set(targets) == {"https://example.org/birds"}


@pytest.mark.browser
def test_nothing_of_this_computer_is_in_the_file(printed, course):
    whole = b"".join(
        [printed.file.read_bytes(), *(page.get_contents().get_data() for page in PdfReader(printed.file).pages)]
    )  # fmt: skip
    for place in (str(course), str(paths.ROOT), "file://"):
        assert place.encode() not in whole


WIDE = """() => {
  const edge = document.body.getBoundingClientRect().right + 1;
  return [...document.querySelectorAll("article *, .title-page *, .contents *")]
    .filter(e => e.getBoundingClientRect().right > edge && !e.closest(".katex"))
    .map(e => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`);
}"""


def too_wide(page_file, chromium):
    """What stands out of the paper, when the printed document is as wide as its lines are."""
    with chromium.new_context(viewport={"width": 643, "height": 900}) as context:  # 170 mm
        tab = context.new_page()
        tab.emulate_media(media="print")
        tab.goto(page_file.as_uri())
        return tab.evaluate(WIDE)


@pytest.mark.browser
def test_no_line_of_code_and_no_table_is_cut(printed, course, chromium, texts):
    assert too_wide(work_folder(course) / "book.html", chromium) == []
    assert any("count_of_winter_2025" in text for text in texts)


@pytest.mark.browser
def test_it_is_current_until_a_page_changes(printed, course):
    assert current_book(course) == printed.file
    path = course / "_build/html/book/glossary.html"
    was = path.read_text("utf-8")
    path.write_text(was.replace("together", "apart"), "utf-8")
    assert current_book(course) is None
    path.write_text(was, "utf-8")
    assert current_book(course) == printed.file


# ---- the sheets


@pytest.mark.browser
def test_a_sheet_holds_what_to_do_and_no_answer(course, browser, fonts):
    (sheet,) = make_sheets(course)
    assert sheet.name == "1.1-first.pdf"
    reader = PdfReader(sheet)
    assert len(reader.pages) <= 2
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    text = " ".join(" ".join(one.extract_text() for one in reader.pages).split())
    for words in ("How many birds?", "Count a flock twice.", "Too few", "Write the number of the morning.",
                  "Everybody has a bias.", "flock, roost", "My sentence for a warden"):  # fmt: skip
        assert words in text
    for words in ("It is 613", "Nearly all people", "Look at the dusk", "313", "page"):
        assert words not in text
    assert current_sheets(course) == [sheet]

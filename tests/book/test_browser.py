"""Pages in a browser: on every page, at both widths, in both colours, over http and from a stick."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1366, "height": 768}
NARROW = {"width": 360, "height": 740}
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
SECOND = "book/modules/01-count/02-second.html"
FLOCKS = "book/modules/01-count/02-how-many-birds.html"


def pages_of(site):
    """Every page of a site, map pages too; the front door leads away at once.

    Pages below lite/ are JupyterLite's own; tests/book/test_lite.py looks at ours among them.
    """
    found = sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html"))
    return [
        page for page in found if page != "index.html" and not page.startswith(("_static", "lite/"))
    ]


@pytest.fixture(scope="session")
def small(small_site, serve):
    return serve(small_site)


@pytest.fixture(scope="session")
def book(site, serve):
    return serve(site)


def look(visit, url):
    """Look at one page in every state that a reader meets; give what is wrong."""
    wrong = []
    tab = visit(viewport=PHONE, color_scheme="light")
    page = tab.go(url)
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            where = f"{size['width']} {theme}"
            # Only colours can differ in the dark.
            wrong += [
                f"{where}: {fault}" for fault in tab.axe("cat.color" if theme == "dark" else "")
            ]
        wide = tab.too_wide()
        wrong += [f"{size['width']}: scrolls sideways by {wide}"] if wide else []
    page.set_viewport_size(NARROW)
    wide = tab.too_wide()
    wrong += [f"360: scrolls sideways by {wide}"] if wide else []
    return wrong + tab.faults


def test_every_page_of_the_small_book(small, small_site, visit):
    wrong = {page: look(visit, small + page) for page in pages_of(small_site)}
    assert not {page: faults for page, faults in wrong.items() if faults}


@pytest.mark.parametrize("share", range(2))  # so that two processes can take a half each
def test_every_page_of_the_book(book, site, visit, share):
    pages = pages_of(site)
    assert len(pages) > 8
    wrong = {page: look(visit, book + page) for page in pages[share::2]}
    assert not {page: faults for page, faults in wrong.items() if faults}


def test_every_page_from_a_memory_stick(site, visit):
    tab = visit(color_scheme="dark")
    for page in pages_of(site):
        tab.go((site / page).as_uri())
    assert not tab.faults


def test_lesson_pages_are_light(book, site, visit):
    heavy = {}
    for page in pages_of(site):
        if not page.startswith("book/"):
            continue
        opened = visit().go(book + page)
        size = opened.evaluate(
            """() => performance.getEntriesByType("navigation")
              .concat(performance.getEntriesByType("resource"))
              .filter((e) => !["img", "iframe"].includes(e.initiatorType))
              .reduce((sum, e) => sum + e.transferSize, 0)"""
        )
        assert size > 10_000, f"{page}: nothing was measured"
        if size > 250_000:
            heavy[page] = size
    assert not heavy


def test_quiz_explains_wrong_and_right_answers(small, visit):
    page = visit().go(small + SECOND)
    quiz = page.locator("#q-one")
    assert not quiz.locator(".fw-answer").is_visible()
    quiz.get_by_role("button", name="Check").click()
    assert "Choose an answer first" in quiz.get_by_role("status").inner_text()
    quiz.get_by_label("The teacher").check()
    quiz.get_by_role("button", name="Check").click()
    said = quiz.get_by_role("status").inner_text()
    assert "Not yet" in said
    assert "The interval holds 1." in said
    quiz.get_by_label("The student").check()
    quiz.get_by_role("button", name="Check").click()
    said = quiz.get_by_role("status").inner_text()
    assert said.strip() == "Right. The interval is below 1."


def test_quiz_with_several_right_answers_wants_all(small, visit):
    page = visit().go(small + SECOND)
    quiz = page.locator("#q-many")
    check = quiz.get_by_role("button", name="Check")
    quiz.get_by_label("Spoonbill").check()
    check.click()
    assert "there is more" in quiz.get_by_role("status").inner_text()
    quiz.get_by_label("Crane").check()
    check.click()
    assert "Right." in quiz.get_by_role("status").inner_text()
    quiz.get_by_label("Bat").check()
    check.click()
    assert "A bat is a mammal." in quiz.get_by_role("status").inner_text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.0925", "Right."),
        ("0,092", "Right."),
        ("0.5", "You divided"),
        ("7", "Take the root"),
        ("", "Write a number first"),
        ("many", "Write a number first"),
        ("-0.092", "Take the root"),
        ("1e99", "Take the root"),
    ],
)
def test_quiz_for_a_number_names_the_mistake(small, visit, typed, said):
    page = visit().go(small + SECOND)
    quiz = page.locator("#q-number")
    quiz.get_by_label("Your answer").fill(typed)
    quiz.get_by_label("Your answer").press("Enter")
    assert said in quiz.get_by_role("status").inner_text()


def test_predict_repeats_the_guess_beside_the_answer(small, visit):
    page = visit().go(small + SECOND)
    box = page.locator("[data-fw-predict]").first
    box.get_by_label("Too many").check()
    box.get_by_text("Then look").click()
    assert "You said: Too many" in box.inner_text()
    writing = page.locator("[data-fw-predict]").nth(1)
    writing.get_by_label("Your guess").fill("A flock")
    assert "You said: A flock" in writing.inner_text()


def test_everything_can_be_read_without_scripts(small, visit):
    page = visit(java_script_enabled=False).go(small + SECOND)
    quiz = page.locator("#q-one")
    assert not quiz.get_by_role("button", name="Check").is_visible()
    quiz.locator(".fw-answer summary").click()
    assert "Right answer: B" in quiz.inner_text()
    assert "The interval holds 1." in quiz.inner_text()
    page.get_by_text("Solution to").click()
    assert page.get_by_text("It is 613.").is_visible()
    page.locator(".fw-reveal summary").click()
    assert page.get_by_text("Most people count").is_visible()


def test_without_scripts_the_page_is_light_and_shows_each_picture_once(book, site, visit):
    tab = visit(java_script_enabled=False, color_scheme="dark")
    page = tab.go(book + explore_widgets(site)[0])
    assert page.locator("img.fw-figure.only-light").first.is_visible()
    assert not any(image.is_visible() for image in page.locator("img.only-dark").all())
    paper = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    ink = page.locator("body").evaluate("body => getComputedStyle(body).color")
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(29, 36, 48)")
    assert not tab.too_wide()


def test_card_opens_the_live_lesson_only_on_the_course_server(small, visit):
    tab = visit()
    page = tab.go(small + SECOND)
    card = page.get_by_role("group", name="About this lesson")
    card.locator("summary").click()
    assert card.get_by_text("python3 course.py open").is_visible()
    assert not card.get_by_role("link", name="Start again").is_visible()
    tab.context.add_cookies([{"name": "course_server", "value": "1", "url": small}])
    page = tab.go(small + SECOND)
    opened = page.get_by_role("link", name="Open in JupyterLab")
    assert opened.get_attribute("href") == "../../../../course/lesson/01-count-02-second"
    again = page.get_by_role("link", name="Start again")
    assert again.get_attribute("href") == "../../../../course/restart/01-count-02-second"
    assert not page.get_by_text("python3 course.py open").is_visible()


def test_the_notebook_of_a_lesson_can_be_downloaded(small, visit):
    page = visit().go(small + SECOND)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download notebook").click()
    assert download.value.suggested_filename == "01-count-02-second.ipynb"


def explore_widgets(site):
    """Pages that hold a widget."""
    return [p for p in pages_of(site) if "data-fw-explore" in (site / p).read_text("utf-8")]


@pytest.mark.parametrize("way", ["http", "file"])
def test_widgets_move_by_keyboard_and_fetch_a_picture_when_shown(book, site, visit, way):
    pages = explore_widgets(site)
    assert pages
    tab = visit(color_scheme="light")
    for name in pages:
        page = tab.go(book + name if way == "http" else (site / name).as_uri())
        for figure in page.locator("[data-fw-explore]").all():
            slides = figure.locator("input[type=range]").count() > 0
            control = figure.locator("input[type=range]" if slides else "select").first
            picture = figure.locator("img.fw-figure.only-light")
            figure.scroll_into_view_if_needed()
            before, words = picture.get_attribute("src"), picture.get_attribute("alt")
            control.focus()
            control.press("ArrowRight" if slides else "ArrowDown")
            assert picture.get_attribute("src") != before
            assert picture.get_attribute("alt") != words
            if slides:
                value = figure.locator("output").first.inner_text()
                assert control.get_attribute("aria-valuetext") == value
            spoken = figure.locator("[aria-live=polite]").last.text_content()
            assert spoken == picture.get_attribute("alt")
            page.wait_for_function(
                "image => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
            )
            control.press("Home")
            assert picture.get_attribute("src") == before
    assert not tab.faults


def test_sliders_are_large_and_follow_a_finger(book, site, visit):
    tab = visit(**TOUCH)
    page = tab.go(book + explore_widgets(site)[0])
    slider = page.locator("[data-fw-explore] input[type=range]").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["height"] >= 44
    page.touchscreen.tap(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    assert int(slider.input_value()) > 0
    assert not tab.faults


def test_dark_pictures_are_shown_in_the_dark(book, site, visit):
    tab = visit(color_scheme="dark")
    page = tab.go(book + explore_widgets(site)[0])
    figure = page.locator("[data-fw-explore]").first
    assert figure.locator("img.only-dark").is_visible()
    assert not figure.locator("img.only-light").is_visible()
    figure.locator("input[type=range]").first.press("ArrowRight")
    assert "-dark.png" in figure.locator("img.only-dark").get_attribute("src")
    page.get_by_role("button", name=re.compile("^Colours")).first.click()
    page.wait_for_function("document.documentElement.dataset.mode !== 'auto'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_widget_shows_its_caption_in_both_colours(book, site, visit, scheme):
    """The caption says whether the numbers are simulated."""
    tab = visit(color_scheme=scheme)
    page = tab.go(book + explore_widgets(site)[0])
    captions = page.locator("[data-fw-explore] > figcaption").all()
    assert captions
    for caption in captions:
        assert caption.is_visible(), caption.text_content()
    assert not tab.faults


def test_the_switch_goes_through_all_colours(small, visit):
    tab = visit(color_scheme="light", viewport=LAPTOP)
    page = tab.go(small + SECOND)
    seen = []
    for _ in range(3):
        page.get_by_role("button", name=re.compile("^Colours")).first.click()
        seen.append(page.evaluate("document.documentElement.dataset.mode"))
    assert sorted(seen) == ["auto", "dark", "light"]
    assert not tab.faults


@pytest.mark.parametrize("way", ["http", "file"])
def test_the_counting_game_is_played_to_its_end(book, site, visit, way):
    tab = visit(viewport=PHONE)
    page = tab.go(book + FLOCKS if way == "http" else (site / FLOCKS).as_uri())
    game = page.locator("[data-fw-guess]")
    flocks = game.locator("[data-fw-flock]").count()
    game.get_by_label("Time to look").select_option("0")
    for _ in range(flocks):
        game.get_by_role("button", name=re.compile("^Show ")).click()
        game.get_by_label("How many birds?").fill("100")
        game.get_by_role("button", name="Write it down").click()
    end = game.locator("[data-fw=end]")
    assert end.get_by_role("table").is_visible()
    assert "interval" in end.inner_text()
    assert not tab.axe()
    assert not tab.too_wide()
    assert not tab.faults


def test_search_finds_a_page(small, small_site, visit):
    for url in (small + "search.html?q=flock", (small_site / "search.html").as_uri() + "?q=flock"):
        tab = visit()
        page = tab.go(url)
        page.locator("#search-results li a").first.wait_for()
        assert "flock" in page.locator("#search-results").inner_text().lower()
        assert not tab.faults


def test_menus_open_on_a_phone_and_stay_accessible(small, visit):
    tab = visit(**TOUCH)
    page = tab.go(small + SECOND)
    page.get_by_role("button", name="Menu of the book").tap()
    menu = page.locator("#pst-primary-sidebar-modal")
    assert menu.get_by_role("link", name="What is a flock?").is_visible()
    assert not tab.axe()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="On this page").tap()
    assert page.locator("#pst-secondary-sidebar-modal").get_by_role("link").first.is_visible()
    assert not tab.axe()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Search").first.tap()
    assert page.get_by_role("searchbox").is_visible()
    assert not tab.axe()
    assert not tab.faults


def test_paper_has_the_first_state_and_open_folds(book, site, small, visit):
    page = visit().go(small + SECOND)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_text("It is 613.").is_visible()
    assert not page.locator("#q-one .fw-answer").evaluate("fold => fold.open")
    wrapped = page.locator("div.highlight pre").first
    assert wrapped.evaluate("block => block.scrollWidth <= block.clientWidth + 1")
    tab = visit(color_scheme="dark")
    page = tab.go(book + explore_widgets(site)[0])
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    figure = page.locator("[data-fw-explore]").first
    assert figure.locator("img.only-light").is_visible()
    assert not figure.locator("img.only-dark").is_visible()
    printed = page.pdf()
    assert printed.count(b"/Subtype /Image") + printed.count(b"/Subtype/Image") >= 1
    assert not tab.faults

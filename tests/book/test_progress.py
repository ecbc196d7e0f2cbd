"""Progress is remembered on the device alone: ticks, answers, a file, a record, and how it is erased."""

from __future__ import annotations

import json
import re

import pytest

from flyway.checks.engine import of_lesson
from flyway_course import paths
from flyway_course.sphinx_ext.progress import CHECK

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINE = "book/my-progress.html"
LESSON = "book/modules/01-count/02-second.html"
KEY = "counting-across-borders-progress"
TRUTH = "It is not a certificate, and nobody has checked it."
REFUSED = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
  configurable: true,
  get() { throw new DOMException("The operation is insecure.", "SecurityError"); }})"""
FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("Exceeded the quota.", "QuotaExceededError"); }"""


@pytest.fixture(params=["http", "file"])
def small(request, small_site, serve):
    """Address of the small book: from a website, and from a memory stick."""
    return serve(small_site) if request.param == "http" else f"{small_site.as_uri()}/"


@pytest.fixture
def tab(visit):
    """One browser for a whole test; at its end, nothing has gone wrong in it."""
    opened = visit(accept_downloads=True)
    yield opened
    assert not opened.faults


def answer(page, choice):
    page.locator("#q-one").get_by_label(choice).check()
    page.locator("#q-one").get_by_role("button", name="Check").click()


def finish(page):
    return page.get_by_role("button", name="I have finished this lesson")


def unfold_module(page):
    """Open the module's list in the menu; only the arrow in its summary has a size."""
    page.get_by_label("Show the pages of: Count").locator(".toctree-toggle").click()


def row(page, title="How many birds?"):
    """What the table says of a lesson."""
    cells = page.get_by_role("row").filter(has_text=title).locator("td")
    return [" ".join(cell.inner_text().split()) for cell in cells.all()]


def kept(page):
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "null")


def saved_file(page, place):
    """Save the progress, and give the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    assert re.fullmatch(r"my-progress-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    target = place / download.value.suggested_filename
    download.value.save_as(target)
    return target


def said(page):
    return page.locator(".fw-tools-said").inner_text()


def test_an_answer_and_a_finished_lesson_are_there_after_a_reload(tab, small):
    page = tab.go(small + LESSON)
    assert kept(page) is None
    page.locator("#q-one").get_by_role("button", name="Check").click()
    assert kept(page) is None, "no answer was chosen"
    answer(page, "The teacher")
    page.reload()
    quiz = page.locator("#q-one")
    assert quiz.get_by_label("The teacher").is_checked()
    assert "was not right yet" in quiz.inner_text()
    assert not quiz.get_by_role("status").inner_text(), "no explanation until it is asked for"
    answer(page, "The student")
    assert "last answer" not in quiz.inner_text()
    page.locator("#q-number").get_by_label("Your answer").fill("0,092")
    page.locator("#q-number").get_by_role("button", name="Check").click()
    assert finish(page).get_attribute("aria-pressed") == "false"
    finish(page).press("Enter")
    assert finish(page).get_attribute("aria-pressed") == "true"
    assert page.locator(".fw-finish-said").inner_text() == "1 of 2 lessons finished"
    page.reload()
    assert page.locator("#q-one").get_by_label("The student").is_checked()
    assert "Your last answer was right" in page.locator("#q-one").inner_text()
    assert page.locator("#q-number").get_by_label("Your answer").input_value() == "0,092"
    assert finish(page).get_attribute("aria-pressed") == "true"
    assert not page.locator(".fw-finish-said").inner_text(), "said once, when it was pressed"


def test_the_menu_ticks_a_lesson_on_every_page_and_a_module_when_it_is_whole(tab, small):
    page = tab.go(small + LESSON)
    finish(page).click()
    page = tab.go(small + MINE)
    menu = page.get_by_role("navigation", name="Pages")
    unfold_module(page)
    assert menu.get_by_role("link", name="How many birds? ✔finished").count() == 0, "sign is hidden"
    assert menu.get_by_role("link", name="How many birds? finished").is_visible()
    assert menu.get_by_role("link", name=re.compile("My progress 1 of 2 lessons fin")).is_visible()
    assert menu.get_by_role("link", name="What is a flock?", exact=True).is_visible()
    assert menu.get_by_role("link", name="Count", exact=True).is_visible()
    page = tab.go(small + LESSON.replace("02-second", "01-first"))
    finish(page).click()
    assert menu.get_by_role("link", name="Count finished").is_visible()
    finish(page).click()
    assert menu.get_by_role("link", name="Count", exact=True).is_visible()
    assert menu.get_by_role("link", name="What is a flock?", exact=True).is_visible()


def test_the_table_counts_what_was_done(tab, small):
    page = tab.go(small + MINE)
    assert row(page) == ["☐ not yet", "0 of 3 right", "0 of 2 passed"]
    page = tab.go(small + LESSON)
    answer(page, "The student")
    answer(page, "The teacher")  # to read why that is wrong: the right answer still counts
    page.locator("#q-many").get_by_label("Bat").check()
    page.locator("#q-many").get_by_role("button", name="Check").click()
    finish(page).click()
    page = tab.go(small + MINE)
    assert row(page) == ["✔ finished", "1 of 3 right, 1 not yet", "0 of 2 passed"]
    total = "1 of 2 lessons finished. 1 of 3 questions answered right. 0 of 2 self-checks passed."
    assert page.locator(".fw-progress-sum").inner_text() == total


def test_progress_survives_export_erasing_and_import(tab, small, tmp_path):
    page = tab.go(small + LESSON)
    answer(page, "The student")
    finish(page).click()
    page = tab.go(small + MINE)
    before = row(page)
    file = saved_file(page, tmp_path)
    assert "Saved as my-progress-" in said(page)
    whole = kept(page)
    assert json.loads(file.read_text("utf-8")) == whole
    page.get_by_role("button", name="Erase everything").click()
    assert "1 of 2 lessons finished" in page.get_by_role("group", name="Erase what").inner_text()
    page.keyboard.press("Escape")
    assert said(page) == "Nothing was erased."
    assert kept(page) == whole
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("button", name="Yes, erase").click()
    assert kept(page) is None
    assert said(page).startswith("Erased.")
    assert "1 of 2 lessons finished" in said(page)
    assert row(page)[0] == "☐ not yet"
    page.get_by_label("Load from a file").set_input_files(file)
    page.get_by_text("Loaded. The later").wait_for()
    assert kept(page) == whole
    assert row(page) == before


def test_loading_keeps_the_later_answer_and_what_was_once_right(tab, small, tmp_path):
    page = tab.go(small + LESSON)
    answer(page, "The student")
    finish(page).click()
    page = tab.go(small + MINE)
    name = LESSON.removesuffix(".html")
    given = kept(page)
    for entry, day in (
        (given["finished"][name], "2020"),
        (given["quizzes"][f"{name}#q-one"], "2090"),
    ):
        entry["at"] = f"{day}-01-01T00:00:00Z"
    given["finished"][name]["done"] = False  # earlier than ours
    given["quizzes"][f"{name}#q-one"] |= {"answer": ["A"], "right": False, "solved": False}  # later
    given["checks"]["1.2 two"] = {"at": "2026-01-01T00:00:00Z", "more": "left out"}
    file = tmp_path / "other.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    page.get_by_label("Load from a file").set_input_files(file)
    page.get_by_text("Loaded. The later").wait_for()
    now = kept(page)
    assert now["finished"][name]["done"]
    quiz = now["quizzes"][f"{name}#q-one"]
    assert (quiz["answer"], quiz["right"], quiz["solved"]) == (["A"], False, True)
    assert now["checks"] == {"1.2 two": {"at": "2026-01-01T00:00:00Z"}}
    assert row(page) == ["✔ finished", "1 of 3 right", "1 of 2 passed"]


WHOLE = {
    "course": "Counting Across Borders",
    "version": 1,
    "finished": {},
    "quizzes": {},
    "checks": {},
}
BROKEN = {
    "no JSON": "a,b\n1,2\n",
    "empty": "",
    "another thing": "[1, 2]",
    "null": "null",
    "another course": json.dumps(WHOLE | {"course": "Cooking"}),
    "a later edition": json.dumps(WHOLE | {"version": 2}),
    "a part is missing": json.dumps({k: v for k, v in WHOLE.items() if k != "checks"}),
    "a time that is none": json.dumps(WHOLE | {"checks": {"1.2 one": {"at": "soon"}}}),
    "an answer that is none": json.dumps(
        WHOLE | {"quizzes": {"a#b": {"answer": 7, "right": True, "solved": True}}}
    ),
    "too large": json.dumps(WHOLE | {"more": "x" * 1_000_001}),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_wrong_file_gets_one_sentence_and_changes_nothing(tab, small_site, tmp_path, text):
    page = tab.go(f"{small_site.as_uri()}/{LESSON}")
    finish(page).click()
    page = tab.go(f"{small_site.as_uri()}/{MINE}")
    before = kept(page)
    file = tmp_path / "wrong.json"
    file.write_text(text, encoding="utf-8")
    page.get_by_label("Load from a file").set_input_files(file)
    page.get_by_text("This file holds no progress of this course").wait_for()
    assert kept(page) == before


@pytest.mark.parametrize("kept_text", ["{", "null", '"text"', json.dumps({"version": 1})])
def test_a_broken_memory_begins_anew(tab, small_site, kept_text):
    page = tab.go(f"{small_site.as_uri()}/{LESSON}")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, kept_text])
    page.reload()
    finish(page).click()
    page.reload()
    assert finish(page).get_attribute("aria-pressed") == "true"


def test_what_a_later_edition_kept_is_left_alone(tab, small_site):
    later = json.dumps({"version": 2, "more": True})
    tab.context.add_init_script(f"localStorage.setItem('{KEY}', {json.dumps(later)})")
    page = tab.go(f"{small_site.as_uri()}/{LESSON}")
    answer(page, "The student")
    assert not finish(page).is_visible()
    assert page.evaluate(f"localStorage.getItem('{KEY}')") == later


@pytest.mark.parametrize("why", [REFUSED, FULL], ids=["refused", "full"])
def test_where_the_browser_keeps_nothing_one_page_says_so_and_all_else_works(tab, small, why):
    tab.context.add_init_script(why)
    page = tab.go(small + LESSON)
    answer(page, "The student")
    assert "Right." in page.locator("#q-one").get_by_role("status").inner_text()
    assert not finish(page).is_visible()
    page = tab.go(small + MINE)
    assert page.get_by_text("This browser keeps nothing").is_visible()
    assert not page.get_by_role("button", name="Save to a file").is_visible()
    assert row(page) == ["☐", "… of 3", "… of 2"]
    assert not tab.axe()


def test_without_scripts_the_page_is_a_list_to_tick_on_paper(visit, small):
    page = visit(java_script_enabled=False).go(small + MINE)
    assert page.get_by_text("Print this list and tick it").is_visible()
    assert row(page) == ["☐", "… of 3", "… of 2"]
    assert not page.get_by_role("button", name="Print my record").is_visible()
    page.goto(small + LESSON)
    assert not finish(page).is_visible()


def test_the_printed_record_says_what_it_is_and_the_name_is_not_kept(tab, small):
    page = tab.go(small + LESSON)
    finish(page).click()
    page = tab.go(small + MINE)
    page.evaluate("globalThis.print = () => { globalThis.asked = true; }")
    page.get_by_role("button", name="Print my record").click()
    page.get_by_label("Name for the paper").fill("Ms Bayarmaa <b>")
    page.get_by_role("button", name="Print", exact=True).click()
    assert page.evaluate("asked")
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    for words in ("Ms Bayarmaa <b>", "1.2 How many birds? (finished on ", "1 of 2 lessons", TRUTH):
        assert printed.count(words) == 1
    assert "Save to a file" not in printed
    assert "On this page" not in printed
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.get_by_text("Kept on this device only.").is_visible(), "the page prints as ever"
    page.emulate_media(media="screen")
    assert page.get_by_label("Name for the paper").input_value() == ""
    assert "Bayarmaa" not in page.content() + json.dumps(kept(page))
    page.emulate_media(media="print")
    page.goto(small + LESSON)
    assert not finish(page).is_visible(), "a button is nothing on paper"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_is_accessible_and_fits_a_phone(tab, small_site, serve, scheme):
    small = serve(small_site)
    page = tab.go(small + LESSON)
    page.emulate_media(color_scheme=scheme)
    answer(page, "The teacher")
    finish(page).click()
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    assert finish(page).bounding_box()["height"] >= 44
    assert not tab.axe()
    assert not tab.too_wide()
    page = tab.go(small + MINE)
    page.get_by_role("button", name="Erase everything").click()
    assert page.evaluate("document.activeElement.textContent") == "No, keep it"
    page.get_by_role("button", name="Print my record").click()
    page.keyboard.type("Ms Bayarmaa")
    assert "Ms Bayarmaa" in page.locator(".fw-sheet").inner_text()
    assert not tab.axe()
    assert not tab.too_wide()
    for control in page.locator(".fw-progress-tools .fw-button, #fw-record-name").all():
        assert control.bounding_box()["height"] >= 44
    table = page.locator(".fw-progress-table")
    assert table.evaluate("t => t.scrollWidth <= t.parentElement.clientWidth + 1")
    page.set_viewport_size({"width": 1366, "height": 768})
    unfold_module(page)
    assert not tab.axe()


def test_the_keyboard_reaches_the_file_field_and_shows_where_it_is(tab, small_site):
    page = tab.go(f"{small_site.as_uri()}/{MINE}")
    page.get_by_role("button", name="Save to a file").focus()
    page.keyboard.press("Tab")
    label = page.locator("label.fw-button")
    assert label.locator("input").evaluate("field => field === document.activeElement")
    assert label.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"


def lab(tab, small, passed):
    """A course server behind the page: give the requests that it got."""
    asked = []

    def reply(route):
        asked.append((route.request.method, route.request.headers.get("x-xsrftoken")))
        if route.request.method == "DELETE":
            route.fulfill(status=204)
        else:
            route.fulfill(json={"passed": passed})

    cookies = {"course_server": "1", "_xsrf": "2%7Cab"}
    tab.context.add_cookies([{"name": n, "value": v, "url": small} for n, v in cookies.items()])
    tab.page.route("**/course/checks", reply)
    return asked


def test_self_checks_come_from_the_course_server_and_are_erased_there(tab, small_site, serve):
    small = serve(small_site)
    passed = ["1.2 two", "9.9 of another lesson"]
    asked = lab(tab, small, passed)
    page = tab.go(small + MINE)
    page.get_by_text("1 of 2 passed").wait_for()
    assert not page.get_by_text("Self-checks are remembered where").is_visible()
    assert sorted(kept(page)["checks"]) == ["1.2 two", "9.9 of another lesson"]
    passed.append("1.2 one")  # in JupyterLab's window
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("2 of 2 passed").wait_for()
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("button", name="Yes, erase").click()
    page.get_by_text("Erased. This browser").wait_for()
    assert asked == [("GET", None), ("GET", None), ("DELETE", "2|ab")]
    assert row(page)[2] == "0 of 2 passed"


def test_a_browser_that_is_not_signed_in_is_told_how(tab, small_site, serve):
    small = serve(small_site)
    lab(tab, small, None)
    page = tab.go(small + MINE)
    page.get_by_text("open the course at the address").wait_for()
    assert kept(page) is None


def test_without_a_course_server_the_page_says_where_self_checks_are_kept(tab, small):
    page = tab.go(small + MINE)
    assert page.get_by_text("Self-checks are remembered where JupyterLab runs").is_visible()
    assert page.get_by_text("opened the book from a folder").is_visible() == small.startswith(
        "file"
    )


def test_the_page_of_the_book_lists_every_lesson_with_its_checks(site, visit):
    page = visit().go((site / MINE).as_uri())
    lessons = {}
    for source in paths.lesson_sources().values():
        text = source.read_text("utf-8")
        number = re.search(r'^  number: "([\d.]+)"', text, re.M)[1]
        lessons[number] = text.count(":::{quiz}"), set(CHECK.findall(text))
    shown = {}
    for line in page.locator("tr[data-lesson]").all():
        number = line.locator("th").inner_text().split()[0]
        data = line.evaluate("row => ({...row.dataset})")
        shown[number] = len(data["quizzes"].split()), set(json.loads(data["checks"]))
    assert shown == lessons
    assert list(shown) == sorted(shown)
    for number, (_, checks) in shown.items():
        assert checks == set(of_lesson(number)), number

"""Every page on a phone of 360 pixels: what a thumb must hit, what an eye must read, what must not move."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
TWICE = {"standard": 32, "fixed": 26}
"""The browser's letters at 200 %, as its settings give them."""
BIRDS = "book/modules/00-start/01-three-birds.html"
FORMULA = "book/modules/04-change/01-is-it-recovering.html"

MEASURE = """(asked) => {
  const faults = [];
  const text = (e) => (e.getAttribute("aria-label") || e.textContent || "").trim().replace(/\\s+/g, " ").slice(0, 40);
  const name = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") || ""}"> ${text(e)}`;
  const seen = (e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  const box = (e) => e.getBoundingClientRect();
  const css = (e) => getComputedStyle(e);
  document.querySelectorAll("details").forEach((fold) => { fold.open = true; });

  // Nothing moves sideways but what scrolls inside itself (or is clipped by a map).
  const held = (e) => {
    for (let up = e.parentElement; up && up !== document.body; up = up.parentElement) {
      if (["auto", "scroll"].includes(css(up).overflowX) || up.matches(".leaflet-container, .fw-only-heard")) return true;
    }
    return false;
  };
  const wide = document.documentElement.scrollWidth;
  if (wide > 360) faults.push(`the page is ${wide} pixels wide`);
  for (const e of all("body *")) {
    if (box(e).right > 361 && box(e).width > 1 && !held(e)) faults.push(`reaches to ${Math.round(box(e).right)}: ${name(e)}`);
  }
  for (const e of all("article img, article figure, .fw-controls input")) {
    for (let up = e.parentElement; up && !up.matches("article, .fw-pan"); up = up.parentElement) {
      if (css(up).overflowX !== "visible" && (box(e).left < box(up).left - 1 || box(e).right > box(up).right + 1))
        faults.push(`is cut: ${name(e)}`);
    }
    if (box(e).left < -1) faults.push(`is cut: ${name(e)}`);
  }
  if (asked === "width") return faults.slice(0, 6);

  const thumbs = ".fw-controls input, select, textarea, .fw-choice, .fw-number input, .fw-button, .fw-larger, " +
    "article summary, article button, article input[type=number], .prev-next-area a, .bd-header-article button, " +
    ".bd-docs-nav a, .bd-docs-nav summary, .page-toc a, dialog button, input[type=search], .leaflet-bar > *";
  for (const e of all(thumbs)) {
    const {width, height} = box(e.closest(".fw-choice") || e);
    if (Math.min(width, height) < 43.9) faults.push(`${Math.round(width)} x ${Math.round(height)} pixels: ${name(e)}`);
  }
  for (const e of all("pre, code, kbd")) {
    if (parseFloat(css(e).fontSize) < 13) faults.push(`code of ${css(e).fontSize}: ${name(e)}`);
  }
  for (const e of all("button.copybtn")) {
    if (css(e).opacity > 0) faults.push(`lies on the code: ${name(e)}`);
  }
  for (const e of all("article table, article .fw-scroll, article div.highlight > pre, article div.math")) {
    const scroller = e.closest(".fw-scroll, pre, div.math") || e.parentElement;
    if (Math.max(e.scrollWidth, box(e).width) <= scroller.clientWidth + 1) continue;
    if (!["auto", "scroll"].includes(css(scroller).overflowX)) faults.push(`does not scroll: ${name(e)}`);
    if (scroller.tabIndex < 0 || !scroller.hasAttribute("aria-label") || !scroller.hasAttribute("role"))
      faults.push(`no way for the keyboard, or no name: ${name(e)}`);
    if (!css(scroller).backgroundAttachment.includes("local")) faults.push(`nothing says that it scrolls: ${name(e)}`);
  }
  for (const e of all(".bd-header-article")) {
    if (box(e).height > 90) faults.push(`the header takes ${Math.round(box(e).height)} pixels`);
  }
  return faults.slice(0, 12);
}"""
"""Say what is wrong on the page that is open; "width" asks for its width alone."""


def pages_of(site):
    """Every page of the book, map pages too. JupyterLite's own pages are not ours."""
    found = sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html"))
    return [p for p in found if p != "index.html" and not p.startswith(("_static", "lite/"))]


@pytest.fixture(scope="module")
def book(site, serve):
    return serve(site)


def targets(tab):
    """What axe-core says of targets below 24 pixels without clear space (WCAG 2.2, 2.5.8).

    Marks of a map lie where their places lie; the same sites stand in the table below the map.
    """
    tab.axe("none")  # loads axe
    found = tab.page.evaluate(
        """() => axe.run({exclude: [".leaflet-marker-pane"]}, {
          runOnly: {type: "rule", values: ["target-size", "scrollable-region-focusable"]},
          rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]})"""
    )
    return [f"{r['id']}: {n['html'][:120]}" for r in found["violations"] for n in r["nodes"]]


@pytest.mark.parametrize("share", range(2))  # so that two processes can take a half each
def test_every_page_fits_a_phone_and_a_thumb(book, site, visit, share):
    tab = visit(**PHONE)
    letters = tab.context.new_cdp_session(tab.page)
    wrong = {}
    for page in pages_of(site)[share::2]:
        tab.go(book + page)
        faults = tab.page.evaluate(MEASURE, "all") + targets(tab)
        letters.send("Page.setFontSizes", {"fontSizes": TWICE})
        tab.page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '32px'")
        faults += [f"letters of 200 %: {f}" for f in tab.page.evaluate(MEASURE, "width")]
        letters.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
        if faults:
            wrong[page] = faults
    assert not wrong


def test_the_menus_fit_a_thumb(book, site, visit):
    tab = visit(**PHONE)
    wrong = {}
    kinds = {page.rsplit("/", 1)[0]: page for page in pages_of(site) if page.startswith("book/")}
    for page in kinds.values():
        tab.go(book + page)
        for menu in ("Menu of the book", "On this page", "Search"):
            button = tab.page.locator(f"button[aria-label='{menu}']:visible").first
            if button.count():
                button.tap()
                tab.page.locator("dialog[open]").wait_for()
                faults = tab.page.evaluate(MEASURE, "all") + targets(tab)
                wrong |= {f"{page}, {menu}": faults} if faults else {}
                tab.page.keyboard.press("Escape")
                tab.page.wait_for_function(GONE)
    assert not wrong
    assert not tab.faults


GONE = """() => ![...document.querySelectorAll("dialog, .bd-sidebar-primary, .bd-sidebar-secondary")]
  .some((menu) => menu.checkVisibility({visibilityProperty: true}))"""

FAULTY = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Faults</title>
<body style="margin:0"><div class="bd-header-article" style="height:200px"></div><article>
<p style="width:500px">wide</p><select style="height:30px"></select><pre style="font-size:11px">x</pre>
<button class="copybtn" style="width:44px;height:44px">Copy</button>
<div style="overflow:auto"><img alt="" style="margin-left:-20px;width:99px;height:9px"></div>
<div style="width:300px;overflow:hidden"><table><tr><td style="min-width:340px">1</td></tr></table></div>
<a href="#a" style="position:fixed;top:0;left:0;width:8px;height:8px;overflow:hidden">a</a>
<a href="#b" style="position:fixed;top:9px;left:0;width:8px;height:8px;overflow:hidden">b</a></article>"""


def test_the_measure_finds_each_fault(visit):
    tab = visit(**PHONE)
    tab.page.set_content(FAULTY)
    found = "\n".join(tab.page.evaluate(MEASURE, "all") + targets(tab))
    for fault in (
        "the page is 500 pixels wide",
        "reaches to 500: <p",
        "x 30 pixels: <select",
        "code of 11px: <pre",
        "lies on the code: <button",
        "is cut: <img",
        "does not scroll: <table",
        "nothing says that it scrolls: <table",
        "no way for the keyboard",
        "the header takes 200 pixels",
        "target-size: <a",
    ):
        assert fault in found, found


def swipe(tab, start, end, steps=8):
    """Move one finger from a point to another, and let it rest there, so that nothing slides on."""
    finger = tab.context.new_cdp_session(tab.page)

    def touch(kind, *points):
        at = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", start)
    for step in range(1, steps + 1):
        part = step / steps
        touch("touchMove", tuple(a + (b - a) * part for a, b in zip(start, end, strict=True)))
    for _ in range(steps):
        touch("touchMove", end)
    touch("touchEnd")


def scroll_to(page, place):
    """Bring an element below the header, and wait until it rests there."""
    place.evaluate(
        "e => scrollTo({top: e.getBoundingClientRect().top + scrollY - 120, behavior: 'instant'})"
    )
    return page.evaluate("scrollY")


def test_a_slider_follows_a_finger_and_the_page_stays(book, visit):
    tab = visit(**PHONE)
    page = tab.go(book + FORMULA)
    figure = page.locator("[data-fw-explore]").first
    top = scroll_to(page, figure)
    slider = figure.locator("input[type=range]").first
    before = figure.locator("img.only-light").get_attribute("src")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    swipe(tab, (box["x"] + 14, middle), (box["x"] + box["width"] * 0.8, middle))
    page.wait_for_function("slider => Number(slider.value) > 0", arg=slider.element_handle())
    assert figure.locator("img.only-light").get_attribute("src") != before
    assert page.evaluate("scrollY") == top
    assert not tab.faults


def test_a_question_is_answered_by_taps(book, visit):
    tab = visit(**PHONE)
    page = tab.go(book + BIRDS)
    quiz = page.locator("[data-fw-quiz=one], [data-fw-quiz]").first
    for choice in quiz.locator(".fw-choice").all():
        choice.tap()
        quiz.get_by_role("button", name="Check").tap()
        if "fw-is-right" in (quiz.locator(".fw-feedback").get_attribute("class") or ""):
            break
    assert "fw-is-right" in quiz.locator(".fw-feedback").get_attribute("class")
    assert not tab.too_wide()
    assert not tab.faults


VIEW = """() => { const map = Object.values(window).find((v) => v && v.dragging && v.getCenter);
  const at = map.getCenter(); return `${at.lat.toFixed(2)} ${at.lng.toFixed(2)} ${map.getZoom()}`; }"""


def test_a_finger_scrolls_past_a_map_and_moves_it_when_asked(book, visit):
    tab = visit(**PHONE)
    page = tab.go(book + BIRDS)
    frame = page.locator(".fw-map iframe").first
    top = scroll_to(page, frame)
    inside = frame.content_frame
    move = inside.get_by_role("button", name="Move the map with one finger")
    move.wait_for()
    document = page.frames[1]
    view = document.evaluate(VIEW)
    page.evaluate(
        "() => { window.rest = new Promise((done) => addEventListener('scrollend', done, {once: true})); }"
    )
    swipe(tab, (180, 500), (180, 250))
    page.evaluate("rest.then(() => true)")
    assert page.evaluate("scrollY") > top + 100
    assert document.evaluate(VIEW) == view
    scroll_to(page, frame)
    move.tap()
    inside.locator("button[aria-pressed=true]").wait_for()
    swipe(tab, (180, 450), (180, 300))
    document.wait_for_function(f"view => ({VIEW})() !== view", arg=view)
    assert page.evaluate("scrollY") == top
    assert not tab.faults


def test_a_wheel_rolls_past_a_map_until_it_is_chosen(book, visit):
    tab = visit()
    page = tab.go(book + BIRDS)
    frame = page.locator(".fw-map iframe").first
    top = scroll_to(page, frame)
    inside = frame.content_frame
    inside.locator("path.fw-land").wait_for()
    document = page.frames[1]
    view = document.evaluate(VIEW)
    box = frame.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 200)
    page.wait_for_function("top => scrollY > top + 100", arg=top)
    assert document.evaluate(VIEW) == view
    scroll_to(page, frame)
    inside.locator(".leaflet-container").focus()
    page.mouse.wheel(0, -200)
    document.wait_for_function(f"view => ({VIEW})() !== view", arg=view)
    assert page.evaluate("scrollY") == top
    assert not tab.faults


def test_a_picture_is_shown_at_full_size_and_its_sliders_still_move_it(book, visit):
    tab = visit(**PHONE)
    page = tab.go(book + FORMULA)
    figure = page.locator("[data-fw-explore]").first
    scroll_to(page, figure)
    picture = figure.locator("img.only-light")
    small = picture.bounding_box()["width"]
    button = figure.get_by_role("button", name="Larger picture")
    button.focus()
    page.keyboard.press("Enter")
    assert picture.bounding_box()["width"] > 1.5 * small
    pan = figure.get_by_role("group", name="Picture at full size")
    assert pan.evaluate("e => e.scrollWidth > e.clientWidth && e.tabIndex === 0")
    before = picture.get_attribute("src")
    figure.locator("input[type=range]").first.press("ArrowRight")
    assert picture.get_attribute("src") != before
    assert not tab.too_wide()
    assert not tab.axe()
    figure.get_by_role("button", name="Smaller picture").tap()
    assert picture.bounding_box()["width"] == small
    picture.tap()
    assert picture.bounding_box()["width"] > 1.5 * small
    assert not tab.faults


def test_a_wide_screen_offers_no_larger_picture(book, visit):
    page = visit().go(book + FORMULA)
    assert not page.locator(".fw-larger").first.is_visible()

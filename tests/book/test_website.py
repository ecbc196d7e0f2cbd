"""The website: what one folder holds, below a path of a host, and on a device without internet."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from pages_server import PREFIX, Host

from flyway_course import paths
from flyway_course.lint import Book, links
from flyway_course.website import WebsiteError, address, make_website, worker

OPEN = "?offline=test"  # on loopback, pages are kept only where a test asks for it
LESSON = "book/modules/01-count/02-how-many-birds.html"
MAPS = "book/modules/00-start/01-three-birds.html"
HOME = "book/index.html"
EXAMPLE = "https://example.org/flyway-course/"


# What the folder holds


def page(title, body=""):
    icon = '<meta charset="utf-8"><link rel="icon" href="data:,">'
    head = f"<head>{icon}<title>{title} — Tiny</title></head>"
    return f"<!DOCTYPE html><html>{head}<body>{body}</body></html>"


@pytest.fixture
def tiny(tmp_path):
    """A checkout with a built book of some pages; gives a function that makes its website."""
    site = tmp_path / "_build" / "html"
    for folder in ("book", "_static", "_images", "notebooks", "lite"):
        (site / folder).mkdir(parents=True)
    (tmp_path / "_config.yml").write_text('title: Tiny\nhtml: {baseurl: ""}\n')
    for name in ("index.html", "search.html", "lite/index.html"):
        (site / name).write_text(page(name))
    (site / "notebooks" / "a.ipynb").write_text("{}")
    for number in range(1, 46):
        picture = f"fig-{number:016x}.png"
        (site / "_images" / picture).write_bytes(b"\x89PNG" + bytes([number]))
        (site / "book" / f"p{number:02}.html").write_text(
            page(f"Page {number}", f'<img src="../_images/{picture}" alt="">')
        )
    (site / "book" / "index.html").write_text(page("Home"))

    def make(**options):
        return make_website(tmp_path / "out", root=tmp_path, **options).folder

    make.site = site
    return make


def test_without_an_address_nothing_names_one(tiny):
    made = tiny.site.parents[1] / tiny()
    assert not (made / "sitemap.xml").exists()
    assert not (made / "robots.txt").exists()
    assert (made / ".nojekyll").is_file()
    for file in made.rglob("*.html"):
        text = file.read_text()
        assert "canonical" not in text
        assert "://" not in text, file


def test_with_an_address_each_page_has_its_own(tiny):
    made = tiny.site.parents[1] / tiny(address=EXAMPLE.rstrip("/"))
    text = (made / "book" / "p07.html").read_text()
    assert f'<link rel="canonical" href="{EXAMPLE}book/p07.html">' in text
    tree = ElementTree.fromstring((made / "sitemap.xml").read_text())
    listed = {node.text for node in tree.iter() if node.tag.endswith("loc")}
    assert listed == {f"{EXAMPLE}book/{file.name}" for file in (made / "book").glob("*.html")}
    robots = (made / "robots.txt").read_text()
    assert f"Sitemap: {EXAMPLE}sitemap.xml" in robots
    assert "Disallow: /flyway-course/lite/" in robots


def test_the_address_of_the_settings_is_taken(tiny, tmp_path):
    (tmp_path / "_config.yml").write_text(f"html: {{baseurl: '{EXAMPLE}'}}\n")
    assert (tmp_path / tiny() / "sitemap.xml").is_file()
    assert not (tmp_path / tiny(address="") / "sitemap.xml").exists()


@pytest.mark.parametrize("given", [EXAMPLE, ""])
def test_a_page_names_one_address_and_never_another(tiny, tmp_path, given):
    first = tiny.site / "book" / "p01.html"
    other = '<link href="https://other.example/book/p01.html" rel="canonical"/>'
    first.write_text(first.read_text().replace("</head>", f"{other}</head>"))
    text = (tmp_path / tiny(address=given) / "book" / "p01.html").read_text()
    assert "other.example" not in text
    assert text.count("canonical") == bool(given)


@pytest.mark.parametrize(
    "wrong",
    ["example.org", "ftp://a.org/", "https://", "https://a.org/?x=1", 'https://a.org/">', "x y"],
)
def test_what_is_no_address_is_named(wrong):
    with pytest.raises(WebsiteError, match="is no address of a website: write it as"):
        address.checked(wrong)


def test_the_version_follows_what_a_reader_keeps(tiny, tmp_path):
    def version():
        return re.search(r'VERSION = "(\w+)"', (tmp_path / tiny() / "sw.js").read_text())[1]

    first = version()
    assert version() == first, "the same content is the same version"
    (tiny.site / "lite" / "index.html").write_text(page("other"))
    (tiny.site / "notebooks" / "a.ipynb").write_text('{"cells": []}')
    assert version() == first
    (tiny.site / "_images" / "fig-0000000000000001.png").write_bytes(b"new")
    second = version()
    assert second != first
    (tiny.site / "book" / "p01.html").rename(tiny.site / "book" / "p99.html")
    assert version() != second


def test_the_in_browser_course_can_be_left_out(tiny, tmp_path):
    assert (tmp_path / tiny() / "lite").is_dir()
    with pytest.raises(WebsiteError, match="book is not built"):
        tiny(lite=False)
    (tiny.site.parent / "work").mkdir()
    (tiny.site.parent / "work" / "html").symlink_to(tiny.site)
    made = tmp_path / "without"
    make_website(made, root=tmp_path, lite=True)
    assert (made / "lite").is_dir()


@pytest.mark.parametrize("where", [".", "_build/x", "notes", "file"])
def test_a_folder_with_something_else_is_never_replaced(tiny, tmp_path, where):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WebsiteError, match="give a"):
        make_website(tmp_path / where, root=tmp_path)
    assert (tmp_path / "notes" / "diary.txt").read_text() == "mine"


def test_making_it_twice_leaves_no_old_page_and_the_book_as_it_was(tiny, tmp_path):
    before = (tiny.site / "book" / "p01.html").read_text()
    tiny()
    (tiny.site / "book" / "p45.html").unlink()
    made = tmp_path / tiny()
    assert not (made / "book" / "p45.html").exists()
    assert (tiny.site / "book" / "p01.html").read_text() == before
    assert (made / "book" / "p01.html").read_text().count("offline.js") == 1


@pytest.fixture(scope="session")
def website(site, tmp_path_factory):
    """The website of the book, without lite/: tests/book/test_lite.py looks at that."""
    out = tmp_path_factory.mktemp("website") / "flyway-course"
    make_website(out, EXAMPLE, lite=False)
    return out


@pytest.mark.slow
def test_no_link_of_the_website_is_dead(website):
    entries = Book.load(paths.ROOT).bibliography.entries.values()
    quoted = frozenset(e.fields["url"].replace("\\", "") for e in entries if "url" in e.fields)
    assert not [str(problem) for problem in links.site(website, quoted)]


def test_the_worker_leaves_alone_what_the_version_leaves_out():
    text = worker.TEMPLATE.read_text(encoding="utf-8")
    folders = re.search(r"NOT_KEPT = /\^\(([\w|]+)\)", text)[1]
    assert {*folders.split("|"), "sw.js"} == worker.NOT_KEPT


def test_the_page_for_instructors_tells_the_size_and_the_release(website):
    text = (paths.BOOK / "instructors" / "publish.md").read_text(encoding="utf-8")
    told = float(re.search(r"the pictures, the notebooks, the data \| (\d+) MB", text)[1])
    size = sum(file.stat().st_size for file in website.rglob("*") if file.is_file()) / 1e6
    assert told == pytest.approx(size, rel=0.2)
    npm = json.loads((paths.ROOT / "package.json").read_text(encoding="utf-8"))
    release = npm["devDependencies"]["pyodide"]
    assert set(re.findall(r"pyodide-([\d.]+)\.tar", text)) == {release}
    kept = int(re.search(r"PAGES_KEPT = (\d+)", worker.TEMPLATE.read_text(encoding="utf-8"))[1])
    assert (kept, "The newest forty pages are kept" in text) == (40, True)


@pytest.mark.slow
def test_the_two_lines_for_binder_put_a_link_on_each_lesson(tmp_path):
    """The lines are those of the page; Jupyter Book itself reads them, and must not mind."""
    told = (paths.BOOK / "instructors" / "publish.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^(repository|launch_buttons): (.+)$", told, re.M))
    shutil.copytree(Path(__file__).parent / "fixture", tmp_path, dirs_exist_ok=True)
    for kind in ("*.js", "*.css"):
        for file in (paths.BOOK / "_static").glob(kind):
            shutil.copyfile(file, tmp_path / "book" / "_static" / file.name)
    config = tmp_path / "_config.yml"
    text = config.read_text(encoding="utf-8")
    for name, value in lines.items():
        text, times = re.subn(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.M)
        assert times == 1
    config.write_text(text, encoding="utf-8")
    program = "from jupyter_book.cli.main import main; main()"
    build = [sys.executable, "-c", program, "build", str(tmp_path), "-W", "--keep-going"]
    done = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    page = tmp_path / "_build" / "html" / "book" / "modules" / "01-count" / "02-second.html"
    links = re.findall(r'href="(https:[^"]*)"[^>]*>([^<]*)', page.read_text(encoding="utf-8"))
    place = "urlpath=course%2Flesson%2F01-count-02-second"
    assert links == [
        (f"https://mybinder.org/v2/gh/YOU/flyway-course/main?{place}", "Open on Binder")
    ]


# On a host, below a path


@pytest.fixture
def host():
    """Give a function that serves a folder as GitHub Pages does."""
    started = []

    def start(folder, **options):
        started.append(Host(folder, **options))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.mark.browser
@pytest.mark.slow
def test_every_kind_of_page_works_below_a_path(website, host, visit):
    served = host(website)
    tab = visit()
    first = tab.go(served.address)
    first.wait_for_url(f"{served.address}{HOME}")
    assert first.locator("h1").first.inner_text().startswith("Counting Across Borders")
    lesson = tab.go(served.address + LESSON)
    lesson.locator("[data-fw-explore] input[type=range]").first.press("ArrowRight")
    shown = lesson.locator("[data-fw-explore] img.only-light").first
    shown.scroll_into_view_if_needed()
    lesson.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=shown.element_handle())
    search = tab.go(f"{served.address}search.html?q=spoonbill")
    search.locator("#search-results li a").first.wait_for()
    maps = tab.go(served.address + MAPS)
    maps.locator(".fw-map iframe").first.scroll_into_view_if_needed()
    maps.frame_locator(".fw-map iframe").first.locator(".leaflet-container path").first.wait_for()
    assert tab.faults == []
    assert all(path.startswith(PREFIX) for path in served.asked)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("known", [EXAMPLE, ""], ids=["address known", "address not known"])
@pytest.mark.parametrize("wrong", ["nothing.html", "book/modules/01-count/a/b/nothing.html"])
def test_a_wrong_address_at_any_depth_leads_back(tiny, tmp_path, host, visit, known, wrong):
    served = host(tmp_path / tiny(address=known))
    tab = visit()
    answer = tab.page.goto(served.address + wrong, wait_until="load")
    assert answer.status == 404
    tab.page.wait_for_selector("base", state="attached")
    link = tab.page.get_by_role("link", name="The first page")
    assert link.evaluate("a => a.href") == served.address + HOME
    form = tab.page.get_by_role("search").evaluate("form => form.action")
    assert form == f"{served.address}search.html"
    assert tab.axe() == []
    link.click()
    tab.page.wait_for_url(served.address + HOME)


# Kept on the device

KEPT = """window.kept = [];
if (navigator.serviceWorker) navigator.serviceWorker.addEventListener("message", (event) => kept.push(event.data));"""


def keep(tab, url):
    """Open a page as a reader of the published site does, and wait until it is kept."""
    tab.go(url + OPEN)
    tab.page.wait_for_function("() => kept.length")
    return tab.page.evaluate("() => kept.at(-1)")


@pytest.fixture
def reader(visit):
    """A tab that notes what the worker says; requests are not looked at, so that the worker acts."""
    tab = visit()
    tab.context.unroute_all()
    tab.context.add_init_script(KEPT)
    return tab


@pytest.mark.browser
@pytest.mark.slow
def test_visited_pages_open_without_a_connection_and_others_say_so(website, host, reader):
    served = host(website)
    for name in (LESSON, MAPS):
        keep(reader, served.address + name)
    served.stop()
    lesson = reader.go(served.address + LESSON)
    assert lesson.locator("h1").count() == 1
    styled = lesson.evaluate("getComputedStyle(document.querySelector('.fw-card')).borderTopStyle")
    assert styled != "none", "the style sheet is there too"
    slider = lesson.locator("[data-fw-explore] input[type=range]").first
    slider.press("End")
    shown = lesson.locator("[data-fw-explore] img.only-light").first
    shown.scroll_into_view_if_needed()
    lesson.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=shown.element_handle())
    lesson.evaluate("document.documentElement.dataset.theme = 'dark'")  # pictures kept were light
    dark = lesson.locator("img.only-dark").first
    dark.scroll_into_view_if_needed()
    lesson.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=dark.element_handle())
    maps = reader.go(served.address + MAPS)
    maps.locator(".fw-map iframe").first.scroll_into_view_if_needed()
    maps.frame_locator(".fw-map iframe").first.locator(".leaflet-container path").first.wait_for()

    answer = reader.page.goto(f"{served.address}book/glossary.html")
    assert answer.status == 503
    assert reader.page.locator("h1").inner_text() == "This page is not on your device"
    listed = reader.page.locator("li a").evaluate_all("all => all.map((a) => a.href)")
    assert listed == sorted(served.address + name for name in (LESSON, MAPS))
    assert reader.page.locator("li a").first.inner_text().startswith("Three birds")
    assert reader.axe() == []
    reader.page.locator("li a").first.click()
    reader.page.wait_for_url(served.address + MAPS)
    served.start()
    again = reader.page.goto(f"{served.address}book/glossary.html")
    assert again.status == 200, "with a connection the page comes"


@pytest.mark.browser
@pytest.mark.slow
def test_a_host_that_is_ill_does_not_take_a_kept_page_away(tiny, tmp_path, host, reader):
    served = host(tmp_path / tiny(), caching="no-store")
    keep(reader, f"{served.address}book/p01.html")
    served.broken = True
    assert reader.page.goto(f"{served.address}book/p01.html").status == 200
    assert reader.page.title() == "Page 1 — Tiny"
    assert reader.page.goto(f"{served.address}book/p02.html").status == 503
    served.broken = False
    assert reader.page.goto(f"{served.address}book/p01.html").status == 200
    served.stop()
    assert reader.go(f"{served.address}book/p01.html").title() == "Page 1 — Tiny"


@pytest.mark.browser
@pytest.mark.slow
def test_search_works_without_a_connection_once_it_was_opened(website, host, reader):
    served = host(website)
    keep(reader, f"{served.address}search.html")
    keep(reader, served.address + LESSON)
    served.stop()
    search = reader.go(f"{served.address}search.html?q=flock")
    search.locator("#search-results li a").first.wait_for()
    found = search.locator("#search-results li a").evaluate_all("all => all.map((a) => a.href)")
    assert any(address.startswith(served.address + LESSON) for address in found)


@pytest.mark.browser
@pytest.mark.slow
def test_a_new_publication_is_taken_up_at_the_next_visit(tiny, tmp_path, host, reader):
    served = host(tmp_path / tiny(), caching="no-cache")
    first = keep(reader, f"{served.address}book/p01.html")["version"]
    assert keep(reader, f"{served.address}book/p02.html")["version"] == first
    for name in ("p01", "p02"):
        picture = f"fig-00000000000000{name[1:]}.png"
        (tiny.site / "_images" / picture.replace("fig-", "fig-f")).write_bytes(b"\x89PNGnew")
        (tiny.site / "book" / f"{name}.html").write_text(
            page(f"New {name}", f'<img src="../_images/{picture.replace("fig-", "fig-f")}" alt="">')
        )
    tiny()
    new = reader.go(f"{served.address}book/p01.html{OPEN}")
    assert new.title().startswith("New p01"), "the page itself is new at once"
    new.wait_for_function("old => kept.some((said) => said.version !== old)", arg=first)
    names = new.evaluate("caches.keys()")
    assert len(names) == 1
    assert not names[0].endswith(first)
    served.stop()
    for name in ("p01", "p02"):
        kept = reader.go(f"{served.address}book/{name}.html")
        assert kept.title().startswith(f"New {name}"), "kept pages were fetched anew"
        assert kept.evaluate("fetch(document.images[0].src).then((answer) => answer.ok)")


@pytest.mark.browser
@pytest.mark.slow
def test_the_number_of_kept_pages_is_bounded(tiny, tmp_path, host, reader):
    served = host(tmp_path / tiny())
    for number in [*range(1, 41), 1, 41, 42]:  # page 1 again: it is no longer the oldest
        keep(reader, f"{served.address}book/p{number:02}.html")
    held = reader.page.evaluate(
        """async () => {
          const cache = await caches.open((await caches.keys())[0]);
          return (await cache.keys()).map((request) => request.url);
        }"""
    )
    pages = {int(n) for n in re.findall(r"/p(\d\d)\.html", " ".join(held))}
    pictures = {int(n, 16) for n in re.findall(r"fig-([0-9a-f]{16})", " ".join(held))}
    assert pages == {1, *range(4, 43)}
    assert pictures == pages


@pytest.mark.browser
@pytest.mark.slow
def test_on_ones_own_computer_and_from_a_stick_nothing_is_kept(tiny, tmp_path, host, reader):
    made = tmp_path / tiny()
    served = host(made)
    look = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
    assert reader.go(f"{served.address}book/p01.html").evaluate(look) == 0
    stick = reader.go((made / "book" / "p01.html").as_uri())
    assert stick.title() == "Page 1 — Tiny"
    assert not any(path.endswith("sw.js") for path in served.asked)
    assert reader.faults == []


def test_the_book_on_ones_own_computer_has_no_worker(site):
    assert not (site / "sw.js").exists()
    assert "offline.js" not in (site / HOME).read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.slow
def test_nothing_is_fetched_for_later_before_the_page_is_there(tiny, tmp_path, host, reader):
    served = host(tmp_path / tiny())
    keep(reader, f"{served.address}book/p03.html")
    asked = [path.removeprefix(PREFIX).partition("?")[0] for path in served.asked]
    assert asked.index("_images/fig-0000000000000003.png") < asked.index("sw.js")
    assert urljoin(served.address, "lite/") not in " ".join(asked)

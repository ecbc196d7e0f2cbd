"""The course in the browser: what the JupyterLite site holds, and that Python answers in it."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
import sys
import zipfile

import nbformat
import pytest

from flyway_course import paths
from flyway_course.build.guard import find_external
from flyway_course.build.leaks import Secret
from flyway_course.build.publish import publish
from flyway_course.lite import checks, distribution, lockfile, pages, tools
from flyway_course.lite.errors import LiteError
from flyway_course.lite.make import Sources, make
from flyway_course.website import make_website

CDN = "https://cdn.jsdelivr.net/pyodide/"
WIDGET = """import sys
import ipywidgets
box = ipywidgets.IntSlider(value=3, min=0, max=9, description="flocks")
said = ipywidgets.Label()
def tell(change):
    said.value = f"square {change['new'] ** 2} on {sys.platform}"
box.observe(tell, "value")
tell({"new": 3})
ipywidgets.VBox([box, said])"""


@pytest.fixture(scope="session")
def lite_tools():
    """The environment of JupyterLite and the npm package of Pyodide."""
    try:
        tools.ensure_tools()
        return distribution.from_cdn(paths.NODE_MODULES / "pyodide")
    except LiteError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def lessons(site, tmp_path_factory):
    """The notebooks of the built book."""
    return site / "notebooks"


@pytest.fixture(scope="session")
def published(lite_tools, lessons, tmp_path_factory):
    """The site as it is published: all lessons, Python from the CDN."""
    place = tmp_path_factory.mktemp("published")
    course = tools.course_wheel(place / "wheel")
    sources = Sources(lessons, paths.EXERCISES, paths.DATASETS, course)
    make(sources, lite_tools, place / "source", place / "lite")
    return place / "lite"


@pytest.fixture(scope="session")
def hosted(lite_tools, tmp_path_factory):
    """A site with its own Python: Pyodide's core, and a notebook with a widget."""
    from pyodide_core import core_distribution

    place = tmp_path_factory.mktemp("hosted")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(WIDGET)])
    (place / "notebooks").mkdir()
    nbformat.write(notebook, place / "notebooks" / "widget.ipynb")
    core = distribution.from_path(
        core_distribution(place / "core"), lite_tools.release, place / "unpacked"
    )
    sources = Sources(place / "notebooks", paths.EXERCISES, paths.DATASETS, None)
    make(sources, core, place / "source", place / "lite", packages=["ipywidgets"])
    return place / "lite"


# What the site holds


def test_every_lesson_exercise_and_data_set_is_there(published, lessons):
    files = published / "files"
    held = {path.name for path in (files / "lessons").glob("*.ipynb")}
    assert held == {path.name for path in lessons.glob("*.ipynb")}
    for folder in ("exercises", "datasets"):
        wanted = {path.name for path in (paths.ROOT / folder).iterdir() if path.is_dir()}
        assert wanted <= {path.name for path in (files / folder).iterdir()}
    listed = json.loads((published / "api/contents/lessons/all.json").read_text("utf-8"))
    assert {entry["name"] for entry in listed["content"]} == held


def test_no_notebook_makes_the_learner_choose_a_kernel(published):
    notebooks = list((published / "files").rglob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        metadata = json.loads(path.read_text("utf-8"))["metadata"]
        assert metadata["language_info"]["name"] == "python"
        assert metadata["kernelspec"]["name"] == "python3"


def imported(source):
    """Top-level names that Python code imports, outside its standard library."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"pyodide_js"}


def code_of(notebook):
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    lines = [
        line
        for cell in cells
        if cell["cell_type"] == "code"
        for line in "".join(cell["source"]).splitlines()
    ]
    return "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def test_all_that_is_imported_comes_with_flyway(published):
    packages = json.loads((published / "static/pyodide-lock.json").read_text("utf-8"))["packages"]
    brought = lockfile.closure({"flyway", *lockfile.KERNEL}, packages)
    given = {name for package in brought for name in packages[package]["imports"]}
    wanted = {}
    for path in sorted((paths.ROOT / "src" / "flyway").rglob("*.py")):
        wanted |= dict.fromkeys(imported(path.read_text("utf-8")), path.name)
    for path in sorted((published / "files").rglob("*.ipynb")):
        wanted |= dict.fromkeys(imported(code_of(path)), path.name)
    assert {"numpy", "pandas", "statsmodels", "folium", "flyway"} <= set(wanted)
    assert not {name: place for name, place in wanted.items() if name not in given}


def test_local_wheels_are_what_pyodide_lacks(published, lite_tools):
    packages = json.loads((published / "static/pyodide-lock.json").read_text("utf-8"))["packages"]
    local = {n for n, entry in packages.items() if not entry["file_name"].startswith(CDN)}
    assert not local & set(lite_tools.packages)
    assert {"flyway", "folium", "branca", "seaborn", "ipywidgets", "comm"} <= local
    for name in local:
        file = (published / "static" / packages[name]["file_name"]).resolve()
        assert file.is_file(), name
        assert file.is_relative_to(published.resolve())
    with zipfile.ZipFile(next((published / "static/wheels").glob("flyway-*.whl"))) as wheel:
        names = wheel.namelist()
    assert "flyway/_assets/leaflet.js" in names
    assert any(name.startswith("flyway/_datasets/bfs_census/") for name in names)


# Where Python comes from


def test_another_release_of_pyodide_is_refused(tmp_path):
    (tmp_path / "pyodide-lock.json").write_text("{}", encoding="utf-8")
    (tmp_path / "pyodide.mjs").write_text('var U="313.0.1";', encoding="utf-8")
    with pytest.raises(LiteError, match=r"is Pyodide 313\.0\.1.* give .*314\.0\.6\.tar\.bz2"):
        distribution.from_path(tmp_path, "314.0.6", tmp_path / "x")
    (tmp_path / "pyodide.mjs").unlink()
    with pytest.raises(LiteError, match="holds no distribution of Pyodide"):
        distribution.from_path(tmp_path, "314.0.6", tmp_path / "x")
    with pytest.raises(LiteError, match="There is nothing at"):
        distribution.from_path(tmp_path / "none", "314.0.6", tmp_path / "x")


def test_the_core_alone_is_refused_and_what_it_lacks_is_named(lite_tools, lessons, tmp_path):
    npm = paths.NODE_MODULES / "pyodide"
    core = distribution.from_path(npm, lite_tools.release, tmp_path / "x")
    sources = Sources(lessons, paths.EXERCISES, paths.DATASETS, None)
    with pytest.raises(LiteError, match=r"not the full distribution.*asttokens-.*named core"):
        make(sources, core, tmp_path / "source", tmp_path / "out", packages=["numpy"])
    assert not (tmp_path / "out").exists()


def test_a_package_that_the_browser_lacks_stops_the_build(lite_tools, tmp_path):
    file = tmp_path / "birds-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as wheel:
        about = "Metadata-Version: 2.1\nName: birds\nVersion: 1.0\nRequires-Dist: numpy>=99\n"
        wheel.writestr("birds-1.0.dist-info/METADATA", about)
        wheel.writestr("birds/__init__.py", "")
    birds = lockfile.read_wheel(file)
    assert birds.imports == ["birds"]
    with pytest.raises(LiteError, match=r"birds 1\.0 needs numpy>=99.*has 2\."):
        lockfile.make_lock(lite_tools, {"birds": file.name}, {"birds": birds}, "pyodide/")


# What must not be in it


def test_the_published_site_names_one_host_and_no_answer(published):
    from flyway_course.build.leaks import find_secrets

    secrets = find_secrets(paths.SOLUTIONS, paths.BOOK)
    assert secrets
    cdn = f"{CDN}v"
    assert checks.find_problems(published, secrets, cdn) == []
    # without leave, the same addresses are faults
    assert any(CDN in problem for problem in checks.find_problems(published, [], None))


def small_lite(folder):
    (folder / "files").mkdir(parents=True)
    config = {"jupyter-config-data": {"litePluginSettings": {"x": {"pyodideUrl": f"{CDN}v1/x"}}}}
    (folder / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    return folder


def test_another_host_is_found_wherever_it_stands(tmp_path):
    lite = small_lite(tmp_path / "lite")
    assert checks.find_problems(lite, [], CDN) == []
    (lite / "index.html").write_text('<script src="https://unpkg.com/x.js"></script>', "utf-8")
    (lite / "watch.js").write_text(f'fetch("{CDN}v1/x")', "utf-8")
    (lite / "lab").mkdir()
    other = {"jupyter-config-data": {"faviconUrl": "//unpkg.com/x.ico"}}
    (lite / "lab" / "jupyter-lite.json").write_text(json.dumps(other), "utf-8")
    found = " ".join(checks.find_problems(lite, [], CDN))
    assert "index.html" in found
    assert "watch.js: loads" in found
    assert "lab/jupyter-lite.json: loads //unpkg.com" in found


def test_an_answer_is_found_in_a_notebook_and_in_the_wheel(tmp_path):
    lite = small_lite(tmp_path / "lite")
    secret = Secret("a hidden test of x0", frozenset({"assert growth(counts) > 0.0921"}))
    cell = {"cell_type": "code", "source": ["assert growth(counts) > 0.0921"]}
    text = json.dumps({"cells": [cell], "metadata": {}})
    (lite / "files" / "x0.ipynb").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(lite / "flyway-0.1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("flyway/answers.py", "assert growth(counts) > 0.0921\n")
    found = checks.find_problems(lite, [secret], CDN)
    assert len(found) == 2
    assert "x0.ipynb: shows a hidden test of x0" in found[0]
    assert found[1].startswith("flyway-0.1.0-py3-none-any.whl: flyway/answers.py: shows")


def test_the_book_itself_names_no_place_for_python(site):
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).as_posix()
        if not name.startswith("lite/"):
            assert CDN not in page.read_text("utf-8"), name


def test_the_guard_of_the_book_gives_no_leave_to_pyodide(tmp_path):
    (tmp_path / "page.html").write_text(f'<script src="{CDN}v1/pyodide.mjs"></script>', "utf-8")
    assert find_external(tmp_path)


# The button


@pytest.fixture(scope="session")
def with_buttons(site, published, tmp_path_factory):
    """The built book with lite/, as publishing makes it."""
    place = tmp_path_factory.mktemp("with") / "html"
    made = site.parent / "work" / "html"  # as it is before publishing

    def add(new):
        shutil.copytree(published, new / "lite")
        assert pages.add_buttons(new) == len(list((site / "notebooks").glob("*.ipynb")))

    publish(made, place, add)
    return place


def test_each_lesson_has_a_button_that_leads_to_its_notebook(with_buttons):
    names = set()
    for page in sorted(with_buttons.glob("book/**/*.html")):
        text = page.read_text("utf-8")
        assert 'class="fw-lite"' not in text
        for place in pages.BUTTON.findall(text):
            address, _, query = place.partition("?path=")
            assert (page.parent / address).resolve() == (with_buttons / "lite/open.html").resolve()
            assert (with_buttons / "lite" / "files" / query).is_file()
            names.add(query.removeprefix("lessons/"))
    assert names == {path.name for path in (with_buttons / "notebooks").glob("*.ipynb")}


def test_adding_buttons_leaves_the_last_site_as_it_was(tmp_path):
    place = '<template class="fw-lite" data-lesson="a-b" data-stick="From a stick.">Run</template>'
    made, site = tmp_path / "made", tmp_path / "site"
    (made / "book").mkdir(parents=True)
    (made / "book" / "a.html").write_text(place, encoding="utf-8")
    publish(made, site)
    os.link(site / "book" / "a.html", tmp_path / "reader")
    publish(made, site, pages.add_buttons)
    assert 'href="../lite/open.html?path=lessons/a-b.ipynb">Run</a>' in (
        site / "book" / "a.html"
    ).read_text("utf-8")
    assert (tmp_path / "reader").read_text("utf-8") == place
    publish(made, site)
    assert (site / "book" / "a.html").read_text("utf-8") == place


# In a browser


def outside(tab):
    return [fault for fault in tab.faults if fault.startswith("leaves the machine")]


@pytest.mark.browser
@pytest.mark.slow
def test_python_starts_and_a_widget_answers_with_nothing_from_outside(hosted, serve, visit):
    from playwright.sync_api import TimeoutError

    tab = visit()
    page = tab.go(serve(hosted) + "open.html?path=lessons/widget.ipynb")
    page.wait_for_selector(".jp-CodeCell", timeout=60_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("#course-python[data-state=coming]", state="attached", timeout=60_000)
    for _ in range(5):  # JupyterLab drops what is run before its kernel is there: press again
        with contextlib.suppress(TimeoutError):
            page.wait_for_selector("text=square 9 on emscripten", timeout=40_000)
            break
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
    assert page.locator("text=square 9 on emscripten").count()
    assert page.locator("#course-python").is_hidden()
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("text=square 16 on emscripten", timeout=30_000)
    assert not outside(tab)


@pytest.mark.browser
@pytest.mark.slow
def test_half_a_python_is_said_and_not_waited_for(hosted, serve, visit):
    tab = visit()
    tab.context.route("**/micropip-*", lambda route: route.abort())
    page = tab.go(serve(hosted) + "notebooks/index.html?path=lessons/widget.ipynb")
    page.wait_for_selector("#course-python[data-state=lost]", timeout=90_000)
    assert "Python could not be fetched from this site" in page.inner_text("#course-python p")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("start", ["open.html", "notebooks/index.html"])
def test_without_internet_the_page_says_so_and_offers_other_ways(published, serve, visit, start):
    tab = visit()
    lesson = sorted((published / "files" / "lessons").glob("*.ipynb"))[0].name
    address = serve(published)
    page = tab.go(f"{address}{start}?path=lessons/{lesson}")
    box = page.locator("#course-python[data-state=lost]")
    box.wait_for(timeout=60_000)
    assert box.get_attribute("role") == "alert"
    assert "could not be fetched from cdn.jsdelivr.net, so cells cannot run" in box.inner_text()
    assert "python3 course.py open" in box.inner_text()
    link = box.locator("a[data-notebook]")
    assert link.get_attribute("download") == lesson
    assert page.request.get(link.evaluate("a => a.href")).ok
    assert all(f"leaves the machine: {CDN}" in fault for fault in outside(tab))
    if start == "open.html":
        assert page.url.startswith(address + "open.html")
        assert not tab.axe()


@pytest.mark.browser
@pytest.mark.slow
def test_the_button_gives_way_to_a_sentence_on_a_stick(with_buttons, serve, visit):
    page = next(
        p for p in with_buttons.glob("book/**/*.html") if pages.BUTTON.search(p.read_text())
    )
    tab = visit()
    stick = tab.go(page.as_uri())
    assert stick.locator("a.fw-lite").is_hidden()
    assert "cannot start Python" in stick.locator(".fw-lite-stick").inner_text()
    tab = visit()
    web = tab.go(serve(with_buttons) + page.relative_to(with_buttons).as_posix())
    assert web.locator("a.fw-lite").is_visible()
    assert web.locator(".fw-lite-stick").is_hidden()
    assert not tab.axe()


@pytest.mark.browser
@pytest.mark.slow
def test_the_keeper_of_pages_and_jupyterlites_own_worker_keep_apart(hosted, tmp_path, serve, visit):
    """JupyterLite ends every worker of the host where it finds one above it that is not its own."""
    book = tmp_path / "_build" / "html"
    (book / "book").mkdir(parents=True)
    (book / "_static").mkdir()
    for name in ("index.html", "search.html", "book/index.html"):
        (book / name).write_text("<html><head><title>Birds</title></head></html>", "utf-8")
    shutil.copytree(hosted, book / "lite")
    (tmp_path / "_config.yml").write_text("title: Birds\n", "utf-8")
    make_website(tmp_path / "web" / "course", root=tmp_path)
    address = serve(tmp_path / "web") + "course/"
    tab = visit()
    tab.context.unroute_all()
    workers = """navigator.serviceWorker.getRegistrations().then((all) => all.map((one) =>
      [one.scope, one.active && one.active.scriptURL.split("?")[0]]))"""
    ours = [f"{address}book/", f"{address}sw.js"]
    theirs = [f"{address}lite/", f"{address}lite/service-worker.js"]
    page = tab.go(f"{address}book/index.html?offline=test")
    page.wait_for_function("caches.keys().then((all) => all.length)")
    for _ in range(2):  # the first visit, and one with its worker in place
        page = tab.go(f"{address}lite/notebooks/index.html?path=lessons/widget.ipynb")
        page.wait_for_function("navigator.serviceWorker.controller", timeout=60_000)
        assert page.evaluate("navigator.serviceWorker.controller.scriptURL").startswith(theirs[1])
        assert sorted(page.evaluate(workers)) == [ours, theirs]
        heart = "fetch('/api/service-worker-heartbeat').then((answer) => answer.text())"
        assert page.evaluate(heart) == "ok"
    page = tab.go(f"{address}book/index.html?offline=test")
    assert page.evaluate("navigator.serviceWorker.controller.scriptURL") == ours[1]
    held = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) {
            if (!name.startsWith("course ")) continue;
            for (const { url } of await (await caches.open(name)).keys()) found.push(url);
          }
          return found;
        }"""
    )
    assert f"{address}book/index.html" in held
    assert not [url for url in held if "/lite/" in url]


# The command


def test_pyodide_without_lite_is_refused():
    from typer.testing import CliRunner

    from flyway_course import cli

    done = CliRunner().invoke(cli.app, ["build", "--pyodide", "somewhere"])
    assert done.exit_code == 1
    assert "add --lite" in done.output

"""Book and JupyterLab on one address: a real server on loopback, spoken to over HTTP."""

import contextlib
import gzip
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from flyway_course.serve import run, workspace

CELL = {
    "cell_type": "code",
    "execution_count": None,
    "id": "count",
    "metadata": {},
    "outputs": [],
    "source": "import ipywidgets\nipywidgets.IntSlider(6 * 7, description='birds')",
}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
LESSON = json.dumps({"cells": [CELL], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5})
SERVE = Path(__file__).with_name("serve_small.py")
PAGE = "<!doctype html><title>Birds</title><p>" + "kkoi-kkoi " * 500


def small_course(folder):
    """A built book with two lessons, one exercise, and things that must not be served."""
    site = folder / "_build" / "html"
    for place in ("notebooks", "_static", "_images", "modules", ".hidden"):
        (site / place).mkdir(parents=True)
    (site / "index.html").write_text(PAGE)
    (site / "modules" / "index.html").write_text(PAGE)
    (site / "_static" / "kit.css").write_text("p { color: #123456 }\n" * 100)
    (site / "_static" / "small.css").write_text("p {}")
    (site / "_images" / "fig-0123456789ab.png").write_bytes(b"\x89PNG" + b"\0" * 2000)
    (site / ".hidden" / "key.txt").write_text("secret")
    (folder / "secret.txt").write_text("secret")
    (site / "leak.txt").symlink_to(folder / "secret.txt")
    (site / "notebooks" / "01-birds.ipynb").write_text(LESSON)
    (site / "notebooks" / "02-counts.ipynb").write_text(LESSON)
    (site / "notebooks" / "03-leak.ipynb").symlink_to(folder / "secret.txt")
    exercise = folder / "exercises" / "x0-first-counts"
    exercise.mkdir(parents=True)
    (exercise / "x0.ipynb").write_text(LESSON)
    (exercise / "counts.csv").write_text("site,count\nKR01,12\n")
    (exercise / ".key").write_text("secret")
    return folder


class Server:
    """A running server and a browser's memory of its cookies."""

    def __init__(self, folder, start_in="book"):
        command = [sys.executable, SERVE, folder, start_in]
        # a trainee's own, broken Jupyter set-up must not matter
        own = folder / "own-jupyter"
        own.mkdir(exist_ok=True)
        (own / "jupyter_server_config.py").write_text("raise SystemExit('my own broken config')")
        env = {**os.environ, "JUPYTER_CONFIG_DIR": str(own), "JUPYTER_TOKEN": "known"}
        self.log = (folder / "server.log").open("w+")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=env
        )
        line = self.process.stdout.readline()
        if not line.startswith("The course is open at "):
            self.process.kill()
            pytest.fail(line + self.errors())
        self.address = line.split()[-1]
        self.port = urlsplit(self.address).port
        self.cookies = {}

    def errors(self):
        self.log.flush()
        return Path(self.log.name).read_text()

    def ask(self, path, method="GET", body=None, cookies=True, **headers):
        """One request, the path sent exactly as it is written; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookies and self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.body = answer.read()
        connection.close()
        if cookies:
            for name, value in answer.getheaders():
                if name == "Set-Cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
        return answer

    def sign_in(self, cookies=True):
        """Open the printed address."""
        return self.ask(self.address.partition(str(self.port))[2], cookies=cookies)

    def end(self):
        """Stop as Ctrl-C does; return the exit code and what was said."""
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=30)[0]
        return self.process.returncode, said


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(tmp_path_factory.mktemp("course"))


@contextlib.contextmanager
def signed_in(course):
    """A server of the course, signed in; it is killed at the end."""
    running = Server(course)
    try:
        running.sign_in()
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


@pytest.fixture(scope="module")
def server(course):
    with signed_in(course) as running:
        yield running


# ---- signing in -------------------------------------------------------------------------------


def test_the_printed_address_signs_in_and_leads_to_the_book(server):
    answer = server.sign_in(cookies=False)
    assert (answer.status, answer.getheader("Location")) == (302, "/book/")
    cookies = answer.headers.get_all("Set-Cookie")
    (live,) = [c for c in cookies if c.startswith("course_server=")]
    assert "HttpOnly" not in live, "the page's script reads it"
    assert any(c.startswith("username-") and "HttpOnly" in c for c in cookies)


@pytest.mark.parametrize(
    "path", ["/course/lesson/01-birds", "/course/exercise/X0", "/course/restart/01-birds", "/lab"]
)
def test_without_the_token_nothing_but_the_book_opens(server, course, path):
    answer = server.ask(path, cookies=False)
    assert answer.status == 302
    assert answer.getheader("Location").startswith("/login?")


def test_a_wrong_token_does_not_sign_in(server):
    answer = server.ask("/course/enter?token=guess", cookies=False)
    assert answer.getheader("Location").startswith("/login?")
    assert server.ask("/course/enter?token=known", cookies=False).status == 302  # not from outside
    assert "/login" in server.ask("/course/enter?token=known", cookies=False).getheader("Location")


def test_the_address_is_loopback_only(server):
    assert server.address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("path", ["/book/", "/course/lesson/01-birds", "/lab"])
def test_a_foreign_host_name_is_refused(server, path):
    """A page of another site that points its own name at 127.0.0.1 gets nothing."""
    assert server.ask(path, Host="evil.example").status == 403


# ---- the book ---------------------------------------------------------------------------------


def test_pages_come_compressed_and_right(server):
    answer = server.ask("/book/", Accept_Encoding="gzip")
    assert answer.status == 200
    assert answer.getheader("Content-Encoding") == "gzip"
    assert answer.getheader("Vary") == "Accept-Encoding"
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert gzip.decompress(answer.body).decode() == PAGE
    assert len(answer.body) < len(PAGE) / 10


def test_pages_come_plain_to_a_browser_that_takes_no_gzip(server):
    answer = server.ask("/book/modules/")
    assert answer.getheader("Content-Encoding") is None
    assert answer.body.decode() == PAGE


def test_pictures_and_small_files_are_not_compressed(server):
    for path in ("/book/_images/fig-0123456789ab.png", "/book/_static/small.css"):
        assert server.ask(path, Accept_Encoding="gzip").getheader("Content-Encoding") is None


def test_head_answers_without_a_body(server):
    answer = server.ask("/book/", method="HEAD", Accept_Encoding="gzip")
    assert (answer.status, answer.body) == (200, b"")


def test_pages_are_asked_for_again_and_hashed_names_are_kept(server):
    assert server.ask("/book/").getheader("Cache-Control") == "no-cache"
    assert server.ask("/book/_static/kit.css").getheader("Cache-Control") == "no-cache"
    for path in ("/book/_static/kit.css?v=12ab", "/book/_images/fig-0123456789ab.png"):
        assert "immutable" in server.ask(path).getheader("Cache-Control")


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_an_unchanged_page_is_not_sent_twice_and_a_rebuilt_one_is(server, course, encoding):
    page = course / "_build" / "html" / "modules" / "index.html"
    tag = server.ask("/book/modules/", Accept_Encoding=encoding).getheader("Etag")
    again = server.ask("/book/modules/", Accept_Encoding=encoding, If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    page.write_text(PAGE + "<p>new</p>")
    rebuilt = server.ask("/book/modules/", Accept_Encoding=encoding, If_None_Match=tag)
    page.write_text(PAGE)
    assert rebuilt.status == 200
    text = gzip.decompress(rebuilt.body) if encoding == "gzip" else rebuilt.body
    assert text.endswith(b"<p>new</p>")


@pytest.mark.parametrize(
    "path",
    [
        "/book/../../secret.txt",
        "/book/%2e%2e/%2e%2e/secret.txt",
        "/book/..%2f..%2fsecret.txt",
        "/book/..%5c..%5csecret.txt",
        "/book//etc/passwd",
        "/book/leak.txt",  # a link that leads out
        "/book/.hidden/key.txt",
        "/book/modules/../.hidden/key.txt",
        "/book/%00",
        "/book/nowhere.html",
        "/book/_static/",  # no list of files
    ],
)
def test_only_files_of_the_built_book_are_served(server, path):
    answer = server.ask(path)
    assert answer.status in {400, 404}
    assert b"secret" not in answer.body.replace(b"secret.txt", b"")
    assert b"root:" not in answer.body


def test_folder_addresses_get_their_slash(server):
    assert server.ask("/book").getheader("Location") == "/book/"
    assert server.ask("/book/modules").getheader("Location") == "/book/modules/"


def test_jupyterlab_is_on_the_same_address_and_asks_nobody_outside(server):
    page = server.ask("/lab").body.decode()
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
    assert config["news"] == {"disabled": True}
    assert "@jupyterlab/extensionmanager-extension" in config["disabledExtensions"]
    path = "/lab/api/settings/@jupyterlab/apputils-extension:notification"
    schema = json.loads(server.ask(path).body)["schema"]["properties"]
    assert schema["fetchNews"]["default"] == "false"
    assert schema["checkForUpdates"]["default"] is False


# ---- lessons, exercises, starting again --------------------------------------------------------


def test_a_lesson_opens_as_a_copy_and_the_copy_is_never_overwritten(server, course):
    copy = course / "workspace" / "01-birds.ipynb"
    copy.unlink(missing_ok=True)
    for expected in (LESSON, "my own work"):
        answer = server.ask("/course/lesson/01-birds")
        assert answer.status == 302
        assert answer.getheader("Location") == "/lab/tree/01-birds.ipynb"
        assert copy.read_text() == expected
        copy.write_text("my own work")


def test_lab_finds_the_copy_where_the_address_says(server):
    server.ask("/course/lesson/02-counts")
    assert server.ask("/api/contents/02-counts.ipynb?content=0").status == 200


def test_an_exercise_opens_with_its_files_and_what_is_there_stays(server, course):
    home = course / "workspace" / "exercises" / "x0-first-counts"
    home.mkdir(parents=True, exist_ok=True)
    (home / "counts.csv").write_text("mine")
    for name in ("x0-first-counts", "X0", "x0"):
        answer = server.ask(f"/course/exercise/{name}")
        assert answer.getheader("Location") == "/lab/tree/exercises/x0-first-counts/x0.ipynb"
    assert (home / "counts.csv").read_text() == "mine"
    assert (home / "x0.ipynb").read_text() == LESSON
    assert not (home / ".key").exists()


def restart(server, name, **form):
    return server.ask(f"/course/restart/{name}", method="POST", body=urlencode(form))


def test_starting_again_asks_then_keeps_the_old_copy(server, course):
    space = course / "workspace"
    server.ask("/course/lesson/01-birds")
    (space / "01-birds.ipynb").write_text("first work")
    question = server.ask("/course/restart/01-birds").body.decode()
    assert (space / "01-birds.ipynb").read_text() == "first work", "asking changes nothing"
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', question)[1]
    for work in ("first work", "second work"):
        (space / "01-birds.ipynb").write_text(work)
        answer = restart(server, "01-birds", _xsrf=xsrf)
        assert answer.getheader("Location") == "/lab/tree/01-birds.ipynb"
        assert (space / "01-birds.ipynb").read_text() == LESSON
    kept = {path.read_text() for path in space.glob("01-birds (kept *).ipynb")}
    assert kept == {"first work", "second work"}


@pytest.mark.parametrize("form", [{}, {"_xsrf": "guess"}])
def test_another_site_cannot_start_a_lesson_again(server, course, form):
    server.ask("/course/lesson/02-counts")
    copy = course / "workspace" / "02-counts.ipynb"
    copy.write_text("my own work")
    assert restart(server, "02-counts", **form).status == 403
    assert copy.read_text() == "my own work"


@pytest.mark.parametrize("kind", ["lesson", "exercise", "restart"])
@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret", "%2e%2e", "a%5cb", ".hidden", "a%00b", "a%20b", "-x", "x" * 90]
)
def test_odd_names_are_refused(server, course, kind, name):
    before = sorted((course / "workspace").rglob("*.ipynb"))
    assert server.ask(f"/course/{kind}/{name}").status in {400, 404}
    assert sorted((course / "workspace").rglob("*.ipynb")) == before


def test_a_lesson_that_is_a_link_or_unknown_is_refused_in_plain_words(server, course):
    for name in ("03-leak", "99-nothing"):
        answer = server.ask(f"/course/lesson/{name}")
        assert answer.status == 404
        assert "There is no lesson" in answer.body.decode()
        assert not (course / "workspace" / f"{name}.ipynb").exists()


def test_nothing_went_wrong_unseen(server):
    assert "Traceback" not in server.errors()


# ---- start and end ----------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to the whole console")
def test_starting_in_lab_copies_all_lessons_and_ctrl_c_ends_it_cleanly(tmp_path):
    running = Server(small_course(tmp_path), "lab")
    try:
        entered = running.sign_in()
        copies = {path.name for path in (tmp_path / "workspace").glob("*.ipynb")}
        code, said = running.end()
    finally:
        running.process.kill()
    assert entered.getheader("Location") == "/lab"
    assert copies == {"01-birds.ipynb", "02-counts.ipynb"}
    assert code == 0
    assert "Your notebooks are in workspace/" in said
    assert "Traceback" not in running.errors()


def test_a_second_start_shows_the_first_and_ends(server, course):
    again = subprocess.run(
        [sys.executable, SERVE, course, "book"], capture_output=True, text=True, timeout=120
    )
    assert again.returncode == 0
    assert again.stdout.strip() == f"The course is already open at {server.address}"


def test_starts_at_the_same_moment_get_their_own_ports(tmp_path):
    folders = [small_course(tmp_path / name) for name in "abc"]
    with ThreadPoolExecutor() as pool:
        running = list(pool.map(Server, folders))
    try:
        assert len({server.port for server in running}) == 3
        for server in running:
            assert server.sign_in().getheader("Location") == "/book/"
    finally:
        for server in running:
            server.process.kill()
            server.process.communicate()


@pytest.mark.browser
def test_a_lesson_runs_in_jupyterlab_and_nothing_leaves_the_machine(tmp_path, chromium):
    from playwright.sync_api import TimeoutError

    running = Server(small_course(tmp_path))
    try:
        with chromium.new_context() as context:
            page = context.new_page()
            outside, wrong = [], []
            page.on("request", lambda r: outside.append(r.url) if not is_local(r.url) else None)
            page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
            page.goto(running.address)
            assert page.title() == "Birds"
            assert page.evaluate("document.cookie").count("course_server=1") == 1
            page.goto(f"http://127.0.0.1:{running.port}/course/lesson/01-birds")
            slider = page.locator(".jp-OutputArea-output .widget-readout")
            for _ in range(24):  # JupyterLab drops what is run before its kernel is there
                page.click(".jp-CodeCell .jp-InputArea-editor", timeout=120_000)
                page.keyboard.press("Shift+Enter")
                with contextlib.suppress(TimeoutError):
                    slider.wait_for(timeout=5_000)
                    break
            assert slider.inner_text() == "42"
        assert outside == []
        assert wrong == []
    finally:
        running.process.terminate()
        running.process.communicate()


def is_local(url):
    """Whether an address stays on this machine."""
    return urlsplit(url).hostname == "127.0.0.1" or url.startswith(("data:", "blob:"))


# ---- without a server -------------------------------------------------------------------------


@pytest.fixture
def places(tmp_path):
    """Notebooks of the built book, and a workspace."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01-birds.ipynb").write_text(LESSON)
    (tmp_path / "workspace").mkdir()
    return tmp_path / "notebooks", tmp_path / "workspace"


def test_three_restarts_in_one_minute_lose_nothing(places):
    notebooks, space = places
    now = datetime(2026, 11, 22, 14, 5)
    kept = []
    for work in ("one", "two", "three"):
        (space / "01-birds.ipynb").write_text(work)
        fresh, old = workspace.restart("01-birds", notebooks, space, now)
        assert fresh.read_text() == LESSON
        kept.append(old)
    assert [path.read_text() for path in kept] == ["one", "two", "three"]
    assert kept[0].name == "01-birds (kept 2026-11-22 1405).ipynb"
    assert kept[1].name == "01-birds (kept 2026-11-22 1405, 2).ipynb"


def test_a_lesson_that_left_the_book_is_not_renamed(places):
    notebooks, space = places
    (space / "07-gone.ipynb").write_text("work")
    with pytest.raises(workspace.NotThereError, match="left as it is"):
        workspace.restart("07-gone", notebooks, space)
    assert (space / "07-gone.ipynb").read_text() == "work"


def test_a_copy_that_breaks_off_leaves_no_half_notebook(places, monkeypatch):
    notebooks, space = places

    def full_disk(source, target):
        target.write(b"{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace.shutil, "copyfileobj", full_disk)
    with pytest.raises(OSError, match="No space left"):
        workspace.lesson("01-birds", notebooks, space)
    assert list(space.iterdir()) == []


def test_asked_port_that_is_taken_names_port_and_mend():
    import socket

    with socket.socket() as taken:
        taken.bind((run.ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(run.PortError, match=rf"Port {port} is used .* leave --port out"):
            run.choose_port(port)


def test_without_a_port_the_next_free_one_is_taken(monkeypatch):
    import socket

    with socket.socket() as taken:
        taken.bind((run.ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(run, "FIRST_PORT", port)
        assert port < run.choose_port(None) < port + run.PORTS_TRIED
        monkeypatch.setattr(run, "PORTS_TRIED", 1)
        with pytest.raises(run.PortError, match="choose a port yourself"):
            run.choose_port(None)


@pytest.mark.parametrize("port", [0, -5, 70000])
def test_a_port_that_does_not_exist_is_named(port):
    with pytest.raises(run.PortError, match=f"Port {port} does not exist"):
        run.choose_port(port)

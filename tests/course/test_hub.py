"""Below a hub's address: book, lessons and buttons work under /user/someone/, on a kept home."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urljoin

import pytest
from test_serve import LESSON, Server, small_course

from flyway_course.serve import hub, workspace
from flyway_course.sphinx_ext import binder, card
from flyway_course.sphinx_ext.element import element

SERVE = Path(__file__).with_name("serve_hub.py")
BASE = "/user/someone/"


class HubServer(Server):
    """A running server as a hub starts it."""

    def __init__(self, folder, home):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = (folder / "server.log").open("w+")
        self.cookies = {}
        command = [sys.executable, SERVE, folder, home, str(self.port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        while self.process.poll() is None:
            with contextlib.suppress(ConnectionError, http.client.HTTPException):
                self.ask(f"{BASE}api")
                return
            time.sleep(0.1)
        pytest.fail(self.errors())


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    """The folder that the hub keeps."""
    return tmp_path_factory.mktemp("learner")


@pytest.fixture(scope="module")
def server(course, learner):
    running = HubServer(course, learner)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def test_each_lesson_and_assignment_is_in_the_file_list(server):
    listed = json.loads(server.ask(f"{BASE}api/contents?token=known").body)["content"]
    (folder,) = [entry["path"] for entry in listed if entry["type"] == "directory"]
    held = json.loads(server.ask(f"{BASE}api/contents/{folder}?token=known").body)["content"]
    assert {"01-birds.ipynb", "02-counts.ipynb", "exercises"} == {entry["name"] for entry in held}


def test_the_file_list_begins_at_the_notebooks(server):
    page = server.ask(f"{BASE}lab?token=known").body.decode()
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
    assert config["preferredPath"].strip("/") == "counting-across-borders"


def test_the_book_is_below_the_address_of_the_server(server):
    answer = server.ask(f"{BASE}book/", cookies=False)
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/html; charset=utf-8")
    (cookie,) = [c for c in answer.headers.get_all("Set-Cookie") if c.startswith("course_server")]
    assert f"Path={BASE}" in cookie, "another learner's pages must not take this server for theirs"
    assert server.ask("/book/", cookies=False).status == 404


def test_the_buttons_of_a_page_lead_to_this_server(server, learner):
    """The addresses as the card writes them, resolved as a browser does."""
    page = f"{BASE}book/book/modules/00-start/01-birds.html"
    copy = learner / "counting-across-borders" / "01-birds.ipynb"
    lesson = urljoin(page, "../../../../course/lesson/01-birds")
    answer = server.ask(f"{lesson}?token=known")
    opened = f"{BASE}lab/tree/counting-across-borders/01-birds.ipynb"
    assert (answer.status, answer.getheader("Location")) == (302, opened)
    assert copy.read_text() == LESSON
    again = server.ask(urljoin(page, "../../../../course/restart/01-birds")).body.decode()
    assert f'href="{BASE}course/lesson/01-birds"' in again


def test_a_learners_work_is_there_after_the_server_starts_again(course, learner, server):
    copy = learner / "counting-across-borders" / "02-counts.ipynb"
    copy.write_text("my own work")
    again = HubServer(course, learner)
    again.process.kill()
    again.process.communicate()
    assert copy.read_text() == "my own work"


@pytest.mark.parametrize(
    ("root", "wanted"),
    [
        ("srv/course", "srv/course/workspace"),  # Binder: the server begins in the course
        ("srv", "srv/course/workspace"),
        ("home/someone", "home/someone/counting-across-borders"),  # a hub: the course is elsewhere
        ("srv/course/workspace", "srv/course/workspace"),  # course.py open
    ],
)
def test_notebooks_are_where_jupyterlab_can_see_them(tmp_path, root, wanted):
    found = workspace.home(tmp_path / root, tmp_path / "srv" / "course" / "workspace")
    assert found == tmp_path / wanted


def test_settings_of_the_image_stay_beside_ours(tmp_path):
    page = tmp_path / "etc" / "jupyter" / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True)
    page.write_text('{"disabledExtensions": {"theirs": true}, "locked": {}}')
    for _ in range(2):
        hub.write_settings(tmp_path)
    held = json.loads(page.read_text())
    assert held["disabledExtensions"]["theirs"] is True
    assert held["disabledExtensions"]["@jupyter/nbgrader:formgrader"] is True
    assert held["locked"] == {}
    overrides = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    news = json.loads(overrides.read_text())["@jupyterlab/apputils-extension:notification"]
    assert news["fetchNews"] == "false"


def test_what_postbuild_writes_is_loaded_by_jupyter_itself(root, tmp_path):
    assert f"python -m {hub.__name__}" in (root / "postBuild").read_text(encoding="utf-8")
    others = tmp_path / "etc" / "jupyter" / "jupyter_server_config.d"
    others.mkdir(parents=True)
    loads = {"ServerApp": {"jpserver_extensions": dict.fromkeys(hub.FOR_INSTRUCTORS, True)}}
    (others / "nbgrader.json").write_text(json.dumps(loads))
    hub.write_settings(tmp_path)
    places = {"JUPYTER_CONFIG_DIR": str(tmp_path / "etc" / "jupyter"), "HOME": str(tmp_path)}
    listed = subprocess.run(
        [sys.executable, "-m", "jupyter", "server", "extension", "list"],
        capture_output=True,
        text=True,
        env={**os.environ, **places},
        timeout=120,
    )
    said = re.sub(r"\x1b\[\d+m", "", listed.stdout + listed.stderr)
    assert re.search(
        rf"{re.escape(hub.__name__)} enabled\s+- Validating {hub.__name__}\.\.\.\s", said
    )
    assert re.search(rf"{re.escape(hub.__name__)}\s+OK", said)
    ours = said.partition("Config dir")[2].partition("Config dir")[
        0
    ]  # of the first folder of settings
    for name in hub.FOR_INSTRUCTORS:
        assert f"{name} disabled" in ours


# ---- the link to Binder -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("repository", "source"),
    [
        ("https://github.com/some/course", "gh/some/course"),
        ("https://github.com/some/course.git", "gh/some/course"),
        ("https://gitlab.com/group/sub/course/", "gl/group%2Fsub%2Fcourse"),
        ("https://code.example.org/c", "git/https%3A%2F%2Fcode.example.org%2Fc"),
    ],
)
def test_binder_opens_the_lesson_of_the_named_repository(repository, source):
    options = {
        "launch_buttons": {"binderhub_url": "https://mybinder.org/"},
        "repository": {"url": repository, "branch": "main"},
    }
    assert binder.address(options, "course/lesson/a-b") == (
        f"https://mybinder.org/v2/{source}/main?urlpath=course%2Flesson%2Fa-b"
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"launch_buttons": {"binderhub_url": ""}, "repository": {"url": "https://github.com/a/b"}},
        {"launch_buttons": {"binderhub_url": "https://mybinder.org"}, "repository": {"url": ""}},
        {"launch_buttons": {"thebe": False}, "repository": {"url": "https://github.com/a/b"}},
    ],
)
def test_without_both_addresses_no_page_speaks_of_binder(options):
    assert binder.address(options, "lab") == ""


def links_of_card(options):
    made = card._buttons("book/modules/00-start/01-birds", options)
    return {
        node.astext(): node["attrs"]["href"]
        for node in made.findall(element)
        if "href" in node["attrs"]
    }


def test_the_card_shows_the_link_where_it_is_configured():
    options = {
        "launch_buttons": {"binderhub_url": "https://mybinder.org"},
        "repository": {"url": "https://github.com/some/course"},
    }
    place = "course%2Flesson%2F00-start-01-birds"
    wanted = f"https://mybinder.org/v2/gh/some/course/HEAD?urlpath={place}"
    assert links_of_card(options)["Open on Binder"] == wanted
    assert "Open on Binder" not in links_of_card({})


def test_the_book_itself_invents_no_address(site):
    assert "v2/gh/" not in (site / "book" / "index.html").read_text(encoding="utf-8")

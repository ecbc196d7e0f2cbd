"""Passed self-checks: from a notebook's kernel to the page "My progress", on this computer alone."""

import json

import pytest
from jupyter_client.manager import start_new_kernel
from test_serve import signed_in, small_course

from flyway.checks import remember
from flyway_course.serve import checks

PATH = "/course/checks"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def server(course):
    with signed_in(course) as running:
        yield running


@pytest.fixture
def listed(course):
    """The list of the workspace, with two keys in it; it is gone after the test."""
    file = course / "workspace" / checks.NAME
    file.write_text("4.1 macao\n0.1 winter homes\n4.1 macao\n\n", encoding="utf-8")
    yield file
    file.unlink(missing_ok=True)


def passed(answer):
    assert answer.status == 200
    return json.loads(answer.body)["passed"]


def erase(server, **headers):
    return server.ask(PATH, method="DELETE", **headers)


def test_the_signed_in_page_reads_the_list(server, listed):
    answer = server.ask(PATH)
    assert passed(answer) == ["4.1 macao", "0.1 winter homes"]
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("Access-Control-Allow-Origin") is None, "no other page may read it"


def test_without_a_list_or_with_another_kind_of_file_nothing_has_passed(server, listed):
    listed.write_bytes(b"\xff\xfe\x00")
    assert passed(server.ask(PATH)) == []
    listed.unlink()
    assert passed(server.ask(PATH)) == []


def test_a_browser_that_is_not_signed_in_learns_nothing_and_erases_nothing(server, listed):
    assert passed(server.ask(PATH, cookies=False)) is None
    assert server.ask(PATH, method="DELETE", cookies=False).status == 403
    assert listed.exists()


def test_the_page_erases_the_list_and_no_other_page_can(server, listed):
    server.ask(PATH)  # gives the token
    assert erase(server).status == 403
    assert listed.exists()
    token = server.cookies["_xsrf"]
    assert erase(server, X_XSRFToken=token).status == 204
    assert not listed.exists()
    assert erase(server, X_XSRFToken=token).status == 204, "erasing nothing is no fault"


def test_the_list_is_no_file_of_the_book_or_of_jupyterlab(server, listed):
    for path in (f"/book/{checks.NAME}", f"/files/{checks.NAME}", f"/api/contents/{checks.NAME}"):
        assert server.ask(path).status in {403, 404}, path


def test_a_kernel_writes_what_the_server_reads(tmp_path, monkeypatch):
    assert checks.VARIABLE == remember.VARIABLE
    monkeypatch.setenv(checks.VARIABLE, "set before")  # so that it is as before afterwards
    monkeypatch.delenv("FLYWAY_STATIC", raising=False)
    checks.tell_notebooks(tmp_path)
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        code = (
            "from flyway.checks import check\nfrom flyway.checks.engine import find\n"
            "check('4.1 not sure', find('4.1 not sure').expected())"
        )
        assert client.execute_interactive(code, timeout=120)["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert checks.passed(tmp_path) == ["4.1 not sure"]

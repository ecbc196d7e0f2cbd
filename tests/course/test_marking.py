"""Marking by hand in formgrader: the command as an instructor starts it, in a real browser."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import a_class
import ordinary

from flyway_course.grading import plan
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.feedback_pages import feedback
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.records import marking

X0 = Assignment.find("X0")
ANSWERS = {s.id: s.source for s in X0.plan if s.kind in (plan.ANSWER, plan.WRITTEN)}
COMMENT = "Clear. Say also what the bay cannot tell."


@pytest.fixture
def page_of_marks(tmp_path):
    """Start the command for a class of two; give the class and the address that it prints."""
    ordinary.need_sandbox()
    for name in ("Minji", "Бат"):
        path = tmp_path / "inbox" / name / f"{X0.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(a_class.notebook(ANSWERS, X0)), encoding="utf-8")
    home = Cohort(tmp_path / "class")
    collect(tmp_path / "inbox", "X0", home)
    grade("X0", home)
    line, folder = marking.command("X0", home, browser=False)
    server = subprocess.Popen(
        line,
        cwd=folder,
        env=marking.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = []
        for text in server.stderr:
            said.append(text)
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S+token=\w+", text):
                break
        else:
            pytest.fail("".join(said))
        yield home, found[0], said
    finally:
        server.terminate()
        server.communicate()


def test_an_instructor_marks_a_sentence_by_hand(page_of_marks, chromium):
    home, address, said = page_of_marks
    assert "Unwritable" not in "".join(said)
    context = chromium.new_context()
    outside, wrong = [], []

    def only_here(route):
        if not route.request.url.startswith("http://127.0.0.1"):
            outside.append(route.request.url)
        route.continue_()

    context.route("**/*", only_here)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)  # the first page that this browser sees of the server
    page.locator("table tbody tr a").first.click()
    expect(page.locator("input.score").first).to_have_attribute("placeholder", "1")  # it is ready
    score = page.locator("input.score").last
    with page.expect_response(
        lambda r: "/api/grade/" in r.url and r.request.method == "PUT"
    ) as put:
        score.fill("2")
        score.press("Tab")
    assert put.value.ok
    comment = page.locator("textarea.comment").last
    with page.expect_response(
        lambda r: "/api/comment/" in r.url and r.request.method == "PUT"
    ) as put:
        comment.fill(COMMENT)
        comment.press("Tab")
    assert put.value.ok
    with page.expect_navigation():  # the key for the same box of the next trainee
        page.keyboard.press("Control+.")
    expect(page.locator("textarea.comment").last).to_have_value("")
    context.close()
    assert not outside
    assert not wrong

    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{home.gradebook}") as book:
        marks = {}
        for name in ("Minji", "Бат"):
            marks[name] = book.find_grade("for-the-warden", X0.name, X0.name, name).manual_score
    assert sorted(marks.values(), key=str) == [2.0, None]
    grade("X0", home, again=True)
    told = [page.read_text(encoding="utf-8") for page in feedback("X0", home)]
    assert sum(COMMENT in text for text in told) == 1

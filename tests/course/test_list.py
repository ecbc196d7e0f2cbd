"""The list of files: what a spreadsheet or a damaged clock makes of it stops no class."""

import pytest
from by_hand import by_hand
from typer.testing import CliRunner
from without_sandbox import REFERENCE, X0, ana, lay, notebook, without_sandbox

from flyway_course.cli import app
from flyway_course.grading import cohort
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.errors import GradingError
from flyway_course.grading.feedback_pages import feedback
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.marks import export
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.records import sheets
from flyway_course.grading.report import report
from flyway_course.paths import BOOK

OLD, NEW = {"birds-2025": "birds_2025 = 1"}, {"birds-2025": "birds_2025 = 2"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    without_sandbox(monkeypatch)
    return Cohort(tmp_path / "class")


def say_times(home, other):
    """Write each time of the list as a spreadsheet does that has saved it."""
    path = home.manifest_path(X0.name)
    text = path.read_text(encoding="utf-8-sig")
    for entry in m.Manifest.load(path).entries:
        text = text.replace(entry.time, other)
    path.write_text(text, encoding="utf-8-sig")


@pytest.mark.parametrize("written", ["11/14/2023 22:13", "14.11.2023 22:13", "2023/11/14 22:13"])
def test_a_list_that_a_spreadsheet_has_saved_is_graded_and_the_newer_file_counts(home, written):
    collect(lay(home, ana(), OLD), "X0", home)
    say_times(home, written)
    assert grade("X0", home).count() == {m.GRADED: 1}
    inbox = lay(home, ana(), NEW, 4)
    (counts,) = collect(inbox, "X0", home).current()
    assert counts.state == m.COLLECTED, "the older version still counts"
    assert grade("X0", home).count() == {m.GRADED: 1, m.REPLACED: 1}


def test_what_counted_stays_where_no_time_is_known(home):
    for hours, answers in enumerate((OLD, NEW)):
        collect(lay(home, ana(), answers, hours), "X0", home)
    before = m.Manifest.load(home.manifest_path(X0.name)).current()[0].sha256
    listed = m.Manifest.load(home.manifest_path(X0.name))
    for entry in listed.entries:
        entry.time = ""
    listed.entries.reverse()
    listed.settle()
    assert [e.sha256 for e in listed.current()] == [before]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("385-07-19 04:13:20", "0385-07-19 04:13:20"),
        ("2026-05-01", "2026-05-01 00:00:00"),
        ("2026-13-01 10:00:00", ""),
        ("yesterday", ""),
    ],
)
def test_a_time_has_one_form_or_none(written, read):
    assert m.Entry("x.ipynb", time=written).time == read


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("state", "Graded", "row 3 has the state 'Graded'"),
        ("state", "", "row 3 has the state ''"),
        ("sha256", "1.2E+63", "row 3 holds '1.2E+63' in place of the file's SHA-256"),
        ("file", "", "row 3 names no file"),
    ],
)
def test_a_damaged_row_is_named_with_the_mend(tmp_path, column, value, says):
    rows = [m.Entry("Ana/x0.ipynb", "Ana"), m.Entry("Bat/x0.ipynb", "Bat")]
    setattr(rows[1], column, value)
    m.Manifest(tmp_path / "x0.csv", rows).save()
    with pytest.raises(GradingError, match="collect all files again") as error:
        m.Manifest.load(tmp_path / "x0.csv")
    assert says in str(error.value)


def test_a_doubt_whose_a_file_is_stays_in_the_list_after_grading(home):
    inbox = lay(home, f"Bird club/{X0.name}-Anna.ipynb", OLD)
    collect(inbox, "X0", home)
    (entry,) = grade("X0", home).current()
    assert entry.state == m.GRADED and "a file in it 'Anna'" in entry.doubt
    assert "a file in it 'Anna'" in report("X0", home).text().split("Look at")[1]
    assert "a file in it 'Anna'" in export("X0", "moodle", home).read_text(encoding="utf-8-sig")
    (inbox / "Bird club").rename(inbox / "Anna")
    assert not any(e.doubt for e in collect(inbox, "X0", home).entries if "Anna/" in e.file)


def test_a_newer_file_that_was_refused_is_told_wherever_the_older_one_counts(home):
    collect(lay(home, ana(), OLD), "X0", home)
    collect(lay(home, ana(), b'{"cells": [', 1), "X0", home)
    grade("X0", home)
    says = "a newer file was refused, Ana/x0-first-counts.ipynb: the file is damaged"
    assert says in report("X0", home).text()
    for to in ("csv", "moodle"):
        assert says in export("X0", to, home).read_text(encoding="utf-8-sig")
    assert says in feedback("X0", home)[0].read_text(encoding="utf-8")
    collect(lay(home, ana(), NEW, 2), "X0", home)
    grade("X0", home)
    assert says not in report("X0", home).text()


def test_the_page_for_instructors_shows_what_collect_says(home, monkeypatch):
    monkeypatch.setattr(cohort, "COHORTS", home.folder.parent)
    two = notebook(REFERENCE)
    place = next(n for n, cell in enumerate(two["cells"]) if cell["id"] == "birds-2025")
    two["cells"].insert(place, two["cells"][place] | {"source": ["birds_2025 = ..."]})
    for who in ("Saraa", "Yuki"):
        lay(home, ana(who), REFERENCE)
    lay(home, f"{X0.name}-Minji.ipynb", two)
    lay(home, ana("Bold"), b'{"cells": [')
    inbox = lay(home, "tides.jpg", b"a picture")
    line = "collect", "X0", str(inbox), "--cohort", home.name
    said = CliRunner().invoke(app, line).output.replace(str(home.folder), "FOLDER")
    page = (BOOK / "instructors" / "grading.md").read_text(encoding="utf-8")
    page = page.replace("…/flyway-cohorts/may", "FOLDER")
    assert f"```text\n{said[said.index('5 files') :]}```" in page


def test_a_renamed_folder_takes_its_own_place(home):
    inbox = lay(home, ana("Birds"), OLD)
    lay(home, ana("Bat"), NEW)
    collect(inbox, "X0", home)
    grade("X0", home)
    by_hand(home, "Birds", "for-the-warden", 3)
    (inbox / "Birds").rename(inbox / "Ana")
    listed = collect(inbox, "X0", home)
    grade("X0", home)
    assert [e.student for e in listed.current()] == ["Ana", "Bat"] and len(listed.entries) == 2
    text = report("X0", home).text()
    assert "2 of 2" in text and "of 3" not in text
    assert "Birds: has marks that you gave by hand, and no file any more" in text
    (inbox / "Ana").rename(inbox / "Birds")
    collect(inbox, "X0", home)
    grade("X0", home)
    assert sheets.read(home, X0.name)["Birds"].marks["for-the-warden"].score == 3
    assert "no file any more" not in report("X0", home).text()


def test_a_refused_file_that_was_renamed_as_advised_is_no_longer_refused(home):
    inbox = lay(home, f"{X0.name}.ipynb", OLD)
    (refused,) = collect(inbox, "X0", home).refusals()
    assert "no trainee's name" in refused.reason
    (inbox / refused.file).rename(inbox / f"{X0.name}-Anna.ipynb")
    (entry,) = collect(inbox, "X0", home).entries
    assert (entry.student, entry.state) == ("Anna", m.COLLECTED)


def test_equal_files_of_two_people_are_two_files(home):
    for who, inbox in (("Ana", "first"), ("Bat", "late")):
        place = Cohort(home.folder.parent / inbox / "class")
        lay(place, ana("Cid"), NEW)
        collect(lay(place, ana(who), OLD, ("first", "late").index(inbox)), "X0", home)
    listed = m.Manifest.load(home.manifest_path(X0.name))
    assert [e.student for e in listed.current()] == ["Ana", "Bat", "Cid"]


@pytest.mark.parametrize(
    ("version", "error", "told"),
    [("3.99.1", "SyntaxError", True), ("3.99.1", "ValueError", False), ("3.1.4", "SyntaxError", False)],
)  # fmt: skip
def test_work_of_a_newer_python_is_named_where_a_cell_could_not_be_read(version, error, told, home):
    nb = notebook(OLD)
    nb["metadata"]["language_info"] = {"version": version}
    collect(lay(home, ana(), nb), "X0", home)
    grade("X0", home)
    (kept,) = (home.folder / "outcomes" / X0.name).glob("*.json")
    made = Outcome.load(kept)
    made.shown = {"4": [{"output_type": "error", "ename": error, "evalue": "x", "traceback": []}]}
    made.save(kept)
    home.graded("Ana", X0.name).unlink()
    grade("X0", home)
    says = "it was written with Python 3.99; this computer grades with 3."
    assert (says in report("X0", home).text()) == told
    assert (says in feedback("X0", home)[0].read_text(encoding="utf-8")) == told


@pytest.mark.parametrize(
    "odd", [None, [], {"language_info": []}, {"language_info": {"version": 3}}]
)
def test_a_notebook_may_not_tell_its_python(odd, home):
    collect(lay(home, ana(), notebook(OLD) | {"metadata": odd}), "X0", home)
    assert grade("X0", home).count() == {m.GRADED: 1}


@pytest.mark.parametrize("step", [report, feedback, export])
def test_where_every_file_was_refused_nobody_is_sent_back_to_grade(home, step):
    collect(lay(home, ana(), b"{}"), "X0", home)
    assert grade("X0", home).count() == {m.REFUSED: 1}
    with pytest.raises(GradingError, match="Every file for X0 was refused") as error:
        step("X0", cohort=home)
    assert str(home.manifest_path(X0.name)) in str(error.value)


def test_a_class_that_gets_its_seed_later_has_no_other_tasks(home):
    collect(lay(home, ana(), OLD), "X0", home)
    grade("X0", home)
    home.make_seed()
    assert report("X0", home).counts == "1 file handed in: 1 graded."

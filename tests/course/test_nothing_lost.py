"""Marks survive kills, full disks, damaged files and older copies; what disagrees is said."""

import csv
import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from by_hand import by_hand
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import a_class

from flyway_course.cli import app
from flyway_course.grading import cohort, engine, stock
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.authoring.releasing import kept_beside, release_for
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.engine import grade
from flyway_course.grading.errors import GradingError, command, of_the_disk
from flyway_course.grading.feedback_pages import feedback
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import collect
from flyway_course.grading.marks import export
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.plan import TEST
from flyway_course.grading.records import backups, gradebook, recorded, sheets
from flyway_course.grading.report import report
from flyway_course.paths import ROOT

X0, WRITTEN = a_class.X0, "for-the-warden"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Two trainees, graded; the sandbox is left out, as every notebook earns every point."""

    def without_sandbox(asked, home, jobs, files, tests, *rest):
        points = {s.id: s.points for s in asked.plan if s.kind == TEST}
        for job in jobs:
            if not job.done:
                Outcome(points).save(job.kept)
                job.done = True

    monkeypatch.setattr(engine, "_run", without_sandbox)
    monkeypatch.setattr(cohort, "COHORTS", tmp_path / "classes")
    home = Cohort.of("may")
    hand_in(home, Ana="Ana's sentence.", Bat="Bat's sentence.")
    grade("X0", home)
    return home


def hand_in(home, **sentences):
    """Hand in the reference with a sentence of one's own, and collect it."""
    inbox = home.folder.parent.parent / "inbox"
    shutil.rmtree(inbox, ignore_errors=True)
    for who, sentence in sentences.items():
        path = inbox / who / f"{X0.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(a_class.notebook(a_class.REFERENCE | {WRITTEN: sentence})))
    return collect(inbox, "X0", home)


def mark(home, who, cell=WRITTEN):
    found = sheets.read(home, X0.name)[who].marks[cell]
    return found.score, found.waits


def run(*words, **options):
    return CliRunner().invoke(app, [*words, "--cohort", "may"], **options)


def with_points(folder, cell, points):
    """The assignment with other points for one cell; return the folder of solutions."""
    nb = json.loads(X0.path.read_text(encoding="utf-8"))
    for one in nb["cells"]:
        if one["metadata"].get("nbgrader", {}).get("grade_id") == cell:
            one["metadata"]["nbgrader"]["points"] = points
    path = folder / "solutions" / X0.name / f"{X0.name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
    return folder / "solutions"


# ---- copies of the gradebook ------------------------------------------------------------------

KILLED_IN_COPY = """
import os, signal, sqlite3, sys
from pathlib import Path
class Dying(sqlite3.Connection):
    def backup(self, target, **more):
        super().backup(target, pages=8, progress=lambda *a: os.kill(os.getpid(), signal.SIGKILL))
connect = sqlite3.connect
sqlite3.connect = lambda *a, **k: connect(*a, factory=Dying, **k)
from flyway_course.grading.cohort import Cohort
home = Cohort(Path(sys.argv[1]))
home.restore() if sys.argv[2:] else home.backup()
"""


def killed(home, *what):
    done = subprocess.run([sys.executable, "-c", KILLED_IN_COPY, str(home.folder), *what], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL


def test_a_kill_while_the_gradebook_is_copied_leaves_no_copy_and_no_litter(home):
    by_hand(home, "Ana", WRITTEN, 2)
    good = home.backup()
    killed(home)
    assert home.backups() == [good]
    assert home.restore()[0] == good
    assert mark(home, "Ana") == (2, False)
    assert not list(home.folder.rglob("*.new*"))


def test_a_disk_that_fills_up_while_copying_is_said_and_leaves_the_older_copies(home, monkeypatch):
    for _ in range(3):
        home.backup()
    before = home.backups()
    monkeypatch.setattr(backups, "MOST", 2)

    def full(*places):
        places[-1].write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(backups.book_file, "copy", full)
    for step in (home.backup, home.restore):
        with pytest.raises(GradingError, match=r"disk of \S*may\S* is full: free 1 GB"):
            step()
    assert home.backups() == before
    assert not list(home.folder.rglob("*.new"))


def test_a_damaged_copy_is_never_put_in_place(home):
    good = home.backup()
    before = home.gradebook.read_bytes()
    for content in (b"", b"junk" * 999, good.read_bytes()[:9000]):
        bad = good.with_name("gradebook-99991231T235959-000000Z.db")
        bad.write_bytes(content)
        with pytest.raises(GradingError, match=r"copy gradebook-9999.* is damaged.*restore --list"):
            home.restore()
        assert home.gradebook.read_bytes() == before
    shown = run("restore", "--list").output
    assert "1: gradebook-99991231T235959-000000Z (damaged)" in shown and "2 copies" in shown
    assert home.restore(2)[0] == good


def test_a_copy_of_another_version_is_never_put_in_place(home):
    copy = home.backup()
    book = sqlite3.connect(copy)
    book.execute("UPDATE alembic_version SET version_num='other'")
    book.commit()
    book.close()
    with pytest.raises(GradingError, match="another version of nbgrader"):
        home.restore()


def test_only_copies_count_as_copies(home):
    assert run("restore").exit_code == 1
    assert "has no copy of its gradebook" in run("restore").output
    assert run("restore", "--list").exit_code == 0
    place = home.folder / "backups"
    (place / "gradebook-20260101T000000-000000Z.db").mkdir(parents=True)
    (place / "gradebook-notes.db").write_text("mine")
    assert home.backups() == []
    one = home.backup()
    assert home.backups() == [one]
    assert "1 copy of" in run("restore", "--list").output
    assert "no number 2" in run("restore", "--copy", "2").output


def test_restore_brings_back_the_oldest_copy_and_removes_none(home, monkeypatch):
    monkeypatch.setattr(backups, "MOST", 3)
    by_hand(home, "Ana", WRITTEN, 1)
    oldest = home.backup()
    by_hand(home, "Ana", WRITTEN, 3)
    home.backup(), home.backup()
    assert home.restore(3)[0] == oldest
    assert len(home.backups()) == 3
    assert mark(home, "Ana") == (1, False)


def test_restore_twice_brings_back_the_same_copy(home):
    by_hand(home, "Ana", WRITTEN, 1)
    home.backup()
    by_hand(home, "Ana", WRITTEN, 3)
    killed(home, "restore")
    first, kept = home.restore()
    assert home.restore()[0] == first
    assert mark(home, "Ana") == (1, False)
    assert home.restore(kept.stem)[0] == kept
    assert mark(home, "Ana") == (3, False), "what restore put aside comes back by its name"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_restore_waits_for_no_other_command(home):
    home.backup()
    with home.one_writer(), pytest.raises(GradingError, match="Another command is at work"):
        home.restore()


def damage(home, how):
    if how in ("folder", "missing"):
        home.gradebook.unlink()
        if how == "folder":
            home.gradebook.mkdir()
    else:
        whole = home.gradebook.read_bytes()
        middle = whole[:20_000] + os.urandom(60_000) + whole[80_000:]
        content = {"empty": b"", "junk": b"junk" * 9999, "cut": whole[:30_000], "middle": middle}
        home.gradebook.write_bytes(content[how])


DAMAGE = ["folder", "empty", "junk", "cut", "middle"]


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_gradebook_is_kept_and_replaced(home, how):
    by_hand(home, "Ana", WRITTEN, 2)
    copy = home.backup()
    damage(home, how)
    chosen, kept = home.restore()
    assert chosen == copy and kept.name.startswith("damaged-") and kept.exists()
    assert home.backups() == [copy]
    grade("X0", home)
    assert mark(home, "Ana") == (2, False)


def test_formgrader_stays_in_the_gradebook_that_restore_brought_back(home):
    home.backup()
    formgrader = sqlite3.connect(home.gradebook)
    formgrader.execute("SELECT * FROM grade").fetchone()
    home.restore()
    formgrader.execute("UPDATE grade SET manual_score=1.5 WHERE needs_manual_grade")
    formgrader.commit()
    formgrader.close()
    assert mark(home, "Ana") == (1.5, True)


# ---- the gradebook and the list ---------------------------------------------------------------


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("step", ["grade", "feedback", "export", "report", "mark"])
def test_a_damaged_gradebook_is_never_taken_for_a_whole_one(home, how, step):
    damage(home, how)
    shown = run(step, "X0")
    assert shown.exit_code == 1
    assert "is damaged. Run: python3 course.py restore --cohort may" in shown.output
    assert isinstance(shown.exception, SystemExit)


@pytest.mark.parametrize("step", ["feedback", "export", "report"])
def test_a_missing_gradebook_is_said(home, step):
    damage(home, "missing")
    shown = run(step, "X0")
    assert shown.exit_code == 1
    assert "is missing. Run: python3 course.py restore --cohort may" in shown.output


def test_a_gradebook_of_another_version_is_said_wherever_marks_are_read(home):
    book = sqlite3.connect(home.gradebook)
    book.execute("UPDATE alembic_version SET version_num='other'")
    book.commit()
    book.close()
    for step in ("grade", "feedback", "export", "report"):
        shown = run(step, "X0")
        assert shown.exit_code == 1 and "another version of nbgrader" in shown.output


def test_a_missing_gradebook_is_made_anew_and_says_where_marks_by_hand_may_be(home):
    before = sheets.read(home, X0.name)
    damage(home, "missing")
    journal = home.gradebook.with_name("gradebook.db-journal")
    journal.write_bytes(b"of the deleted one")
    shown = run("grade", "X0")
    assert shown.exit_code == 0 and not journal.exists()
    assert "made anew" in shown.output
    assert "Marks given by hand may be in a copy" in shown.output
    assert "restore --cohort may" in shown.output
    assert sheets.read(home, X0.name) == before
    assert "made anew" not in run("grade", "X0").output


def test_after_restore_everything_waits_and_is_recorded_again(home):
    by_hand(home, "Ana", WRITTEN, 2)
    hand_in(home, Chen="Chen came later.")
    grade("X0", home)
    shown = run("restore")
    assert "Now run: python3 course.py grade X0 --cohort may" in shown.output
    for step in ("feedback", "export", "report"):
        stopped = run(step, "X0")
        assert stopped.exit_code == 1
        assert "First run: python3 course.py grade X0 --cohort may" in stopped.output
    run("grade", "X0")
    assert set(sheets.read(home, X0.name)) == {"Ana", "Bat", "Chen"}
    assert mark(home, "Ana") == (2, False)
    assert run("export", "X0").exit_code == 0
    with home.marks_path(X0.name).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row["status"] for row in csv.DictReader(file)}
    assert rows["Ana"] == "final" and rows["Chen"].startswith("pending")


def test_a_copy_put_in_place_by_hand_is_noticed(home):
    copy = home.backup()
    hand_in(home, Chen="Chen came later.")
    grade("X0", home)
    shutil.copyfile(copy, home.gradebook)
    run("grade", "X0")
    assert set(sheets.read(home, X0.name)) == {"Ana", "Bat", "Chen"}


def test_no_feedback_is_written_from_marks_for_another_file(home):
    copy = home.backup()
    hand_in(home, Ana="Ana wrote it anew.")
    grade("X0", home)
    shutil.copyfile(copy, home.gradebook)
    with pytest.raises(GradingError, match=r"as an older copy does: Ana\. Run: .*grade X0"):
        feedback("X0", home)
    grade("X0", home)
    assert feedback("X0", home)


def test_a_mark_for_another_answer_waits_after_restore(home):
    by_hand(home, "Ana", WRITTEN, 2)
    by_hand(home, "Bat", WRITTEN, 3)
    hand_in(home, Ana="Ana wrote it anew, and better.")
    grade("X0", home)
    home.restore()
    grade("X0", home)
    assert mark(home, "Ana") == (2, True)
    assert mark(home, "Bat") == (3, False)


def test_a_mark_of_an_older_copy_that_knows_no_answers_waits(home):
    by_hand(home, "Ana", WRITTEN, 2)
    book = sqlite3.connect(home.gradebook)
    book.execute("DROP TABLE flyway_recorded")
    book.commit()
    book.close()
    grade("X0", home)
    assert mark(home, "Ana") == (2, False), (
        "nothing was brought back: the notebook tells the answer"
    )
    home.restore()
    grade("X0", home)
    assert mark(home, "Ana") == (2, True)


def test_the_gradebook_says_where_its_marks_come_from(home):
    entry = m.Manifest.load(home.manifest_path(X0.name)).entries[0]
    mine = recorded.read(home, X0.name)["Ana"]
    assert (mine.file, mine.tests) == (entry.sha256, entry.tests)
    assert mine.answers[WRITTEN] == recorded.fingerprint("Ana's sentence.")


# ---- changed tasks ----------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "points"), [(WRITTEN, 2), (WRITTEN, 5), ("chart-check", 4)])
def test_a_mark_by_hand_waits_where_its_points_have_changed(home, tmp_path, cell, points):
    by_hand(home, "Ana", cell, 1)
    assert mark(home, "Ana", cell) == (1, False)
    changed = Cohort(home.folder, with_points(tmp_path, cell, points))
    grade("X0", changed)
    assert mark(home, "Ana", cell) == (1, True)
    by_hand(home, "Ana", cell, 2)
    grade("X0", changed)
    assert mark(home, "Ana", cell) == (2, False)


def test_no_feedback_mixes_two_versions_of_the_tasks(home, tmp_path):
    assert feedback("X0", home)
    changed = Cohort(home.folder, with_points(tmp_path, WRITTEN, 5))
    with pytest.raises(GradingError, match=r"have changed since.*grade X0 --cohort may"):
        feedback("X0", changed)
    grade("X0", changed)
    assert feedback("X0", changed)


def test_no_table_and_no_report_mixes_two_versions_of_the_tasks(home, tmp_path):
    changed = Cohort(home.folder, with_points(tmp_path, WRITTEN, 5))
    for step in (lambda: export("X0", "csv", changed), lambda: report("X0", changed)):
        with pytest.raises(GradingError, match=r"have changed since.*grade X0 --cohort may"):
            step()


def test_who_is_not_in_the_gradebook_stands_in_every_table(home):
    book = sqlite3.connect(home.gradebook)
    book.execute("UPDATE submitted_assignment SET student_id='nobody' WHERE student_id='Ana'")
    book.commit()
    book.close()
    for to in ("csv", "moodle", "canvas"):
        assert "Ana" in export("X0", to, home).read_text(encoding="utf-8")
    with home.marks_path(X0.name).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: (row["status"], row["score"]) for row in csv.DictReader(file)}
    assert rows["Ana"] == ("not in the gradebook: run grade", "")
    assert "Ana: not in the gradebook: run grade" in report("X0", home).text()


def test_work_of_the_stock_engine_is_measured_with_its_own_tests(home):
    listed = m.Manifest.load(home.manifest_path(X0.name))
    for entry in listed.entries:
        entry.engine, entry.tests = stock.ENGINE, stock.digest(X0)
    listed.save()
    assert feedback("X0", home)


# ---- disks, names, folders --------------------------------------------------------------------


def test_a_locked_or_full_gradebook_is_one_sentence_and_undoes_nothing_twice(home, monkeypatch):
    monkeypatch.setattr(gradebook.book_file, "WAIT_S", 0.1)
    other = sqlite3.connect(home.gradebook, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(GradingError, match="Close formgrader's page"), gradebook.writing(home):
        pass
    other.execute("ROLLBACK")
    other.close()
    with (
        pytest.raises(GradingError, match=r"disk of \S*may is full"),
        gradebook.writing(home) as book,
    ):
        pages = book.execute("PRAGMA page_count").fetchone()[0]
        book.execute(f"PRAGMA max_page_count={pages}")
        for number in range(9999):
            book.execute("INSERT INTO student (id) VALUES (?)", (f"{number}" * 25,))
    assert set(sheets.read(home, X0.name)) == {"Ana", "Bat"}


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EBUSY, errno.EIO]
)
def test_a_disk_that_refuses_is_that_of_the_class(home, monkeypatch, number):
    def refuse(*given, **more):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("flyway_course.grading.feedback_pages.page", refuse)
    shown = run("feedback", "X0")
    assert shown.exit_code == 1
    assert str(home.folder) in shown.output.replace("\n", "")
    assert of_the_disk(OSError(errno.ENOSPC, "full", "there/x"), "here").startswith(
        "The disk of there/x is full"
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_a_disk_without_locks_is_no_other_command(home, monkeypatch):
    def without(*given):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", without)
    assert run("feedback", "X0").exit_code == 0


@pytest.mark.parametrize("junk", [b"hello", b"\xff\xfe\x00", b"-5 7", b"", "٣".encode()])
def test_a_damaged_seed_is_named(home, junk):
    home.seed_path.write_bytes(junk)
    for step in (home.seed, home.make_seed, lambda: release_for("X4", home)):
        with pytest.raises(GradingError, match=r"private-seed\.txt must hold one whole number"):
            step()


def test_a_name_that_no_disk_takes_is_refused():
    with pytest.raises(GradingError, match="60 at most"):
        Cohort.of("a" * 300)
    assert Cohort.of("a" * 60)


@pytest.mark.parametrize("words", ["grade X0", "feedback X0", "export X0", "report X0", "mark X0",
                                   "restore", "release X4"])  # fmt: skip
def test_a_mistyped_class_is_not_made(home, words):
    shown = CliRunner().invoke(app, [*words.split(), "--cohort", "mai"])
    assert shown.exit_code == 1
    assert "There is no class 'mai'. Classes: may." in shown.output
    assert not Cohort.of("mai").folder.exists()


def test_collect_says_what_it_lacks_and_when_a_class_is_new(home, tmp_path):
    (tmp_path / "empty" / "inside").mkdir(parents=True)
    for words in ("collect EMPTY", "collect X0 EMPTY"):
        said = run(*words.replace("EMPTY", str(tmp_path / "empty")).split())
        assert said.exit_code == 1 and "There is no file in" in said.output
    said = run("collect", "X0")
    assert said.exit_code == 1 and "where the work for X0 is" in said.output
    inbox = str(tmp_path / "inbox")
    assert "New class" not in run("collect", "X0", inbox).output
    made = CliRunner().invoke(app, ["collect", "X0", inbox, "--cohort", "june"])
    assert "New class 'june'" in made.output


def test_paths_are_those_of_the_folder_where_the_command_was_typed(home, tmp_path):
    here = tmp_path / "here"
    shutil.copytree(tmp_path / "inbox", here / "in")
    others = tmp_path / "others"
    (here / "people.csv").write_text("name\nAna\n", encoding="utf-8")
    for words in ("collect X0 in --cohort a", "cohort new b --roster people.csv"):
        done = subprocess.run(
            [sys.executable, "-m", "flyway_course.cli", *words.split()],
            cwd=here, env={**os.environ, "FLYWAY_COHORTS": str(others)}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert (others / "a" / "submitted" / "Ana").is_dir()


def test_a_release_keeps_the_instructors_own_files(home):
    home.make_seed()
    folder = release_for("X4", home)
    given = sorted(p.name for p in folder.iterdir())
    for text in ("first", "second"):
        (folder / "notes.txt").write_text(text)
        shown = run("release", "X4")
        assert "were moved to" in shown.output
        assert sorted(p.name for p in folder.iterdir()) == given
    kept = kept_beside(folder)
    assert [(kept / n).read_text() for n in ("notes.txt", "notes-1.txt")] == ["first", "second"]
    own = home.folder / "data" / Assignment.find("X4").name / "mine.csv"
    own.write_text("x")
    release_for("X4", home)
    assert own.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot be asked which processes run")
def test_what_killed_runs_left_is_swept_and_nothing_else(home):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [home.folder / f"gradebook.db.{gone.pid}.new", home.folder / f"gradebook.db.{gone.pid}.new-journal",
            home.folder / "received" / X0.name / f"a.ipynb.{gone.pid}.new"]  # fmt: skip
    busy = [
        home.folder / f"b.{os.getpid()}.new",
        home.folder / "what.is.new",
        home.folder / "c.1.newer",
    ]
    for path in [*left, *busy]:
        path.write_text("half")
    grade("X0", home)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in busy)


@pytest.mark.parametrize("step", [feedback, export, release_for, run])
def test_a_write_that_is_cut_short_leaves_the_old_file(home, monkeypatch, step):
    home.make_seed()
    asked = "X4" if step is release_for else "X0"
    words = {feedback: (asked, home), export: (asked, "csv", home), run: ("report", asked)}
    words = words.get(step, (asked, home))
    step(*words)
    before = {path: path.read_bytes() for path in home.folder.rglob("*") if path.is_file()}

    def full(path, data):
        with path.open("wb") as file:
            file.write(data[:9])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    if step is run:
        assert "The disk of " in run(*words).output
    else:
        with pytest.raises(OSError, match="No space"):
            step(*words)
    assert {p: p.read_bytes() for p in home.folder.rglob("*") if p.is_file()} == before


def test_advice_names_the_class(home):
    assert command("grade X0", "may") == "python3 course.py grade X0 --cohort may"
    shown = run("grade", "X1")
    assert "python3 course.py collect X1 FOLDER_OR_ZIP --cohort may" in shown.output
    home.graded("Ana", X0.name).unlink()
    assert "Run: python3 course.py grade X0 --cohort may" in run("feedback", "X0").output

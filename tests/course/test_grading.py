"""The whole evening of an instructor: collect, grade, mark by hand, feedback, export."""

import copy
import csv
import io
import json
import re
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import ordinary

from flyway_course.grading import collect, commands, export, feedback, grade, hidden
from flyway_course.grading.authoring import notebooks
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.archives import LARGEST
from flyway_course.grading.outcome import Outcome, of_the_reference
from flyway_course.grading.people import tables
from flyway_course.grading.people.names import clean_name, owner
from flyway_course.grading.report import report
from flyway_course.paths import EXERCISES, SOLUTIONS

NAME = "x0-first-counts"
SOURCE = notebooks.read(SOLUTIONS / NAME / f"{NAME}.ipynb")
EXERCISE = EXERCISES / NAME / f"{NAME}.ipynb"
REFERENCE = {
    notebooks.grade_id(c): re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", c.source)
    for c in SOURCE.cells
    if notebooks.is_answer(c)
}
# Two honest mistakes: the largest rise in percent, and a mean in which a blank is a zero.
TWO_MISTAKES = REFERENCE | {
    "largest-rise": "import numpy\n\nrise_year = 2012\nrise_birds = numpy.int64(845)",
    "usual-mean": 'usual_mean = izumi[izumi["winter"] != "2022/23"]["hooded_cranes"].fillna(0).mean()',
}
# A warning must cost nothing; words that look like a page must stay words.
LOUD = REFERENCE | {
    "deep-bay-share": (
        "import warnings\n\ndef share(part, whole):\n    warnings.warn('look out')\n"
        "    return part / whole\n\nshare_2014 = share(bay[2014], everywhere[2014])\n"
        "share_2025 = share(bay[2025], everywhere[2025])"
    ),
    "usual-mean": (
        "from IPython.display import HTML, display\n"
        "display(HTML('<script>alert(1)</script><img src=\"https://example.org/spy.png\">'))\n"
        + REFERENCE["usual-mean"]
    ),
    "for-the-warden": "<script>alert(2)</script> 328 birds in Deep Bay in 2025. [go](javascript:x)",
}
# Tries to carry the values of hidden tests out on the feedback page.
SPY = REFERENCE | {
    "deep-bay-share": (
        "def share(part, whole):\n    print('SEEN', part, whole)\n"
        "    raise AssertionError(f'SEEN {part} {whole}')\n\nshare_2014 = share_2025 = 0.1"
    ),
    "winters-without-count": (
        "def winters_without_count(table):\n    raise KeyError(f'SEEN {table.to_dict()}')"
    ),
}
CLASS = {
    "Reference Zoë": REFERENCE,
    "blank": {},
    "Бат-Эрдэнэ Сараа": TWO_MISTAKES,
    "김하늘 [2반]": LOUD,
    "spy": SPY,
    "ender": REFERENCE | {"birds-2025": "import os\nos._exit(0)"},
}


def notebook(answers):
    """The released notebook with answers written into it, as the bytes of a file."""
    nb = notebooks.read(EXERCISE)
    for cell in nb.cells:
        cell.source = answers.get(notebooks.grade_id(cell), cell.source)
    return notebooks.as_bytes(nb)


def copied_cell(answers):
    nb = notebooks.read(EXERCISE)
    nb.cells.append(copy.deepcopy(nb.cells[3]))
    nb.cells[-1].id = "a-copy"
    return notebooks.as_bytes(nb)


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    """One class, collected and graded once for all tests of this file."""
    ordinary.need_sandbox()
    folder = tmp_path_factory.mktemp("evening")
    handed_in = folder / "inbox"
    for name, answers in CLASS.items():
        path = handed_in / name / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook(answers))
    (handed_in / "twice").mkdir()
    (handed_in / "twice" / "x0.ipynb").write_bytes(copied_cell(REFERENCE))
    (handed_in / "torn").mkdir()
    (handed_in / "torn" / f"{NAME}.ipynb").write_bytes(notebook({})[:2000])
    (handed_in / "photo.jpg").write_bytes(b"\xff\xd8")
    home = Cohort(folder / "class of 2026")
    collected = collect(handed_in, "X0", home)
    waiting = dict(collected.count())
    graded = grade("X0", home)
    pages = feedback("X0", home)
    table = export("X0", cohort=home)
    return SimpleNamespace(
        inbox=handed_in,
        home=home,
        waiting=waiting,
        graded=graded,
        pages={p.parent.parent.name: p.read_text(encoding="utf-8") for p in pages},
        rows={row["student"]: row for row in rows_of(table)},
    )


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def earned(row):
    return {
        k: float(v)
        for k, v in row.items()
        if k.endswith(("-check", "-graded", "-table", "-number"))
    }


def test_every_file_handed_in_has_an_end(evening):
    assert evening.waiting == {"collected": 7, "refused": 2}
    assert len(evening.graded.entries) == 9
    assert dict(evening.graded.count()) == {"graded": 7, "refused": 2}
    why = {e.student or e.file: e.reason for e in evening.graded.refusals()}
    assert "damaged" in why["torn"]
    assert why["photo.jpg"] == "not a notebook (.ipynb)"
    mended = {e.student: e.repairs for e in evening.graded.current() if e.repairs}
    assert list(mended) == ["twice"]
    assert "was there 2 times" in mended["twice"]
    cut = {e.student: e.reason for e in evening.graded.current() if e.reason}
    assert list(cut) == ["ender"]
    assert "ended its own process" in cut["ender"]
    assert evening.graded.unaccounted() == []


def test_reference_earns_full_marks_and_waits_for_the_manual_part(evening):
    row = evening.rows["Reference Zoë"]
    assert (float(row["points_so_far"]), float(row["points"])) == (17, 20)
    assert row["score"] == ""
    assert row["for-the-warden"] == "pending"
    assert list(earned(row))[:2] == ["birds-2025-check-table", "birds-2025-check-number"]
    assert row["status"].startswith("pending")


def test_untouched_exercise_earns_nothing(evening):
    row = evening.rows["blank"]
    assert float(row["score"]) == 0
    assert row["status"] == "final"


def test_two_mistakes_cost_two_tests(evening):
    row = evening.rows["Бат-Эрдэнэ Сараа"]
    lost = {name for name, points in earned(row).items() if points == 0}
    assert lost == {"largest-rise-graded", "usual-mean-graded"}


def test_a_warning_costs_nothing(evening):
    assert float(evening.rows["김하늘 -2반"]["points_so_far"]) == 17


def test_who_was_refused_is_in_the_marks(evening):
    assert evening.rows["torn"]["status"] == "refused"
    assert "damaged" in evening.rows["torn"]["note"]
    assert evening.rows["torn"]["score"] == ""


def test_a_notebook_that_ends_itself_keeps_what_came_before(evening):
    assert float(evening.rows["ender"]["points_so_far"]) == 0
    assert "ended its own process" in evening.rows["ender"]["note"]
    assert "did not run to its end" in evening.pages["ender"]


def test_the_report_names_wrong_values_and_no_right_ones(evening):
    given = {said for task in report("X0", evening.home).tasks for said in task.answers}
    assert "rise_birds = 845" in given, "a number of numpy is a number too"
    right = Outcome.load(
        of_the_reference(evening.home.folder, NAME, evening.graded.entries[0].tests)
    )
    assert right.seen["rise_year"] and right.seen["modules"]
    assert not given & {f"{name} = {value}" for name, value in right.seen.items()}


def test_feedback_gives_the_authors_hint(evening):
    page = evening.pages["Бат-Эрдэнэ Сараа"]
    assert "That is the largest rise in percent." in page
    assert "counts the blank winters as zero cranes" in page
    assert "13 of 20 points so far" in page
    assert "marks 3 points by hand" in page
    assert "0 of 20 points." in evening.pages["blank"]
    assert "You have not answered here yet." in evening.pages["blank"]


def test_feedback_holds_no_hidden_line_and_no_traceback(evening):
    lines = {line for c in SOURCE.cells for line in hidden.hidden_lines(c.source)}
    lines = {line for line in lines if len(line) > 12 and not line.startswith('"')}
    assert len(lines) > 20
    for page in evening.pages.values():
        text = page.replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<")
        assert not [line for line in lines if line in text]
        assert "HIDDEN" not in text and "Traceback" not in text


def test_a_submission_cannot_carry_hidden_values_onto_its_page(evening):
    page = evening.pages["spy"]
    assert "SEEN 30" not in page and "1990/91" not in page and "KeyError:" not in page
    assert "Your answer stopped with an error when it was checked. Run" in page
    assert "it asks for a column or a key that is not there" in page


def test_feedback_is_inert(evening):
    page = evening.pages["김하늘 -2반"]
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(page)
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(2)" in page
    assert not {tag for tag, _ in tags} & {"script", "iframe", "object", "link", "form", "base"}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    addresses = [a[k] for _, a in tags for k in ("src", "href") if k in a]
    assert addresses
    assert all(a.startswith(("#task-", "data:image/png;base64,")) for a in addresses)


def test_feedback_shows_the_chart_with_its_words(evening):
    assert 'alt="Line chart of Black-faced Spoonbills' in evening.pages["Reference Zoë"]


def test_marks_by_hand_become_final_and_survive_a_second_run(evening):
    from nbgrader.api import Gradebook

    name = "Reference Zoë"
    with Gradebook(f"sqlite:///{evening.home.gradebook}") as gradebook:
        mark = gradebook.find_grade("for-the-warden", NAME, NAME, name)
        mark.manual_score, mark.needs_manual_grade = 2, False
        comment = gradebook.find_comment("for-the-warden", NAME, NAME, name)
        comment.manual_comment = "Say which January."
        gradebook.db.commit()
    ran = []
    grade("X0", evening.home, progress=lambda done, total, who: ran.append(who))
    assert ran == [], "nothing has changed, so nothing runs again"
    row = next(r for r in rows_of(export("X0", cohort=evening.home)) if r["student"] == name)
    assert (float(row["score"]), row["status"]) == (19, "final")
    page = next(p for p in feedback("X0", evening.home) if name in p.parts)
    assert "Say which January." in page.read_text(encoding="utf-8")
    assert "19 of 20 points." in page.read_text(encoding="utf-8")


def test_the_gradebook_is_backed_up_before_it_is_written(evening):
    before = len(evening.home.backups())
    grade("X0", evening.home, again=True)
    copies = evening.home.backups()
    assert len(copies) == before + 1
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{copies[-1].as_posix()}") as gradebook:
        assert len(gradebook.students) == 7


def test_the_gradebook_follows_the_source(evening):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{evening.home.gradebook}") as gradebook:
        cell = gradebook.find_source_cell("usual-mean-graded", NAME, NAME)
        right = cell.source
        cell.source = "# old test\nassert False, 'an old and stale test'"
        gradebook.db.commit()
    grade("X0", evening.home, again=True)
    with Gradebook(f"sqlite:///{evening.home.gradebook}") as gradebook:
        assert gradebook.find_source_cell("usual-mean-graded", NAME, NAME).source == right


def test_a_changed_set_of_tasks_is_refused_in_plain_words(evening, tmp_path):
    nb = notebooks.read(SOLUTIONS / NAME / f"{NAME}.ipynb")
    nb.cells = [c for c in nb.cells if notebooks.grade_id(c) != "chart-graded"]
    notebooks.write(nb, tmp_path / NAME / f"{NAME}.ipynb")
    with pytest.raises(GradingError, match="added or removed after work was graded"):
        grade("X0", Cohort(evening.home.folder, solutions=tmp_path))


def test_the_stock_engine_asks_for_trust(evening):
    with pytest.raises(GradingError, match=r"run as you.*--unsafe"):
        grade("X0", evening.home, engine="nbgrader")


def test_each_step_names_the_step_before_it(tmp_path):
    home = Cohort(tmp_path / "new")
    with pytest.raises(GradingError, match="collect X0 FOLDER_OR_ZIP"):
        grade("X0", home)
    with pytest.raises(GradingError, match=r"grade X0"):
        feedback("X0", home)
    with pytest.raises(GradingError, match=r"grade X0"):
        export("X0", cohort=home)
    with pytest.raises(GradingError, match="not to 'xlsx'"):
        export("X0", to="xlsx", cohort=home)
    with pytest.raises(GradingError, match="nothing at"):
        collect(tmp_path / "nowhere", "X0", home)
    with pytest.raises(GradingError, match="cannot name a cohort"):
        Cohort.of("../elsewhere")


def test_a_zip_with_copies_counts_the_newest(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, year, answers in (
            (f"{NAME}-Anna Kim.ipynb", 2025, {}),
            (f"{NAME}-Anna Kim (1).ipynb", 2026, REFERENCE),
            (f"deep/er/Bold/{NAME}.ipynb", 2026, REFERENCE),
            (f"{NAME}.ipynb", 2026, REFERENCE),
            ("__MACOSX/._x.ipynb", 2026, {}),
        ):
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 2, 3, 4, 6)), notebook(answers))
        archive.writestr("inner.zip", b"PK")
    home = Cohort(tmp_path / "class")
    listed = collect(path, "X0", home)
    ends = {e.file: (e.student, e.state) for e in listed.entries}
    assert ends == {
        f"{NAME}-Anna Kim.ipynb": ("Anna Kim", m.REPLACED),
        f"{NAME}-Anna Kim (1).ipynb": ("Anna Kim", m.COLLECTED),
        f"deep/er/Bold/{NAME}.ipynb": ("Bold", m.COLLECTED),
        f"{NAME}.ipynb": ("", m.REFUSED),
        "__MACOSX/._x.ipynb": ("", m.REFUSED),
        "inner.zip": ("", m.REFUSED),
    }
    submitted = home.submitted("Anna Kim", NAME) / f"{NAME}.ipynb"
    assert json.loads(submitted.read_bytes()) == json.loads(notebook(REFERENCE))
    again = collect(path, "X0", home)
    assert {e.file: (e.student, e.state) for e in again.entries} == ends


def test_a_late_old_copy_does_not_replace_newer_work(tmp_path):
    home, zips = Cohort(tmp_path / "class"), {}
    for year, answers in ((2026, REFERENCE), (2025, {})):
        zips[year] = tmp_path / f"{year}.zip"
        with zipfile.ZipFile(zips[year], "w") as archive:
            info = zipfile.ZipInfo(f"Ana/{year}.ipynb", (year, 1, 2, 3, 4, 6))
            archive.writestr(info, notebook(answers))
        listed = collect(zips[year], "X0", home)
    assert [e.file for e in listed.current()] == ["Ana/2026.ipynb"]
    submitted = home.submitted("Ana", NAME) / f"{NAME}.ipynb"
    assert json.loads(submitted.read_bytes()) == json.loads(notebook(REFERENCE))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(tmp_path, encoding):
    path = tmp_path / "Ana.ipynb"
    path.write_text(notebook(REFERENCE).decode().replace("\n", "\r\n"), encoding=encoding)
    home = Cohort(tmp_path / "class")
    assert collect(path, "X0", home).current()[0].student == "Ana"
    submitted = home.submitted("Ana", NAME) / f"{NAME}.ipynb"
    assert json.loads(submitted.read_bytes()) == json.loads(notebook(REFERENCE))


def test_files_that_are_not_the_work_are_refused_with_a_reason(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    other = notebooks.read(EXERCISE)
    other.cells = [copy.deepcopy(other.cells[1])]
    other.cells[0].update(source="print('a lesson')", id="lesson", metadata={})
    (folder / "Ana.ipynb").write_bytes(notebooks.as_bytes(other))
    (folder / "Bat.ipynb").write_bytes(b"[1, 2]")
    with (folder / "Chen.ipynb").open("wb") as file:
        file.truncate(LARGEST + 1)
    (folder / "Dorj.ipynb").symlink_to(EXERCISE)
    why = {e.file[:-6]: e.reason for e in collect(folder, "X0", Cohort(tmp_path / "c")).refusals()}
    assert "another notebook" in why["Ana"]
    assert "not a notebook" in why["Bat"]
    assert "too large (21 MB" in why["Chen"]
    assert why["Dorj"] == "a link, not a file"


def test_a_damaged_or_false_zip_is_named(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"not a zip")
    with pytest.raises(GradingError, match=r"a\.zip is not a zip archive"):
        collect(path, "X0", Cohort(tmp_path / "c"))
    # the stated size is false: reading stops at the limit
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Ana.ipynb", b"0" * (LARGEST + 5))
    path.write_bytes(buffer.getvalue())
    assert "too large" in collect(path, "X0", Cohort(tmp_path / "c")).refusals()[0].reason


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Anna Kim/x0-first-counts.ipynb", "Anna Kim"),
        ("submitted/anna/x0-first-counts/x0-first-counts.ipynb", "anna"),
        ("x0-first-counts-Anna Kim.ipynb", "Anna Kim"),
        ("Anna_Kim_X0.ipynb", "Anna Kim"),
        ("x0-first-counts-Бат (2).ipynb", "Бат"),
        ("x0-first-counts.ipynb", ""),
        ("x0-first-counts (1).ipynb", ""),
        ("../../etc/x0-first-counts.ipynb", "etc"),
    ],
)
def test_whose_work_a_file_is(path, name):
    assert owner(PurePosixPath(path), NAME).name == name


def test_names_are_safe_for_nbgrader_and_the_disk():
    assert clean_name("김 [a]*?+") == "김 -a"
    assert clean_name("../..") == ""
    assert clean_name("e\u0301va") == "\u00e9va"


def test_a_hint_is_shown_only_word_for_word():
    source = (
        "# check: a\nassert a, 'say what a is'\n### BEGIN HIDDEN TESTS\n"
        "assert b == 41, 'b is another number'\n### END HIDDEN TESTS"
    )
    assert hidden.explain(source, "AssertionError", "b is another number") == "b is another number"
    for name, text in (
        ("AssertionError", "b is 41"),
        ("KeyError", "41"),
        ("NameError", "name 'b' is not defined; it is 41"),
        ("<b>41</b>", "41"),
    ):
        said = hidden.explain(source, name, text)
        assert "41" not in said
        assert said.startswith("Your answer stopped with an error")
    assert "The name a does not exist" in hidden.explain(
        source, "NameError", "name 'a' is not defined"
    )
    assert "b" not in hidden.explain(source, "NameError", "name 'zz' is not defined").split()
    assert "too long" in hidden.explain(source, "CellTimeoutError", "")


def test_a_spreadsheet_does_not_read_names_as_formulas(tmp_path):
    path = tmp_path / "marks.csv"
    rows = [{"student": "=HYPERLINK(1)", "score": -1.0}, {"student": "Anna"}]
    tables.write(path, ["student", "score"], rows)
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["student,score", "'=HYPERLINK(1),-1.0", "Anna,"]


def test_an_instructors_start_up_file_does_not_reach_the_kernels(tmp_path, monkeypatch):
    import os

    from flyway_course.grading.stock import _own_ipython

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    with _own_ipython():
        inside = os.environ["IPYTHONDIR"]
        assert inside != str(tmp_path)
    assert os.environ["IPYTHONDIR"] == str(tmp_path)


def test_the_commands_say_what_they_did(tmp_path, monkeypatch):
    monkeypatch.setattr("flyway_course.grading.cohort.COHORTS", tmp_path)
    app = typer.Typer()
    for name, command in commands.COMMANDS.items():
        app.command(name)(command)
    path = tmp_path / f"{NAME}-Ana.ipynb"
    path.write_bytes(notebook(REFERENCE))
    run = CliRunner().invoke
    said = run(app, ["collect", "X0", str(path), "--cohort", "may"])
    assert said.exit_code == 0
    assert "1 file handed in: 1 collected." in said.output
    refused = run(app, ["grade", "X0", "--cohort", "may", "--engine", "nbgrader"])
    assert refused.exit_code == 1
    assert "run as you" in refused.output
    unknown = run(app, ["release", "X99"])
    assert unknown.exit_code == 1
    assert "X0 (x0-first-counts)" in unknown.output


def test_root_configuration_points_to_the_cohort(monkeypatch):
    from traitlets.config import PyFileConfigLoader

    from flyway_course.grading.cohort import COHORTS
    from flyway_course.paths import ROOT

    monkeypatch.setenv("FLYWAY_COHORT", "may")
    found = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert found.CourseDirectory.root == str(COHORTS / "may")

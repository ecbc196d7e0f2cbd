"""The bundle for a memory stick: what goes in, what must not, and that it works without a network."""

import errno
import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from small_book import small_book, write

from flyway_course import paths, steps
from flyway_course.assignments import data_for
from flyway_course.bundle import BundleError, launchers, make_bundle, making, safety, texts, wheels
from flyway_course.bundle.contents import exercises
from flyway_course.bundle.locked import learners_part, read_lock
from flyway_course.bundle.targets import PYTHONS, SYSTEMS, targets
from flyway_course.pdf import stamps

CARD = (
    '<details class="fw-how" id="fw-how"><summary class="fw-button">Open in JupyterLab</summary>\n'
    "<pre><code>python3 course.py open</code></pre></details>"
    '<a class="fw-button fw-lite" href="../lite/open.html?path=x">Run in the browser</a>'
    '<p class="fw-lite-stick" hidden>Not from a stick.</p><a href="x">Download</a>'
)
HIDDEN = "assert round(answer(cranes), 3) == 41.125"


def notebook(*sources, outputs=()):
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in sources]
    cells[-1]["outputs"] = list(outputs)
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def course(tmp_path):
    """A small course with a site, an assignment and a class, as if it had been built."""
    root = small_book(tmp_path / "course")
    write(root, "_build/html/index.html", "<title>Birds</title>")
    write(root, "_build/html/book/cranes.html", f"<title>Cranes</title>{CARD}")
    write(root, "_build/html/notebooks/00-cranes.ipynb", notebook("3 + 4"))
    package = {"name": "cranes", "resources": [{"path": "cranes.csv"}]}
    write(root, "datasets/cranes/datapackage.json", json.dumps(package))
    source = f"### BEGIN HIDDEN TESTS\n{HIDDEN}\n### END HIDDEN TESTS"
    write(root, "solutions/x0/x0.ipynb", notebook("answer = ...", source))
    write(root, "exercises/x0/x0.ipynb", notebook("answer = ..."))
    return root


def made(course, tmp_path):
    return make_bundle(course, tmp_path / "out")


def names(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def stick_program(name):
    path = paths.ROOT / "src" / "flyway_course" / "bundle" / "stick" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"stick_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- what goes in


def test_the_bundle_holds_its_list_and_nothing_else(course, tmp_path):
    write(course, "datasets/cranes/roster.csv", "name\nAnna\n")
    write(course, "datasets/cranes/.notes", "mine")
    write(course, "exercises/x0/x0-Anna.ipynb", notebook("answer = 41"))
    write(course, "exercises/x0/.ipynb_checkpoints/x0.ipynb", notebook("answer = 41"))
    write(course, "cohorts/class/roster.csv", "name\nAnna\n")
    write(course, "workspace/00-cranes.ipynb", notebook("my own"))
    (course / "exercises" / "x0" / "link.csv").symlink_to(course / "cohorts/class/roster.csv")
    write(course, "_build/html/lite/index.html", "needs a server")
    assert names(made(course, tmp_path).folder) == {
        "START-HERE.html",
        "READ-ME.txt",
        "SHA256SUMS",
        "start/check.py",
        "book/index.html",
        "book/book/cranes.html",
        "book/notebooks/00-cranes.ipynb",
        "notebooks/00-cranes.ipynb",
        "datasets/cranes/datapackage.json",
        "datasets/cranes/cranes.csv",
        "datasets/spoonbills/datapackage.json",
        "exercises/x0/x0.ipynb",
    }


def test_every_exercise_comes_with_the_tables_that_it_reads():
    tracked = subprocess.run(
        ["git", "ls-files", "exercises"], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert {item.name for item in exercises(paths.ROOT)} == set(tracked.stdout.split())


def test_a_table_of_a_class_or_a_lost_one_stops_the_bundle(tmp_path):
    for name in ("solutions", "exercises"):
        shutil.copytree(paths.ROOT / name / "x4-trend-report", tmp_path / name / "x4-trend-report")
    table = tmp_path / "exercises/x4-trend-report/winter_counts.csv"
    table.write_bytes(data_for("X4", 7)["winter_counts.csv"])
    with pytest.raises(BundleError, match=r"winter_counts.csv is not the table for practice"):
        exercises(tmp_path)
    table.unlink()
    with pytest.raises(BundleError, match=r"winter_counts.csv is missing.*release x4-trend-report"):
        exercises(tmp_path)


def test_the_zip_holds_the_same_and_the_empty_folder_for_handed_in_work(course, tmp_path):
    bundle = made(course, tmp_path)
    with zipfile.ZipFile(bundle.archive) as archive:
        held = archive.namelist()
        archive.extractall(tmp_path / "unzipped")
    unzipped = tmp_path / "unzipped" / "counting-across-borders"
    assert all(name.startswith("counting-across-borders/") for name in held)
    assert names(unzipped) == names(bundle.folder)
    assert (unzipped / "hand-in").is_dir()


def test_the_checksums_find_a_damaged_and_a_missing_file(course, tmp_path):
    folder, check = made(course, tmp_path).folder, stick_program("check")
    assert check.examine(folder) == []
    if shutil.which("sha256sum"):
        assert (
            subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder).returncode == 0
        )
    (folder / "READ-ME.txt").write_text("cut")
    (folder / "book" / "index.html").unlink()
    assert check.examine(folder) == ["READ-ME.txt is damaged", "book/index.html is missing"]
    assert check.main(folder) == 1


def test_pages_speak_of_the_stick_and_not_of_the_launcher(course, tmp_path):
    page = (made(course, tmp_path).folder / "book/book/cranes.html").read_text()
    assert "course.py" not in page
    assert "lite" not in page  # needs a web server
    assert "Open in JupyterLab" in page
    assert "Download" in page
    assert "READ-ME.txt" in page
    with_packages = texts.how_to_open(["windows", "linux"])
    assert "double click open.bat (Windows) or type <code>sh open.sh</code>" in with_packages


@pytest.mark.parametrize("systems", [["linux"], ["windows"], list(SYSTEMS)])
def test_the_read_me_names_the_files_of_its_systems_and_no_others(systems):
    told = texts.read_me(systems, PYTHONS).decode()
    for system, (_, install, opens) in texts.WAYS.items():
        assert (install in told) == (opens in told) == (system in systems)
    assert "Python 3.11, 3.12, 3.13 or 3.14" in told


def test_the_first_page_opens_the_book_and_asks_for_nothing_from_elsewhere(course, tmp_path):
    folder = made(course, tmp_path).folder
    page = (folder / "START-HERE.html").read_text("utf-8")
    links = re.findall(r'(?:href|src)="([^"]+)"', page)
    local = [link for link in links if not link.startswith("data:")]
    assert "book/index.html" in local
    assert all((folder / link).is_file() for link in local)
    assert "<script" not in page
    assert '<html lang="en">' in page
    assert "x0-first-counts-Saraa.ipynb" in page


@pytest.fixture
def printed(course):
    """The course with its PDFs, as if they had been printed from its book."""
    for place in ("book/index", "book/cranes", "book/spoonbills"):  # of its _toc.yml
        write(course, f"_build/html/{place}.html", f"<title>{place}</title>")
    write(course, f"_build/pdf/{stamps.NAME}", "%PDF the book")
    write(course, "_build/pdf/sheets/0.1-cranes.pdf", "%PDF a sheet")
    for kind in ("book", "sheets"):
        stamps.set_stamp(course, kind, stamps.digest(course))
    return course


def test_the_book_and_its_sheets_as_pdf_are_in_it_and_the_first_page_says_so(printed, tmp_path):
    folder = made(printed, tmp_path).folder
    assert (folder / "counting-across-borders.pdf").read_text() == "%PDF the book"
    assert (folder / "sheets" / "0.1-cranes.pdf").is_file()
    assert "  counting-across-borders.pdf\n" in (folder / "SHA256SUMS").read_text()
    page = (folder / "START-HERE.html").read_text("utf-8")
    assert '<a href="counting-across-borders.pdf">' in page
    assert '<a href="sheets/">' in page
    told = (folder / "READ-ME.txt").read_text("utf-8")
    assert "counting-across-borders.pdf  is the whole book" in told


def test_a_pdf_of_an_older_book_stays_out(printed, tmp_path):
    write(printed, "_build/html/book/cranes.html", "<title>Cranes have come</title>")
    folder = made(printed, tmp_path).folder
    assert not list(folder.rglob("*.pdf"))
    assert ".pdf" not in (folder / "START-HERE.html").read_text("utf-8")


def test_without_a_browser_the_bundle_goes_without_the_pdf_and_says_so(course, monkeypatch, capsys):
    monkeypatch.setattr("flyway_course.pdf.printing.find_browser", lambda: None)
    monkeypatch.setattr(steps, "ROOT", course)
    steps.pdf_for_bundle()
    told = capsys.readouterr().out
    assert "goes without the book as a PDF" in told
    assert "Install Chrome" in told


def test_the_read_me_has_the_line_ends_of_windows(course, tmp_path):
    data = (made(course, tmp_path).folder / "READ-ME.txt").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 10


# ---- what must not


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("book/key.html", f"<pre>{HIDDEN}</pre>", "a hidden test of x0"),
        ("notebooks/01-key.ipynb", notebook("### BEGIN SOLUTION"), "BEGIN SOLUTION"),
        ("_downloads/gradebook.db", "marks", "gradebook.db is no kind of file"),
        ("feedback/Anna.html", "<p>Well done</p>", "class work"),
    ],
)
def test_an_answer_or_class_work_stops_it(course, tmp_path, name, text, sentence):
    write(course, f"_build/html/{name}", text)
    with pytest.raises(BundleError, match=re.escape(sentence)):
        made(course, tmp_path)
    assert list((tmp_path / "out").glob("*")) == []


def test_archives_are_searched_too_and_archives_inside_them(course, tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
        inner.writestr("deep/x0.ipynb", notebook(HIDDEN))
        inner.writestr("marks.db", "")
    with zipfile.ZipFile(folder / "flyway-1-py3-none-any.whl", "w") as outer:
        outer.write(tmp_path / "inner.zip", "inner.zip")
    found = safety.find_answers(folder, course)
    assert len(found) == 2
    assert all(one.startswith("flyway-1-py3-none-any.whl: inner.zip: ") for one in found)
    assert safety.find_answers(folder, course, {"flyway-1-py3-none-any.whl"}) == []


def test_a_formula_of_flyway_is_no_secret_of_an_assignment_but_a_hidden_test_is(course, tmp_path):
    formula = "return (ia / ib) / (ca / cb)"
    given = f"### BEGIN SOLUTION\n    {formula}\n### END SOLUTION"
    write(course, "solutions/x5/x5.ipynb", notebook(given))
    write(course, "src/flyway/baci.py", f"def effect(ia, ib, ca, cb):\n    {formula}\n")
    (tmp_path / "given").mkdir()
    with zipfile.ZipFile(tmp_path / "given" / "flyway.whl", "w") as wheel:
        wheel.writestr("flyway/baci.py", formula)
        wheel.writestr("flyway/key.py", HIDDEN)
    (found,) = safety.find_answers(tmp_path / "given", course)
    assert "flyway/key.py: shows a hidden test of x0" in found


def test_an_exercise_in_which_somebody_worked_stops_it(course, tmp_path):
    worked = notebook("answer = 41", outputs=[{"output_type": "stream", "text": "41"}])
    write(course, "exercises/x0/x0.ipynb", worked)
    with pytest.raises(BundleError, match=r"exercises/x0/x0.ipynb holds results.*release x0"):
        made(course, tmp_path)


def test_names_that_a_stick_cannot_keep_are_told():
    long = "book/" + "a" * 190
    given = ["a?.html", "book/aux.html", "b./c", "Map.png", "map.png", long, "fine/name-1.html"]
    found = safety.bad_names(given, "counting-across-borders")
    assert len(found) == 5
    assert "Map.png" in found[3]
    assert "capital letters" in found[3]
    assert "219 characters" in found[4]


def test_a_course_that_is_not_built_says_so(course, tmp_path):
    shutil.rmtree(course / "_build")
    with pytest.raises(BundleError, match=r"not built yet: run `python3 course.py build`"):
        made(course, tmp_path)


# ---- whole or not at all


def test_a_second_run_replaces_the_first(course, tmp_path):
    first = made(course, tmp_path)
    (course / "_build/html/notebooks/00-cranes.ipynb").unlink()
    (first.folder / ".DS_Store").write_text("a file of the system")
    second = made(course, tmp_path)
    assert "notebooks/00-cranes.ipynb" not in names(second.folder)
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left == {"counting-across-borders", "counting-across-borders.zip"}


def test_handed_in_work_is_never_replaced(course, tmp_path):
    folder = made(course, tmp_path).folder
    write(folder, "hand-in/x0-Saraa.ipynb", notebook("answer = 41"))
    with pytest.raises(BundleError, match=r"1 files .* hand-in/x0-Saraa.ipynb: move them away"):
        made(course, tmp_path)
    assert (folder / "hand-in" / "x0-Saraa.ipynb").is_file()


def test_a_full_disk_leaves_the_last_bundle_and_says_how_much_is_needed(
    course, tmp_path, monkeypatch
):
    before = names(made(course, tmp_path).folder)
    write(course, "_build/html/new.html", "<p>new</p>")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(making, "pack", full)
        with pytest.raises(BundleError, match=r"needs \d+ MB free"):
            made(course, tmp_path)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(making.shutil, "disk_usage", lambda _: usage(1000))
    with pytest.raises(BundleError, match=r"needs \d+ MB free .* --out"):
        made(course, tmp_path)
    assert names(tmp_path / "out" / "counting-across-borders") == before
    assert not list((tmp_path / "out").glob("*.new"))


def test_a_run_that_was_ended_between_its_renames_is_mended(course, tmp_path):
    folder = made(course, tmp_path).folder
    folder.rename(folder.with_name(folder.name + ".old"))
    making.recover(folder)
    assert (folder / "START-HERE.html").is_file()


# ---- packages for other computers


@pytest.fixture(scope="module")
def locked():
    return learners_part(paths.ROOT)


@pytest.mark.parametrize("target", targets(SYSTEMS, PYTHONS), ids=str)
def test_no_computer_lacks_a_wheel(target, locked):
    chosen = wheels.choose(target, locked, wheels.read_list())
    assert {one.name for one, _ in chosen} >= {
        "jupyterlab",
        "numpy",
        "pandas",
        "scipy",
        "ipykernel",
    }
    tags = set(target.tags())
    for one, wheel in chosen:
        name, version, _, made_for = parse_wheel_filename(wheel.file)
        assert (str(name), str(version)) == (one.name, one.version)
        assert made_for & tags
        stand_in = (target.system, target.machine, one.name) in wheels.STAND_INS
        assert stand_in or wheel.sha256 in one.hashes


def test_the_list_names_no_file_that_nobody_needs(locked):
    known = wheels.read_list()
    chosen = [wheels.choose(target, locked, known) for target in targets(SYSTEMS, PYTHONS)]
    assert set(known) == {w for one in chosen for _, w in one} | {wheels.pip_of(known)}


def test_the_learners_part_holds_all_that_its_packages_ask_for(locked):
    held = {one.name for one in locked}
    for name in held:
        try:
            asked = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        for line in map(Requirement, asked):
            wanted = line.marker is None or line.marker.evaluate({"extra": ""})
            assert not wanted or canonicalize_name(line.name) in held, f"{name} asks for {line}"
    assert len(held) < len({one.name for one in read_lock(paths.ROOT / "requirements.lock")})


def test_an_old_list_of_wheels_names_what_it_lacks(locked):
    known = [wheel for wheel in wheels.read_list() if wheel.release[0] != "tornado"]
    with pytest.raises(
        BundleError, match=r"linux x86_64, Python 3.12: .* tornado==.*bundle.wheels"
    ):
        wheels.choose(targets(["linux"], ["3.12"])[0], locked, known)


def test_the_list_for_pip_pins_each_release_to_one_file(locked):
    chosen = wheels.choose(targets(["macos"], ["3.11"])[1], locked, wheels.read_list())
    lines = wheels.requirements(chosen).splitlines()
    assert len(lines) == len(chosen)
    assert all(re.fullmatch(r"\S+==\S+( ; .+)? --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    # the lock's release has no wheel for Macs with an Intel processor
    assert any(line.startswith("argon2-cffi-bindings==25.1.0 ") for line in lines)


def test_two_releases_of_one_package_are_fetched_one_after_the_other():
    known = wheels.read_list()
    two = [wheel for wheel in known if wheel.release[0] == "soupsieve"]
    assert [len(part) for part in wheels.rounds([*two, wheels.pip_of(known)])] == [2, 1]


@pytest.mark.parametrize(("systems", "pythons"), [(["amiga"], ["3.12"]), (["linux"], ["3.9"])])
def test_an_unknown_system_or_python_lists_the_known_ones(systems, pythons):
    with pytest.raises(BundleError, match=r"There is no .*: choose from "):
        targets(systems, pythons)


# ---- what people start


def test_launchers_have_the_line_ends_of_their_system_and_hold_plain_letters():
    files = launchers.launchers(SYSTEMS, PYTHONS)
    assert len(files) == 6
    for name, data in files.items():
        assert data.isascii()
        ends = data.count(b"\r\n")
        assert ends == (data.count(b"\n") if name.endswith(".bat") else 0)
        assert b"{" not in data.replace(b"${", b"")
    assert b"py -%%v" in files["install.bat"]


@pytest.mark.skipif(not shutil.which("sh"), reason="no sh on this system")
@pytest.mark.parametrize("name", ["install.sh", "open.sh", "install.command", "open.command"])
def test_shell_launchers_are_written_well_and_say_what_lacks(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(launchers.launchers(SYSTEMS, PYTHONS)[name])
    # a PATH without Python, and a home without the course
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "dirname").symlink_to(shutil.which("dirname"))
    env = {"PATH": str(tools), "HOME": str(tmp_path)}
    ran = subprocess.run([shutil.which("sh"), path], env=env, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ("No Python that this stick serves" if "install" in name else "not set up") in ran.stdout
    assert ran.stderr == ""


@pytest.mark.skipif(not shutil.which("sh"), reason="no sh on this system")
def test_another_python_than_the_stick_serves_says_it_once(tmp_path):
    path = tmp_path / "install.sh"
    path.write_bytes(launchers.launchers(["linux"], ["3.9"])["install.sh"])
    stick = paths.ROOT / "src" / "flyway_course" / "bundle" / "stick"
    shutil.copytree(stick, tmp_path / "start")
    write(tmp_path, "packages/amiga-m68k-3.9.txt", "")
    write(tmp_path, "bin/python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n').chmod(0o755)
    (tmp_path / "bin" / "dirname").symlink_to(shutil.which("dirname"))
    env = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    ran = subprocess.run([shutil.which("sh"), path], env=env, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stdout.count("START-HERE.html") == 1
    assert "only for: amiga-m68k" in ran.stdout


def test_a_python_that_the_stick_does_not_serve_is_told_in_one_sentence(tmp_path, monkeypatch):
    install = stick_program("install")
    for python in ("3.12", "3.13"):
        write(tmp_path, f"packages/linux-x86_64-{python}.txt", "")
    monkeypatch.setattr(install, "this_computer", lambda: "linux-x86_64-3.10")
    with pytest.raises(install.InstallError, match=r"Python 3.10, and .* Python 3.12, 3.13"):
        install.list_of_packages(tmp_path)
    monkeypatch.setattr(install, "this_computer", lambda: "windows-ARM64-3.13")
    with pytest.raises(install.InstallError, match=r"no packages .*windows-ARM64.*linux-x86_64"):
        install.list_of_packages(tmp_path)


def test_opening_gives_what_lacks_and_keeps_what_was_edited(course, tmp_path):
    """The stick's own copy of the server, as `install.py` lays it out."""
    from flyway_course.bundle.contents import start_folder

    folder = made(course, tmp_path).folder
    home = tmp_path / "home"
    for name in ("book", "exercises"):
        shutil.copytree(folder / name, home / "course" / name)
    for item in start_folder():
        write(home / "course", item.name, item.source.read_text("utf-8"))
    mine = write(home, "workspace/00-cranes.ipynb", notebook("my own"))
    program = home / "course" / "start" / "open_course.py"
    subprocess.run([sys.executable, program, "--copy-only"], check=True, capture_output=True)
    assert "my own" in mine.read_text()
    assert (home / "workspace/exercises/x0/x0.ipynb").is_file()


# ---- the proof: set up from the bundle in a room without internet


def no_network(*command, **options):
    """Run a command where only the machine's own loopback exists; text comes back."""
    walls = ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"]
    return subprocess.run(
        [*walls, *map(str, command)], capture_output=True, text=True, timeout=600, **options
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A trainee's home, set up from the Linux bundle; kept in _build until the packages change."""
    if sys.platform != "linux" or not shutil.which("bwrap"):
        pytest.skip("THE INSTALL PROOF DID NOT RUN: it needs Linux and bubblewrap")
    if no_network("true").returncode:
        pytest.skip("THE INSTALL PROOF DID NOT RUN: this machine allows no network namespace")
    if not (paths.SITE / "index.html").is_file():
        pytest.skip("THE INSTALL PROOF DID NOT RUN: the book is not built")
    out = tmp_path_factory.mktemp("stick")
    python = ".".join(map(str, sys.version_info[:2]))
    try:
        folder = make_bundle(paths.ROOT, out, ["linux"], [python]).folder
    except BundleError as error:
        if "could not be fetched" in str(error):
            pytest.skip(f"THE INSTALL PROOF DID NOT RUN: {error}")
        raise
    home = paths.BUILD / "bundle-proof"
    clean = {"HOME": str(home), "PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"}
    env = clean | {"FLYWAY_HOME": str(home / "course"), "LANG": "C.UTF-8"}
    home.mkdir(parents=True, exist_ok=True)
    ran = no_network("sh", folder / "install.sh", env=env)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Ready." in ran.stdout
    shutil.rmtree(folder)  # the stick is taken out
    shutil.rmtree(home / "course" / "workspace", ignore_errors=True)
    return home / "course", env


def execute(installed, notebook_file, tmp_path):
    """Execute a notebook with the kernel of the installed JupyterLab; return its errors."""
    home, env = installed
    python = home / "env" / "bin" / "python"
    done = tmp_path / "done.ipynb"
    command = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors"]
    ran = no_network(*command, "--output", done, notebook_file, env=env)
    assert ran.returncode == 0, ran.stderr[-2000:]
    cells = json.loads(done.read_text("utf-8"))["cells"]
    return {
        output["ename"]: "".join(cell["source"])
        for cell in cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    }


@pytest.mark.slow
def test_a_lesson_runs_from_the_stick_without_internet(installed, tmp_path):
    home, env = installed
    ran = no_network("sh", home / "open.sh", "--copy-only", env=env)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lesson = home / "workspace" / "00-start-02-notebook-of-counts.ipynb"
    # the one error is the lesson's own, made on purpose
    assert set(execute(installed, lesson, tmp_path)) == {"NameError"}


@pytest.mark.slow
def test_an_exercise_runs_from_the_stick_without_internet(installed, tmp_path):
    solved = paths.SOLUTIONS / "x0-first-counts" / "x0-first-counts.ipynb"
    assert execute(installed, solved, tmp_path) == {}


@pytest.mark.slow
def test_the_installed_packages_fit_together_and_into_the_paths_of_windows(installed):
    home, _ = installed
    held = next((home / "env").glob("lib/python*/site-packages"))
    pip = [sys.executable, "-m", "pip", "--python", home / "env" / "bin" / "python", "check"]
    checked = subprocess.run(pip, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    before = len("C:\\Users\\") + 20 + len("\\counting-across-borders\\env\\Lib\\site-packages\\")
    files = (path.relative_to(held).as_posix() for path in held.rglob("*") if path.is_file())
    longest = max(files, key=len)
    assert before + len(longest) < 260, longest

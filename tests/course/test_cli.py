"""The commands: their help, their refusals, and what stands behind the small ones."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from flyway_course import browsers, cli, doctor, paths, testing


@pytest.fixture(scope="module")
def launcher(root):
    spec = importlib.util.spec_from_file_location("course_for_cli", root / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*arguments):
    return CliRunner().invoke(cli.app, list(arguments))


def test_the_launcher_lists_exactly_the_commands_there_are(launcher):
    names = [command.name or command.callback.__name__ for command in cli.app.registered_commands]
    assert sorted(names) == sorted(launcher.COMMANDS)
    for command in cli.app.registered_commands:
        name = command.name or command.callback.__name__
        assert command.short_help == launcher.COMMANDS[name]


def test_every_command_explains_itself(launcher):
    for name in launcher.COMMANDS:
        shown = run(name, "--help")
        assert shown.exit_code == 0
        assert len(shown.output.split()) > 15, f"`{name} --help` says too little"


def test_each_line_of_help_is_a_plain_sentence(launcher):
    for text in launcher.COMMANDS.values():
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) < 85


def test_help_answers_without_loading_the_large_libraries():
    code = (
        "import sys; from flyway_course import cli\n"
        "print([m for m in ('numpy', 'pandas', 'jupyterlab', 'sphinx', 'nbgrader', 'pytest')"
        " if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["open", "serve", "lab"])
def test_a_taken_port_is_one_sentence_before_any_long_work(command, monkeypatch):
    monkeypatch.setattr(cli, "build_site", lambda cold=False: pytest.fail("built first"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shown = run(command, "--port", str(port))
    assert shown.exit_code == 1
    assert shown.output.strip() == (
        f"Port {port} is used by another program: leave --port out, and a free one is found for you."
    )


def test_a_book_that_does_not_build_ends_with_its_sentence(monkeypatch):
    import flyway_course.build as build
    from flyway_course.build.errors import BuildError

    def broken(**options):
        raise BuildError("The book was not built.", ["book/x.md, cell 3, line 2: no such column"])

    monkeypatch.setattr(build, "build_book", broken)
    monkeypatch.setattr(cli, "fetch_assets", lambda dev=False: None)
    monkeypatch.setattr(cli, "serve_site", lambda *a, **k: pytest.fail("served a broken book"))
    shown = run("open", "--no-browser")
    assert shown.exit_code == 1
    assert "book/x.md, cell 3, line 2" in shown.output
    assert "Traceback" not in shown.output


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(28, "is full: free 1 GB"), (13, "cannot be written"), (30, "cannot be")],
)
def test_a_disk_that_refuses_gets_one_sentence(monkeypatch, number, sentence):
    def refuse(**options):
        raise OSError(number, os.strerror(number), "some/file")

    monkeypatch.setattr(cli, "app", refuse)
    monkeypatch.setattr(cli.os, "chdir", lambda folder: None)
    with pytest.raises(SystemExit, match=sentence):
        cli.main()


def test_clean_keeps_the_workspace(tmp_path, monkeypatch):
    (tmp_path / "build_site" / "html").mkdir(parents=True)
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "mine.ipynb").write_text("mine")
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build_site")
    assert run("clean").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]
    assert "nothing to remove" in run("clean").output


# ---- doctor -----------------------------------------------------------------------------------


def test_doctor_finds_this_environment_whole():
    findings = doctor.examine()
    assert not [f for f in findings if f.state == "bad"]
    assert all(f.mend for f in findings if f.state != "ok"), "a note without its mend"
    assert {"Python", "jupyter-book", "Page files", "Disk", "Port"} <= {f.what for f in findings}


def test_doctor_names_what_is_missing_and_ends_with_1(monkeypatch):
    def none_installed(name):
        raise doctor.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.importlib.metadata, "version", none_installed)
    shown = run("doctor")
    assert shown.exit_code == 1
    assert "MISSING  pandas: not installed" in shown.output
    assert "Delete the folder .venv" in shown.output


def test_doctor_says_whether_notebooks_can_be_graded_safely_here(monkeypatch):
    from flyway_course.grading.sandbox import machine

    def told():
        found = [f for f in doctor.examine() if f.what == "Sandbox for grading"]
        return found[0].state, found[0].mend

    installed = []
    monkeypatch.setattr(machine, "install", lambda say: installed.append(1))
    monkeypatch.setattr(machine.sys, "platform", "linux")
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    state, mend = told()
    assert state == "note" and "sudo apt install bubblewrap" in mend
    assert not installed, "a look changes nothing"
    monkeypatch.setattr(machine.shutil, "which", lambda name: "/bin/false")
    state, mend = told()
    assert state == "note" and "lets no program build a sandbox" in mend
    monkeypatch.setattr(machine.shutil, "which", lambda name: "/bin/true")
    assert told() == ("ok", "")
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    state, mend = told()
    assert state == "note" and "container" in mend and "hub" in mend


def test_doctor_tells_a_version_that_the_lock_lacks(monkeypatch):
    monkeypatch.setattr(doctor.importlib.metadata, "version", lambda name: "0.0.1")
    (pandas,) = [f for f in doctor.examine() if f.what == "pandas"]
    assert (pandas.state, pandas.found) == ("note", "0.0.1, which the lock file lacks")


def test_doctor_tells_a_full_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=10**8))
    (disk,) = [f for f in doctor.examine() if f.what == "Disk"]
    assert (disk.state, disk.mend) == ("bad", "Free 1 GB.")


# ---- tests and browser ------------------------------------------------------------------------


def test_a_whole_run_uses_the_cores_and_a_chosen_file_does_not():
    assert testing.workers([])[0] == "-n"
    assert testing.workers(["-x", "-q"])[-1] == "loadfile"
    for chosen in (["-k", "calendar"], ["tests/course"], ["tests/course/test_cli.py::x"], ["-n0"]):
        assert testing.workers(chosen) == []


def test_options_that_typer_does_not_know_go_to_pytest(monkeypatch):
    seen = []
    monkeypatch.setattr(cli, "fetch_assets", lambda dev=False: None)
    monkeypatch.setattr(testing, "run_tests", lambda arguments, say: seen.extend(arguments) or 5)
    assert run("test", "-k", "calendar", "--maxfail=2", "-x").exit_code == 5
    assert seen == ["-k", "calendar", "--maxfail=2", "-x"]


def test_a_named_browser_is_taken_first(tmp_path, monkeypatch):
    mine = tmp_path / "my-browser"
    mine.touch()
    monkeypatch.setenv("COURSE_BROWSER", str(mine))
    assert browsers.find_browser() == mine


def test_no_browser_is_told_and_none_is_installed_without_the_right(monkeypatch):
    monkeypatch.delenv("COURSE_BROWSER", raising=False)
    monkeypatch.setattr(browsers.shutil, "which", lambda name: None)
    monkeypatch.setattr(browsers.sys, "platform", "linux")
    assert browsers.find_browser() is None
    assert browsers.install_browser(lambda text: pytest.fail(text)) is None


def test_tools_come_from_this_environment_first(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    paths.put_tools_on_path()
    first, *rest = os.environ["PATH"].split(os.pathsep)
    assert Path(first).samefile(Path(sys.executable).parent)
    assert rest == ["/usr/bin"]
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    paths.put_tools_on_path()
    assert os.environ["PATH"].split(os.pathsep) == [first, *rest]


def test_lessons_are_found_by_their_front_matter():
    lessons = paths.lesson_sources()
    assert {"00-start-01-three-birds", "04-change-01-is-it-recovering"} <= set(lessons)
    assert not [path for path in lessons.values() if path.name == "index.md"]


def test_the_names_of_lessons_are_those_of_their_notebooks(site):
    built = {path.stem for path in (site / "notebooks").glob("*.ipynb")}
    assert set(paths.lesson_sources()) <= built


def test_servers_and_notebooks_start_without_the_slow_import():
    code = (
        "import sys; from flyway_course import startup; startup.leave_out_slow_import()\n"
        "import jsonschema, nbformat\n"
        "nbformat.validate(nbformat.v4.new_notebook())\n"
        "checks = jsonschema.FormatChecker()\n"
        "assert checks.conforms('2026-11-22', 'date') and not checks.conforms('x', 'date')\n"
        "print(any(name.startswith('lark') for name in sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"

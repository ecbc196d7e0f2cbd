"""course.py: the stdlib-only launcher, by itself and on a machine that has no uv."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

NO_INDEX = {
    # a closed port of this machine instead of the package index
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_RETRIES": "0",
    "PIP_NO_CACHE_DIR": "1",
}


@pytest.fixture
def course(root):
    """A fresh copy of the launcher as a module."""
    spec = importlib.util.spec_from_file_location("course_under_test", root / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def elsewhere(course, tmp_path, monkeypatch):
    """The launcher, looking after an empty folder that has the lock files."""
    for name in [*course.LOCKS.values(), "pyproject.toml"]:
        (tmp_path / name).write_text(f"# {name}\n")
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(course, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(course, "STAMP", tmp_path / ".venv" / ".course-stamp")
    monkeypatch.setattr(course, "BEGUN", tmp_path / ".venv" / ".course-begun")
    return course


def finished(course, profile):
    """Make the folder look like a finished set-up."""
    course.in_venv("python").parent.mkdir(parents=True, exist_ok=True)
    course.in_venv("python").touch()
    course.STAMP.write_text(course.stamp_of(profile), encoding="utf-8")


# ---- before anything is installed -------------------------------------------------------------


def test_an_old_python_can_read_the_launcher(root):
    ast.parse((root / "course.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_launcher_imports_only_the_standard_library(root):
    tree = ast.parse((root / "course.py").read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.partition(".")[0])
    assert names - {"flyway_course"} <= set(sys.stdlib_module_names)


def test_the_lock_that_the_launcher_borrows_is_standard_library_too(root):
    for name in ("__init__.py", "locks.py"):
        tree = ast.parse((root / "src" / "flyway_course" / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = node.names[0].name if isinstance(node, ast.Import) else node.module
                assert module.partition(".")[0] in sys.stdlib_module_names


@pytest.mark.parametrize("version", [(3, 7, 16), (3, 10, 99)])
def test_an_old_python_gets_one_sentence(course, monkeypatch, capsys, version):
    monkeypatch.setattr(course.sys, "version_info", version)
    code = course.main(["open"])
    monkeypatch.undo()
    said = capsys.readouterr().out.strip()
    assert code == 1
    assert said.startswith("The course needs Python 3.11 or newer, and this is Python 3.")
    assert "python.org/downloads" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_needs_nothing_installed(root, tmp_path, arguments):
    shutil.copy(root / "course.py", tmp_path)
    run = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "course.py", *arguments],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "open" in run.stdout
    assert "feedback" in run.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["course.py"]


def test_an_unknown_command_shows_the_known_ones(course, capsys):
    assert course.main(["opne"]) == 2
    said = capsys.readouterr().out
    assert said.startswith("There is no command `opne`.")
    assert "  open " in said


# ---- when is set-up needed --------------------------------------------------------------------


def test_a_finished_set_up_is_ready_and_a_larger_one_serves_the_smaller(elsewhere):
    assert not elsewhere.is_ready("course")
    finished(elsewhere, "course")
    assert elsewhere.is_ready("course")
    assert not elsewhere.is_ready("test")
    finished(elsewhere, "test")
    assert elsewhere.is_ready("course")


@pytest.mark.parametrize(
    "change", ["requirements.lock", "requirements-test.lock", "pyproject.toml"]
)
def test_a_changed_lock_needs_set_up_again(elsewhere, change):
    finished(elsewhere, "test")
    (elsewhere.ROOT / change).write_text("# newer\n")
    assert not elsewhere.is_ready("course")


def test_a_moved_folder_needs_set_up_again(elsewhere, tmp_path, monkeypatch):
    finished(elsewhere, "course")
    stamp = elsewhere.STAMP.read_text(encoding="utf-8").replace(str(tmp_path), "somewhere else")
    elsewhere.STAMP.write_text(stamp, encoding="utf-8")
    assert not elsewhere.is_ready("course")


def test_a_ready_set_up_runs_no_installer(elsewhere, monkeypatch):
    finished(elsewhere, "course")
    monkeypatch.setattr(elsewhere, "set_up", lambda profile: pytest.fail("set up again"))
    elsewhere.ensure("course")


def test_children_keep_bytecode_and_are_not_disturbed(course, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "/some/where")
    monkeypatch.setenv("PIP_USER", "1")
    env = course.clean_env()
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & env.keys()
    assert env["PIP_USER"] == "0"


@pytest.mark.parametrize(("has_pytest", "lock"), [(True, "test"), (False, "course")])
def test_opening_the_course_does_not_remove_the_tools_of_the_tests(
    elsewhere, monkeypatch, has_pytest, lock
):
    finished(elsewhere, "test")
    elsewhere.STAMP.unlink()
    if has_pytest:
        elsewhere.in_venv("pytest").touch()
    commands = []
    monkeypatch.setattr(elsewhere, "works", lambda python: True)
    monkeypatch.setattr(elsewhere, "run", lambda doing, command: commands.append(command))
    monkeypatch.setattr(elsewhere.shutil, "disk_usage", lambda path: SimpleNamespace(free=10**10))
    elsewhere.ensure("course")
    (sync,) = [command for command in commands if "sync" in command]
    assert sync[-1] == elsewhere.LOCKS[lock]
    assert elsewhere.is_ready("course")


# ---- plain sentences --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: Failed to fetch: dns error: failed to lookup address", "not reached"),
        ("WARNING: Retrying: NewConnectionError(': Failed to establish')", "not reached"),
        ("error: tunnel error: Connection refused (os error 111)", "not reached"),
        ("ERROR: No matching distribution found for uv==0.13.9", "not reached"),
        ("failed to write: No space left on device (os error 28)", "is full: free 3 GB"),
        ("There is not enough space on the disk. (os error 112)", "is full: free 3 GB"),
        ("error: Permission denied (os error 13)", "cannot be written: move the course"),
        ("[WinError 5] Access is denied: 'C:/course'", "cannot be written: move the course"),
        ("The virtual environment was not created: ensurepip is not available", "python3-venv"),
    ],
)
def test_an_installer_that_fails_gets_one_sentence_with_its_mend(course, output, sentence):
    said = course.explain("installing", f"some lines before\n{output}\n")
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_an_unknown_failure_shows_what_the_installer_said(course):
    said = course.explain("adding the course itself", "first\nThe wheel is odd\n")
    assert said.startswith("Set-up stopped while adding the course itself.")
    assert said.endswith("The wheel is odd")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied"), "cannot be written"),
        (OSError(28, "No space left on device"), "is full"),
        (OSError(30, "Read-only file system"), "cannot be written"),
    ],
)
def test_a_folder_that_refuses_files_gets_one_sentence(
    elsewhere, monkeypatch, capsys, error, sentence
):
    def refuse(profile):
        raise error

    monkeypatch.setattr(elsewhere, "set_up", refuse)
    assert elsewhere.main(["open"]) == 1
    said = capsys.readouterr().out.strip()
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_a_disk_without_room_is_told_before_anything_is_made(elsewhere, monkeypatch, capsys):
    monkeypatch.setattr(elsewhere.shutil, "disk_usage", lambda path: SimpleNamespace(free=10**8))
    assert elsewhere.main(["open"]) == 1
    assert "is full: free 3 GB" in capsys.readouterr().out
    assert not elsewhere.VENV.exists()


# ---- a real set-up ----------------------------------------------------------------------------


def copy_of_the_course(root, folder):
    """The files that a clone of the work tree would have."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this copy of the course has no git history to take a clone from")
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file() and not name.startswith(("book/", "tests/")):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target)
    return folder


def without_uv(**more):
    """An environment whose PATH has no uv, as on a trainee's machine."""
    parts = os.environ["PATH"].split(os.pathsep)
    kept = [part for part in parts if not any(Path(part).glob("uv*"))]
    env = {**os.environ, "PATH": os.pathsep.join(kept), **more}
    assert shutil.which("uv", path=env["PATH"]) is None
    return env


def base_python():
    """The Python that this environment was made from: a trainee's own."""
    return getattr(sys, "_base_executable", sys.executable)


def launch(folder, *arguments, env):
    return subprocess.Popen(
        [base_python(), folder / "course.py", *arguments],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def test_no_network_at_first_set_up_is_one_sentence_and_leaves_nothing_half_made(root, tmp_path):
    folder = copy_of_the_course(root, tmp_path)
    process = launch(folder, "doctor", env=without_uv(**NO_INDEX))
    said = process.communicate()[0]
    assert process.returncode == 1
    last = said.strip().splitlines()[-1]
    assert "the package index (pypi.org) was not reached" in last
    assert "Traceback" not in said
    assert (folder / ".venv" / ".course-begun").exists(), "the next run has to know"


@pytest.mark.slow
def test_a_machine_without_uv_is_set_up_mended_and_then_ready(root, tmp_path):
    folder = copy_of_the_course(root, tmp_path)
    # what an interrupted set-up leaves: an environment that is half there
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / ".course-begun").touch()
    (folder / ".venv" / "half").touch()

    # two windows at once: one works, the other waits and then finds all ready
    pair = [launch(folder, "doctor", env=without_uv()) for _ in range(2)]
    said = [process.communicate()[0] for process in pair]
    assert [process.returncode for process in pair] == [0, 0], "\n".join(said)
    assert sum("[3/4] installing the packages of requirements.lock" in text for text in said) == 1
    assert sum("starting afresh" in text for text in said) == 1
    assert sum("Another window is setting up" in text for text in said) == 1
    assert not (folder / ".venv" / "half").exists()

    again = launch(folder, "doctor", env=without_uv(**NO_INDEX))  # ready: no network needed
    text = again.communicate()[0]
    assert again.returncode == 0
    assert "Setting up" not in text
    assert f"Course: {folder}" in text
    assert "MISSING" not in text

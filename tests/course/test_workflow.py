"""The workflow of GitHub Pages: what it runs exists, what it may do is little."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from typer.main import get_command

from flyway_course import cli
from flyway_course.grading.sandbox import machine
from flyway_course.website.make import DEFAULT


@pytest.fixture(scope="module")
def workflow(root):
    text = (root / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def jobs(workflow):
    return workflow["jobs"]


def steps(jobs):
    return [step for job in jobs.values() for step in job["steps"]]


def test_each_command_exists_with_its_options(jobs):
    known = get_command(cli.app).commands
    written = [step["run"] for step in steps(jobs) if "run" in step]
    ours = [command for command in written if "sudo" not in command]
    (prepared,) = [command for command in written if "sudo" in command]
    assert f"install --yes {machine.PACKAGE}" in prepared, "what the tests need of the system"
    ran = [shlex.split(command) for command in ours]
    assert [words[:2] for words in ran] == [["python3", "course.py"]] * len(ran)
    assert [words[2] for words in ran] == ["test", "website"]
    for words in ran:
        command = known[words[2]]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words[3:] if word.startswith("-")} <= options
        context = command.make_context(words[2], words[3:])
        assert context.args == [], "nothing is left over that the command does not know"


def test_nothing_from_outside_stands_in_a_command(jobs):
    """`${{ … }}` in a command would let a branch's name be run; addresses come as variables."""
    assert not [step for step in steps(jobs) if "${{" in step.get("run", "")]


def test_the_published_folder_is_the_one_that_is_made(jobs):
    (upload,) = [s for s in steps(jobs) if "upload-pages-artifact" in s.get("uses", "")]
    assert upload["with"]["path"] == DEFAULT.as_posix()


def test_the_python_is_one_that_the_course_and_binder_use(root, workflow):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = workflow["env"]["PYTHON"]
    assert isinstance(version, str), "3.10 without quotes would be 3.1"
    assert Requirement(f"x{project['requires-python']}").specifier.contains(version)
    environment = (root / "environment.yml").read_text(encoding="utf-8")
    assert f"- python={version}\n" in environment


def test_each_action_is_pinned_by_its_commit_and_says_its_version(root, jobs):
    text = (root / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)@(\S+)( # v\d+\.\d+\.\d+)?$", text, re.M)
    assert len(used) == sum("uses" in step for step in steps(jobs))
    for action, commit, said in used:
        assert re.fullmatch(r"[0-9a-f]{40}", commit), action
        assert said, action
        assert action.startswith("actions/")
    assert len({(action, commit) for action, commit, _ in used}) == len({a for a, *_ in used})


def test_only_the_publishing_job_may_write(workflow, jobs):
    assert workflow["permissions"] == {"contents": "read"}
    allowed = {name: job.get("permissions", workflow["permissions"]) for name, job in jobs.items()}
    assert allowed == {
        "test": {"contents": "read"},
        "website": {"contents": "read", "pages": "read"},
        "publish": {"pages": "write", "id-token": "write"},
    }
    for step in steps(jobs):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_nothing_is_published_before_the_tests_pass_or_from_a_pull_request(workflow, jobs):
    publish = jobs["publish"]
    assert set(publish["needs"]) == {"test", "website"}
    assert "github.event_name != 'pull_request'" in publish["if"]
    assert "github.ref == 'refs/heads/main'" in publish["if"]
    triggers = workflow[True]  # YAML reads `on` as a truth value
    assert "pull_request" in triggers
    assert "pull_request_target" not in triggers
    assert triggers["push"]["branches"] == ["main"]
    for step in steps(jobs):
        if re.search("configure-pages|upload-pages", step.get("uses", "")):
            assert step["if"] == "github.event_name != 'pull_request'"
    assert "pull_request" in workflow["concurrency"]["cancel-in-progress"]


def test_the_caches_follow_the_lock_files(root, jobs):
    kept = [step["with"] for step in steps(jobs) if "actions/cache@" in step.get("uses", "")]
    assert len(kept) == 2
    for cache in kept:
        for name in re.findall(r"'([^']+)'", cache["key"]):
            assert list(root.glob(name)), name
        assert {"~/.cache/pip", "~/.cache/uv", "~/.npm"} == set(cache["path"].split())

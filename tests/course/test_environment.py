"""environment.yml gives conda, Binder and JupyterHub the versions of requirements.lock."""

import re
import tomllib

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def environment(root):
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins(environment):
    """Every version that environment.yml names: conda's `name=1.2` and pip's `name==1.2`."""
    lines = [line for line in environment["dependencies"] if isinstance(line, str)]
    piped = next(part["pip"] for part in environment["dependencies"] if isinstance(part, dict))
    found = {}
    for line in [*lines, *piped]:
        name, *version = re.split(r"==?", line)
        if version:
            found[canonicalize_name(name)] = version[0]
    return found


def locked(text, python):
    """Name -> version of a lock file, for one Python on Linux."""
    where = {
        **default_environment(),
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "os_name": "posix",
    }
    found = {}
    for line in re.findall(r"^[A-Za-z0-9].*==[^\\\n]*", text, re.M):
        requirement = Requirement(line.strip())
        if requirement.marker is None or requirement.marker.evaluate(where):
            (pin,) = requirement.specifier
            found[canonicalize_name(requirement.name)] = pin.version
    return found


def test_each_version_is_that_of_the_lock(root, pins):
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    versions = locked(text, pins["python"])
    named = {name: version for name, version in pins.items() if name != "python"}
    assert named == {name: versions.get(name) for name in named}


def test_each_package_of_the_course_is_named(root, pins):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["course"]
    assert {canonicalize_name(Requirement(line).name) for line in wanted} <= set(pins)


def test_the_python_is_one_that_the_course_allows(root, pins):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert Requirement(f"x{project['requires-python']}").specifier.contains(pins["python"])


def test_the_checkout_itself_is_installed(environment):
    piped = next(part["pip"] for part in environment["dependencies"] if isinstance(part, dict))
    assert "-e ." in piped


def test_the_lock_for_tests_holds_the_other_lock(root):
    small, large = (
        locked((root / name).read_text(encoding="utf-8"), "3.12")
        for name in ("requirements.lock", "requirements-test.lock")
    )
    assert small.items() <= large.items()


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-test.lock",
        "requirements-setup.lock",
        "requirements-browser.lock",
        "requirements-lite.lock",
    ],
)
def test_locks_carry_hashes_and_no_address(root, name):
    text = (root / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^[A-Za-z0-9].*==.*$", text, re.M)
    assert pinned
    assert all(line.endswith("\\") for line in pinned), "a version without its hashes"
    assert "://" not in text


def test_npm_lock_carries_hashes_and_no_address(root):
    text = (root / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in text
    assert '"resolved"' not in text

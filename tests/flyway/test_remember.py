"""The list of passed self-checks: written only where a server asks for it, and never in a lesson's way."""

from __future__ import annotations

import pytest

from flyway import checks
from flyway.checks.engine import of_lesson
from flyway.checks.remember import VARIABLE

KEY, OTHER = "4.1 not sure", "4.1 macao"


@pytest.fixture(autouse=True)
def live(monkeypatch):
    """As in a notebook: not for a built page."""
    monkeypatch.delenv("FLYWAY_STATIC", raising=False)
    monkeypatch.delenv(VARIABLE, raising=False)


def passes(key):
    return checks.check(key, of_lesson("4.1")[key].expected())


def test_a_check_that_passes_is_written_down_once(tmp_path, monkeypatch):
    file = tmp_path / "list"
    monkeypatch.setenv(VARIABLE, str(file))
    assert not checks.check(KEY, -1)
    assert not checks.check(KEY, ...)
    assert not file.exists()
    for key in (KEY, OTHER, KEY):
        assert passes(key)
    assert file.read_text("utf-8") == f"{KEY}\n{OTHER}\n"


def test_nothing_is_written_where_nobody_asked_or_a_page_is_built(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert passes(KEY)
    monkeypatch.setenv(VARIABLE, "list")
    monkeypatch.setenv("FLYWAY_STATIC", "1")
    assert passes(KEY)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("trouble", ["no folder", "a folder", "other bytes", "a name with a null"])
def test_a_list_that_cannot_be_written_does_not_disturb_the_lesson(tmp_path, monkeypatch, trouble):
    file = tmp_path / "list"
    if trouble == "no folder":
        file = tmp_path / "gone" / "list"
    elif trouble == "a folder":
        file.mkdir()
    elif trouble == "other bytes":
        file.write_bytes(b"\xff\xfe\x00")
    if trouble == "a name with a null":
        monkeypatch.setattr("flyway.checks.remember.os.environ", {VARIABLE: "a\0b"})
    else:
        monkeypatch.setenv(VARIABLE, str(file))
    assert passes(KEY).status == "right"
    assert not file.is_file() or file.read_bytes() == b"\xff\xfe\x00"

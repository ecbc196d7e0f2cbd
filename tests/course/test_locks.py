"""One worker at a time, also when the holder is killed."""

import subprocess
import sys

import pytest

from flyway_course.locks import one_at_a_time

HOLD = """
import sys
from pathlib import Path
from flyway_course.locks import one_at_a_time
with one_at_a_time(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "lock"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_worker_is_told_and_gives_up_in_plain_words(holder, tmp_path):
    told = []
    with (
        pytest.raises(TimeoutError, match="Another course command has held"),
        one_at_a_time(tmp_path / "lock", lambda: told.append("waits"), patience_s=0.2),
    ):
        pytest.fail("two workers at once")
    assert told == ["waits"]


def test_a_killed_holder_frees_the_lock(holder, tmp_path):
    holder.kill()
    holder.wait()
    with one_at_a_time(tmp_path / "lock", lambda: pytest.fail("nobody holds it"), patience_s=0):
        pass


def test_the_second_worker_goes_on_when_the_first_is_ready(holder, tmp_path):
    def first_ends():
        holder.stdin.close()  # the holder reads to the end of its input, then leaves the block

    with one_at_a_time(tmp_path / "lock", first_ends, patience_s=60):
        assert holder.wait() == 0

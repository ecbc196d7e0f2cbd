"""System calls of a room: what no answer needs is refused, what honest code needs is not."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from flyway_course.grading.sandbox.inside import calls
from flyway_course.paths import ROOT

BEGIN = """
import sys
sys.path.insert(0, sys.argv[1])
import asyncio, concurrent.futures, ctypes, fcntl, os, resource, selectors, socket, subprocess, threading
selectors.DefaultSelector = selectors.PollSelector
from flyway_course.grading.sandbox.inside import walls
walls.drop_capabilities()
os.setsid()
assert walls.refuse_calls()
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *given):
    from flyway_course.grading.sandbox.inside.calls import NUMBERS
    ctypes.set_errno(0)
    libc.syscall(NUMBERS[os.uname().machine][name], *given)
    return ctypes.get_errno()
one, two = socket.socketpair()
"""
REFUSED = {
    "limits of another process": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9, 9))",
    "cores of another process": "os.sched_setaffinity(os.getppid(), {0})",
    "order of another process": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 5)",
    "order of all of a user": "os.setpriority(os.PRIO_USER, 0, 5)",
    "a session of one's own": "os.setsid()",
    "a name in the computer's network": "one.bind(b'\\0flyway')",
    "the names of its devices": "fcntl.ioctl(one, 0x8912, bytes(16))",
    "who is at the other end": "one.getsockopt(1, 17, 12)",
    "files in flight": "one.sendmsg([b'x'])",
    "a socket of the network": "socket.socketpair(socket.AF_INET)",
    "a hint that stays with a file": "fcntl.fcntl(os.open(sys.executable, 0), 1036, bytes(8))",
    "the size of a pipe": "fcntl.fcntl(os.pipe()[1], 1031, 1 << 20)",
    "a lock": "fcntl.lockf(os.open('/tmp', os.O_TMPFILE | os.O_RDWR), fcntl.LOCK_EX)",
    "news of many files": "__import__('select').epoll()",
    "a page put out of the cache": "os.posix_fadvise(os.open(sys.executable, 0), 0, 0, 4)",
}
ALLOWED = {
    "another program": "subprocess.run([sys.executable, '-c', '1'], check=True, capture_output=True)",
    "a copy of oneself": "os.waitpid(os.fork() or os._exit(0), 0)",
    "threads": "list(concurrent.futures.ThreadPoolExecutor(3).map(str, range(9)))",
    "a lock between threads": "[t.start() or t.join() for t in [threading.Thread(target=print)]]",
    "waiting in a loop": "asyncio.run(asyncio.sleep(0.01))",
    "another program in a loop": "subprocess.Popen([sys.executable, '-c', '1']).wait(20)",
    "one's own limits": "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    "a word to oneself": "one.sendall(b'x'), two.recv(1)",
    "a copy of an open file": "os.dup(0), fcntl.fcntl(0, fcntl.F_GETFL)",
    "one's own cores": "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "a file": "open('/tmp/' + str(os.getpid()), 'w').close(), os.remove('/tmp/' + str(os.getpid()))",
    "a part of a file": "os.preadv(os.open(sys.executable, 0), [bytearray(9)], 0)",
    "numbers": "__import__('numpy').linalg.eigvalsh([[2, 1], [1, 2]])",
}


def run(line):
    return subprocess.run(
        [sys.executable, "-c", f"{BEGIN}\n{line}", str(ROOT / "src")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


pytestmark = pytest.mark.skipif(
    platform.machine() not in calls.NUMBERS or sys.platform != "linux",
    reason="the sandbox does not know the calls of this machine",
)


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_answer_needs_is_refused(what):
    done = run(REFUSED[what])
    assert "PermissionError" in done.stderr.splitlines()[-1], done.stderr


@pytest.mark.parametrize("what", ALLOWED)
def test_what_honest_code_needs_is_not_refused(what):
    done = run(ALLOWED[what])
    assert done.returncode == 0, done.stderr


def test_the_word_that_wakes_another_room_is_refused():
    done = run(
        "print(call('futex', ctypes.c_int(0), 1, 1), call('futex', ctypes.byref(ctypes.c_int(0)), 129, 1))"
    )
    assert done.stdout.split() == ["1", "0"], done.stderr


def test_what_lies_in_the_cache_is_not_told():
    done = run("os.preadv(os.open(sys.executable, 0), [bytearray(9)], 0, 8)")
    assert "Operation not supported" in done.stderr, done.stderr


@pytest.mark.parametrize("machine", calls.NUMBERS)
def test_every_call_of_a_machine_has_a_number_of_its_own(machine):
    numbers = calls.NUMBERS[machine]
    assert len(set(numbers.values())) == len(numbers)
    steps = calls.program_for(machine)
    assert steps[-1] == calls.ALLOWED and len(steps) < 4096
    assert calls.program_for("riscv64") is None


def test_the_numbers_are_those_of_this_machine():
    names = {"x86_64": "unistd_64.h", "aarch64": "unistd.h"}
    folders = [f"/usr/include/{platform.machine()}-linux-gnu/asm", "/usr/include/asm-generic"]
    heads = [f"{f}/{names[platform.machine()]}" for f in folders]
    found = next((h for h in heads if Path(h).exists()), None)
    if found is None:
        pytest.skip("the kernel's list of calls is not installed")
    with Path(found).open(encoding="utf-8") as file:
        told = [line.split()[1:3] for line in file if line.startswith("#define __NR")]
    known = {
        n.removeprefix("__NR_").removeprefix("__NR3264_"): int(v) for n, v in told if v.isdigit()
    }
    ours = calls.NUMBERS[platform.machine()]
    assert {n: v for n, v in ours.items() if n in known} == {
        n: known[n] for n in ours if n in known
    }

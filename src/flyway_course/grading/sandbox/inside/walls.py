"""The walls around one submission: namespaces, mounts, capabilities, limits.

Everything here is asked of the Linux kernel directly. bubblewrap has built the outer room (read-only
system, no home, no network); these functions build a small room in it for each submission.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct

from .calls import NUMBERS, program_for

LIBC = ctypes.CDLL(None, use_errno=True)
HELD = ctypes.PyDLL(None, use_errno=True)  # calls that keep Python's own lock
HELD.syscall.restype = ctypes.c_long
NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PIDS, NEW_NET = 0x10000000, 0x20000000, 0x40000000
READ_ONLY, NO_SETUID, NO_DEVICES = 1, 2, 4
DUMPABLE, DEATH_SIGNAL, DROP_BOUNDING, NO_NEW_PRIVILEGES, SECCOMP = 4, 1, 24, 38, 22
ADOPT_ORPHANS = 36
INSIDE_ID = 1000
MEGA = 1 << 20


def _check(result: int, what: str) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def prctl(option: int, value: int = 0) -> None:
    """Ask the kernel for one property of this process."""
    _check(LIBC.prctl(option, value, 0, 0, 0), f"prctl {option}")


def fork_into_room() -> int:
    """Fork; the child is process 1 with users, mounts, queues, names and a network of its own.

    Returns 0 in the child, and the child's number in the parent. As `os.fork`, but in one step:
    `unshare` would need a second child for the new list of processes.

    Raises
    ------
    OSError
        The kernel allows no such room here; there is no child then.
    """
    uid, gid = os.getuid(), os.getgid()
    known = NUMBERS.get(platform.machine())
    if known is None:
        raise OSError(errno.ENOSYS, "the system calls of this processor are not known")
    flags = NEW_USER | NEW_MOUNTS | NEW_IPC | NEW_PIDS | NEW_NET | NEW_UTS | signal.SIGCHLD
    nothing = [ctypes.c_ulong(0)] * 4
    ctypes.pythonapi.PyOS_BeforeFork()
    child = HELD.syscall(ctypes.c_long(known["clone"]), ctypes.c_ulong(flags), *nothing)
    if child:
        code = ctypes.get_errno()
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        if child < 0:
            raise OSError(code, f"clone: {os.strerror(code)}")
        return child
    try:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{INSIDE_ID} {uid} 1"),
            ("gid_map", f"{INSIDE_ID} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 (pathlib is slower to load)
                file.write(text)
    except BaseException:
        os._exit(1)  # never a second process that believes itself to be its parent
    return 0


def mount_empty(place: str, size: int, flags: int = 0) -> None:
    """Put an empty folder in memory over `place`, with at most `size` bytes."""
    options = f"size={size},nr_inodes=4096,mode=0777".encode()
    flags |= NO_SETUID | NO_DEVICES
    done = LIBC.mount(b"tmpfs", place.encode(), b"tmpfs", ctypes.c_ulong(flags), options)
    _check(done, f"mount {place}")


def drop_capabilities() -> None:
    """Give up every privilege, for this process and all that it starts."""
    for capability in range(64):
        if LIBC.prctl(DROP_BOUNDING, capability, 0, 0, 0) < 0:
            break  # the kernel knows no more of them, or there was none to give up
    header = struct.pack("Ii", 0x20080522, 0)
    _check(LIBC.capset(header, bytes(24)), "capset")
    prctl(NO_NEW_PRIVILEGES, 1)


def become(uid: int) -> None:
    """Turn from root into an ordinary user: root escapes the limit on processes."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    prctl(DUMPABLE, 1)  # lost with the change of user; needed to write one's own uid_map


def address_space() -> int:
    """Return the bytes of address space that this process has."""
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()


def limit(memory: int, seconds: int, file_size: int, processes: int | None) -> None:
    """Bound the address space, the CPU seconds, the files and the processes of this process.

    `memory` and `file_size` are in bytes; `processes` None leaves their number as it is.
    """
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 96,
        resource.RLIMIT_SIGPENDING: 256,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if processes is not None:
        bounds[resource.RLIMIT_NPROC] = processes
    for what, bound in bounds.items():
        hard = resource.getrlimit(what)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(what, (bound, bound))


def close_all_but(keep: set[int]) -> None:
    """Close every open file of this process but those named."""
    last = 0
    for number in sorted(keep):
        if number > last:  # an empty range would mean all of them
            os.closerange(last, number)
        last = number + 1
    os.closerange(last, max(4096, last))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_calls() -> bool:
    """Let the kernel refuse the calls that `calls` names; say whether this machine's are known."""
    lines = program_for(platform.machine())
    if lines is None:
        return False
    program = _Program(len(lines), b"".join(lines))
    _check(LIBC.prctl(SECCOMP, 2, ctypes.byref(program), 0, 0), "seccomp")
    return True

"""The walls around one submission: namespaces, mounts, capabilities, limits, system calls.

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
    known = _MACHINES.get(platform.machine())
    if known is None:
        raise OSError(errno.ENOSYS, "the system calls of this processor are not known")
    flags = NEW_USER | NEW_MOUNTS | NEW_IPC | NEW_PIDS | NEW_NET | NEW_UTS | signal.SIGCHLD
    nothing = [ctypes.c_ulong(0)] * 4
    ctypes.pythonapi.PyOS_BeforeFork()
    child = HELD.syscall(ctypes.c_long(known[2]), ctypes.c_ulong(flags), *nothing)
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


# What no answer to an exercise needs: other users' processes, mounts, new namespaces, memory that no
# limit counts, the network, locks that two rooms would share, the kernel's own machinery. The numbers
# are those of the two architectures.
_X86 = {
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "unshare": 272, "setns": 308,
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "mount_setattr": 442, "memfd_create": 319, "memfd_secret": 447, "shmget": 29, "shmat": 30,
    "semget": 64, "msgget": 68, "mq_open": 240, "socket": 41, "bpf": 321, "perf_event_open": 298,
    "userfaultfd": 323, "io_uring_setup": 425, "keyctl": 250, "add_key": 248, "request_key": 249,
    "kexec_load": 246, "init_module": 175, "finit_module": 313, "delete_module": 176, "reboot": 169,
    "swapon": 167, "acct": 163, "quotactl": 179, "open_by_handle_at": 304, "name_to_handle_at": 303,
    "personality": 135, "syslog": 103, "kcmp": 312, "pidfd_getfd": 438, "pidfd_open": 434,
    "modify_ldt": 154, "iopl": 172, "ioperm": 173, "vmsplice": 278, "fanotify_init": 300,
    "inotify_init": 253, "inotify_init1": 294, "flock": 73, "setsockopt": 54, "io_setup": 206,
}  # fmt: skip
_ARM = {
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "unshare": 97, "setns": 268,
    "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "mount_setattr": 442, "memfd_create": 279, "memfd_secret": 447, "shmget": 194, "shmat": 196,
    "semget": 190, "msgget": 186, "mq_open": 180, "socket": 198, "bpf": 280,
    "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "keyctl": 219,
    "add_key": 217, "request_key": 218, "kexec_load": 104, "init_module": 105,
    "finit_module": 273, "delete_module": 106, "reboot": 142, "swapon": 224, "acct": 89,
    "quotactl": 60, "open_by_handle_at": 265, "name_to_handle_at": 264, "personality": 92,
    "syslog": 116, "kcmp": 272, "pidfd_getfd": 438, "pidfd_open": 434, "vmsplice": 75,
    "fanotify_init": 262, "inotify_init1": 26, "flock": 32, "setsockopt": 208, "io_setup": 0,
}  # fmt: skip
# The architecture, its calls to refuse, and the numbers of clone, mmap and fcntl.
_MACHINES = {
    "x86_64": (0xC000003E, _X86, 56, 9, 72),
    "aarch64": (0xC00000B7, _ARM, 220, 222, 25),
}
# Locks, leases and news of files that other rooms have open: fcntl's commands for them.
_SHARED_COMMANDS = (5, 6, 7, 36, 37, 38, 1024, 1025, 1026)
# Memory of several processes without a file: what is dropped from all of them is counted nowhere.
_SHARED_NAMELESS = 0x21
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_ARGUMENT = 16  # where the first argument of a call stands; each has 8 bytes
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_CLONE3 = 435
_ALL_NEW = 0x7E020000  # every CLONE_NEW… flag


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_calls() -> bool:
    """Let the kernel refuse the system calls above; say whether this machine's are known.

    A refused call gives "operation not permitted". `clone3` is said not to exist, so that the C
    library uses `clone`, whose flags a filter can read.
    """
    known = _MACHINES.get(platform.machine())
    if known is None:
        return False
    architecture, calls, clone, mmap, fcntl = known

    def line(code: int, then: int, other: int, value: int) -> bytes:
        return struct.pack("HBBI", code, then, other, value)

    body = [line(_LOAD, 0, 0, 4), line(_JUMP_EQUAL, 1, 0, architecture), line(_RETURN, 0, 0, _KILL)]
    body += [line(_LOAD, 0, 0, 0)]
    if platform.machine() == "x86_64":  # the second set of numbers of the same processor
        body += [line(_JUMP_AT_LEAST, 0, 1, 0x40000000), line(_RETURN, 0, 0, _KILL)]
    body += [line(_JUMP_EQUAL, 0, 1, _CLONE3), line(_RETURN, 0, 0, _REFUSE | errno.ENOSYS)]
    for number in sorted(set(calls.values())):
        body += [line(_JUMP_EQUAL, 0, 1, number), line(_RETURN, 0, 0, _REFUSE | errno.EPERM)]
    refused, allowed = line(_RETURN, 0, 0, _REFUSE | errno.EPERM), line(_RETURN, 0, 0, _ALLOW)
    body += [line(_JUMP_EQUAL, 0, 4, clone), line(_LOAD, 0, 0, _ARGUMENT)]
    body += [line(_JUMP_ANY_BIT, 0, 1, _ALL_NEW), refused, allowed]
    body += [
        line(_JUMP_EQUAL, 0, 5, mmap),
        line(_LOAD, 0, 0, _ARGUMENT + 3 * 8),
    ]
    body += [line(_AND, 0, 0, _SHARED_NAMELESS), line(_JUMP_EQUAL, 0, 1, _SHARED_NAMELESS)]
    body += [refused, allowed]
    count = len(_SHARED_COMMANDS)
    body += [line(_JUMP_EQUAL, 0, count + 1, fcntl)]
    body += [line(_LOAD, 0, 0, _ARGUMENT + 8)]
    for left, command in zip(range(count, 0, -1), _SHARED_COMMANDS, strict=True):
        body += [line(_JUMP_EQUAL, left, 0, command)]
    body += [allowed, refused]
    program = _Program(len(body), b"".join(body))
    _check(LIBC.prctl(SECCOMP, 2, ctypes.byref(program), 0, 0), "seccomp")
    return True

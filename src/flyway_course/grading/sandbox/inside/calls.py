"""The system calls that no answer to an exercise needs, and the filter that refuses them.

Refused are other users' and other rooms' processes, mounts, new namespaces, memory that no limit
counts, the network, the kernel's own machinery, and whatever two rooms could share: locks, leases,
news and hints of files, what is in the page cache, how busy the computer is. A refused call gives "operation not permitted".
"""

from __future__ import annotations

import errno
import struct

# Both architectures: x86-64 and 64-bit ARM; None where it has no such call.
_REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "semget": (64, 190), "msgget": (68, 186),
    "mq_open": (240, 180), "socket": (41, 198), "bind": (49, 200), "connect": (42, 203),
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242), "sendmsg": (46, 211),
    "sendmmsg": (307, 269), "setsockopt": (54, 208), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_setup": (206, 0), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "kexec_load": (246, 104), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "acct": (163, 89),
    "quotactl": (179, 60), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "personality": (135, 92), "syslog": (103, 116), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434), "modify_ldt": (154, None), "iopl": (172, None), "ioperm": (173, None),
    "vmsplice": (278, 75), "fanotify_init": (300, 262), "inotify_init": (253, None),
    "inotify_init1": (294, 26), "flock": (73, 32), "epoll_create": (213, None),
    "epoll_create1": (291, 20),
    "fadvise64": (221, 223), "readahead": (187, 213), "mincore": (27, 232),
    "cachestat": (451, 451), "sysinfo": (99, 179), "futex_waitv": (449, 449), "futex_wake": (454, 454),
    "futex_wait": (455, 455), "futex_requeue": (456, 456), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274), "ioprio_set": (251, 30),
    "setsid": (112, 157),
}  # fmt: skip
_SEEN = {
    "clone": (56, 220), "mmap": (9, 222), "fcntl": (72, 25), "ioctl": (16, 29), "futex": (202, 98),
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "setpriority": (141, 140),
    "socketpair": (53, 199), "getsockopt": (55, 209),
}  # fmt: skip
"""Calls that are refused by what they are given."""
_SAID_ABSENT = {"clone3": (435, 435), "preadv2": (327, 286), "pwritev2": (328, 287)}
"""The C library does without them, and uses older calls whose arguments a filter can read."""
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = {
    machine: {
        name: both[place]
        for name, both in (_REFUSED | _SEEN | _SAID_ABSENT).items()
        if both[place] is not None
    }
    for place, machine in enumerate(_ARCHITECTURES)
}
"""The number of each call, by machine."""
_ALL_NEW = 0x7E020000  # every CLONE_NEW… flag
_SHARED_NAMELESS = 0x21  # memory of several processes without a file is counted nowhere
_FILE_COMMANDS = (0, 1, 2, 3, 4, 1030)  # dup, flags: no locks, leases, news, hints or sizes
_SOCKET_OPTIONS = (3, 4, 38, 39)  # type, error, protocol, domain: what Python asks of its own
_NETWORK_CONTROLS = 0x8900
_PRIVATE, _WAIT, _WAIT_BITSET = 128, 0, 9  # of futex: a thread's end is waited for without the flag
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # where they stand; each argument has 8 bytes
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


def _line(code: int, then: int, other: int, value: int) -> bytes:
    """One step of a filter: what to do, how many steps to leave out if so and if not, a number."""
    return struct.pack("HBBI", code, then, other, value)


ALLOWED, KILLED = _line(_RETURN, 0, 0, _ALLOW), _line(_RETURN, 0, 0, _KILL)
REFUSED = _line(_RETURN, 0, 0, _REFUSE | errno.EPERM)
ABSENT = _line(_RETURN, 0, 0, _REFUSE | errno.ENOSYS)


def program_for(machine: str) -> list[bytes] | None:
    """Return the steps of the filter for this kind of processor; None where it is not known."""
    if machine not in NUMBERS:
        return None
    numbers = NUMBERS[machine]
    steps = [_line(_LOAD, 0, 0, _ARCHITECTURE)]
    steps += [_line(_IF_EQUAL, 1, 0, _ARCHITECTURES[machine]), KILLED, _line(_LOAD, 0, 0, _NUMBER)]
    if machine == "x86_64":  # the second set of numbers of the same processor
        steps += [_line(_IF_AT_LEAST, 0, 1, 0x40000000), KILLED]
    for name in _SAID_ABSENT:
        steps += [_line(_IF_EQUAL, 0, 1, numbers[name]), ABSENT]
    for number in sorted({numbers[name] for name in _REFUSED if name in numbers}):
        steps += [_line(_IF_EQUAL, 0, 1, number), REFUSED]
    for name, body in _BODIES.items():
        steps += [_line(_IF_EQUAL, 0, len(body), numbers[name]), *body]
    return [*steps, ALLOWED]


def _given(place: int) -> bytes:
    return _line(_LOAD, 0, 0, _ARGUMENT + 8 * place)


def _only(place: int, *values: int) -> list[bytes]:
    """Allow a call whose argument is one of these, and refuse it else."""
    tests = [
        _line(_IF_EQUAL, left, 0, value)
        for left, value in zip(range(len(values), 0, -1), values, strict=True)
    ]
    return [_given(place), *tests, REFUSED, ALLOWED]


_BODIES = {
    "clone": [_given(0), _line(_IF_ANY_BIT, 0, 1, _ALL_NEW), REFUSED, ALLOWED],
    "mmap": [
        _given(3),
        _line(_AND, 0, 0, _SHARED_NAMELESS),
        _line(_IF_EQUAL, 0, 1, _SHARED_NAMELESS),
        REFUSED,
        ALLOWED,
    ],
    "fcntl": _only(1, *_FILE_COMMANDS),
    "ioctl": [
        _given(1),
        _line(_AND, 0, 0, 0xFF00),
        _line(_IF_EQUAL, 0, 1, _NETWORK_CONTROLS),
        REFUSED,
        ALLOWED,
    ],
    "futex": [
        _given(1),
        _line(_IF_ANY_BIT, 4, 0, _PRIVATE),
        _line(_AND, 0, 0, 0x7F),
        _line(_IF_EQUAL, 2, 0, _WAIT),
        _line(_IF_EQUAL, 1, 0, _WAIT_BITSET),
        REFUSED,
        ALLOWED,
    ],
    "prlimit64": _only(0, 0),  # one's own limits, and nobody else's
    "sched_setaffinity": _only(0, 0),
    "setpriority": [_given(0), _line(_IF_EQUAL, 1, 0, 0), REFUSED, *_only(1, 0)],
    "socketpair": _only(0, 1),  # the kernel would make one of the network before it says no
    "getsockopt": _only(2, *_SOCKET_OPTIONS),
}

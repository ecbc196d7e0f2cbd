"""What the processes of one room use together: read from outside of it, by its warden."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
MOST_PROCESSES = 512
_NEVER_REPLACED = 0x40  # a flag of the kernel's: forked, and no other program begun since


@dataclass
class Use:
    """What a room uses: bytes of memory, CPU seconds so far, and processes."""

    memory: int = 0
    cpu: float = 0.0
    processes: int = 0


class Meter:
    """Looks at a room again and again.

    `around` is the open /proc of the room around this one. `scratch` is the room's own folder in
    memory.
    """

    def __init__(self, around: int, scratch: str):
        self.around, self.scratch = around, scratch
        self.seen: dict[str, tuple[float, float]] = {}
        self.unwaited = 0.0

    def look(self) -> Use:
        """Return what this room's processes hold and used, without what they share with their parent.

        They are found by walking from the warden down: an orphan becomes its child.

        Raises
        ------
        OSError, ValueError
            The warden's own entry cannot be read: nothing is known then.
        """
        used, seen = Use(), {}
        shared_by_all = 0
        waiting = [os.readlink("self", dir_fd=self.around)]
        while waiting and used.processes < MOST_PROCESSES:
            pid = waiting.pop()
            try:
                threads, unshared, entry, status = self._of(pid)
                for one in threads:
                    waiting += self._read(f"{pid}/task/{one}/children").split()
            except (OSError, ValueError, IndexError):
                if not used.processes:
                    raise
                continue  # it has ended meanwhile
            user, system, waited_user, waited_system = map(int, entry[11:15])
            seen[pid] = (user + system) / TICKS, (waited_user + waited_system) / TICKS
            if used.processes == 0:
                shared_by_all = unshared
            else:
                forked = int(entry[6]) & _NEVER_REPLACED
                used.memory += max(0, unshared - (shared_by_all if forked else 0))
                used.memory += sum(_kilobytes(status, name) for name in ("RssShmem", "VmPTE")) << 10
            used.processes += 1
        used.cpu = self._cpu(seen)
        with contextlib.suppress(OSError):
            place = os.statvfs(self.scratch)
            used.memory += (place.f_blocks - place.f_bfree) * place.f_frsize
        return used

    def _of(self, pid: str) -> tuple[list[str], int, list[str], str]:
        """Return a process's threads, the bytes that it does not share, and two of its records."""
        threads = self._names(f"{pid}/task")
        # where the first thread has ended, the others still hold the memory
        sizes = [self._read(f"{pid}/task/{one}/statm").split()[1:3] for one in threads]
        resident, shared = max((int(size), int(part)) for size, part in sizes)
        entry = self._read(f"{pid}/stat").rpartition(")")[2].split()
        return threads, (resident - shared) * PAGE, entry, self._read(f"{pid}/status")

    def _cpu(self, seen: dict[str, tuple[float, float]]) -> float:
        """Return the seconds of all, also of processes that ended and that nobody waited for."""
        gone = sum(sum(times) for pid, times in self.seen.items() if pid not in seen)
        waited = sum(both[1] - self.seen.get(pid, (0.0, 0.0))[1] for pid, both in seen.items())
        self.unwaited += max(0.0, gone - waited)
        self.seen = seen
        return self.unwaited + sum(sum(times) for times in seen.values())

    def _names(self, place: str) -> list[str]:
        handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self.around)
        try:
            return os.listdir(handle)  # noqa: PTH208
        finally:
            os.close(handle)

    def _read(self, name: str) -> str:
        handle = os.open(name, os.O_RDONLY, dir_fd=self.around)
        try:
            return os.read(handle, 8192).decode(errors="replace")
        finally:
            os.close(handle)


def _kilobytes(status: str, name: str) -> int:
    """Return one line of a status record; a process may call itself what it likes in another."""
    for line in status.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0

"""The list of every file handed in, and what became of it: nobody's work is lost in silence."""

from __future__ import annotations

import csv
import re
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from flyway_course.grading.errors import GradingError, NothingGraded
from flyway_course.grading.intake import times
from flyway_course.grading.intake.entries import (
    COLLECTED,
    GRADED,
    REFUSED,
    REPLACED,
    Entry,
    need_sound,
)
from flyway_course.grading.people import tables
from flyway_course.grading.people.class_list import ClassList
from flyway_course.grading.people.names import same_person
from flyway_course.grading.people.owners import People, host, owners


@dataclass
class Manifest:
    """The entries of one assignment in one cohort, kept as a CSV file."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    new: set[int] = field(default_factory=set, repr=False, compare=False)
    again: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Read the manifest; an assignment that nobody has handed in gives an empty one.

        Raises
        ------
        GradingError
            The file is not as it was written: a spreadsheet has saved it, or a disk was full.
        """
        if not path.exists():
            return cls(path)
        names = {f.name for f in fields(Entry)}
        tables.allow_long_fields()
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                table = csv.DictReader(file, restval="", strict=True)
                if "file" not in (table.fieldnames or ()):
                    raise csv.Error("its first row names no column 'file'")
                rows = [{k: tables.plain(v) for k, v in row.items() if k in names} for row in table]
            for number, row in enumerate(rows, start=2):
                need_sound(row, number)
            return cls(path, [Entry(**row) for row in rows])
        except (csv.Error, UnicodeDecodeError) as error:
            raise GradingError(
                f"{path} cannot be read as a list of files ({error}). Move it to another folder, "
                "then collect all files again. Marks that you gave by hand stay."
            ) from None

    def save(self) -> None:
        """Write the manifest whole, so that an interrupted run leaves the old one."""
        tables.write(self.path, [f.name for f in fields(Entry)], map(asdict, self.entries))

    def add(self, entry: Entry) -> Entry:
        """Add an entry, or return the one that is there: handed in twice, a file is one entry.

        Handed in again after another version, it is the newest once more. A file whose time nobody
        knows has that of its first collection.
        """
        for same in self.entries:
            if (same.file, same.sha256) == (entry.file, entry.sha256):
                self.again[id(same)] = entry.time
                if same.state == REFUSED and entry.state == COLLECTED:  # its bytes were gone
                    same.state, same.reason, same.repairs = COLLECTED, "", entry.repairs
                    same.student, same.number = entry.student, entry.number
                return same
        entry.time = entry.time or times.text(time.time())
        self.new.add(id(entry))
        self.entries.append(entry)
        return entry

    def follow(self, handed_in: list[Entry]) -> None:
        """Let a file that was renamed take its own place: what had the old name is no second file.

        It has the bytes and the time of one whose path is gone from a folder that was collected
        again. Two people may hand in equal files, so that nothing less will do.
        """
        paths, before = {e.file for e in handed_in}, {e.file for e in self.entries}
        again = bool(paths & before)
        gone = [e for e in self.entries if e.file not in paths and (again or not e.student)]
        new = [e for e in handed_in if e.file not in before]
        times = Counter((e.sha256, e.time) for e in [*gone, *new])
        for old in gone:
            same = [e for e in new if e.sha256 and (e.sha256, e.time) == (old.sha256, old.time)]
            if len(same) == 1 and times[old.sha256, old.time] == 2:
                self.entries.remove(old)

    def settle(
        self, marked: Mapping[str, str] | None = None, listed: ClassList | None = None
    ) -> None:
        """Let the newest file of each trainee count, and mark the older ones as replaced.

        What lies in the folder or the zip of another trainee takes the place of nobody's own file.
        `marked` says by a file's SHA-256 under which name the gradebook has marks for it,
        and `listed` who is in the class.
        """
        self._tell_namesakes_apart(marked or {}, listed)
        usable = [e for e in self.entries if e.state != REFUSED]
        self._renew_times(usable)
        whose: dict[str, list[Entry]] = {}
        for entry in usable:
            whose.setdefault(same_person(entry.student), []).append(entry)
        for mine in whose.values():
            self._choose(mine, whose, listed)

    def _choose(self, mine: list[Entry], known: Collection[str], listed: ClassList | None) -> None:
        """Let one file of a trainee count, and say of the others why they do not."""
        hosts = [
            host(e.file, e.student, self.path.stem, known, listed) if len(mine) > 1 else ""
            for e in mine
        ]
        best = max(range(len(mine)), key=lambda n: (not hosts[n], _age(mine[n]), n))
        chosen = mine[best]
        for entry, other in zip(mine, hosts, strict=True):
            if entry is not chosen:
                entry.state = REPLACED
                what = (
                    "a newer file" if entry.time < chosen.time else "another file of the same time"
                )
                if other and not hosts[best]:
                    what = f"it came with the work of {other}, and another file"
                entry.reason = f"{what} came from the same trainee: {chosen.file}"
            elif entry.state == REPLACED:
                entry.state, entry.reason = COLLECTED, ""

    def _renew_times(self, usable: list[Entry]) -> None:
        """Take the times of files that came again, but not where all versions of a trainee did.

        Then the folder was copied, and its times are those of the copy.
        """
        known: dict[str, list[Entry]] = {}
        for entry in usable:
            if id(entry) not in self.new:
                known.setdefault(same_person(entry.student), []).append(entry)
        for mine in known.values():
            later = [e for e in mine if self.again.get(id(e), "") > e.time]
            if len(later) < len(mine) or len(mine) == 1:
                for entry in later:
                    entry.time = self.again[id(entry)]

    def _tell_namesakes_apart(self, marked: Mapping[str, str], listed: ClassList | None) -> None:
        """Give one person one spelling, two people of one name two names, and refuse what is in doubt.

        All files together say whose each one is. What was ever graded keeps the name of its marks.
        """
        times = Counter(e.sha256 for e in self.entries)
        known = {file: name for file, name in marked.items() if times[file] == 1}
        kept = {id(entry): _name_of_marks(entry, known) for entry in self.entries}
        named = sorted((e for e in self.entries if e.student), key=lambda e: not kept[id(e)])
        work = {e.file for e in named if e.state != REFUSED or e.tests}
        no_work = {e.file for e in named} - work
        under = {e.file: kept[id(e)] for e in named if kept[id(e)]}
        whose = owners([e.file for e in named], self.path.stem, no_work, listed, under)
        people = People()
        for entry in named:
            one = whose[entry.file]
            entry.doubt = one.doubt
            if not one.name:
                if not kept[id(entry)]:  # later files do not take away what has been marked
                    _refuse(entry, one.doubt or "no trainee's name in the file or its folder")
                continue
            entry.number = one.number
            entry.student = people.student(one, entry.file, kept[id(entry)])
            if not entry.student:
                _refuse(
                    entry,
                    f"two people seem to have the name {one.name}, the other in "
                    f"{people.first(one)}: rename this file's folder and collect again",
                )

    def current(self) -> list[Entry]:
        """Return the one submission of each trainee that counts, by trainee."""
        counting = [e for e in self.entries if e.student and e.state in (COLLECTED, GRADED)]
        return sorted(counting, key=lambda e: e.student)

    def graded(self, short: str) -> list[Entry]:
        """Return what counts and has been graded.

        Raises
        ------
        GradingError
            There is none; the message names the assignment `short` and what to do.
        """
        found = [e for e in self.current() if e.state == GRADED]
        if self.entries and not self.current() and not self.to_retry():
            raise GradingError(
                f"Every file for {short} was refused, so there is nothing to grade. The reasons stand "
                f"in {self.path}. Collect the files again when they are mended."
            )
        if not found:
            raise NothingGraded(short, self.path.parents[1].name)
        return found

    def refusals(self) -> list[Entry]:
        """Return the files that were refused."""
        return [e for e in self.entries if e.state == REFUSED]

    def not_used(self, entry: Entry) -> str:
        """Say which newer file of the same trainee was refused, so that this one counts; or ""."""
        mine = same_person(entry.student)
        later = (
            e for e in self.refusals() if same_person(e.student) == mine and e.time > entry.time
        )
        newest = max(later, key=_age, default=None)
        return f"a newer file was refused, {newest.file}: {newest.reason}" if newest else ""

    def to_retry(self) -> list[Entry]:
        """Return what a grading run could not finish: a full memory may be free the next time.

        Of several files of one trainee it is the newest.
        """
        counting = {e.student for e in self.current()}
        waiting = [e for e in self.refusals() if e.tests and e.student not in counting]
        return list({e.student: e for e in sorted(waiting, key=_age)}.values())

    def count(self) -> Counter[str]:
        """Return how many files are in each state."""
        return Counter(e.state for e in self.entries)

    def unaccounted(self) -> list[Entry]:
        """Return the files that have no end yet: neither graded, refused nor replaced."""
        return [e for e in self.entries if e.state not in (GRADED, REFUSED, REPLACED)]

    def summary(self) -> str:
        """Return the counts as one sentence."""
        counts = self.count()
        parts = [f"{counts[s]} {s}" for s in (GRADED, COLLECTED, REFUSED, REPLACED) if counts[s]]
        mended = sum(bool(e.repairs) for e in self.current())
        parts += [f"{mended} of them with repairs"] if mended else []
        files = "1 file" if len(self.entries) == 1 else f"{len(self.entries)} files"
        return f"{files} handed in: {', '.join(parts) or 'none'}."


def _name_of_marks(entry: Entry, known: Mapping[str, str]) -> str:
    """Return the name that the marks of a file have in the gradebook; an empty text without marks.

    The list may be a new one, then the gradebook knows the file: as somebody's whom its path names,
    for two people may hand in the same.
    """
    if entry.state == GRADED or entry.engine:
        return entry.student
    name = known.get(entry.sha256, "")
    return name if name and _words(name) <= _words(entry.file) else ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", same_person(text)))


def _age(entry: Entry) -> tuple[str, bool, int, list[tuple[int, str]], bool]:
    """Return a key that puts older files first: by time, by copies of a browser, by numbers.

    Where their times are not known, what counted before is the newer one.
    """
    copy = re.search(r"\((\d{1,9})\)\.\w+$", entry.file)
    parts = re.findall(r"(\d{1,30})|(\D+)", entry.file)
    named = [(int(n or 0), text) for n, text in parts]
    counted = entry.state != REPLACED
    return entry.time, counted and not entry.time, int(copy[1]) if copy else 0, named, counted


def _refuse(entry: Entry, reason: str) -> None:
    """Refuse a file whose owner is in doubt; what is nobody's is not tried again."""
    if entry.state != REFUSED:
        entry.state, entry.reason = REFUSED, reason
    entry.student = entry.tests = ""


def missing(received: Iterable[str], entries: Iterable[Entry]) -> list[str]:
    """Return the names of received files that no entry accounts for."""
    known = Counter(e.file for e in entries)
    return sorted(name for name in received if not known[name])

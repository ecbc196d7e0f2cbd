"""Who is who: the people of the roster and the files that came in, matched by number, then by name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from functools import cache

from flyway_course.grading.intake.manifest import COLLECTED, GRADED, REFUSED, Entry, Manifest
from flyway_course.grading.people.class_list import ClassList
from flyway_course.grading.people.names import MOODLE, same_person
from flyway_course.grading.people.roster import Person

EAST_ASIAN = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
BETWEEN = re.compile(rf"(?<={EAST_ASIAN}) (?={EAST_ASIAN})")


@dataclass
class Trainee:
    """One person and what came from them; `name` is what tables show, different for everybody."""

    person: Person
    listed: bool = True
    entries: list[Entry] = field(default_factory=list)
    name: str = ""

    @property
    def counts(self) -> Entry | None:
        """The file that counts: the newest that could be used."""
        usable = [e for e in self.entries if e.state in (COLLECTED, GRADED)]
        return max(usable, key=lambda e: (e.time, e.file), default=None)

    @property
    def refused(self) -> list[Entry]:
        """The files that could not be used."""
        return [e for e in self.entries if e.state == REFUSED]

    def could_be(self, entry: Entry, called: str, stable: set[str]) -> bool:
        """Say whether a file of this person's name may be theirs: its number is no other than theirs.

        `called` is that name, and `stable` names the platforms whose numbers on the roster are those
        of the files.
        """
        if _key(self.person.name) != _key(called):
            return False
        numbers = {e.number for e in self.entries}
        if entry.number and (asked := platform(entry)) in stable:
            numbers.add(getattr(self.person, asked))
        return not entry.number or not numbers - {"", entry.number}

    def take(self, entry: Entry) -> None:
        """Add a file; the number in its name is what the platform calls the person."""
        self.entries.append(entry)
        if entry.number:
            self.person = replace(self.person, **{platform(entry): entry.number})


def platform(entry: Entry) -> str:
    """Return which learning platform gave an entry its number: "moodle" or "canvas"."""
    found = (MOODLE.match(part) for part in re.split(r"[/\\]", entry.file))
    return "moodle" if any(one and one["id"] == entry.number for one in found) else "canvas"


def gather(people: list[Person], listed: Manifest) -> list[Trainee]:
    """Return everybody of the roster, then everybody else who handed in, each with their files.

    A number tells most: Canvas writes "kimminji" for "Kim, Minji", and Moodle may turn names round. A
    file without a known number belongs to the one person of its name. Where there are two of that
    name, it stands alone: nobody gets somebody else's mark. Where the list is newer than the marks,
    these may go by another form of a name on it.
    """
    trainees = [Trainee(person) for person in people]
    stable = {"canvas"}  # Moodle counts anew in each assignment, unless files show the same numbers
    rest = []
    # what collecting took for a part of one name, it says there
    names = {_bare(e): bool(e.doubt and not e.number) for e in listed.current()}
    known_as = ClassList(people).known_as(names)
    for entry in [*listed.current(), *(e for e in listed.refusals() if e.student)]:
        if owner := _by_number(trainees, entry):
            owner.take(entry)
            stable.add(platform(entry))
        else:
            rest.append(entry)
    # the surest first; a file that counts goes before a refused one
    for entry in sorted(rest, key=lambda e: (not e.number, e.state == REFUSED, e.student)):
        name = known_as.get(_bare(entry), _bare(entry))
        owner = _by_number(trainees, entry) or _by_name(trainees, entry, name, stable)
        if owner is None:
            owner = Trainee(Person(name=_bare(entry)), listed=False)
            trainees.append(owner)
        owner.take(entry)
    _give_names(trainees)
    return trainees


def _by_number(trainees: list[Trainee], entry: Entry) -> Trainee | None:
    if not entry.number:
        return None
    asked, name = platform(entry), _bare(entry)
    found = next((t for t in trainees if getattr(t.person, asked) == entry.number), None)
    if found and asked == "moodle" and not found.entries:
        # Moodle's numbers may be another assignment's: a name that fits somebody else says more
        best = max(_alike(t.person.name, name) for t in trainees)
        found = found if _alike(found.person.name, name) == best else None
    return found


def _alike(name: str, other: str) -> float:
    """Return how many words two names share; a whole name that is the same says most."""
    if _key(name) == _key(other):
        return math.inf
    return len(_words(name) & _words(other))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", same_person(name)))


def _by_name(trainees: list[Trainee], entry: Entry, name: str, stable: set[str]) -> Trainee | None:
    found = [t for t in trainees if t.could_be(entry, name, stable)]
    if len(found) > 1 and entry.state != REFUSED:
        # collecting has put the files of one person under one name already
        found = [t for t in found if any(e.student == entry.student for e in t.entries)]
    return found[0] if len(found) == 1 else None


def _give_names(trainees: list[Trainee]) -> None:
    """Show people as their files are called; a second one of a name with the number as well."""
    taken: set[str] = set()
    for trainee in sorted(trainees, key=lambda t: (t.counts is None, not t.entries)):
        counts = trainee.counts or next(iter(trainee.entries), None)
        trainee.name = counts.student if counts else trainee.person.name
        person = trainee.person
        if same_person(trainee.name) in taken and (number := person.moodle or person.canvas):
            trainee.name = f"{person.name} {number}"
        taken.add(same_person(trainee.name))


def _bare(entry: Entry) -> str:
    """Return the name of an entry without the number that tells namesakes apart."""
    return entry.student.removesuffix(f" {entry.number}") if entry.number else entry.student


@cache
def _key(name: str) -> str:
    """Return a key that is equal for spellings of one name, with and without a space in 山田花子."""
    return BETWEEN.sub("", same_person(name))

"""A class and who is in it: its folder, its private seed, its list of people."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError
from flyway_course.grading.people import tables
from flyway_course.grading.people.names import clean_name, same_person
from flyway_course.grading.people.people_table import decoded, rows

PLATFORMS = ("moodle", "canvas")
# "Participant 1111", in the language of the instructor's Moodle; Excel may make "1111.0" of a number
NUMBER = re.compile(r"\D*?(\d+)(\.0+)?")
ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,2}", re.I)  # 1.23E+11: how Excel shows long numbers
PARTICIPANT = re.compile(r"(participant|参加者|참가자|参与人|參與者|оролцогч|участник) ?\d+", re.I)


@dataclass(frozen=True)
class Person:
    """One trainee: the name that marks go by, and what learning platforms call the person."""

    name: str
    id: str = ""
    email: str = ""
    moodle: str = ""
    canvas: str = ""
    language: str = ""


def new(name: str, roster: Path | None = None, cohort: Cohort | None = None) -> Cohort:
    """Make the folder of a class, outside the checkout: its private seed and its list of people.

    A class that `collect` has made, or one whose making was cut short, gets what it lacks. What is
    there stays as it is.

    Raises
    ------
    GradingError
        The class is there already, or the roster cannot be read or names nobody.
    """
    home = cohort or Cohort.of(name)
    listed = read(roster) if roster else []
    if roster and not listed:
        raise GradingError(f"{roster} names nobody. Is it the right file?")
    known = people(home)
    if home.seed() is not None and roster_path(home).exists() and (known or not listed):
        raise GradingError(f"There is a cohort {home.name!r} already, in {home.folder}.")
    with home.one_writer():
        home.make_seed()
        home.configure()
        if not known:
            write(home, listed)
    return home


def roster_path(home: Cohort) -> Path:
    """Return where the list of a class lies."""
    return home.folder / "roster.csv"


def write(home: Cohort, listed: list[Person]) -> None:
    """Write the list of a class whole, so that an interrupted run leaves the old one or none."""
    tables.write(roster_path(home), [f.name for f in fields(Person)], map(asdict, listed))


def people(home: Cohort) -> list[Person]:
    """Return the list of a class; none where there is no roster."""
    return read(roster_path(home)) if roster_path(home).exists() else []


def read(path: Path) -> list[Person]:
    """Read a list of people from CSV, with the column names of any of the usual programs.

    Two people may have one name where Moodle or Canvas gives each a number: their files are told
    apart by it.

    Raises
    ------
    GradingError
        The file cannot be read, has no column of names, would lose a row, or names somebody twice.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GradingError(f"{path} cannot be read: {error.strerror}.") from None
    listed: list[Person] = []
    known: dict[str, list[Person]] = {}
    for number, said in rows(decoded(data, path.name), path.name):
        place = f"{path.name}, row {number}"
        for what in (*PLATFORMS, "id"):
            if ROUNDED.fullmatch(said.get(what, "")):
                raise GradingError(
                    f"{place}: a spreadsheet has rounded the number {said[what]}. Take the table from "
                    "the platform again, and do not save it in between; or make the column text."
                )
        person = _person(said)
        if person is not None:
            _compare(person, known, place)
            listed.append(person)
        elif any(said.values()):
            raise GradingError(f"{place}: there is no name.")
    return listed


def _person(said: dict[str, str]) -> Person | None:
    """Return who a row is about; None where it gives no name."""
    parts = " ".join(said[part] for part in said if part in ("first", "last"))
    name = clean_name(said.get("name") or parts)
    if not name:
        return None
    known = {what: said.get(what, "") for what in ("id", "email", "moodle", "canvas", "language")}
    if PARTICIPANT.fullmatch(known["id"]) and not known["moodle"]:  # Japanese Moodle's "ID"
        known["id"], known["moodle"] = "", known["id"]
    for platform in PLATFORMS:
        if found := NUMBER.fullmatch(known[platform]):
            known[platform] = found[1]
    return Person(name=name, **known)


def _compare(person: Person, known: dict[str, list[Person]], place: str) -> None:
    """Refuse a row that names somebody twice, or gives the number of somebody else."""
    numbers = {platform: getattr(person, platform) for platform in PLATFORMS}
    for platform, number in numbers.items():
        same = known.setdefault(f"{platform} {number}", []) if number else []
        if same:
            raise GradingError(
                f"{place}: the number {number} is there twice, for {same[0].name} and for "
                f"{person.name}. Take one of the two rows out, or give it the right number."
            )
        same.append(person)
    namesakes = known.setdefault(f"name {same_person(person.name)}", [])
    for other in namesakes:
        if not any(number and getattr(other, platform) for platform, number in numbers.items()):
            raise GradingError(
                f"{place}: {person.name} is there twice. Add a letter to one of them."
            )
    namesakes.append(person)

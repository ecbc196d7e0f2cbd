"""A class and who is in it: its folder, its private seed, its list of people."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError
from flyway_course.grading.names import clean_name, same_person

# what the columns of other programs' lists are called
COLUMNS = {
    "name": ("name", "full name", "student", "trainee", "nom", "fullname"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "id": ("id", "student id", "sis user id", "username", "id number"),
    "email": ("email", "email address", "e-mail", "sis login id"),
    "moodle": ("moodle", "identifier", "moodle id", "participant"),
    "canvas": ("canvas", "canvas id"),
    "language": ("language", "lang"),
}


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

    Raises
    ------
    GradingError
        The class is there already, or the roster cannot be read.
    """
    home = cohort or Cohort.of(name)
    if roster_path(home).exists() or home.gradebook.exists():
        raise GradingError(f"There is a cohort {home.name!r} already, in {home.folder}.")
    listed = read(roster) if roster else []
    home.folder.mkdir(parents=True, exist_ok=True)
    home.make_seed()
    home.configure()
    write(home, listed)
    return home


def roster_path(home: Cohort) -> Path:
    """Return where the list of a class lies."""
    return home.folder / "roster.csv"


def write(home: Cohort, listed: list[Person]) -> None:
    """Write the list of a class."""
    with roster_path(home).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Person)])
        writer.writeheader()
        writer.writerows(asdict(person) for person in listed)


def people(home: Cohort) -> list[Person]:
    """Return the list of a class; none where there is no roster."""
    return read(roster_path(home)) if roster_path(home).exists() else []


def read(path: Path) -> list[Person]:
    """Read a list of people from CSV, with the column names of any of the usual programs.

    Raises
    ------
    GradingError
        The file is not there, has no column of names, or names somebody twice.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GradingError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise GradingError(
            f"{path.name} is not saved as UTF-8. Save it again as 'CSV UTF-8'."
        ) from None
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:4096], ",;\t")
    except csv.Error:
        dialect = "excel"
    rows = list(csv.DictReader(io.StringIO(text), dialect=dialect))
    found = _columns(list(rows[0]) if rows else [])
    if rows and not {"name", "last", "first"} & set(found):
        raise GradingError(f"{path.name} has no column of names: call one of them 'name'.")
    listed: dict[str, Person] = {}
    for number, row in enumerate(rows, start=2):
        said = {what: (row.get(column) or "").strip() for what, column in found.items()}
        full = said.pop("name", "") or " ".join((said.get("first", ""), said.get("last", "")))
        said.pop("first", None), said.pop("last", None)
        name = clean_name(full)
        if not name:
            if any(said.values()):
                raise GradingError(f"{path.name}, row {number}: there is no name.")
            continue
        if same_person(name) in listed:
            raise GradingError(
                f"{path.name}, row {number}: {name} is there twice. Add a letter to one of them."
            )
        said["moodle"] = said.get("moodle", "").removeprefix("Participant ").strip()
        listed[same_person(name)] = Person(name=name, **said)
    return list(listed.values())


def _columns(names: list[str]) -> dict[str, str]:
    """Return which column of a table says what."""
    plain = {(name or "").strip().casefold(): name for name in names}
    return {
        what: plain[alias]
        for what, aliases in COLUMNS.items()
        for alias in reversed(aliases)
        if alias in plain
    }

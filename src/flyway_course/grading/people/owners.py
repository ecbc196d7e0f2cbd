"""Whose work each file is, where all files are known: two people never become one in silence."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from flyway_course.grading.people.class_list import ClassList, ask_for_parts, ask_the_list
from flyway_course.grading.people.names import (
    Owner,
    clean_name,
    owner,
    owner_in_file,
    same_person,
    visible,
)

IN_BRACKETS = re.compile(r"\((\d{1,4})\)\s*(?:\.[\w.]*)?$")


def owners(
    files: Iterable[str],
    assignment: str,
    no_work: Collection[str] = (),
    listed: ClassList | None = None,
    marked: Mapping[str, str] | None = None,
) -> dict[str, Owner]:
    """Return whose work each file is.

    Where the files of one folder name different people, their own names count, not the folder's;
    files that are `no_work` of this assignment do not tell what a folder is. A number that a
    learning platform seems to have given to two people counts for neither. Where the class is
    `listed`, any part of the path that names one person of it tells most. `marked` says under which
    names files have marks.
    """
    found = {f: owner(PurePosixPath(f.replace("\\", "/")), assignment) for f in files}
    _read_files_of_many(found, assignment, no_work)
    if listed:
        ask_the_list(found, assignment, listed)
        ask_for_parts(found, listed, marked or {})
    _ask_for_copies(found, no_work)
    _leave_out_shared_numbers(found)
    _ask_for_numbers(found)
    return found


def _read_files_of_many(found: dict[str, Owner], assignment: str, no_work: Collection[str]) -> None:
    """Take names from the files of a folder that holds the work of several people."""
    folders: dict[str, dict[str, Owner]] = defaultdict(dict)
    for file, one in found.items():
        if one.folder:
            name = PurePosixPath(file.replace("\\", "/")).name
            folders[one.folder][file] = owner_in_file(name, assignment)
    for said in folders.values():
        folder = found[next(iter(said))]
        telling = [one.written for file, one in said.items() if file not in no_work]
        others = {same_person(n): n for n in telling if _another(n, folder.written)}
        listed = ", ".join(sorted(others.values())[:3])
        for file, one in said.items():
            if len(others) > 1 and one.name:
                found[file] = replace(one, above=(*folder.above, folder.written))
            elif len(others) > 1:
                found[file] = Owner(
                    doubt=f"no trainee's name: the folder {folder.written!r} holds work of several "
                    f"people ({listed}); call the file {assignment}-NAME.ipynb"
                )
            elif others:
                doubt = (
                    f"the folder is called {folder.written!r}, but a file in it {listed!r}: if these "
                    "are two people, give each a folder and collect again"
                )
                found[file] = replace(found[file], doubt=doubt)


def _another(name: str, folder: str) -> bool:
    """Return whether a file names somebody else than its folder does."""
    mine, theirs = set(same_person(name).split()), set(same_person(folder).split())
    return not (mine <= theirs or theirs <= mine)


def _ask_for_copies(found: dict[str, Owner], no_work: Collection[str]) -> None:
    """Say where a number in brackets may be a person's: a browser counts its copies from (1)."""
    copies: dict[tuple[PurePosixPath, str], dict[int, list[str]]] = {}
    for file, one in found.items():
        if one.name and not one.folder and not one.number and file not in no_work:
            path = PurePosixPath(file.replace("\\", "/"))
            number = IN_BRACKETS.search(path.name)
            of_name = copies.setdefault((path.parent, same_person(one.name)), {})
            of_name.setdefault(int(number[1]) if number else 0, []).append(file)
    for of_name in copies.values():
        first, *others = sorted(of_name)
        if first == 0 or not others:
            continue
        for place, number in enumerate((first, *others), start=1):
            for file in of_name[number] if number != place else ():
                name, other = found[file].name, first if number != first else others[0]
                found[file] = Owner(
                    doubt=f"{name} ({number}) and {name} ({other}) may be two people: call them "
                    f"{name}-{number} and {name}-{other}, or give one of them only, and collect again"
                )


def _leave_out_shared_numbers(found: dict[str, Owner]) -> None:
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in found.values():
        holders[one.platform, one.number].add(same_person(one.name))
    for file, one in found.items():
        if one.number and len(holders[one.platform, one.number]) > 1:
            doubt = f"the number {one.number} stands with several names, and was not used"
            found[file] = replace(one, number="", doubt=doubt)


def _ask_for_numbers(found: dict[str, Owner]) -> None:
    """Say whom a name without a number may mean, where a platform tells namesakes apart."""
    numbered: dict[tuple[str, str], Owner] = {}
    numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in found.values():
        if one.number:
            numbered[same_person(one.name), one.number] = one
            numbers[same_person(one.name), one.platform].add(one.number)
    namesakes = {name: sorted(ids) for (name, _), ids in numbers.items() if len(ids) > 1}
    for file, one in found.items():
        name, _, number = one.name.rpartition(" ")
        if one.number:
            continue
        if known := numbered.get((same_person(name), number)):
            found[file] = known
        elif ids := namesakes.get(same_person(one.name)):
            found[file] = Owner(
                doubt=f"{len(ids)} people have the name {one.name}: call the folder "
                f"'{one.name} {ids[0]}' or '{one.name} {ids[1]}' and collect again"
            )


def host(
    file: str, student: str, assignment: str, known: Collection[str], listed: ClassList | None
) -> str:
    """Return in which other trainee's folder or zip a file lies; an empty text where in none.

    `known` are the trainees who have handed in something, by `same_person`. The outermost name of a
    trainee tells: what is inside, that trainee may have called anything.
    """
    for part in PurePosixPath(file.replace("\\", "/")).parts[:-1]:
        written = owner(PurePosixPath(part, f"{assignment}.ipynb"), assignment).written
        name = (listed.person(written)[0] if listed else "") or clean_name(written)
        if f"{same_person(student)} ".startswith(f"{same_person(name)} "):
            return ""  # also where a number behind the name tells namesakes apart
        if same_person(name) in known or (listed is not None and name in listed):
            return name
    return ""


def sign_key(written: str) -> str:
    """Return a key that is equal for spellings of one name, but keeps all signs."""
    return same_person(visible(written))


@dataclass
class _Namesakes:
    """Who was called by one written name: the first file of it, and who has which number."""

    first: Owner
    file: str
    student: str
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)


class People:
    """Who has been named so far: one person keeps one name, and two people get two."""

    def __init__(self) -> None:
        self._known: dict[str, _Namesakes] = {}
        self._taken: set[str] = set()

    def student(self, one: Owner, file: str, given: str = "") -> str:
        """Return what the owner of a file is called; an empty text where that is in doubt.

        `given` is the name that the owner has for good. A platform's numbers decide. Without them,
        names that differ in a sign which no folder can bear are two people's.
        """
        known = self._known.get(sign_key(one.written))
        number = (one.platform, one.number)
        if known is None:
            student = given or self._new(one)
            known = self._known[sign_key(one.written)] = _Namesakes(one, file, student)
        elif one.number and any(platform == one.platform for platform, _ in known.numbers):
            student = given or known.numbers.get(number) or self._new(one)
        elif given or not _in_doubt(one, known.first):
            student = given or known.student
        else:
            return ""
        if one.number:
            known.numbers.setdefault(number, student)
        self._taken.add(same_person(student))
        return student

    def first(self, one: Owner) -> str:
        """Return the first file of somebody with this name."""
        return self._known[sign_key(one.written)].file

    def _new(self, one: Owner) -> str:
        """Return the name of a person who is new: with a number or a few signs where it is taken."""
        digest = hashlib.sha256(sign_key(one.written).encode("utf-8")).hexdigest()
        ends = ["", *([f" {one.number}"] if one.number else []), f" {digest[:4]}", f" {digest}"]
        return next(n for end in ends if same_person(n := one.name + end) not in self._taken)


def _in_doubt(one: Owner, other: Owner) -> bool:
    """Return whether one name may be two people's: it comes from the folders of two groups.

    The folders may also be two people's, and the name that of a folder which both have. They are
    the same where one path goes on upwards from where the other ends. Where only one of the two
    lies in a named folder, the spelling tells.
    """
    upwards = [[same_person(name) for name in reversed(each.above)] for each in (one, other)]
    shorter, longer = sorted(upwards, key=len)
    if shorter == longer[: len(shorter)] and bool(shorter) == bool(longer):
        return False
    spelt_alike = visible(one.written).split() == visible(other.written).split()
    return not spelt_alike or bool(one.above and other.above)

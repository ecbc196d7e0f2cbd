"""Whom of a class's list a path names: with words in any order, and general words around the name.

A number or an address of the list names its person too. So does a part of one name only, such as the
given name, or other words around one whole name: there a note says so, for it may be somebody else's
who is not on the list.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flyway_course.grading.people.names import (
    Owner,
    file_says,
    folders_say,
    names_above,
    same_person,
    visible,
)
from flyway_course.grading.people.no_names import says_nobody, without_copies

if TYPE_CHECKING:
    from flyway_course.grading.people.roster import Person

MOST_WORDS = 12
# what is shorter may be a year, a time or a copy
A_NUMBER = re.compile(r"(?=.*\d)(?=.*[^\W\d]).{4,}|\d{5,}")
EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
ACCENTS = re.compile("[\u0300-\u036f]")
UNMARKED = str.maketrans("đøłıð", "dolid")
GROUP = (
    r"(?:group|team|section|class|группа|команда|бүлэг|баг|анги)(?: (?:[^\W\d_]|\d+))?"
    r"|(?:그룹|팀|グループ|チーム|小组|小組) ?(?:[a-z]\b|\d+)?|\d+(?:조|반|班|組|组)"
)
BEFORE = re.compile(rf"\b(?:{GROUP}|\d+)\b")
# a small number behind a name may tell two people apart, as in "Kim 2"
BEHIND = re.compile(rf"\b(?:{GROUP}|\d{{5,}})\b")
SMALL = re.compile(r"\b\d{1,4}\b")
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
WHEN = re.compile(
    r"\b(?:20\d\d \d{1,2} \d{1,2}(?: \d{1,2}){0,3}|20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?: \d{4,6})?"
    rf"|(?:\d{{1,2}} {MONTH}|{MONTH} \d{{1,2}}) 20\d\d(?: \d{{3,4}}(?: [ap]m)?)?)\b"
)
"""The day of a file, with or without the time: it tells no two people apart."""


class ClassList:
    """The people on the list of a class. Namesakes are on it twice, and no path names one of them."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        listed = list(people)
        self._names = [person.name for person in listed]
        self._parts = [_parts(person) for person in listed]
        self._whole = [_plain(_words(name)) for name in self._names]
        self._numbers = ["".join(_number(person)) for person in listed]
        self._mail = [_words(person.email.partition("@")[0]) for person in listed]
        self._asked: dict[str, tuple[str, str]] = {}
        self._known: dict[tuple[int, str], set[int]] = defaultdict(set)
        for number, person in enumerate(listed):
            for words in _called(person):
                for key in (key for way in _ways(words) for key in way):
                    self._known[key].add(number)

    def __bool__(self) -> bool:
        return bool(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def person(self, text: str) -> tuple[str, str]:
        """Return the one person whom a text names, and the numbers and groups around the name."""
        if text not in self._asked:
            self._asked[text] = self._person(self._without_days(_words(text)))
        return self._asked[text]

    def _without_days(self, words: list[str]) -> list[str]:
        text = WHEN.sub(lambda day: day[0] if day[0] in self._numbers else " ", " ".join(words))
        return text.split()

    def with_part(self, text: str) -> str:
        """Return the one person of whose name or address this text is a part, or whom it holds."""
        words = _plain(self._without_days(_words(text)))
        words = [word for word in words if word.isdigit() or not says_nobody(word)]
        if not words:
            return ""
        told = zip(self._names, self._parts, self._mail, self._whole, self._numbers, strict=True)
        found = [
            name
            for name, parts, mail, whole, number in told
            if words == mail or number in words or _is_part(words, parts) or _holds(words, whole)
        ]
        return found[0] if len(found) == 1 else ""

    def known_as(self, names: Mapping[str, bool]) -> dict[str, str]:
        """Return by name the person on the list who alone is meant, and is meant by no other name.

        `names` says of each whether a part of a name will do.
        """
        sure = {name: who for name in names if (who := self.person(name)[0])}
        rest = [name for name, part in names.items() if part and name not in sure]
        parts = {name: who for name in rest if (who := self.with_part(name))}
        parts = {name: who for name, who in parts.items() if who not in sure.values()}
        times = Counter([*sure.values(), *parts.values()])
        return {name: who for name, who in (sure | parts).items() if times[who] == 1}

    def _person(self, words: list[str]) -> tuple[str, str]:
        if len(words) > MOST_WORDS:
            return "", ""
        starts = [at for at in range(len(words)) if _are_nobody(words[:at], BEFORE)]
        ends = [at for at in range(1, len(words) + 1) if _are_nobody(words[at:], BEHIND)]
        for length in range(len(words), 0, -1):
            found = {}
            for start in starts:
                if start + length in ends:
                    name = self._exactly(words[start : start + length])
                    around = [
                        _marks(words[:start], BEFORE),
                        _marks(words[start + length :], BEHIND),
                    ]
                    found[name] = " ".join(filter(None, around))
            found.pop("", None)
            if found:
                return next(iter(found.items())) if len(found) == 1 else ("", "")
        return "", ""

    def _exactly(self, words: list[str]) -> str:
        for way in _ways(words):
            found = set().union(*(self._known.get(key, ()) for key in way))
            if found:
                return self._names[found.pop()] if len(found) == 1 else ""
        return ""


def ask_the_list(found: dict[str, Owner], assignment: str, listed: ClassList) -> None:
    """Give files the name of the person on the list whom their path names, where it is one person.

    What is around the name may tell two people apart who are one on the list: then it is not asked.
    """
    named = {
        file: said
        for file, one in found.items()
        if one.name and (said := _on_the_list(file, one, assignment, listed))
    }
    around = defaultdict(set)
    for one, marks in named.values():
        around[one.name].update({marks} - {""})
    for file, (one, marks) in named.items():
        if not marks or one.number or len(around[one.name]) == 1:
            found[file] = one


def ask_for_parts(found: dict[str, Owner], listed: ClassList, marked: Mapping[str, str]) -> None:
    """Give files the name of the person on the list of whose name alone theirs is a part.

    Where other files bear the whole name, or another part of it, there may be two people. A file
    that has been `marked` under the name on the list keeps it.
    """
    parts = {
        file: name
        for file, one in found.items()
        if one.name
        and not one.platform
        and one.name not in listed
        and (name := listed.with_part(one.written))
    }
    whole = {one.name for one in found.values()}
    called = defaultdict(set)
    for file, name in parts.items():
        called[name].add(same_person(found[file].name))
    for file, name in parts.items():
        if marked.get(file) == name or (name not in whole and len(called[name]) == 1):
            one = found[file]
            doubt = (
                f"taken for {name!r}, the one person on the class list whom {one.written!r} may mean: if "
                "it is somebody else's, give it the name as on the list and collect again"
            )
            doubt = "; ".join(filter(None, (one.doubt, doubt)))
            found[file] = replace(one, name=name, written=name, doubt=doubt)


def _on_the_list(
    file: str, one: Owner, assignment: str, listed: ClassList
) -> tuple[Owner, str] | None:
    if one.platform:
        # Moodle puts the name of a group and a hyphen before the name of a person
        ends = [one.written[at.end() :] for at in re.finditer("-", one.written)]
        texts = [
            one.written,
            *(end for end in ends if one.platform == "moodle" and _may_be_whole(end)),
        ]
        name = next((name for text in texts if (name := listed.person(text)[0])), "")
        return (replace(one, name=name, written=name), "") if name else None
    path = PurePosixPath(file.replace("\\", "/"))
    named, numbered = folders_say(path, assignment)
    own = file_says(path.name, assignment)
    places = {up: listed.person(name) for up, name in named}
    places[0] = next(
        (p for t in (own, without_copies(own)) if (p := listed.person(t))[0]), ("", "")
    )
    places = {up: said for up, said in places.items() if said[0]}
    if len({name for name, _ in places.values()}) != 1:
        return None
    outer = max(places)
    name, marks = places[outer]
    above = names_above(path, named, numbered, outer)
    return Owner(name, written=name, above=above), marks


def _may_be_whole(name: str) -> bool:
    return " " in name or bool(EAST_ASIAN.fullmatch(name))


def _ways(words: list[str]) -> list[list[tuple[int, str]]]:
    """Return keys that are equal for one name, the surest first.

    They are the name as it is, in any order, in one word, and both of these without accents.
    """
    plain = _plain(words)
    ways = [{" ".join(words)}, {" ".join(sorted(words))}, _turned(words)]
    ways += [{" ".join(sorted(plain))}, _turned(plain)]
    return [[(number, key) for key in way] for number, way in enumerate(ways)]


def _turned(words: list[str]) -> set[str]:
    return {"".join(words[at:] + words[:at]) for at in range(len(words))}


def _called(person: Person) -> list[list[str]]:
    """Return what a person is called, in words: the name, the number, both, the address."""
    name, number = _words(person.name), _number(person)
    mail = _words(person.email) if "@" in person.email else []
    return [words for words in (name, number, number and name + number, mail) if words]


def _number(person: Person) -> list[str]:
    words = _words(person.id)
    return words if A_NUMBER.fullmatch("".join(words)) else []


def _parts(person: Person) -> list[str]:
    """Return what a person's name consists of, without accents, and the number.

    Words with a hyphen are also one; an East Asian name in one word is a family's and a given one.
    """
    parts = [_plain(_words(chunk)) for chunk in person.name.split()]
    found = [word for words in parts for word in words]
    found += ["".join(words) for words in parts if len(words) > 1]
    if len(found) == 1 and EAST_ASIAN.fullmatch(found[0]) and len(found[0]) > 2:
        family = 1 if len(found[0]) == 3 else 2
        found += [found[0][:family], found[0][family:]]
    return found + _number(person)


def _is_part(words: list[str], parts: list[str]) -> bool:
    """Return whether words are among the parts of a name; a letter may stand for a word."""
    left = list(parts)
    for word in sorted(words, key=len, reverse=True):
        fits = (p for p in left if p == word or (len(word) == 1 and p.startswith(word)))
        if (part := next(fits, "")) == "":
            return False
        left.remove(part)
    return any(len(word) > 1 or EAST_ASIAN.fullmatch(word) for word in words)


def _holds(words: list[str], whole: list[str]) -> bool:
    """Return whether a whole name of two words, or of three East Asian letters, is among words."""
    if EAST_ASIAN.fullmatch(name := "".join(whole)) and len(name) > 2:
        return any(name in word for word in words)
    return len(whole) > 1 and set(whole) <= set(words)


def _plain(words: list[str]) -> list[str]:
    """Return words without accents, as people type them who lack the keys."""
    apart = (unicodedata.normalize("NFKD", word.translate(UNMARKED)) for word in words)
    return [unicodedata.normalize("NFC", ACCENTS.sub("", word)) for word in apart]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", visible(text)).casefold())


def _are_nobody(words: list[str], marks: re.Pattern[str]) -> bool:
    rest = marks.sub(" ", " ".join(words))
    return says_nobody(rest) and not (marks is BEHIND and SMALL.search(rest))


def _marks(words: list[str], marks: re.Pattern[str]) -> str:
    return " ".join(marks.findall(" ".join(words)))

"""Whom of a class's list a path names: with words in any order, and general words around the name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from flyway_course.grading.people.names import Owner, file_says, folders_say, names_above, visible
from flyway_course.grading.people.no_names import says_nobody, without_copies

MOST_WORDS = 12
GROUP = r"(?:group|team|section|class|группа|команда|бүлэг|баг|анги)(?: (?:[^\W\d_]|\d+))?|\d+(?:조|반|班|組|组)"
BEFORE = re.compile(rf"\b(?:{GROUP}|\d+)\b")
# a small number behind a name may tell two people apart, as in "Kim 2"
BEHIND = re.compile(rf"\b(?:{GROUP}|\d{{5,}})\b")
SMALL = re.compile(r"\b\d{1,4}\b")


class ClassList:
    """The names on the list of a class. Namesakes are on it twice, and no path names one of them."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = list(names)
        self._asked: dict[str, tuple[str, str]] = {}
        self._known: dict[tuple[int, str], set[int]] = defaultdict(set)
        for number, name in enumerate(self._names):
            for key in (key for way in _ways(_words(name)) for key in way):
                self._known[key].add(number)

    def __bool__(self) -> bool:
        return bool(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def person(self, text: str) -> tuple[str, str]:
        """Return the one person whom a text names, and the numbers and groups around the name."""
        if text not in self._asked:
            self._asked[text] = self._person(_words(text))
        return self._asked[text]

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


def _on_the_list(
    file: str, one: Owner, assignment: str, listed: ClassList
) -> tuple[Owner, str] | None:
    if one.platform:
        # Moodle puts the name of a group and a hyphen before the name of a person
        ends = [one.written[at.end() :] for at in re.finditer("-", one.written)]
        texts = [one.written, *(end for end in ends if one.platform == "moodle" and " " in end)]
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


def _ways(words: list[str]) -> list[list[tuple[int, str]]]:
    """Return keys that are equal for one name, the surest first: as it is, in any order, in one word."""
    turned = {"".join(words[at:] + words[:at]) for at in range(len(words))}
    ways = [{" ".join(words)}, {" ".join(sorted(words))}, turned]
    return [[(number, key) for key in way] for number, way in enumerate(ways)]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", visible(text)).casefold())


def _are_nobody(words: list[str], marks: re.Pattern[str]) -> bool:
    rest = marks.sub(" ", " ".join(words))
    return says_nobody(rest) and not (marks is BEHIND and SMALL.search(rest))


def _marks(words: list[str], marks: re.Pattern[str]) -> str:
    return " ".join(marks.findall(" ".join(words)))

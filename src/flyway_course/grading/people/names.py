"""Whose work a file is: from folders, file names, and the names that Moodle, Canvas and nbgrader give."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from flyway_course.grading.people.no_names import says_nobody, without_copies, without_title

MOODLE = re.compile(
    r"^(?P<name>.+?)_(?P<id>\d{1,20})_assign(?:submission|feedback)_(?:file|onlinetext)_?(?P<file>.*)$"
)
CANVAS = re.compile(
    r"^(?P<name>[^\s_.+()-]+)(?:_LATE)?_(?P<numbers>(?P<id>\d{1,20})_\d{1,20})_(?P<file>.+)$"
)
# 23_11, 2026_1123, 48_2026 and 20261123_1030 are dates and times, not Canvas's numbers
DATE = re.compile(
    r"\d{1,2}_\d{1,2}|(?:19|20)\d\d_\d{1,4}|\d{1,4}_(?:19|20)\d\d"
    r"|20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])_\d{1,9}"
)
EXCHANGE = re.compile(r"^(?P<name>.+?)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d.+)$")
NOTEBOOK_ENDS = re.compile(
    r"\.ipynb(?:\.(?:ipynb|txt|json|html?|bin|(?:cr)?download|part|\d{1,3})){0,3}~?"
    r"(?: ?\(\d{1,3}\))?[\s.]*$|\.json$",
    re.IGNORECASE,
)
# what other programs make of the end: ".ipynb - Copy", ".ipynb_", ".ipynb.bak", ".txt", ".rar"
OTHER_ENDS = re.compile(r"(?:\.ipynb[^.]{0,20})?(?:\.[a-z][a-z0-9]{1,4}_?)?$", re.IGNORECASE)
ARCHIVE_ENDS = re.compile(r"(?:\.ipynb)?(?:\.zip)?$", re.IGNORECASE)
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")
# fillers and blanks that Unicode counts among letters, and marks that choose a letter's form
INVISIBLE = re.compile("[\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # fmt: skip
LONGEST = 150  # bytes: file systems take 255 for a name, and nbgrader adds to it
LONGEST_PART = 300  # letters of a folder or a file that are read
DEEPEST = 16  # folders


@dataclass(frozen=True)
class Owner:
    """Whose work a file is: a name, and the number that a learning platform gave the person.

    `written` is the name as it stood in the file's path, `folder` the folder that it was read from
    ("" where the file's own name says it), and `above` the names that folders further up hold.
    `doubt` says in words why the name may be wrong, or why there is none.
    """

    name: str = ""
    number: str = ""
    platform: str = ""
    written: str = ""
    folder: str = ""
    above: tuple[str, ...] = ()
    doubt: str = ""


def owner(path: PurePosixPath, assignment: str) -> Owner:
    """Return whose work a file is; an empty name where neither folder nor name says so.

    Folders of Moodle and of nbgrader's exchange tell most. Else the nearest folder wins that says
    more than the assignment's name and general words, such as "Downloads"; without one, the file's
    name.
    """
    parts = [_short(part) for part in path.parts[-DEEPEST:-1]]
    # the outer name is the platform's: what is inside it, the trainee may have called anything
    for part in [*parts, path.name[:LONGEST_PART]]:
        if moodle := MOODLE.match(part):
            return _platform("moodle", moodle)
        if exchange := EXCHANGE.match(part):
            return _platform("nbgrader", exchange)
    named, numbered = folders_say(path, assignment)
    said = owner_in_file(path.name, assignment)
    if said.number and not named:
        return said
    # a folder that is a mere number counts where nothing else says more, as in a numbered class
    place, written = (named or ([] if said.name else numbered) or [(0, said.written)])[0]
    folder = "/".join(parts[: len(parts) - place + 1]) if place else ""
    above = names_above(path, named, numbered, place)
    return Owner(clean_name(written), written=written, folder=folder, above=above)


Places = list[tuple[int, str]]


def folders_say(path: PurePosixPath, assignment: str) -> tuple[Places, Places]:
    """Return the names that folders hold, the nearest first, and those that are mere numbers.

    Each comes with its place: 1 is the folder of the file, 2 the one above it.
    """
    folders = [*enumerate(map(_short, reversed(path.parts[-DEEPEST:-1])), start=1)]
    named = [(up, name) for up, part in folders if (name := name_in_folder(part, assignment))]
    return named, [(up, part) for up, part in folders if re.fullmatch(r"\d{1,2}", part)]


def names_above(
    path: PurePosixPath, named: Places, numbered: Places, place: int
) -> tuple[str, ...]:
    """Return what folders above a place are called, the uppermost first."""
    above = [name for up, name in sorted(named + numbered, reverse=True) if up > place]
    if higher := "/".join(path.parts[:-DEEPEST]):  # not read, but two of them stay two
        above.insert(0, _short(higher, 0))
    return tuple(above)


def owner_in_file(file: str, assignment: str) -> Owner:
    """Return whose work a file is by its own name: as Canvas calls it, or as people do."""
    canvas = CANVAS.match(_short(without_end(file)))
    if (
        canvas
        and not DATE.fullmatch(canvas["numbers"])
        and name_in_file(canvas["name"], assignment)
    ):
        return _platform("canvas", canvas)
    said = name_in_file(file, assignment)
    return Owner(clean_name(said), written=said)


def _platform(platform: str, found: re.Match[str]) -> Owner:
    written = unicodedata.normalize("NFC", found["name"])
    number = found.groupdict().get("id") or ""
    return Owner(clean_name(written), number, platform, written)


def name_in_folder(folder: str, assignment: str) -> str:
    """Return the name of a person that a folder or an archive holds; an empty text without one."""
    # a Windows drive; "OneDrive - " stands before the name of a university or a firm
    if re.match(r"[A-Za-z]:$|OneDrive - ", folder):
        return ""
    name = without_title(ARCHIVE_ENDS.sub("", _short(folder), count=1), assignment)
    return name.strip() if not says_nobody(without_copies(visible(name))) else ""


def name_in_file(file: str, assignment: str) -> str:
    """Return the name of a person that a file's name holds; an empty text without one."""
    name = without_copies(file_says(file, assignment))
    return name if not says_nobody(name) else ""


def file_says(file: str, assignment: str) -> str:
    """Return a file's name without its end and the name of the assignment."""
    return visible(without_title(_short(without_end(file)), assignment))


def without_end(file: str) -> str:
    """Return a file's name without what says of which kind it is."""
    ends = NOTEBOOK_ENDS if NOTEBOOK_ENDS.search(file) else OTHER_ENDS
    return ends.sub("", file, count=1)


def _short(part: str, longest: int = LONGEST_PART) -> str:
    """Return a part of a path, composed, cut where it is too long to be a name.

    What is cut off leaves its digest, so that two long names do not become one.
    """
    if len(part) > longest:
        digest = hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:8]
        part = f"{part[: max(longest - 9, 0)]} {digest}"
    return unicodedata.normalize("NFC", part)


def visible(name: str) -> str:
    """Return a name, composed, without signs that cannot be seen."""
    name = INVISIBLE.sub("", unicodedata.normalize("NFC", name))
    return "".join(c for c in name if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))


def clean_name(name: str) -> str:
    """Return a name that is safe as a folder on every system and to nbgrader's file patterns.

    Letters of every script stay. Signs that nbgrader or a file system reads as commands become '-';
    signs that cannot be seen, such as a change of writing direction, are left out.
    """
    name = visible(name.replace("_", " ").strip())
    name = re.sub(r"[\[\]*?+{}/\\:|<>\"'`&%$#!;=@^~\x00-\x1f\x7f-\x9f]", "-", name)
    name = re.sub(r"\s+", " ", name).strip(" .-_")
    if not any(c.isalnum() for c in name):
        return ""
    if RESERVED.match(name):
        name += "-"
    if len(name.encode("utf-8")) > LONGEST:
        digest = hashlib.sha256(name.encode("utf-8")).hexdigest()[:8]
        cut = name.encode("utf-8")[: LONGEST - 9].decode("utf-8", "ignore").rstrip()
        name = f"{cut}-{digest}"
    return name


def same_person(name: str) -> str:
    """Return a key that is equal for spellings of one name: case, form of letters, spaces."""
    return re.sub(r"[\s_.-]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()

"""Whose work a file is: from folders, file names, and the names that Moodle, Canvas and nbgrader give."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from flyway_course.grading.assignments import short_name

BROWSER_COPY = re.compile(
    r"( ?\(\d+\)|[ _-]+(Copy|Kopie|copie|copia|копия|副本|사본|コピー)( ?\(?\d+\)?)?|-Copy\d+| copy( \d+)?)+$",
    re.IGNORECASE,
)
MOODLE = re.compile(
    r"^(?P<name>.+?)_(?P<id>\d+)_assign(?:submission|feedback)_(?:file|onlinetext)_?(?P<file>.*)$"
)
CANVAS = re.compile(
    r"^(?P<name>[^\W_]+)(?P<late>_LATE)?_(?P<id>\d+)_(?P<file_id>\d+)_(?P<file>.+)$"
)
EXCHANGE = re.compile(r"^(?P<name>.+?)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d.+)$")
NOTEBOOK_ENDS = re.compile(r"\.ipynb(\.(txt|json|html?|bin|download))?$|\.json$", re.IGNORECASE)
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")
LONGEST = 150  # bytes: file systems take 255 for a name, and nbgrader adds to it


@dataclass(frozen=True)
class Owner:
    """Whose work a file is: a name, and the number that a learning platform gave the person."""

    name: str
    number: str = ""


def owner(path: PurePosixPath, assignment: str) -> Owner:
    """Return whose work a file is; an empty name where neither folder nor name says so.

    The nearest folder that is not named after the assignment wins; without one, the file's name
    without the assignment's name.
    """
    known = (assignment.lower(), short_name(assignment).lower())
    if (canvas := CANVAS.match(path.name)) and NOTEBOOK_ENDS.search(canvas["file"]):
        return Owner(clean_name(canvas["name"]), canvas["id"])
    for part in reversed(path.parts):
        if moodle := MOODLE.match(part):
            return Owner(clean_name(moodle["name"]), moodle["id"])
        if exchange := EXCHANGE.match(part):
            return Owner(clean_name(exchange["name"]))
    for folder in reversed(path.parts[:-1]):
        plain = folder.lower()
        folder = re.sub(r"(?i)\.zip$", "", folder)
        if plain not in (*known, "submitted", "inbound", "inbox", ".", "..") and clean_name(folder):
            return Owner(clean_name(folder))
    stem = BROWSER_COPY.sub("", NOTEBOOK_ENDS.sub("", path.name))
    for name in known:
        stem = re.sub(rf"(?i)(^|[\s_-]){re.escape(name)}($|[\s_(-])", " ", stem)
    return Owner(clean_name(BROWSER_COPY.sub("", stem.strip(" _-"))))


def clean_name(name: str) -> str:
    """Return a name that is safe as a folder on every system and to nbgrader's file patterns.

    Letters of every script stay. Signs that nbgrader or a file system reads as commands become '-';
    signs that cannot be seen, such as a change of writing direction, are left out.
    """
    name = unicodedata.normalize("NFC", name.replace("_", " ").strip())
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
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

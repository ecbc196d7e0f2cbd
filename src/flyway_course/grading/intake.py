"""Take in what trainees hand in: a notebook, a folder of them, or a zip file.

Whose work a file is, is read from its folder (`Anna Kim/x0-first-counts.ipynb`) or from its name
(`x0-first-counts-Anna Kim.ipynb`).
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from flyway_course.grading import manifest as m
from flyway_course.grading.assignments import resolve, short_name
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError

if TYPE_CHECKING:
    from nbformat import NotebookNode

LARGEST = 20 * 1024 * 1024
MOST_FILES = 10_000
BROWSER_COPY = re.compile(r"( ?\(\d+\)| - Copy| copy)+$", re.IGNORECASE)


@dataclass(frozen=True)
class Handed:
    """One file handed in: its name inside what was given, its time (UTC) and its bytes.

    `data` is None where the file could not or must not be read; `reason` then says why.
    """

    file: str
    time: str
    data: bytes | None
    reason: str = ""


def collect(source: Path, assignment: str, cohort: str | Path | Cohort = "class") -> m.Manifest:
    """Take every file in `source` into the cohort and return the manifest.

    The newest notebook of each trainee is put where nbgrader looks for it; every other file is
    listed with the reason why it does not count.

    Raises
    ------
    GradingError
        `source` does not exist or is not a zip archive, or a file would be unaccounted for.
    """
    home = Cohort.of(cohort)
    name = resolve(assignment, home.solutions)
    expected = _grade_ids(home.solutions / name / f"{name}.ipynb")
    listed = m.Manifest.load(home.manifest_path(name))
    received, contents = [], {}
    for handed in _files(Path(source)):
        received.append(handed.file)
        entry, content = _judge(handed, name, expected)
        contents[id(listed.add(entry))] = content
    listed.settle()
    for entry in listed.current():
        if content := contents.get(id(entry)):
            target = home.submitted(entry.student, name) / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    listed.save()
    if lost := m.missing(received, listed.entries):
        raise GradingError(f"These files are not accounted for: {', '.join(lost)}.")
    return listed


def _grade_ids(source: Path) -> set[str]:
    from flyway_course.grading import notebooks

    return {name for cell in notebooks.read(source).cells if (name := notebooks.grade_id(cell))}


def _files(source: Path) -> Iterator[Handed]:
    """Yield every regular file of a folder or zip archive, or the one file given."""
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            inside = path.relative_to(source).as_posix()
            if path.is_symlink():
                yield Handed(inside, "", None, "a link, not a file")
            elif path.is_file():
                yield _from_disk(path, inside)
    elif source.suffix.lower() == ".zip" and source.is_file():
        yield from _from_zip(source)
    elif source.is_file():
        yield _from_disk(source, source.name)
    else:
        raise GradingError(f"There is nothing at {source}. Give a folder, a .zip or an .ipynb.")


def _from_disk(path: Path, inside: str) -> Handed:
    status = path.stat()
    when = _utc(datetime.fromtimestamp(status.st_mtime))
    if status.st_size > LARGEST:
        return Handed(inside, when, None, _too_large(status.st_size))
    return Handed(inside, when, path.read_bytes())


def _utc(local: datetime) -> str:
    return local.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _from_zip(source: Path) -> Iterator[Handed]:
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile:
        raise GradingError(f"{source.name} is not a zip archive, or it is damaged.") from None
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_FILES:
            raise GradingError(f"{source.name} holds {len(infos)} files; {MOST_FILES} at most.")
        for info in infos:
            try:
                when = _utc(datetime(*info.date_time))
            except (ValueError, OverflowError, OSError):  # some tools write month 0
                when = ""
            if info.file_size > LARGEST:
                yield Handed(info.filename, when, None, _too_large(info.file_size))
                continue
            try:
                with archive.open(info) as file:
                    # the size that a zip states may be false: read no more than the limit
                    data = file.read(LARGEST + 1)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError, EOFError):
                yield Handed(info.filename, when, None, "damaged or locked with a password")
                continue
            if len(data) > LARGEST:
                yield Handed(info.filename, when, None, _too_large(len(data)))
            else:
                yield Handed(info.filename, when, data)


def _too_large(size: int) -> str:
    return f"too large ({size / 1e6:.0f} MB; at most {LARGEST / 1e6:.0f} MB)"


def _judge(handed: Handed, name: str, expected: set[str]) -> tuple[m.Entry, bytes | None]:
    """Return the file's entry, and the notebook to grade where there is one."""
    from flyway_course.grading import notebooks

    entry = m.Entry(handed.file, state=m.REFUSED, reason=handed.reason, time=handed.time)
    if handed.data is None:
        return entry, None
    entry.sha256 = hashlib.sha256(handed.data).hexdigest()
    path = PurePosixPath(handed.file.replace("\\", "/"))
    if ".ipynb_checkpoints" in path.parts or "__MACOSX" in path.parts:
        entry.reason = "a copy made by the computer, not the work itself"
    elif path.suffix.lower() != ".ipynb":
        entry.reason = "not a notebook (.ipynb)"
    elif not (student := trainee(path, name)):
        entry.reason = (
            "no trainee's name: put the file in a folder with the name, or call it "
            f"{name}-NAME.ipynb"
        )
    else:
        entry.student = student
        nb, entry.reason = _notebook(handed.data, expected)
        if nb is not None:
            entry.state = m.COLLECTED
            return entry, notebooks.as_bytes(nb)
    return entry, None


def _notebook(data: bytes, expected: set[str]) -> tuple[NotebookNode | None, str]:
    """Return the notebook and "", or None and why it cannot be graded."""
    import nbformat
    from nbformat.warnings import DuplicateCellId

    from flyway_course.grading import notebooks

    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
        json.loads(text)
        with warnings.catch_warnings():
            # nbformat mends repeated cell ids and says so; our copy is the mended one
            warnings.simplefilter("ignore", DuplicateCellId)
            nb = nbformat.reads(text, as_version=4)
        names = [n for cell in nb.cells if (n := notebooks.grade_id(cell))]
    except Exception:  # any broken file must end as a refusal, never as a stop of the batch
        return None, "the file is damaged: download the notebook again and hand in that copy"
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        return None, f"the cell {twice[0]!r} is there twice: delete the copy and hand in again"
    if not expected & set(names):
        return None, "it is another notebook, or its cells have lost their grading marks"
    return nb, ""


def trainee(path: PurePosixPath, assignment: str) -> str:
    """Return whose work a file is, or "" where neither folder nor name says so.

    The nearest folder that is not named after the assignment wins; without one, the file's name
    without the assignment's name.
    """
    names = (assignment, short_name(assignment).lower())
    for folder in reversed(path.parts[:-1]):
        if folder.lower() not in (*names, "submitted", ".", ".."):
            return clean_name(folder)
    stem = BROWSER_COPY.sub("", path.stem)
    for known in names:
        stem = re.sub(rf"(?i)(^|[\s_-]){re.escape(known)}($|[\s_-])", " ", stem)
    return clean_name(BROWSER_COPY.sub("", stem.strip(" _-")))


def clean_name(name: str) -> str:
    """Return a name that is safe as a folder on every system and to nbgrader's file patterns.

    Letters of every script stay. Signs that nbgrader or a file system reads as commands become '-'.
    """
    name = unicodedata.normalize("NFC", name).strip()
    name = re.sub(r"[\[\]*?+{}/\\:|<>\"\x00-\x1f]", "-", name)
    return name.strip(" .-_")

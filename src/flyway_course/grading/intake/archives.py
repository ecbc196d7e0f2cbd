"""Open what was handed in: a file, a folder, a zip, and zips inside it, within bounds.

An archive can state false sizes, unpack to a thousand times its size or hold itself. Nothing is
written to disk while it is read, and no more is read than the bounds allow.
"""

from __future__ import annotations

import hashlib
import io
import math
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flyway_course.grading.errors import GradingError
from flyway_course.grading.intake import kinds, times
from flyway_course.grading.intake.allowance import Left, Run
from flyway_course.grading.intake.zip_names import names, open_zip

LARGEST = 20 * 1024 * 1024
MOST_FILES = 10_000
MOST_TOGETHER = 1_000 * 1024 * 1024
DEEPEST = 3
LONGEST_NAME = 2_000  # letters of a whole path: a person's folder may stand anywhere in it
LOCKED = f"damaged or locked with a password: make the zip again without one, or {kinds.INSTEAD}"
DAMAGED = f"a zip archive that is damaged: make it again, or {kinds.INSTEAD}"
# of bzip2 and LZMA, `zipfile` unpacks all at once: a kilobyte could fill the memory
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PACKINGS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True)
class Received:
    """One file handed in: its name inside what was given, its time (UTC) and its bytes.

    `data` is None where the file could not or must not be read; `reason` then says why.
    """

    file: str
    time: str
    data: bytes | None
    reason: str = ""


def files(source: Path) -> Iterator[Received]:
    """Yield every file of a folder, a zip archive, or the one file given.

    Raises
    ------
    GradingError
        There is nothing there, it cannot be opened, or the archive given is none.
    """
    run = Run(MOST_FILES, MOST_TOGETHER)
    try:
        if source.is_dir():
            todo = _in_order(source)
        elif source.is_file():
            with source.open("rb") as file:
                if source.suffix.lower() == ".zip" and not zipfile.is_zipfile(file):
                    raise GradingError(f"{source.name} is not a zip archive, or it is damaged.")
                file.seek(0)
                if kind := kinds.kind_of_archive(file.read(512)):
                    raise GradingError(
                        f"{source.name} is an archive of the kind {kind}, which cannot be opened here. "
                        "Unpack it, and give the folder."
                    )
            yield from _from_disk(source, _printable(source.name), run, whole=True)
            return
        else:
            raise GradingError(f"There is nothing at {source}. Give a folder, a .zip or an .ipynb.")
    except OSError as error:
        raise GradingError(f"{source} cannot be opened: {error.strerror}.") from None
    while todo:
        path = todo.pop()
        inside = _printable(path.relative_to(source).as_posix())
        try:
            mode = path.lstat().st_mode
        except OSError as error:
            yield Received(inside, "", None, _why_not(error))
            continue
        if stat.S_ISLNK(mode):
            yield Received(inside, "", None, "a link, not a file")
        elif stat.S_ISREG(mode):
            yield from _from_disk(path, inside, run)
        elif stat.S_ISDIR(mode):
            try:
                todo += _in_order(path)
            except OSError as error:
                yield Received(inside, "", None, _why_not(error, "the folder cannot be opened"))
        else:
            yield Received(inside, "", None, "a device or a pipe, not a file")


def _in_order(folder: Path) -> list[Path]:
    """Return what is in a folder, the first one last, as a stack hands it out."""
    return sorted(folder.iterdir(), reverse=True)


def _why_not(error: OSError, what: str = "it cannot be read") -> str:
    if isinstance(error, FileNotFoundError):
        return "it is gone: it was removed while the files were collected"
    return f"{what}: {error.strerror}"


def _printable(name: str) -> str:
    """Return a file's name without what cannot be written as text, and not longer than a line."""
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    # signs that cannot be seen, such as a change of writing direction, are left out
    seen = (c for c in name if unicodedata.category(c) != "Cf")
    name = "".join(c if c.isprintable() else "�" for c in seen)
    if len(name) > LONGEST_NAME:
        # the start may hold the person that a learning platform names, the end the file's own name
        digest = hashlib.sha256(name.encode("utf-8")).hexdigest()[:8]
        half = LONGEST_NAME // 2 - 5
        name = f"{name[:half]}~{digest}~{name[-half:]}"
    return name


def _from_disk(path: Path, inside: str, run: Run, whole: bool = False) -> Iterator[Received]:
    try:
        status = path.stat()
        when = times.text(status.st_mtime)
        with path.open("rb") as file:
            if path.suffix.lower() == ".zip" and zipfile.is_zipfile(file):
                before = "" if whole else f"{inside}/"
                yield from _from_zip(file, before, when, run.zip(status.st_size), run, 1)
            elif status.st_size > LARGEST:
                yield Received(inside, when, None, too_large(inside, status.st_size))
            else:
                file.seek(0)  # the look for a zip has moved it
                yield _sorted_out(inside, when, file.read())
    except OSError as error:
        yield Received(inside, "", None, _why_not(error))


def _from_zip(
    file: BinaryIO, before: str, when: str, left: Left, run: Run, depth: int
) -> Iterator[Received]:
    """Yield the files of a zip archive and of the zips in it."""
    own = before.rstrip("/") or "the archive"
    try:
        archive = open_zip(file)
        listed = archive.infolist()
        named = [
            (info, name)
            for info, name in zip(listed, names(listed), strict=True)
            if info.file_size or not name.endswith(("/", "\\"))  # a folder holds no bytes
        ]
    except Exception:  # a false archive makes zipfile raise nearly everything that there is
        yield Received(own, when, None, DAMAGED)
        return
    count = len(named)
    if not left.files.has(count):
        bound = (
            f"{MOST_FILES:,} at most"
            if count > MOST_FILES
            else "with the others, they are too many"
        )
        reason = f"it holds {count:,} file{'s' * (count != 1)}; {bound}: {kinds.INSTEAD}"
        yield Received(own, when, None, reason)
        return
    left.files.take(count)
    with archive:
        for info, name in named:
            whole = _printable(before + (name.rstrip("/") or "a file without a name"))
            yield from _member(archive, info, whole, times.in_zip(info, when), left, run, depth)


def _member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    name: str,
    when: str,
    left: Left,
    run: Run,
    depth: int,
) -> Iterator[Received]:
    if stat.S_ISLNK(info.external_attr >> 16):
        yield Received(name, when, None, "a link, not a file")
        return
    if info.file_size > LARGEST:
        yield Received(name, when, None, too_large(name, info.file_size))
        return
    if not left.together.has(1):
        reason = "the archive unpacks to too much: hand in fewer files at once"
        yield Received(name, when, None, reason)
        return
    try:
        if info.compress_type not in BOUNDED:
            raise NotImplementedError
        with archive.open(info) as packed:
            # the size that a zip states may be false: read no more than the limit
            data = packed.read(LARGEST + 1)
    except Exception as error:  # as above: one false entry must not stop the others
        yield Received(name, when, None, _why_packed(info, error))
        return
    left.together.take(len(data))
    if len(data) > LARGEST:
        yield Received(name, when, None, too_large(name, len(data)))
    elif name.lower().endswith(".zip") and zipfile.is_zipfile(io.BytesIO(data)):
        if depth >= DEEPEST:
            reason = "an archive inside an archive, too deep: hand in the notebook"
            yield Received(name, when, None, reason)
        else:
            # zips in the zip of a class are one person's each; what is inside them shares theirs
            own = run.zip(len(data)) if depth == 1 else left
            yield from _from_zip(io.BytesIO(data), f"{name}/", when, own, run, depth + 1)
    else:
        yield _sorted_out(name, when, data)


def _why_packed(info: zipfile.ZipInfo, error: Exception) -> str:
    """Return why an entry of a zip archive cannot be unpacked."""
    if info.flag_bits & ENCRYPTED_FLAG or not isinstance(error, NotImplementedError):
        return LOCKED
    packing = PACKINGS.get(info.compress_type, f"method {info.compress_type}")
    return (
        f"packed in a way that this program cannot open ({packing}): make the zip again with the "
        f"method Deflate, or {kinds.INSTEAD}"
    )


def _sorted_out(name: str, when: str, data: bytes) -> Received:
    """Return the file, or why it is an archive that cannot be opened here."""
    reason = kinds.archive(data)
    if name.lower().endswith(".zip"):
        reason = reason or (kinds.other(data) if data[:2] != b"PK" else "") or DAMAGED
    return Received(name, when, None if reason else data, reason)


def too_large(name: str, size: int) -> str:
    """Say in words that a file is too large, and what to do."""
    mend = kinds.INSTEAD
    if ".ipynb" in name.lower():
        mend = "in Jupyter, Edit → Clear Outputs of All Cells, save, and hand in again"
    return f"too large ({math.ceil(size / 2**20)} MB; at most {LARGEST // 2**20} MB): {mend}"

"""Open what was handed in: a file, a folder, a zip, and zips inside it, within bounds.

An archive can state false sizes, unpack to a thousand times its size or hold itself. Nothing is
written to disk while it is read, and no more is read than the bounds allow.
"""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flyway_course.grading.errors import GradingError

LARGEST = 20 * 1024 * 1024
MOST_FILES = 10_000
MOST_TOGETHER = 1_000 * 1024 * 1024
DEEPEST = 3
LOCKED = "damaged or locked with a password"
OTHER_ARCHIVES = {
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
}


@dataclass(frozen=True)
class Received:
    """One file handed in: its name inside what was given, its time (UTC) and its bytes.

    `data` is None where the file could not or must not be read; `reason` then says why.
    """

    file: str
    time: str
    data: bytes | None
    reason: str = ""


@dataclass
class _Left:
    """How much may still be unpacked."""

    files: int = MOST_FILES
    together: int = MOST_TOGETHER


def files(source: Path) -> Iterator[Received]:
    """Yield every file of a folder, a zip archive, or the one file given.

    Raises
    ------
    GradingError
        There is nothing there, or the archive given is none.
    """
    left = _Left()
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            inside = _printable(path.relative_to(source).as_posix())
            if path.is_symlink():
                yield Received(inside, "", None, "a link, not a file")
            elif path.is_dir():
                continue
            elif not path.is_file():
                yield Received(inside, "", None, "a device or a pipe, not a file")
            else:
                yield from _from_disk(path, inside, left)
    elif source.is_file():
        if source.suffix.lower() == ".zip" and not zipfile.is_zipfile(source):
            raise GradingError(f"{source.name} is not a zip archive, or it is damaged.")
        yield from _from_disk(source, _printable(source.name), left, whole=True)
    else:
        raise GradingError(f"There is nothing at {source}. Give a folder, a .zip or an .ipynb.")


def _printable(name: str) -> str:
    """Return a file's name without what cannot be written as text."""
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    # signs that cannot be seen, such as a change of writing direction, are left out
    seen = (c for c in name if unicodedata.category(c) != "Cf")
    return "".join(c if c.isprintable() else "�" for c in seen)


def _from_disk(path: Path, inside: str, left: _Left, whole: bool = False) -> Iterator[Received]:
    status = path.stat()
    when = _utc(datetime.fromtimestamp(status.st_mtime))
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield from _from_zip(file, "" if whole else f"{inside}/", when, left, 1)
    elif status.st_size > LARGEST:
        yield Received(inside, when, None, too_large(status.st_size))
    else:
        try:
            yield _sorted_out(inside, when, path.read_bytes())
        except OSError as error:
            yield Received(inside, when, None, f"it cannot be read: {error.strerror}")


def _utc(local: datetime) -> str:
    return local.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _from_zip(
    file: io.BufferedIOBase, before: str, when: str, left: _Left, depth: int
) -> Iterator[Received]:
    """Yield the files of a zip archive and of the zips in it."""
    try:
        archive = zipfile.ZipFile(file)
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
        yield Received(before.rstrip("/"), when, None, "a zip archive that is damaged")
        return
    if len(infos) > left.files:
        yield Received(before.rstrip("/") or "the archive", when, None, f"it holds {len(infos)} files; {MOST_FILES} at most")  # fmt: skip
        return
    left.files -= len(infos)
    with archive:
        for info in infos:
            yield from _member(archive, info, before, left, depth)


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, before: str, left: _Left, depth: int
) -> Iterator[Received]:
    name = _printable(before + info.filename)
    try:
        when = _utc(datetime(*info.date_time))
    except (ValueError, OverflowError, OSError):  # some tools write month 0
        when = ""
    if stat.S_ISLNK(info.external_attr >> 16):
        yield Received(name, when, None, "a link, not a file")
        return
    if info.file_size > LARGEST:
        yield Received(name, when, None, too_large(info.file_size))
        return
    if left.together <= 0:
        yield Received(
            name, when, None, "the archive unpacks to too much: hand in fewer files at once"
        )
        return
    try:
        with archive.open(info) as packed:
            # the size that a zip states may be false: read no more than the limit
            data = packed.read(LARGEST + 1)
    except (
        RuntimeError,
        NotImplementedError,
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        zlib.error,
    ):
        yield Received(name, when, None, LOCKED)
        return
    left.together -= len(data)
    if len(data) > LARGEST:
        yield Received(name, when, None, too_large(len(data)))
    elif data[:4] in (b"PK\x03\x04", b"PK\x05\x06") and name.lower().endswith(".zip"):
        if depth >= DEEPEST:
            yield Received(
                name, when, None, "an archive inside an archive, too deep: hand in the notebook"
            )
        else:
            yield from _from_zip(io.BytesIO(data), f"{name}/", when, left, depth + 1)
    else:
        yield _sorted_out(name, when, data)


def _sorted_out(name: str, when: str, data: bytes) -> Received:
    """Return the file, or why it is an archive that cannot be opened here."""
    for mark, kind in OTHER_ARCHIVES.items():
        if data.startswith(mark):
            return Received(
                name, when, None, f"an archive of the kind {kind}: hand in the notebook itself"
            )
    return Received(name, when, data)


def too_large(size: int) -> str:
    """Say in words that a file is too large."""
    return f"too large ({size / 1e6:.0f} MB; at most {LARGEST / 1e6:.0f} MB)"

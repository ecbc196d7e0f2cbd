"""Read the names in a zip archive as the computer meant them that wrote it.

A zip says of a name either that it is UTF-8 or nothing at all; then it is in the code page of the
computer, and `zipfile` reads it as the one of the first IBM PC. All names of one archive come from
one computer, so they are looked at together.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from flyway_course.grading.intake.encodings import OF_ZIP_NAMES, likeliest
from flyway_course.grading.intake.times import extra_fields

UTF8_FLAG = 0x800
UNICODE_PATH = 0x7075  # the extra field in which some programs repeat the name as UTF-8


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open an archive, also where a name of it claims to be UTF-8 and is not."""
    try:
        return zipfile.ZipFile(file)
    except UnicodeDecodeError:
        file.seek(0)
        return zipfile.ZipFile(io.BytesIO(_without_false_flags(file.read())))


def _without_false_flags(archive: bytes) -> bytearray:
    """Return an archive in which no name claims to be UTF-8 that is not; its other bytes stay."""
    data = bytearray(archive)
    end = data.rfind(b"PK\x05\x06")
    size, offset = struct.unpack_from("<2L", data, end + 12)
    place = end - size
    before = place - offset  # some programs put bytes in front of the archive
    while data[place : place + 4] == b"PK\x01\x02":
        name, extra, comment = struct.unpack_from("<3H", data, place + 28)
        try:
            data[place + 46 : place + 46 + name].decode("utf-8")
        except UnicodeDecodeError:
            local = struct.unpack_from("<L", data, place + 42)[0] + before
            data[place + 9] &= 0xFF ^ (UTF8_FLAG >> 8)
            data[local + 7] &= 0xFF ^ (UTF8_FLAG >> 8)
        place += 46 + name + extra + comment
    return data


def names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Return the names of the entries of one archive. Names that differ stay different."""
    unclear = [_raw(info) for info in infos if _is_unclear(info)]
    encoding = likeliest(b"\n".join(unclear), OF_ZIP_NAMES) if unclear else None
    return [_name(info, encoding) for info in infos]


def _raw(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437")


def _is_unclear(info: zipfile.ZipInfo) -> bool:
    if info.flag_bits & UTF8_FLAG or info.orig_filename.isascii() or _told(info):
        return False
    try:
        _raw(info).decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _told(info: zipfile.ZipInfo) -> str:
    """Return the name as the archive repeats it in UTF-8, or nothing."""
    for kind, field in extra_fields(info):
        # the checksum shows that nobody has changed the other name since
        if kind == UNICODE_PATH and field[1:5] == struct.pack("<L", zlib.crc32(_raw(info))):
            return field[5:].decode("utf-8", "replace")
    return ""


def _name(info: zipfile.ZipInfo, encoding: str | None) -> str:
    if info.flag_bits & UTF8_FLAG or info.orig_filename.isascii():
        name = info.orig_filename
    else:
        name = _told(info) or "/".join(_part(part, encoding) for part in _raw(info).split(b"/"))
    return name.partition("\0")[0]


def _part(raw: bytes, encoding: str | None) -> str:
    """Return a folder or file name; bytes that no encoding explains stay apart as numbers."""
    for code in ("utf-8", encoding):
        try:
            name = raw.decode(code) if code else ""
        except UnicodeDecodeError:
            continue
        if raw.isascii() or any(c.isalnum() for c in name):
            return name
    return re.sub(rb"[\x80-\xff]+", lambda run: run[0].hex().encode(), raw).decode("ascii")

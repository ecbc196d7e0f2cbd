"""The file of the gradebook: whether it is whole, how it is opened, and what SQLite's errors mean."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flyway_course.grading import whole_files
from flyway_course.grading.errors import GradingError, command, disk_full, of_the_disk

if TYPE_CHECKING:
    from flyway_course.grading.cohort import Cohort

SCHEMA = Path(__file__).parent.parent / "templates" / "gradebook.sql"
VERSION = "e43177bfe90b"
WAIT_S = 60
WHOLE, MISSING, DAMAGED, OTHER = "whole", "missing", "damaged", "of another version of nbgrader"
"""The states of a gradebook's file."""
# SQLITE_ERROR is among them: an empty file is a database without tables to SQLite
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def opened(path: Path) -> sqlite3.Connection:
    """Open a gradebook that is there, without making one.

    It is opened for writing also where it is only read: SQLite must be able to undo what a
    program that was killed had begun.
    """
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)


def state(path: Path) -> str:
    """Return whether a gradebook is whole, missing, damaged or of another version."""
    if not os.path.lexists(path):
        return MISSING
    if not path.is_file():
        return DAMAGED
    try:
        with closing(opened(path)) as book:
            if book.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return DAMAGED
            found = book.execute("SELECT version_num FROM alembic_version").fetchone()
            tables = book.execute("SELECT count(*) FROM sqlite_master WHERE name='grade'")
            if found is None or tables.fetchone() != (1,):
                return DAMAGED
    except sqlite3.DatabaseError as error:
        if _code(error) not in _DAMAGE:
            raise
        return DAMAGED
    return WHOLE if found == (VERSION,) else OTHER


def need_whole(home: Cohort, missing: bool = False) -> None:
    """Refuse a gradebook that cannot be used; one that is missing too, unless `missing` allows it.

    Raises
    ------
    GradingError
        It is missing, damaged, or of another version of nbgrader.
    """
    with plain_errors(home):
        found = state(home.gradebook)
    if found == OTHER:
        raise GradingError(
            f"The gradebook of {home.name!r} was made by another version of nbgrader. "
            "Run `nbgrader db upgrade` in its folder, or grade with a new cohort."
        )
    if found == DAMAGED or (found == MISSING and not missing):
        mend = command("restore", home.name)
        raise GradingError(f"The gradebook {home.gradebook} is {found}. Run: {mend}")


def create(path: Path) -> None:
    """Make an empty gradebook whole, then put it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = scrap(path)
    try:
        with closing(sqlite3.connect(new)) as book:
            book.executescript(f"BEGIN;{SCHEMA.read_text(encoding='utf-8')}COMMIT;")
        discard(path)  # a journal may be left of one that was deleted
        new.replace(path)
    finally:
        discard(new)


def scrap(path: Path) -> Path:
    """Return where a database is made before it takes its place; nothing lies there."""
    new = whole_files.beside(path)
    discard(new)
    return new


def discard(path: Path) -> None:
    """Remove a database with its journal: SQLite would play an old journal into a new database."""
    for one in (path, path.with_name(f"{path.name}-journal")):
        one.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Copy a database whole, also while another program has it open; `target` may be one already.

    Killed half-way, `target` is what it was before as soon as anybody opens it.
    """
    with closing(opened(source)) as old, closing(sqlite3.connect(target, timeout=WAIT_S)) as new:
        old.backup(new, progress=_stop_where_busy)
    with target.open("rb+") as file:  # on the disk before anything is built on it
        os.fsync(file.fileno())


def _stop_where_busy(status: int, remaining: int, total: int) -> None:
    """End a copy that has waited long enough: Python itself would wait for ever."""
    if status in _BUSY:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = status
        raise error


@contextmanager
def plain_errors(home: Cohort) -> Iterator[None]:
    """Say in one sentence what SQLite or the disk refuses: which class, and the mend.

    Raises
    ------
    GradingError
        In place of SQLite's errors and those of a disk that is full or cannot be written.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise GradingError(_sentence(home, error)) from None
    except OSError as error:
        if words := of_the_disk(error, home.folder):
            raise GradingError(words) from None
        raise


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _sentence(home: Cohort, error: sqlite3.Error) -> str:
    code, book = _code(error), f"The gradebook of {home.name!r}"
    if code in _BUSY:
        return (
            f"{book} is in use by another program ({error}). Close formgrader's page and run the "
            "command again: nothing was changed."
        )
    if code == sqlite3.SQLITE_FULL:
        return f"{disk_full(home.folder)} The gradebook is as it was."
    if code in _DAMAGE:
        mend = command("restore", home.name)
        return f"The gradebook {home.gradebook} is damaged ({error}). Run: {mend}"
    return (
        f"{book} cannot be opened or written ({error}). See that the folder {home.folder} is yours "
        "and not read-only, and that its disk has room, then run the command again: nothing was changed."
    )

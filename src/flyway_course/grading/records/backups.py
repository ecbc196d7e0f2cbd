"""Copies of a class's gradebook: made before each run and after marking, brought back by `restore`."""

from __future__ import annotations

import os
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flyway_course.grading.assignments import known_assignments, short_name
from flyway_course.grading.errors import GradingError, command, number_of
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.records import gradebook_file as book_file
from flyway_course.grading.records import recorded

if TYPE_CHECKING:
    from flyway_course.grading.cohort import Cohort

MOST = 50
STAMP = "%Y%m%dT%H%M%S-%fZ"
NUMBERED, ASIDE, BROKEN = "gradebook", "before-restore", "damaged"
"""Copies that `grade` and `mark` made and that are numbered; what `restore` put aside, sound or damaged."""


def copies(home: Cohort, kind: str = NUMBERED) -> list[Path]:
    """Return the copies of one kind, oldest first; whatever else lies there is none of them."""
    found = (home.folder / "backups").glob(f"{kind}-*.db")
    real = (p for p in found if p.is_file() and not p.is_symlink())
    return sorted(p for p in real if _made(p, kind))


def _made(path: Path, kind: str) -> datetime | None:
    """Return when a copy was made, as its name says; None for what is no copy of this kind."""
    try:
        when = datetime.strptime(path.name, f"{kind}-{STAMP}.db").replace(tzinfo=UTC)
    except ValueError:
        return None
    return when if path.name == f"{kind}-{when.strftime(STAMP)}.db" else None


def _new_name(home: Cohort, kind: str) -> Path:
    """Return the name of a new copy: it is the newest one, also where the clock was set back."""
    when = datetime.now(UTC)
    if before := copies(home, kind):
        when = max(when, _made(before[-1], kind) + timedelta(microseconds=1))
    path = home.folder / "backups" / f"{kind}-{when.strftime(STAMP)}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def back_up(home: Cohort, kind: str = NUMBERED, spare: Path | None = None) -> Path | None:
    """Copy the gradebook before it is written to; return the copy (None: no gradebook yet).

    The copy gets its name when it is whole, and only then are the oldest ones removed, but never
    `spare`.

    Raises
    ------
    GradingError
        The disk is full or cannot be written, or the gradebook cannot be read.
    """
    if not home.gradebook.exists():
        return None
    with book_file.plain_errors(home):
        copy = _new_name(home, kind)
        new = book_file.scrap(copy)
        try:
            new.touch()  # a folder that refuses is named here: SQLite would not say which
            book_file.copy(home.gradebook, new)
            new.replace(copy)
        finally:
            book_file.discard(new)
        for old in copies(home, kind)[:-MOST]:
            if old != spare:
                old.unlink(missing_ok=True)
    return copy


def restore(home: Cohort, which: int | str = 1) -> tuple[Path, Path | None]:
    """Bring back a copy of the gradebook, and let everything be recorded again.

    The gradebook that is there now is put aside first: under a name without a number, so that
    the numbers mean the same when the command is run again. The list then says of all work that it
    waits for grading: outcomes are kept, so the next `grade` runs nothing twice, and what was
    marked by hand stays or, where the answer is another one now, waits to be looked at.

    Parameters
    ----------
    which
        The number of the copy, 1 for the newest; or the name of its file.

    Returns
    -------
    tuple
        The copy that was brought back, and where the gradebook of before is (None: there was none).

    Raises
    ------
    GradingError
        No such copy, it is damaged, another command is at work, or the disk refuses.
    """
    with home.one_writer(), book_file.plain_errors(home):
        chosen = _chosen(home, str(which))
        _need_sound(home, chosen)
        new = book_file.scrap(home.gradebook)
        try:
            book_file.copy(chosen, new)
            with closing(book_file.opened(new)) as book:
                recorded.doubt(book)
            kept = _put_aside(home, chosen)
            _let_all_wait(home)
            # into the file that is there: formgrader may have it open and would write to a lost one
            book_file.copy(new, home.gradebook)
        finally:
            book_file.discard(new)
    return chosen, kept


def listing(home: Cohort) -> list[str]:
    """Return the lines that tell which copies there are."""
    numbered = copies(home)[::-1]
    lines = [f"{number_of(len(numbered), 'copy', 'copies')} of the gradebook of {home.name}:"]
    lines += [f"  {place}: {_told(path)}" for place, path in enumerate(numbered, start=1)]
    aside = copies(home, ASIDE)[::-1]
    lines += ["Put aside by restore:"] if aside else []
    return lines + [f"  {_told(path)}" for path in aside]


def _told(path: Path) -> str:
    found = book_file.state(path)
    return path.stem + ("" if found == book_file.WHOLE else f" ({found})")


def waiting(home: Cohort) -> list[str]:
    """Return the short names of the assignments with work that waits for grading."""
    return [short_name(p.stem) for p in _lists(home) if m.Manifest.load(p).unaccounted()]


def _lists(home: Cohort) -> list[Path]:
    """Return the lists of files of a class; what a cloud or a Mac lays beside one is none."""
    paths = map(home.manifest_path, known_assignments(home.solutions).values())
    return [path for path in paths if path.exists()]


def _chosen(home: Cohort, which: str) -> Path:
    numbered = copies(home)
    if not numbered and not copies(home, ASIDE):
        raise GradingError(
            f"The class {home.name!r} has no copy of its gradebook: one is made before each `grade` "
            "that records marks and at the end of `mark`. If the gradebook itself is damaged, move it out of the class's "
            "folder and grade again: what the computer checks is then recorded anew."
        )
    if re.fullmatch(r"-?\d+", which):
        if not 1 <= int(which) <= len(numbered):
            raise GradingError(
                f"The class {home.name!r} has {number_of(len(numbered), 'copy', 'copies')} of its "
                f"gradebook; there is no number {which}."
            )
        return numbered[-int(which)]
    for path in [*numbered, *copies(home, ASIDE)]:
        if which in (path.name, path.stem):
            return path
    raise GradingError(
        f"There is no copy {which!r}. See their names and numbers with: "
        f"{command('restore --list', home.name)}"
    )


def _need_sound(home: Cohort, chosen: Path) -> None:
    if (found := book_file.state(chosen)) != book_file.WHOLE:
        raise GradingError(
            f"The copy {chosen.name} is {found}, so it was not brought back. See the others with: "
            f"{command('restore --list', home.name)}"
        )


def _put_aside(home: Cohort, chosen: Path) -> Path | None:
    """Keep the gradebook that is there now: as a copy, or as it is where it is damaged."""
    if book_file.state(home.gradebook) != book_file.DAMAGED:
        return back_up(home, ASIDE, spare=chosen)
    kept = _new_name(home, BROKEN)
    journal = home.gradebook.with_name(f"{home.gradebook.name}-journal")
    if os.path.lexists(journal):  # first: SQLite would play it into the copy that comes back
        journal.replace(kept.with_name(f"{kept.name}-journal"))
    home.gradebook.replace(kept)
    return kept


def _let_all_wait(home: Cohort) -> None:
    """Let the lists of a class say that nothing is graded, before the gradebook is another one."""
    for path in _lists(home):
        listed = m.Manifest.load(path)
        for entry in listed.entries:
            if entry.state == m.GRADED:
                entry.state, entry.reason, entry.tests = m.COLLECTED, "", ""
        listed.save()

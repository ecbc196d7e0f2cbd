"""Put a finished site in place of the last one, all of it or nothing.

The new site is copied beside the old one and then takes its name. A reader, or the local server,
never sees a mixture. If the machine stops between the two renames, the next start mends it.
A file that has not changed is no copy but a link to the one in the old site, which nobody writes to.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from .errors import DISK_FULL, BuildError, is_disk_full

NOT_FOR_READERS = shutil.ignore_patterns(".buildinfo", ".doctrees", "reports")


def publish(made: Path, site: Path, add: Callable[[Path], object] | None = None) -> None:
    """Copy the folder `made` to `site`. Raises BuildError and leaves `site` as it was.

    add: is given the copy before it takes its place, to put more into it. A file that it changes,
    it must write with `write_anew`: the copy may be a link to the one in the old site.
    """
    new, old = _beside(site)
    recover(site)
    try:

        def copy(source: str, target: str) -> None:
            _link_or_copy(Path(source), Path(target), site / Path(target).relative_to(new))

        shutil.copytree(made, new, ignore=NOT_FOR_READERS, copy_function=copy)
        if add:
            add(new)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(new, ignore_errors=True)
        if _says_disk_full(error):
            raise BuildError(DISK_FULL) from None
        raise BuildError(f"The finished site could not be copied to {site}: {error}") from None
    try:
        if site.exists():
            site.rename(old)
        new.rename(site)
    except OSError as error:
        recover(site)
        raise BuildError(
            f"The new site could not take the place of {site}: {error.strerror}. "
            "Close the programs that have its files open, then run the command again."
        ) from None
    shutil.rmtree(old, ignore_errors=True)


def write_anew(file: Path, text: str) -> None:
    """Write a new file in place of the old one, which may be a link to the last site's."""
    new = file.with_name(file.name + ".part")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def recover(site: Path) -> None:
    """Mend what an interrupted `publish` left: the last good site is back under its name."""
    new, old = _beside(site)
    if old.exists() and not site.exists():
        old.rename(site)
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _link_or_copy(source: Path, target: Path, last: Path) -> None:
    """Link `target` to the last site's file where it is a copy of `source`, else copy `source`."""
    with contextlib.suppress(OSError):  # a new file; a file system without links
        now, before = source.stat(), last.stat()
        if (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns):
            os.link(last, target)
            return
    shutil.copy2(source, target)


def _beside(site: Path) -> tuple[Path, Path]:
    return site.with_name(site.name + ".new"), site.with_name(site.name + ".old")


def _says_disk_full(error: OSError) -> bool:
    # copytree collects the errors of all files as texts, without their numbers
    return is_disk_full(error) or "No space left on device" in str(error)

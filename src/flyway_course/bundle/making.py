"""Make a bundle: list, check, copy, search, pack, and put it in place whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flyway_course.locks import one_at_a_time

from .contents import Item, contents
from .errors import BundleError
from .launchers import NAME
from .packages import packages_of
from .safety import bad_names, find_answers
from .wheels import CACHE

SUMS = "SHA256SUMS"
HAND_IN = "hand-in"
PACKED = {".whl", ".png", ".jpg", ".webp", ".woff2", ".woff", ".zip"}
STARTED = (".sh", ".command")
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
FAT32_LARGEST = 4 * 1024**3 - 1
Say = Callable[[str], None]


@dataclass(frozen=True)
class Bundle:
    """What was made. Sizes in bytes."""

    folder: Path
    archive: Path
    files: int
    size: int
    archive_size: int

    def summary(self) -> str:
        """One sentence for people."""
        return (
            f"The bundle is ready: {self.folder} ({self.files} files, {self.size / 1e6:.0f} MB) "
            f"and {self.archive.name} ({self.archive_size / 1e6:.0f} MB)."
        )


def make_bundle(
    root: Path,
    out: Path,
    systems: Sequence[str] = (),
    pythons: Sequence[str] = (),
    say: Say = lambda text: None,
    cache: Path = CACHE,
) -> Bundle:
    """Make folder and zip in `out`, in the place of the last ones.

    Parameters
    ----------
    root
        The course, with its built book.
    systems, pythons
        For whom packages are added: see `targets`. Without systems, none are.
    cache
        Where fetched wheels are kept.

    Raises
    ------
    BundleError
        One sentence; the last bundle is then as it was.
    """
    folder, archive = out / NAME, out / f"{NAME}.zip"
    with one_at_a_time(root / "_build" / "bundle.lock", lambda: say("Waiting for another bundle")):
        recover(folder)
        keep_what_is_not_ours(folder)
        with tempfile.TemporaryDirectory() as scratch:
            items = contents(root, systems, pythons)
            known: set[str] = set()
            if systems:
                packages = packages_of(root, systems, pythons, Path(scratch), say, cache)
                known = {Path(item.name).name for item in packages if item.name.endswith(".whl")}
                known = {name for name in known if not name.startswith("flyway-")}
                items += packages
            refuse(bad_names([item.name for item in items], NAME))
            check_room(out, items)
            new, packed = folder.with_name(NAME + ".new"), archive.with_name(NAME + ".zip.new")
            try:
                remove(new, packed)
                say(f"Copying {len(items)} files")
                copy(items, new)
                say("Searching for answers and class work")
                refuse(find_answers(new, root, known))
                say("Packing")
                pack(new, packed)
                sizes = sum(item.size for item in items), packed.stat().st_size
                put_in_place(new, folder)
                packed.replace(archive)
            except OSError as error:
                if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                    raise BundleError(no_room(out, items)) from None
                raise
            finally:
                remove(new, packed)
    if sizes[1] > FAT32_LARGEST:
        say("The zip is larger than 4 GB: a stick formatted as FAT32 takes only the folder.")
    return Bundle(folder, archive, len(items) + 1, *sizes)


def keep_what_is_not_ours(folder: Path) -> None:
    """Refuse to replace a folder that holds other files than a bundle's, such as handed-in work."""
    if not folder.exists():
        return
    sums = folder / SUMS
    ours = {SUMS}
    if sums.is_file():
        lines = sums.read_text(encoding="utf-8").splitlines()
        ours |= {line.split("  ", 1)[1] for line in lines if "  " in line}
    others = [
        name
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and (name := path.relative_to(folder).as_posix()) not in ours
        and path.name not in LITTER
        and not path.name.startswith("._")
        and "__pycache__" not in path.parts
    ]
    if others:
        raise BundleError(
            f"{folder} holds {len(others)} files that no bundle put there, such as {others[0]}: "
            "move them away first (handed-in work: `python3 course.py collect`, then delete it)."
        )


def refuse(problems: Sequence[str]) -> None:
    """Raise BundleError if there is a problem, with the first ten."""
    if problems:
        shown = "\n  ".join(problems[:10])
        raise BundleError(f"The bundle was not made, because of:\n  {shown}")


def needed_mb(items: Iterable[Item]) -> int:
    """Megabytes for folder and zip together."""
    return round(sum(item.size + 4096 for item in items) * 2 / 1e6) + 1


def no_room(out: Path, items: Iterable[Item]) -> str:
    """Return the sentence for a full disk."""
    return (
        f"The disk of {out} is too full: the bundle needs {needed_mb(items)} MB free for a moment, "
        "with its zip. Free that much, or choose another place with --out."
    )


def check_room(out: Path, items: Sequence[Item]) -> None:
    """Raise BundleError if the disk has no room for folder and zip."""
    out.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(out).free < needed_mb(items) * 1e6:
        raise BundleError(no_room(out, items))


def copy(items: Iterable[Item], folder: Path) -> None:
    """Write every file, the list of checksums and the empty folder for handed-in work."""
    sums = []
    for item in items:
        path = folder / item.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(item.source, bytes):
            path.write_bytes(item.source)
        else:
            shutil.copyfile(item.source, path)
        if path.suffix in STARTED:
            path.chmod(0o755)
        with path.open("rb") as file:
            sums.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {item.name}\n")
    (folder / HAND_IN).mkdir()
    (folder / SUMS).write_text("".join(sorted(sums, key=lambda s: s[66:])), "utf-8", newline="\n")


def pack(folder: Path, archive: Path) -> None:
    """Zip a folder under the bundle's name; what is compressed already is stored as it is."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
        for path in sorted(folder.rglob("*")):
            if path.is_file() or path.name == HAND_IN:
                how = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
                out.write(path, f"{NAME}/{path.relative_to(folder).as_posix()}", how)


def put_in_place(new: Path, folder: Path) -> None:
    """Give the new folder its name; if that fails, the last one has it back."""
    old = folder.with_name(folder.name + ".old")
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError as error:
        if old.exists():
            old.rename(folder)
        raise BundleError(
            f"The new bundle could not take the place of {folder}: {error.strerror}. Close the "
            "programs that have its files open, then run the command again."
        ) from None
    remove(old)


def recover(folder: Path) -> None:
    """Mend what a run left that was ended between its two renames."""
    old = folder.with_name(folder.name + ".old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    remove(old)


def remove(*places: Path) -> None:
    """Delete what is left of an interrupted run."""
    for place in places:
        if place.is_dir():
            shutil.rmtree(place)
        elif os.path.lexists(place):
            place.unlink()

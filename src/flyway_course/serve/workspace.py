"""The trainee's own files: copied once, never overwritten, the old copy always kept."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

from flyway_course.paths import EXERCISES, NOTEBOOKS, WORKSPACE

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


class NotThereError(LookupError):
    """There is no such lesson or exercise; the message says so in one sentence."""


def home(root_dir: Path, workspace: Path = WORKSPACE) -> Path:
    """Return where a server with this root folder keeps the trainee's notebooks.

    That is the course's own `workspace/`, unless JupyterLab cannot see it from its root folder: on a
    hub the course may lie in the image, and only the learner's home folder is kept.
    """
    if workspace.resolve().is_relative_to(root_dir.resolve()):
        return workspace
    return root_dir / "counting-across-borders"


def checked(name: str) -> str:
    """Return a name that is safe as a file name, or raise `NotThereError`.

    Letters, digits, `-` and `_` only: no dot, slash or backslash can climb out of a folder.
    """
    if not NAME.fullmatch(name):
        raise NotThereError(f"{name!r} is not the name of a lesson or exercise.")
    return name


def _plain_file(path: Path, inside: Path) -> bool:
    """Say whether `path` is a file of its own in the folder: no link, nothing from elsewhere."""
    if path.is_symlink() or not path.is_file():
        return False
    return path.resolve().is_relative_to(inside.resolve())


def _copy_new(source: Path, target: Path) -> bool:
    """Copy a file unless something of that name is there already; say whether it was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        # "x" makes creating and checking one step: two clicks at once cannot overwrite
        with target.open("xb") as out, source.open("rb") as data:
            shutil.copyfileobj(data, out)
    except FileExistsError:
        return False
    except OSError:
        target.unlink(missing_ok=True)  # a half-written copy would count as the trainee's own
        raise
    return True


def lesson(name: str, notebooks: Path = NOTEBOOKS, workspace: Path = WORKSPACE) -> Path:
    """Return the trainee's copy of a lesson, made from the built book if there is none yet."""
    target = workspace / f"{checked(name)}.ipynb"
    source = notebooks / target.name
    if target.exists():
        return target
    if not _plain_file(source, notebooks):
        raise NotThereError(
            f"There is no lesson {name!r} in the built book: run `python3 course.py build`, or "
            "look for the lesson in the book's contents."
        )
    _copy_new(source, target)
    return target


def all_lessons(notebooks: Path = NOTEBOOKS, workspace: Path = WORKSPACE) -> list[Path]:
    """Return the trainee's copies of all lessons of the built book, making those that lack."""
    workspace.mkdir(parents=True, exist_ok=True)
    built = [path for path in sorted(notebooks.glob("*.ipynb")) if _plain_file(path, notebooks)]
    return [lesson(path.stem, notebooks, workspace) for path in built if NAME.fullmatch(path.stem)]


def restart(
    name: str,
    notebooks: Path = NOTEBOOKS,
    workspace: Path = WORKSPACE,
    now: datetime | None = None,
) -> tuple[Path, Path | None]:
    """Give a fresh copy of a lesson and keep the old one under the name of its day and minute.

    Returns the fresh copy and where the old one is now (`None` if there was none). A lesson that
    the book does not have raises `NotThereError` before anything is renamed.
    """
    current = workspace / f"{checked(name)}.ipynb"
    if not _plain_file(notebooks / current.name, notebooks):
        raise NotThereError(
            f"There is no lesson {name!r} in the built book, so your copy was left as it is."
        )
    kept = None
    if current.exists():
        kept = _free_name(current, now or datetime.now())
        current.rename(kept)
    return lesson(name, notebooks, workspace), kept


def _free_name(current: Path, now: datetime) -> Path:
    """Name a kept copy, such as `01-birds (kept 2026-11-22 1405).ipynb`, that nothing has yet."""
    stem = f"{current.stem} (kept {now:%Y-%m-%d %H%M}"
    number, target = 1, current.with_name(f"{stem}).ipynb")
    while target.exists() or target.is_symlink():
        number += 1
        target = current.with_name(f"{stem}, {number}).ipynb")
    return target


def exercise(name: str, exercises: Path = EXERCISES, workspace: Path = WORKSPACE) -> Path:
    """Copy the files of an assignment that the trainee lacks; return the notebook to open.

    `name` is that of the folder, or its short form: `X0` for `x0-first-counts`.
    The copies are in `workspace/exercises/<name>/`; a file that is there already stays as it is.
    """
    name = _full_name(checked(name), exercises)
    source = exercises / name
    files = [
        path
        for path in sorted(source.rglob("*"))
        if _plain_file(path, source)
        and not any(part.startswith(".") for part in path.relative_to(source).parts)
    ]
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    if not notebooks:
        raise NotThereError(f"The exercise {name!r} holds no notebook.")
    home = workspace / "exercises" / name
    for path in files:
        _copy_new(path, home / path.relative_to(source))
    return home / notebooks[0].relative_to(source)


def _full_name(name: str, exercises: Path) -> str:
    """Find the folder of an assignment by its name or by the part before its first `-`."""
    folders = [p.name for p in exercises.glob("*") if p.is_dir() and not p.is_symlink()]
    if name in folders:
        return name
    short = [folder for folder in folders if folder.partition("-")[0].lower() == name.lower()]
    if len(short) != 1:
        raise NotThereError(f"There is no exercise {name!r} in exercises/.")
    return short[0]

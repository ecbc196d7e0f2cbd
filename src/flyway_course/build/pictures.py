"""The pictures of a lesson, kept between builds: what the kernel may use again, and what must go.

Drawing is most of the time that a lesson takes. While a lesson runs, `flyway.widgets.reuse` keeps
each picture under a hash of all that it is made from; here is the part of that hash which only the
build knows: the digest of every module that the lesson reaches, with the lesson's data, the locked
and the installed versions. One folder for each lesson holds what its last good run has used.
"""

from __future__ import annotations

import ast
import json
import shutil
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from .depends import Sources
from .names import cells, parse_cells

# As in flyway.widgets.reuse, which is not imported here: it loads matplotlib and pandas.
FOLDER = "FLYWAY_PICTURES"
DIGESTS, USED = "modules.json", "used.txt"
# What can change a module from outside without an assignment.
MEDDLING = {"setattr", "delattr", "exec", "eval", "vars", "globals", "reload", "run_line_magic"}


class LessonPictures:
    """The folder of one lesson's pictures.

    all_folders: folder for the whole book. name: path of the lesson below the root.
    """

    def __init__(self, all_folders: Path, name: str, text: str, sources: Sources):
        self.folder = all_folders / name
        self.sources = sources
        modules, data = sources.dependencies(text)
        shown = sources.data_files(data)
        more = (sources.common, *installed())
        self.files = sources.files_of(modules) | shown
        self.digests = {
            module: [
                str(sources.modules[module]),
                sources.digest(sources.files_of(sources.reach([module])) | shown, *more),
            ]
            for module in sorted(modules)
        }
        self.steady = not meddles(text)

    def environment(self) -> dict[str, str]:
        """Prepare the folder; give the variables that the lesson's kernel needs."""
        if not self.steady:
            return {}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / USED).unlink(missing_ok=True)
        (self.folder / DIGESTS).write_text(json.dumps(self.digests), "utf-8")
        return {FOLDER: str(self.folder)}

    def keep_used(self) -> None:
        """After a good run: drop the pictures that it did not use.

        Where a file has changed while the lesson ran, nobody can tell which text a picture was made
        from, and all go.
        """
        used = self.folder / USED
        again = Sources(self.sources.root)
        if not used.is_file() or again.digest(self.files) != self.sources.digest(self.files):
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        kept = {DIGESTS, USED, *used.read_text("utf-8").split()}
        for path in self.folder.iterdir():
            if path.name not in kept:
                path.unlink()


def drop_lost(all_folders: Path, names: Iterable[str]) -> None:
    """Drop the folders of lessons that are no longer in the book."""
    kept = {all_folders / name for name in names}
    for file in list(all_folders.rglob(DIGESTS)):
        if file.parent not in kept:
            shutil.rmtree(file.parent)


def meddles(text: str) -> bool:
    """Whether a lesson's code may change a module from outside, which no digest would show."""
    tree = parse_cells(cells(text))
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in MEDDLING:
            return True
        if isinstance(node, ast.Attribute) and node.attr in MEDDLING:
            return True
        written = isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
        if isinstance(node, ast.Attribute | ast.Subscript) and written:
            while isinstance(node, ast.Attribute | ast.Subscript):
                node = node.value
            # A part of something computed may be a module too: say yes where one cannot tell.
            if not isinstance(node, ast.Name) or node.id in imported:
                return True
    return False


@lru_cache(maxsize=1)
def installed() -> tuple[str, ...]:
    """Names and versions of what is installed, as the folders of the packages say them."""
    places = [Path(place) for place in sys.path if Path(place).is_dir()]
    return tuple(sorted({path.name for place in places for path in place.glob("*.dist-info")}))

"""Make the in-browser course for the built book, check it, publish both in one step."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flyway_course.build.errors import BuildError
from flyway_course.build.leaks import find_secrets
from flyway_course.build.lock import locked
from flyway_course.build.places import Places
from flyway_course.build.publish import publish
from flyway_course.lite import checks, pages, tools
from flyway_course.lite.distribution import Distribution, from_cdn, from_path
from flyway_course.lite.errors import LiteError
from flyway_course.lite.make import Sources, make
from flyway_course.paths import ASSETS, NODE_MODULES, ROOT

Say = Callable[[str], None]
SHOWN = 20


@dataclass(frozen=True)
class LiteReport:
    """What was made: number of lessons with a button, size in bytes, where Python comes from."""

    lessons: int
    size: int
    python: str

    def summary(self) -> str:
        """One line for people."""
        size = f"{self.size / 1e6:.0f} MB"
        return (
            f"The in-browser course is in lite/: {self.lessons} lessons, {size}, "
            f"Python from {self.python}."
        )


def build_lite(
    pyodide: Path | None = None, say: Say = lambda line: None, wait_s: float = 0
) -> LiteReport:
    """Add the in-browser course to the book that was built last, and publish them together.

    pyodide: folder or archive of Pyodide's full distribution to serve from the site; without it,
    pages fetch Python from Pyodide's CDN.

    Raises LiteError or BuildError; the published site is then as it was.
    """
    places = Places(ROOT)
    home = places.made / "lite"
    with locked(places.made / "lock", wait_s, say):
        book = places.work / "html"
        if not (book / "index.html").is_file():
            raise LiteError("The book is not built: run `python3 course.py build` first.")
        tools.ensure_tools(say)
        here = from_cdn(NODE_MODULES / "pyodide")
        if pyodide:
            here = from_path(Path(pyodide).resolve(), here.release, home / "pyodide")
        made = _made(places, here, book, home, say)
        say("Checking that nothing leaves the machine but for Python, and no answer leaks")
        secrets = find_secrets(places.root / "solutions", places.root / "book")
        problems = checks.find_problems(made, secrets, None if here.folder else here.cdn)
        if problems:
            raise BuildError(
                "The in-browser course was made but must not be published:", problems[:SHOWN]
            )
        counted = []

        def add(new: Path) -> None:
            shutil.copytree(made, new / "lite")
            counted.append(pages.add_buttons(new))

        publish(book, places.site, add)
    size = sum(f.stat().st_size for f in (places.site / "lite").rglob("*") if f.is_file())
    host = "this site" if here.folder else urlsplit(here.cdn).netloc
    return LiteReport(counted[0], size, host)


def _made(places: Places, here: Distribution, book: Path, home: Path, say: Say) -> Path:
    """Return the folder of the JupyterLite site, made anew where anything of it has changed."""
    out, mark = home / "site", home / "made-of"
    sources = [
        *sorted(Path(__file__).parent.glob("*")),
        *(f for f in sorted((places.root / "src" / "flyway").rglob("*")) if f.suffix != ".pyc"),
        *sorted(ASSETS.glob("*")),
        *sorted(places.root.glob("datasets/*/*")),
        *sorted(places.root.glob("exercises/**/*")),
        *sorted((book / "notebooks").glob("*.ipynb")),
        tools.LOCK,
        tools.BROWSER_LOCK,
        places.root / "pyproject.toml",
    ]
    digest = hashlib.sha256(f"{here.release} {here.folder}".encode())
    for file in sources:
        if file.is_file():
            digest.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    if mark.is_file() and mark.read_text("utf-8") == digest.hexdigest() and out.is_dir():
        return out
    mark.unlink(missing_ok=True)
    course = tools.course_wheel(home / "wheel")
    parts = Sources(book / "notebooks", places.root / "exercises", places.root / "datasets", course)
    make(parts, here, home / "source", out, say)
    mark.write_text(digest.hexdigest(), encoding="utf-8")
    return out

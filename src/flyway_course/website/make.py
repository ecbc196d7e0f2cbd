"""Put the website into one folder: whole, or as it was before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flyway_course.build.lock import locked
from flyway_course.build.places import Places
from flyway_course.build.publish import publish
from flyway_course.paths import ROOT

from . import address as addresses
from . import pages, worker
from .errors import WebsiteError

DEFAULT = Path("dist") / "website"
MARK = "sw.js"


@dataclass(frozen=True)
class Website:
    """What was made. size: bytes. lite: whether lessons run in the browser."""

    folder: Path
    pages: int
    size: int
    address: str
    lite: bool

    def summary(self) -> str:
        """Lines for people."""
        lines = [f"The website is in {self.folder}: {self.pages} pages, {self.size / 1e6:.0f} MB."]
        if not self.lite:
            lines.append(
                "Lessons do not run in the browser there: the in-browser course is not in it."
            )
        if not self.address:
            lines.append(
                "It has no list for search engines: give --address, or html: baseurl in _config.yml."
            )
        lines.append("Copy all of the folder, also names that begin with a dot, to your web host.")
        return "\n".join(lines)


def make_website(
    out: Path | None = None,
    address: str | None = None,
    lite: bool = True,
    root: Path = ROOT,
    say: Callable[[str], None] = lambda line: None,
    wait_s: float = 0,
) -> Website:
    """Make the website from the built book, with lite/ where the book has it and `lite` is true.

    out: folder to write, replaced as a whole if it is a website already. address: where the site
    will be; without it, that of `_config.yml`; an empty one means that it is not known.

    Raises WebsiteError or BuildError; what was in `out` is then as it was.
    """
    address = addresses.checked(addresses.configured(root) if address is None else address)
    folder = (root / DEFAULT if out is None else Path(out)).absolute()
    places = Places(root)
    _check_folder(folder, places)
    say("Making the website")
    counted = []

    def add(new: Path) -> None:
        counted.append(pages.add_to_pages(new, address))
        pages.add_not_found(new, address)
        pages.add_for_search_engines(new, address)
        (new / ".nojekyll").touch()  # else GitHub leaves out folders that begin with _
        worker.add_worker(new)

    with locked(places.made / "lock", wait_s, say):
        made = places.site if lite else places.work / "html"  # the book as it is without lite/
        if not (made / "index.html").is_file():
            raise WebsiteError("The book is not built: run `python3 course.py build` first.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        publish(made, folder, add)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    shown = folder.relative_to(root) if folder.is_relative_to(root) else folder
    return Website(shown, counted[0], size, address, (folder / "lite").is_dir())


def _check_folder(folder: Path, places: Places) -> None:
    """Refuse a folder that holds something else: it would be replaced."""
    if folder == places.root or places.root.is_relative_to(folder):
        raise WebsiteError(f"{folder} holds the course itself: give another folder with --out.")
    if folder.is_relative_to(places.made):
        raise WebsiteError(f"{folder} is where the book is built: give another folder with --out.")
    if folder.exists() and not folder.is_dir():
        raise WebsiteError(f"{folder} is a file: give a folder with --out.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise WebsiteError(
            f"{folder} holds something that is no website of the course: empty it, or give another "
            "folder with --out."
        )

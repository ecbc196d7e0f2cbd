"""Links: inside the built site and the root's pages each leads somewhere; outside ones parse.

No link is fetched: a test that needs the internet says more about the internet than about us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .parsing import parse
from .problem import Problem

# Hosts that answer over https, so that `http:` is an oversight.
HTTPS_HOSTS = frozenset(
    """birdlife.org www.birdlife.org www.cms.int www.ramsar.org www.iucnredlist.org doi.org
    dx.doi.org creativecommons.org www.eaaflyway.net www.neaspec.org github.com jupyter.org
    jupyterbook.org www.wbsj.org wbsj.org zenodo.org www.gbif.org""".split()  # noqa: SIM905
)
SCHEMES = frozenset({"http", "https", "mailto", "doi"})
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}|localhost|\d+(?:\.\d+){3}", re.IGNORECASE
)
# What only the course's own server answers: hidden until the page script finds that server.
_LIVE = re.compile(r"(lesson|restart|exercise)/([\w-]+)")
_BAD = re.compile(r"[\s<>\"{}|\\^`]")


@dataclass
class Page(HTMLParser):
    """The links and the anchors of one HTML page."""

    links: list[tuple[int, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag points at and what it may be called."""
        for name, value in attrs:
            if name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value or "")
            elif name in {"href", "src"} and value and tag != "base":
                self.links.append((self.getpos()[0], value))
                if ("hidden", None) in attrs or ("hidden", "") in attrs:
                    self.hidden.add(value)

    @classmethod
    def read(cls, path: Path) -> Page:
        """Parse an HTML file."""
        page = cls()
        page.feed(path.read_text(encoding="utf-8", errors="replace"))
        return page


def site(root: Path, quoted: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Every link of the built site at `root` leads to a file and an anchor that exist.

    `quoted` are addresses of sources, which stay as they were when the source was read.
    """
    # the theme leaves its templates among its styles: nobody opens them
    files = [path for path in sorted(root.rglob("*.html")) if not path.name.endswith("macros.html")]
    pages = {path: Page.read(path) for path in files}
    for path, page in pages.items():
        name = path.relative_to(root).as_posix()
        for line, link in page.links:
            why = "" if link in quoted else dead(link, path, pages, root)
            if why:
                yield Problem(name, line, "link", f"“{link}” {why}")


def dead(link: str, page: Path, pages: dict[Path, Page], root: Path) -> str:
    """Return why a link of the site leads nowhere, or an empty string."""
    try:
        parts = urlsplit(link)
    except ValueError as broken:
        return f"cannot be read: {broken}"
    if parts.scheme in {"data", "javascript", "blob"}:
        return ""
    if parts.scheme or parts.netloc:
        return fault(link)
    if parts.path.startswith("/"):
        return "begins at the server's root; a book on a USB stick or a hub has none"
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    beside = root.resolve().parent / "course"  # served beside the book, whose place ends in book/
    if target.is_relative_to(beside) and link in pages[page].hidden:
        live = _LIVE.fullmatch(target.relative_to(beside).as_posix())
        there = live and (live[1] == "exercise" or _has_notebook(root, live[2]))
        return "" if there else "opens a notebook that the site does not hold"
    if not target.is_relative_to(root.resolve()) and target != page:
        return "leads out of the site"
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return "leads to no file"
    known = pages.get(target)
    anchor = unquote(parts.fragment)
    if known and anchor and anchor not in {"", "top"} and anchor not in known.anchors:
        return f"names the anchor “{anchor}”, which {target.name} lacks"
    return ""


def _has_notebook(root: Path, name: str) -> bool:
    return (root / "notebooks" / f"{name}.ipynb").is_file()


def fault(link: str, https: bool = True) -> str:
    """Return why the address of an outside link is wrong, or an empty string.

    With `https`, a host that is known to answer over https: is asked over https:.
    """
    if _BAD.search(link):
        return "holds a sign that no address may hold"
    try:
        parts = urlsplit(link)
        parts.port  # noqa: B018  (raises if it is no number)
    except ValueError as broken:
        return f"cannot be read: {broken}"
    if parts.scheme not in SCHEMES:
        return f"begins with “{parts.scheme}:”, not with https:"
    if parts.scheme == "mailto":
        return "" if "@" in parts.path else "is no e-mail address"
    if parts.scheme == "doi":
        return ""
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        return f"has no host that can exist (“{host}”)"
    if https and parts.scheme == "http" and host in HTTPS_HOSTS:
        return "is http:, and this host answers over https:"
    return ""


def markdown(path: Path, root: Path) -> Iterator[Problem]:
    """Every link of a Markdown page at the root leads to a file and heading that exist."""
    name = path.relative_to(root).as_posix()
    page = parse(path.read_text(encoding="utf-8"), name)
    for block in page.walk():
        for link in [*block.links, *(source for source, _ in block.images)]:
            file, _, anchor = link.partition("#")
            if urlsplit(link).scheme:
                why = fault(link)
            elif file and not (path.parent / unquote(file)).exists():
                why = "leads to no file"
            elif anchor and not _has_heading(path.parent / unquote(file) if file else path, anchor):
                why = f"names the heading “{anchor}”, which is not there"
            else:
                why = ""
            if why:
                yield Problem(name, block.line, "link", f"“{link}” {why}")


def _has_heading(path: Path, anchor: str) -> bool:
    if path.suffix != ".md":
        return True
    page = parse(path.read_text(encoding="utf-8"), path.name)
    return anchor in {slug(b.text) for b in page.walk() if b.kind == "heading"}


def slug(heading: str) -> str:
    """Return the anchor that a heading gets on code hosts: small letters, hyphens for spaces."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")

"""No page may ask the internet for anything: every resource that a page loads is in the site.

Checked are the pages, with the documents inside their frames, and the style sheets and scripts
that they load. Plain links (`<a href>`) go where a reader chooses to go, and are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .seen import Seen

# Attributes from which a browser loads something by itself.
LOADING = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "track": ("src",),
    "input": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "base": ("href",),
}
# <link rel="…"> that is a note for machines and loads nothing.
NOTES = {"alternate", "author", "canonical", "help", "index", "license", "next", "prev", "search"}
EXTERNAL = re.compile(r"\s*(?:(?:https?|wss?|ftp):)?//", re.I)
CSS_URL = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""", re.I)
# What loads something in a script, when its address is written out.
SCRIPT_LOADS = [
    re.compile(pattern, re.I)
    for pattern in (
        r"""\bimport\s*\(?\s*["'`]((?:https?:)?//[^"'`]+)""",
        r"""\bfrom\s*["'`]((?:https?:)?//[^"'`]+)""",
        r"""\b(?:fetch|importScripts|loadScript|Worker|WebSocket|EventSource)\(\s*["'`]"""
        r"""((?:https?|wss?):[^"'`]+)""",
        r"""\.(?:src|open\("GET",)\s*=?\s*["'`]((?:https?:)?//[^"'`]+)""",
    )
]
# Hosts that serve scripts, styles and fonts: their names have no other use in a script.
SCRIPT_HOSTS = re.compile(
    r"""["'`]((?:https?:)?//(?:unpkg\.com|cdn\.jsdelivr\.net|cdnjs\.cloudflare\.com|esm\.(?:sh|run)"""
    r"""|fonts\.(?:googleapis|gstatic)\.com|netdna\.bootstrapcdn\.com|code\.jquery\.com)[^"'`]*)""",
    re.I,
)
# A map layer from the internet is the reader's choice, unless a statement of its own puts it on the
# map at once, as folium's default does.
TILES = re.compile(r"""(\w+)\s*=\s*L\.tileLayer\(\s*["'`](https?:[^"'`]+)""")


def find_external(site: Path, seen: Seen | None = None) -> list[str]:
    """One sentence for each resource outside the site, or missing in it, that a page would load.

    seen: findings of the last search, for the files that have not changed since.
    """
    seen = seen or Seen()
    found: list[str] = []
    assets: dict[Path, str] = {}  # style sheet or script -> a page that loads it
    for path in sorted(site.rglob("*.html")):
        page = path.relative_to(site).as_posix()
        if page.startswith("_static/"):
            continue  # templates that the theme leaves there; they are no pages
        for address, what in seen.find("loads", page, path, _loads):
            if EXTERNAL.match(address):
                found.append(f"{page}: {what} loads {address[:120]}")
                continue
            local = _local(path, address)
            if local is None:
                continue
            if not local.is_file():
                found.append(f"{page}: {what} loads {address[:120]}, which is not in the site")
            elif local.suffix in {".css", ".js", ".mjs"}:
                assets.setdefault(local, page)
    for path, page in assets.items():
        name = path.relative_to(site).as_posix()
        read = _css if path.suffix == ".css" else _script
        found += [
            f"{name} (loaded by {page}): loads {address[:120]}"
            for address in seen.find("loads", name, path, read)
            if EXTERNAL.match(address)
        ]
    return found


def _local(page: Path, address: str) -> Path | None:
    """The file that a page's relative address means; None for `data:` and the like."""
    parts = urlsplit(address.strip())
    if parts.scheme or not parts.path:
        return None
    return (page.parent / unquote(parts.path)).resolve()


def _loads(text: str) -> Iterator[tuple[str, str]]:
    reader = _Page()
    reader.feed(text)
    reader.close()
    return iter(reader.found)


def _css(text: str) -> list[str]:
    return CSS_URL.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.S))


def _script(text: str) -> list[str]:
    found = [
        address for pattern in [*SCRIPT_LOADS, SCRIPT_HOSTS] for address in pattern.findall(text)
    ]
    found += [
        address
        for layer, address in TILES.findall(text)
        if re.search(rf"^\s*{re.escape(layer)}\.addTo\(", text, re.M)
    ]
    return found


class _Page(HTMLParser):
    """Collects (address, what loads it) from one page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in {"script", "style"} else ""
        given = {name: value for name, value in attrs if value}
        names = LOADING.get(tag, ())
        if tag == "link" and not NOTES & set(given.get("rel", "").lower().split()):
            names = ("href",)
        for name in names:
            if name in given:
                for address in _addresses(name, given[name]):
                    self.found.append((address, f"<{tag} {name}>"))
        if "style" in given:
            self.found += [(address, f"the style of <{tag}>") for address in _css(given["style"])]
        if "srcdoc" in given:
            self.found += [(a, f"{what} in a frame") for a, what in _loads(given["srcdoc"])]

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "style":
            self.found += [(address, "<style>") for address in _css(data)]
        elif self.inside == "script":
            self.found += [(address, "a script") for address in _script(data)]


def _addresses(name: str, value: str) -> list[str]:
    if name != "srcset":
        return [value]
    return [part.split()[0] for part in value.split(",") if part.split()]

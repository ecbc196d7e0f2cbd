"""What a website adds to the pages: the keeper of visited pages, an address of their own, a 404 page."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from flyway_course.build.publish import write_anew

from .errors import WebsiteError

HERE = Path(__file__).parent
HEAD_END = re.compile(r"</head>", re.I)
# Sphinx writes one where `_config.yml` names an address; the given address is heard instead.
CANONICAL = re.compile(r'<link\b[^>]*\brel="canonical"[^>]*>\n?')
FIRST = "book/index.html"

NOT_FOUND = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>No such page: Counting Across Borders</title>
<meta name="description" content="The address leads to no page of the course. Ways back to it.">
<link rel="icon" href="data:,">
{base}<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }}
a {{ color: inherit }}
li {{ padding: .4rem 0 }}
input, button {{ font: inherit; min-height: 44px; max-width: 100%; box-sizing: border-box }}
</style>
</head>
<body><main><h1>There is no such page</h1>
<p>The page may have moved, or the address has a slip in it. The course is still here:</p>
<ul>
<li><a href="book/index.html">The first page</a></li>
<li><a href="book/start-here.html">Start here</a></li>
<li><a href="book/glossary.html">Glossary</a></li>
</ul>
<form action="search.html" role="search"><label>Search the book<br>
<input type="search" name="q"></label> <button>Search</button></form>
</main></body></html>
"""
# The page stands in for addresses at any depth. Where the root of the site is not known beforehand,
# it is the nearest folder above that holds a file of its own.
LOOK_UP = """<script>
(async function () {
  const parts = location.pathname.split("/").slice(0, -1);
  for (let depth = parts.length; depth > 0; depth -= 1) {
    const folder = parts.slice(0, depth).join("/") + "/";
    const answer = await fetch(folder + "sw.js", { method: "HEAD" }).catch(() => null);
    if (answer && answer.ok) {
      const base = document.createElement("base");
      base.href = folder;
      document.head.prepend(base);
      return;
    }
  }
})();
</script>
"""


def of_book(site: Path) -> list[str]:
    """The pages of the book in reading order of their names, as addresses below the site's root."""
    return [path.relative_to(site).as_posix() for path in sorted(site.glob("book/**/*.html"))]


def add_to_pages(site: Path, address: str) -> int:
    """Add the keeper and, where the site's address is known, each page's own. Returns the pages."""
    pages = of_book(site)
    if FIRST not in pages:
        raise WebsiteError(f"The book has no {FIRST}: run `python3 course.py build --cold`.")
    for name in [*pages, "search.html"]:
        page = site / name
        added = f'<script defer src="{"../" * name.count("/")}_static/offline.js"></script>\n'
        if address:
            own = html.escape(address + quote(name), quote=True)
            added += f'<link rel="canonical" href="{own}">\n'
        text = CANONICAL.sub("", page.read_text("utf-8"))
        text, times = HEAD_END.subn(lambda end, added=added: added + end[0], text, 1)
        if not times:
            raise WebsiteError(f"{name} has no </head>: run `python3 course.py build --cold`.")
        write_anew(page, text)
    write_anew(site / "_static" / "offline.js", (HERE / "offline.js").read_text("utf-8"))
    return len(pages)


def add_not_found(site: Path, address: str) -> None:
    """Write `404.html`, which works for a wrong address at any depth."""
    if address:
        base = f'<base href="{html.escape(urlsplit(address).path, quote=True)}">\n'
    else:
        base = LOOK_UP
    write_anew(site / "404.html", NOT_FOUND.format(base=base))


def add_for_search_engines(site: Path, address: str) -> None:
    """Write `sitemap.xml` and `robots.txt`; without an address, neither can be written."""
    if not address:
        return
    entries = "".join(
        f"<url><loc>{html.escape(address + quote(name))}</loc></url>\n" for name in of_book(site)
    )
    write_anew(
        site / "sitemap.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
    )
    path = urlsplit(address).path
    write_anew(
        site / "robots.txt",
        f"User-agent: *\nDisallow: {path}lite/\nSitemap: {address}sitemap.xml\n",
    )

"""What a page loads: one style sheet for the whole book, and only the scripts that it needs.

The theme and the extensions ask for eleven style sheets and fifteen scripts on every page. Here the
sheets become one file, cut to what the book uses (`trim`, `icons`), and a script is put on a page
only if the page holds what it serves. Formulas bring KaTeX's own sheet, on pages with formulas.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pydata_sphinx_theme
from sphinx.application import Sphinx

from flyway_course.sphinx_ext.maths import KATEX
from flyway_course.sphinx_ext.trim import classes_of_pages, icons_of, trim, words_of_scripts

BOOK_CSS = "styles/book.css"
KATEX_CSS = "vendor/katex/katex.min.css"
SHEETS = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "copybutton.css",
    "mystnb.*.css",
    "exercise.css",
    "sphinx-design.min.css",
    "kit.css",
    "progress.css",
)
"""Sheets of the book, in the order in which they overrule one another; the course's own come last."""

EVERY_PAGE = (
    "_static/documentation_options.js",
    "_static/kit.js",  # before Sphinx's search, which it tells not to read pages from a stick
    "_static/progress.js",
    "_static/scripts/sphinx-book-theme.js",
    "_static/scripts/pydata-sphinx-theme.js",
)
WHERE_NEEDED = {
    'class="highlight': ("_static/clipboard.min.js", "_static/copybutton.js"),
    "data-fw-guess": ("_static/guess.js",),
    "fw-figure": ("_static/larger.js",),
    "data-fw-progress": ("_static/progress-page.js",),
    "sd-tab-set": ("_static/design-tabs.js",),
}
"""A mark in the page's text, and the scripts that serve it."""

SEARCH_PAGE = (
    "_static/doctools.js",
    "_static/sphinx_highlight.js",
    "_static/searchtools.js",
    "_static/language_data.js",
    "searchindex.js",
)
DROPPED = re.compile(
    r"togglebutton|sphinx-thebe|design-tabs|clipboard|copybutton|doctools|sphinx_highlight|"
    r"sphinx-book-theme|documentation_options|kit\.js|guess\.js|larger\.js|progress(-page)?\.js|bootstrap|"
    r"fontawesome"
)
UNUSED = (
    "scripts/fontawesome.js*",
    "scripts/bootstrap.js*",
    "scripts/*.map",
    "styles/*.map",
    "vendor/fontawesome",
    "sphinx-thebe.*",
    "togglebutton.*",
    "images/logo_*",
    "webpack-macros.html",
    "sbt-webpack-macros.html",
)
"""Files of the theme that no page asks for (6 MB): a memory stick need not carry them."""

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"


def choose(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Put the page's sheets and scripts into its context; `templates/layout.html` writes them."""
    body = context.get("body") or ""
    styles = [BOOK_CSS]
    if 'class="katex' in body:
        styles.insert(0, KATEX_CSS)
    scripts = list(SEARCH_PAGE) if pagename == "search" else []
    for mark, files in WHERE_NEEDED.items():
        if mark in body:
            scripts += files
    for script in context.get("script_files", []):
        name = str(getattr(script, "filename", script) or "").split("?")[0]
        if name and not DROPPED.search(name) and name not in scripts:
            scripts.append(name)  # a script that some other extension needs on this page
    context["fw_styles"] = styles
    context["fw_scripts"] = [*EVERY_PAGE[:3], *scripts, *EVERY_PAGE[3:]]


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the book's style sheet, its icon font and KaTeX's files; remove what is not used."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    if not static.is_dir():
        return
    _refresh_own_files(app, static)
    pages = [path.read_text(encoding="utf-8") for path in sorted(Path(app.outdir).rglob("*.html"))]
    write_book_css(static, pages)
    if any(KATEX_CSS in page for page in pages):
        _copy_katex(static / "vendor" / "katex")
    for pattern in UNUSED:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def write_book_css(static: Path, pages: list[str]) -> None:
    """Join and trim the sheets. Does nothing if neither the sheets nor the classes changed."""
    used = classes_of_pages(pages)
    scripts = {path for _, files in WHERE_NEEDED.items() for path in files}
    for name in sorted({*EVERY_PAGE, *SEARCH_PAGE[:3], *scripts}):
        place = static.parent / name
        if place.is_file():
            used |= words_of_scripts([place.read_text(encoding="utf-8")])
    found = [path for name in SHEETS for path in sorted(static.glob(name))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in found)
    text = re.sub(r"@font-face\s*\{[^}]*Awesome[^}]*\}", "", text)
    key = hashlib.sha256("\n".join([text, *sorted(used)]).encode()).hexdigest()[:16]
    target = static / BOOK_CSS
    if target.is_file() and key in target.read_text(encoding="utf-8")[:80]:
        return
    from flyway_course.sphinx_ext.icons import cut_fonts  # loads fontTools

    css = trim(text, used)
    fonts = cut_fonts(icons_of(css), THEME / "vendor" / "fontawesome" / "webfonts", target.parent)
    target.write_text(f'@charset "utf-8";/* {key} */\n{fonts}{css}', encoding="utf-8")


def _refresh_own_files(app: Sphinx, static: Path) -> None:
    """Copy the course's own sheets and scripts again: Sphinx does so only when a page changed."""
    for folder in app.config.html_static_path:
        for source in Path(app.confdir, folder).glob("*.*"):
            target = static / source.name
            if source.suffix in {".css", ".js", ".svg"} and (
                not target.is_file() or target.read_bytes() != source.read_bytes()
            ):
                shutil.copyfile(source, target)


def _copy_katex(target: Path) -> None:
    """Copy KaTeX's sheet and its woff2 fonts; the two older font formats are left out."""
    css = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r",url\([^)]*\.(?:woff|ttf)\) format\(\"[a-z]+\"\)", "", css)
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    (target / "katex.min.css").write_text(css, encoding="utf-8")
    for font in (KATEX / "fonts").glob("*.woff2"):
        if not (target / "fonts" / font.name).is_file():
            shutil.copyfile(font, target / "fonts" / font.name)


def setup(app: Sphinx) -> None:
    """Register the choice per page and the writing at the end."""
    app.connect("html-page-context", choose, priority=900)
    app.connect("build-finished", write, priority=900)

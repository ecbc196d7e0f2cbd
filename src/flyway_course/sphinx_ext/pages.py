"""Every page passes here on its way to the disk: pictures move out, and the page is mended.

Sphinx asks a template bridge to write each page; this bridge is Sphinx's own with one step more.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache
from sphinx.application import Sphinx
from sphinx.jinja2glue import BuiltinTemplateLoader

from flyway_course.sphinx_ext.markup import parse, write
from flyway_course.sphinx_ext.mend import mend
from flyway_course.sphinx_ext.pictures import add_twins, write_maps, write_pictures

TEMPLATES = Path(__file__).parent / "templates"
WITHOUT_TEXT = {
    "search": "Search the pages of the course {title}.",
}


def finish(html: str, outdir: Path, root: str, description: str) -> str:
    """Give the finished page: pictures and maps as files, dark twins, mended HTML."""
    soup = parse(write_pictures(html, outdir, root))
    write_maps(soup, outdir, root)
    add_twins(soup, outdir)
    mend(soup, description)
    return write(soup)


class MendingTemplates(BuiltinTemplateLoader):
    """Sphinx's template loader; pages leave it finished."""

    def init(self, builder: Any, *args: Any, **kwargs: Any) -> None:
        """Remember the builder, for the place of its output."""
        super().init(builder, *args, **kwargs)
        self.fw_builder = builder
        # Compiling the theme's templates takes longer than filling them. Jinja compares each with
        # its text; Sphinx's own memory of the pages lies in the same folder.
        compiled = Path(builder.doctreedir) / "templates"
        compiled.mkdir(parents=True, exist_ok=True)
        self.environment.bytecode_cache = FileSystemBytecodeCache(str(compiled))

    def render(self, template: str, context: dict[str, Any]) -> str:
        """Render a template; a page is finished before it is written."""
        html = super().render(template, context)
        pagename = context.get("pagename")
        if not pagename or self.fw_builder.format != "html" or "</html>" not in html:
            return html
        title = context.get("docstitle") or context.get("project") or ""
        wanted = WITHOUT_TEXT.get(pagename)
        about = wanted.format(title=title) if wanted else _first_words(context, title)
        return finish(html, Path(self.fw_builder.outdir), context.get("content_root", ""), about)


def _first_words(context: dict[str, Any], title: str) -> str:
    """Describe a page that has no description: its title and its first words."""
    words = parse(context.get("page_description") or "").get_text(" ")
    return " ".join(words.split())[:150] or f"{context.get('title', '')}: {title}"


def _configure(_app: Sphinx, config: Any) -> None:
    config.template_bridge = f"{__name__}.{MendingTemplates.__name__}"
    config.templates_path = [str(TEMPLATES), *config.templates_path]  # before the theme's own
    config.primary_domain = None  # else `{data}` would mean a variable of a Python module
    config.nb_code_prompt_show, config.nb_code_prompt_hide = "Show the code", "Hide the code"
    options = config.html_theme_options
    options.setdefault("logo", {"text": config.html_title or config.project, "alt_text": ""})


def _drop_unused(app: Sphinx, _config: Any) -> None:
    """Stop sphinx-thebe: it declares the same constant twice and stops other scripts of a page."""
    for listeners in app.events.listeners.values():
        listeners[:] = [entry for entry in listeners if entry.handler.__module__ != "sphinx_thebe"]


FRONT_DOOR = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={first}">
<meta name="description" content="{title}: the first page of the course.">
<title>{title}</title>
<link rel="icon" href="data:,">
</head>
<body><main><h1>{title}</h1><p><a href="{first}">Open the first page</a></p></main></body>
</html>
"""


def _write_front_door(app: Sphinx, exception: Exception | None) -> None:
    """Write `index.html`, which leads to the first page of the book."""
    if exception or app.builder.format != "html" or app.config.root_doc == "index":
        return
    door = FRONT_DOOR.format(
        lang=app.config.language,
        title=escape(app.config.html_title or app.config.project),
        first=app.builder.get_target_uri(app.config.root_doc),
    )
    (Path(app.outdir) / "index.html").write_text(door, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the bridge and the templates."""
    app.connect("build-finished", _write_front_door)
    app.connect("config-inited", _configure, priority=900)
    app.connect("config-inited", _drop_unused, priority=100)

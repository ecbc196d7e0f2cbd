"""Writes `notebooks/<name>.ipynb` beside the pages, for each lesson, when it has changed."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import nbformat
from sphinx.application import Sphinx
from sphinx.util import logging

from flyway_course.sphinx_ext.data_box import package
from flyway_course.sphinx_ext.lesson import slug
from flyway_course.sphinx_ext.notebooks import Names, convert

logger = logging.getLogger(__name__)


@lru_cache(maxsize=8)
def _bibliography(path: str, _stamp: int) -> dict[str, str]:
    """Map citation keys to "Author year"."""
    from pybtex.database import parse_file

    shown = {}
    for key, entry in parse_file(path, bib_format="bibtex").entries.items():
        people = entry.persons.get("author") or entry.persons.get("editor") or []
        names = ["".join(str(part) for part in " ".join(p.last_names)) for p in people]
        who = names[0] if names else entry.fields.get("title", key)
        if len(names) == 2:
            who = f"{names[0]} and {names[1]}"
        elif len(names) > 2:
            who = f"{names[0]} et al."
        shown[key.lower()] = f"{who} {entry.fields.get('year', '')}".replace("{", "").replace(
            "}", ""
        )
    return shown


def _names(app: Sphinx, docname: str) -> Names:
    """Give the book's answers to what one lesson cannot know."""
    titles = app.env.titles

    def page(target: str) -> str | None:
        name = target.lstrip("/") if target.startswith("/") else _beside(docname, target)
        return titles[name].astext() if name in titles else None

    known: dict[str, str] = {}
    for file in getattr(app.config, "bibtex_bibfiles", []):
        place = Path(app.confdir) / file
        if place.is_file():
            known |= _bibliography(str(place), place.stat().st_mtime_ns)

    def cite(keys: str) -> str:
        return (
            "(" + "; ".join(known.get(k.strip().lower(), k.strip()) for k in keys.split(",")) + ")"
        )

    def data(name: str) -> str:
        described, _ = package(name)
        return f"{described['title']} ({described['truth']} data)"

    return Names(page=page, cite=cite, data=data)


def _beside(docname: str, target: str) -> str:
    parts = docname.split("/")[:-1]
    for step in target.split("/"):
        parts = parts[:-1] if step == ".." else parts if step == "." else [*parts, step]
    return "/".join(parts).removesuffix(".md")


def _key(app: Sphinx, source: str) -> str:
    """Hash of what a notebook is made from: its source, the titles of pages, the sources' names."""
    titles = sorted((name, title.astext()) for name, title in app.env.titles.items())
    parts = [source, *map(str, titles)]
    for file in getattr(app.config, "bibtex_bibfiles", []):
        place = Path(app.confdir) / file
        parts += [place.read_text(encoding="utf-8")] if place.is_file() else []
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebook of each lesson that has changed, and remove those of lessons that are gone."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "notebooks"
    memory = Path(app.doctreedir) / "fw-notebooks.json"  # beside Sphinx's own memory of the pages
    before = json.loads(memory.read_text(encoding="utf-8")) if memory.is_file() else {}
    keys: dict[str, str] = {}
    for docname in sorted(getattr(app.env, "fw_lessons", {})):
        source = Path(app.env.doc2path(docname)).read_text(encoding="utf-8")
        target = folder / f"{slug(docname)}.ipynb"
        keys[target.name] = _key(app, source)
        if target.is_file() and before.get(target.name) == keys[target.name]:
            continue
        try:
            made = convert(source, _names(app, docname))
        except Exception as error:
            logger.warning("the notebook cannot be made: %s", error, location=docname)
            del keys[target.name]
            continue
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(nbformat.writes(made) + "\n", encoding="utf-8")
    for old in folder.glob("*.ipynb"):
        if old.name not in keys:
            old.unlink()
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps(keys), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Write after all pages are known."""
    app.connect("build-finished", write)

"""The pages around JupyterLite: its front page, the watcher in each page, the button on a lesson.

The front page `lite/open.html?path=lessons/NAME.ipynb` asks whether Python can be had before it
opens a notebook. The watcher stays with the notebook: where Python cannot be fetched, it says so in
one sentence and offers the ways that need no internet.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from flyway_course.build.publish import write_anew
from flyway_course.lite.errors import LiteError

WATCH = Path(__file__).with_name("watch.js")
# Before the first script of a page, so that no kernel starts unseen.
HEAD = re.compile(r"<head>\s*", re.I)
PLACE = re.compile(
    r'<template class="fw-lite" data-lesson="([\w-]+)" data-stick="([^"]*)">(.*?)</template>', re.S
)
# The button of a lesson: the group is its address.
BUTTON = re.compile(r'<a class="fw-button fw-lite" href="([^"]+)">')

LINK = 'style="color:inherit;text-decoration:underline"'  # JupyterLab takes the line away
WAYS = """<ul style="margin:.3rem 0 0;padding-left:1.2rem">
<li hidden><a data-notebook {link}>Download this notebook</a> and open it in JupyterLab.</li>
<li>On a computer with the course: type <code>python3 course.py open</code> in its folder.</li>
<li>From a USB stick of the course: open <code>START-HERE.html</code>.</li>
<li>Read on: <a href="{up}index.html" {link}>the book</a> needs no Python.</li>
</ul>"""

FRONT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Run in the browser: Counting Across Borders</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.8 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }}
</style>
{script}</head>
<body><main><h1>Run in the browser</h1>
<noscript><p>Running Python in the browser needs JavaScript, which is switched off.</p></noscript>
<section id="course-python" role="status">
<p>Asking whether Python can be fetched. The notebook then opens by itself.</p>
<div data-ways><h2>Other ways</h2>
{ways}</div>
</section>
</main></body></html>
"""


def add_watcher(lite: Path, python: str) -> None:
    """Write the front page, the watcher and its place in each page of JupyterLite.

    lite: folder of the JupyterLite site. python: address of `pyodide.mjs`, relative to it or whole.
    """
    (lite / WATCH.name).write_text(WATCH.read_text("utf-8"), encoding="utf-8")
    for page in sorted(lite.rglob("index.html")):
        up = "../" * (len(page.relative_to(lite).parts) - 1)
        text = page.read_text("utf-8")
        made, times = HEAD.subn(lambda head, up=up: head[0] + _script(python, up), text, count=1)
        if not times:
            raise LiteError(f"{page.relative_to(lite)} has no <head>: JupyterLite has changed.")
        write_anew(page, made)
    front = FRONT.format(
        script=_script(python, "", front=True), ways=WAYS.format(up="../", link=LINK)
    )
    write_anew(lite / "open.html", front)


def add_buttons(site: Path) -> int:
    """Put "Run in the browser" into the card of each lesson of a site. Returns how many."""
    done = 0
    for page in sorted(site.glob("book/**/*.html")):
        text = page.read_text("utf-8")
        up = "../" * (len(page.relative_to(site).parts) - 1)
        made, times = PLACE.subn(lambda place, up=up: _button(place, up), text)
        if times:
            write_anew(page, made)
            done += times
    return done


def _button(place: re.Match, up: str) -> str:
    lesson, stick, words = place.groups()
    address = f"{up}lite/open.html?path=lessons/{lesson}.ipynb"
    return (
        f'<a class="fw-button fw-lite" href="{address}">{words}</a>'
        f'<p class="fw-lite-stick" hidden>{stick}</p>'
    )


def _script(python: str, up: str, front: bool = False) -> str:
    """The element of the watcher; addresses in it are relative to the script, words to the page."""
    ways = html.escape(WAYS.format(up=f"{up}../", link=LINK), quote=True).replace("\n", "")
    opens = " data-open" if front else ""
    address = html.escape(python, quote=True)
    return f'<script src="{up}{WATCH.name}" data-python="{address}" data-ways="{ways}"{opens}></script>\n'

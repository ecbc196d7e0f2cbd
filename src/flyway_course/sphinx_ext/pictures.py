"""Pictures and maps that cells wrote into the page become files, fetched when they are shown.

Every course picture gets a twin for dark paper (`flyway.plots.dark_twin`); the page holds both, and
a browser fetches only the one that it shows.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import os
import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from flyway_course.sphinx_ext.markup import parse, write

DATA_PNG = re.compile(r'"data:image/png;base64,([A-Za-z0-9+/=\s]+)"')
MAP_PART = re.compile(r'<(script|style) data-fw-asset="([\w.-]+)">(.*?)</\1>', re.DOTALL)
LISTEN = (
    "<script>addEventListener('message', function (e) {"
    "if (e.source === parent && (e.data === 'fw-light' || e.data === 'fw-dark'))"
    "document.documentElement.dataset.theme = e.data.slice(3); });</script>"
)
"""From a memory stick a frame may not look at its page, so kit.js tells it the colours."""

FIGURE = re.compile(r"_images/(fig-[0-9a-f]{16})\.png$")


def write_pictures(html: str, outdir: Path, root: str) -> str:
    """Write each `data:` PNG of a page to `_images/`, and give the page with addresses instead.

    `root` is the way from the page to the top of the site, such as `../../`.
    """

    def write(found: re.Match[str]) -> str:
        data = base64.b64decode(found.group(1))
        name = f"fig-{hashlib.sha256(data).hexdigest()[:16]}.png"
        place = outdir / "_images" / name
        _put(place, data)
        return f'"{root}_images/{name}"'

    return DATA_PNG.sub(write, html)


def dark_name(source: str, outdir: Path) -> str | None:
    """Address of the dark twin of a picture, made if it is not there yet; None for other images."""
    found = FIGURE.search(source)
    if not found:
        return None
    light, dark = (outdir / "_images" / f"{found.group(1)}{end}.png" for end in ("", "-dark"))
    if not dark.is_file():
        from flyway.plots.png import dark_twin  # loads matplotlib, so only when a picture is new

        _put(dark, dark_twin(light.read_bytes()))
    return f"{source[: -len('.png')]}-dark.png"


def add_twins(soup: BeautifulSoup, outdir: Path) -> None:
    """Give each course picture its dark twin; pictures that wait in a `<template>` get `data-dark`."""
    for image in soup.find_all("img"):
        twin = dark_name(image.get("src") or "", outdir)
        if twin is None:
            continue
        if image.get("data-state") is not None:
            image["data-dark"] = twin
            continue
        image["loading"], image["decoding"] = "lazy", "async"
        other: Tag = copy.copy(image)
        other["src"] = twin
        _add_class(image, "only-light")
        _add_class(other, "only-dark")
        image.insert_after(other)


def write_maps(soup: BeautifulSoup, outdir: Path, root: str) -> None:
    """Move each map out of its page into a page of its own, fetched when the reader scrolls to it."""
    for frame in soup.find_all("iframe", srcdoc=True):
        document = _whole(_share_parts(frame["srcdoc"], outdir))
        name = f"map-{hashlib.sha256(document.encode()).hexdigest()[:16]}.html"
        place = outdir / "_maps" / name
        _put(place, document.encode())
        del frame["srcdoc"]
        frame["src"] = f"{root}_maps/{name}"
        frame["loading"] = "lazy"


def _whole(document: str) -> str:
    """Bring the scripts that folium writes after the body into it, and write clean HTML."""
    soup = parse(document)
    for script in soup.html.find_all("script", recursive=False) if soup.html else []:
        soup.body.append(script)
    return write(soup)


def _put(place: Path, data: bytes, again: bool = False) -> None:
    """Write a file in one step (pages are written by several processes), if it is not there yet."""
    if place.is_file() and not again:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(place)


def _share_parts(document: str, outdir: Path) -> str:
    """Move the parts that all maps share (Leaflet, the land) into `_static/vendor/`."""

    def share(found: re.Match[str]) -> str:
        tag, name, text = found.groups()
        place = outdir / "_static" / "vendor" / name
        _put(place, text.encode(), again=not place.is_file() or place.read_bytes() != text.encode())
        if tag == "script":
            return f'<script src="../_static/vendor/{name}"></script>'
        return f'<link rel="stylesheet" href="../_static/vendor/{name}">'

    return MAP_PART.sub(share, document).replace("</head>", f"{LISTEN}</head>", 1)


def _add_class(tag: Tag, name: str) -> None:
    tag["class"] = [*(tag.get("class") or []), name]

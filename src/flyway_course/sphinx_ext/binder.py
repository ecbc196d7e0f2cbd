"""The address at which Binder opens a lesson: only where `_config.yml` names a Binder and a repository.

Jupyter Book's own settings say both: `launch_buttons: {binderhub_url: …}` and
`repository: {url: …, branch: …}`. With either empty, no page speaks of Binder. The file itself is read:
Jupyter Book hands these settings to the theme, whose options `_config.yml` overrules as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml


def settings(book: Path) -> dict[str, Any]:
    """Return what `_config.yml` in the folder `book` says; empty where there is none."""
    file = book / "_config.yml"
    return (yaml.safe_load(file.read_text("utf-8")) or {}) if file.is_file() else {}


def address(config: Mapping[str, Any], place: str) -> str:
    """Return where Binder opens a place of the server such as `course/lesson/00-start-01`, or "".

    config: the settings of the book.
    """
    binder = (config.get("launch_buttons") or {}).get("binderhub_url") or ""
    source = config.get("repository") or {}
    repository = (source.get("url") or "").rstrip("/").removesuffix(".git")
    if not (binder and repository):
        return ""
    branch = quote(source.get("branch") or "HEAD", safe="")
    parts = urlsplit(repository)
    owner = parts.path.strip("/")
    if parts.hostname == "github.com":
        kind = f"gh/{owner}"
    elif parts.hostname == "gitlab.com":
        kind = f"gl/{quote(owner, safe='')}"
    else:
        kind = f"git/{quote(repository, safe='')}"
    return f"{binder.rstrip('/')}/v2/{kind}/{branch}?urlpath={quote(place, safe='')}"

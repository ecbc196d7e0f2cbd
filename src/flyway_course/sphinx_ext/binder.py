"""The address at which Binder opens a lesson: only where `_config.yml` names a Binder and a repository.

Jupyter Book's own settings say both: `launch_buttons: {binderhub_url: …}` and
`repository: {url: …, branch: …}`. With either empty, no page speaks of Binder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit


def address(options: Mapping[str, Any], place: str) -> str:
    """Return where Binder opens a place of the server such as `course/lesson/00-start-01`, or "".

    options: the theme's settings, which hold those of Jupyter Book.
    """
    binder = (options.get("launch_buttons") or {}).get("binderhub_url") or ""
    repository = (options.get("repository_url") or "").rstrip("/").removesuffix(".git")
    if not (binder and repository):
        return ""
    branch = quote(options.get("repository_branch") or "HEAD", safe="")
    parts = urlsplit(repository)
    owner = parts.path.strip("/")
    if parts.hostname == "github.com":
        source = f"gh/{owner}"
    elif parts.hostname == "gitlab.com":
        source = f"gl/{quote(owner, safe='')}"
    else:
        source = f"git/{quote(repository, safe='')}"
    return f"{binder.rstrip('/')}/v2/{source}/{branch}?urlpath={quote(place, safe='')}"

"""The address of the website: given, or `html: {baseurl: …}` of `_config.yml`, or none."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from .errors import WebsiteError


def configured(root: Path) -> str:
    """Return the address that `_config.yml` in the folder `root` names, or an empty string."""
    import yaml

    settings = yaml.safe_load((root / "_config.yml").read_text("utf-8")) or {}
    return (settings.get("html") or {}).get("baseurl") or ""


def checked(address: str) -> str:
    """Return an address with one `/` at its end; an empty one stays empty.

    Raises WebsiteError where it is no address of a website.
    """
    address = address.strip()
    if not address:
        return ""
    parts = urlsplit(address)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.query
        or parts.fragment
        or not re.fullmatch(r"[\w.~%/:@-]+", parts.netloc + parts.path)
    ):
        raise WebsiteError(
            f"{address!r} is no address of a website: write it as https://example.org/course/."
        )
    return address.rstrip("/") + "/"

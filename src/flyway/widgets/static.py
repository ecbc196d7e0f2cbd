"""What static widgets share: identities that do not change between builds, and HTML."""

from __future__ import annotations

import hashlib


def identity(*parts: str | bytes) -> str:
    """Make an id from the content itself: the same widget gets the same id in every build."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
    return f"fw-{digest.hexdigest()[:10]}"


class Html:
    """A piece of HTML that a notebook displays; `text` is shown where HTML cannot be."""

    def __init__(self, html: str, text: str) -> None:
        self.html, self.text = html, text

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text

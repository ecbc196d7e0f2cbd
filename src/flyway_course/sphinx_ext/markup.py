"""Reads and writes HTML: one way of writing for all pages."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter

KEPT_EMPTY = {"alt", "value", "content"}


class _Format(HTMLFormatter):
    """HTML 5 with the attributes in the order in which they were written."""

    def __init__(self) -> None:
        super().__init__(
            entity_substitution=EntitySubstitution.substitute_xml,
            void_element_close_prefix=None,
        )

    def attributes(self, tag: Any) -> Any:
        """Attributes with their values; switches such as `hidden` stand alone."""
        for name, value in tag.attrs.items():
            yield name, None if value == "" and name not in KEPT_EMPTY else value


FORMAT = _Format()


def parse(html: str) -> BeautifulSoup:
    """Read a page."""
    return BeautifulSoup(html, "html.parser")


def write(soup: BeautifulSoup) -> str:
    """Write a page."""
    return soup.decode(formatter=FORMAT).lstrip()

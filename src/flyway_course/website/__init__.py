"""The course as a website, ready for any web host: `course.py website`.

The built book with the in-browser course, and what a website has on top of a book on a stick: pages
that stay on a reader's device, a page for wrong addresses, and a list for search engines where the
address of the site is known.

>>> from flyway_course.website import make_website
>>> make_website(address="https://example.org/course/", say=print).summary()       # doctest: +SKIP
'The website is in dist/website: 56 pages, 52 MB.'
"""

from __future__ import annotations

from .errors import WebsiteError
from .make import Website, make_website

__all__ = ["Website", "WebsiteError", "make_website"]

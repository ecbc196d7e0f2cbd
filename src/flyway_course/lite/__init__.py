"""The course in the browser, with nothing installed: `course.py build --lite`.

A JupyterLite site below `lite/` of the book holds every lesson, exercise and data package, and
`flyway` as a wheel. Python itself is Pyodide: from its CDN, or from a distribution that is given.

>>> from flyway_course.lite import build_lite
>>> build_lite(say=print).summary()            # doctest: +SKIP
'The in-browser course is in lite/: 12 lessons, 22 MB, Python from cdn.jsdelivr.net.'
"""

from __future__ import annotations

from .errors import LiteError
from .site import LiteReport, build_lite

__all__ = ["LiteError", "LiteReport", "build_lite"]

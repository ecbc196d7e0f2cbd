"""What makes every command start sooner."""

from __future__ import annotations

import functools
import sys
from typing import Any

SLOW = "rfc3987_syntax"


def leave_out_slow_import() -> None:
    """Let jsonschema go without its check of international addresses.

    jsonschema imports `rfc3987_syntax` if it is there, which compiles 38 grammars: 0.9 s of the
    2.7 s that Jupyter Server takes to start (measured). It serves the formats `iri` and
    `iri-reference` only, which no schema of a notebook, a server event or a setting uses.
    Call this before the first import of jsonschema.
    """
    if SLOW not in sys.modules:
        sys.modules[SLOW] = None  # the import then fails, which jsonschema allows for


def read_entry_points_once() -> None:
    """Let this process read what is installed once, and not at every question.

    Sphinx, pybtex and pygments ask for entry points some thirty times while a book is built, and
    each time the folders of all packages are read: 0.4 s. Call this before they are imported, in a
    process that installs nothing.
    """
    import importlib.metadata

    modules = [importlib.metadata]
    try:
        import importlib_metadata  # the same for older Pythons, which pybtex asks

        modules.append(importlib_metadata)
    except ImportError:
        pass
    for module in modules:
        everything = functools.cache(module.entry_points)

        def ask(_all: Any = everything, **asked: Any) -> Any:
            return _all().select(**asked) if asked else _all()

        module.entry_points = ask


def leave_out_other_builders() -> None:
    """Let Sphinx go without two of its builders that load half a library each.

    The book is written as HTML only, by one of fifteen builders; these two cost 0.13 s at each
    start. Call this before Sphinx's application is made.
    """
    from sphinx import application

    unused = {"sphinx.builders.epub3", "sphinx.builders.linkcheck"}
    kept = tuple(name for name in application.builtin_extensions if name not in unused)
    application.builtin_extensions = kept

"""What makes every command start sooner."""

from __future__ import annotations

import sys

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

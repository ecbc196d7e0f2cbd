"""Modules and plain types that the tests know themselves: an answer may name them, no more.

A class of a library is no plain type: the tests might call it, and run there what an answer chose.
"""

from __future__ import annotations

import builtins
import importlib
import re
import sys
from typing import Any

from .codec import PLAIN_TYPES
from .scalars import Opaque, text

MODULES = frozenset(
    [
        "collections",
        "datetime",
        "flyway",
        "itertools",
        "json",
        "math",
        "matplotlib",
        "networkx",
        "numpy",
        "pandas",
        "random",
        "re",
        "scipy",
        "seaborn",
        "statistics",
        "statsmodels",
    ]
)


def module(name: str) -> Any:
    """Return the tests' own module of that name; the trainee's is never used."""
    found = sys.modules.get(name) if name.split(".")[0] in MODULES else None
    if found is None and re.fullmatch(r"flyway(\.[a-z][a-z_]*)*", name):
        found = importlib.import_module(name)
    return Opaque(f"module {name[:100]}") if found is None else found


def kind(name: str) -> Any:
    """Return a plain type from its name."""
    found = getattr(builtins, name, None)
    return found if found in PLAIN_TYPES else Opaque(f"class {name[:100]}")


TAGS = {
    "M": lambda read, body, depth: module(text(body)),
    "K": lambda read, body, depth: kind(text(body)),
}

"""The course as one folder and one zip: for a memory stick, a workshop without internet.

- `contents`: the list of what goes in. `texts`, `launchers`: what people read and start first.
- `targets`, `locked`, `wheels`: the packages for other computers, by file name and hash;
  `packages`: their folder on the stick.
- `safety`: no answers, no class work, no name that a stick cannot keep.
- `making`: all of it together, whole or not at all.
- `stick/`: the programs that go on the stick; they need nothing but Python.
"""

from __future__ import annotations

from .errors import BundleError
from .making import Bundle, make_bundle

__all__ = ["Bundle", "BundleError", "make_bundle"]

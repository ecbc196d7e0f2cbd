"""Which self-checks have passed on this computer? A list for the page "My progress", and for nobody else.

Only the course's own server asks for it: it names a file in the environment variable
`FLYWAY_SELF_CHECKS`, which every notebook that it starts inherits. Without that variable nothing is
written, so a notebook elsewhere (a script, a hub, the browser) leaves no trace. The file holds one key a
line, such as `4.1 macao`: no name, no answer, no time.
"""

from __future__ import annotations

import os
from pathlib import Path

from flyway.plots.figure import is_static

VARIABLE = "FLYWAY_SELF_CHECKS"


def remember(key: str) -> None:
    """Add a passed self-check to the list. A list that cannot be written never disturbs a lesson."""
    place = os.environ.get(VARIABLE)
    if not place or is_static():  # pages of the book are built by running lessons, which is no pass
        return
    try:
        file = Path(place)
        known = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        if key not in known:
            with file.open("a", encoding="utf-8") as lines:
                lines.write(f"{key}\n")
    except (OSError, ValueError):  # a full disk, a folder of that name, a file of another kind
        return

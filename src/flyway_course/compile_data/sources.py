"""The numbered sources of the fact files: keys, full citations, addresses."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

LISTED = re.compile(r"- \*\*\[(S\d+)\]\*\* (.*?)(?: <(\S+)>)?\s*$")
LEADING = re.compile(r"(S\d+(?:; S\d+)*)(?:\s|$)")


@dataclass(frozen=True)
class Source:
    """One numbered source: `S19`, its full citation, its address (may be empty)."""

    key: str
    citation: str
    url: str


def read_sources(facts: Path) -> dict[str, Source]:
    """All sources of section 9 of FACTS.md, by key, in its order."""
    found = {}
    for line in (facts / "FACTS.md").read_text(encoding="utf-8").splitlines():
        match = LISTED.match(line)
        if match:
            key, citation, url = match.groups()
            found[key] = Source(key, citation, url or "")
    return found


def read_rows(facts: Path, name: str) -> list[dict[str, str]]:
    """Rows of one CSV of the fact files, cells stripped of outer blanks."""
    with (facts / name).open(encoding="utf-8", newline="") as handle:
        return [{k: v.strip() for k, v in row.items()} for row in csv.DictReader(handle)]


def keys_of(cell: str) -> str:
    """Source keys at the start of a `source` cell (`S19; S40 BirdLife…` gives `S19; S40`).

    The citations behind the keys are cut short in the fact files, so only the keys are kept: the
    full citations stand in the table `sources`. Cells without a key ("general knowledge") give "".
    """
    match = LEADING.match(cell)
    return match.group(1) if match else ""


def used(keys: list[str], known: dict[str, Source]) -> list[Source]:
    """Sources named in a list of `S19; S40` cells, in numerical order.

    Raises KeyError when a key is not in the list of sources.
    """
    wanted = {key for cell in keys for key in cell.split("; ") if key}
    return [known[key] for key in sorted(wanted, key=lambda key: int(key[1:]))]

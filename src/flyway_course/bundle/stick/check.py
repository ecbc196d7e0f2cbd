"""Check that every file of the stick is whole: `python3 start/check.py`. Standard library only."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

STICK = Path(__file__).resolve().parent.parent


def examine(stick: Path) -> list[str]:
    """One sentence for each file that is damaged or missing."""
    problems = []
    for line in (stick / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        expected, name = line.split("  ", 1)
        path = stick / name
        if not path.is_file():
            problems.append(f"{name} is missing")
            continue
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        if digest.hexdigest() != expected:
            problems.append(f"{name} is damaged")
    return problems


def main(stick: Path = STICK) -> int:
    """Print what was found; return 1 if a file must be copied again."""
    try:
        problems = examine(stick)
    except OSError as error:
        problems = [f"{error.filename} cannot be read"]
    if problems:
        print("\n".join(problems[:20]))
        print(
            f"{len(problems)} files are not as they should be: copy the bundle to the stick again."
        )
        return 1
    print("Every file is whole.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a build says and did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

# What a line in the log of a build begins with,
SAY = "flyway: "  # when it is for people
RAN = "flyway ran: "  # when it names the source of a lesson that runs


@dataclass(frozen=True)
class BuildReport:
    """What a build did, and where the site is.

    pages: number of pages in the site.
    executed: sources of the lessons whose code was run, such as `book/modules/…/01-x.md`.
    seconds: duration of each phase by name (`look`, `run`, `write`, `check`, `publish`).
    site: folder of the finished site.
    changed: False when nothing had changed and nothing was done.
    """

    pages: int
    executed: tuple[str, ...]
    seconds: dict[str, float] = field(hash=False)
    site: Path
    changed: bool

    def summary(self) -> str:
        """One line for people."""
        total = f"{sum(self.seconds.values()):.1f} s"
        if not self.changed:
            return f"Nothing has changed: the book is ready ({self.pages} pages, {total})."
        ran = {0: "no lesson had to run", 1: "1 lesson ran"}
        what = ran.get(len(self.executed), f"{len(self.executed)} lessons ran")
        return f"The book is built: {self.pages} pages, {what}, {total}."

"""How much the zips of one run may unpack, so that a bomb takes nothing from honest work.

Each zip has bounds of its own. What an honest zip of its size needs is free; what goes beyond comes
from a spare that all zips of the run share. A bomb uses up its own bounds and some of the spare;
many bombs use up the spare, and then only zips that swell like bombs are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

TIMES_ITS_SIZE, BYTES_OF_A_FILE, FEW_FILES = 20, 1_000, 20
ZIPS_TO_THE_FULL = 10


@dataclass
class Spare:
    """What is left for all zips of a run that need more than their size explains."""

    left: int


@dataclass
class Allowance:
    """How much one zip may still take, of files or of bytes: what is free, then of the spare."""

    most: int
    free: int
    spare: Spare

    def has(self, amount: int) -> bool:
        """Say whether so much may still be taken."""
        beyond = amount - self.free
        return amount <= self.most and (beyond <= 0 or beyond <= self.spare.left)

    def take(self, amount: int) -> None:
        """Take so much; the last file of a zip may take more than was left."""
        self.most -= amount
        self.spare.left -= max(0, amount - self.free)
        self.free = max(0, self.free - amount)


@dataclass
class Left:
    """How many files and how many bytes one zip may still unpack, with the zips that share it."""

    files: Allowance
    together: Allowance


class Run:
    """The bounds of one run: `files` and `together` (bytes) are the most for each zip."""

    def __init__(self, files: int, together: int) -> None:
        self.files, self.together = files, together
        self.spare_files = Spare(ZIPS_TO_THE_FULL * files)
        self.spare_together = Spare(ZIPS_TO_THE_FULL * together)

    def zip(self, size: int) -> Left:
        """Return the bounds of a zip of `size` bytes."""
        few = FEW_FILES + size // BYTES_OF_A_FILE
        return Left(
            Allowance(self.files, few, self.spare_files),
            Allowance(self.together, TIMES_ITS_SIZE * size, self.spare_together),
        )

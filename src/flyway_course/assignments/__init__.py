"""The data that lie beside an assignment: made from a seed, so that each class can have its own.

`data_for` gives the files of one assignment. The practice release uses `PRACTICE_SEED`, which everybody
may know. A class has a private seed: other data, and so other right answers, from the same generator.
"""

from __future__ import annotations

from importlib import import_module

PRACTICE_SEED = 20260501
"""The public seed of the data in `exercises/`."""

WITH_DATA = {"X1": "plan_a_census", "X4": "trend_report", "X5": "review"}
"""Short name of each assignment with data of its own, and the module here that makes them."""


def data_for(assignment: str, seed: int | str = PRACTICE_SEED) -> dict[str, bytes]:
    """Return the files that lie beside an assignment, as bytes by file name.

    The same seed gives the same bytes on every machine. An assignment without data of its own has no
    files.

    Parameters
    ----------
    assignment
        Short or full name: `X4` or `x4-trend-report`.
    seed
        Any whole number, also as text, as a class keeps it.
    """
    short = assignment.split("-", 1)[0].upper()
    if short not in WITH_DATA:
        return {}
    module = import_module(f"{__name__}.{WITH_DATA[short]}")
    return module.files(int(seed))

"""Self-checks of lesson 4.2: What changed, when some sites were not counted?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flyway import datasets
from flyway.checks.entry import Check

if TYPE_CHECKING:
    from flyway.counts.slope import OverallSlope


def _slope(without_roost: bool, since: int = 2001) -> OverallSlope:
    """Give the overall slope of the simulated winter counts, with or without Site 01."""
    from flyway.counts.index import fit_index

    counts = datasets.load("winter_counts")
    counts = counts[counts["winter"] >= since]
    if without_roost:
        counts = counts[counts["site"] != "Site 01"]
    return fit_index(counts, year="winter").slope()


CHECKS = (
    Check(
        "4.2 without",
        expected=lambda: _slope(True).percent,
        within=0.03,
        unit="% per year",
        read="percent",
        right="The nineteen other sites grew by 2.9 % a year, interval 2.3 to 3.5 %. Nearer to the truth.",
        wrong={
            lambda: _slope(False).percent: "This is the change with Site 01; the plain sums "
            "of the others, blanks counted as nothing, give nearly the same. Fit the table others.",
            lambda: (
                _slope(True).estimate
            ): "This is the yearly multiplier: 1.03 means 3 % more each year. Per cent is asked.",
        },
        hint='fit_index(others, year="winter").slope().percent',
    ),
    Check(
        "4.2 class",
        expected=lambda: _slope(True, 2015).classification,
        read="classification",
        right="Stable: the interval, −0.1 to 3.9 %, contains 0 and stays inside −5 to +5. The simulated "
        "birds did grow: eleven winters are too few to show it.",
        wrong={
            "Moderate increase": "This is the class with Site 01, or over all 25 winters. Keep the "
            "winters since 2015 and leave Site 01 out.",
            "Uncertain": "Uncertain is for an interval that contains 0 and reaches beyond −5 or +5 % a "
            "year. How wide is yours?",
        },
        hint='Fit fit_index(recent, year="winter") and read its .classification.',
    ),
)

"""Self-checks of lesson 0.2: What can a notebook do with a count?"""

from __future__ import annotations

from flyway import datasets
from flyway.checks.entry import Check

MANY = 4000
CROWD = 100


def _totals() -> object:
    return datasets.load("bfs_census")["total"]


def _counts(year: int | None = None) -> object:
    """Give the counts of all places, in one January or in all."""
    regions = datasets.load("bfs_census", "regions")
    return regions["count"] if year is None else regions[regions["year"] == year]["count"]


CHECKS = (
    Check(
        "0.2 above 4000",
        expected=lambda: int((_totals() > MANY).sum()),
        right="In each of these Januaries more than 4,000 spoonbills were counted.",
        wrong={
            lambda: len(
                _totals()
            ): "These are all Januaries of the table. len(census) counts every "
            "row: count the rows of the smaller table.",
            lambda: int(
                (_totals() <= MANY).sum()
            ): "These are the other Januaries, with 4,000 birds "
            "or fewer. Does your sign point to the right, >?",
            lambda: int((_totals() > 6500).sum()): "This is the answer for 6,500 birds. Change the "
            "number in the line, then run the cell again.",
            lambda: int(
                _totals()[_totals() > MANY].sum()
            ): "This adds the birds of several winters, "
            "so many birds are in it several times. Count the rows.",
        },
        hint='many = census[census["total"] > 4000], then len(many).',
    ),
    Check(
        "0.2 places",
        expected=lambda: int((_counts(2025) > CROWD).sum()),
        right="In January 2025 most of the counted spoonbills stood in these few places.",
        wrong={
            lambda: len(_counts(2025)): "These are all places with a count in January 2025. Keep "
            "those with more than 100 birds.",
            lambda: int((_counts() > CROWD).sum()): "This looks at every winter of the table. Keep "
            "the rows of 2025 first.",
            lambda: int((_counts(2025) <= CROWD).sum()): "These are the places with 100 birds or "
            "fewer. Turn the sign round.",
            lambda: int(_counts(2025)[_counts(2025) > CROWD].sum()): "These are the birds in those "
            "places. The question asks how many places: count the rows.",
        },
        hint='Two steps: keep the rows whose "year" is 2025, then those whose "count" is above 100.',
    ),
)

"""Self-checks of lesson 4.1: Is the Black-faced Spoonbill recovering, and where?"""

from __future__ import annotations

from flyway import datasets
from flyway.checks.entry import Check


def _trend(region: str, since: int) -> float:
    """Give the trend of a region in per cent per year."""
    from flyway.counts.trend import trend

    counts = datasets.load("bfs_census", "regions")
    counts = counts[(counts["region"] == region) & (counts["year"] >= since)]
    return trend(counts["year"], counts["count"]).percent


def _classes(word: str) -> int:
    """Count the places of exercise 4.1 whose trend has this class."""
    from flyway.counts.groups import trend_by

    six = ["Taiwan area", "Mainland China", "Japan", "Deep Bay", "Macao", "Republic of Korea"]
    counts = datasets.load("bfs_census", "regions")
    recent = counts[counts["region"].isin(six) & (counts["year"] >= 2013)]
    return int((trend_by(recent, "region")["class"] == word).sum())


CHECKS = (
    Check(
        "4.1 macao",
        expected=lambda: _trend("Macao", 2013),
        within=0.1,
        unit="% per year",
        read="percent",
        right="The count at Macao fell by about a tenth a year, with few birds and few counts.",
        wrong={
            lambda: _trend("Deep Bay", 2013): "This is Deep Bay. Use the table macao.",
            lambda: _trend("Macao", 2000): "This uses all years of Macao. Use the table macao, "
            "which begins in 2013.",
        },
        hint='trend(macao["year"], macao["count"]).percent',
    ),
    Check(
        "4.1 not sure",
        expected=lambda: _classes("not sure"),
        right="Not sure is an honest class. It is not the same as no change.",
        wrong={
            lambda: _classes("rising"): "This is how many places are rising.",
            lambda: _classes("falling"): "This is how many places are falling.",
        },
        hint="Look for intervals that contain 0.",
    ),
)

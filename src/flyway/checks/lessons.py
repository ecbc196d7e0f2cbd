"""What the lessons ask, and the misconceptions behind known wrong answers.

Every expected value is computed from the data of the lesson, so that a corrected count corrects its
check as well.
"""

from __future__ import annotations

from flyway import datasets
from flyway.checks.entry import Check


def _sites(species: str, role: str = "") -> object:
    """Give the sites of a species, with a role if one is named."""
    sites = datasets.load("flyway_sites")
    sites = sites[sites["species"].str.contains(species)]
    return sites[sites["role"].str.contains(role)]


def _ratio(counter: str, divide_by_photo: bool = False) -> float:
    """Give photo ÷ estimate over the photographed flocks (or the reverse, a known mistake)."""
    flocks = datasets.load("flock_estimates").dropna(subset="photo")
    ratio = flocks["photo"].sum() / flocks[counter].sum()
    return float(1 / ratio if divide_by_photo else ratio)


def _corrected(counter: str) -> float:
    """Give the morning's total of a counter, corrected by the photographs."""
    return _ratio(counter) * float(datasets.load("flock_estimates")[counter].sum())


def _morning(column: str) -> float:
    return float(datasets.load("flock_estimates")[column].sum())


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
        "0.1 winter places",
        expected=lambda: len(_sites("WNC", "wintering")),
        right="These places stand between the White-naped Cranes and a winter without a home.",
        wrong={
            lambda: len(_sites("WNC")): "These are all places of the White-naped Crane. Count only "
            "those where it spends the winter.",
            lambda: len(_sites("", "wintering")): "These are the winter places of all three birds.",
        },
        hint="A yes counts as 1: try in_winter.sum().",
    ),
    Check(
        "0.1 winter homes",
        expected=lambda: _sites("BFS", "wintering")["country_or_area"].nunique(),
        right="Each of them must be counted on the same days in January.",
        wrong={
            lambda: len(_sites("BFS", "wintering")): "These are the places. How many *different* "
            "countries or areas are they in?",
            lambda: _sites("BFS")["country_or_area"].nunique(): "These are the countries and areas "
            "of all its places. Keep only those where it spends the winter.",
        },
        hint='Keep the rows of "BFS", then the rows whose role contains "wintering", then nunique().',
    ),
    Check(
        "1.2 ratio b",
        expected=lambda: _ratio("counter_b"),
        within=0.001,
        read="estimate",
        right="Counter B is nearly right on average, so the ratio is near 1. The interval is wider.",
        wrong={
            lambda: _ratio("counter_a"): "This is the ratio of counter A.",
            lambda: _ratio("counter_b", divide_by_photo=True): "Upside down: the photographs go "
            "first in the ratio, but the counter's column goes first in calibrate(...).",
        },
        hint='calibration.calibrate(photographed["counter_b"], photographed["photo"], method="ratio")',
    ),
    Check(
        "1.2 total",
        # Both counters are a fair choice: any number between their two corrected totals is accepted.
        expected=lambda: (_corrected("counter_a") + _corrected("counter_b")) / 2,
        within=150,
        unit="birds",
        right="A total with its photographs behind it. Report the interval as well.",
        wrong={
            lambda: _morning("counter_a"): "This is the uncorrected sum of counter A.",
            lambda: _morning("counter_b"): "This is the uncorrected sum of counter B.",
            lambda: _morning("truth"): "This is the truth. In the field you will not have it: "
            "correct the estimates instead.",
            lambda: _morning("photo"): "These are the photographed birds only. Most flocks have no "
            "photograph.",
        },
        hint='Multiply: fit_a.total(flocks["counter_a"]) does it for you.',
    ),
    Check(
        "4.1 macao",
        expected=lambda: _trend("Macao", 2013),
        within=0.1,
        unit="% per year",
        read="percent",
        right="Macao loses about one spoonbill in ten each year, with few birds and few counts.",
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
        hint="Look for intervals that hold 0.",
    ),
)

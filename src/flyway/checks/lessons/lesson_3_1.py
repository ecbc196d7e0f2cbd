"""Self-checks of lesson 3.1: How many cranes did we miss?"""

from __future__ import annotations

from flyway import datasets
from flyway.checks.entry import Check


def _flocks(design: str) -> float:
    """Estimate the flocks at all roosts, from two lists or from swapped roles."""
    from flyway.detection.double_observer import dependent_observers, independent_observers

    counts = datasets.load("roost_flocks")
    if design == "swapped":
        return dependent_observers(counts).estimate
    return independent_observers(counts, "only_a", "only_b").estimate


def _birds(formula: str = "1") -> float:
    """Estimate the birds at all roosts, flock by flock."""
    from flyway.detection.huggins import huggins

    flocks = datasets.load("roost_flocks", "flocks")
    return huggins(flocks, "seen_a", "seen_b", formula, size="birds").birds


def _birds_as_unit() -> float:
    """Treat each bird as one look of its own (a known mistake)."""
    from flyway.detection.double_observer import independent_observers

    counts = datasets.load("roost_flocks")
    return independent_observers(counts, "birds_only_a", "birds_only_b", "birds_both").estimate


def _noted(column: str) -> float:
    return float(datasets.load("roost_flocks", "flocks")[column].sum())


CHECKS = (
    Check(
        "3.1 swapped",
        expected=lambda: _flocks("swapped"),
        within=0.4,
        unit="flocks",
        read="estimate",
        right="About 150 flocks, interval 141 to 174: the truth, 152, is inside. No flock had to be "
        "matched, and the interval is wider than that of two lists.",
        wrong={
            lambda: _flocks("two lists"): "This is the estimate from two separate lists. Use "
            "dependent_observers.",
            lambda: float(
                len(datasets.load("roost_flocks", "flocks"))
            ): "These are the flocks that were noted. Those missed by both must come on top.",
        },
        hint="dependent_observers(counts).estimate",
    ),
    Check(
        "3.1 birds",
        expected=_birds,
        also=(lambda: _birds("np.log(birds)"),),
        within=3,
        unit="birds",
        read="birds",
        right="With one detection for all flocks: 978 cranes, interval 929 to 1,095; 894 were noted. The truth, "
        "1,011, is inside.",
        wrong={
            lambda: _noted(
                "birds"
            ): "These are the birds that somebody noted. How many left unseen?",
            _birds_as_unit: "Here each bird counts as one look of its own. Birds of one flock are seen "
            "or missed together: use the flocks, with size='birds'.",
            lambda: _flocks("two lists"): "These are flocks. Read .birds for the birds in them.",
            lambda: float(
                datasets.load("roost_flocks", "truth")["birds"].sum()
            ): "This is the truth. In the field you will not have it: estimate.",
        },
        hint='huggins(flocks, "seen_a", "seen_b", size="birds").birds',
    ),
)

"""Self-checks of lesson 1.2: How many birds?"""

from __future__ import annotations

from flyway import datasets
from flyway.checks.entry import Check


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


CHECKS = (
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
)

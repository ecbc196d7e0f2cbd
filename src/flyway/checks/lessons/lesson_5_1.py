"""Self-checks of lesson 5.1: Did the project take the birds?"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from flyway import datasets
from flyway.checks.entry import Check


@cache
def _means() -> pd.DataFrame:
    """Give the mean counts of the project and of the five far controls, as the lesson prints them."""
    counts = datasets.load("salt_pan_counts")
    far = counts[counts["basin"] != "Next door"]
    return far.pivot_table(values="spoonbills", index="treatment", columns="period").round(1)


def _four() -> tuple[float, float, float, float]:
    means = _means()
    places = (
        ("impact", "after"),
        ("impact", "before"),
        ("control", "after"),
        ("control", "before"),
    )
    return tuple(float(means.loc[place]) for place in places)


def _by_hand() -> float:
    ia, ib, ca, cb = _four()
    return (ia / ib) / (ca / cb)


@cache
def _study(*basins: str) -> float:
    """Give the ratio of a study with these controls, as `baci` estimates it on the log scale."""
    from flyway.impact.baci import baci

    counts = datasets.load("salt_pan_counts")
    part = counts[counts["basin"].isin(["Project", *basins])]
    design = "changes" if len(basins) > 1 else "paired"
    fit = baci(part, "spoonbills", site="basin", date="winter", log=True, design=design)
    return fit.ratio


def _before_after() -> float:
    ia, ib, _, _ = _four()
    return ia / ib


def _control_impact() -> float:
    ia, _, ca, _ = _four()
    return ia / ca


def _in_birds() -> float:
    ia, ib, ca, cb = _four()
    return (ia - ib) - (ca - cb)


CHECKS = (
    Check(
        "5.1 by hand",
        expected=_by_hand,
        within=0.005,
        right="The project basin holds about two thirds of the spoonbills that the controls promised it.",
        wrong={
            _before_after: "This is after ÷ before at the project alone. It gives "
            "the project the growth of all spoonbills.",
            _control_impact: "This compares places after the panels only. They "
            "differed before, too.",
            lambda: 1 / _by_hand(): "Upside down: the project's change goes first.",
            _in_birds: "This is a difference of differences, in birds. Divide instead of taking away.",
        },
        hint="Two divisions, then one more: (ia / ib) / (ca / cb).",
    ),
    Check(
        "5.1 next door",
        expected=lambda: _study("Next door"),
        within=0.005,
        read="ratio",
        right="The neighbour gained birds that the project lost, so the loss looks too large: the truth "
        "is ×0.60.",
        wrong={
            lambda: _study("A", "B", "C", "D", "E"): "This is the study with the five far basins.",
            lambda: _study(
                "A", "B", "C", "D", "E", "Next door"
            ): 'This uses all six controls. Keep the rows of "Project" and "Next door" only.',
            lambda: float(np.log(_study("Next door"))): "This is on the log scale. Give the ratio: "
            "fit.ratio.",
        },
        hint='counts["basin"].isin(["Project", "Next door"]) keeps the two basins.',
    ),
)

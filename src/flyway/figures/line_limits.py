"""Lesson 5.4, where it breaks: scavengers in the snow, and searching only the spans beside the road."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from flyway import plots
from flyway.impact.carcasses import carcass_detection
from flyway.impact.killed import estimate_killed
from flyway.simulate.lines import line_searches
from flyway.simulate.spans import DAYS, easy_spans

SEED, WINTERS, MANY = 54, 200, 2000
STAYS, STAYS_SNOW, EYE, KILLED = 0.92, 0.75, 0.7, 40
_FOUND, _MISSED = plots.COLOURS[0], plots.COLOURS[1]


@cache
def _interval(found: int, g: float) -> tuple[float, float]:
    return estimate_killed(found, g).interval()


def _ranges(rows: dict[str, np.ndarray], truth: float, title: str, beside: str) -> Figure:
    """Draw for each plan the mean of its estimates, and the range of 95 in 100 of them."""
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.axvline(truth, color=plots.INK, linestyle="--")
    ax.text(truth + 0.8, 1.72, "truth", va="top")
    for y, (name, values) in enumerate(reversed(rows.items())):
        low, high = np.quantile(values, [0.025, 0.975])
        colour = (_FOUND, _MISSED)[y]
        ax.plot([low, high], [y, y], color=colour, linewidth=10, solid_capstyle="butt")
        ax.scatter(values.mean(), y, color="white", edgecolor=plots.INK, s=70, zorder=3)
        ax.text(-1, y + 0.16, name, color=colour, va="bottom")
    ax.set(xlim=(-2, 75), ylim=(-0.5, 1.75), yticks=[])
    ax.set_xlabel("Estimate of cranes killed (dot: mean; bar: 95 of 100 winters)")
    ax.set_ylabel(beside)
    ax.set_title(title, loc="left")
    return fig


@cache
def _snowy(snow: int) -> tuple[dict[str, np.ndarray], float]:
    """Estimates over many winters from a trial in November, and from a trial in each period; g of both."""
    step = {"efficiency": EYE, "interval_days": 7}
    bare = carcass_detection(persistence=STAYS, searches=DAYS // 7, **step).estimate
    white = carcass_detection(persistence=STAYS_SNOW, searches=DAYS // 7, **step).estimate
    both = bare + (white - bare) * snow / DAYS
    found = [
        line_searches(
            KILLED,
            days=DAYS,
            persistence=STAYS,
            persistence_snow=STAYS_SNOW,
            efficiency=EYE,
            efficiency_snow=EYE,
            snow_days=range(DAYS - snow + 1, DAYS + 1),
            seed=SEED + winter,
        ).found
        for winter in range(WINTERS)
    ]
    made = {"trial in November": bare, "trials before and after snow": both}
    held = np.mean([low <= KILLED <= high for low, high in (_interval(x, bare) for x in found)])  # fmt: skip
    return {name: np.array(found) / g for name, g in made.items()}, float(held)


def snow(weeks: int) -> Figure:
    """Draw estimates of deaths when snow lies in the last ``weeks`` weeks of a winter of 16."""
    rows, _ = _snowy(7 * weeks)
    return _ranges(rows, KILLED, _snow_words(weeks), "Trials made")


def _snow_words(weeks: int) -> str:
    first, second = (values.mean() for values in _snowy(7 * weeks)[0].values())
    return f"November trial: {first:.0f}. Both trials: {second:.0f}. Truth: {KILLED}"


def snow_alt(weeks: int) -> str:
    """Say what `snow` shows."""
    held = _snowy(7 * weeks)[1]
    return (
        f"Estimated cranes killed, mean of {WINTERS} simulated winters with {weeks} weeks of snow. "
        f"{_snow_words(weeks)}. The intervals from the November trial hold the truth in "
        f"{100 * held:.0f} of 100 winters."
    )


@cache
def _chosen(times: int) -> dict[str, np.ndarray]:
    made = easy_spans(times, killed=KILLED, winters=MANY, seed=SEED)
    return {
        "12 spans beside the road": made["road"].to_numpy(),
        "12 of all 24 spans, by lot": made["lot"].to_numpy(),
    }


def road(times: int) -> Figure:
    """Draw estimates of deaths when spans far from the road kill ``times`` as many cranes."""
    return _ranges(_chosen(times), KILLED, _road_words(times), "Spans searched")


def _road_words(times: int) -> str:
    beside, lot = (values.mean() for values in _chosen(times).values())
    return f"Road: {beside:.0f}. Lot: {lot:.0f}. Truth: {KILLED}"


def road_alt(times: int) -> str:
    """Say what `road` shows."""
    return (
        f"Estimated cranes killed, mean of {MANY:,} simulated winters, when a span far from the road kills "
        f"{times} times as many as one beside it. {_road_words(times)}."
    )

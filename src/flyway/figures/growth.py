"""Lesson 4.1: constant growth, windows of years, regions, and growth of the counting itself."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from flyway import plots
from flyway.counts.trend import Trend, trend
from flyway.simulate.coverage import growing_census

SEED = 26
TRUE_RATE = 0.05
DOUBLING = "each step doubles"


def _doubling_axis(ax: Axes, low: int, high: int) -> None:
    """Give the count axis equal steps for equal factors, with ticks at low, 2·low, 4·low …"""
    ax.set_yscale("log", base=2)
    ticks = [low * 2**k for k in range(int(np.ceil(np.log2(high / low))) + 1)]
    ax.set_yticks(ticks)
    ax.yaxis.set_minor_locator(NullLocator())
    plots.thousands(ax)


def _constant(years: pd.Series, totals: pd.Series, percent: float) -> pd.Series:
    return totals.iloc[0] * (1 + percent / 100) ** (years - years.iloc[0])


def constant_growth(census: pd.DataFrame, percent: float, scale: str) -> Figure:
    """Draw census totals and a line of constant growth from the first of them.

    ``census`` has ``year`` and ``total`` (birds); ``percent`` is growth per year; ``scale`` is
    "each step doubles" or anything else for plain numbers of birds.
    """
    line = _constant(census["year"], census["total"], percent)
    fig, ax = plt.subplots()
    ax.scatter(census["year"], census["total"], color=plots.SPECIES["BFS"], label="counted")
    ax.plot(census["year"], line, color=plots.INK, linestyle="--", label=f"{percent:g} % a year")
    ax.set(xlabel="January of", ylabel="Birds counted")
    if scale == DOUBLING:
        _doubling_axis(ax, 500, 16000)
        ax.set_ylim(450, 16000)
    else:
        ax.set_ylim(0, 9000)
        plots.thousands(ax)
    ax.legend(loc="upper left", frameon=False)
    return fig


def constant_growth_alt(census: pd.DataFrame, percent: float, scale: str) -> str:
    """Say what `constant_growth` shows."""
    year, last = census["year"].iloc[-1], int(census["total"].iloc[-1])
    reached = _constant(census["year"], census["total"], percent).iloc[-1]
    word = "near" if abs(reached / last - 1) < 0.1 else "above" if reached > last else "below"
    how = "on a scale where each step doubles" if scale == DOUBLING else "in numbers of birds"
    return (
        f"Census totals {how}, with a line growing {percent:g} % a year. In {year} the line is at "
        f"{reached:,.0f}, {word} the count of {last:,}."
    )


def _window(census: pd.DataFrame, first: int, last: int) -> tuple[pd.DataFrame, Trend]:
    part = census[census["year"].between(first, last)]
    return part, trend(part["year"], part["total"])


def trend_window(census: pd.DataFrame, first: int, last: int) -> Figure:
    """Draw the census and the trend fitted to the years ``first`` to ``last`` only."""
    part, result = _window(census, first, last)
    band = result.predict()
    fig, ax = plt.subplots()
    ax.scatter(census["year"], census["total"], facecolor="none", edgecolor=plots.GREY)
    ax.fill_between(
        band["year"], band["lower"], band["upper"], color=plots.SPECIES["BFS"], alpha=0.25
    )
    ax.plot(band["year"], band["estimate"], color=plots.SPECIES["BFS"])
    ax.scatter(part["year"], part["total"], color=plots.SPECIES["BFS"])
    ax.set(xlabel="January of", ylabel="Birds counted")
    _doubling_axis(ax, 500, 8000)
    ax.set_ylim(450, 8500)
    ax.set_title(_words(result), loc="left")
    return fig


def trend_window_alt(census: pd.DataFrame, first: int, last: int) -> str:
    """Say what `trend_window` shows."""
    part, result = _window(census, first, last)
    return f"Trend through {len(part)} counts from {first} to {last}: {_words(result)}."


def _words(result: Trend, long: bool = True) -> str:
    low, high = (100 * (value - 1) for value in result.interval())
    name = "95 % interval " if long else ""
    text = f"{result.percent:+.1f} % a year ({name}{low:+.1f} to {high:+.1f})"
    return text.replace("-", "−")


def regional_counts(regions: pd.DataFrame, places: Sequence[str]) -> Figure:
    """Draw the counts of each place, 2005 on, on a doubling scale; blanks stay gaps between dots."""
    fig, ax = plt.subplots(figsize=(6.4, 4.6))
    for place, colour in zip(places, plots.COLOURS, strict=False):
        part = regions[(regions["region"] == place) & (regions["year"] >= 2005)].sort_values("year")
        ax.plot(part["year"], part["count"], color=colour, marker="o", markersize=4, label=place)
    _doubling_axis(ax, 10, 5120)
    ax.set(xlabel="January of", ylabel="Birds counted")
    plots.label_ends(ax)
    return fig


def regional_counts_alt(regions: pd.DataFrame, places: Sequence[str]) -> str:
    """Say what `regional_counts` shows: first and last count of each place."""
    ends = []
    for place in places:
        part = regions[(regions["region"] == place) & (regions["year"] >= 2005)].sort_values("year")
        first, last = part.iloc[0], part.iloc[-1]
        ends.append(
            f"{place} {first['count']:,} in {first['year']} to {last['count']:,} in {last['year']}"
        )
    return "Counts by place on a scale where each step doubles: " + "; ".join(ends) + "."


def _simulated(first_coverage: float) -> tuple[pd.DataFrame, Trend]:
    census = growing_census(TRUE_RATE, first_coverage=first_coverage, last_coverage=0.95, seed=SEED)
    return census, trend(census["year"], census["count"])


def coverage_growth(first_coverage: float) -> Figure:
    """Draw a simulated census that grows 5 % a year while the share counted rises to 95 %."""
    census, result = _simulated(first_coverage)
    fig, ax = plt.subplots()
    ax.plot(census["year"], census["truth"], color=plots.INK, label="true birds")
    ax.plot(census["year"], result.predict()["estimate"], color=plots.COLOURS[1], linestyle="--")
    ax.scatter(census["year"], census["count"], color=plots.COLOURS[1], label="counted birds")
    ax.set(xlabel="Year of the simulation", ylabel="Birds", ylim=(0, 2300))
    plots.thousands(ax)
    ax.legend(loc="upper left", frameon=False)
    ax.set_title(f"Truth: +5.0 % a year\nTrend: {_words(result, long=False)}", loc="left")
    return fig


def coverage_growth_alt(first_coverage: float) -> str:
    """Say what `coverage_growth` shows."""
    _, result = _simulated(first_coverage)
    return (
        f"Simulated census: the share counted goes from {100 * first_coverage:.0f} to 95 %. True "
        f"growth is +5.0 % a year; the trend says {_words(result)}."
    )

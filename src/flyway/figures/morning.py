"""Lesson 1.3: windows and moving birds, the hour of the tide, and a site that was not counted."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from flyway import datasets, plots
from flyway.counts.population import estimate_population
from flyway.simulate.census_day import census_day
from flyway.survey.daylight import sun_times

MORNINGS, SITES, FIRST = 80, 6, 6
WITH, AGAINST, MIXED = "as the birds fly", "against the birds", "in no order"
ORDERS = {WITH: (0, 1, 2, 3, 4, 5), AGAINST: (5, 4, 3, 2, 1, 0), MIXED: (3, 0, 5, 1, 4, 2)}
SEEN_ON_FLATS = 0.4  # share of the birds seen when the water is far out
# An invented tide with one high water a day, each day 50 minutes later.
HIGH_ON_10TH, TIDE_LATER_H = 0.5, 50 / 60
TIDE_OFFSETS = np.array([0.0, 0.2, 0.5, 0.7, 1.0, 1.2])
DAYS = [10, 12, 14, 16, 20, 24, 28, 31]
ZERO, LEFT_OUT, FILLED = "as a zero", "left out, and said", "filled, with its range"
BIRD = plots.SPECIES["BFS"]


@cache
def _mornings(restless: float) -> list[np.ndarray]:
    """Share of all birds at each site (columns) at each full hour (rows), one table for each morning."""
    days = (
        census_day(2, 30, restless=restless, onward=1, spread_km=40, hours=(FIRST, 16), seed=seed)
        for seed in range(MORNINGS)
    )
    return [day.counts["there"].to_numpy().reshape(-1, SITES) / day.total for day in days]


def _totals(order: str, hours: int, restless: float) -> np.ndarray:
    """Counted ÷ true total of each morning, the six sites counted over ``hours`` in this order."""
    at = np.empty(SITES, dtype=int)
    at[list(ORDERS[order])] = np.round(np.linspace(0, hours, SITES))
    return np.array([day[at, range(SITES)].sum() for day in _mornings(restless)])


def _percent(share: float) -> str:
    return (
        f"{100 * (share - 1):+.0f} %".replace("-", "−")
        .replace("+0 %", "0 %")
        .replace("−0 %", "0 %")
    )


def window(order: str, hours: int, restless: float) -> Figure:
    """Draw counted ÷ true totals of 80 simulated mornings.

    ``order`` is one of `ORDERS`; ``hours`` pass between the first and the last site; ``restless`` is the
    share of flocks that fly on to the next site in an hour.
    """
    totals = _totals(order, hours, restless)
    rank = np.arange(MORNINGS)[np.argsort(np.argsort(totals, kind="stable"), kind="stable")]
    fig, ax = plt.subplots()
    ax.axvline(1, color=plots.INK, linestyle="--")
    ax.scatter(totals, rank, color=BIRD, s=22)
    ax.axvline(totals.mean(), color=plots.COLOURS[1], linewidth=3)
    ax.text(1.01, 1.01, "truth", transform=ax.get_xaxis_transform())
    ax.set(xlim=(0.4, 1.85), ylim=(-2, MORNINGS + 2), yticks=[])
    ax.set(xlabel="Counted ÷ true number", ylabel=f"{MORNINGS} mornings")
    ax.set_title(f"On average {_percent(totals.mean())} off", loc="right")
    return fig


def window_alt(order: str, hours: int, restless: float) -> str:
    """Say what `window` shows."""
    totals = _totals(order, hours, restless)
    low, high = np.quantile(totals, [0.05, 0.95])
    return (
        f"{MORNINGS} simulated mornings, sites counted {order} over {hours} hours, {100 * restless:.0f} % of "
        f"the flocks fly on each hour. The total is on average {_percent(totals.mean())} off; nine in ten "
        f"mornings give {low:.2f} to {high:.2f} times the truth."
    )


def _high_water(day: int) -> np.ndarray:
    """Hour of high water at the six sites on a day of January, clock of country A."""
    return (HIGH_ON_10TH + TIDE_LATER_H * (day - 10) + TIDE_OFFSETS) % 24


@cache
def _daylight(day: int) -> tuple[float, float]:
    sites = datasets.load("census_morning")
    sun = sun_times([f"2025-01-{day:02d}"], sites["lat"].mean(), sites["lon"].mean(), 8).iloc[0]
    return tuple(sun[name].hour + sun[name].minute / 60 for name in ("sunrise", "sunset"))


def _best_hour(day: int) -> tuple[int, np.ndarray, float]:
    """Full hour of daylight at which most birds are seen, who has high water then, share seen."""
    usual = datasets.load("census_morning")["usual"].to_numpy(dtype=float)
    rise, fall = _daylight(day)
    best = (0, np.zeros(SITES, dtype=bool), 0.0)
    for hour in range(int(np.ceil(rise)), int(fall) + 1):
        near = np.abs(_high_water(day) - hour) <= 2
        seen = float((usual * np.where(near, 1, SEEN_ON_FLATS)).sum() / usual.sum())
        if seen > best[2]:
            best = (hour, near, seen)
    return best


def tide_day(day: int) -> Figure:
    """Draw daylight, high water and the best common hour at six sites on a day of January 2025."""
    hour, near, seen = _best_hour(day)
    sites = datasets.load("census_morning")["site"]
    fig, ax = plt.subplots()
    ax.axvspan(*_daylight(day), color="#fff3c4", zorder=0)
    for row, (high, good) in enumerate(zip(_high_water(day), near, strict=True)):
        colour = BIRD if good else plots.GREY
        ax.plot([high - 2, high + 2], [row, row], color=colour, linewidth=9, solid_capstyle="butt")
    ax.axvline(hour, color=plots.COLOURS[1], linewidth=3)
    ax.text(_daylight(day)[1] - 0.3, SITES - 0.35, "daylight", va="center", ha="right")
    ax.set(xlim=(0, 24), ylim=(-0.7, SITES), xticks=[0, 6, 12, 18, 24], yticks=range(SITES))
    ax.set_yticklabels(sites)
    ax.set(xlabel="Hour of the day (clock of country A)", ylabel="Site")
    ax.grid(visible=False, axis="y")
    ax.set_title(f"{day} January, {hour}:00: {100 * seen:.0f} % are seen", loc="left")
    return fig


def tide_day_alt(day: int) -> str:
    """Say what `tide_day` shows."""
    hour, near, seen = _best_hour(day)
    first, last = _high_water(day)[[0, -1]]
    return (
        f"{day} January: high water passes from {first:.1f} h at A1 to {last:.1f} h at C2. At the best common "
        f"hour of daylight, {hour}:00, {near.sum()} of 6 sites are near high water and {100 * seen:.0f} % of "
        f"the birds are seen."
    )


@cache
def _reports() -> tuple[pd.DataFrame, int]:
    total = datasets.package("census_morning")["simulation"]["total"]
    truth = datasets.load("census_morning", "truth")
    at_eight = truth[truth["hour"] == 8].set_index("site")["there"]
    reports = datasets.load("census_morning")
    # one hour for all: the agreed morning as it should have been, one site still not reached
    counts = reports["site"].map(at_eight).where(reports["count"].notna())
    return reports.assign(count=counts.astype("Int64")), int(total)


def not_reached(way: str) -> Figure:
    """Draw what the six sites give, all counted at 8:00, when B2 is reported in one of three ways."""
    low, middle, high, total = _told(way)
    fig, ax = plt.subplots(figsize=(6.4, 3.0))
    ax.barh([0], [middle], color=BIRD, height=0.5)
    if high > low:
        ax.plot([low, high], [0, 0], color=plots.COLOURS[1], linewidth=5)
    ax.axvline(total, color=plots.INK, linestyle="--")
    ax.text(total + 20, 0.62, "truth", va="center")
    ax.set(xlim=(0, 5400), ylim=(-0.6, 0.8), yticks=[], xlabel="Birds")
    ax.set_ylabel("Total")
    plots.thousands(ax, "x")
    ax.set_title(_sentence(way, low, middle, high), loc="left")
    return fig


def not_reached_alt(way: str) -> str:
    """Say what `not_reached` shows."""
    low, middle, high, total = _told(way)
    return f"B2 reported {way}. Bar: {_sentence(way, low, middle, high)}. The true number is {total:,}."


def _told(way: str) -> tuple[float, float, float, int]:
    reports, total = _reports()
    counted = float(reports["count"].sum())
    if way != FILLED:
        return counted, counted, counted, total
    fit = estimate_population(reports)
    low, high = fit.interval()
    return low, fit.estimate, high, total


def _sentence(way: str, low: float, middle: float, high: float) -> str:
    if way == ZERO:
        return f"{middle:,.0f} birds at six sites"
    if way == LEFT_OUT:
        return f"{middle:,.0f} birds at five sites; B2 not counted"
    return f"{middle:,.0f} birds, between {low:,.0f} and {high:,.0f}"

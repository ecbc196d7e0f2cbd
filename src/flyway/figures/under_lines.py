"""Lesson 5.4: what becomes of a killed crane, what "none found" leaves open, the trial, and the two lines."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from flyway import plots
from flyway.impact.carcasses import carcass_detection
from flyway.impact.killed import Killed, estimate_killed
from flyway.impact.trials import Persistence
from flyway.simulate.spans import DAYS

_FOUND, _MISSED, _GONE = plots.COLOURS[0], plots.COLOURS[1], plots.GREY


# --- what becomes of 100 killed cranes -------------------------------------------------------------


@cache
def _fates(interval: int, days: int, efficiency: float) -> tuple[int, int, int]:
    """Of 100 killed cranes: found, passed by without being seen, gone before the first search."""
    stays = float(np.exp(-1 / days))
    found = carcass_detection(
        persistence=stays,
        efficiency=efficiency,
        interval_days=interval,
        searches=DAYS // interval,
    ).estimate
    lay_there = np.mean(stays ** np.arange(1, interval + 1))
    gone = round(100 * (1 - lay_there))
    return round(100 * found), 100 - gone - round(100 * found), gone


def fates(interval: int, days: int, efficiency: float) -> Figure:
    """Draw 100 killed cranes as squares: found, passed by, gone.

    ``interval``: days between searches; ``days``: mean days that a carcass lies; ``efficiency``: share
    that one search finds of what is there.
    """
    numbers = _fates(interval, days, efficiency)
    words = ("found", "passed by,\nnot seen", "gone before\na search")
    colours = np.repeat([_FOUND, _MISSED, _GONE], numbers)
    fig, ax = plt.subplots()
    for i, colour in enumerate(colours):
        hollow = colour == _GONE
        ax.scatter(i // 10, 9 - i % 10, marker="s", s=150, linewidth=1.6, edgecolor=colour,
                   facecolor="none" if hollow else colour)  # fmt: skip
    for row, (number, word, colour) in enumerate(
        zip(numbers, words, (_FOUND, _MISSED, _GONE), strict=True)
    ):
        ax.text(10.4, 8.2 - 3.4 * row, str(number), color=colour, fontsize=24, fontweight="bold", va="center")  # fmt: skip
        ax.text(12.6, 8.2 - 3.4 * row, word, color=colour, fontsize=15, va="center")
    ax.set(xlim=(-0.7, 17.4), ylim=(-0.8, 9.8))
    ax.axis("off")
    ax.set_title(f"Found: {numbers[0]} of 100 killed, so g = {numbers[0] / 100:.2f}", loc="left")
    return fig


def fates_alt(interval: int, days: int, efficiency: float) -> str:
    """Say what `fates` shows."""
    found, missed, gone = _fates(interval, days, efficiency)
    return (
        f"100 killed cranes as squares, when people search every {interval} days, a carcass lies "
        f"{days} days on average and a search finds {100 * efficiency:.0f} % of what is there: {found} "
        f"found, {missed} passed by and not seen, {gone} gone before a search. g = {found / 100:.2f}."
    )


# --- what "none found" leaves open -----------------------------------------------------------------


@cache
def _killed(found: int, g: float) -> Killed:
    return estimate_killed(found, g)


def _says(found: int, g: float) -> str:
    low, high = _killed(found, g).interval()
    return f"{found or 'None'} found, g = {g:g}: {low:.0f} to {high:.0f} killed"


def possible(found: int, g: float) -> Figure:
    """Draw how well each number killed fits, when ``found`` were found and a share ``g`` is found."""
    result = _killed(found, g)
    low, high = result.interval()
    shown = result.posterior.loc[:72]
    inside = (shown.index >= low) & (shown.index <= high)
    fig, ax = plt.subplots()
    ax.bar(shown.index, shown, color=np.where(inside, _FOUND, _GONE), width=0.8)
    ax.set(xlim=(-1, 73), xlabel="Cranes killed (coloured: the 95 % interval)", yticks=[])
    ax.set_ylabel("How well it fits")
    ax.set_title(_says(found, g), loc="left")
    return fig


def possible_alt(found: int, g: float) -> str:
    """Say what `possible` shows."""
    best = _killed(found, g).posterior.idxmax()
    return (
        f"Bars for each possible number of killed cranes, highest at {best} and lower to the right. "
        f"{_says(found, g)} (95 % interval)."
    )


# --- the trial, and the two lines ------------------------------------------------------------------


def lying(trial: pd.DataFrame, fit: Persistence) -> Figure:
    """Draw the share of laid-out carcasses that is still there, and the fitted curve."""
    days = np.arange(0, 31)
    fig, ax = plt.subplots()
    ax.step(days, 100 * _left(trial, days), where="post", color=_MISSED, linewidth=3)
    ax.plot(days, 100 * fit.lasting(days), color=plots.INK, linestyle="--")
    ax.text(12, 48, "fitted curve", color=plots.INK)
    ax.text(15.5, 12, "trial", color=_MISSED)
    ax.set(xlim=(0, 30), ylim=(0, 102), xlabel="Days after laying out")
    ax.set_ylabel("Carcasses still there (%)")
    ax.set_title(f"A carcass lies {fit.mean_days:.1f} days on average", loc="left")
    return fig


def _left(trial: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    gone = trial["first_gone"].to_numpy(dtype=float, na_value=np.inf)
    return (gone[:, None] > days).mean(axis=0)


def lying_alt(trial: pd.DataFrame, fit: Persistence) -> str:
    """Say what `lying` shows."""
    week, month = 100 * _left(trial, np.array([7, 28]))
    return (
        f"Of {len(trial)} carcasses laid out, {week:.0f} % are still there after 7 days and {month:.0f} % "
        f"after 28. The fitted curve falls alike: {fit.mean_days:.1f} days on average."
    )


def per_km(north: Killed, south: Killed, lines: pd.DataFrame, truth: pd.DataFrame) -> Figure:
    """Draw cranes killed per line-km and winter, with intervals and the truth, for the two lines."""
    fig, ax = plt.subplots(figsize=(6.4, 3.0))
    for y, (_, low, middle, high, true) in enumerate(_per_km(north, south, lines, truth)):
        ax.plot([low, high], [y, y], color=_FOUND, linewidth=10, solid_capstyle="butt")
        ax.scatter(middle, y, color="white", edgecolor=plots.INK, s=70, zorder=3)
        ax.plot([true, true], [y - 0.2, y + 0.2], color=_MISSED, linewidth=5)
        ax.text(true, y + 0.28, "truth", color=_MISSED, ha="center")
        ax.text(high + 0.2, y, f"{low:.1f} to {high:.1f}", va="center", color=_FOUND)
    ax.set_yticks([0, 1], ["North", "South"])
    ax.set(xlim=(-0.3, 13.5), ylim=(-0.5, 1.7), xlabel="Cranes killed per line-km and winter")
    ax.grid(visible=False, axis="y")
    return fig


def _per_km(north: Killed, south: Killed, lines: pd.DataFrame, truth: pd.DataFrame) -> list[tuple]:
    length = lines.set_index("line")["length_km"]
    true = truth.groupby("line")["killed"].sum() / length
    return [
        (name, *(value / length[name] for value in (low, result.estimate, high)), true[name])
        for name, result in (("North", north), ("South", south))
        for low, high in [result.interval()]
    ]


def per_km_alt(north: Killed, south: Killed, lines: pd.DataFrame, truth: pd.DataFrame) -> str:
    """Say what `per_km` shows."""
    told = "; ".join(
        f"{name} {middle:.1f} ({low:.1f} to {high:.1f}), truth {true:.1f}"
        for name, low, middle, high, true in _per_km(north, south, lines, truth)
    )
    return f"Cranes killed per line-km and winter, estimate with 95 % interval: {told}."

"""Lesson 0.2: what a line of code takes from a table, and what a blank does to a mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from flyway import plots

NOT_YET, RUN = "not yet: we predict first", "yes: show what it gives"
BLANK, ZERO = "nothing (a blank)", "a zero"

#: Each line: what it gives, which cells of the table it takes (rows, columns), and in plain words.
LINES: dict[str, tuple[Callable[[pd.DataFrame], Any], Callable[[pd.DataFrame], Any], str]] = {
    'recent["total"]': (lambda t: t["total"], lambda t: [True] * len(t), "one column"),
    'recent["total"].max()': (
        lambda t: t["total"].max(),
        lambda t: t["total"] == t["total"].max(),
        "the largest number of the column",
    ),
    'recent["total"].mean()': (
        lambda t: round(t["total"].mean(), 2),
        lambda t: [True] * len(t),
        "the mean of six Januaries",
    ),
    'recent["total"].sum()': (
        lambda t: t["total"].sum(),
        lambda t: [True] * len(t),
        "many birds are in it six times:\nno place has so many",
    ),
    "len(recent)": (len, lambda t: [True] * len(t), "how many rows"),
    'recent["total"] > 6500': (
        lambda t: t["total"] > 6500,
        lambda t: [True] * len(t),
        "yes or no for each row",
    ),
    'recent[recent["total"] > 6500]': (
        lambda t: t[t["total"] > 6500],
        lambda t: t["total"] > 6500,
        "the rows with yes",
    ),
}
WHOLE_ROWS = ("len(recent)", 'recent[recent["total"] > 6500]')  # these take the years as well


def _said(given: Any, taken: list[bool]) -> list[str]:
    """Write a result as a notebook does: one text, or one for each row of the table."""
    if isinstance(given, pd.DataFrame):
        rows = iter("  ".join(map(str, row)) for row in given.to_numpy())
        return [next(rows) if mine else "" for mine in taken]
    return [str(value) for value in given] if isinstance(given, pd.Series) else [str(given)]


def line_of_code(recent: pd.DataFrame, line: str, run: str) -> Figure:
    """Draw a cell with one line of code above the table it reads, before or after it runs.

    ``recent`` has ``year`` and ``total`` (birds), a few rows; ``line`` is one of `LINES`; ``run`` is
    `RUN` to colour the cells that the line takes and to show its result, else a question mark.
    """
    give, take, words = LINES[line]
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    ax.set(xlim=(0, 10), ylim=(-0.4, 9.6))
    ax.axis("off")
    ax.add_patch(Rectangle((0, 8.1), 10, 1.3, facecolor="#eef2f7", edgecolor=plots.GREY))
    mark = "[1]:" if run == RUN else "[ ]:"
    ax.text(0.2, 8.75, f"{mark} {line}", family="monospace", fontsize=14, va="center")
    taken = list(take(recent)) if run == RUN else [False] * len(recent)
    ax.text(1.0, 7.1, "year", ha="center", va="center", fontweight="bold")
    ax.text(3.1, 7.1, "total", ha="center", va="center", fontweight="bold")
    for i, (year, total) in enumerate(zip(recent["year"], recent["total"], strict=True)):
        y = 6.1 - 1.05 * i
        for left, wide, value in ((0, 2, year), (2, 2.2, total)):
            mine = taken[i] and (left or line in WHOLE_ROWS)
            colour = "#f6cfae" if mine else plots.PAPER
            ax.add_patch(Rectangle((left, y - 0.5), wide, 1, facecolor=colour, edgecolor="#c9d0d9"))
            ax.text(left + wide / 2, y, f"{value}", ha="center", va="center", family="monospace")
    ax.text(5.0, 7.1, "gives", va="center", color=plots.GREY)
    if run != RUN:
        ax.text(5.0, 5.9, "?", va="center", family="monospace", fontsize=24)
        return fig
    said = _said(give(recent), taken)
    if len(said) == 1:
        ax.text(5.0, 5.9, said[0], va="center", family="monospace", fontsize=24)
        ax.text(5.0, 4.7, words, va="top")
        return fig
    ax.text(6.2, 7.1, words, va="center")
    for i, text in enumerate(said):
        ax.text(5.0, 6.1 - 1.05 * i, text, va="center", family="monospace", fontsize=15)
    return fig


def line_of_code_alt(recent: pd.DataFrame, line: str, run: str) -> str:
    """Say what `line_of_code` shows."""
    first, last = recent["year"].iloc[0], recent["year"].iloc[-1]
    table = f"A table of {len(recent)} Januaries, {first} to {last}, and a cell with {line}"
    if run != RUN:
        return f"{table}. It has not run yet: a question mark stands where its result will be."
    give, take, words = LINES[line]
    words = words.replace("\n", " ")
    said = [text for text in _said(give(recent), list(take(recent))) if text]
    return f"{table}. It gives {', '.join(said)}: {words}."


def _filled(counts: pd.Series, hidden: int, put: str) -> pd.Series:
    """Give the counts with one of them hidden: a blank, or a zero in its place."""
    shown = counts.astype(float)
    shown[hidden] = 0 if put == ZERO else float("nan")
    return shown


def _compared(counts: pd.Series, hidden: int, put: str) -> str:
    shown = _filled(counts, hidden, put)
    off = f"{100 * (shown.mean() / counts.mean() - 1):+.0f}".replace("-", "−")
    return f"mean {shown.mean():,.0f}, truth {counts.mean():,.0f} ({off} %)"


def hidden_count(counts: pd.Series, hidden: int, put: str) -> Figure:
    """Draw yearly counts with one hidden, and the mean with what was put in its place.

    ``counts`` are birds by year, none missing; ``hidden`` is the year to hide; ``put`` is `BLANK`
    or `ZERO`.
    """
    shown = _filled(counts, hidden, put)
    fig, ax = plt.subplots()
    ax.axhline(counts.mean(), color=plots.INK, linestyle="--", linewidth=1.6)
    ax.axhline(shown.mean(), color=plots.COLOURS[0], linewidth=1.6)
    ax.plot(shown.index, shown, color=plots.SPECIES["BFS"], marker="o")
    ax.plot(hidden, counts[hidden], marker="o", markersize=9, markerfacecolor="none",
            markeredgecolor=plots.GREY, linestyle="none")  # fmt: skip
    ax.annotate("hidden", (hidden, counts[hidden]), xytext=(0, 12), textcoords="offset points",
                ha="center", color=plots.GREY)  # fmt: skip
    end = counts.index[-1] + 0.35
    # The two lines may lie close: the lower name stands under its line, the upper one above.
    lower = shown.mean() <= counts.mean()
    ax.text(end, counts.mean(), "true\nmean", va="bottom" if lower else "top", color=plots.INK)
    ax.text(end, shown.mean(), "mean()\nsays", va="top" if lower else "bottom",
            color=plots.COLOURS[0])  # fmt: skip
    ax.set(xlim=(counts.index[0] - 0.7, counts.index[-1] + 1.9), ylim=(-150, 5000))
    ax.set(xlabel="January of", ylabel="Spoonbills counted", xticks=counts.index[::2])
    plots.thousands(ax)
    ax.set_title(_compared(counts, hidden, put), loc="left")
    return fig


def hidden_count_alt(counts: pd.Series, hidden: int, put: str) -> str:
    """Say what `hidden_count` shows."""
    shown = _filled(counts, hidden, put)
    return (
        f"Counts from {counts.index[0]} to {counts.index[-1]}. That of {hidden}, "
        f"{counts[hidden]:,} birds, is hidden; in its place stands {put}. "
        f"{_compared(counts, hidden, put).capitalize()}. The sum is {shown.sum():,.0f}; "
        f"the true sum is {counts.sum():,}."
    )

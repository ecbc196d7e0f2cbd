"""Line charts of counts, with the names written at the ends of the lines."""

from __future__ import annotations

from collections.abc import Iterable

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from flyway.plots.colour import COLOURS, SPECIES, SPECIES_MARKERS, SPECIES_NAMES

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "d")


def colours_for(names: Iterable[object]) -> dict:
    """Give each name its colour: species keep theirs, others take `COLOURS` in order.

    names : names of species, regions or other groups.

    Returns a dictionary, name -> colour.

    Errors: ValueError for more groups than there are colours to tell apart.
    """
    names = list(dict.fromkeys(names))
    others = [name for name in names if name not in SPECIES]
    if len(others) > len(COLOURS):
        raise ValueError(
            f"{len(others)} groups, but only {len(COLOURS)} colours can be told apart: "
            "join small groups, or draw a small chart for each."
        )
    return {name: SPECIES.get(name) or COLOURS[others.index(name)] for name in names}


def thousands(ax: Axes, which: str = "y") -> Axes:
    """Write the numbers of an axis as 1,200 and not as 1.2e3.

    ax : the axes. which : "x" or "y".

    Returns the axes.
    """
    axis = ax.yaxis if which == "y" else ax.xaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())
    return ax


def label_ends(ax: Axes, gap: float = 1.25) -> Axes:
    """Write each line's label at its right end, in its colour, instead of a legend.

    ax : the axes. gap : least distance between labels, in letter heights; those that would touch are
    moved apart up or down.

    Returns the axes.
    Errors: ValueError when no line has a label.
    """
    from scipy.optimize import isotonic_regression  # half a second to load, rarely needed

    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    if not lines:
        raise ValueError("label_ends found no line with a label: draw with label='...' first.")
    fig = ax.figure
    fig.draw_without_rendering()  # fixes the axis limits, so that positions are known
    ends = []
    for line in lines:
        x, y = pd.Series(line.get_xdata(orig=False)), pd.Series(line.get_ydata(orig=False))
        last = (x.notna() & y.notna()).to_numpy().nonzero()[0][-1]
        ends.append((ax.transData.transform((x[last], y[last])), line))
    ends.sort(key=lambda end: end[0][1])
    size = plt.rcParams["legend.fontsize"]
    step = gap * size * fig.dpi / 72
    # Least total movement that keeps the order and one letter height between neighbours.
    heights = np.array([y for (_, y), _ in ends])
    ladder = step * np.arange(len(ends))
    places = isotonic_regression(heights - ladder).x + ladder
    for ((x, y), line), place in zip(ends, places, strict=True):
        moved = place - y
        ax.annotate(
            line.get_label(),
            ax.transData.inverted().transform((x, y)),
            xytext=(9, moved * 72 / fig.dpi),
            textcoords="offset points",
            va="center",
            color=line.get_color(),
            fontsize=size,
            fontweight="bold",
            annotation_clip=False,
        )
    return ax


def line_counts(
    data: pd.DataFrame,
    x: str,
    y: str,
    by: str | None = None,
    *,
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw counts against time: one line, or one for each group in the column `by`.

    Parameters
    ----------
    data
        One row per point. Rows with a missing count leave a gap in the line, not a zero.
    x, y
        Names of the columns for time and count.
    by
        Name of a column of groups (species, region). Each gets a colour, a marker and its name at
        the end of its line.
    log
        `True` for a logarithmic count axis: equal steps are then equal percentages.
    ax
        The axes to draw on; new ones without it.

    Returns
    -------
    The axes.

    Raises
    ------
    KeyError
        If a column is missing; the message lists those that exist.
    ValueError
        If there are more than eight groups, or a count of zero or less on a logarithmic axis.
    """
    for column in (x, y) if by is None else (x, y, by):
        if column not in data.columns:
            raise KeyError(f"no column '{column}': the columns are {', '.join(map(str, data))}.")
    if log and (data[y] <= 0).any():
        row = data.index[(data[y] <= 0)][0]
        raise ValueError(
            f"{y} is {data.loc[row, y]} in row {row}: a logarithmic axis has no place for zero. "
            "Use log=False, or leave that row out and say so."
        )
    ax = plt.subplots()[1] if ax is None else ax
    groups = [(None, data)] if by is None else list(data.groupby(by, sort=False, observed=True))
    colours = colours_for(name for name, _ in groups)
    for order, (name, rows) in enumerate(groups):
        rows = rows.sort_values(x)
        label = None if name is None else SPECIES_NAMES.get(name, str(name))
        marker = SPECIES_MARKERS.get(name, MARKERS[order % len(MARKERS)])
        ax.plot(rows[x], rows[y], marker=marker, color=colours[name], label=label)
    if log:
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=12))
    else:
        ax.set_ylim(bottom=0)
    thousands(ax)
    ax.set(xlabel=x.replace("_", " ").capitalize(), ylabel=y.replace("_", " ").capitalize())
    return label_ends(ax) if by is not None else ax

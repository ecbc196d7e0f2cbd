"""Lesson 4.2: what a blank is filled with, the index beside the truth, and which blanks hurt."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flyway import plots
from flyway.counts.index import Index, fit_index
from flyway.counts.slope import overall_slope
from flyway.simulate import winter_counts
from flyway.simulate.gaps import leave_out

SEED = 4
STEPS = ("as counted", "how A and C moved", "filled in")
_SUM, _INDEX = plots.COLOURS[1], plots.COLOURS[0]


def _signed(percent: float) -> str:
    """Write −1.1 or +3.0, with a true minus sign."""
    return f"{percent:+.1f}".replace("-", "−")


def _slope(years: pd.Series, totals: pd.Series) -> float:
    """Give the yearly change in per cent of totals that are known without error."""
    years, totals = (np.asarray(v, dtype=float) for v in (years, totals))
    return 100 * (overall_slope(years, totals, np.zeros((len(years),) * 2)).estimate - 1)


def _interval(fit: Index) -> str:
    low, high = (100 * (end - 1) for end in fit.interval())
    return f"{_signed(low)} to {_signed(high)}"


def _percent(fit: Index) -> float:
    return 100 * (fit.slope().estimate - 1)


def _birds_axis(ax: Axes, top: float) -> None:
    ax.set(xlabel="Winter", ylabel="Birds at all sites", ylim=(0, top))
    plots.thousands(ax)


# --- what is put into a blank -------------------------------------------------------------------

_SITES = ("Site A", "Site B", "Site C")
_WINTERS = (1, 2, 3, 4)
_COUNTS = np.array([[10, 20, 15, 30], [20, np.nan, 30, np.nan], [30, 60, 45, 90]])


@cache
def _filled() -> np.ndarray:
    table = pd.DataFrame(
        {"site": np.repeat(_SITES, 4), "year": np.tile(_WINTERS, 3), "count": _COUNTS.ravel()}
    )
    return fit_index(table, overdispersion=False).imputed()["imputed"].to_numpy().reshape(3, 4)


def three_sites(step: str) -> Figure:
    """Draw a table of three sites in four winters; ``step`` is one of `STEPS`."""
    shown = _filled() if step == STEPS[2] else _COUNTS
    fig, ax = plt.subplots()
    ax.set(xlim=(-1.75, 3.6), ylim=(4.55, -0.95))
    ax.set_axis_off()
    for j, winter in enumerate(_WINTERS):
        ax.text(j, -0.5, f"Winter {winter}", ha="center", va="center", fontsize=15)
    for i, site in enumerate(_SITES):
        _name(ax, i + 0.3, site)
        for j in range(4):
            blank = np.isnan(_COUNTS[i, j])
            text = "?" if np.isnan(shown[i, j]) else f"{shown[i, j]:.0f}"
            _cell(ax, j, i + 0.3, text, _SUM if blank else plots.INK, frame=blank)
    if step == STEPS[1]:
        _name(ax, 3.6, "A and C", _INDEX)
        others = _COUNTS[[0, 2]].sum(axis=0)
        for j, factor in enumerate(others / others[0]):
            _cell(ax, j, 3.6, f"×{factor:g}", _INDEX)
    else:
        _name(ax, 3.6, "Sum")
        for j, total in enumerate(np.nansum(shown, axis=0)):
            _cell(ax, j, 3.6, f"{total:.0f}", plots.INK)
    ax.axhline(2.95, color=plots.GREY, linewidth=1)
    return fig


def _name(ax: Axes, y: float, text: str, colour: str = plots.INK) -> None:
    ax.text(-1.7, y, text, va="center", fontsize=17, fontweight="bold", color=colour)


def _cell(ax: Axes, x: float, y: float, text: str, colour: str, frame: bool = False) -> None:
    box = {"boxstyle": "round,pad=0.35", "facecolor": "none", "edgecolor": colour}
    ax.text(
        x, y, text, ha="center", va="center", fontsize=22, fontweight="bold", color=colour,
        bbox=box if frame else None,
    )  # fmt: skip


def three_sites_alt(step: str) -> str:
    """Say what `three_sites` shows."""
    if step == STEPS[1]:
        return (
            "The same table. Below it, sites A and C together: in winters 1 to 4 they held ×1, ×2, "
            "×1.5 and ×3 of their first number. Site B is still blank in winters 2 and 4."
        )
    filled = step == STEPS[2]
    sums = np.nansum(_filled() if filled else _COUNTS, axis=0)
    rows = "Site A 10, 20, 15, 30; Site C 30, 60, 45, 90; Site B "
    rows += "20, 40, 30, 60, where 40 and 60 are filled in" if filled else "20, blank, 30, blank"
    return f"Table of three sites in four winters. {rows}. The sums are " + (
        ", ".join(f"{s:.0f}" for s in sums) + "."
    )


# --- the index of a table, alone and beside the truth ---------------------------------------------


def _draw_index(ax: Axes, fit: Index) -> None:
    line = fit.totals()
    ax.fill_between(
        line["year"], line["imputed_lower"], line["imputed_upper"], color=_INDEX, alpha=0.22
    )
    ax.plot(
        line["year"], line["imputed"], color=_INDEX, marker="o", markersize=5, label="filled in"
    )


def totals(fit: Index) -> Figure:
    """Draw the birds counted and the totals with blanks filled in, with their 95 % interval."""
    fig, ax = plt.subplots()
    _draw_index(ax, fit)
    table = fit.totals()
    ax.plot(table["year"], table["counted"], color=_SUM, marker="x", linestyle=":", label="counted")
    _birds_axis(ax, 13500)
    ax.legend(loc="upper left")
    return fig


def totals_alt(fit: Index) -> str:
    """Say what `totals` shows."""
    table = fit.totals()
    low = table.loc[(table["imputed"] / table["counted"]).idxmax()]
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"Birds counted and totals with blanks filled in, {first['year']:.0f} to {last['year']:.0f}. "
        f"The counted line jumps: in {low['year']:.0f} it is {low['counted']:,.0f}, the filled total "
        f"{low['imputed']:,.0f}. Filled totals run from {first['imputed']:,.0f} to "
        f"{last['imputed']:,.0f}, with an interval around each."
    )


def beside_truth(fit: Index, truth: pd.DataFrame) -> Figure:
    """Draw filled totals and the true birds (``truth``: ``winter``, ``expected``)."""
    fig, ax = plt.subplots()
    _draw_index(ax, fit)
    ax.plot(truth["winter"], truth["expected"], color=plots.INK, linestyle="--", label="truth")
    _birds_axis(ax, 13500)
    ax.legend(loc="upper left")
    true = _slope(truth["winter"], truth["expected"])
    ax.set_title(f"Filled in: {_interval(fit)} % a year. Truth: {_signed(true)}", loc="left")
    return fig


def beside_truth_alt(fit: Index, truth: pd.DataFrame) -> str:
    """Say what `beside_truth` shows."""
    true = _slope(truth["winter"], truth["expected"])
    low, high = (100 * (end - 1) for end in fit.interval())
    word = "holds" if low <= true <= high else "misses"
    return (
        f"Totals with blanks filled in, and the true birds. The filled totals change by "
        f"{_signed(_percent(fit))} % a year, 95 % interval {_interval(fit)}. The truth is "
        f"{_signed(true)} % a year: the interval {word} it."
    )


# --- which blanks hurt? ---------------------------------------------------------------------------


@cache
def _gappy(share: float, where: str, rate: float, seed: int) -> tuple[pd.DataFrame, Index, float]:
    """Truth, fitted index and yearly change of the plain sum of one simulated table with gaps."""
    made = winter_counts(seed=seed, rate=rate, big_site=4, gaps=0)
    counts = leave_out(made.counts, share, where, seed=seed)
    sums = counts.groupby("winter")["count"].sum()
    return made.truth, fit_index(counts, year="winter"), _slope(sums.index, sums)


def _missing_words(share: float, where: str) -> str:
    truth, fit, of_sum = _gappy(share, where, 0.03, SEED)
    true = _slope(truth["winter"], truth["expected"])
    return (
        f"Truth {_signed(true)} % a year: sum {_signed(of_sum)}, filled in {_signed(_percent(fit))}"
    )


def missing(share: float, where: str) -> Figure:
    """Draw truth, counted sum and filled totals when a ``share`` of counts is missing ``where``."""
    truth, fit, _ = _gappy(share, where, 0.03, SEED)
    fig, ax = plt.subplots()
    _draw_index(ax, fit)
    table = fit.totals()
    ax.plot(table["year"], table["counted"], color=_SUM, linestyle=":", marker="x", label="counted")
    ax.plot(truth["winter"], truth["expected"], color=plots.INK, linestyle="--", label="truth")
    _birds_axis(ax, 6500)
    ax.legend(loc="upper left", ncols=3, columnspacing=1.2)
    ax.set_title(_missing_words(share, where), loc="left")
    return fig


def missing_alt(share: float, where: str) -> str:
    """Say what `missing` shows."""
    _, fit, _ = _gappy(share, where, 0.03, SEED)
    return (
        f"Simulated table of 20 sites, {100 * share:.0f} % of the counts missing ({where}). "
        f"{_missing_words(share, where)} (95 % interval {_interval(fit)})."
    )


def unsent(share: float) -> Figure:
    """Draw a falling population when a ``share`` of the counts, the poorest ones, is never sent."""
    truth, fit, _ = _gappy(share, "few birds", -0.04, SEED)
    fig, ax = plt.subplots()
    _draw_index(ax, fit)
    ax.plot(truth["winter"], truth["expected"], color=plots.INK, linestyle="--", label="truth")
    _birds_axis(ax, 3000)
    ax.legend(loc="upper right")
    ax.set_title(_unsent_words(share), loc="left")
    return fig


def _unsent_words(share: float) -> str:
    truth, fit, _ = _gappy(share, "few birds", -0.04, SEED)
    true = _slope(truth["winter"], truth["expected"])
    return f"Truth {_signed(true)} % a year. Filled in: {_signed(_percent(fit))} ({_interval(fit)})"


def unsent_alt(share: float) -> str:
    """Say what `unsent` shows."""
    return (
        f"Simulated falling population; {100 * share:.0f} % of the counts, mostly the poorest of each "
        f"site, were never sent. {_unsent_words(share)}."
    )

"""Lesson 4.2: what an index cannot do: one great roost, and two figures for one winter at Izumi."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from flyway import plots
from flyway.counts.index import fit_index
from flyway.counts.slope import overall_slope
from flyway.counts.trend import trend
from flyway.simulate import winter_counts

SEED = 4
TABLES = 50
_MISSED = plots.COLOURS[1]


def _signed(percent: float) -> str:
    """Write −1.1 or +3.0, with a true minus sign."""
    return f"{percent:+.1f}".replace("-", "−")


def _true_change(truth: pd.DataFrame) -> float:
    """Give the yearly change in per cent of the expected birds, which are known without error."""
    years, birds = truth["winter"].to_numpy(float), truth["expected"].to_numpy(float)
    return 100 * (overall_slope(years, birds, np.zeros((len(years),) * 2)).estimate - 1)


# --- one great roost ------------------------------------------------------------------------------


@cache
def _intervals(times: float) -> np.ndarray:
    """Lower and upper ends minus the truth (% a year), one row per simulated table."""
    ends = []
    for table in range(TABLES):
        made = winter_counts(seed=SEED + table, big_site=times)
        fit = fit_index(made.counts, year="winter")
        true = _true_change(made.truth)
        ends.append([100 * (end - 1) - true for end in fit.interval()])
    return np.array(ends)


def _missed(times: float) -> np.ndarray:
    ends = _intervals(times)
    return (ends[:, 0] > 0) | (ends[:, 1] < 0)


def great_roost(times: float) -> Figure:
    """Draw 50 intervals around the truth when one site is ``times`` as large as a middling one."""
    ends, missed = _intervals(times), _missed(times)
    rows = np.arange(TABLES)
    fig, ax = plt.subplots()
    for which, colour, width in ((~missed, plots.GREY, 2.0), (missed, _MISSED, 3.2)):
        ax.hlines(rows[which], ends[which, 0], ends[which, 1], color=colour, linewidth=width)
    ax.axvline(0, color=plots.INK, linestyle="--")
    ax.set(xlim=(-3, 3), yticks=[], ylabel=f"{TABLES} simulated tables")
    ax.set_xlabel("Interval, away from the truth (% a year)")
    ax.set_title(_roost_words(times), loc="left")
    return fig


def _roost_words(times: float) -> str:
    return f"{int(_missed(times).sum())} of {TABLES} intervals miss the truth"


def great_roost_alt(times: float) -> str:
    """Say what `great_roost` shows."""
    wide = np.diff(_intervals(times), axis=1).mean()
    size = (
        "no site is larger than usual" if times == 1 else f"one site is {times:g} times a usual one"
    )
    return (
        f"95 % intervals of {TABLES} simulated tables with 30 % gaps, drawn around the true change; "
        f"{size}. {_roost_words(times)}; the intervals are {wide:.1f} % a year wide on average."
    )


# --- two figures for one winter -------------------------------------------------------------------


def _izumi(cranes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Season counts and bracketed figures of White-naped Cranes at Izumi up to 2021/22."""
    here = cranes["place"].str.startswith("Izumi") & (cranes["species"] == "WNC")
    rows = cranes[here & (cranes["period"] == "season") & (cranes["year"] < 2022)]
    return rows[~rows["bracketed"]], rows[rows["bracketed"]]


def izumi(cranes: pd.DataFrame) -> Figure:
    """Draw both figures that the city table prints for White-naped Cranes, winter by winter."""
    first, second = _izumi(cranes)
    fig, ax = plt.subplots()
    blue = plots.SPECIES["WNC"]
    ax.plot(first["year"], first["count"], color=blue, marker="^", label="season count")
    ax.scatter(
        second["year"], second["count"], facecolor="none", edgecolor=plots.INK, linewidth=1.8,
        label="second figure, in brackets",
    )  # fmt: skip
    ax.set(xlabel="Winter that began in", ylabel="White-naped Cranes", ylim=(0, 4900))
    plots.thousands(ax)
    ax.legend(loc="upper right")
    return fig


def izumi_alt(cranes: pd.DataFrame) -> str:
    """Say what `izumi` shows."""
    first, second = _izumi(cranes)
    a, b = (_signed(trend(part["year"], part["count"]).percent) for part in (first, second))
    low, high = int(second["count"].min()), int(second["count"].max())
    return (
        f"White-naped Cranes at Izumi, winters 1999/00 to 2021/22. The season count changes by {a} % "
        f"a year and is lowest, {int(first['count'].min())}, in 2016/17. The second figure, printed "
        f"in brackets for {len(second)} winters, lies between {low:,} and {high:,}: {b} % a year."
    )

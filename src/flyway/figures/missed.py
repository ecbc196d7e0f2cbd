"""Lesson 3.1: two lists, more eyes, observers who agree too well, and roles that never swap."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from flyway import plots
from flyway.detection.closed import mark_resight
from flyway.detection.double_observer import independent_observers
from flyway.simulate.together import seen_by, two_lists

SEED = 80
FLOCKS = 100
MORNINGS = 200
EYE = 0.6
WAYS = ("“Look, there!”", "hidden from both")
_A, _B, _BOTH = plots.COLOURS[1], plots.COLOURS[0], plots.INK


# --- two lists ------------------------------------------------------------------------------------


@cache
def _square() -> np.ndarray:
    """Give each flock its place: across, how hard it is for A; up, how hard for B."""
    return np.random.default_rng(SEED).random((FLOCKS, 2))


def _lists(p_a: float, p_b: float) -> tuple[np.ndarray, np.ndarray]:
    return tuple((_square() < (p_a, p_b)).T)


def _estimate(noted: np.ndarray) -> tuple[float, float, float]:
    """Flocks present by two lists, with the 95 % interval."""
    result = independent_observers(two_lists(noted), "only_first", "only_second")
    return result.estimate, *result.interval()


def lists(p_a: float, p_b: float) -> Figure:
    """Draw 100 flocks in a square; A notes those on the left, B those below."""
    a, b = _lists(p_a, p_b)
    fig, ax = plt.subplots()
    square = _square()
    ax.axvspan(0, p_a, color=_A, alpha=0.12)
    ax.axhspan(0, p_b, color=_B, alpha=0.12)
    for which, colour, marker, name in (
        (a & ~b, _A, "o", "A only"),
        (b & ~a, _B, "s", "B only"),
        (a & b, _BOTH, "D", "both"),
    ):
        ax.scatter(*square[which].T, color=colour, marker=marker, s=34, label=name)
    gone = square[~a & ~b]
    ax.scatter(*gone.T, facecolor="none", edgecolor=plots.GREY, s=34, label="nobody")
    ax.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    ax.set_xlabel("← noted by A       missed by A →")
    ax.set_ylabel("← noted by B   missed →")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.1)
    ax.set_title(_lists_words(p_a, p_b), loc="left")
    return fig


def _lists_words(p_a: float, p_b: float) -> str:
    a, b = _lists(p_a, p_b)
    found, low, high = _estimate(np.column_stack([a, b]))
    return f"Noted {int((a | b).sum())} of {FLOCKS}. Estimate {found:.0f} ({low:.0f} to {high:.0f})"


def lists_alt(p_a: float, p_b: float) -> str:
    """Say what `lists` shows."""
    a, b = _lists(p_a, p_b)
    return (
        f"{FLOCKS} simulated flocks in a square. A alone noted {int((a & ~b).sum())}, B alone "
        f"{int((b & ~a).sum())}, both {int((a & b).sum())}, nobody {int((~a & ~b).sum())}. "
        f"{_lists_words(p_a, p_b)}."
    )


# --- more eyes ------------------------------------------------------------------------------------


def _quick(noted: np.ndarray) -> tuple[float, float, float]:
    """Flocks present by two lists with Chapman's correction: no fit, so hundreds of mornings are quick."""
    lists = two_lists(noted).iloc[0]
    n1, n2 = lists["only_first"] + lists["both"], lists["only_second"] + lists["both"]
    result = mark_resight(n1, n2, lists["both"])
    return result.estimate, *result.interval()


@cache
def _typical(observers: int, detection: float) -> tuple[float, float, float, float]:
    """Middle of many mornings: flocks noted by anybody, estimate and its interval."""
    rows = []
    for morning in range(MORNINGS):
        noted = seen_by(FLOCKS, observers, detection, seed=SEED + morning)
        ends = _quick(noted) if observers > 1 else (np.nan,) * 3
        rows.append((noted.any(axis=1).sum(), *ends))
    return tuple(np.median(rows, axis=0))


def more_eyes(detection: float) -> Figure:
    """Draw noted flocks, estimate and interval for one to four observers."""
    fig, ax = plt.subplots()
    ax.axhline(FLOCKS, color=plots.INK, linestyle="--")
    ax.text(0.55, FLOCKS + 2, "truth", va="bottom")
    for observers in (1, 2, 3, 4):
        noted, found, low, high = _typical(observers, detection)
        ax.scatter(observers, noted, color=_A, marker="x", s=80, linewidth=3, zorder=3)
        if observers > 1:
            ax.errorbar(
                observers + 0.12, found, [[found - low], [high - found]], color=_B, marker="o",
                linewidth=3, capsize=6, markersize=9,
            )  # fmt: skip
    ax.scatter([], [], color=_A, marker="x", s=80, linewidth=3, label="noted by anybody")
    ax.errorbar([], [], [], color=_B, marker="o", linewidth=3, label="estimate, 95 % interval")
    ax.set(xlim=(0.5, 4.6), ylim=(0, 215), xticks=[1, 2, 3, 4])
    ax.set(xlabel="Observers, each with a list", ylabel="Flocks")
    ax.legend(loc="upper right")
    ax.set_title(_eyes_words(detection), loc="left")
    return fig


def _eyes_words(detection: float) -> str:
    _, _, low, high = _typical(2, detection)
    _, _, low3, high3 = _typical(3, detection)
    return f"Two: {low:.0f} to {high:.0f} flocks. Three: {low3:.0f} to {high3:.0f}"


def more_eyes_alt(detection: float) -> str:
    """Say what `more_eyes` shows."""
    noted = [_typical(k, detection)[0] for k in (1, 2, 4)]
    return (
        f"Typical simulated morning, {FLOCKS} flocks, each observer notes {100 * detection:.0f} %. One "
        f"notes {noted[0]:.0f}, two {noted[1]:.0f}, four {noted[2]:.0f}. One has no interval. "
        f"Intervals: {_eyes_words(detection)}."
    )


# --- observers who agree too well -----------------------------------------------------------------


@cache
def _agreeing(way: str, share: float) -> np.ndarray:
    """Estimate, lower and upper of many mornings, relative to the truth."""
    setting = {"cue": share} if way == WAYS[0] else {"hidden": share}
    rows = [
        _quick(seen_by(FLOCKS, 2, EYE, **setting, seed=SEED + morning))
        for morning in range(MORNINGS)
    ]
    return np.array(rows) / FLOCKS


def agree(way: str, share: float) -> Figure:
    """Draw estimates ÷ truth over 200 mornings when two observers are not independent."""
    ratio = _agreeing(way, share)[:, 0]
    fig, ax = plt.subplots()
    ax.hist(ratio, bins=np.arange(0.4, 1.6, 0.04), color=_B, alpha=0.85)
    ax.axvline(1, color=plots.INK, linestyle="--")
    ax.text(1.02, 0.97, "truth", transform=ax.get_xaxis_transform(), va="top")
    ax.set(xlim=(0.4, 1.5), ylim=(0, 130))
    ax.set(xlabel="Estimate ÷ true number of flocks", ylabel=f"Mornings (of {MORNINGS})")
    ax.set_title(_agree_words(way, share), loc="left")
    return fig


def _agree_words(way: str, share: float) -> str:
    ratio, low, high = _agreeing(way, share).T
    off = 100 * (ratio.mean() - 1)
    held = 100 * ((low <= 1) & (high >= 1)).mean()
    signed = f"{round(off):+d}".replace("-", "−") if round(off) else "0"
    return f"Average {signed} %; {held:.0f} of 100 intervals hold the truth"


def agree_alt(way: str, share: float) -> str:
    """Say what `agree` shows."""
    what = "pointed out to the other" if way == WAYS[0] else "hidden from both observers"
    ratio = _agreeing(way, share)[:, 0]
    low, high = 100 * np.quantile(ratio, [0.025, 0.975])
    return (
        f"Histogram of {MORNINGS} simulated mornings; {100 * share:.0f} % of the flocks that could be "
        f"were {what}. 95 % of the estimates lie between {low:.0f} and {high:.0f} % of the truth. "
        f"{_agree_words(way, share)}."
    )


# --- roles that never swap ------------------------------------------------------------------------


def _story(notes: pd.DataFrame, p_a: float) -> tuple[int, int, float, float]:
    """Flocks called, flocks added, flocks missed and p of B, if A notes a share `p_a`."""
    called, added = int(notes["seen_by_primary"].sum()), int(notes["added_by_secondary"].sum())
    missed = called / p_a - called - added
    return called, added, missed, added / (added + missed)


def never_swapped(notes: pd.DataFrame, p_a: float) -> Figure:
    """Draw the flocks that the same notes mean if A, who always led, notes a share ``p_a``."""
    called, added, missed, _ = _story(notes, p_a)
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.barh(0, called, color=_A)
    ax.barh(0, added, left=called, color=_B)
    ax.barh(
        0, missed, left=called + added, color="none", edgecolor=plots.GREY, linestyle="--",
        linewidth=2,
    )  # fmt: skip
    ax.text(called / 2, 0, f"A called\n{called}", ha="center", va="center", color="white",
            fontweight="bold")  # fmt: skip
    ax.text(called + added / 2, 0.5, f"B added {added}", ha="center", color=_B, fontweight="bold")
    ax.text(called + added + missed / 2, -0.5, f"missed {missed:.0f}", ha="center", va="top")
    ax.set(xlim=(0, 122), ylim=(-0.85, 0.85), yticks=[], xlabel="Flocks")
    ax.set_ylabel("Notes")
    ax.set_title(_swap_words(notes, p_a), loc="left")
    return fig


def _swap_words(notes: pd.DataFrame, p_a: float) -> str:
    called, added, missed, p_b = _story(notes, p_a)
    total = called + added + missed
    return f"If A notes {100 * p_a:.0f} % and B {100 * p_b:.0f} %: {total:.0f} flocks"


def never_swapped_alt(notes: pd.DataFrame, p_a: float) -> str:
    """Say what `never_swapped` shows."""
    called, added, missed, _ = _story(notes, p_a)
    return (
        f"A bar of flocks: A called {called}, B added {added}, and {missed:.0f} would have been "
        f"missed. {_swap_words(notes, p_a)}. The notes are the same in each picture."
    )

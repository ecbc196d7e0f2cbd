"""Lesson 7.3: weights and ranks, six delegations, random weights, a criterion twice, a scale that moves."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from flyway import datasets, plots
from flyway.decisions.delegations import Delegations
from flyway.decisions.scores import score_weighted_sum
from flyway.decisions.sensitivity import WeightSensitivity, vary_weights

COST = "cost_keur"
KNOWN = {"nothing": None, "roughly the mean": 10.0, "nearly the mean": 40.0}
OUT = "More winter roosts"
LISTS = ("six options", "without winter roosts")
SCALES = ("taken from the list", "fixed beforehand")
LIMITS = {
    "birds_kept": (0, 200),
    "sites_counted": (0, 40),
    "households": (0, 400),
    "countries": (1, 6),
    COST: (800, 100),
}
_BAR, _BEST = plots.COLOURS[0], plots.SPECIES["BFS"]


@cache
def _options() -> pd.DataFrame:
    return datasets.load("conservation_options").set_index("option")


@cache
def _mean() -> pd.Series:
    return datasets.load("conservation_options", "weights").set_index("delegation").mean()


def _bars(values: pd.Series, title: str, label: str, digits: int = 2, top: float = 0.8) -> Figure:
    """Draw one bar per option, the longest in another colour; ``values`` keep their order."""
    fig, ax = plt.subplots()
    best = values.max()
    for y, value in enumerate(reversed(list(values))):
        colour = _BEST if value == best else _BAR
        ax.barh(y, value, color=colour, height=0.66)
        ax.text(
            value + top * 0.015, y, f"{value:.{digits}f}", va="center", color=colour,
            fontweight="bold",
        )  # fmt: skip
    ax.set_yticks(range(len(values)), list(reversed(values.index)))
    ax.set(xlim=(0, top), xlabel=label)
    ax.grid(visible=False, axis="y")
    ax.set_title(title, loc="left")
    return fig


def _told(values: pd.Series, digits: int = 2) -> str:
    order = values.sort_values(ascending=False, kind="stable")
    return ", ".join(f"{name} {value:.{digits}f}" for name, value in order.items())


def _moved(birds: int, households: int) -> pd.Series:
    rest = (100 - birds - households) / 3
    weights = dict.fromkeys(_options().columns, rest)
    weights |= {"birds_kept": birds, "households": households}
    return score_weighted_sum(_options(), weights, lower_is_better=[COST]).scores


def ranks(birds: int, households: int) -> Figure:
    """Draw the score of each option when birds and households get so many of 100 points."""
    scores = _moved(birds, households)
    return _bars(scores, f"First: {scores.idxmax()}", "Score (1: best on everything)", top=1)


def ranks_alt(birds: int, households: int) -> str:
    """Say what `ranks` shows."""
    scores = _moved(birds, households)
    return (
        f"Scores of six options when birds get {birds} of 100 points, households {households}, and "
        f"three other criteria share the rest: {_told(scores)}."
    )


def voices(found: Delegations) -> Figure:
    """Draw the rank that each delegation's weights give to each option."""
    order = found.summary()["option"].tolist()
    fig, ax = plt.subplots(figsize=(6.4, 3.7))
    ax.set(xlim=(-3.6, 5.6), ylim=(len(order) - 0.4, -1.5))
    ax.set_axis_off()
    ax.text(2.5, -1.2, "Delegation", ha="center", fontsize=13)
    for x in range(6):
        ax.text(x, -0.65, str(x + 1), ha="center", va="center", fontweight="bold", fontsize=13)
    for y, option in enumerate(order):
        ax.text(-3.6, y, option, va="center", fontsize=13)
        for x, rank in enumerate(found.ranks[option]):
            high = rank <= 2
            colour = (_BEST if rank == 1 else _BAR) if high else plots.GREY
            ax.text(
                x, y, str(rank), ha="center", va="center", color=colour,
                fontsize=19 if high else 14, fontweight="bold" if high else "normal",
            )  # fmt: skip
    return fig


def voices_alt(found: Delegations) -> str:
    """Say what `voices` shows."""
    told = [
        f"{option} {', '.join(map(str, found.ranks[option]))}"
        for option in found.summary()["option"]
    ]
    return f"Ranks for delegations 1 to 6. {'; '.join(told)}."


@cache
def _drawn(known: str) -> WeightSensitivity:
    near = KNOWN[known]
    given = {} if near is None else {"weights": _mean(), "closeness": near}
    return vary_weights(_options(), lower_is_better=[COST], **given)


def _first(known: str) -> pd.Series:
    return 100 * _drawn(known).rank_shares[1].loc[_options().index]


def shares(known: str) -> Figure:
    """Draw how often each option is first over many weightings; ``known`` is a key of `KNOWN`."""
    first = _first(known)
    title = f"First most often: {first.idxmax()}"
    return _bars(first, title, "First in so many of 100 weightings", 0, 75)


def shares_alt(known: str) -> str:
    """Say what `shares` shows."""
    return (
        f"Bars: in how many of 100 random weightings each option is first, when {known} is known of "
        f"the weights. {_told(_first(known), 0)}."
    )


def _with_copies(times: int) -> pd.Series:
    options, weights = _options(), _mean().to_dict()
    for k in range(1, times):
        options = options.assign(**{f"again_{k}": options["birds_kept"]})
        weights |= {f"again_{k}": weights["birds_kept"]}
    return score_weighted_sum(options, weights, lower_is_better=[COST]).scores


def twice(times: int) -> Figure:
    """Draw the scores with the mean weights when birds kept stand in the table so many ``times``."""
    scores = _with_copies(times)
    return _bars(scores, f"First: {scores.idxmax()}", "Score (mean weights)")


def twice_alt(times: int) -> str:
    """Say what `twice` shows."""
    return f"Scores with the mean weights when birds are counted {times} times: {_told(_with_copies(times))}."


def _scaled(offered: str, scale: str) -> pd.Series:
    options = _options() if offered == LISTS[0] else _options().drop(OUT)
    limits = LIMITS if scale == SCALES[1] else None
    return score_weighted_sum(options, _mean(), lower_is_better=[COST], limits=limits).scores


def list_of(offered: str, scale: str) -> Figure:
    """Draw scores with and without one option; ``offered`` of `LISTS`, ``scale`` of `SCALES`."""
    scores = _scaled(offered, scale)
    return _bars(scores, f"First: {scores.idxmax()}", "Score (mean weights)", 3)


def list_of_alt(offered: str, scale: str) -> str:
    """Say what `list_of` shows."""
    return f"Scores with the mean weights, {offered}, scales {scale}: {_told(_scaled(offered, scale), 3)}."

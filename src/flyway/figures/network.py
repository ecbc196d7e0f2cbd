"""Lesson 6.1: journeys on a map with a site lost, what transmitters show, and roosts with an outbreak."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke

from flyway import datasets, plots
from flyway.connectivity.index import lose_sites, measure_connectivity
from flyway.connectivity.journeys import BrokenJourneys, break_journeys, count_moves
from flyway.connectivity.seasons import compare_seasons
from flyway.maps.base import LAND, NOTE, draw_land
from flyway.simulate.journeys import fit_transmitters, outbreak_winters

NOTHING = "no site"
LOST = (NOTHING, "Muraviovka", "Songnen", "Cheonsu", "Rason", "Izumi")
FITTED = {
    "Mongolia": ("Mongol Daguur", "Khurkh", "Buir"),
    "Amur and Khanka": ("Muraviovka", "Khanka"),
    "all nesting grounds": ("Mongol Daguur", "Khurkh", "Buir", "Muraviovka", "Khanka"),
}
SEED, WINTERS_SEED = 4, 21
_WHOLE, _ROUND, _NONE = plots.SPECIES["HC"], plots.SPECIES["WNC"], plots.SPECIES["BFS"]
_FATES = {"whole": _WHOLE, "way round": _ROUND, "no way known": _NONE}
_EXTENT = {"HC": (108.0, 143.0, 26.0, 66.0), "WNC": (107.0, 139.0, 26.0, 52.5)}
_LEFT = {
    "Poyang",
    "Liaohe",
    "Yellow River",
    "Songnen",
    "Cheonsu",
    "Beidagang",
    "Duolun",
    "Muraviovka",
}
_ABOVE = {"Bolon", "Khanka"}
_SHIFT = {"Cheonsu": (-8, -8)}  # in points; below the circle of the Yellow River
_HALO = [withStroke(linewidth=3, foreground=LAND)]  # names stay readable where arrows cross them


@cache
def _places() -> pd.DataFrame:
    sites = datasets.load("flyway_sites")[["site_id", "lat", "lon"]]
    return datasets.load("simulated_moves", "places").merge(sites, on="site_id").set_index("place")


@cache
def _journeys(species: str, season: str) -> pd.DataFrame:
    table = datasets.load("simulated_moves", "journeys")
    return table[(table["species"] == species) & (table["season"] == season)]


def _arrow(ax: Axes, start: str, end: str, colour: str, width: float, line: str = "-") -> None:
    where = _places()
    ends = [(where.loc[p, "lon"], where.loc[p, "lat"]) for p in (start, end)]
    ax.add_patch(
        FancyArrowPatch(
            *ends, connectionstyle="arc3,rad=0.08", arrowstyle="-|>", mutation_scale=9,
            linewidth=width, linestyle=line, color=colour, shrinkA=3, shrinkB=4, zorder=2,
        )
    )  # fmt: skip


def _names(ax: Axes, names: list[str]) -> None:
    where = _places()
    for name in names:
        side = "right" if name in _LEFT else "center" if name in _ABOVE else "left"
        shift = _SHIFT.get(name) or {"right": (-9, 2), "center": (0, 10), "left": (7, 1)}[side]
        ax.annotate(
            name, (where.loc[name, "lon"], where.loc[name, "lat"]), shift, fontsize=12,
            textcoords="offset points", ha=side, va="center", zorder=5, path_effects=_HALO,
        )  # fmt: skip


def _page(species: str) -> tuple[Figure, Axes, Axes]:
    """Give a figure with a map on the left and a blank column on the right."""
    fig = plt.figure(figsize=(6.4, 6.4 if species == "HC" else 4.4), layout="none")
    ax = draw_land(fig.add_axes((0, 0.04, 0.585, 0.955)), _EXTENT[species])
    ax.set_anchor("NW")
    fig.text(0.0, 0.008, f" {NOTE}", fontsize=7.5, color=plots.GREY)
    side = fig.add_axes((0.61, 0.04, 0.38, 0.955))
    side.set(xlim=(0, 1), ylim=(0, 1))
    side.axis("off")
    return fig, ax, side


@cache
def _loss(season: str, lost: str) -> tuple[BrokenJourneys | None, float]:
    """Give whose journey is broken, and by how much (%) the connectivity of the network falls."""
    if lost == NOTHING:
        return None, 0.0
    journeys = _journeys("HC", season)
    whole = measure_connectivity(count_moves(journeys), kind="IIC", directed=True)
    return break_journeys(journeys, lost), lose_sites(whole, lost).estimate


def _busy(season: str) -> pd.Series:
    """Give the birds that pass through each place, the busiest first."""
    found = compare_seasons(count_moves(_journeys("HC", season)), birds="birds").sites
    return found.set_index("site")["through"].sort_values(ascending=False, kind="stable")


def _shares(season: str, lost: str) -> dict[str, float]:
    broken, _ = _loss(season, lost)
    if broken is None:
        return {"whole": 100.0, "way round": 0.0, "no way known": 0.0}
    return (100 * broken.summary().set_index("fate")["estimate"]).to_dict()


def lose(season: str, lost: str) -> Figure:
    """Draw the Hooded Cranes' journeys of a season on a map, without the site ``lost``.

    ``season`` is autumn or spring, ``lost`` one of `LOST`. Circles: birds that pass.
    """
    journeys, busy = _journeys("HC", season), _busy(season)
    fig, ax, side = _page("HC")
    for row in count_moves(journeys).itertuples():
        gone = lost in (row[2], row[3])
        width = 0.8 + 6 * row.birds / 1000
        _arrow(ax, row[2], row[3], _NONE if gone else _WHOLE, width, ":" if gone else "-")
    where = _places().loc[busy.index]
    ax.scatter(
        where["lon"], where["lat"], s=14 + 0.3 * busy, color=_WHOLE, edgecolor="white", zorder=3
    )
    if lost in busy.index:
        ax.plot(
            *where.loc[lost, ["lon", "lat"]], "X", color=_NONE, markersize=17,
            markeredgecolor="white", zorder=4,
        )  # fmt: skip
    named = {"Yakutia", "Bolon", "Poyang", "Izumi", *busy.index[:3], *{lost} & set(busy.index)}
    _names(ax, sorted(named))
    side.text(0, 0.975, season.capitalize(), fontsize=20, fontweight="bold", va="top")
    side.text(0, 0.9, f"lost: {lost}", fontsize=14, va="top", color=_NONE)
    side.text(0, 0.79, "Of 100 cranes:", fontsize=13, va="top")
    for at, (fate, share) in zip((0.69, 0.53, 0.37), _shares(season, lost).items(), strict=True):
        colour = _FATES[fate]
        side.text(0, at, f"{share:.0f}", fontsize=24, fontweight="bold", color=colour, va="center")
        words = "journey whole" if fate == "whole" else f"broken,\n{fate}"
        words = "broken,\na way round" if fate == "way round" else words
        side.text(0.4, at, words, fontsize=12.5, va="center", color=colour)
    side.text(0, 0.22, "Connectivity index", fontsize=12.5, va="center")
    fall = _loss(season, lost)[1]
    side.text(0, 0.14, f"−{fall:.0f} %" if fall else "0 %", fontsize=24, fontweight="bold", va="center")  # fmt: skip
    return fig


def lose_alt(season: str, lost: str) -> str:
    """Say what `lose` shows."""
    share, busy = _shares(season, lost), _busy(season)
    told = f"Map of simulated Hooded Crane journeys in {season}. Most birds pass {busy.index[0]} ({busy.iloc[0]:.0f} of 1,000)."  # fmt: skip
    if lost == NOTHING:
        return f"{told} No site is lost: all 100 of 100 journeys are whole."
    return (
        f"{told} Without {lost}, of 100 cranes {share['whole']:.0f} keep their journey, "
        f"{share['way round']:.0f} could go round by known links and {share['no way known']:.0f} could "
        f"not. The connectivity index falls by {_loss(season, lost)[1]:.0f} %."
    )


def _hub(moves: pd.DataFrame) -> str:
    sites = compare_seasons(moves, birds="birds").sites
    return str(sites.loc[sites["through"].idxmax(), "site"])


@cache
def _seen(fitted: str, birds: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give all flights, and those that birds with transmitters show."""
    truth = _journeys("WNC", "autumn")
    return count_moves(truth), count_moves(
        fit_transmitters(truth, FITTED[fitted], birds, seed=SEED)
    )


def transmitters(fitted: str, birds: int) -> Figure:
    """Draw the White-naped Cranes' links: those that marked birds show, and those that nobody saw.

    ``fitted`` is a key of `FITTED`, ``birds`` the number of birds with transmitters.
    """
    truth, seen = _seen(fitted, birds)
    known = set(zip(seen["from"], seen["to"], strict=True))
    fig, ax, side = _page("WNC")
    for row in truth.itertuples():
        if (row[2], row[3]) not in known:
            _arrow(ax, row[2], row[3], plots.GREY, 1.4, ":")
    for row in seen.itertuples():
        _arrow(ax, row[2], row[3], plots.SPECIES["WNC"], 1.4 + 6 * row.birds / birds)
    used = list(dict.fromkeys([*truth["from"], *truth["to"]]))
    where = _places().loc[used]
    on = [name in {*seen["from"], *seen["to"]} for name in used]
    colours = [plots.SPECIES["WNC"] if x else "white" for x in on]
    edges = [plots.SPECIES["WNC"] if x else plots.GREY for x in on]
    ax.scatter(where["lon"], where["lat"], s=40, color=colours, edgecolor=edges, zorder=3)
    _names(ax, ["Duolun", "Rason", "Cheorwon", "Poyang", "Izumi", "Khanka"])
    lines = (
        (0.95, "Transmitters fitted in", 12.5, plots.INK, "normal"),
        (0.88, fitted, 14, plots.SPECIES["WNC"], "bold"),
        (0.81, f"on {birds} birds", 12.5, plots.INK, "normal"),
        (0.66, "Hub they show:", 12.5, plots.INK, "normal"),
        (0.58, _hub(seen), 19, plots.SPECIES["WNC"], "bold"),
        (0.44, "Hub of all birds:", 12.5, plots.INK, "normal"),
        (0.36, _hub(truth), 19, plots.INK, "bold"),
        (0.2, f"Links seen:\n{len(known)} of {len(truth)}", 14, plots.INK, "normal"),
    )
    for y, words, size, colour, weight in lines:
        side.text(0, y, words, fontsize=size, color=colour, fontweight=weight, va="center")
    return fig


def transmitters_alt(fitted: str, birds: int) -> str:
    """Say what `transmitters` shows."""
    truth, seen = _seen(fitted, birds)
    return (
        f"Simulated White-naped Cranes in autumn, {birds} of them with transmitters fitted in "
        f"{fitted}. They show {len(seen)} of {len(truth)} links, and the hub {_hub(seen)}. "
        f"The hub of all birds is {_hub(truth)}. Dotted grey links were seen by nobody."
    )


def outbreaks(roosts: int) -> Figure:
    """Draw what outbreaks kill in 100 simulated winters when the cranes sleep at so many ``roosts``."""
    loss = 100 * outbreak_winters(roosts, seed=WINTERS_SEED)
    fig, ax = plt.subplots()
    ax.bar(np.arange(1, len(loss) + 1), loss, color=_NONE, width=0.9)
    ax.set(ylim=(0, 11.5), xlabel="Winter (simulated)", ylabel="Cranes lost (% of all)")
    ax.set_title(_outbreak_words(loss), loc="left")
    return fig


def _outbreak_words(loss: np.ndarray) -> str:
    return f"Mean {loss.mean():.1f} % a winter; worst winter {loss.max():.1f} %"


def outbreaks_alt(roosts: int) -> str:
    """Say what `outbreaks` shows."""
    loss = 100 * outbreak_winters(roosts, seed=WINTERS_SEED)
    where = "at one roost" if roosts == 1 else f"spread over {roosts} roosts"
    return (
        f"Simulated: 100 winters of outbreaks, all cranes {where}. {_outbreak_words(loss)}; "
        f"{int((loss > 0).sum())} winters with a loss."
    )

"""Who is where, month by month: one map for each month of the flyway's year."""

from __future__ import annotations

import calendar
from functools import cache

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from flyway.maps.base import NOTE, draw_land
from flyway.maps.places import prepare
from flyway.plots.colour import GREY, INK, PAPER, SPECIES, SPECIES_MARKERS, SPECIES_NAMES

MONTHS = {calendar.month_name[month]: month for month in range(1, 13)}
"""Names of the months and their numbers, as `explore(month=...)` takes them."""
ROLES = {"breeding": "nesting", "wintering": "in winter quarters", "passage": "on passage"}
"""Roles of the `seasons` table, in the order of importance on the map, and their words."""
_SIZE = {"breeding": 92, "wintering": 92, "passage": 40}
_SIZE_IN, _EXTENT = (6.4, 6.0), (102.0, 141.0, 18.0, 65.0)


@cache
def _tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the sites of each species, with coarse positions, and the calendar."""
    from flyway import datasets

    sites = prepare(datasets.load("flyway_sites"))
    uses = datasets.load("flyway_sites", "site_species")
    where = sites[["site_id", "lat", "lon", "coarse"]]
    return uses.merge(where, on="site_id"), datasets.load("flyway_sites", "seasons")


def in_month(month: int) -> pd.DataFrame:
    """List the known sites that are in use in a month.

    A site of a species is in use in the months in which the calendar gives the species that role.
    Where a site has two roles in the month, the one that binds the birds longer is kept.

    month : 1 to 12.

    Returns a table: site_id, species, role, lat, lon, coarse.
    Errors: ValueError for another month.
    """
    if isinstance(month, bool) or month != int(month) or not 1 <= month <= 12:
        raise ValueError(f"month is {month!r}: give a whole number from 1 (January) to 12.")
    uses, seasons = _tables()
    now = seasons[seasons["month"] == int(month)]
    found = uses.merge(now[["species", "role"]], on=["species", "role"])
    order = found["role"].map(list(ROLES).index)
    found = found.assign(order=order).sort_values(["order", "species", "site_id"], kind="stable")
    kept = found.drop_duplicates(["site_id", "species"])
    return kept[["site_id", "species", "role", "lat", "lon", "coarse"]].reset_index(drop=True)


def _doing(month: int, species: str) -> list[tuple[str, bool]]:
    """List (role in words, approximate?) of a species in a month."""
    _, seasons = _tables()
    now = seasons[(seasons["month"] == month) & (seasons["species"] == species)]
    found = {
        role: basis == "approximate" for role, basis in zip(now["role"], now["basis"], strict=True)
    }
    return [(words, found[role]) for role, words in ROLES.items() if role in found]


def month_alt(month: int) -> str:
    """Say in words what `month_map` shows: what each bird does, at how many sites, how far north.

    month : 1 to 12.

    Returns a text. Errors: ValueError for another month.
    """
    sites = in_month(month)
    parts = []
    for species, name in SPECIES_NAMES.items():
        mine = sites[sites["species"] == species]
        doing = " and ".join(words for words, _ in _doing(month, species))
        span = (
            f", from {mine['lat'].min():.0f}° to {mine['lat'].max():.0f}° north"
            if len(mine)
            else ""
        )
        parts.append(f"{name} {doing}: {len(mine)} known sites in use{span}.")
    return f"Map of the flyway in {calendar.month_name[month]}. " + " ".join(parts)


def month_map(month: int) -> Figure:
    """Draw the known sites that each of the three birds uses in a month.

    Large marks: nesting or winter quarters. Small marks: passage. Faint dots: known sites that are
    not in use. The calendar and its sources are the table `seasons` of the data package
    `flyway_sites`; a pale box is a month marked approximate there.

    month : 1 to 12.

    Returns a matplotlib figure. Errors: ValueError for another month.
    """
    now, (uses, _) = in_month(month), _tables()
    fig = plt.figure(figsize=_SIZE_IN, layout="none")
    ax = draw_land(fig.add_axes((0, 0.04, 0.585, 0.96)), _EXTENT)
    ax.set_anchor("NW")
    ax.scatter(uses["lon"], uses["lat"], s=9, color="#bcc4cd", linewidths=0, zorder=1)
    shift = {"BFS": -0.4, "WNC": 0.0, "HC": 0.4}  # birds that share a site stand side by side
    shared = now.groupby("site_id")["species"].transform("size") > 1
    for (species, role), rows in now.groupby(["species", "role"]):
        ax.scatter(
            rows["lon"] + shared[rows.index] * shift[species],
            rows["lat"],
            s=_SIZE[role] * rows["coarse"].map({True: 2.0, False: 1.0}),
            marker=SPECIES_MARKERS[species],
            color=SPECIES[species],
            alpha=rows["coarse"].map({True: 0.65, False: 1.0}),
            edgecolor=PAPER,
            linewidth=0.9,
            zorder=3 if role == "passage" else 2,
        )
    fig.text(0.0, 0.008, f" {NOTE}", fontsize=7.5, color=GREY)
    side = fig.add_axes((0.612, 0.0, 0.378, 1.0))
    side.set(xlim=(0, 12), ylim=(0, 15))
    side.axis("off")
    side.text(0, 14.1, calendar.month_name[month], fontsize=24, fontweight="bold", va="center")
    for block, species in enumerate(SPECIES):
        mine = now[now["species"] == species]
        _draw_block(side, 12.75 - 3.8 * block, month, species, len(mine))
    _draw_key(side, 1.12)
    return fig


def _draw_block(side: Axes, top: float, month: int, species: str, sites: int) -> None:
    """Write what one bird does this month, with its year as a row of twelve months."""
    colour = SPECIES[species]
    side.plot(0.4, top, marker=SPECIES_MARKERS[species], color=colour, markersize=11, clip_on=False)
    side.text(
        1.15, top, SPECIES_NAMES[species], color=colour, fontsize=12, fontweight="bold", va="center"
    )
    doing = _doing(month, species)
    words = ",\n".join(words for words, _ in doing)
    side.text(0, top - 0.8, words.split("\n")[0], fontsize=12)
    side.text(0, top - 1.3, "".join(words.split("\n")[1:]), fontsize=12)
    side.text(12, top - 0.8, f"{sites} sites", fontsize=12, ha="right")
    _, seasons = _tables()
    floor = top - 2.35
    for _, row in seasons[seasons["species"] == species].iterrows():
        _draw_box(
            side, row["month"] - 0.92, floor, row["role"], colour, row["basis"] == "approximate"
        )
    side.add_patch(
        Rectangle(
            (month - 1.02, floor - 0.36),
            1.04,
            1.1,
            fill=False,
            edgecolor=INK,
            linewidth=2,
            clip_on=False,
        )
    )
    for at in range(1, 13):
        side.text(at - 0.5, floor - 0.68, calendar.month_abbr[at][0], fontsize=9.5, ha="center",
                  va="center", fontweight="bold" if at == month else "normal")  # fmt: skip


def _draw_box(
    side: Axes, left: float, floor: float, role: str, colour: str, rough: bool, width: float = 0.84
) -> None:
    """Draw a month of a calendar: above for nesting (full) and winter (striped), below for passage."""
    low, tall = (floor - 0.26, 0.2) if role == "passage" else (floor, 0.6)
    side.add_patch(
        Rectangle(
            (left, low), width, tall, linewidth=0.8, edgecolor=colour, facecolor=colour,
            alpha=0.3 if rough else 1.0,
        )
    )  # fmt: skip
    if role == "wintering":
        for stripe in (0.3, 0.7):
            side.add_patch(
                Rectangle(
                    (left, low + tall * stripe - 0.035), width, 0.07, color=PAPER, linewidth=0
                )
            )


def _draw_key(side: Axes, floor: float) -> None:
    """Explain the boxes of the calendar."""
    items = (
        ("breeding", False, "nest"),
        ("wintering", False, "winter"),
        ("passage", False, "passage"),
    )
    for left, (role, rough, words) in zip((0, 3.3, 7.3), items, strict=True):
        _draw_box(
            side, left, floor + (0.26 if role == "passage" else -0.18), role, GREY, rough, width=0.8
        )
        side.text(left + 1.05, floor + 0.12, words, fontsize=9.5, va="center")
    side.text(0, floor - 0.6, "pale: approximate", fontsize=9.5, va="center")
    side.text(7.3, floor - 0.6, "dot: not in use", fontsize=9.5, va="center")

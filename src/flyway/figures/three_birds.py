"""Lesson 0.1: a list of sites shows where people have looked."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from flyway import plots
from flyway.simulate.sitelist import ZONES, visited_sites

SEED = 26


def known_sites(north: float) -> Figure:
    """Draw a simulated flyway: filled where somebody looked, open where nobody did.

    ``north`` is the share (0 to 1) of northern sites that anybody has visited.
    """
    sites = visited_sites(north, seed=SEED)
    fig, ax = plt.subplots(figsize=(5.6, 4.6))
    for visited, part in sites.groupby("visited"):
        ax.scatter(
            part["lon"],
            part["lat"],
            s=46,
            facecolor=plots.SPECIES["HC"] if visited else "none",
            edgecolor=plots.SPECIES["HC"] if visited else plots.GREY,
            label=f"{'visited' if visited else 'never visited'} ({len(part)})",
        )
    for zone, (number, (low, high)) in ZONES.items():
        listed = int(sites.loc[sites["zone"] == zone, "visited"].sum())
        ax.axhline(low, color=plots.GREY, linewidth=0.6, linestyle=":")
        ax.text(137, (low + high) / 2, f"{zone}\n{listed} of {number}\nin our list", va="center")
    ax.set(xlim=(111, 147), xlabel="Longitude (°E)", ylabel="Latitude (°N)")
    ax.grid(False)
    fig.legend(loc="outside upper center", ncols=2, frameon=False)
    return fig


def known_sites_alt(north: float) -> str:
    """Say what `known_sites` shows."""
    listed = visited_sites(north, seed=SEED).groupby("zone")["visited"].sum()
    return (
        "Simulated map with 40 true sites in each of three zones. In our list are "
        f"{listed['north']} of the north, {listed['middle']} of the middle "
        f"and {listed['south']} of the south."
    )

"""Lesson 5.5: the chain from flights to deaths, what watching by day misses, two harms, and the doubt."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from flyway import datasets, plots
from flyway.impact.collisions import Collisions, estimate_collisions
from flyway.impact.doubt import CollisionDoubt
from flyway.impact.transit import Bird, Turbine
from flyway.simulate.flights import found_share, hourly_shares

CRANE, LOST = plots.SPECIES["HC"], plots.SPECIES["BFS"]
WATCHES = {
    "9 to 15 h": range(9, 15),
    "sunrise to sunset": range(7, 17),
    "with both twilights": range(6, 18),
    "all 24 hours": range(24),
}


@cache
def _year(avoidance: float, share: float) -> Collisions:
    p = datasets.load("wind_parameters").set_index("parameter")["value"]
    density = datasets.load("wind_parameters", "density")["birds_km2"]
    return estimate_collisions(
        Bird(p["length_m"], p["wingspan_m"], p["speed_m_s"]),
        Turbine(p["rotor_radius_m"], p["rpm"], p["max_chord_m"], p["pitch_deg"]),
        turbines=p["turbines"],
        density_km2=density,
        latitude=p["latitude"],
        operating=p["operating"],
        share_at_height=share,
        avoidance=avoidance,
    )


def _number(value: float) -> str:
    """Write 12,345, 240, 5.1 or 0.26."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _chain(avoidance: float, share: float) -> dict[str, float]:
    year = _year(avoidance, share)
    deaths = year.estimate
    return {
        "flights": float(year.months["flux"].sum()),
        "at rotor height": float(year.months["flux"].sum()) * share,
        "hit if none\nturns away": deaths / (1 - avoidance),
        "hit": deaths,
    }


def chain(avoidance: float, share: float) -> Figure:
    """Draw flights, flights at rotor height, hits without avoidance, and hits, of one year.

    ``avoidance`` is the share of birds that would turn away, ``share`` that of flights at rotor height.
    """
    steps = _chain(avoidance, share)
    fig, ax = plt.subplots()
    rows = np.arange(len(steps))[::-1]
    colours = [CRANE] * 3 + [LOST]
    for row, value, colour in zip(rows, steps.values(), colours, strict=True):
        ax.barh(row, value - 0.02, left=0.02, color=colour, height=0.62)
        ax.text(value * 1.25, row, _number(value), va="center", color=colour, fontweight="bold")
    ax.set_yticks(rows, list(steps))
    ax.set(xscale="log", xlim=(0.02, 200_000), xlabel="Cranes in a year (each step ×10)")
    ax.set_xticks([0.1, 1, 10, 100, 1000, 10_000])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.10g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(visible=False, axis="y")
    ax.set_title(f"The model says {_number(steps['hit'])} cranes killed a year", loc="left")
    return fig


def chain_alt(avoidance: float, share: float) -> str:
    """Say what `chain` shows."""
    flights, height, bare, hit = _chain(avoidance, share).values()
    return (
        f"Bars on a scale where each step is ten times: {_number(flights)} flights a year, "
        f"{_number(height)} at rotor height ({100 * share:.0f} %), {_number(bare)} hit if none turns "
        f"away. With an avoidance of {avoidance:g}: {_number(hit)} cranes killed."
    )


def _reported(watch: str, night: float) -> tuple[float, float]:
    """Return deaths from the watched hours and true deaths, for the flights of the data package."""
    true = _year(0.98, 0.2).estimate / found_share(WATCHES["9 to 15 h"])  # the truth with night 0.2
    return true * found_share(WATCHES[watch], 0.6 - night, night), true


def watch_hours(watch: str, night: float) -> Figure:
    """Draw a winter day's flights by hour, the watched hours filled, with deaths reported and true.

    ``watch`` is a key of WATCHES; ``night`` the share of flights by night; 0.6 − night fly in twilight.
    """
    shares = hourly_shares(0.6 - night, night)
    watched = shares["hour"].isin(list(WATCHES[watch]))
    reported, true = _reported(watch, night)
    fig, ax = plt.subplots()
    percent = 100 * shares["share"]
    ax.axvspan(7, 17, color=plots.COLOURS[1], alpha=0.15, linewidth=0)
    ax.text(12, 29, "daylight", ha="center", va="top", color=plots.GREY)
    ax.bar(
        shares["hour"][~watched] + 0.5,
        percent[~watched],
        color="white",
        edgecolor=CRANE,
        width=0.85,
    )
    ax.bar(shares["hour"][watched] + 0.5, percent[watched], color=CRANE, width=0.85)
    ax.set(xlim=(0, 24), ylim=(0, 31), xlabel="Hour of the day (filled: watched)")
    ax.set_xticks(range(0, 25, 3))
    ax.set_ylabel("Flights (% of all)")
    ax.set_title(f"Reported {_number(reported)} deaths a year; truth {_number(true)}", loc="left")
    return fig


def watch_hours_alt(watch: str, night: float) -> str:
    """Say what `watch_hours` shows."""
    reported, true = _reported(watch, night)
    return (
        f"Simulated flights of cranes by hour, high at dawn and dusk, {100 * night:.0f} % of them by "
        f"night. Watched: {watch}. The report says {_number(reported)} deaths a year; the truth is "
        f"{_number(true)}."
    )


def _harms(away: float) -> tuple[float, float]:
    feeding = datasets.load("wind_parameters").set_index("parameter")["value"][
        "cranes_feeding_near"
    ]
    return _year(0.98, 0.2).estimate * (1 - away), feeding * away


def two_harms(away: float) -> Figure:
    """Draw collisions and displacement side by side when a share ``away`` of cranes keeps away."""
    killed, moved = _harms(away)
    fig, axes = plt.subplots(1, 2)
    bars = (
        ("Collision", killed, 7, "Cranes killed in a year"),
        ("Displacement", moved, 360, "Cranes without their field"),
    )
    for ax, (name, value, top, words) in zip(axes, bars, strict=True):
        ax.bar([0], [value], color=LOST if name == "Collision" else CRANE, width=0.5)
        ax.text(
            0, value + top * 0.02, _number(value) if value else "0", ha="center", fontweight="bold"
        )
        ax.set(xlim=(-0.6, 0.6), ylim=(0, top), ylabel=words, xticks=[])
        ax.set_title(name, loc="left")
    axes[0].set_xlabel("birds per year")
    axes[1].set_xlabel("birds, each winter day")
    return fig


def two_harms_alt(away: float) -> str:
    """Say what `two_harms` shows."""
    killed, moved = _harms(away)
    return (
        f"Two bars with units of their own, when {100 * away:.0f} % of the cranes keep away from the "
        f"farm: {_number(killed)} cranes killed in a year, and {moved:.0f} cranes that must feed "
        f"elsewhere each winter day."
    )


def doubt(found: CollisionDoubt) -> Figure:
    """Draw deaths per year when one factor at a time goes from its lowest to its highest value."""
    rows = [*found.parts.itertuples(index=False, name=None), ("all together", *found.interval())]
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    for y, (name, low, high) in enumerate(reversed(rows)):
        colour = LOST if name == "all together" else CRANE
        ax.plot([low, high], [y, y], color=colour, linewidth=12, solid_capstyle="butt")
        ax.text(low * 0.88, y, _number(low), ha="right", va="center", color=colour)
        ax.text(high * 1.14, y, _number(high), va="center", color=colour)
    ax.axvline(found.given, color=plots.INK, linestyle="--", linewidth=1.2)
    ax.set_yticks(range(len(rows)), [name for name, *_ in reversed(rows)])
    ax.set(xscale="log", xlim=(0.04, 300), ylim=(-0.6, len(rows) - 0.4))
    ax.set_xlabel("Cranes killed in a year (dashed: the single number)")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.10g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(visible=False, axis="y")
    return fig


def doubt_alt(found: CollisionDoubt) -> str:
    """Say what `doubt` shows."""
    low, high = found.interval()
    told = "; ".join(
        f"{name} {_number(a)} to {_number(b)}"
        for name, a, b in found.parts.itertuples(index=False, name=None)
    )
    return (
        f"Cranes killed in a year when one factor moves over its range: {told}. All together, 95 % "
        f"of draws: {_number(low)} to {_number(high)}. The single number is {_number(found.given)}."
    )

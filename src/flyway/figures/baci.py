"""Lesson 5.1: three ways to compare, how basins change, how many controls, and controls that fail."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from flyway import plots
from flyway.impact.rehearsal import Rehearsal, rehearse_baci

SEED = 26
PROJECT, CONTROL = plots.SPECIES["BFS"], plots.COLOURS[0]
START = {"control": 160.0, "project": 100.0}  # birds before: the places differ
AFTER, SHOWN = 5, 40
BOTH, ONE_SIDE, MOVED = (
    "a flood empties both basins",
    "a flood empties the control only",
    "lost birds move to the control",
)


def _times(ratio: float) -> str:
    """Write a ratio as ×0.60."""
    return f"×{ratio:.2f}"


def _ratio_axis(ax: plt.Axes, low: float, high: float) -> None:
    """Give the axis below equal steps for equal factors, with ticks at ×¼, ×½, ×1 …"""
    ax.set_xscale("log", base=2)
    ticks = {0.25: "×¼", 0.5: "×½", 0.75: "×¾", 1: "×1", 1.5: "×1½", 2: "×2", 4: "×4"}
    shown = [t for t in ticks if low <= t <= high]
    ax.set_xticks(shown, [ticks[t] for t in shown])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(low, high)


def three_answers(weather: float, effect: float) -> Figure:
    """Draw project and control before and after, and three comparisons of the same four numbers.

    ``weather`` multiplies the birds of both places, ``effect`` those of the project (1: none).
    """
    control, project = START["control"], START["project"]
    after, without = project * weather * effect, project * weather
    fig, (ax, words) = plt.subplots(1, 2, width_ratios=(1.9, 1))
    ax.plot([0, 1], [control, control * weather], color=CONTROL, marker="s")
    ax.plot([0, 1], [project, without], color=plots.GREY, linestyle="--")
    ax.plot([0, 1], [project, after], color=PROJECT, marker="o")
    ax.text(-0.06, control, "control", color=CONTROL, ha="right", va="center", fontweight="bold")
    ax.text(-0.06, project, "project", color=PROJECT, ha="right", va="center", fontweight="bold")
    ax.set_xticks([0, 1], ["before", "after"])
    ax.set(xlim=(-0.5, 1.08), ylim=(0, 270), ylabel="Spoonbills")
    ax.set_title(f"True effect of the project: {_times(effect)}", loc="left")
    words.axis("off")
    answers = {
        "after ÷ before": after / project,
        "project ÷ control": after / (control * weather),
        "ratio of ratios": effect,
    }
    for row, (name, value) in enumerate(answers.items()):
        weight = "bold" if name == "ratio of ratios" else "normal"
        words.text(0, 0.85 - 0.32 * row, name, fontweight=weight)
        words.text(0, 0.72 - 0.32 * row, _times(value), fontweight=weight, fontsize=18)
    return fig


def three_answers_alt(weather: float, effect: float) -> str:
    """Say what `three_answers` shows."""
    control, project = START["control"], START["project"]
    after = project * weather * effect
    return (
        f"The control goes from {control:.0f} to {control * weather:.0f} birds, the project from "
        f"{project:.0f} to {after:.0f}. True effect {_times(effect)}. After ÷ before says "
        f"{_times(after / project)}, project ÷ control {_times(after / control / weather)}, the ratio of "
        f"ratios {_times(effect)}."
    )


def _changes(counts: pd.DataFrame) -> pd.Series:
    logs = counts.assign(y=np.log(counts["spoonbills"]))
    means = logs.pivot_table(values="y", index=["treatment", "basin"], columns="period")
    return np.exp(means["after"] - means["before"]).sort_index(level="basin", ascending=False)


def basin_changes(counts: pd.DataFrame) -> Figure:
    """Draw the change (after ÷ before) of each basin; ``counts`` is the table of `salt_pan_counts`."""
    changes = _changes(counts)
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.axvline(1, color=plots.INK, linestyle="--", linewidth=1)
    for row, ((treatment, _), ratio) in enumerate(changes.items()):
        colour, marker = (PROJECT, "o") if treatment == "impact" else (CONTROL, "s")
        ax.plot(ratio, row, color=colour, marker=marker, markersize=10, linestyle="none")
        ax.text(ratio * 1.03, row, _times(ratio), va="center", color=colour, fontweight="bold")
    ax.set_yticks(range(len(changes)), changes.index.get_level_values("basin"))
    ax.set(ylim=(-0.6, len(changes) - 0.4), xlabel="Change, after ÷ before")
    _ratio_axis(ax, 0.75, 2.2)
    ax.grid(visible=False, axis="y")
    return fig


def basin_changes_alt(counts: pd.DataFrame) -> str:
    """Say what `basin_changes` shows."""
    changes = _changes(counts)
    told = ", ".join(f"{basin} {_times(ratio)}" for (_, basin), ratio in changes[::-1].items())
    return f"Change of the mean count of each basin, after divided by before: {told}."


@cache
def _rehearsed(controls: int, before: int) -> Rehearsal:
    return rehearse_baci(
        controls=controls,
        before=before,
        after=AFTER,
        studies=20_000,
        growth=0.08,
        sd_basin=0.15,
        seed=SEED,
    )


def false_alarms(controls: int, before: int) -> Figure:
    """Draw intervals of simulated studies in which nothing happened; false alarms are marked.

    ``controls`` is the number of control basins, ``before`` the number of winters before.
    """
    made = _rehearsed(controls, before)
    part = made.studies.head(SHOWN)
    wrong = ((part["lower"] > 1) | (part["upper"] < 1)).to_numpy()
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    rows = np.arange(len(part))
    for told, colour, width in ((False, CONTROL, 1.8), (True, PROJECT, 3.2)):
        keep = wrong == told
        ax.hlines(
            rows[keep],
            part["lower"][keep].clip(0.2),
            part["upper"][keep].clip(upper=5),
            color=colour,
            linewidth=width,
        )
    ax.axvline(1, color=plots.INK, linestyle="--", linewidth=1.4)
    _ratio_axis(ax, 0.2, 5)
    ax.set_yticks([])
    ax.set(ylim=(-1, SHOWN), xlabel="Estimated effect (truth: ×1, nothing happened)")
    ax.set_ylabel(f"{SHOWN} studies")
    ax.set_title(f"{_alarms(made)} in 100 studies give a false alarm", loc="left")
    return fig


def _alarms(made: Rehearsal) -> str:
    return f"{100 * made.detected:.0f}"


def false_alarms_alt(controls: int, before: int) -> str:
    """Say what `false_alarms` shows."""
    made = _rehearsed(controls, before)
    low, high = made.middle
    return (
        f"Intervals of {SHOWN} simulated studies with {controls} control{'' if controls == 1 else 's'} and {before} winters before, "
        f"{AFTER} after, in which nothing happened. {_alarms(made)} in 100 leave out ×1: false alarms. "
        f"A middle interval runs from {_times(low)} to {_times(high)}."
    )


def _broken(trouble: str, share: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return winters, birds of the project and of one control of the same size; true effect ×0.5."""
    winters = np.arange(1, 11)
    project = np.where(winters > 5, 60.0, 120.0)
    control = np.full(10, 120.0)
    flood = winters == 8
    if trouble == MOVED:
        control += share * 60 * (winters > 5)
    else:
        control[flood] *= 1 - share
        if trouble == BOTH:
            project[flood] *= 1 - share
    return winters, project, control


def _estimate(trouble: str, share: float) -> tuple[float, float]:
    """Return the ratio of ratios, and the birds that seem lost (difference of differences)."""
    winters, project, control = _broken(trouble, share)
    after = winters > 5
    gap = np.log(project / control)
    plain = project - control
    return (
        float(np.exp(gap[after].mean() - gap[~after].mean())),
        float(plain[~after].mean() - plain[after].mean()),
    )


def _lost(trouble: str, share: float) -> float:
    """Return the birds that the project truly took, on average over the winters after it.

    In a flood winter there would be fewer birds without the project too, so it can take fewer.
    """
    winters, project, _ = _broken(trouble, share)
    without = np.full(10, 120.0)
    if trouble == BOTH:
        without[winters == 8] *= 1 - share
    return float((without - project)[winters > 5].mean())


def broken_control(trouble: str, share: float) -> Figure:
    """Draw ten winters of a project that halves its birds, with one control in trouble.

    ``trouble`` is one of BOTH, ONE_SIDE, MOVED; ``share`` how many of the birds it moves (0 to 1).
    """
    winters, project, control = _broken(trouble, share)
    ratio, birds = _estimate(trouble, share)
    fig, ax = plt.subplots()
    ax.axvspan(5.5, 10.6, color=plots.GREY, alpha=0.12, linewidth=0)
    ax.text(5.7, 213, "panels", color=plots.GREY, va="top")
    ax.plot(winters, control, color=CONTROL, marker="s", label="control")
    ax.plot(winters, project, color=PROJECT, marker="o", label="project")
    ax.set(xlim=(0.5, 10.6), ylim=(0, 220), xlabel="Winter", ylabel="Spoonbills")
    ax.set_xticks(range(1, 11))
    plots.label_ends(ax)
    truth = f"Truth ×0.50, {_lost(trouble, share):.0f} lost"
    ax.set_title(f"{truth}. Estimate {_times(ratio)}, {birds:.0f} lost", loc="left")
    return fig


def broken_control_alt(trouble: str, share: float) -> str:
    """Say what `broken_control` shows."""
    ratio, birds = _estimate(trouble, share)
    return (
        f"Ten winters: after the fifth the project basin falls from 120 to 60 spoonbills. Trouble: "
        f"{trouble} ({100 * share:.0f} % of them). True effect ×0.50, {_lost(trouble, share):.0f} "
        f"lost; the estimate says "
        f"{_times(ratio)}, {birds:.0f} lost."
    )

"""Lesson 2.2: what rules catch, what they mark for nothing, and what deleting marked rows costs."""

from __future__ import annotations

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from flyway import datasets, plots
from flyway.survey.audit import Score, against_key, marked_rows, open_rows
from flyway.survey.corrections import apply_corrections
from flyway.survey.table_rules import far_from_history
from flyway.survey.validation import Validation, validate

WINTER = {"earliest": "2024-11-01", "latest": "2025-03-31"}
#: The rules in the order in which one would switch them on, each set with those before it.
CELL = {"not a number", "out of range", "not whole", "not a date", "unknown word", "spaces"}
LINE = {
    "ages above count",
    "ages without count",
    "end before start",
    "effort and clock differ",
    "date in the future",
    "date too early",
    "half a coordinate",
}
TABLE = {"spelling", "doubled row", "site moved", "renamed site"}
HISTORY = {"unlike its history"}
RULES = {
    "each cell alone": CELL,
    "+ the cells of one row together": CELL | LINE,
    "+ all rows together": CELL | LINE | TABLE,
    "+ each site's own history": CELL | LINE | TABLE | HISTORY,
}
AS_SENT, DELETE, ASK = (
    "use the table as it was sent",
    "delete every marked row",
    "ask, decide and log",
)


@cache
def _table(name: str) -> pd.DataFrame:
    return datasets.load("messy_submission", name)


@cache
def _found(fold: float | None = None) -> Validation:
    """Validate the submission: by the usual rules, or with the rule on history at `fold` times."""
    own = {} if fold is None else {"outlier_fold": fold, "outlier_spreads": 0}
    return validate(_table("submitted"), **WINTER, **own)


def _score(rules: str) -> Score:
    log = _found().log
    return against_key(log[log["rule"].isin(RULES[rules])], _table("key"))


def _birds(number: int) -> str:
    return f"{number} true record" + ("s" if number != 1 else "")


def rules_caught(rules: str) -> Figure:
    """Draw the planted errors as squares, filled where these ``rules`` mark them (see `RULES`)."""
    score = _score(rules)
    caught, errors = len(score.caught), len(score.caught) + len(score.missed)
    alarms = len(score.false_alarms)
    fig, ax = plt.subplots(figsize=(6.4, 3.9))
    ax.set(xlim=(-0.1, 10.1), ylim=(-6.6, 0.2), aspect="equal")
    ax.axis("off")
    for i in range(errors):
        colour = plots.COLOURS[1] if i < caught else plots.PAPER
        corner = (i % 10 + 0.06, -(i // 10) - 0.94)
        edge = plots.COLOURS[1]
        ax.add_patch(Rectangle(corner, 0.88, 0.88, facecolor=colour, edgecolor=edge, linewidth=1.5))
    ax.text(0, -4.55, "True records marked as well:", va="center")
    for i in range(alarms):
        ax.add_patch(
            Rectangle((i + 0.06, -5.94), 0.88, 0.88, facecolor=plots.COLOURS[0], edgecolor="none")
        )
    if not alarms:
        ax.text(0.06, -5.5, "none", va="center", color=plots.GREY)
    ax.set_title(f"{caught} of {errors} errors marked", loc="left")
    return fig


def rules_caught_alt(rules: str) -> str:
    """Say what `rules_caught` shows."""
    score = _score(rules)
    errors = len(score.caught) + len(score.missed)
    return (
        f"{errors} squares, one for each planted error. With the rules on {rules.lstrip('+ ')}, "
        f"{len(score.caught)} of {errors} are filled: their rows are marked. "
        f"{_birds(len(score.false_alarms))} marked as well."
    )


def _history(fold: float) -> tuple[pd.DataFrame, Score]:
    """Give each readable count with its fold and what the key says of it, and the score."""
    found, key = _found(fold), _table("key")
    counts = far_from_history(found.values).set_index("row")
    zeros = key[key["kind"] == "one zero too many"]["row"]
    counts["wrong"] = counts.index.isin(zeros)
    counts["odd"] = counts.index.isin(key[~key["error"]]["row"])
    marked = found.log[found.log["rule"].isin(HISTORY)]
    counts["marked"] = counts.index.isin(marked["row"])
    return counts, against_key(found.log, key)


def _said(fold: float) -> tuple[int, int, int]:
    """Give errors caught, errors planted, and true records marked, by all rules together."""
    _, score = _history(fold)
    planted = len(score.caught) + len(score.missed)
    return len(score.caught), planted, len(score.false_alarms)


def history_rule(fold: float) -> Figure:
    """Draw each count against the usual count of its site; outside ``fold`` times it is marked."""
    counts, _ = _history(fold)
    caught, planted, alarms = _said(fold)
    x = counts["fold"].clip(0.06, 16)
    y = (np.arange(len(counts)) * 7) % 23  # spreads the dots, and means nothing
    fig, ax = plt.subplots()
    ax.axvspan(0.05, 1 / fold, color="#eef0f3", linewidth=0)
    ax.axvspan(fold, 20, color="#eef0f3", linewidth=0)
    plain = ~counts["wrong"]
    ax.scatter(x[plain], y[plain], color=plots.COLOURS[0], s=42, alpha=0.85)
    ax.scatter(x[~plain], y[~plain], color=plots.COLOURS[1], s=95, marker="D")
    for at in np.flatnonzero(counts["odd"] & ~counts["fold"].between(1 / 4, 4)):
        words = f"{counts['birds'].iloc[at]:,.0f} birds"
        ax.annotate(words, (x.iloc[at], y[at]), xytext=(0, 12), textcoords="offset points",
                    ha="left" if x.iloc[at] < 1 else "right", va="center",
                    color=plots.COLOURS[0])  # fmt: skip
    ax.set(xscale="log", xlim=(0.05, 20), ylim=(-2, 27), yticks=[])
    ax.set_xticks([0.1, 0.25, 0.5, 1, 2, 4, 10], ["1/10", "1/4", "1/2", "1", "2", "4", "10"])
    ax.xaxis.set_minor_locator(plt.NullLocator())
    ax.text(0.02, 0.97, "◆ one zero too many", transform=ax.transAxes, va="top",
            color=plots.COLOURS[1])  # fmt: skip
    ax.text(0.5, 0.97, "● other counts", transform=ax.transAxes, va="top", color=plots.COLOURS[0])
    ax.set(xlabel="Count ÷ usual count of that site", ylabel="One dot, one count")
    ax.set_title(f"{caught} of {planted} errors, {_birds(alarms)} marked", loc="left")
    return fig


def history_rule_alt(fold: float) -> str:
    """Say what `history_rule` shows."""
    counts, _ = _history(fold)
    caught, planted, alarms = _said(fold)
    wrong = counts[counts["wrong"]]
    return (
        f"Counts divided by the usual count of their site. Marked is what lies beyond {fold:g} times, "
        f"up or down: {int(wrong['marked'].sum())} of {len(wrong)} counts with one zero too many. With "
        f"all other rules, {caught} of {planted} errors and {_birds(alarms)} are marked."
    )


@cache
def _peaks(policy: str) -> pd.Series:
    """Give each site's highest number of cranes on one day, under one way of working."""
    sent, answers, key = _table("submitted"), _table("answers"), _table("key")
    if policy == AS_SENT:
        counts = _found().values
    elif policy == DELETE:
        counts = _found().values.drop(index=marked_rows(_found().log))
    elif policy == ASK:
        mended = apply_corrections(
            sent,
            answers[answers["reply"].isin(["mend", "keep"])],
            aside=answers[answers["reply"] == "set aside"],
        )
        again = validate(mended.data, **WINTER)
        counts = again.values.drop(index=open_rows(again, mended))
    else:  # the truth
        wrong = key[key["error"] & key["right"].notna()]
        cells = wrong.rename(columns={"right": "value"}).assign(who="key", why="key")
        copies = key[key["kind"] == "row sent twice"].assign(who="key", why="key")
        counts = validate(apply_corrections(sent, cells, aside=copies).data, **WINTER).values
    return counts.groupby(["site", "date"])["count"].sum().groupby("site").max()


def three_ways(policy: str) -> Figure:
    """Draw the winter's peak of each site under one ``policy``, and the truth as a line."""
    made, truth = _peaks(policy), _peaks("truth")
    names = [*truth.index, *(name for name in made.index if name not in truth.index)][::-1]
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    ax.barh(names, made.reindex(names), color=plots.SPECIES["WNC"], height=0.6)
    for i, name in enumerate(names):
        if name in truth.index:
            ax.plot([truth[name]] * 2, [i - 0.42, i + 0.42], color=plots.INK, linewidth=3)
    ax.set(xlabel="Most cranes on one day (upright line: truth)", xlim=(0, 2300))
    ax.grid(axis="y", visible=False)
    plots.thousands(ax, "x")
    ax.set_title(_compared(policy), loc="left")
    return fig


def _compared(policy: str) -> str:
    made, truth = _peaks(policy), _peaks("truth")
    right = int((made.reindex(truth.index) == truth).sum())
    first = truth.idxmax()
    return f"Right at {right} of {len(truth)} sites; {first} {made[first]:,.0f}"


def three_ways_alt(policy: str) -> str:
    """Say what `three_ways` shows."""
    made, truth = _peaks(policy), _peaks("truth")
    extra = len(made.index.difference(truth.index))
    names = f" {extra} misspelt names stand as sites of their own." if extra else ""
    return (
        f"Most cranes on one day at each of {len(truth)} simulated sites, if we {policy}. "
        f"{_compared(policy)}, where {truth.max():,.0f} is true.{names}"
    )

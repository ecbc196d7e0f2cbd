"""Two power lines over a crane feeding ground, searched span by span; and what the spans by the road tell.

A span is the line between two masts. Two things that a field team chooses decide what is found: how often
it walks (`searched_lines`), and which spans it walks (`easy_spans`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import probability
from flyway.simulate.limits import positive, whole
from flyway.simulate.lines import line_searches

SPAN_KM = 0.25
DAYS = 112
#: Spans, days between searches, share of the strip that can be walked, birds killed.
LINES = {
    "North": {"spans": 16, "interval_days": 7, "share_searched": 0.9, "killed": 30},
    "South": {"spans": 8, "interval_days": 28, "share_searched": 0.6, "killed": 9},
}


@dataclass(frozen=True)
class SearchedLines:
    """One winter under two lines, with its truth.

    lines: `line`, `length_km`, `interval_days`, `searches`, `share_searched`. searches: `line`, `span`,
    `day`, `found` (birds). searcher_trial: `carcass`, `found` (1 or 0). persistence_trial: `carcass`,
    `last_seen`, `first_gone` (days after laying out; blank if still there on day 30). truth: `line`,
    `span`, `killed` (birds).
    """

    lines: pd.DataFrame
    searches: pd.DataFrame
    searcher_trial: pd.DataFrame
    persistence_trial: pd.DataFrame
    truth: pd.DataFrame


def searched_lines(
    persistence: float = 0.92, efficiency: float = 0.7, *, trial: int = 40, seed: int
) -> SearchedLines:
    """Simulate a winter of 112 days under two lines: one searched weekly, one every four weeks.

    Birds die on random days under random spans. Length, searches, walkable ground and deaths are those of
    `LINES`; the lines lie over the same kind of ground, so one pair of trials serves both.

    Parameters
    ----------
    persistence : chance that a carcass is still there the next morning. efficiency : chance that one
        search finds a carcass that is there. trial : carcasses laid out in each trial. seed : any whole
        number.

    Returns
    -------
    SearchedLines.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    lines, searches, truth, made = [], [], [], []
    for number, (name, line) in enumerate(LINES.items()):
        winter = line_searches(
            line["killed"],
            days=DAYS,
            interval=line["interval_days"],
            persistence=persistence,
            efficiency=efficiency,
            share_searched=line["share_searched"],
            trial=trial,
            seed=seed + number,
        )
        made.append(winter)
        spans = np.arange(1, line["spans"] + 1)
        at = np.random.default_rng([seed, number]).integers(1, line["spans"] + 1, line["killed"])
        found_on = winter.carcasses["found_on"].to_numpy()
        for day in winter.searches["day"]:
            found = [int(((at == span) & (found_on == day)).sum()) for span in spans]
            searches.append(pd.DataFrame({"line": name, "span": spans, "day": day, "found": found}))
        truth.append(pd.DataFrame({"line": name, "span": spans, "killed": np.bincount(at, minlength=len(spans) + 1)[1:]}))  # fmt: skip
        lines.append((name, len(spans) * SPAN_KM, line["interval_days"], len(winter.searches), line["share_searched"]))  # fmt: skip
    placed, seen = made[0].trials.loc[0, ["placed", "found"]]
    order = np.random.default_rng([seed, 9]).permutation(int(placed))
    shown = pd.DataFrame({"carcass": np.arange(1, placed + 1), "found": (order < seen).astype(int)})
    columns = ["line", "length_km", "interval_days", "searches", "share_searched"]
    return SearchedLines(
        pd.DataFrame(lines, columns=columns),
        pd.concat(searches, ignore_index=True),
        shown,
        made[0].persistence,
        pd.concat(truth, ignore_index=True),
    )


def easy_spans(
    times: float,
    *,
    killed: int = 40,
    spans: int = 24,
    searched: int = 12,
    detection: float = 0.6,
    winters: int = 200,
    seed: int,
) -> pd.DataFrame:
    """Simulate two ways to choose the spans that are searched, when half of them lie beside the road.

    Both estimates are found / (detection × share of the spans that were searched).

    Parameters
    ----------
    times : birds killed under a span far from the road, for each one killed beside it. killed : birds
        killed under the whole line. spans, searched : spans of the line, and those searched; at most
        half of them. detection : chance that a bird killed under a searched span is found. winters :
        how many. seed : any whole number.

    Returns
    -------
    DataFrame, one row per winter: ``road`` and ``lot``, the birds killed as estimated from spans beside
    the road, and from spans drawn by lot.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    n, chosen, dead = whole(spans, "spans"), whole(searched, "searched"), whole(killed, "killed", 0)
    p = probability(detection, "detection", open_interval=True)
    if chosen > n // 2:
        raise ValueError(f"searched is {chosen}: at most half of the {n} spans lie beside the road")
    weight = np.where(np.arange(n) < n // 2, 1.0, positive(times, "times"))
    rng = np.random.default_rng(seed)
    under = rng.multinomial(dead, weight / weight.sum(), whole(winters, "winters"))
    seen = rng.binomial(under, p)
    drawn = rng.random(seen.shape).argsort(axis=1)[:, :chosen]
    scale = p * chosen / n
    return pd.DataFrame(
        {
            "road": seen[:, :chosen].sum(axis=1) / scale,
            "lot": np.take_along_axis(seen, drawn, axis=1).sum(axis=1) / scale,
        }
    )

"""X4: the series of crane counts, in which every answer is clear."""

from __future__ import annotations

from functools import cache

import numpy as np

from flyway.counts.index import Index, fit_index
from flyway.simulate.trend_series import TrendSeries, trend_series
from flyway_course.assignments import PRACTICE_SEED
from flyway_course.assignments.drawing import as_csv, first_fair

EDGES = (0.95, 1.0, 1.05)
CLEAR = 0.004
APART = 0.22
"""How far a change of a class lies from that of the practice files, and from no change, in % a year."""


def files(seed: int) -> dict[str, bytes]:
    """Return `winter_counts.csv` and `count_days.csv`."""
    made = draw(seed)
    return {"winter_counts.csv": as_csv(made.counts), "count_days.csv": as_csv(made.days)}


@cache
def draw(seed: int) -> TrendSeries:
    """Return what the files of a seed are written from; a class never gets the practice answers."""

    def fair(made: TrendSeries) -> bool:
        practice = seed == PRACTICE_SEED
        return is_fair(made) and (practice or _asks_anew(made, draw(PRACTICE_SEED)))

    return first_fair(lambda number: trend_series(seed=number), fair, seed)


def is_fair(made: TrendSeries) -> bool:
    """Say whether the classes are clear of their edges, and each mistake gives another answer."""
    return _has_gaps(made) and _has_clear_classes(made)


def _asks_anew(made: TrendSeries, practice: TrendSeries) -> bool:
    """Say whether no winter and no change is that of the practice files, and the others do change."""
    if made.truth["odd_winter"].iloc[0] == practice.truth["odd_winter"].iloc[0]:
        return False
    own, known = ([fit.slope().percent for fit in _fits(each)[1:]] for each in (made, practice))
    far = [abs(a - b) > APART for a, b in zip(own, known, strict=True)]
    return all(far) and abs(own[1]) > APART


def _fits(made: TrendSeries) -> list[Index]:
    """Fit all counts, those without the odd winter, and those without the largest roost as well."""
    counts = made.counts
    kept = counts[counts["winter"] != made.truth["odd_winter"].iloc[0]]
    largest = kept.groupby("site")["count"].mean().idxmax()
    tables = (counts, kept, kept[kept["site"] != largest])
    return [fit_index(table, year="winter") for table in tables]


def _has_gaps(made: TrendSeries) -> bool:
    """Say whether every winter can be compared, and the plain sum tells of the counters."""
    counts = made.counts
    wide = counts.pivot(index="site", columns="winter", values="count").astype(float)
    first, last = wide.iloc[:, 0], wide.iloc[:, -1]
    both = first.notna() & last.notna()
    sums, usual = wide.sum(), wide.mean(axis=1).nlargest(2)
    same = last[both].sum() / max(1, first[both].sum())
    return bool(
        (wide.notna().sum() >= 3).all()
        and both.sum() >= 3
        and (wide == 0).sum().sum() >= 2
        and abs(sums.iloc[-1] / sums.iloc[0] / same - 1) > 0.25
        and usual.iloc[1] < 0.6 * usual.iloc[0]
        and sums.idxmin() != made.truth["odd_winter"].iloc[0]
    )


def _has_clear_classes(made: TrendSeries) -> bool:
    """Say whether the odd winter and the largest roost change the number or the class."""
    fits = _fits(made)
    ends = np.array([fit.interval() for fit in fits[1:]]).ravel()
    with_odd, change, rest = (fit.slope().percent for fit in fits)
    return bool(
        all(fit.converged for fit in fits)
        and all(abs(end - edge) > CLEAR for end in ends for edge in EDGES)
        and abs(change - with_odd) > 0.15
        and abs(change - rest) > 0.8
        and fits[1].classification != fits[2].classification
        and fits[2].classification != "Uncertain"
    )

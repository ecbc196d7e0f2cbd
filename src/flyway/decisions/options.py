"""Is one concern counted twice? Reading a decision table: options in rows, criteria in columns.

Every method of this room reads its table, its weights and its directions here, so that a doubled
option, a forgotten weight or a criterion that says nothing is named before anything is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import numbers, one_of

NORMALISE = ("range", "max", "sum", "vector", "none")
TWINS = 0.9  # rank correlation from which two criteria are called alike


@dataclass(frozen=True)
class Table:
    """A decision table that was read: values (options × criteria) and which criteria cost."""

    options: list
    criteria: list
    values: np.ndarray
    costs: np.ndarray


def read_table(options: pd.DataFrame, lower_is_better: Iterable = ()) -> Table:
    """Return the decision table, or say which option or criterion is wrong.

    options : DataFrame, one row per option (named by the index or a column `option`), one column of
        numbers per criterion. lower_is_better : criteria where less is better, such as cost.
    """
    if not isinstance(options, pd.DataFrame) or options.empty:
        raise ValueError("options must be a table: one row per option, one column per criterion")
    if "option" in options.columns:
        if options["option"].isna().any():
            row = options.index[int(np.flatnonzero(options["option"].isna())[0])]
            raise ValueError(f"option is missing in row {row}: give the option a name")
        options = options.set_index("option")
    for what, labels in (("option", options.index), ("criterion", options.columns)):
        if labels.duplicated().any():
            name = labels[labels.duplicated()][0]
            raise ValueError(f"{what} {name!r} is given twice: keep one, or rename one")
    if len(options) < 2:
        raise ValueError("there is 1 option: a choice needs at least 2")
    if not len(options.columns):
        raise ValueError("there is no criterion: add a column of numbers for each")
    if isinstance(lower_is_better, str):
        lower_is_better = [lower_is_better]
    costs = list(lower_is_better)
    unknown = [c for c in costs if c not in options.columns]
    if unknown:
        raise ValueError(
            f"lower_is_better names {unknown[0]!r}, which is no criterion: the criteria are "
            f"{', '.join(map(repr, options.columns))}"
        )
    values = np.column_stack([numbers(options[c], str(c)) for c in options.columns])
    cost = np.array([c in costs for c in options.columns])
    return Table(list(options.index), list(options.columns), values, cost)


def read_weights(weights: Mapping | Iterable | None, criteria: list) -> np.ndarray:
    """Return weights that sum to 1, in the order of `criteria`; None weighs all the same."""
    if weights is None:
        return np.full(len(criteria), 1 / len(criteria))
    if isinstance(weights, Mapping | pd.Series):
        lacking = [c for c in criteria if c not in weights]
        unknown = [c for c in weights.keys() if c not in criteria]  # noqa: SIM118 (Series too)
        if lacking:
            raise ValueError(f"criterion {lacking[0]!r} has no weight: give one, 0 to leave it out")
        if unknown:
            raise ValueError(
                f"weights name {unknown[0]!r}, which is no criterion: correct its name"
            )
        weights = pd.Series([weights[c] for c in criteria], index=criteria)
    given = numbers(weights, "weight", minimum=0)
    if len(given) != len(criteria):
        raise ValueError(
            f"there are {len(given)} weights for {len(criteria)} criteria: give one for each"
        )
    if given.sum() == 0:
        raise ValueError("every weight is 0: give at least one criterion a weight above 0")
    return given / given.sum()


def to_values(
    table: Table, normalise: str, limits: Mapping | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Turn every criterion into values where more is better; also return what to think about.

    "range": (x − worst) / (best − worst), from 0 to 1 (the only one that takes `limits`);
    "max": x / max, for costs min / x; "sum": x / Σx, for costs (1/x) / Σ(1/x); "vector": x / √Σx²,
    for costs 1 − that; "none": as given, costs with a minus.
    """
    one_of(normalise, "normalise", NORMALISE)
    if limits and normalise != "range":
        raise ValueError(
            f"limits go with normalise='range', not {normalise!r}: drop one of the two"
        )
    limits = dict(limits or {})
    unknown = [c for c in limits if c not in table.criteria]
    if unknown:
        raise ValueError(f"limits name {unknown[0]!r}, which is no criterion: correct its name")
    columns, notes = [], []
    for j, name in enumerate(table.criteria):
        x, cost = table.values[:, j], bool(table.costs[j])
        if normalise == "range":
            column = _by_range(x, name, cost, limits.get(name), table.options)
        elif normalise == "none":
            column = -x if cost else x
        else:
            column = _by_size(x, name, cost, normalise)
        if np.ptp(x) == 0:
            notes.append(f"All options have the same {name}: it does not help to choose.")
        columns.append(column)
    return np.column_stack(columns), tuple(notes)


def _by_range(
    x: np.ndarray, name: str, cost: bool, limit: tuple | None, options: list
) -> np.ndarray:
    worst, best = (x.max(), x.min()) if cost else (x.min(), x.max())
    if limit is not None:
        worst, best = numbers(limit, f"limits of {name!r}")
        if worst == best or (worst < best) == cost:
            raise ValueError(
                f"limits of {name!r} are ({worst:g}, {best:g}): give (worst, best), two different "
                f"values{', worst above best as lower is better' if cost else ''}"
            )
        outside = (x < min(worst, best)) | (x > max(worst, best))
        if outside.any():
            option = options[int(np.flatnonzero(outside)[0])]
            raise ValueError(
                f"{name} of option {option!r} is outside its limits ({worst:g}, {best:g}): widen them"
            )
    if worst == best:
        return np.ones_like(x)
    return (x - worst) / (best - worst)


def _by_size(x: np.ndarray, name: str, cost: bool, normalise: str) -> np.ndarray:
    if (x < 0).any() or not x.any():
        raise ValueError(
            f"{name} holds values below 0 or only zeros: normalise={normalise!r} needs amounts from 0 "
            f"up; use normalise='range'"
        )
    if normalise == "vector":
        share = x / np.sqrt((x**2).sum())
        return 1 - share if cost else share
    if cost and (x == 0).any():
        raise ValueError(
            f"{name} is 0 for an option and lower is better: normalise={normalise!r} divides by it; "
            f"use normalise='range'"
        )
    gain = 1 / x if cost else x
    return gain / (gain.max() if normalise == "max" else gain.sum())


def find_twin_criteria(
    options: pd.DataFrame, lower_is_better: Iterable = (), threshold: float = TWINS
) -> pd.DataFrame:
    """Find criteria that rank the options alike, so that one concern is counted twice.

    Parameters
    ----------
    options, lower_is_better : as in `score_weighted_sum`.
    threshold : rank correlation from which a pair counts as alike.

    Returns a table: criterion, other, rank_correlation (Spearman's, in the direction "more is better"),
    alike (True from `threshold` up), the most alike first.
    Errors: ValueError as in `score_weighted_sum`.
    Misleads with few options: among 3 options, one pair of unrelated criteria in six agrees fully.
    A correlation is no proof of double counting: ask what each criterion stands for.
    """
    table = read_table(options, lower_is_better)
    return twins(table, threshold)


def twins(table: Table, threshold: float = TWINS) -> pd.DataFrame:
    """Return the rank correlation of every pair of criteria (see `find_twin_criteria`)."""
    ranks = pd.DataFrame(np.where(table.costs, -table.values, table.values)).rank()
    r = ranks.corr().to_numpy()
    rows = [
        (table.criteria[a], table.criteria[b], r[a, b])
        for a in range(len(table.criteria))
        for b in range(a + 1, len(table.criteria))
    ]
    frame = pd.DataFrame(rows, columns=["criterion", "other", "rank_correlation"])
    frame["alike"] = frame["rank_correlation"] >= threshold - 1e-12
    return frame.sort_values("rank_correlation", ascending=False, ignore_index=True, kind="stable")


def twin_notes(table: Table) -> tuple[str, ...]:
    """Say which criteria may count one concern twice (told from 4 options up)."""
    if len(table.options) < 4 or len(table.criteria) < 2:
        return ()
    found = twins(table)
    return tuple(
        f"{row.criterion} and {row.other} rank the options alike (rank correlation "
        f"{row.rank_correlation:.2f}): if they stand for one concern, it is counted twice."
        for row in found[found["alike"]].itertuples()
    )

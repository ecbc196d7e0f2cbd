"""Which option does best on several criteria at once?

`score_weighted_sum` adds up what each option gains on each criterion; `score_topsis` asks how near
it comes to the best values seen and how far it stays from the worst:

    weighted sum:  S_i = Σ_j w_j v_ij                        v from 0 (worst) to 1 (best)
    TOPSIS:        C_i = d⁻_i / (d⁺_i + d⁻_i),   d^±_i = √Σ_j (w_j (r_ij − r_j^±))²

Sources: Keeney & Raiffa (1976) Decisions with Multiple Objectives, Wiley, ch. 3 (weighted sum);
Hwang & Yoon (1981) Multiple Attribute Decision Making, Springer, ch. 3 (TOPSIS, vector
normalisation). TOPSIS is checked against scikit-criteria's test; the weighted sum has no published
case and is checked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flyway.decisions.options import Table, read_table, read_weights, to_values, twin_notes
from flyway.inputs import one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = ("weighted sum", "topsis")


@dataclass(frozen=True)
class Ranking:
    """Scores and ranks of the options. `estimate` in the summary is the score; 1 is the first rank.

    `parts` shows where each score comes from: weight × value per option and criterion (for TOPSIS:
    the weighted, normalised value whose distances are measured).

    method : "weighted sum" or "topsis".
    scores : score of each option.
    weights : weight of each criterion, sum 1.
    """

    method: str
    scores: pd.Series
    weights: pd.Series
    parts: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def ranks(self) -> pd.Series:
        """Rank of each option; options with equal scores share the better rank."""
        return _rank(self.scores)

    @property
    def best(self) -> list:
        """Options on rank 1 (several if they tie)."""
        return list(self.scores.index[self.ranks == 1])

    def summary(self) -> pd.DataFrame:
        """Return option, estimate (score) and rank, the best first."""
        table = pd.DataFrame({"option": self.scores.index, "estimate": self.scores.to_numpy()})
        table["rank"] = self.ranks.to_numpy()
        return table.sort_values("rank", ignore_index=True, kind="stable")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the scores as bars; for the weighted sum with the part of each criterion."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        order = self.summary()["option"][::-1]
        names = [str(o) for o in order]
        if self.method == "weighted sum":
            left = np.zeros(len(order))
            for criterion in self.parts.columns:
                part = self.parts[criterion].loc[order].to_numpy()
                ax.barh(names, part, left=left, label=str(criterion))
                left = left + part
            ax.legend(title="criterion")
        else:
            ax.barh(names, self.scores.loc[order].to_numpy())
        ax.set(xlabel=f"score ({self.method})")
        return ax


def score_weighted_sum(
    options: pd.DataFrame,
    weights: Mapping | Iterable | None = None,
    *,
    lower_is_better: Iterable = (),
    normalise: str = "range",
    limits: Mapping | None = None,
) -> Ranking:
    """Rank options by the weighted sum of their values on each criterion.

    Parameters
    ----------
    options : one row per option (index or column `option`), one column of numbers per criterion.
    weights : criterion -> weight (or a list in column order), 0 or more; they are divided by their
        sum. None: equal weights.
    lower_is_better : criteria where less is better, such as cost.
    normalise : "range" (worst 0, best 1; the default), "max", "sum", "vector" or "none" (values are
        scores already); see `flyway.decisions.options.to_values`.
    limits : for "range": criterion -> (worst, best), fixed before the options are known. With them
        an added option cannot change the order of the others.

    Assumes that a gain on one criterion makes up for a loss on another at the same rate everywhere.
    Errors: ValueError for blanks, doubled names, weights that are missing, negative or all 0.
    Misleads when one concern hides in two criteria (see `notes`), when weights were set without
    looking at the range they act on, and where no gain can make up for a loss (such as extinction):
    drop such options before scoring.

    Examples
    --------
    >>> import pandas as pd
    >>> options = pd.DataFrame({"birds": [300, 120], "cost": [9, 2]}, index=["roost", "fields"])
    >>> score_weighted_sum(options, {"birds": 2, "cost": 1}, lower_is_better=["cost"]).best
    ['roost']
    """
    table = read_table(options, lower_is_better)
    w = read_weights(weights, table.criteria)
    values, notes = to_values(table, normalise, limits)
    return _ranking("weighted sum", table, w, values @ w, values * w, notes)


def score_topsis(
    options: pd.DataFrame,
    weights: Mapping | Iterable | None = None,
    *,
    lower_is_better: Iterable = (),
    normalise: str = "vector",
) -> Ranking:
    """Rank options by how near they are to the best and how far from the worst values (TOPSIS).

    Scores run from 0 (worst on everything) to 1 (best on everything).

    Parameters
    ----------
    options, weights, lower_is_better : as in `score_weighted_sum`.
    normalise : "vector" (x / √Σx², the method's own), "range", "max", "sum" or "none".

    Errors: as `score_weighted_sum`, and ValueError when all options are alike.
    Misleads because best and worst are those of the options at hand: an added or dropped option
    can turn the order of the others round.
    """
    table = read_table(options, lower_is_better)
    w = read_weights(weights, table.criteria)
    values, notes = to_values(table, normalise)
    scores = topsis_scores(values, w[None])[0]
    return _ranking("topsis", table, w, scores, values * w, notes)


def score_many(values: np.ndarray, weights: np.ndarray, method: str) -> np.ndarray:
    """Return scores (weights × options) for many weight sets at once."""
    one_of(method, "method", METHODS)
    return weights @ values.T if method == "weighted sum" else topsis_scores(values, weights)


def topsis_scores(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return TOPSIS closeness (weight sets × options); more is better in every column."""
    if (np.ptp(values, axis=0) == 0).all():
        raise ValueError("all options are alike on every criterion: there is nothing to rank")
    squares = (weights**2) @ ((values - values.max(axis=0)) ** 2).T
    to_best = np.sqrt(squares)
    to_worst = np.sqrt((weights**2) @ ((values - values.min(axis=0)) ** 2).T)
    total = to_best + to_worst
    # where all criteria with a weight are equal, no option is nearer than another
    return np.divide(to_worst, total, out=np.full_like(total, 0.5), where=total > 0)


def _ranking(
    method: str,
    table: Table,
    w: np.ndarray,
    scores: np.ndarray,
    parts: np.ndarray,
    notes: tuple[str, ...],
) -> Ranking:
    index = pd.Index(table.options, name="option")
    return Ranking(
        method,
        pd.Series(scores, index=index, name="score"),
        pd.Series(w, index=pd.Index(table.criteria, name="criterion"), name="weight"),
        pd.DataFrame(parts, index=index, columns=table.criteria),
        notes + twin_notes(table),
    )


def _rank(scores: pd.Series) -> pd.Series:
    # rounding: options that differ in the last bit of a float are a tie
    return scores.round(12).rank(ascending=False, method="min").astype(int)

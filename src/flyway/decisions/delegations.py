"""Do the delegations want the same, when each weighs the criteria in its own way?

`compare_delegations` ranks the options with the weights of each delegation and says how far the ranks
agree (Kendall's W, with ties):

    W = 12 Σ_o (R_o − R̄)² / (m² (n³ − n) − m Σ (t³ − t))       m delegations, n options, t tied ranks

Source: Kendall & Babington Smith (1939) Annals of Mathematical Statistics 10:275-287. No published case
is in the tests: checked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from flyway.decisions.options import read_table, read_weights, to_values, twin_notes
from flyway.decisions.scores import METHODS, score_many
from flyway.inputs import one_of, require_columns


@dataclass(frozen=True)
class Delegations:
    """Ranks by delegation. `agreement` is Kendall's W: 1 all rank alike, 0 no agreement at all.

    ranks : options × delegations.
    agreement : Kendall's W, corrected for ties.
    """

    ranks: pd.DataFrame
    scores: pd.DataFrame = field(repr=False)
    weights: pd.DataFrame = field(repr=False)
    agreement: float
    notes: tuple[str, ...] = ()

    def summary(self) -> pd.DataFrame:
        """Return per option: mean, best and worst rank, and the delegations that put it first."""
        first = [
            ", ".join(str(d) for d in self.ranks.index[self.ranks[o] == 1]) for o in self.ranks
        ]
        table = pd.DataFrame(
            {
                "option": self.ranks.columns,
                "mean_rank": self.ranks.mean().to_numpy(),
                "best_rank": self.ranks.min().to_numpy(),
                "worst_rank": self.ranks.max().to_numpy(),
                "first_for": first,
            }
        )
        return table.sort_values("mean_rank", ignore_index=True, kind="stable")


def compare_delegations(
    options: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    lower_is_better: Iterable = (),
    method: str = "weighted sum",
    normalise: str | None = None,
    limits: Mapping | None = None,
) -> Delegations:
    """Rank the options with the weights of each delegation, and say how far they agree.

    Parameters
    ----------
    options, lower_is_better, method, normalise, limits : as in `vary_weights`.
    weights : one row per delegation (index or column `delegation`), one column per criterion.

    Errors: ValueError naming the delegation whose weights cannot be used.
    Misleads: an option that is second for all may serve better than one that is first for half and
    last for half; look at `worst_rank`, and ask why delegations differ before averaging.
    """
    one_of(method, "method", METHODS)
    table = read_table(options, lower_is_better)
    if not isinstance(weights, pd.DataFrame) or weights.empty:
        raise ValueError(
            "weights must be a table: one row per delegation, one column per criterion"
        )
    if "delegation" in weights.columns:
        weights = weights.set_index("delegation")
    if weights.index.has_duplicates:
        name = weights.index[weights.index.duplicated()][0]
        raise ValueError(f"delegation {name!r} is given twice: keep one row")
    require_columns(weights, table.criteria, "the table of weights")
    rows = []
    for name, row in weights.iterrows():
        try:
            rows.append(read_weights(row, table.criteria))
        except ValueError as error:
            raise ValueError(f"delegation {name!r}: {error}") from None
    default = "range" if method == "weighted sum" else "vector"
    values, notes = to_values(table, normalise or default, limits)
    W = np.array(rows)
    scores = pd.DataFrame(score_many(values, W, method), index=weights.index, columns=table.options)
    ranks = scores.round(12).rank(axis=1, ascending=False, method="min").astype(int)
    return Delegations(
        ranks,
        scores,
        pd.DataFrame(W, index=weights.index, columns=table.criteria),
        _kendall_w(scores.round(12)),
        notes + twin_notes(table),
    )


def _kendall_w(scores: pd.DataFrame) -> float:
    ranks = scores.rank(axis=1).to_numpy()
    m, n = ranks.shape
    ties = sum(
        float((c**3 - c).sum()) for c in (np.unique(r, return_counts=True)[1] for r in ranks)
    )
    spread = ((ranks.sum(axis=0) - m * (n + 1) / 2) ** 2).sum()
    whole = m**2 * (n**3 - n) - m * ties
    return float(12 * spread / whole) if whole > 0 else float("nan")

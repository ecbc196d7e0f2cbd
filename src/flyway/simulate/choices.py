"""Options for a decision whose true worth is known, scored with error, and delegations who weigh them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.simulate.limits import positive, whole

#: Criteria: name, lowest and highest true amount, and whether lower is better. Invented amounts.
CRITERIA = {
    "birds_saved": (20.0, 400.0, False),
    "cost_keur": (50.0, 900.0, True),
    "households_harmed": (5.0, 120.0, True),
    "years_to_effect": (1.0, 12.0, True),
}


@dataclass(frozen=True)
class Choice:
    """A decision with its truth.

    options: options × criteria as scored. true_options: the same without error. lower_is_better: names of
    criteria. weights: true weights (sum 1). delegations: delegations × criteria, the weights each gives.
    worth: option -> true worth, 0 to 1, the best first.
    """

    options: pd.DataFrame
    true_options: pd.DataFrame
    lower_is_better: list[str]
    weights: dict[str, float]
    delegations: pd.DataFrame
    worth: pd.Series

    @property
    def best(self) -> str:
        """The option of the highest true worth."""
        return str(self.worth.index[0])


def choice(
    options: int = 5,
    delegations: int = 6,
    *,
    error: float = 0.1,
    agreement: float = 20.0,
    dominated: bool = True,
    seed: int,
) -> Choice:
    """Simulate options with four criteria, true weights, and what delegations make of them.

    True worth is the weighted sum of the amounts, each scaled from 0 (worst of the range of the
    criterion) to 1 (best).

    Parameters
    ----------
    options, delegations : how many; 2 or more options. error : standard deviation of the log error of a
        score; 0 for scores without error. agreement : how close delegations are to the true weights
        (a Dirichlet sum: 5 is far apart, 200 nearly one voice).
    dominated : the last option is worse than the first in every criterion. seed : any whole number.

    Returns
    -------
    Choice. All amounts are invented.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    n, m = whole(options, "options", 2), whole(delegations, "delegations")
    rng = np.random.default_rng(seed)
    names = [f"Option {chr(65 + k)}" if k < 26 else f"Option {k + 1}" for k in range(n)]
    low, high, down = (np.array(x) for x in zip(*CRITERIA.values(), strict=True))
    share = rng.uniform(0, 1, (n, len(CRITERIA)))  # 1 is best
    if dominated:
        share[-1] = share[0] * rng.uniform(0.3, 0.9, len(CRITERIA))
    amount = np.where(down, high - share * (high - low), low + share * (high - low))
    weights = rng.dirichlet(np.full(len(CRITERIA), 3.0))
    noise = rng.normal(0, positive(error, "error", zero=True), amount.shape)
    close = positive(agreement, "agreement")
    table = pd.DataFrame(amount, index=pd.Index(names, name="option"), columns=list(CRITERIA))
    voices = rng.dirichlet(np.maximum(weights * close, 1e-3), m)
    worth = pd.Series(share @ weights, index=table.index, name="worth")
    return Choice(
        (table * np.exp(noise)).round(1),
        table,
        [c for c, lower in zip(CRITERIA, down, strict=True) if lower],
        dict(zip(CRITERIA, map(float, weights), strict=True)),
        pd.DataFrame(
            voices,
            index=pd.Index([f"Delegation {k}" for k in range(1, m + 1)], name="delegation"),
            columns=list(CRITERIA),
        ),
        worth.sort_values(ascending=False),
    )

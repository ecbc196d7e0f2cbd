"""Self-checks of lesson 7.3: Six delegations, one budget: what do we do first?"""

from __future__ import annotations

from functools import cache

import pandas as pd

from flyway import datasets
from flyway.checks.entry import Check

COST = "cost_keur"


def _options() -> pd.DataFrame:
    return datasets.load("conservation_options").set_index("option")


def _equal(place: int) -> str:
    """Give the option on this place when all criteria weigh the same."""
    from flyway.decisions.scores import score_weighted_sum

    scores = score_weighted_sum(_options(), lower_is_better=COST).scores
    return str(scores.sort_values(ascending=False).index[place - 1])


@cache
def _share(option: str, *, all_options: bool = False) -> float:
    """Give the share of random weightings in which the option is first, without winter roosts."""
    from flyway.decisions.sensitivity import vary_weights

    table = _options() if all_options else _options().drop("More winter roosts")
    return float(vary_weights(table, lower_is_better=COST).rank_shares.loc[option, 1])


CHECKS = (
    Check(
        "7.3 equal",
        expected=lambda: _equal(1),
        right="Equal weights choose what no delegation put first. Equal weights are a choice, too.",
        wrong={
            lambda: _equal(2): "This is second with equal weights. Look at the column rank.",
            "Marked power lines": "This is the first wish of Delegations 1 to 3, not of equal weights.",
        },
        hint="equal.summary() puts the first option on top.",
    ),
    Check(
        "7.3 share",
        expected=lambda: _share("One-day census"),
        within=0.015,
        right="In about 66 of 100 weightings: a little more than before, as a rival left the list.",
        wrong={
            lambda: _share("One-day census", all_options=True): "This is the share with all six "
            "options. Drop one, and draw again.",
            lambda: (
                100 * _share("One-day census")
            ): "This is in per cent. Give a share between 0 and 1.",
            lambda: _share("Stubble agreements"): "This is the share of stubble agreements.",
        },
        hint='vary_weights(options.drop("More winter roosts"), lower_is_better="cost_keur").summary()',
    ),
)

"""Which numbers of a joint choice go into the brief: how firm is the first option, and who shares it?

The share of weightings that an option wins depends on which weightings are held to be possible. So the
finding is given for one view, and its interval is the range over all views that were tried.
No published case is in the tests: small tables are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from flyway.decisions.delegations import Delegations
from flyway.decisions.sensitivity import WeightSensitivity

UNIT = "% of weightings"


def choice_findings(
    views: Iterable[WeightSensitivity],
    delegations: Delegations,
    *,
    source: str,
    confidence: str = "inconclusive",
) -> pd.DataFrame:
    """Turn a sensitivity test and the ranks of delegations into findings for a brief.

    Parameters
    ----------
    views : results of `vary_weights`; the first gives the numbers, all of them the interval.
    delegations : result of `compare_delegations` for the same options.
    source, confidence : as in `flyway.decisions.findings.read_findings`.

    Returns a table of findings with the keys `share` (how often the most frequent winner wins), `next`
    (the same for the second), `first` and `high` (how many delegations put the option of the best mean
    rank first, and first or second).
    Errors: ValueError for no view, or views and delegations with different options.
    Misleads: the interval holds what was tried, and says nothing of scores that are wrong.
    """
    views = list(views)
    if not views:
        raise ValueError("there is no view: give at least one result of vary_weights")
    options = set(delegations.ranks.columns)
    if any(set(v.rank_shares.index) != options for v in views):
        raise ValueError("views and delegations rank different options: use the same table")
    rows = []
    for key, option in zip(("share", "next"), views[0].summary()["option"], strict=False):
        wins = [100 * float(v.rank_shares.loc[option, 1]) for v in views]
        claim = f"{option} comes first in {{number}}"
        rows.append((key, claim, wins[0], min(wins), max(wins), UNIT))
    liked = delegations.summary().iloc[0]["option"]
    ranks = delegations.ranks[liked]
    unit = f"of {len(ranks)} delegations"
    for key, worst, words in (("first", 1, "first"), ("high", 2, "first or second")):
        n = float((ranks <= worst).sum())
        rows.append((key, f"{liked} ranks {words} for {{number}}", n, n, n, unit))
    table = pd.DataFrame(rows, columns=["key", "claim", "estimate", "lower", "upper", "unit"])
    return table.assign(source=source, confidence=confidence)

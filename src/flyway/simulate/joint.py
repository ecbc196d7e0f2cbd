"""Six joint options for three birds, and six delegations with 100 points each. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.inputs import numbers

#: Criterion, unit, whether lower is better, and the session of the concept note that speaks of it.
CRITERIA = (
    ("birds_kept", "cranes and spoonbills kept alive per year", False, 3),
    ("sites_counted", "sites counted on the same day", False, 2),
    ("households", "households better off", False, 3),
    ("countries", "countries that act together", False, 4),
    ("cost_keur", "thousand euro over three years", True, 1),
)
#: Option -> its amount on each criterion.
OPTIONS = {
    "One-day census": (20, 36, 40, 6, 150),
    "Marked power lines": (150, 4, 10, 5, 420),
    "Stubble agreements": (90, 6, 320, 3, 300),
    "More winter roosts": (170, 5, 60, 2, 620),
    "Salt-pan buffer": (70, 4, 80, 2, 260),
    "Transmitters": (10, 12, 5, 6, 340),
}
#: What the two groups care for, as shares, in the order of the criteria: three delegations in each.
GROUPS = ((0.50, 0.10, 0.05, 0.25, 0.10), (0.10, 0.10, 0.45, 0.05, 0.30))


@dataclass(frozen=True)
class JointChoice:
    """A choice of six delegations, all invented.

    options : one row per option, a column for each criterion. criteria : unit, direction and session.
    weights : one row per delegation, 100 points shared over the criteria.
    """

    options: pd.DataFrame
    criteria: pd.DataFrame
    weights: pd.DataFrame


def joint_choice(*, closeness: float = 40.0, seed: int) -> JointChoice:
    """Simulate six delegations that share 100 points over five criteria, in two groups of three.

    The options and their scores are fixed; the points scatter around what each group cares for.

    Parameters
    ----------
    closeness : how near a delegation is to its group (10: loose, 100: close). seed : any whole number.

    Returns
    -------
    JointChoice. No option, score or delegation is real. Points are multiples of 5, at least 5.

    Raises
    ------
    ValueError when closeness is not above 0.
    """
    near = float(numbers([closeness], "closeness")[0])
    if near <= 0:
        raise ValueError(f"closeness is {near:g}: give a number above 0, such as 40")
    names = [c[0] for c in CRITERIA]
    rng = np.random.default_rng(seed)
    rows = [_points(rng.dirichlet(np.array(group) * near)) for group in GROUPS for _ in range(3)]
    options = pd.DataFrame(list(OPTIONS.values()), columns=names)
    options.insert(0, "option", list(OPTIONS))
    weights = pd.DataFrame(rows, columns=names)
    weights.insert(0, "delegation", [f"Delegation {k}" for k in range(1, 7)])
    criteria = pd.DataFrame(CRITERIA, columns=["criterion", "unit", "lower_is_better", "session"])
    return JointChoice(options, criteria, weights)


def _points(share: np.ndarray) -> list[int]:
    """Share 20 steps of 5 points: one for each criterion, the rest by largest remainder."""
    left = 20 - len(share)
    steps = np.floor(share * left).astype(int)
    for k in np.argsort(share * left - steps)[::-1][: left - steps.sum()]:
        steps[k] += 1
    return [int(5 * (s + 1)) for s in steps]

"""Two observers at crane roosts: flocks that come in, seen by one, the other, both or neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from flyway.inputs import probability
from flyway.simulate.limits import positive, whole


@dataclass(frozen=True)
class RoostCounts:
    """What two observers noted at each roost, and what was there.

    counts: `roost`, `primary` ("A" or "B"), and of the flocks `only_a`, `only_b`, `both` (two who count
    apart) or `seen_by_primary`, `added_by_secondary` (the second adds what the first missed); the same
    for birds with `birds_` before the name. truth: `roost`, `flocks`, `birds`. flocks: one row per flock:
    `roost`, `birds`, `seen_a`, `seen_b`.
    """

    counts: pd.DataFrame
    truth: pd.DataFrame
    flocks: pd.DataFrame


def roost_counts(
    roosts: int = 30,
    *,
    flocks_per_roost: float = 8.0,
    median_flock: float = 6.0,
    p_a: float = 0.8,
    p_b: float = 0.6,
    size_effect: float = 0.0,
    swap: bool = True,
    seed: int,
) -> RoostCounts:
    """Simulate double-observer counts of flocks that fly to their roosts.

    A flock of n birds is noted by an observer with probability logit⁻¹(logit p + size_effect ·
    log(n / median_flock)), each observer apart from the other; a flock that is noted is counted right.

    Parameters
    ----------
    roosts : how many. flocks_per_roost : mean of a Poisson number. median_flock : birds; log-normal.
    p_a, p_b : chance that observer A (B) notes a flock of median size, above 0 and below 1.
    size_effect : above 0, large flocks are noted more often: then birds are missed less than flocks.
    swap : the observers take turns in the leading role (else A always leads). seed : any whole number.

    Returns
    -------
    RoostCounts. Roosts without a flock are kept, with zeros.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    roosts = whole(roosts, "roosts")
    middle = positive(median_flock, "median_flock")
    chances = [
        logit(probability(p, name, open_interval=True)) for p, name in ((p_a, "p_a"), (p_b, "p_b"))
    ]
    rng = np.random.default_rng(seed)
    number = rng.poisson(positive(flocks_per_roost, "flocks_per_roost"), roosts)
    roost = np.repeat(np.arange(1, roosts + 1), number)
    birds = np.maximum(1, np.rint(rng.lognormal(np.log(middle), 0.7, len(roost)))).astype(int)
    lift = size_effect * np.log(birds / middle)
    a, b = (rng.random(len(roost)) < expit(x + lift) for x in chances)
    flocks = pd.DataFrame({"roost": roost, "birds": birds, "seen_a": a, "seen_b": b})
    leads = np.where((np.arange(roosts) % 2 == 1) & swap, "B", "A")
    first = np.where(leads[roost - 1] == "A", a, b)
    kinds = {
        "only_a": a & ~b,
        "only_b": b & ~a,
        "both": a & b,
        "seen_by_primary": first,
        "added_by_secondary": (a | b) & ~first,
    }
    counts = {"roost": np.arange(1, roosts + 1), "primary": leads}
    for what, amount in (("", np.ones(len(roost))), ("birds_", birds)):
        for name, which in kinds.items():
            sums = np.bincount(roost[which], np.asarray(amount)[which], roosts + 1)[1:]
            counts[what + name] = sums.astype(int)
    truth = {"roost": counts["roost"], "flocks": number}
    truth["birds"] = np.bincount(roost, birds, roosts + 1)[1:].astype(int)
    return RoostCounts(pd.DataFrame(counts), pd.DataFrame(truth), flocks)

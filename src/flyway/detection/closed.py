"""How many birds are there, if some were marked (or mapped) and some of them seen again?

Two visits to a closed group: n1 birds marked or mapped, n2 seen later, m of those known from the
first visit. Lincoln-Petersen N = n1 n2 / m; Chapman (1951) and Bailey (1951) mend its bias when m is
small. Source: Seber (1982) The Estimation of Animal Abundance, 2nd ed., sec. 3.1, for estimators and
variances; Burnham et al. (1987) Wildlife Monographs 92, p. 212, for the interval of the unseen part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway import results
from flyway.inputs import numbers, one_of

METHODS = ("chapman", "petersen", "bailey")


@dataclass(frozen=True)
class Abundance:
    """Estimated birds, with the number that was certainly there (`seen`).

    seen : birds that were certainly there.
    """

    estimate: float
    se: float
    seen: int
    method: str
    notes: tuple[str, ...] = ()

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return an interval that never falls below the birds seen (log-normal on the unseen)."""
        return unseen_interval(self.estimate, self.se, self.seen, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return estimate, se and interval of the birds present."""
        return results.table([("birds", self.estimate, self.se, *self.interval(level))])


def unseen_interval(
    estimate: float, se: float, seen: float, level: float = 0.95
) -> tuple[float, float]:
    """Interval seen + f/C to seen + f·C for the f = estimate − seen birds that nobody saw."""
    unseen = estimate - seen
    if unseen <= 0 or se == 0:
        return float(max(estimate, seen)), float(max(estimate, seen))
    low, high = results.log_interval(unseen, se, level)
    return seen + low, seen + high


def mark_resight(n1: int, n2: int, m: int, method: str = "chapman") -> Abundance:
    """Estimate the birds of a group that none joins or leaves, from two visits.

    - "petersen": N = n1 n2 / m, var = n1² n2 (n2 − m) / m³
    - "chapman":  N = (n1+1)(n2+1)/(m+1) − 1, var = (n1+1)(n2+1)(n1−m)(n2−m) / ((m+1)²(m+2))
    - "bailey":   N = n1 (n2+1)/(m+1), var = n1² (n2+1)(n2−m) / ((m+1)²(m+2)); for birds that may be
      seen several times on the second visit

    Parameters
    ----------
    method : "chapman" (the default; little bias when m is small), "petersen" or "bailey", as above.
    n1, n2, m : birds marked first, seen second, and seen both times: whole numbers, m at most n1 and,
        for "petersen" and "chapman", at most n2.

    Errors: ValueError for impossible numbers, and for "petersen" without any re-sighting.
    Misleads when birds came or went between the visits, lost their marks, or when marked birds are
    easier to see: each of these can double or halve the estimate.

    Examples
    --------
    >>> birds = mark_resight(n1=40, n2=50, m=10)
    >>> round(birds.estimate), [round(end) for end in birds.interval()]
    (189, [133, 305])
    """
    one_of(method, "method", METHODS)
    values = [
        float(numbers([v], name, minimum=0, whole=True)[0])
        for name, v in (("n1 (marked)", n1), ("n2 (seen later)", n2), ("m (seen both times)", m))
    ]
    n1, n2, m = values
    if n1 == 0 or n2 == 0:
        raise ValueError(f"n1 is {n1:g} and n2 is {n2:g}: both visits need birds")
    if m > min(n1, n2):
        raise ValueError(
            f"m is {m:g}, more than the {min(n1, n2):g} birds of one visit: m counts the birds of the "
            f"second visit that were known from the first"
        )
    if method == "petersen":
        if m == 0:
            raise ValueError(
                "m is 0: no bird was seen twice, so Lincoln-Petersen is infinite. Use method='chapman' "
                "and read it as a lower limit"
            )
        estimate, variance = n1 * n2 / m, n1**2 * n2 * (n2 - m) / m**3
    elif method == "chapman":
        estimate = (n1 + 1) * (n2 + 1) / (m + 1) - 1
        variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    else:
        estimate = n1 * (n2 + 1) / (m + 1)
        variance = n1**2 * (n2 + 1) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    notes = ()
    if m < 7:  # Robson & Regier (1964): bias of Chapman is negligible from about 7 re-sightings
        notes += (f"Only {m:g} birds were seen twice: the estimate may be far too low.",)
    seen = int(n1 + n2 - m)
    return Abundance(float(estimate), float(np.sqrt(variance)), seen, method, notes)

"""How many birds may be lost to wires, turbines and nets in a year? Potential biological removal.

    PBR = N_min · R_max / 2 · F_r,     N_min = N · exp(−z √ln(1 + CV²))

N_min is the 20 % point of the estimate (z = 0.8416, which Wade rounds to 0.842), R_max the largest yearly growth a species is capable
of, F_r a recovery factor: 0.1 for endangered, 0.5 for unknown or declining, up to 1 for safe populations.
If R_max is unknown, it follows from adult survival s and age at first breeding α: with constant
reproduction λ_max solves λ = exp(1 / (α + s / (λ − s))), and R_max = λ_max − 1.

Sources: Wade (1998) Marine Mammal Science 14:1-37; Niel & Lebreton (2005) Conservation Biology 19:826-835
(λ_max); Dillingham & Fletcher (2008) Biological Conservation 141:1783-1792 (for birds). No published case was
at hand: checked by hand, and by Wade's own simulated criterion in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from flyway import results
from flyway.inputs import numbers, one_of, probability


@dataclass(frozen=True)
class RemovalLimit:
    """Birds that may be lost in a year (`estimate`), all causes made by people together.

    n, cv : population estimate, and its coefficient of variation.
    n_min : the minimum that is used in the place of the estimate.
    r_max : largest yearly growth.
    recovery : recovery factor F_r.
    """

    estimate: float
    n_min: float
    n: float
    cv: float
    r_max: float
    recovery: float
    notes: tuple[str, ...]

    def used_by(self, deaths: float) -> float:
        """Return deaths as a share of the limit: above 1 the population cannot be expected to hold."""
        lost = float(numbers([deaths], "deaths", minimum=0)[0])
        return lost / self.estimate if self.estimate else float("inf")

    def summary(self) -> pd.DataFrame:
        """Return the limit and its parts; it has no interval: the doubt is already in N_min and F_r."""
        nan = float("nan")
        return results.table(
            [
                ("potential biological removal (birds per year)", self.estimate, nan, nan, nan),
                ("minimum population estimate", self.n_min, nan, nan, nan),
                ("population estimate", self.n, self.n * self.cv, nan, nan),
                ("largest yearly growth R_max", self.r_max, nan, nan, nan),
                ("recovery factor", self.recovery, nan, nan, nan),
            ]
        )


def removal_limit(
    n: float,
    *,
    r_max: float,
    recovery: float,
    cv: float | None = None,
    se: float | None = None,
    percentile: float = 0.2,
) -> RemovalLimit:
    """Work out how many birds people may take from a population in a year.

    Parameters
    ----------
    n : population estimate (birds, above 0). se : its standard error.
    cv : its coefficient of variation, in place of the standard error; 0 if n is itself a certain
        minimum, such as a complete count.
    r_max : largest yearly growth (0.1: 10 %), see `growth_limit`. recovery : F_r, above 0 and up to 1.
    percentile : which point of the estimate is the minimum (0.2 in Wade 1998).

    Errors: ValueError for no doubt given, numbers out of range.
    Misleads when deaths at other places of the flyway are left out, when adults are killed more than
    young (one adult crane counts for several young), and as a licence: it is a limit, no target.

    Examples
    --------
    >>> round(removal_limit(500, r_max=0.1, recovery=0.1, cv=0.1).estimate, 1)
    2.3
    """
    birds = float(numbers([n], "n")[0])
    if birds <= 0:
        raise ValueError(f"n is {birds:g}: a population has more than 0 birds")
    growth = float(numbers([r_max], "r_max", minimum=0, maximum=2)[0])
    factor = probability(recovery, "recovery")
    if factor == 0:
        raise ValueError("recovery is 0: no removal at all would be allowed; choose 0.1 to 1")
    share = probability(percentile, "percentile", open_interval=True)
    if (cv is None) == (se is None):
        raise ValueError(
            "give cv or se of the population estimate, one of the two (cv=0 if certain)"
        )
    spread = cv if se is None else float(numbers([se], "se", minimum=0)[0]) / birds
    spread = float(numbers([spread], "cv", minimum=0)[0])
    n_min = birds * np.exp(stats.norm.ppf(share) * np.sqrt(np.log1p(spread**2)))
    notes: tuple[str, ...] = ()
    if growth > 0.3:
        notes += (
            f"R_max of {growth:g} is more than long-lived birds reach (cranes: 0.05 to 0.15).",
        )
    if spread > 0.8:
        notes += (
            f"A coefficient of variation of {spread:g} is large: count better before allowing.",
        )
    return RemovalLimit(
        float(n_min * growth / 2 * factor), float(n_min), birds, spread, growth, factor, notes
    )


def growth_limit(
    adult_survival: float, first_breeding: float, *, method: str = "exponential"
) -> float:
    """Return the largest yearly growth of a species, from adult survival and age at first breeding.

    Parameters
    ----------
    adult_survival : yearly, without deaths made by people, above 0 and below 1.
    first_breeding : mean age at first breeding in years, 1 or more.
    method : "exponential" solves λ = exp(1 / (α + s / (λ − s))); "quadratic" its first-order form
        λ = 1 + 1 / (α + s / (λ − s)), which Dillingham & Fletcher use and which is a little lower.

    Returns R_max = λ − 1 (0.1 is 10 % a year).
    Errors: ValueError for a survival outside 0 to 1, or an age below 1.
    Misleads if survival was measured in a hunted or poisoned population: R_max is then too high.

    Examples
    --------
    >>> round(growth_limit(adult_survival=0.95, first_breeding=4), 3)
    0.103
    """
    one_of(method, "method", ("exponential", "quadratic"))
    s = probability(adult_survival, "adult_survival", open_interval=True)
    age = float(numbers([first_breeding], "first_breeding", minimum=1)[0])

    def off(growth: float) -> float:
        step = 1 / (age + s / (growth - s))
        return growth - (np.exp(step) if method == "exponential" else 1 + step)

    return float(brentq(off, max(s, 1.0) + 1e-9, 20.0)) - 1

"""What do good and bad years do? Growth and quasi-extinction when rates change from year to year.

Each year one of several matrices is drawn (independent years). The stochastic growth rate log λ_s is
what a population grows by in the long run; it is below log λ of the mean matrix. Two ways:

- simulation: mean of log N(t+1)/N(t) over many years
- Tuljapurkar's small-noise formula: log λ_s ≈ log λ̄ − τ² / (2 λ̄²), τ² = Σ cov(a_ij, a_kl) s_ij s_kl

Sources: Tuljapurkar (1982) Theoretical Population Biology 21:141-165; Morris & Doak (2002) Quantitative
Conservation Biology, ch. 7; Caswell (2001) ch. 14. No case folder holds one: checked by hand and by
its limits in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from flyway import results
from flyway.demography.projection import project_matrix
from flyway.inputs import numbers, random_numbers


@dataclass(frozen=True)
class StochasticGrowth:
    """Long-run growth in a changing environment: `estimate` is λ_s by simulation.

    log_estimate, log_se : log λ_s and its standard error.
    log_approx : log λ_s by Tuljapurkar's formula.
    mean_matrix_growth : λ of the mean of the matrices.
    years : length of the simulation.
    """

    log_estimate: float
    log_se: float
    log_approx: float
    mean_matrix_growth: float
    years: int
    notes: tuple[str, ...]
    matrices: list = field(repr=False)
    chance: np.ndarray = field(repr=False)

    @property
    def estimate(self) -> float:
        """λ_s, the yearly multiplier in the long run."""
        return float(np.exp(self.log_estimate))

    @property
    def se(self) -> float:
        """Standard error of λ_s from the length of the simulation (not from the rates)."""
        return self.estimate * self.log_se

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of λ_s for the length of the simulation."""
        low, high = results.interval(self.log_estimate, self.log_se, level)
        return float(np.exp(low)), float(np.exp(high))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return λ_s by simulation and by formula, and λ of the mean matrix."""
        nan = float("nan")
        return results.table(
            [
                ("stochastic growth rate", self.estimate, self.se, *self.interval(level)),
                ("by Tuljapurkar's formula", float(np.exp(self.log_approx)), nan, nan, nan),
                ("growth of the mean matrix", self.mean_matrix_growth, nan, nan, nan),
            ]
        )

    def extinction(
        self,
        start: Iterable,
        threshold: float,
        years: int,
        runs: int = 2000,
        seed: int = 1,
        counted: Iterable | None = None,
    ) -> pd.DataFrame:
        """Return by year the share of simulated populations that have fallen below `threshold`.

        start : birds by stage. counted : 1 for stages that count, 0 for others. Columns: year,
        estimate, se (of the simulation), lower, upper.
        """
        n = numbers(start, "start", minimum=0)
        k = len(self.matrices[0])
        if len(n) != k:
            raise ValueError(f"start has {len(n)} numbers for {k} stages")
        weight = (
            np.ones(k) if counted is None else numbers(counted, "counted", minimum=0, maximum=1)
        )
        limit = float(numbers([threshold], "threshold", minimum=0)[0])
        steps = int(numbers([years], "years", minimum=1, maximum=10_000, whole=True)[0])
        runs = int(numbers([runs], "runs", minimum=10, maximum=1e6, whole=True)[0])
        rng = np.random.default_rng(seed)
        birds = np.tile(n, (runs, 1))
        stack = np.array(self.matrices)
        below = np.zeros(runs, dtype=bool)
        share = []
        for _ in range(steps):
            drawn = stack[rng.choice(len(stack), runs, p=self.chance)]
            birds = np.einsum("rij,rj->ri", drawn, birds)
            below |= birds @ weight < limit
            share.append(below.mean())
        p = np.array(share)
        se = np.sqrt(p * (1 - p) / runs)
        half = results.multiplier() * se
        return pd.DataFrame(
            {
                "year": np.arange(1, steps + 1),
                "estimate": p,
                "se": se,
                "lower": np.maximum(p - half, 0),
                "upper": np.minimum(p + half, 1),
            }
        )


def stochastic_growth(
    matrices: list, *, chance: Iterable | None = None, years: int = 20_000, seed: int = 1
) -> StochasticGrowth:
    """Estimate long-run growth from the rates of good and bad years.

    Parameters
    ----------
    matrices : two or more square matrices of the same stages. chance : how likely each is (default:
        equally). years : length of the simulation. seed : the same seed gives the same years.

    Errors: ValueError for one matrix, other shapes, chances that do not add up to 1.
    Assumes that each year is drawn anew, whatever the year before was like.
    Misleads when good and bad years come in runs (they are drawn independently here), and when a few
    years happened to hold no disaster.
    """
    stack = [project_matrix(m).matrix for m in matrices]
    if len(stack) < 2:
        raise ValueError(f"there is {len(stack)} matrix: a changing environment needs two or more")
    if len({m.shape for m in stack}) > 1:
        raise ValueError("the matrices differ in their number of stages: use the same stages")
    m = len(stack)
    p = np.full(m, 1 / m) if chance is None else numbers(chance, "chance", minimum=0, maximum=1)
    if len(p) != m or abs(p.sum() - 1) > 1e-6:
        raise ValueError(f"chance adds up to {p.sum():g} for {m} matrices: give one each, 1 in all")
    p = p / p.sum()
    steps = int(numbers([years], "years", minimum=100, maximum=1e6, whole=True)[0])
    array = np.array(stack)
    mean = np.tensordot(p, array, axes=1)
    base = project_matrix(mean)
    flat = array.reshape(m, -1) - mean.ravel()
    # sample covariance, as from years that were seen (m − 1)
    covariance = (flat * p[:, None]).T @ flat * m / (m - 1)
    s = base.sensitivity.to_numpy().ravel()
    lam = base.estimate
    approx = np.log(lam) - float(s @ covariance @ s) / (2 * lam**2)
    rng = random_numbers(seed)
    draw = rng.choice(m, steps, p=p)
    n, logs = base.stable.to_numpy().copy(), np.empty(steps)
    for t, which in enumerate(draw):
        n = array[which] @ n
        total = n.sum()
        if total <= 0:
            raise ValueError("a matrix leaves no bird alive: the population is extinct at once")
        logs[t] = np.log(total)
        n /= total
    warm = steps // 20
    logs = logs[warm:]
    blocks = logs[: len(logs) // 50 * 50].reshape(50, -1).mean(axis=1)  # years in a block are alike
    error = float(blocks.std(ddof=1) / np.sqrt(50))
    notes: tuple[str, ...] = ()
    if abs(approx - logs.mean()) > max(4 * error, 0.01):
        notes += ("The small-noise formula is off: the years differ too much for it.",)
    return StochasticGrowth(float(logs.mean()), error, float(approx), lam, steps, notes, stack, p)

"""How many birds did both observers miss, if some are harder to see? Double observer with covariates.

Huggins' conditional likelihood: of each flock (or bird) seen, we know who saw it and what may have
made it hard to see. logit p depends on the observer and on covariates; flock k was seen by somebody
with probability p*_k = 1 − (1−p1k)(1−p2k), so it stands for 1/p*_k flocks.

    N = Σ 1/p*_k ,   var N = Σ (1−p*_k)/p*_k² + D' V D ,   D = ∂N/∂β
Source: Huggins (1989) Biometrika 76:133-140; (1991) Biometrics 47:725-732. No published case is in
the tests: without covariates it equals Lincoln-Petersen, which is tested, and coverage is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from statsmodels.tools.numdiff import approx_fprime

from flyway import results
from flyway.detection.closed import unseen_interval
from flyway.detection.design import design_matrix
from flyway.detection.likelihood import Likelihood, maximise
from flyway.inputs import numbers, require_columns


@dataclass(frozen=True)
class Huggins:
    """Flocks (and birds, if sizes are given) present, corrected flock by flock.

    estimate, se : flocks present, and the standard error.
    counted, birds_counted : flocks seen, and birds in them.
    birds, birds_se : birds present, if sizes were given.
    """

    estimate: float
    se: float
    counted: int
    birds: float | None
    birds_se: float | None
    birds_counted: float | None
    fit: Likelihood
    detection: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def aic(self) -> float:
        """AIC of the conditional likelihood: compare formulas on the same flocks."""
        return self.fit.aic

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of flocks present; never below the flocks seen."""
        return unseen_interval(self.estimate, self.se, self.counted, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return flocks and birds present and the coefficients of detection (logit scale)."""
        rows = [("flocks present", self.estimate, self.se, *self.interval(level))]
        if self.birds is not None:
            ends = unseen_interval(self.birds, self.birds_se, self.birds_counted, level)
            rows.append(("birds present", self.birds, self.birds_se, *ends))
        return pd.concat([results.table(rows), self.fit.table(level)], ignore_index=True)


def huggins(
    data: pd.DataFrame,
    first: str = "seen_first",
    second: str = "seen_second",
    formula: str = "1",
    size: str | None = None,
    same_observers: bool = False,
) -> Huggins:
    """Estimate flocks present from who saw which flock, when some flocks are harder to see than others.

    Parameters
    ----------
    data : one row per flock seen by at least one observer. first, second : its columns of the two
        observers: 1 seen, 0 missed.
    formula : covariates of detection, such as "np.log(flock_size) + distance_km"; "1" for none.
    size : column of flock sizes, to estimate birds as well.
    same_observers : True if both observers are taken to be equally sharp.

    Errors: ValueError for values other than 0 and 1, flocks seen by nobody, no flock seen by both,
    blanks in covariates.
    Misleads when a flock is matched wrongly, or a covariate that matters was not written down.
    """
    require_columns(data, [first, second] + ([size] if size else []))
    seen = np.column_stack(
        [numbers(data[c], c, minimum=0, maximum=1, whole=True) for c in (first, second)]
    )
    nobody = seen.sum(axis=1) == 0
    if nobody.any():
        row = data.index[int(np.flatnonzero(nobody)[0])]
        raise ValueError(
            f"the flock in row {row} was seen by nobody: list only flocks that were seen"
        )
    x10 = int(((seen[:, 0] == 1) & (seen[:, 1] == 0)).sum())
    x01 = int(((seen[:, 0] == 0) & (seen[:, 1] == 1)).sum())
    x11 = len(seen) - x10 - x01
    if x11 == 0:
        raise ValueError("no flock was seen by both observers: nothing tells how many were missed")
    if x10 == 0 or x01 == 0:
        raise ValueError(
            f"one observer missed no flock (only first: {x10}, only second: {x01}): detection is at its "
            f"limit of 1 and no covariate can be fitted. Use independent_observers()"
        )
    X = design_matrix(formula, data)
    A, names = X.to_numpy(), list(X.columns)
    second_column = [] if same_observers else ["second observer"]
    p1, p2 = x11 / (x11 + x01), x11 / (x11 + x10)
    start = np.zeros(len(names) + len(second_column))
    start[0] = logit((p1 + p2) / 2 if same_observers else p1)
    if second_column:
        start[-1] = logit(p2) - logit(p1)

    def both_p(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        eta = A @ theta[: A.shape[1]]
        return expit(eta), expit(eta + (0 if same_observers else theta[-1]))

    def either(theta: np.ndarray) -> np.ndarray:
        a, b = both_p(theta)
        return 1 - (1 - a) * (1 - b)

    def loglik(theta: np.ndarray) -> float:
        terms = np.log(either(theta))
        for p, s in zip(both_p(theta), seen.T, strict=True):
            terms = terms - np.where(s == 1, np.log(p), np.log1p(-p))
        return -float(terms.sum())

    fit = maximise(loglik, start, names + second_column, {0: A})
    theta = fit.params.to_numpy()
    p_star, (a, b) = either(theta), both_p(theta)
    sizes = None if size is None else numbers(data[size], size, minimum=1)

    def total(weights: np.ndarray) -> tuple[float, float]:
        D = approx_fprime(theta, lambda t: (weights / either(t)).sum(), centered=True)
        D = np.atleast_1d(D)
        variance = (weights**2 * (1 - p_star) / p_star**2).sum() + D @ fit.covariance @ D
        return float((weights / p_star).sum()), float(np.sqrt(variance))

    flocks, flocks_se = total(np.ones(len(seen)))
    birds = (None, None, None) if sizes is None else (*total(sizes), float(sizes.sum()))
    notes = fit.notes
    if p_star.min() < 0.1:
        notes += ("Some flocks had a detection below 0.1: they stand for more than ten each.",)
    detection = pd.DataFrame({"first": a, "second": b, "either": p_star}, index=data.index)
    return Huggins(flocks, flocks_se, len(seen), *birds, fit, detection, notes)

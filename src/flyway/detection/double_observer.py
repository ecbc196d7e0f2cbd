"""How many birds did both of two observers miss?

Independent observers count the same sites apart and then compare who saw what. Dependent observers
stand together: the primary calls out birds, the secondary writes them down and adds those missed;
they must swap roles, or nothing tells their skills apart.

Sources: Cook & Jacobson (1979) Biometrics 35:735-742; Nichols et al. (2000) Auk 117:393-408;
Royle (2004) Animal Biodiversity and Conservation 27:375-386 for the multinomial-Poisson model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, gammaln, logit

from flyway import results
from flyway.detection.closed import unseen_interval
from flyway.detection.design import design_matrix
from flyway.detection.likelihood import Likelihood, NotIdentifiable, maximise
from flyway.inputs import names_of, numbers, require_columns


@dataclass(frozen=True)
class DoubleObserver:
    """Detection by each observer and by either, and the birds present at the counted sites.

    coefficients : the fit on the log and logit scale (None at a boundary).

    design : "independent" or "dependent".
    counted : birds seen by at least one observer.
    p_first, p_second, p_either : chance that a bird is seen by each observer, and by at least one.
    p_first_se, p_second_se, p_either_se : their standard errors.
    """

    design: str
    counted: int
    p_first: float
    p_second: float
    p_first_se: float
    p_second_se: float
    p_either: float
    p_either_se: float
    estimate: float
    se: float
    coefficients: Likelihood | None
    notes: tuple[str, ...] = ()

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of birds present; never below the birds counted."""
        return unseen_interval(self.estimate, self.se, self.counted, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return detection probabilities and birds present."""
        return results.table(
            [
                ("detection, first observer", *_on_logit(self.p_first, self.p_first_se, level)),
                ("detection, second observer", *_on_logit(self.p_second, self.p_second_se, level)),
                ("detection, either", *_on_logit(self.p_either, self.p_either_se, level)),
                ("present", self.estimate, self.se, *self.interval(level)),
            ]
        )


def _on_logit(p: float, se: float, level: float) -> tuple[float, float, float, float]:
    if not (0 < p < 1 and se > 0):
        return p, se, float("nan"), float("nan")
    half = results.multiplier(level) * se / (p * (1 - p))
    return p, se, float(expit(logit(p) - half)), float(expit(logit(p) + half))


def independent_observers(
    data: pd.DataFrame,
    only_first: str = "only_first",
    only_second: str = "only_second",
    both: str = "both",
    abundance: str = "1",
) -> DoubleObserver:
    """Estimate the birds present, and the share that each observer sees, from two who counted apart.

    Site i holds N_i ~ Poisson(λ_i) birds; a bird is seen by the first only, the second only, or both
    with probability p1(1−p2), (1−p1)p2, p1 p2. Then p1 = Σ both / Σ(both + only second), and the
    birds present are n1 n2 / Σ both with var = n1 n2 x10 x01 / both³ (Seber 1982, sec. 3.1).

    Parameters
    ----------
    data : one row per site (or visit).
    only_first, only_second, both : its columns of birds (or flocks) seen by one or by both, whole numbers.
    abundance : right side of a formula for log λ, such as "area_km2"; "1" for the same λ everywhere.

    Errors: ValueError for blanks, negative or fractional counts, no bird at all, or none seen by both.
    Misleads when the observers cue each other, when matching "the same bird" goes wrong, and when
    some birds hide from both (detection is then too high, birds too few).
    """
    require_columns(data, [only_first, only_second, both])
    y = np.column_stack(
        [numbers(data[c], c, minimum=0, whole=True) for c in (only_first, only_second, both)]
    )
    x10, x01, x11 = y.sum(axis=0)
    if x11 == 0:
        raise ValueError(
            f"no bird was seen by both observers (column {both!r} is 0 everywhere): their overlap is what "
            f"tells how many were missed. Count more, or report the {x10 + x01:g} birds as a minimum"
        )
    p1, p2 = x11 / (x11 + x01), x11 / (x11 + x10)
    n1, n2 = x11 + x10, x11 + x01
    either = 1 - (1 - p1) * (1 - p2)
    birds = n1 * n2 / x11
    se = float(np.sqrt(n1 * n2 * x10 * x01 / x11**3))
    notes, fit = (), None
    s1, s2 = np.sqrt(p1 * (1 - p1) / n2), np.sqrt(p2 * (1 - p2) / n1)
    either_se = float(np.hypot((1 - p2) * s1, (1 - p1) * s2))
    if x10 == 0 or x01 == 0:
        who = "second" if x10 == 0 else "first"
        notes += (
            f"The {who} observer missed no bird that the other saw: detection is at its limit of 1, and "
            f"the standard errors are too small.",
        )
    else:
        X = design_matrix(abundance, data)
        start = np.zeros(X.shape[1])
        start[0] = np.log(birds / len(y))
        start = np.r_[start, logit(p1), logit(p2)]
        names = [*(f"log_lambda: {c}" for c in X.columns), "logit_p_first", "logit_p_second"]
        fit = maximise(
            lambda t: -independent_nll(t[:-2], t[-2], t[-1], y, X.to_numpy()),
            start,
            names,
            {0: X.to_numpy()},
        )
        notes += fit.notes
    return DoubleObserver(
        "independent", int(y.sum()), float(p1), float(p2), float(s1), float(s2),
        float(either), either_se, float(birds), se, fit, notes,
    )  # fmt: skip


def independent_nll(
    beta: np.ndarray, logit_p1: float, logit_p2: float, y: np.ndarray, X: np.ndarray
) -> float:
    """Negative log likelihood of the multinomial-Poisson model; y: sites × (only 1, only 2, both)."""
    p1, p2 = expit(logit_p1), expit(logit_p2)
    return _poisson_nll(y, np.exp(X @ beta), [p1 * (1 - p2), (1 - p1) * p2, p1 * p2])


def dependent_nll(
    log_lambda: float, logit_p1: float, logit_p2: float, primary: np.ndarray, extra: np.ndarray
) -> float:
    """Negative log likelihood of one-way dependent counts (no swap): shows that it has a flat ridge."""
    p1, p2 = expit(logit_p1), expit(logit_p2)
    y = np.column_stack([primary, extra]).astype(float)
    return _poisson_nll(y, np.full(len(y), np.exp(log_lambda)), [p1, (1 - p1) * p2])


def _poisson_nll(y: np.ndarray, lam: np.ndarray, cells: list[float]) -> float:
    mean = lam[:, None] * np.asarray(cells)[None, :]
    return float((mean - y * np.log(mean) + gammaln(y + 1)).sum())


def dependent_observers(
    data: pd.DataFrame,
    primary: str = "primary",
    seen_by_primary: str = "seen_by_primary",
    added_by_secondary: str = "added_by_secondary",
) -> DoubleObserver:
    """Estimate the birds present from two observers side by side, the one leading and then the other.

    With x_kk the birds that observer k saw as primary and x_jk those that j added while k was primary:
    p1 = (x11 x22 − x12 x21)/(x11 x22 + x22 x21), p2 alike, and either = 1 − x12 x21/(x11 x22)
    (Cook & Jacobson 1979). Birds present are n / either; the variance adds the unseen birds to the
    uncertainty of detection.

    Parameters
    ----------
    data : one row per count. primary : column that names the observer who led (two names in all).
    seen_by_primary, added_by_secondary : columns of birds, whole numbers.

    Errors: NotIdentifiable (a ValueError) if the observers never swapped; ValueError for more than
    two names, blanks, bad counts, or counts that contradict the model.
    Misleads when one observer leads nearly always, when the secondary helps the primary to see, and when
    some birds hide from both.
    """
    require_columns(data, [primary, seen_by_primary, added_by_secondary])
    who, names = pd.factorize(names_of(data[primary], primary), sort=True)
    lead = numbers(data[seen_by_primary], seen_by_primary, minimum=0, whole=True)
    extra = numbers(data[added_by_secondary], added_by_secondary, minimum=0, whole=True)
    if len(names) > 2:
        raise ValueError(
            f"{primary} holds {len(names)} names ({', '.join(map(str, names))}): analyse one pair at a "
            f"time, and check the spelling"
        )
    if len(names) < 2:
        raise NotIdentifiable(
            f"{names[0]} led every count: without swapped roles, few birds added may mean a sharp "
            f"first or a blind second observer, and the counts cannot tell which. Let the observers "
            f"swap roles for about half of the counts (Nichols et al. 2000)"
        )
    x11, x22 = lead[who == 0].sum(), lead[who == 1].sum()
    x21, x12 = extra[who == 0].sum(), extra[who == 1].sum()
    if x11 == 0 or x22 == 0:
        raise ValueError(
            f"{names[0] if x11 == 0 else names[1]} saw no bird as primary: no detection can be estimated"
        )
    if x12 * x21 >= x11 * x22:
        raise ValueError(
            f"the secondary added too many birds ({x21:g} and {x12:g}) for the primary's {x11:g} and "
            f"{x22:g}: detection would be 0 or less. Check that added birds were new ones"
        )
    p1 = (x11 * x22 - x12 * x21) / (x11 * x22 + x22 * x21)
    p2 = (x11 * x22 - x12 * x21) / (x11 * x22 + x11 * x12)
    either = 1 - x12 * x21 / (x11 * x22)
    n = lead.sum() + extra.sum()
    notes, fit = (f"First observer: {names[0]}; second observer: {names[1]}.",), None
    if x12 > 0 and x21 > 0:
        # Given that a bird was found, it was the primary's with probability p_k / either.
        def loglik(theta: np.ndarray) -> float:
            a, b = expit(theta)
            c1, c2 = a / (a + (1 - a) * b), b / (b + (1 - b) * a)
            parts = (x11 * np.log(c1), x21 * np.log1p(-c1), x22 * np.log(c2), x12 * np.log1p(-c2))
            return float(sum(parts))

        fit = maximise(loglik, logit([p1, p2]), ["logit_p_first", "logit_p_second"])
        notes += fit.notes
        spread = np.diag([p1 * (1 - p1), p2 * (1 - p2)])
        V = spread @ fit.covariance @ spread
    else:
        notes += ("A secondary observer added no bird: detection is at its limit of 1.",)
        V = np.zeros((2, 2))
    gradient = np.array([1 - p2, 1 - p1])
    either_var = float(gradient @ V @ gradient)
    se = np.sqrt(n**2 * either_var / either**4 + n * (1 - either) / either**2)
    return DoubleObserver(
        "dependent", int(n), float(p1), float(p2), float(np.sqrt(V[0, 0])), float(np.sqrt(V[1, 1])),
        float(either), float(np.sqrt(either_var)), float(n / either), float(se), fit, notes,
    )  # fmt: skip

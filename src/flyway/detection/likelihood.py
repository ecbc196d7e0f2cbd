"""Maximum likelihood for models that statsmodels does not have, with scipy, and doubts said aloud.

Every fit runs two optimisers (BFGS, then Nelder-Mead) and keeps the better; the standard errors come from the curvature of
the log likelihood at its top. A flat direction there means that the data cannot tell parameters
apart (not identifiable, or at a boundary such as a probability of 1): this is reported, and no
standard error is given for it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from statsmodels.tools.numdiff import approx_fprime, approx_hess3

from flyway import results

DISAGREE = 1e-2  # in log likelihood: less is the noise of stopping


class NotIdentifiable(ValueError):
    """The design cannot separate its parameters: no amount of such data would help."""


@dataclass(frozen=True)
class Likelihood:
    """The top of a log likelihood: parameters, covariance (NaN where flat), and what to doubt."""

    params: pd.Series
    covariance: np.ndarray
    loglik: float
    converged: bool
    identifiable: bool
    notes: tuple[str, ...] = field(default=())

    @property
    def se(self) -> pd.Series:
        """Standard errors of `params`."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    @property
    def aic(self) -> float:
        """−2 log likelihood + 2 × number of parameters."""
        return -2 * self.loglik + 2 * len(self.params)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return the parameters on their own scale: quantity, estimate, se, lower, upper."""
        rows = [
            (name, value, se, *results.interval(value, se, level))
            for name, value, se in zip(self.params.index, self.params, self.se, strict=True)
        ]
        return results.table(rows)


def maximise(
    loglik: Callable[[np.ndarray], float],
    start: Iterable[float] | list[Iterable[float]],
    names: Iterable[str],
    designs: dict[int, np.ndarray] | None = None,
) -> Likelihood:
    """Find the top of `loglik` from one or several starts.

    loglik : function of a parameter vector; start : a vector, or a list of vectors; names : one name
    per parameter. designs : first parameter -> design matrix that it and the next ones multiply; the
    search then runs on orthogonal columns, so that metres above the sea or calendar years do no harm.
    """
    names = list(names)
    starts = np.atleast_2d(np.asarray(start, dtype=float))
    turn = _turn(len(names), designs or {})

    def down(gamma: np.ndarray) -> float:
        value = loglik(turn @ gamma)
        return -value if np.isfinite(value) else 1e12

    best = None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        for first in starts:
            fit = minimize(
                down,
                np.linalg.solve(turn, first),
                method="BFGS",
                options={"gtol": 1e-8, "maxiter": 2000},
            )
            if best is None or fit.fun < best.fun - 1e-12:
                best = fit
        options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000, "adaptive": True}
        second = minimize(down, best.x, method="Nelder-Mead", options=options)
        gained = best.fun - second.fun
        if gained > 1e-12:
            best = second
        gradient = approx_fprime(best.x, down, centered=True)
        hessian = approx_hess3(best.x, down)
    hessian = (hessian + hessian.T) / 2
    notes: tuple[str, ...] = ()
    converged = bool(
        best.fun < 1e11 and np.abs(gradient).max(initial=0) < 1e-2 * max(1, abs(best.fun)) ** 0.5
    )
    if not converged:
        notes += ("The likelihood did not settle at a top: do not use these numbers.",)
    covariance, flat = _invert(hessian, turn)
    if gained > DISAGREE and not flat.any():  # along a flat direction the two stop where they tire
        notes += (
            f"The first optimiser stopped {gained:.2g} below the top of the log likelihood that the "
            f"second found: look at the data again.",
        )
    if flat.any():
        told = ", ".join(n for n, f in zip(names, flat, strict=True) if f)
        notes += (
            f"The data do not determine {told}: it lies at a boundary or cannot be told apart from "
            f"the others, so it has no standard error.",
        )
    return Likelihood(
        pd.Series(turn @ best.x, index=names),
        covariance,
        -float(best.fun),
        converged,
        not flat.any(),
        notes,
    )


def _turn(p: int, designs: dict[int, np.ndarray]) -> np.ndarray:
    """Matrix from the parameters of orthogonal columns to those of the designs (X = Q R, β = R⁻¹ γ √n)."""
    turn = np.eye(p)
    for at, X in designs.items():
        block = slice(at, at + X.shape[1])
        turn[block, block] = np.linalg.inv(np.linalg.qr(X)[1]) * np.sqrt(len(X))
    return turn


def _invert(hessian: np.ndarray, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Invert the curvature; parameters in a flat direction get NaN and are flagged."""
    p = len(hessian)
    if not np.isfinite(hessian).all():
        return np.full((p, p), np.nan), np.ones(p, dtype=bool)
    # curvature below this is the noise of the numerical derivative: the top is flat there
    values, vectors = np.linalg.eigh(hessian)
    flat = values < max(1e-4, 1e-7 * values.max(initial=0))
    steep = turn @ vectors[:, ~flat]
    covariance = (steep / values[~flat]) @ steep.T
    share = np.abs(turn @ vectors[:, flat]).max(axis=1, initial=0) / np.linalg.norm(turn, axis=1)
    involved = share > 0.1
    covariance[involved, :] = covariance[:, involved] = np.nan
    return covariance, involved

"""The Cormack-Jolly-Seber likelihood and its top, with exact gradients.

φ_t is the chance to live (and stay) from occasion t to t + 1, p_t the chance to be seen on occasion t if
alive. With the sums of `histories`,

    log L = Σ lived · log φ + Σ seen · log p + Σ missed · log(1 − p) + Σ gone · log χ
    χ_t = 1 − φ_t (1 − (1 − p_{t+1}) χ_{t+1}),  χ_last = 1     (chance not to be seen again after t)

φ and p are logistic in their covariates. Two optimisers of scipy are compared.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from flyway.demography.histories import Sums
from flyway.detection.likelihood import DISAGREE, Likelihood


def negative_loglik(
    theta: np.ndarray, W: np.ndarray, Z: np.ndarray, sums: Sums, gaps: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return −log L and its gradient. W, Z : intervals × groups × covariates of φ and of p.

    Time comes first everywhere, so that each step reads neighbouring memory.
    """
    n_phi = W.shape[2]
    eta, zeta = W @ theta[:n_phi], Z @ theta[n_phi:]
    rate = expit(eta)  # per unit of time
    phi = rate ** gaps[:, None]
    p = expit(zeta)
    intervals = len(phi)
    chi = np.ones((intervals + 1, phi.shape[1]))
    for t in range(intervals - 1, -1, -1):
        chi[t] = 1 - phi[t] * (1 - (1 - p[t]) * chi[t + 1])
    chi_t = np.maximum(chi[:-1], 1e-300)
    value = (
        (sums.lived * gaps[:, None] * log_expit(eta)).sum()
        + (sums.seen * log_expit(zeta)).sum()
        + (sums.missed * log_expit(-zeta)).sum()
        + (sums.gone * np.log(chi_t)).sum()
    )
    # how log L changes with χ at t, carried forward: χ_t leans on χ_{t+1}
    lean = np.zeros(phi.shape[1])
    d_phi, d_p = np.empty_like(phi), np.empty_like(p)
    for t in range(intervals):
        lean = lean + sums.gone[t] / chi_t[t]
        d_phi[t] = -lean * (1 - (1 - p[t]) * chi[t + 1])
        d_p[t] = -lean * phi[t] * chi[t + 1]
        lean = lean * phi[t] * (1 - p[t])
    slope_eta = gaps[:, None] * (1 - rate) * (sums.lived + d_phi * phi)
    slope_zeta = sums.seen * (1 - p) - sums.missed * p + d_p * p * (1 - p)
    gradient = np.r_[
        slope_eta.ravel() @ W.reshape(-1, n_phi),
        slope_zeta.ravel() @ Z.reshape(-1, Z.shape[2]),
    ]
    return -float(value), -gradient


def fit_cjs(
    W: np.ndarray, Z: np.ndarray, sums: Sums, gaps: np.ndarray, names: list[str]
) -> tuple[Likelihood, np.ndarray, int]:
    """Find the top of the likelihood; parameters along a flat direction get no standard error.

    Returns the fit, the inverse curvature without its flat directions, and how many of these there are.
    """
    args = (W, Z, sums, gaps)
    start = np.zeros(len(names))
    fits = []
    for method, options in (
        ("BFGS", {"gtol": 1e-7, "maxiter": 1000}),
        ("L-BFGS-B", {"ftol": 1e-14, "gtol": 1e-7, "maxiter": 2000}),
    ):
        fits.append(minimize(negative_loglik, start, args, method, jac=True, options=options))
    best = min(fits, key=lambda fit: fit.fun)
    theta = best.x
    gradient = negative_loglik(theta, *args)[1]
    step = 1e-5
    hessian = np.array(
        [
            (
                negative_loglik(theta + step * e, *args)[1]
                - negative_loglik(theta - step * e, *args)[1]
            )
            / (2 * step)
            for e in np.eye(len(theta))
        ]
    )
    hessian = (hessian + hessian.T) / 2
    notes: tuple[str, ...] = ()
    birds = max(float(sums.gone.sum()), 1.0)
    converged = bool(np.abs(gradient).max() < 1e-4 * birds)
    if not converged:
        notes += ("The likelihood did not settle at a top: do not use these numbers.",)
    covariance, inverse, flat = _invert(hessian)
    apart = max(fit.fun for fit in fits) - best.fun
    if apart > DISAGREE and not flat:  # along a flat direction the two stop where they tire
        notes += (
            f"The two optimisers ended {apart:.2g} apart in log likelihood, and the higher is shown: "
            f"look at the data again.",
        )
    found = Likelihood(
        pd.Series(theta, index=names), covariance, -float(best.fun), converged, flat == 0, notes
    )
    return found, inverse, flat


def _invert(hessian: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Invert the curvature; return it with NaN for what a flat direction touches, and without NaN."""
    values, vectors = np.linalg.eigh(hessian)
    flat = values < 1e-5 * max(values.max(initial=0), 1e-300)
    inverse = (vectors[:, ~flat] / values[~flat]) @ vectors[:, ~flat].T
    involved = (np.abs(vectors[:, flat]) > 0.05).any(axis=1)
    covariance = inverse.copy()
    covariance[involved, :] = np.nan
    covariance[:, involved] = np.nan
    return covariance, inverse, int(flat.sum())

"""Variance components of a monitoring design: sites differ, years differ, and so do their mixtures.

The model y = Xβ + Σ Z_k u_k + e with u_k ~ N(0, σ²_k) is fitted by restricted maximum likelihood with
statsmodels. Its default optimiser can stop at a worse top, so several are run and the best is kept.
Degrees of freedom of a contrast c'β by Satterthwaite: 2 g² / (∇g' I⁻¹ ∇g), g(σ²) = var(c'β), with the
expected REML information I. statsmodels offers the normal distribution only, which is far too sure
of itself with three sites.

Sources: Fai & Cornelius (1996) J. Statistical Computation and Simulation 54:363-378; Searle, Casella &
McCulloch (1992) Variance Components.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

OPTIMISERS = ("powell", "nm", "bfgs", "lbfgs")
LARGEST = 3000


@dataclass(frozen=True)
class Components:
    """A fitted mixed model: fixed effects, their covariance, and the variance of each component."""

    beta: np.ndarray
    covariance: np.ndarray
    variances: pd.Series
    loglik: float
    converged: bool
    notes: tuple[str, ...]
    blocks: tuple[np.ndarray, ...]
    X: np.ndarray
    V_inverse: np.ndarray

    def contrast(self, c: np.ndarray) -> tuple[float, float, float]:
        """Return estimate, standard error and Satterthwaite degrees of freedom of c'β."""
        variance = float(c @ self.covariance @ c)
        VX = self.V_inverse @ self.X
        P = self.V_inverse - VX @ self.covariance @ VX.T
        # a component at zero has no curvature of its own: it is left out, as if not in the model
        Z = [b for b, v in zip(self.blocks, self.variances.iloc[:-1], strict=True) if v > 0]
        Z.append(np.eye(len(self.X)))
        slope = np.array([((z.T @ VX @ self.covariance @ c) ** 2).sum() for z in Z])
        PZ = [P @ z for z in Z]
        information = np.array([[0.5 * ((a.T @ b) ** 2).sum() for b in PZ] for a in Z])
        spread = float(slope @ np.linalg.pinv(information) @ slope)
        df = 2 * variance**2 / spread if spread > 0 else float(len(self.X) - self.X.shape[1])
        return float(c @ self.beta), float(np.sqrt(variance)), df


def fit_components(y: np.ndarray, X: np.ndarray, groupings: dict[str, np.ndarray]) -> Components:
    """Fit variance components by REML.

    y : n values. X : n × p fixed design. groupings : name -> n labels, one random effect per label.
    Raises ValueError for more than 3,000 rows (average the samples of a visit first).
    """
    n = len(y)
    if n > LARGEST:
        raise ValueError(
            f"{n} rows are more than the {LARGEST} that this model takes: average the samples of each "
            f"site and date first"
        )
    blocks = {k: pd.get_dummies(pd.Series(v)).to_numpy(float) for k, v in groupings.items()}
    spec = sm.regression.mixed_linear_model.VCSpec(
        list(blocks),
        [[[str(j) for j in range(b.shape[1])]] for b in blocks.values()],
        [[b] for b in blocks.values()],
    )
    scale = float(np.std(y)) or 1.0
    best, tried = None, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in OPTIMISERS:
            if best is not None and _agree(tried, best) >= 2:
                break  # two optimisers stand on the same top
            model = sm.MixedLM(y / scale, X, groups=np.zeros(n), exog_vc=spec)
            try:
                fit = model.fit(reml=True, method=name)
            except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
                continue
            if not np.isfinite(fit.llf):
                continue
            tried[name] = fit.llf
            if best is None or fit.llf > best.llf + 1e-7:
                best = fit
    if best is None:
        raise ValueError(
            "the mixed model could not be fitted: too few sites or dates for its parts"
        )
    variances = np.r_[np.maximum(best.vcomp, 0), best.scale] * scale**2
    zero = variances[:-1] < 1e-4 * variances[-1]
    variances[:-1][zero] = 0.0
    index = [*blocks, "residual"]
    notes = _notes(tried, best, [k for k, z in zip(blocks, zero, strict=True) if z])
    V = variances[-1] * np.eye(n) + sum(
        v * (b @ b.T) for v, b in zip(variances[:-1], blocks.values(), strict=True)
    )
    V_inverse = np.linalg.inv(V)
    covariance = np.linalg.inv(X.T @ V_inverse @ X)
    beta = covariance @ X.T @ V_inverse @ y
    return Components(
        beta,
        covariance,
        pd.Series(variances, index=index),
        float(best.llf - (n - X.shape[1]) * np.log(scale)),
        bool(best.converged),
        notes,
        tuple(blocks.values()),
        X,
        V_inverse,
    )


def _agree(tried: dict[str, float], best: object) -> int:
    return sum(llf > best.llf - 1e-3 for llf in tried.values())


def _notes(tried: dict[str, float], best: object, at_zero: list[str]) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if not best.converged:
        notes += ("The mixed model did not converge: do not use these numbers.",)
    if _agree(tried, best) < 2:
        notes += ("Only one optimiser found this top of the likelihood: look at the data again.",)
    if at_zero:
        notes += (
            f"The variance of {', '.join(at_zero)} was estimated as 0 (the edge of what is possible): "
            f"with few sites or dates this is often chance, and the interval is then too narrow.",
        )
    return notes

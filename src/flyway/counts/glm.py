"""Log-linear count models, fitted by statsmodels: the engine under `trend` and `smooth`.

log E(count) = X β, with variance μ (Poisson), φ·μ (quasi-Poisson), μ + μ²/θ (negative binomial) or
constant on the log scale (lognormal). Source: McCullagh & Nelder (1989) Generalized Linear Models,
2nd ed., ch. 6 and 9; Ver Hoef & Boveng (2007) Ecology 88:2766-2772 on choosing between the
quasi-Poisson and the negative binomial.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM, GLMResultsWrapper
from statsmodels.regression.linear_model import OLS
from statsmodels.tools.sm_exceptions import (
    ConvergenceWarning,
    HessianInversionWarning,
    PerfectSeparationWarning,
)

from flyway import results
from flyway.inputs import numbers, one_of

FAMILIES = ("quasipoisson", "poisson", "negbin", "lognormal")


@dataclass(frozen=True)
class CountFit:
    """A fitted log-linear model: coefficients, their covariance, and how the counts scatter.

    `dispersion` is Pearson χ²/df (1 = Poisson scatter; for lognormal the residual variance of the
    logs), `theta` the negative-binomial size (variance μ + μ²/θ), None for the other families.
    """

    family: str
    params: pd.Series
    covariance: np.ndarray
    dispersion: float
    df: int
    loglik: float
    theta: float | None
    fitted: np.ndarray = field(repr=False)
    residuals: np.ndarray = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def se(self) -> pd.Series:
        """Standard errors of `params`."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    @property
    def t_df(self) -> int | None:
        """Degrees of freedom of the t interval; None means a normal interval (Poisson)."""
        return None if self.family == "poisson" else self.df

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the coefficients (log scale) with standard errors and intervals."""
        rows = [
            (name, value, se, *results.interval(value, se, level, self.t_df))
            for name, value, se in zip(self.params.index, self.params, self.se, strict=True)
        ]
        return results.table(rows)


def fit_counts(counts: Iterable, design: pd.DataFrame, family: str = "quasipoisson") -> CountFit:
    """Fit log E(count) = design · β.

    Parameters
    ----------
    counts : n whole numbers of 0 or more (lognormal: above 0, fractions allowed), no blanks.
    design : n × p table of numbers, including the column for the intercept (patsy makes one).
    family : "quasipoisson", "poisson", "negbin" or "lognormal".

    Errors: ValueError for bad counts, blanks in the design, fewer rows than coefficients + 1,
    columns that repeat each other, or counts that are all zero.
    """
    one_of(family, "family", FAMILIES)
    y = numbers(counts, "count", minimum=0, whole=family != "lognormal")
    frame = pd.DataFrame(design)
    X = np.column_stack([numbers(frame[c], f"covariate {c!r}") for c in frame.columns])
    n, p = X.shape
    if len(y) != n:
        raise ValueError(
            f"there are {len(y)} counts and {n} rows of covariates: give one row per count"
        )
    if n <= p:
        raise ValueError(
            f"{n} counts cannot estimate {p} coefficients and their uncertainty: at least {p + 1} "
            f"counts are needed"
        )
    if np.linalg.matrix_rank(X) < p:
        raise ValueError("the columns of the design repeat each other: leave one of them out")
    if not y.any():
        raise ValueError(
            "every count is 0: there is no change to estimate. Report the zeros as they are"
        )
    if family == "lognormal":
        return _lognormal(y, X, frame)
    if family == "negbin":
        return _negbin(y, X, frame)
    fit = _poisson(y, X)
    phi = float(fit.pearson_chi2 / fit.df_resid)
    scale = phi if family == "quasipoisson" else 1.0
    notes = () if fit.converged else ("The fit did not converge: do not use it.",)
    if family == "poisson" and phi > 1.5:
        notes += (
            f"Counts scatter {phi:.1f} times more than Poisson counts: the intervals are too narrow. "
            f"Use family='quasipoisson' or 'negbin'.",
        )
    if family == "quasipoisson" and phi < 0.5:
        notes += (f"Counts scatter less than Poisson counts (dispersion {phi:.2f}).",)
    return CountFit(
        family,
        pd.Series(np.asarray(fit.params), index=frame.columns),
        np.asarray(fit.normalized_cov_params) * scale,
        phi,
        int(fit.df_resid),
        float(fit.llf),
        None,
        np.asarray(fit.fittedvalues),
        np.asarray(fit.resid_pearson) / max(np.sqrt(scale), np.finfo(float).tiny),
        notes,
    )


def _poisson(y: np.ndarray, X: np.ndarray) -> GLMResultsWrapper:
    # tight tolerance: published cases agree to 1e-6, and a few more steps cost nothing
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        fit = GLM(y, X, family=Poisson()).fit(maxiter=200, tol=1e-12)
        trouble = not np.isfinite([fit.llf, fit.pearson_chi2, *fit.params]).all()
    if trouble:
        raise ValueError(
            "no finite curve fits these counts: where only zeros were counted it falls without end. Use a "
            "smaller df or a straight trend, or begin and end the series where birds were seen"
        )
    return fit


def _lognormal(y: np.ndarray, X: np.ndarray, frame: pd.DataFrame) -> CountFit:
    if (y == 0).any():
        row = frame.index[int(np.flatnonzero(y == 0)[0])]
        raise ValueError(
            f"count is 0 in row {row}: a zero has no logarithm. Use family='quasipoisson', "
            f"which takes zeros as they are (adding 1 would bend the trend)"
        )
    fit = OLS(np.log(y), X).fit()
    return CountFit(
        "lognormal",
        pd.Series(np.asarray(fit.params), index=frame.columns),
        np.asarray(fit.cov_params()),
        float(fit.scale),
        int(fit.df_resid),
        float(fit.llf - np.log(y).sum()),
        None,
        np.exp(np.asarray(fit.fittedvalues)),
        np.asarray(fit.resid) / max(np.sqrt(fit.scale), np.finfo(float).tiny),
    )


def _negbin(y: np.ndarray, X: np.ndarray, frame: pd.DataFrame) -> CountFit:
    # Loading it takes as long as all the rest of statsmodels that counts need.
    from statsmodels.discrete.discrete_model import NegativeBinomial

    poisson = _poisson(y, X)
    model = NegativeBinomial(y, X, loglike_method="nb2")
    mu = np.asarray(poisson.fittedvalues)
    moment = float(np.clip((((y - mu) ** 2 - mu) / mu**2).mean(), 0.01, 10))
    best = None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", HessianInversionWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        for method in ("bfgs", "newton", "nm"):  # compared: the best likelihood that converged wins
            start = np.append(poisson.params, moment) if best is None else best.params
            try:
                fit = model.fit(start, method=method, maxiter=2000, disp=0)
            except (np.linalg.LinAlgError, ValueError):
                continue
            good = (
                np.isfinite(fit.llf)
                and np.isfinite(np.asarray(fit.bse)).all()
                and fit.params[-1] > 0
            )
            if good and (best is None or fit.llf >= best.llf - 1e-10):
                best = fit
    # At the boundary (no scatter beyond Poisson) θ is infinite and has no standard error.
    if best is None or best.params[-1] < 1e-5 or best.llf < poisson.llf - 1e-6:
        phi = float(poisson.pearson_chi2 / poisson.df_resid)
        return CountFit(
            "negbin",
            pd.Series(np.asarray(poisson.params), index=frame.columns),
            np.asarray(poisson.normalized_cov_params),
            phi,
            int(poisson.df_resid),
            float(poisson.llf),
            float("inf"),
            mu,
            np.asarray(poisson.resid_pearson),
            ("No scatter beyond Poisson was found (theta is infinite): this is the Poisson fit.",),
        )
    theta = 1 / float(best.params[-1])
    mu = np.exp(X @ best.params[:-1])
    pearson = (y - mu) / np.sqrt(mu + mu**2 / theta)
    df = len(y) - X.shape[1]
    notes = () if best.mle_retvals["converged"] else ("The fit did not converge: do not use it.",)
    return CountFit(
        "negbin",
        pd.Series(np.asarray(best.params[:-1]), index=frame.columns),
        np.asarray(best.cov_params())[:-1, :-1],
        float((pearson**2).sum() / df),
        df,
        float(best.llf),
        theta,
        mu,
        pearson,
        notes,
    )

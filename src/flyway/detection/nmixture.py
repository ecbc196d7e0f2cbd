"""How many birds live at a site, if each visit misses some? And when does that number lie?

N-mixture model: N_i birds at site i, Poisson(λ_i) or negative binomial with size θ; each visit counts
y_it ~ Binomial(N_i, p_it). Nobody knows N_i, so it is summed out up to a limit K:

    L_i = Σ_{N=0..K} P(N | λ_i, θ) Π_t Binomial(y_it | N, p_it)

Source: Royle (2004) Biometrics 60:108-115; doubts: Dennis, Morgan & Ridout (2015) Biometrics
71:237-246 (infinite estimates); Barker et al. (2018) Biometrics 74:369-377 (counts alone cannot tell
detection from other scatter). Fitted by maximum likelihood with scipy (no Python package has it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import expit, gammaln, log_expit, logit, logsumexp

from flyway import results
from flyway.detection.likelihood import Likelihood, maximise
from flyway.detection.occupancy import logit_interval
from flyway.detection.visits import Visits, read_visits
from flyway.inputs import number, one_of


@dataclass(frozen=True)
class NMixture:
    """Birds per site (`estimate`, mean λ) and detection `p`; `theta` is the negative-binomial size.

    p, p_se : chance to count a bird on one visit, and its standard error.
    K : largest number of birds per site that was considered.
    theta : size of the negative binomial; None for Poisson.
    """

    family: str
    K: int
    estimate: float
    se: float
    p: float
    p_se: float
    theta: float | None
    fit: Likelihood
    notes: tuple[str, ...]
    visits: Visits = field(repr=False)

    @property
    def aic(self) -> float:
        """AIC: compare formulas and families on the same visits and K."""
        return self.fit.aic

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of birds per site; never below 0."""
        return results.log_interval(self.estimate, self.se, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return birds per site, detection, and the coefficients (log and logit scale)."""
        natural = results.table(
            [
                ("birds per site", self.estimate, self.se, *self.interval(level)),
                (
                    "detection p per visit",
                    self.p,
                    self.p_se,
                    *logit_interval(self.p, self.p_se, level),
                ),
            ]
        )
        return pd.concat([natural, self.fit.table(level)], ignore_index=True)

    def sites(self) -> pd.DataFrame:
        """Return for each site: highest count, λ, and expected birds given its counts (empirical Bayes)."""
        terms = _terms(
            self.fit.params.to_numpy(), self.visits, _choose(self.visits, self.K), self.family
        )
        weight = np.exp(terms - logsumexp(terms, axis=1, keepdims=True))
        k = self.visits.X.shape[1]
        lam = np.exp(self.visits.X.to_numpy() @ self.fit.params.to_numpy()[:k])
        table = {"highest_count": np.nanmax(self.visits.y, axis=1), "lambda": lam}
        table["birds"] = weight @ np.arange(self.K + 1)
        return pd.DataFrame(table, index=self.visits.sites)


def fit_nmixture(
    counts: pd.DataFrame,
    lam: str = "1",
    p: str = "1",
    family: str = "poisson",
    K: int | None = None,
    sites: pd.DataFrame | None = None,
    visits: Mapping[str, pd.DataFrame] | None = None,
) -> NMixture:
    """Estimate birds per site, and the share that is counted, from repeated counts (N-mixture model).

    Parameters
    ----------
    counts : sites × visits; birds counted, blank where not visited.
    lam, p : right sides of formulas for birds per site (log) and detection (logit).
    family : "poisson" or "negbin". K : largest N considered; default: highest count + 100, or three
        times the highest count if that is more.
    sites, visits : covariates, as in `fit_occupancy`.

    Errors: ValueError for fractional or negative counts, fewer than two visits, all zeros, K at or
    below the highest count, blanks in covariates.
    Misleads more often than it looks: read `notes`. If birds come and go between visits, or are
    counted twice, detection comes out too low and the birds too many. With the negative binomial,
    the number of birds often depends on K alone.
    """
    one_of(family, "family", ["poisson", "negbin"])
    v = read_visits(counts, "count", None, lam, p, sites, visits)
    highest = int(np.nanmax(v.y))
    if highest == 0:
        raise ValueError(
            "every count is 0: birds and detection cannot be told apart; report the visits"
        )
    K = max(highest + 100, 3 * highest) if K is None else K
    K = int(number(K, "K (largest number considered)", minimum=1, maximum=100_000, whole=True))
    if highest >= K:
        raise ValueError(f"K is {K!r}: give a whole number above the highest count, {highest}")
    k, q = v.X.shape[1], len(v.W_names)
    choose = _choose(v, K)

    def loglik(theta: np.ndarray, table: np.ndarray = choose) -> float:
        return float(logsumexp(_terms(theta, v, table, family), axis=1).sum())

    extra = 1 if family == "negbin" else 0
    starts = np.zeros((2, k + q + extra))
    starts[:, 0] = np.log(np.nanmax(v.y, axis=1).mean() / 0.6 + 0.01)
    starts[0, k], starts[1, 0], starts[1, k] = logit(0.6), starts[1, 0] + 1, logit(0.2)
    names = [*(f"log_lambda: {c}" for c in v.X.columns), *(f"logit_p: {c}" for c in v.W_names)]
    designs = {0: v.X.to_numpy(), k: v.W[v.seen]}
    fit = maximise(loglik, starts, names + ["log_theta"] * extra, designs)
    theta, V = fit.params.to_numpy(), fit.covariance
    X = v.X.to_numpy()
    lam_i, p_it = np.exp(X @ theta[:k]), expit(v.logits(theta[k : k + q]))[v.seen]
    lam_gradient = (lam_i[:, None] * X).mean(axis=0)
    p_gradient = ((p_it * (1 - p_it))[:, None] * v.W[v.seen]).mean(axis=0)
    change = loglik(theta, _choose(v, 2 * K)) - fit.loglik
    notes = v.notes + _doubts(v, K, change, float(p_it.mean()), family) + fit.notes
    return NMixture(
        family,
        K,
        float(lam_i.mean()),
        float(np.sqrt(lam_gradient @ V[:k, :k] @ lam_gradient)),
        float(p_it.mean()),
        float(np.sqrt(p_gradient @ V[k : k + q, k : k + q] @ p_gradient)),
        float(np.exp(theta[-1])) if extra else None,
        fit,
        notes,
        v,
    )


def _choose(v: Visits, K: int) -> np.ndarray:
    """Σ_t log C(N, y_it) for N = 0..K: sites × (K + 1); −inf where N is below a count."""
    N = np.arange(K + 1)[None, :]
    total = np.zeros((len(v.y), K + 1))
    for column in v.y.T:
        seen = np.isfinite(column)
        y = column[seen][:, None]
        gap = N - y
        ways = gammaln(N + 1) - gammaln(y + 1) - gammaln(np.maximum(gap, 0) + 1)
        total[seen] += np.where(gap >= 0, ways, -np.inf)
    return total


def _terms(theta: np.ndarray, v: Visits, choose: np.ndarray, family: str) -> np.ndarray:
    """Log of each term of the sum over N: sites × (K + 1)."""
    k, q = v.X.shape[1], len(v.W_names)
    log_lam = (v.X.to_numpy() @ theta[:k])[:, None]
    zeta, y = v.logits(theta[k : k + q]), np.nan_to_num(v.y)
    N = np.arange(choose.shape[1])[None, :]
    if family == "poisson":
        prior = N * log_lam - np.exp(log_lam) - gammaln(N + 1)
    else:
        size = np.exp(theta[-1])
        log_sum = np.logaddexp(theta[-1], log_lam)
        prior = gammaln(N + size) - gammaln(size) - gammaln(N + 1)
        prior = prior + size * (theta[-1] - log_sum) + N * (log_lam - log_sum)
    odds = np.where(v.seen, y * (log_expit(zeta) - log_expit(-zeta)), 0.0).sum(axis=1)
    miss = np.where(v.seen, log_expit(-zeta), 0.0).sum(axis=1)
    return choose + prior + odds[:, None] + N * miss[:, None]


def _doubts(v: Visits, K: int, change: float, p: float, family: str) -> tuple[str, ...]:
    notes = ()
    if change > 0.01:
        notes += (
            f"K = {K} was reached: with a larger K the likelihood still grows, so the number of birds "
            f"depends on K. Do not use it; no K will cure it if the doubts below hold.",
        )
    # Dennis et al. (2015): if counts of the same site do not go together, the estimate is infinite
    pairs = [v.y[:, [a, b]] for a, b in combinations(range(v.y.shape[1]), 2)]
    both = np.vstack([x[np.isfinite(x).all(axis=1)] for x in pairs])
    together = (both[:, 0] * both[:, 1]).mean() - both.mean() ** 2
    if together <= 0:
        notes += (
            "Counts of the same site do not resemble each other (covariance 0 or less): the estimate "
            "of birds is infinite, whatever is printed.",
        )
    if p < 0.1:
        notes += (
            f"Detection is {p:.3f}, near 0: birds and detection cannot be told apart, and the number of "
            f"birds is mostly the model's guess.",
        )
    if family == "negbin":
        notes += (
            "Negative-binomial N-mixtures often fit better and estimate birds worse: compare the Poisson, "
            "and trust neither without other evidence on detection.",
        )
    return notes

"""At how many sites does a species live, if it is not seen on every visit?

Single-season occupancy: site i is occupied with probability ψ_i and, if so, seen on visit t with
probability p_it. A site never seen is either empty or missed every time:

    L_i = ψ_i Π_t p_it^y (1 − p_it)^(1−y) + (1 − ψ_i) [never seen at i]

Source: MacKenzie et al. (2002) Ecology 83:2248-2255; MacKenzie et al. (2006) Occupancy Estimation and
Modeling. Fitted by maximum likelihood with scipy (no Python package has it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, log_expit, logit

from flyway import results
from flyway.detection.likelihood import Likelihood, maximise
from flyway.detection.visits import Visits, read_visits


@dataclass(frozen=True)
class Occupancy:
    """Occupancy `estimate` (ψ) and detection `p`, averaged over sites and visits if they vary.

    p, p_se : chance to see the species on one visit, if it is there.
    naive : share of sites where it was seen.
    """

    estimate: float
    se: float
    p: float
    p_se: float
    naive: float
    fit: Likelihood
    notes: tuple[str, ...]
    visits: Visits = field(repr=False)

    @property
    def aic(self) -> float:
        """AIC: compare formulas on the same visits."""
        return self.fit.aic

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of ψ, computed on the logit scale."""
        return logit_interval(self.estimate, self.se, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return ψ, p, the naive share of sites and the coefficients (logit scale)."""
        nan = float("nan")
        natural = results.table(
            [
                ("occupancy psi", self.estimate, self.se, *self.interval(level)),
                (
                    "detection p per visit",
                    self.p,
                    self.p_se,
                    *logit_interval(self.p, self.p_se, level),
                ),
                ("share of sites where seen", self.naive, nan, nan, nan),
            ]
        )
        return pd.concat([natural, self.fit.table(level)], ignore_index=True)

    def sites(self) -> pd.DataFrame:
        """Return for each site: seen (True/False), ψ, and the chance that it is occupied given its visits."""
        k = self.visits.X.shape[1]
        theta = self.fit.params.to_numpy()
        log_psi, log_empty, log_seen = _parts(theta[:k], theta[k:], self.visits)
        ever = np.nansum(self.visits.y, axis=1) > 0
        occupied = np.where(ever, 1.0, expit(log_psi + log_seen - log_empty))
        return pd.DataFrame(
            {"seen": ever, "psi": np.exp(log_psi), "occupied": occupied}, index=self.visits.sites
        )


def logit_interval(p: float, se: float, level: float = 0.95) -> tuple[float, float]:
    """Return an interval of a probability that stays inside 0 to 1."""
    if not (0 < p < 1 and se > 0):
        return float("nan"), float("nan")
    half = results.multiplier(level) * se / (p * (1 - p))
    return float(expit(logit(p) - half)), float(expit(logit(p) + half))


def fit_occupancy(
    detections: pd.DataFrame,
    psi: str = "1",
    p: str = "1",
    sites: pd.DataFrame | None = None,
    visits: Mapping[str, pd.DataFrame] | None = None,
) -> Occupancy:
    """Estimate at how many sites a species lives, from repeated visits (occupancy).

    Parameters
    ----------
    detections : sites × visits; 1 seen, 0 not seen, blank not visited.
    psi, p : right sides of formulas for occupancy and detection, such as "habitat" or "wind + date".
    sites : covariates of sites, one row each. visits : covariates of visits, name -> sites × visits.

    Errors: ValueError for values other than 0, 1 and blank, fewer than two visits, a species never
    seen, and blanks in covariates.
    Misleads when birds come and go between visits (ψ is then "ever used"), when a misidentified bird
    is noted (one false 1 makes a site occupied), and when detection is so low that ψ runs to 1.
    """
    v = read_visits(detections, "detection", 1, psi, p, sites, visits)
    seen, y = v.seen, np.nan_to_num(v.y)
    if not y.any():
        raise ValueError(
            "the species was never seen: occupancy could be 0, or detection could be; report the visits"
        )
    k = v.X.shape[1]

    def loglik(theta: np.ndarray) -> float:
        log_psi, log_empty, log_seen = _parts(theta[:k], theta[k:], v)
        ever = y.sum(axis=1) > 0
        missed = np.logaddexp(log_psi + log_seen, log_empty)
        return float(np.where(ever, log_psi + log_seen, missed).sum())

    naive = float((y.sum(axis=1) > 0).mean())
    rate = float(np.clip(y.sum() / seen[y.sum(axis=1) > 0].sum(), 0.05, 0.95))
    starts = np.zeros((2, k + len(v.W_names)))
    starts[0, 0], starts[0, k] = logit(np.clip(naive, 0.05, 0.95)), logit(rate)
    names = [*(f"psi: {c}" for c in v.X.columns), *(f"p: {c}" for c in v.W_names)]
    fit = maximise(loglik, starts, names, {0: v.X.to_numpy(), k: v.W[seen]})
    theta, V = fit.params.to_numpy(), fit.covariance
    psi_i, p_it = expit(v.X.to_numpy() @ theta[:k]), expit(v.logits(theta[k:]))[seen]
    psi_gradient = ((psi_i * (1 - psi_i))[:, None] * v.X.to_numpy()).mean(axis=0)
    p_gradient = ((p_it * (1 - p_it))[:, None] * v.W[seen]).mean(axis=0)
    psi_se = float(np.sqrt(psi_gradient @ V[:k, :k] @ psi_gradient))
    p_se = float(np.sqrt(p_gradient @ V[k:, k:] @ p_gradient))
    notes = v.notes + _doubts(y, seen, float(psi_i.mean()), float(p_it.mean())) + fit.notes
    return Occupancy(float(psi_i.mean()), psi_se, float(p_it.mean()), p_se, naive, fit, notes, v)


def _parts(beta: np.ndarray, gamma: np.ndarray, v: Visits) -> tuple[np.ndarray, ...]:
    """Log ψ, log(1 − ψ), and log probability of the visits given that the site is occupied."""
    eta, zeta = v.X.to_numpy() @ beta, v.logits(gamma)
    each = np.where(np.nan_to_num(v.y) == 1, log_expit(zeta), log_expit(-zeta))
    return log_expit(eta), log_expit(-eta), np.where(v.seen, each, 0.0).sum(axis=1)


def _doubts(y: np.ndarray, seen: np.ndarray, psi: float, p: float) -> tuple[str, ...]:
    notes = ()
    if y.sum(axis=1).max() < 2:
        notes += (
            "No site was seen occupied twice: detection and occupancy cannot be told apart well; "
            "the numbers hang on the model.",
        )
    if p < 0.15:
        notes += (
            f"Detection per visit is low ({p:.2f}): occupancy is then often far too high. More visits "
            f"per site are needed before it is used.",
        )
    if psi > 0.99:
        notes += (
            "Occupancy ran to 1: every site counts as occupied, which low detection can cause.",
        )
    if y[seen].all():
        notes += (
            "The species was seen on every visit: occupancy and detection are both at their limit.",
        )
    return notes

"""The fit behind site × year indices: log-linear, site effects profiled out, correlated years.

    log μ_ij = α_i + B_j β − log w_ij ,   V_i = σ² diag(√μ_i) R_i diag(√μ_i) ,   R_jk = ρ^|j−k|

α and β solve the estimating equations Σ_i D_i' V_i⁻¹ (f_i − μ_i) = 0 over the counted years of each
site i (maximum likelihood for σ² = 1, ρ = 0); σ² = Σ r² / (n − I − p) and ρ = Σ r_j r_j+1 / (n_pairs σ²)
come from the Pearson residuals r = (f − μ)/√μ. Source: Pannekoek & van Strien (2001) TRIM 3 Manual,
Statistics Netherlands; Liang & Zeger (1986) Biometrika 73:13-22.

Because R_i belongs to a first-order autoregression, its inverse needs neighbouring counts only:
multiplying by R_i^-½ is a subtraction of the previous count ("whitening"). Site effects are solved
site by site. Time and memory therefore grow in line with the number of counts. statsmodels has no
fit that profiles out thousands of site effects under this correlation; its GEE would need one dense
column per site.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_STEPS = 300
TOLERANCE = 1e-9
TOO_LARGE = 20.0  # e^20: a "change" by a factor of half a billion is no estimate


@dataclass(frozen=True)
class GeeFit:
    """Estimates and what the variances of totals need (`d` = 1'Ω1 and `F` = 1'ΩB/d by site)."""

    alpha: np.ndarray
    beta: np.ndarray
    information: np.ndarray
    sigma2: float
    rho: float
    d: np.ndarray
    F: np.ndarray
    df: int
    mu: np.ndarray
    converged: bool


@dataclass(frozen=True)
class Observed:
    """The counted cells, sorted by site and year: f, design X, log weights, and who their neighbour is."""

    f: np.ndarray
    X: np.ndarray
    log_w: np.ndarray
    starts: np.ndarray
    site: np.ndarray
    gap: np.ndarray

    def by_site(self, values: np.ndarray) -> np.ndarray:
        """Sum values over the counts of each site."""
        return np.add.reduceat(values, self.starts, axis=0)

    def whiten(self, values: np.ndarray, rho: float) -> np.ndarray:
        """Multiply columns by R_i^-½: subtract what the site's previous count already told."""
        if rho == 0:
            return values
        a = np.where(self.gap > 0, rho**self.gap, 0.0)[:, None]
        previous = values[np.r_[-1, : len(values) - 1]]
        return (values - a * previous) / np.sqrt(1 - a**2)


def fit_gee(obs: Observed, overdispersion: bool = True, serial: bool = True) -> GeeFit:
    """Solve the estimating equations by Fisher scoring; ValueError where no finite answer exists."""
    n, p = obs.X.shape
    df = n - len(obs.starts) - p
    if df < 1 and (overdispersion or serial):
        raise ValueError(
            f"{n} counts at {len(obs.starts)} sites cannot estimate {p} year parameters and their "
            f"scatter: add counts, use model=2, or set overdispersion=False and "
            f"serial_correlation=False"
        )
    alpha, beta = _profile(obs, np.zeros(p)), np.zeros(p)
    alpha, beta, step = _maximum_likelihood(obs, alpha, beta)
    converged = step < 1e-6
    sigma2, rho = 1.0, 0.0
    if overdispersion or serial:
        alpha, beta, sigma2, rho, converged = _gee(obs, alpha, beta, overdispersion, serial, df)
    mu = _mu(obs, alpha, beta)
    information, d, F, _, _ = _score(obs, mu, sigma2, rho)
    return GeeFit(alpha, beta, information, sigma2, rho, d, F, df, mu, bool(converged))


def _mu(obs: Observed, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    return np.exp(np.clip(alpha[obs.site] + obs.X @ beta - obs.log_w, -700, 700))


def _profile(obs: Observed, beta: np.ndarray) -> np.ndarray:
    """Best site effects for a given β under maximum likelihood."""
    expected = np.exp(np.clip(obs.X @ beta - obs.log_w, -700, 700))
    return np.log(obs.by_site(obs.f)) - np.log(obs.by_site(expected))


def _deviance(obs: Observed, mu: np.ndarray) -> float:
    seen = obs.f > 0
    return float(2 * (obs.f[seen] * np.log(obs.f[seen] / mu[seen])).sum() - 2 * (obs.f - mu).sum())


def _score(obs: Observed, mu: np.ndarray, sigma2: float, rho: float) -> tuple:
    root = np.sqrt(mu)
    columns = np.column_stack([root, (obs.f - mu) / root, root[:, None] * obs.X])
    white = obs.whiten(columns, rho)
    Z, e, Xw = white[:, 0], white[:, 1], np.ascontiguousarray(white[:, 2:])
    d = obs.by_site(Z * Z)
    F = obs.by_site(Z[:, None] * Xw) / d[:, None]
    u_alpha = obs.by_site(Z * e)
    information = (Xw.T @ Xw - (F * d[:, None]).T @ F) / sigma2
    score = (Xw.T @ e - F.T @ u_alpha) / sigma2
    return information, d / sigma2, F, score, u_alpha / sigma2


def _solve(information: np.ndarray, score: np.ndarray) -> np.ndarray:
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information / np.outer(scale, scale)
    finite = np.isfinite(scaled).all()
    sizes = np.linalg.eigvalsh(scaled) if finite else np.zeros(1)  # least first: it is symmetric
    if not sizes[0] > 1e-12 * sizes[-1]:
        raise ValueError(
            "the counts cannot separate the years: some years share no site with the others, or only "
            "zeros link them. Add counts, leave those years out, or use model=2"
        )
    return np.linalg.solve(scaled, score / scale) / scale


def _check(beta: np.ndarray) -> None:
    if not np.isfinite(beta).all() or np.abs(beta).max(initial=0) > TOO_LARGE:
        raise ValueError(
            "no finite change fits these counts: in some year (or class of sites) only zeros were "
            "counted, so its index runs to 0. Leave that year out, or use model=2"
        )


def _maximum_likelihood(
    obs: Observed, alpha: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    deviance, size = _deviance(obs, _mu(obs, alpha, beta)), 0.0
    for _ in range(MAX_STEPS):
        information, _, _, score, _ = _score(obs, _mu(obs, alpha, beta), 1.0, 0.0)
        delta = _solve(information, score) if len(beta) else score
        for halving in range(30):
            new_beta = beta + delta / 2**halving
            new_alpha = _profile(obs, new_beta)
            new = _deviance(obs, _mu(obs, new_alpha, new_beta))
            if np.isfinite(new) and new <= deviance + 1e-9 * (1 + abs(deviance)):
                break
        size = float(np.abs(delta).max(initial=0))
        alpha, beta, deviance = new_alpha, new_beta, new
        _check(beta)
        if size < TOLERANCE:
            break
    return alpha, beta, size


def _gee(
    obs: Observed,
    alpha: np.ndarray,
    beta: np.ndarray,
    overdispersion: bool,
    serial: bool,
    df: int,
) -> tuple:
    neighbours = np.flatnonzero(obs.gap == 1)
    sigma2, rho, converged = 1.0, 0.0, False
    for _ in range(MAX_STEPS):
        mu = _mu(obs, alpha, beta)
        r = (obs.f - mu) / np.sqrt(mu)
        scatter = max(float((r**2).sum() / df), 1e-12)
        new_rho = 0.0
        if serial and len(neighbours) and scatter > 1e-10:
            new_rho = float((r[neighbours] * r[neighbours - 1]).mean() / scatter)
            new_rho = float(np.clip(new_rho, -0.95, 0.95))
        new_sigma2 = scatter if overdispersion else 1.0
        information, d, F, score, u_alpha = _score(obs, mu, new_sigma2, new_rho)
        delta = _solve(information, score) if len(beta) else score
        beta = beta + delta
        _check(beta)
        alpha = alpha + np.clip(u_alpha / d - F @ delta, -2, 2)
        change = max(
            np.abs(delta).max(initial=0), abs(new_sigma2 - sigma2) / new_sigma2, abs(new_rho - rho)
        )
        sigma2, rho = new_sigma2, new_rho
        if change < TOLERANCE:
            converged = True
            break
    return alpha, beta, sigma2, rho, converged

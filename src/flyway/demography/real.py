"""From coefficients on the logit scale to survival and detection, with what cannot be told apart."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from scipy.special import expit

from flyway import results
from flyway.detection.likelihood import Likelihood


def real_parameters(
    name: str,
    formula: str,
    X: np.ndarray,
    weight: np.ndarray,
    where: slice,
    frame: pd.DataFrame,
    fit: Likelihood,
    inverse: np.ndarray,
) -> pd.DataFrame:
    """Every distinct φ (or p) that some bird could show, named by the covariates of the formula."""
    words = set(re.findall(r"[A-Za-z_]\w*", formula))
    told = [c for c in frame.columns if c in words]
    rows = X.reshape(-1, X.shape[2])
    keep = np.flatnonzero(weight.ravel() > 0)
    distinct = keep[np.sort(np.unique(rows[keep].round(12), axis=0, return_index=True)[1])]
    if len(distinct) > 200:  # a continuous covariate: show its range, not every bird
        order = np.argsort(rows[distinct] @ fit.params.to_numpy()[where])
        distinct = distinct[order[np.linspace(0, len(order) - 1, 5).astype(int)]]
    eta = rows[distinct] @ fit.params.to_numpy()[where]
    value = expit(eta)
    V = fit.covariance[where, where]
    known = np.isfinite(np.diag(V))
    loose = (np.abs(rows[distinct][:, ~known]) > 1e-12).any(axis=1)
    variance = np.einsum("ij,jk,ik->i", rows[distinct], inverse[where, where], rows[distinct])
    se = np.where(loose, np.nan, value * (1 - value) * np.sqrt(np.maximum(variance, 0)))
    labels = [
        name
        if not told
        else f"{name} ({', '.join(f'{c}={_short(frame[c].iloc[i])}' for c in told)})"
        for i in distinct
    ]
    return pd.DataFrame({"quantity": labels, "estimate": value, "se": se})


def _short(value: object) -> object:
    return f"{value:.3g}" if isinstance(value, float) else value


def mean_over_birds(
    X: np.ndarray, weight: np.ndarray, where: slice, fit: Likelihood, inverse: np.ndarray
) -> tuple[float, float]:
    """Mean over birds and intervals (delta method), leaving out what the data do not determine."""
    rows, w = X.reshape(-1, X.shape[2]), weight.ravel()
    known = np.isfinite(np.diag(fit.covariance)[where])
    value = expit(rows @ fit.params.to_numpy()[where])
    all_birds = w
    w = np.where((np.abs(rows[:, ~known]) > 1e-12).any(axis=1), 0.0, w)
    if w.sum() == 0:  # nothing is determined: the value at the top, without a standard error
        return float(all_birds @ value / max(all_birds.sum(), 1)), float("nan")
    slope = (w * value * (1 - value)) @ rows / w.sum()
    return float(w @ value / w.sum()), float(np.sqrt(slope @ inverse[where, where] @ slope))


def tell_confounded(
    notes: tuple[str, ...],
    W: np.ndarray,
    Z: np.ndarray,
    fit: Likelihood,
    inverse: np.ndarray,
    names: list[str],
) -> tuple[tuple[str, ...], tuple[float, float] | None]:
    """Say which parameters the data do not determine; the last product φ · p if it is those two."""
    loose = [n for n, s in zip(names, fit.se, strict=True) if not np.isfinite(s)]
    kinds = {n.split(":")[0] for n in loose}
    k, theta = W.shape[2], fit.params.to_numpy()
    w, z = W[-1, 0], Z[-1, 0]
    phi, p = expit(w @ theta[:k]), expit(z @ theta[k:])
    if kinds == {"phi", "p"} and max(phi, p) < 0.999:
        slope = np.r_[(1 - phi) * w, (1 - p) * z]  # of log(phi p)
        se = float(phi * p * np.sqrt(max(slope @ inverse @ slope, 0)))
        told = (
            f"The last survival and the last detection cannot be told apart: only their product is known "
            f"({phi * p:.3f}, se {se:.3f}). Use p='1', or leave the last φ and p out of the report.",
        )
        return notes + told, (float(phi * p), se)
    told = (
        f"The data do not determine {', '.join(loose)}: too few birds, or a value at 0 or 1. It has no "
        f"standard error.",
    )
    return notes + told, None


def tell_edges(blocks: list[pd.DataFrame]) -> tuple[str, ...]:
    """Say which probabilities ran to 0 or 1."""
    table = pd.concat(blocks)
    edge = table[(table["estimate"] < 1e-3) | (table["estimate"] > 1 - 1e-3)]
    if edge.empty:
        return ()
    return (
        f"{', '.join(edge['quantity'][:4])} ran to 0 or 1, the edge of what is possible: too few birds "
        f"say so; do not take it as certain.",
    )


def logit_interval(value: float, se: float, level: float) -> tuple[float, float]:
    """Return an interval of a probability that stays inside 0 to 1."""
    if not (0 < value < 1 and se > 0):
        return float("nan"), float("nan")
    half = results.multiplier(level) * se / (value * (1 - value))
    centre = np.log(value / (1 - value))
    return float(expit(centre - half)), float(expit(centre + half))

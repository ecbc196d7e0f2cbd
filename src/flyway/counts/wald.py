"""Is the change more than chance? Wald tests of a site × year model, as TRIM reports them.

With estimates θ and their covariance V (scatter σ² and serial correlation included), a hypothesis
says that some contrasts Cθ are 0. It is judged by

    W = (Cθ)ᵀ (C V Cᵀ)⁻¹ (Cθ),   compared with χ² on as many degrees of freedom as C has rows

    model 3:            γ_j lies on a straight line through the years (all deviations from it are 0)
    model 2:            β = 0; with change points, β_k − β_(k−1) = 0 at each of them
    with covariates:    all differences between the classes of a covariate are 0

Source: Pannekoek & van Strien (2001) TRIM 3 Manual, Statistics Netherlands, §2.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.linalg import null_space
from scipy.special import chdtrc


def wald(contrasts: np.ndarray, estimates: np.ndarray, covariance: np.ndarray) -> float:
    """Return W for the hypothesis that every contrast is 0.

    contrasts : k × p, of full rank. estimates : p. covariance : p × p.
    """
    c = contrasts @ estimates
    return float(c @ np.linalg.solve(contrasts @ covariance @ contrasts.T, c))


def wald_tests(
    model: int,
    years: np.ndarray,
    changepoints: Sequence[float],
    levels: Mapping[str, Sequence],
    estimates: np.ndarray,
    covariance: np.ndarray,
) -> pd.DataFrame:
    """Return one row for each hypothesis on the change: hypothesis, wald, df, p.

    model : 3 or 2. years : J calendar years. changepoints : of model 2 (empty: a single line).
    levels : classes of each covariate. estimates, covariance : the parameters of the first class,
    then the differences of each further class (as in `Index.coefficients`).
    A small p speaks against the hypothesis; a large one does not prove it.
    """
    groups = 1 + sum(len(classes) - 1 for classes in levels.values())
    each = len(estimates) // groups
    in_every, in_any = (" in every class", " in any class") if groups > 1 else ("", "")
    rows = {}
    if model == 3:
        rows[f"no change: the years are alike{in_every}"] = np.eye(each)
        if each > 1:  # two years always lie on a line
            steps = (years[1:] - years[0])[:, None]
            rows[f"the trend is linear{in_every}"] = null_space(steps.T).T
    elif len(changepoints) < 2:
        rows[f"no trend: the slope is 0{in_every}"] = np.eye(1)
    else:
        change = np.eye(each) - np.eye(each, k=-1)  # the first slope begins from none
        rows[f"the slope after {changepoints[0]:g} is 0{in_every}"] = change[[0]]
        for k, year in enumerate(changepoints[1:], start=1):
            rows[f"the slope does not change in {year:g}{in_any}"] = change[[k]]
    rows = {text: np.kron(np.eye(groups), c) for text, c in rows.items()}
    before = 1
    for name, classes in levels.items():
        after = before + len(classes) - 1
        own = np.eye(groups)[before:after]
        rows[f"{name} makes no difference to the change"] = np.kron(own, np.eye(each))
        before = after
    tests = [(text, wald(c, estimates, covariance), len(c)) for text, c in rows.items()]
    table = pd.DataFrame(tests, columns=["hypothesis", "wald", "df"])
    return table.assign(p=chdtrc(table["df"], table["wald"]))

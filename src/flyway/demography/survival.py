"""What share of the birds is alive a year later, if marked birds are not always seen?

Cormack-Jolly-Seber: survival φ from each occasion to the next and detection p on each occasion, both
constant, different each year, or driven by covariates. φ is *apparent* survival: a bird that moves away
for good counts as dead.

Sources: Cormack (1964) Biometrika 51:429-438; Jolly (1965) Biometrika 52:225-247; Seber (1965)
Biometrika 52:249-259; Lebreton, Burnham, Clobert & Anderson (1992) Ecological Monographs 62:67-118,
whose dippers are in the tests. Fitted by maximum likelihood with scipy (no Python package has it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from patsy import EvalEnvironment, dmatrix

from flyway import results
from flyway.demography.cjs import fit_cjs
from flyway.demography.histories import add_up, read_histories
from flyway.demography.real import (
    logit_interval,
    mean_over_birds,
    real_parameters,
    tell_confounded,
    tell_edges,
)
from flyway.detection.likelihood import Likelihood
from flyway.inputs import covariates, numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Survival:
    """Apparent survival: `estimate` (mean over intervals and birds), and the table `real` with every φ and p.

    p, p_se : mean chance that a living bird is seen, and its standard error.
    estimable : number of parameters that the data determine.
    product : the last φ · p with its standard error, where the two cannot be told apart (else None).
    birds : marked birds that were used.
    """

    estimate: float
    se: float
    p: float
    p_se: float
    fit: Likelihood
    estimable: int
    product: tuple[float, float] | None
    birds: int
    notes: tuple[str, ...]
    real: pd.DataFrame = field(repr=False)

    @property
    def deviance(self) -> float:
        """−2 log likelihood."""
        return -2 * self.fit.loglik

    @property
    def aic(self) -> float:
        """−2 log likelihood + 2 × parameters that the data determine."""
        return self.deviance + 2 * self.estimable

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the mean survival (logit scale, inside 0 to 1)."""
        return logit_interval(self.estimate, self.se, level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return every φ and p with standard error and interval, then the last product if confounded."""
        rows = [
            (r.quantity, r.estimate, r.se, *logit_interval(r.estimate, r.se, level))
            for r in self.real.itertuples()
        ]
        if self.product:
            rows.append(("last phi · p", *self.product, *logit_interval(*self.product, level)))
        return results.table(rows)

    def plot(self, ax: Axes | None = None, level: float = 0.95) -> Axes:
        """Draw every φ with its interval."""
        import matplotlib.pyplot as plt

        ax = ax or plt.subplots(layout="constrained")[1]
        table = self.summary(level)
        table = table[table["quantity"].str.startswith("phi")]
        place = np.arange(len(table))
        ax.vlines(place, table["lower"], table["upper"])
        ax.plot(place, table["estimate"], "o")
        ax.set_xticks(place, table["quantity"], rotation=30, ha="right")
        ax.set(ylabel="apparent survival", ylim=(0, 1))
        return ax


def fit_survival(
    data: pd.DataFrame | Iterable,
    phi: str = "1",
    p: str = "1",
    *,
    history: str | list | None = None,
    frequency: str | None = None,
    interval_data: pd.DataFrame | None = None,
    occasion_data: pd.DataFrame | None = None,
    gaps: Iterable[float] | None = None,
    overdispersion: float = 1.0,
) -> Survival:
    """Estimate survival, and the chance to be seen, from sightings of marked birds.

    Parameters
    ----------
    data : one row per bird (or per history, with `frequency`): a column of texts such as "0110", or
        one column of 0 and 1 per occasion; further columns are covariates of birds.
    phi, p : right sides of formulas: "1" (constant), "time" (each interval or occasion its own),
        "age" (years since marking), "time + sex", "flood", …
    history : name of the text column (default "history" or "ch"), or list of columns of occasions.
    frequency : column that says how many birds had this history.
    interval_data : covariates of intervals for phi, one row per interval (occasions − 1).
    occasion_data : covariates of occasions for p, one row per occasion from the second on.
    gaps : lengths of the intervals (years) if they differ; φ is then per unit of time.
    overdispersion : variance inflation ĉ of a goodness-of-fit test; standard errors grow by √ĉ.

    Errors: ValueError for signs other than 0 and 1, a bird never seen (no release), fewer than three
    occasions, blanks in covariates.
    Misleads when marks are lost or birds leave (both look like death), when birds caught once shun
    the trap, and when newly marked birds are passers-by (compare with phi="I(age > 0)").
    """
    h = read_histories(data, history, frequency)
    k = h.y.shape[1]
    steps = k - 1
    gap = np.ones(steps) if gaps is None else numbers(gaps, "gaps", minimum=1e-9)
    if len(gap) != steps:
        raise ValueError(
            f"gaps has {len(gap)} numbers for {steps} intervals: give one per interval"
        )
    inflation = float(numbers([overdispersion], "overdispersion", minimum=1)[0])
    for name, formula in (("phi", phi), ("p", p)):
        if not isinstance(formula, str):
            raise ValueError(
                f"{name} is {formula!r}: give a formula as text, such as '1' or 'time'"
            )
    words = set(re.findall(r"[A-Za-z_]\w*", f"{phi} {p}"))
    used = [c for c in h.birds.columns if c in words]
    for column in used:
        blank = h.birds[column].isna()
        if blank.any():
            raise ValueError(
                f"{column} is missing in row {h.birds.index[blank][0]}: fill it in or leave that bird out"
            )
    keys = h.birds[used].reset_index(drop=True)
    if "age" in words and "age" not in used:
        keys = keys.assign(_first=h.first)
    if len(keys.columns):
        group = keys.groupby(list(keys.columns), sort=False).ngroup().to_numpy()
        groups = keys.groupby(list(keys.columns), sort=False).head(1).reset_index(drop=True)
    else:
        group, groups = np.zeros(len(h.y), dtype=int), pd.DataFrame(index=[0])
    n = len(groups)
    frames = [
        _frame(groups, h.occasions[:-1], interval_data, "interval_data"),
        _frame(groups, h.occasions[1:], occasion_data, "occasion_data"),
    ]
    designs = [_matrix(f, frame) for f, frame in zip((phi, p), frames, strict=True)]
    names = [f"phi: {c}" for c in designs[0].columns] + [f"p: {c}" for c in designs[1].columns]
    W, Z = (d.to_numpy().reshape(steps, n, -1) for d in designs)
    sums = add_up(h, group, n)
    fit, inverse, flat = fit_cjs(W, Z, sums, gap, names)
    inverse = inverse * inflation
    at_risk = sums.lived + sums.gone
    looked = sums.seen + sums.missed
    blocks = []
    parts = (
        ("phi", phi, W, at_risk, slice(0, W.shape[2])),
        ("p", p, Z, looked, slice(W.shape[2], None)),
    )
    for (name, formula, X, weight, where), frame in zip(parts, frames, strict=True):
        blocks.append(real_parameters(name, formula, X, weight, where, frame, fit, inverse))
    phi_mean, p_mean = (
        mean_over_birds(X, weight, where, fit, inverse) for _, _, X, weight, where in parts
    )
    notes, product = h.notes + fit.notes, None
    if flat:
        notes, product = tell_confounded(notes, W, Z, fit, inverse, names)
    notes += tell_edges(blocks)
    return Survival(
        *phi_mean,
        *p_mean,
        fit,
        len(names) - flat,
        product,
        int(h.count.sum()),
        notes,
        pd.concat(blocks, ignore_index=True),
    )


def _frame(
    groups: pd.DataFrame, labels: list, extra: pd.DataFrame | None, name: str
) -> pd.DataFrame:
    """Long table occasions × groups with time (categories), Time (0, 1, …), age and covariates."""
    steps, n = len(labels), len(groups)
    frame = groups.iloc[np.tile(np.arange(n), steps)].reset_index(drop=True)
    position = np.repeat(np.arange(steps), n)
    frame["time"] = pd.Categorical.from_codes(position, [str(label) for label in labels])
    frame["Time"] = position
    if "_first" in frame:
        frame["age"] = np.maximum(position - frame.pop("_first").to_numpy(), 0)
    if extra is not None:
        if len(extra) != steps:
            raise ValueError(f"{name} has {len(extra)} rows: give {steps}, one for each of them")
        for column in extra.columns:
            frame[column] = np.repeat(extra[column].to_numpy(), n)
    return frame


def _matrix(formula: str, frame: pd.DataFrame) -> pd.DataFrame:
    try:
        names = EvalEnvironment([{"np": np}])
        design = dmatrix(
            formula, covariates(frame), names, return_type="dataframe", NA_action="raise"
        )
    except Exception as error:
        raise ValueError(
            f"the formula {formula!r} cannot be read: {error}. Check the names of the covariates and fill "
            f"in blanks"
        ) from error
    if np.linalg.matrix_rank(design.to_numpy()) < design.shape[1]:
        raise ValueError(f"the covariates of {formula!r} repeat each other: leave one out")
    return design

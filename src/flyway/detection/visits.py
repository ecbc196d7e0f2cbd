"""Reading repeated visits: a table of sites × visits, with covariates of sites and of visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.detection.design import design_matrix
from flyway.inputs import numbers


@dataclass(frozen=True)
class Visits:
    """y: sites × visits (NaN = not visited); X: design of sites; W: design of visits (sites × visits × q)."""

    y: np.ndarray
    X: pd.DataFrame
    W: np.ndarray
    W_names: list[str]
    sites: pd.Index
    notes: tuple[str, ...] = ()

    @property
    def seen(self) -> np.ndarray:
        """True where a visit took place."""
        return np.isfinite(self.y)

    def logits(self, beta: np.ndarray) -> np.ndarray:
        """Linear predictor of detection, sites × visits."""
        return self.W @ beta


def read_visits(
    table: pd.DataFrame,
    what: str,
    maximum: float | None = None,
    site_formula: str = "1",
    visit_formula: str = "1",
    sites: pd.DataFrame | None = None,
    visits: Mapping[str, pd.DataFrame] | None = None,
) -> Visits:
    """Read one row per site and one column per visit, and the covariates of two formulas.

    table : sites × visits; blank where a site was not visited. sites : one row per site.
    visits : one sites × visits table per covariate. Formulas may use the names of both.
    """
    table = pd.DataFrame(table)
    if table.shape[1] < 2:
        raise ValueError(
            f"there is {table.shape[1]} visit: without a second visit, an absent bird and a missed bird "
            f"look alike. Visit at least some sites twice or more"
        )
    if not len(table):
        raise ValueError("the table has no rows: give one row per site")
    y = np.column_stack(
        [
            numbers(
                table.iloc[:, k],
                f"{what} of visit {c}",
                minimum=0,
                maximum=maximum,
                whole=True,
                missing="keep",
            )
            for k, c in enumerate(table.columns)
        ]
    )
    visited = np.isfinite(y).any(axis=1)
    notes: tuple[str, ...] = ()
    if not visited.any():
        raise ValueError("every visit is blank: no site was visited")
    if not visited.all():
        rows = ", ".join(map(str, table.index[~visited][:5])) + (
            " …" if (~visited).sum() > 5 else ""
        )
        notes = (f"{(~visited).sum()} sites without any visit were left out (rows {rows}).",)
    if sites is not None and len(sites) != len(table):
        raise ValueError(
            f"sites has {len(sites)} rows for {len(table)} sites: give one row per site"
        )
    seen = np.isfinite(y[visited])
    if (seen.sum(axis=1) < 2).all():
        raise ValueError("no site was visited twice: an absent and a missed bird look alike")
    frame = pd.DataFrame(index=table.index) if sites is None else sites.set_axis(table.index)
    frame = frame[visited]
    X = design_matrix(site_formula, frame)
    long = frame.iloc[np.repeat(np.arange(len(frame)), y.shape[1])].reset_index(drop=True)
    used = seen.ravel()
    for name, values in (visits or {}).items():
        values = pd.DataFrame(values)
        if values.shape != y.shape:
            raise ValueError(
                f"visit covariate {name!r} is {values.shape[0]} × {values.shape[1]}, the visits are "
                f"{y.shape[0]} × {y.shape[1]}: give one value per site and visit"
            )
        long[name] = values.to_numpy()[visited].ravel()
    design = design_matrix(visit_formula, long[used].infer_objects())
    W = np.zeros((used.size, design.shape[1]))
    W[used] = design.to_numpy()
    W = W.reshape(*seen.shape, -1)
    return Visits(y[visited], X, W, list(design.columns), table.index[visited], notes)

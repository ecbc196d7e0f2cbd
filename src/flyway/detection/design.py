"""Reading a formula of covariates into a design matrix, with errors that a counter can mend."""

from __future__ import annotations

import numpy as np
import pandas as pd
from patsy import dmatrix

from flyway.inputs import covariates


def design_matrix(formula: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a formula's right side, such as "habitat + np.log(area_km2)"; "1" for none.

    Errors: ValueError for unknown names, blanks and infinite values, and columns that repeat each other.
    """
    if formula.strip() == "1":
        return pd.DataFrame({"Intercept": np.ones(len(table))}, index=table.index)
    try:
        with np.errstate(all="ignore"):  # the log of 0 is refused below, with its name
            design = dmatrix(formula, covariates(table), return_type="dataframe", NA_action="raise")
    except Exception as error:
        raise ValueError(
            f"the formula {formula!r} cannot be read from the table: {error}. Check the names of the "
            f"columns and fill in blanks"
        ) from error
    if not np.isfinite(design.to_numpy()).all():
        bad = design.columns[~np.isfinite(design.to_numpy()).all(axis=0)][0]
        raise ValueError(
            f"{bad!r} of the formula {formula!r} holds an infinite value (the log of 0?): mend it"
        )
    if np.linalg.matrix_rank(design.to_numpy()) < design.shape[1]:
        raise ValueError(
            f"the columns of {formula!r} repeat each other, or there are fewer rows than columns: leave one out"
        )
    return design

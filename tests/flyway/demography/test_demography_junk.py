"""Whatever stands in a table, only a ValueError with words comes out (no hypothesis here: every cell)."""

import warnings

import numpy as np
import pandas as pd
import pytest

from flyway.demography.age_ratio import age_ratio
from flyway.demography.density import compare_density
from flyway.demography.extinction import extinction_risk
from flyway.demography.projection import project_matrix
from flyway.demography.survival import fit_survival

JUNK = [None, np.nan, np.inf, -1, 0, 10**9, 2.5, "", "many", pd.NaT]
FAMILIES = pd.DataFrame(
    {"young": [0, 1, 2, 1], "adults": [2, 2, 4, 3], "flock": list("aabc"), "site": list("AAAA")}
)
COUNTS = pd.DataFrame(
    {"year": range(2000, 2012), "count": [90, 95, 88, 99, 93, 97, 90, 85, 92, 99, 103, 98]}
)
BIRDS = pd.DataFrame(
    {"history": ["0110", "1100", "1011", "1000"], "sex": list("mffm"), "n": [5, 8, 6, 9]}
)
RATES = pd.DataFrame([[0.0, 0.3], [0.5, 0.9]], columns=["young", "adult"])

METHODS = {
    "age ratio": (FAMILIES, lambda t: age_ratio(t, cluster="flock", strata="site")),
    "extinction": (COUNTS, lambda t: extinction_risk(t["year"], t["count"], threshold=5)),
    "density": (COUNTS, lambda t: compare_density(t["year"], t["count"], replicates=99)),
    "survival": (BIRDS, lambda t: fit_survival(t, "sex", frequency="n")),
    "projection": (RATES, project_matrix),
}


def attempts(table):
    for column in table.columns:
        for value in JUNK:
            for rows in ([0], [len(table) - 1], range(len(table))):
                wrong = table.astype(object).copy()
                wrong.iloc[list(rows), list(table.columns).index(column)] = value
                yield wrong
        yield table.drop(columns=column)
    yield from (table.iloc[:n] for n in range(4))


@pytest.mark.parametrize("name", METHODS)
def test_only_value_errors_come_out(name):
    table, method = METHODS[name]
    refused = 0
    for wrong in attempts(table):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                method(wrong)
            except ValueError as error:
                refused += 1
                assert len(str(error)) > 20
            except KeyError as error:  # the caller of this test asked for a column that was dropped
                assert error.args[0] in table.columns
    assert refused > 10

"""Whatever stands in a table, only a ValueError with words comes out (no hypothesis here: every cell)."""

import warnings

import numpy as np
import pandas as pd
import pytest

from flyway.impact.baci import baci
from flyway.impact.food import bird_days
from flyway.impact.landcover import land_transitions
from flyway.impact.progressive import progressive_baci
from flyway.impact.resources import fit_resource_selection
from flyway.impact.selection import estimate_selection
from flyway.impact.trials import fit_persistence

JUNK = [None, np.nan, np.inf, -1, 0, 10**9, 2.5, "", "many", pd.NaT]
SEASONS = pd.DataFrame(
    {
        "year": [*range(2000, 2010)] * 2,
        "treatment": ["impact"] * 10 + ["control"] * 10,
        "period": (["before"] * 5 + ["after"] * 5) * 2,
        "count": [9, 12, 8, 11, 10, 5, 7, 4, 6, 6, 11, 9, 12, 10, 8, 10, 12, 9, 11, 10],
    }
)
PLACES = pd.DataFrame({"used": [1] * 8 + [0] * 40, "x": np.sin(np.arange(48))})
TRIAL = pd.DataFrame({"last": [0, 1, 2, 5, 3], "absent": [1, 2, 3, np.nan, 7]})
USE = pd.DataFrame([[5, 10], [3, 4], [8, 1]], columns=["wet", "dry"])

METHODS = {
    "baci": (SEASONS, lambda t: baci(t, date="year")),
    "progressive": (SEASONS, lambda t: progressive_baci(t, start=2004)),
    "resources": (PLACES, lambda t: fit_resource_selection(t, "x")),
    "persistence": (TRIAL, lambda t: fit_persistence(t["last"], t["absent"])),
    "selection": (USE, lambda t: estimate_selection(t, [0.4, 0.6])),
    "one line of use": (USE, lambda t: estimate_selection(t["wet"], t["dry"])),
    "bird days": (SEASONS[:10], lambda t: bird_days(t["year"], t["count"])),
    "land": (SEASONS, lambda t: land_transitions(t["treatment"], t["period"], area=t["count"])),
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

"""Whatever stands in a table, only a ValueError with words comes out (no hypothesis here: every cell)."""

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


@pytest.mark.parametrize("name", METHODS)
def test_only_value_errors_come_out(count_refusals, name):
    assert count_refusals(*METHODS[name]) > 10

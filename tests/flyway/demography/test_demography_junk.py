"""Whatever stands in a table, only a ValueError with words comes out (no hypothesis here: every cell)."""

import pandas as pd
import pytest

from flyway.demography.age_ratio import age_ratio
from flyway.demography.density import compare_density
from flyway.demography.extinction import extinction_risk
from flyway.demography.projection import project_matrix
from flyway.demography.survival import fit_survival

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


@pytest.mark.parametrize("name", METHODS)
def test_only_value_errors_come_out(count_refusals, name):
    assert count_refusals(*METHODS[name]) > 10

import numpy as np
import pytest

from flyway.impact.baci import baci
from flyway.impact.power import power_baci

COLUMNS = {"treatment": "SiteClass", "period": "Period", "site": "Site"}


def test_crabs_one_pair_of_sites(case):
    crabs = case("baci_crabs")
    fit = baci(crabs.table("data"), "Density", **COLUMNS)
    assert fit.design == "simple"
    # Schwarz subtracts the impact change from the control change: the sign is the other way round
    assert -fit.estimate == crabs.near("baci")
    assert fit.se == crabs.near("se")
    assert fit.p_value == crabs.near("p")
    assert fit.variances["residual"] == crabs.near("ms_resid")


def test_crabs_with_two_controls(case):
    crabs = case("baci_crabs_multi")
    fit = baci(crabs.table("data"), "Density", **COLUMNS)
    assert fit.design == "mixed"
    assert -fit.estimate == crabs.near("baci")
    assert fit.se == crabs.near("se")
    assert fit.variances["site"] == crabs.near("var_site")
    assert fit.variances["site:period"] == crabs.near("var_site_period")
    assert fit.variances["residual"] == crabs.near("var_resid")
    # SAS output of the same course notes: Satterthwaite df 1.11, p 0.8002
    assert fit.df == pytest.approx(1.11, abs=0.006)
    assert fit.p_value == pytest.approx(0.8002, abs=6e-4)


# Power tables printed in the same course notes (crab, crab with several controls, and fry studies).
@pytest.mark.parametrize(
    ("published", "effect", "design"),
    [
        (0.3533207, -5, {"samples": 5, "sd_sample": 3.32}),
        (0.9138353, -5, {"samples": 20, "sd_sample": 3.32}),
        (0.09574448, -5, {"sites": (1, 2), "samples": 5, "sd_site_date": 1.296, "sd_sample": 3.3}),
        (
            0.2842776,
            -5,
            {
                "sites": (1, 4),
                "samples": (20, 20, 5, 5),
                "sd_site_date": 1.296,
                "sd_sample": 3.3,
            },
        ),
        (0.8368768, -5, {"sites": (2, 10), "samples": 40, "sd_site_date": 1.296, "sd_sample": 3.3}),
        (
            0.2996488,
            -0.5,
            {
                "sites": (3, 3),
                "dates": (3, 2),
                "samples": 3,
                "sd_site_date": 0.1,
                "sd_sample": 0.75,
            },
        ),
    ],
)
def test_power_tables(published, effect, design):
    assert np.isclose(power_baci(effect, **design).estimate, published, atol=1e-6)

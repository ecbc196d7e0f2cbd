import numpy as np
import pandas as pd
import pytest

from flyway.demography.survival import fit_survival


def dippers(case):
    published = case("cjs_dipper")
    return published, published.table("ch")


def test_dippers_constant(case):
    published, birds = dippers(case)
    fit = fit_survival(birds)
    assert fit.estimate == published.near("phi_dot")
    assert fit.se == published.near("phi_dot_se")
    assert fit.p == published.near("p_dot")
    assert fit.p_se == published.near("p_dot_se")
    assert fit.deviance == published.near("neg2lnl_dot")


def test_dippers_by_year_and_by_flood(case):
    published, birds = dippers(case)
    assert fit_survival(birds, "time").deviance == published.near("neg2lnl_phit_pdot")
    flood = pd.DataFrame({"flood": [0, 1, 1, 0, 0, 0]})
    fit = fit_survival(birds, "flood", interval_data=flood)
    assert fit.deviance == published.near("neg2lnl_flood")
    assert fit.real["estimate"][:2].tolist() == published.near("flood_phi")


def test_dippers_confounded(case):
    published, birds = dippers(case)
    fit = fit_survival(birds, "time", "time")
    assert fit.deviance == published.near("neg2lnl_phit_pt")
    assert fit.estimable == 11
    # of the 98 birds released on occasion 6 52 were seen on the last: the product by hand
    y = np.array([list(map(int, f"{h:07d}")) for h in birds["ch"]])
    released = y[:, 5].sum()
    assert fit.product[0] == pytest.approx(y[y[:, 5] == 1, 6].mean(), abs=1e-4)
    assert released == 98

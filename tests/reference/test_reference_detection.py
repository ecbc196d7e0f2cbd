import numpy as np
import pytest

from flyway.detection.distance import fit_distance
from flyway.detection.nmixture import fit_nmixture
from flyway.detection.occupancy import fit_occupancy


@pytest.mark.parametrize("name", ["distance_ducknest", "distance_wren_hn"])
def test_half_normal_line_transects(case, name):
    published = case(name)
    fit = fit_distance(published.table("obs")["distance"], published.data["truncation"])
    assert fit.loglik == published.near("lnl")
    assert fit.aic == published.near("AIC")
    assert fit.estimate == published.near("average_p")
    assert fit.se == published.near("average_p_se")
    assert fit.sigma_m == published.near("sigma")
    assert fit.n == published.value("n")


def test_salamander_occupancy(case):
    published = case("occu_salamander")
    fit = fit_occupancy(published.table("y"))
    assert fit.estimate == published.near("psi")
    assert fit.se == published.near("psi_se")
    assert fit.p == published.near("p")
    assert fit.p_se == published.near("p_se")
    assert -2 * fit.fit.loglik == published.near("neg2lnl")


def test_mallard_n_mixture(case):
    published = case("nmix_mallard_null")
    counts = published.table("data").filter(regex=r"^y\.")
    poisson = fit_nmixture(counts, K=50)
    assert poisson.fit.params.tolist() == published.near("P_coef")
    assert poisson.fit.se.tolist() == published.near("P_se")
    assert poisson.aic == published.near("P_AIC")
    negbin = fit_nmixture(counts, family="negbin", K=50)
    assert negbin.fit.params.tolist() == published.near("NB_coef")
    assert negbin.aic == published.near("NB_AIC")
    assert np.isclose(np.log(negbin.theta), published.value("NB_coef")[2], atol=2e-3)

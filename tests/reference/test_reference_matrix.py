import pytest

from flyway.demography.projection import project_matrix


def test_killer_whales(case):
    whales = case("matrix_killer_whale")
    fit = project_matrix(whales.data["matrix"])
    assert fit.estimate == whales.near("lam")
    assert fit.damping == whales.near("damping")
    assert fit.stable.tolist() == whales.near("stable")
    expected = whales.content["expected"]["elasticity"]
    for ours, row in zip(fit.elasticity.to_numpy(), expected["value"], strict=True):
        assert ours.tolist() == pytest.approx(row, abs=expected["abs_tol"])
    assert fit.elasticity.to_numpy().sum() == pytest.approx(1)

import pytest

from flyway.demography.extinction import extinction_risk


def test_grizzly_bears(case):
    bears = case("dennis_grizzly")
    counts = bears.table("counts")
    d = bears.data
    fit = extinction_risk(
        counts["year"], counts["N"], threshold=d["Ne"], current=d["Nc"], horizon=d["tmax"]
    )
    assert fit.mu == bears.near("mu")
    assert fit.sigma2 == bears.near("sigma2")
    assert [list(fit.mu_interval())] == [
        pytest.approx(row, abs=1e-5) for row in bears.value("mu_ci")
    ]
    assert list(fit.sigma2_interval()) == bears.near("sigma2_ci")
    assert fit.risk()["estimate"].tolist() == bears.near("quasi_ext_cdf")

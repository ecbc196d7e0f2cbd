import pytest

from flyway.impact.carcasses import carcass_detection
from flyway.impact.killed import estimate_killed


def test_korner_huso_erickson(case):
    carcass = case("carcass_korner")
    d = carcass.data
    trial = {"persistence": d["s"], "efficiency": d["f"], "interval_days": d["d"]}
    assert carcass_detection(**trial, searches=d["n"]).estimate == carcass.near("pkorner")
    assert carcass_detection(**trial, method="huso").estimate == carcass.near("phuso")
    e = d["erickson"]
    erickson = carcass_detection(
        persistence=e["s"], efficiency=e["f"], interval_days=e["d"], method="erickson"
    )
    assert erickson.estimate == carcass.near("perickson_s84_d2")


def test_posterior_by_hand():
    # P(N | x) = C(N, x) p^(x+1) (1-p)^(N-x): with x = 0 and p = 1/2 it is 1/2, 1/4, 1/8 …
    killed = estimate_killed(0, 0.5)
    assert killed.posterior.iloc[:4].tolist() == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 16])
    assert killed.interval() == (0, 4)  # 1 - 1/2^5 = 0.969 is the first to pass 0.95
    three = estimate_killed(3, 0.5)
    assert three.posterior[3:6].tolist() == pytest.approx([1 / 16, 4 / 32, 10 / 64])
    assert three.ratio == 6

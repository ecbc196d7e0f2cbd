import numpy as np

from flyway.survey.power import trend_power
from flyway.survey.stratified import estimate_clusters, estimate_stratified


def test_gerrodette_linear_power(case):
    published = case("power_gerrodette_linear")
    d = published.data
    options = (d["n"], d["PSE"], d["trend"], "1/sqrt", d["alpha"], d["tails"])
    ours = [[r, trend_power(r / 100, *options)] for r, _ in published.value("R_power")]
    assert np.array(ours) == published.near("R_power")


def test_stratified_schools(case):
    api = case("stratified_api")
    table = api.table("strat")
    mean = estimate_stratified(table, "api00", "stype", "fpc")
    assert mean.estimate == api.near("mean")
    assert mean.se == api.near("se")
    enrolled = estimate_stratified(table, "enroll", "stype", "fpc")
    assert enrolled.total == api.near("total")
    assert enrolled.total_se == api.near("total_se")


def test_one_stage_clusters(case):
    api = case("stratified_api")
    table = api.table("clus")
    result = estimate_clusters(table, "api00", "dnum", population_clusters=table["fpc"].iloc[0])
    assert result.estimate == api.near("cluster_mean")
    assert result.se == api.near("cluster_se")

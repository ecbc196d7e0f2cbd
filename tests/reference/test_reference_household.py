from flyway.people.household import estimate_mean, estimate_total


def test_weighted_survey_of_schools_by_strata(case):
    api = case("stratified_api")
    design = {"weight": "pw", "strata": "stype", "population": "fpc"}
    mean = estimate_mean(api.table("strat"), "api00", **design)
    assert mean.estimate == api.near("mean")
    assert mean.se == api.near("se")
    total = estimate_total(api.table("strat"), "enroll", **design)
    assert total.estimate == api.near("total")
    assert total.se == api.near("total_se")


def test_weighted_survey_of_schools_by_clusters(case):
    api = case("stratified_api")
    clusters = api.table("clus")
    mean = estimate_mean(
        clusters, "api00", weight="pw", cluster="dnum", population=clusters["fpc"].iloc[0]
    )
    assert mean.estimate == api.near("cluster_mean")
    assert mean.se == api.near("cluster_se")

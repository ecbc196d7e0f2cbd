from flyway.counts.iucn import iucn_reduction


def test_indian_ocean_subpopulation(case):
    guide = case("iucn_a2_exponential")
    d = guide.data
    result = iucn_reduction(
        d["N0"], d["N1"], 1961, 1961 + d["years"], generation_years=20, assessed_year=2001
    )
    assert result.window_years == d["window"]
    assert result.annual_rate == guide.near("annual_rate")
    assert result.estimate == guide.near("reduction_3gen")
    assert result.population_then == guide.near("pop_3gen_ago")
    assert result.category == "CR"

import re

from flyway.decisions.ahp import weigh_pairs


def test_saaty_drinks(case):
    drinks = case("ahp_drinks")
    pairs = {tuple(re.split(">", key)): value for key, value in drinks.data["pairwise"].items()}
    found = weigh_pairs(pairs)
    assert found.weights.to_dict() == drinks.near("weights")
    assert found.consistency_ratio == drinks.near("CR")

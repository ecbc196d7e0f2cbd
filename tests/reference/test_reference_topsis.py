import pandas as pd

from flyway.decisions.scores import score_topsis


def test_topsis_without_weights_or_normalisation(case):
    small = case("topsis_small")
    table = pd.DataFrame(small.data["matrix"])
    found = score_topsis(table, small.data["weights"], normalise="none")
    assert found.scores.tolist() == small.near("similarity")

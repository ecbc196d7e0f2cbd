import numpy as np
import pandas as pd
import pytest

from flyway.impact.selection import estimate_selection


def test_moose_design_I(case):
    moose = case("manly_moose")
    fit = estimate_selection(moose.data["used"], moose.data["available"])
    assert fit.design == "I"
    assert fit.ratios["estimate"].tolist() == moose.near("w")
    assert fit.ratios["se"].tolist() == moose.near("se")
    assert fit.ratios["standardised"].tolist() == moose.near("B")
    # Neu, Byers & Peek (1974): chi-square of the same moose is 43.7 with 3 df
    assert fit.tests["chi2"][0] == pytest.approx(43.7, abs=0.05)


def test_design_II_by_hand():
    # two animals, two habitats, availability one half each
    used = pd.DataFrame([[8, 2], [4, 6]], columns=["wet", "dry"])
    fit = estimate_selection(used, [1, 1])
    assert fit.design == "II"
    # w = (12 / 20) / 0.5; y - w x = 8 - 6, 4 - 6; var = 2 / 1 * (4 + 4) / 10 ^ 2
    assert fit.ratios["estimate"].tolist() == pytest.approx([1.2, 0.8])
    assert fit.ratios["se"].tolist() == pytest.approx([0.4, 0.4])
    per_animal = 2 * (8 * np.log(8 / 5) + 2 * np.log(2 / 5) + 4 * np.log(4 / 5) + 6 * np.log(6 / 5))
    assert fit.tests["chi2"][0] == pytest.approx(per_animal)
    assert fit.tests["df"].tolist() == [2, 1, 1]
    assert fit.tests["chi2"][1] + fit.tests["chi2"][2] == pytest.approx(fit.tests["chi2"][0])
    # design III with the same availability for both animals is the same
    third = estimate_selection(used, pd.DataFrame([[1, 1], [1, 1]]))
    assert third.design == "III"
    assert third.ratios["se"].tolist() == pytest.approx([0.4, 0.4])

"""Published cases live beside the checkout, not in it: they carry their sources' licences."""

import json
from pathlib import Path

import pandas as pd
import pytest

CASES = Path(__file__).resolve().parents[3] / "shared" / "methods" / "open"


class Case:
    """One published case: its data, its expected values and their tolerances."""

    def __init__(self, name):
        self.name = name
        self.content = json.loads((CASES / f"{name}.json").read_text())
        self.data = self.content["data"]

    def table(self, name):
        return pd.read_csv(CASES / f"{self.name}__{name}.csv")

    def value(self, key):
        return self.content["expected"][key]["value"]

    def near(self, key):
        expected = self.content["expected"][key]
        return pytest.approx(expected["value"], abs=expected["abs_tol"], rel=0)


@pytest.fixture
def case():
    """Open a published case by name; skip where the folder of cases is absent."""

    def load(name):
        if not CASES.is_dir():
            pytest.skip(
                f"the published reference cases are not on this machine ({CASES.name} folder absent)"
            )
        return Case(name)

    return load

"""Published cases live beside the checkout, not in it: they carry their sources' licences."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

CASES = Path(__file__).resolve().parents[3] / "shared" / "methods" / "open"


COMPARISONS = []


class Published:
    """A published value that notes what it was compared with, for the page of evidence."""

    __array_ufunc__ = None  # numpy hands the comparison to us
    __hash__ = None

    def __init__(self, case, key):
        expected = case.content["expected"][key]
        self.case, self.key = case, key
        value = expected["value"]
        if isinstance(value, list) and value and isinstance(value[0], list):
            value = np.array(value, dtype=float)  # pytest.approx takes arrays, not lists of lists
        self.approx = pytest.approx(value, abs=expected["abs_tol"], rel=0)

    def __eq__(self, ours):
        COMPARISONS.append(
            {
                "method": self.case.content["method"],
                "source": self.case.content["source"],
                "provenance": self.case.content["provenance"],
                "case": self.case.name,
                "quantity": self.key,
                "published": _plain(self.case.value(self.key)),
                "ours": _plain(ours),
            }
        )
        return ours == self.approx

    def __repr__(self):
        return repr(self.approx)


def _plain(value):
    """Turn numbers of numpy and pandas into what JSON can hold."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return [_plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value


def pytest_sessionfinish(session):
    """Write the comparisons where `flyway_course.evidence` asks for them."""
    if where := os.environ.get("FLYWAY_EVIDENCE"):
        Path(where).write_text(json.dumps(COMPARISONS), encoding="utf-8")


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
        return Published(self, key)


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

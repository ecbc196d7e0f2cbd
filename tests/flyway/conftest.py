"""Odd tables for every room: whatever is in them, a result or a clear error of our own comes out."""

from __future__ import annotations

import traceback
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import flyway

PACKAGE = str(Path(flyway.__file__).parent)
JUNK = [None, np.nan, np.inf, -1, 0, 10**9, 2.5, "", "many", pd.NaT]


def spoiled(table):
    """Give copies of a table with junk in one cell or column, without a column, or cut short."""
    for column in table.columns:
        for value in JUNK:
            for rows in ([0], [len(table) - 1], range(len(table))):
                wrong = table.astype(object).copy()
                wrong.iloc[list(rows), list(table.columns).index(column)] = value
                yield wrong
        yield table.drop(columns=column)
    yield from (table.iloc[:n] for n in range(4))


@pytest.fixture
def count_refusals():
    """Run a method on every spoiled copy of a table; give how many it refused with words."""

    def run(table, method):
        refused = 0
        for wrong in spoiled(table):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    method(wrong)
                except ValueError as error:
                    refused += 1
                    assert len(str(error)) > 20
                except KeyError as error:  # the test itself asked for the column that was dropped
                    assert error.args[0] in table.columns
        return refused

    return run


@pytest.fixture
def result_or_clear_error():
    """Run one of the named calls with random odd values: `calls(rng)[name]()` for each seed."""

    def run(calls, names, name, seeds):
        for seed in range(seeds):
            rng = np.random.default_rng([seed, names.index(name)])
            with warnings.catch_warnings():
                # our own lines must not warn either (pandas warns about odd columns as they are made)
                warnings.filterwarnings("error", category=RuntimeWarning, module=r"flyway")
                try:
                    calls(rng)[name]()
                except ValueError as error:
                    last = traceback.extract_tb(error.__traceback__)[-1]
                    assert PACKAGE in last.filename, (
                        f"seed {seed}: {error} came from {last.filename}"
                    )
                    assert len(str(error)) > 25, f"seed {seed}: {error}"

    return run

"""One trend per place: classes, order, errors."""

import numpy as np
import pandas as pd
import pytest

from flyway.counts.groups import trend_by
from flyway.counts.trend import trend


@pytest.fixture
def table():
    years = np.arange(2000, 2020)
    rng = np.random.default_rng(7)
    parts = {"up": 100 * 1.08 ** (years - 2000), "down": 900 * 0.9 ** (years - 2000)}
    parts["flat"] = np.full(len(years), 80.0)
    return pd.concat(
        [
            pd.DataFrame({"place": name, "year": years, "count": rng.poisson(mean)})
            for name, mean in parts.items()
        ]
    )


def test_classes_and_order(table):
    result = trend_by(table, "place")
    assert result["place"].tolist() == ["up", "down", "flat"]
    assert result["class"].tolist() == ["rising", "falling", "not sure"]


def test_each_row_is_the_trend_of_that_place(table):
    up = table[table["place"] == "up"]
    alone = trend(up["year"], up["count"])
    row = trend_by(table, "place").iloc[0]
    assert row["percent"] == pytest.approx(alone.percent)
    assert row["lower"] == pytest.approx(100 * (alone.interval()[0] - 1))
    assert row["counts"] == 20


def test_missing_column_and_bad_group_are_named(table):
    with pytest.raises(ValueError, match="no column 'site'"):
        trend_by(table, "site")
    table.loc[table["place"] == "down", "count"] = -1
    with pytest.raises(ValueError, match="place 'down'"):
        trend_by(table, "place")

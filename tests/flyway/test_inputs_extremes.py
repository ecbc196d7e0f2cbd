"""Values that no counter can mean are named, not passed on."""

import pytest

from flyway.counts.trend import trend
from flyway.inputs import numbers, years_of


def test_a_year_with_ten_figures_is_named():
    with pytest.raises(ValueError, match="year is 1e\\+09 in row 2: a year has four figures"):
        years_of([2020, 2021, 10**9])
    with pytest.raises(ValueError, match="four figures"):
        trend([2020, 2021, 2022, 10**9], [5, 6, 7, 8])


def test_nothing_is_no_column():
    with pytest.raises(ValueError, match="count is a single value"):
        numbers(None, "count")


@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_number_beyond_all_birds_is_infinite(value):
    with pytest.raises(ValueError, match="count is infinite in row 1"):
        numbers([3, value], "count")

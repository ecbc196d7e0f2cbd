"""One morning in three countries: what the sheets say, and what was true."""

import pandas as pd
import pytest

from flyway.simulate.census_day import census_day
from flyway.simulate.census_reports import COUNTED_AT, census_reports
from flyway.survey.simultaneous import on_one_clock


def test_counts_are_what_was_there_at_the_true_hour():
    made = census_reports(seed=38)
    there = made.truth.set_index(["site", "hour"])["there"]
    for row in made.reports.itertuples():
        hour = COUNTED_AT[row.site]
        assert pd.isna(row.count) if hour is None else row.count == there[row.site, hour]
    hours = on_one_clock(made.reports, 8).dt.hour
    assert hours.dropna().tolist() == [h for h in COUNTED_AT.values() if h is not None]
    assert made.reports["local_time"].isna().sum() == 1


def test_the_same_seed_gives_the_same_morning():
    assert census_reports(seed=1).reports.equals(census_reports(seed=1).reports)
    assert not census_reports(seed=1).reports.equals(census_reports(seed=2).reports)


def test_flocks_that_fly_on_go_east_and_stay_at_the_end():
    day = census_day(2, 30, restless=0.5, onward=1.0, seed=4)
    order = {site: place for place, site in enumerate(day.sites["site"])}
    steps = day.flights["to"].map(order) - day.flights["from"].map(order)
    assert len(steps) and (steps == 1).all()
    with pytest.raises(ValueError, match="onward"):
        census_day(onward=1.5, seed=1)

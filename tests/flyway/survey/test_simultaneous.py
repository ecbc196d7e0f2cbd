from itertools import product

import numpy as np
import pandas as pd
import pytest

from flyway.survey.daylight import sun_times, tide_window
from flyway.survey.double_count import distance_km, double_count_risk
from flyway.survey.simultaneous import (
    census_grade,
    compare_methods,
    on_one_clock,
    window_coverage,
)


def clock(value):
    return pd.Timestamp(value).strftime("%H:%M")


@pytest.mark.parametrize(
    ("date", "lat", "lon", "offset", "sunrise", "sunset"),
    [
        ("2024-01-15", 37.57, 126.98, 9, "07:46", "17:37"),  # Seoul
        ("2024-06-21", 37.57, 126.98, 9, "05:11", "19:57"),
        ("2024-01-15", 22.5, 114.0, 8, "07:06", "18:00"),  # Deep Bay
        ("2024-03-20", 51.48, 0.0, 0, "06:03", "18:14"),  # Greenwich, equinox
    ],
)
def test_sun_times_are_those_of_the_almanac_within_two_minutes(
    date, lat, lon, offset, sunrise, sunset
):
    row = sun_times([date], lat, lon, offset).iloc[0]
    for found, expected in ((row["sunrise"], sunrise), (row["sunset"], sunset)):
        assert abs(found - pd.Timestamp(f"{date} {expected}")) <= pd.Timedelta(minutes=2)
    assert row["dawn"] < row["sunrise"] < row["sunset"] < row["dusk"]


def test_no_sunset_in_the_arctic_summer_is_a_blank():
    assert sun_times(["2024-06-21"], 70, 25).iloc[0][["sunrise", "sunset"]].isna().all()


def test_days_are_as_long_as_nights_at_the_equator():
    sun = sun_times(pd.date_range("2024-01-01", periods=12, freq="30D"), 0, 0)
    hours = (sun["sunset"] - sun["sunrise"]).dt.total_seconds() / 3600
    assert hours.between(12.0, 12.2).all()


def test_tide_windows_are_cut_to_daylight():
    sun = sun_times(["2024-01-15"], 37.57, 126.98, 9)
    table = tide_window(["2024-01-15 08:00", "2024-01-15 20:30"], 2, 2, sun)
    assert [clock(t) for t in table.loc[0, ["start", "end"]]] == ["07:46", "10:00"]
    assert table["hours"].round(2).tolist() == [2.23, 0.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sun_times(["2024-01-01"], 95, 0), "lat is 95"),
        (lambda: sun_times([None], 10, 0), "date is missing"),
        (lambda: tide_window([None]), "high_water is missing"),
        (
            lambda: tide_window(["2024-01-02"], daylight=sun_times(["2024-01-01"], 0, 0)),
            "no row for 2024-01-02",
        ),
    ],
)
def test_daylight_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_distance_by_hand():
    assert distance_km(0, 0, 0, 1) == pytest.approx(111.19, abs=0.01)
    assert distance_km(37.57, 126.98, 35.68, 139.69) == pytest.approx(
        1158, rel=0.01
    )  # Seoul to Tokyo


def roosts(counts=(100, 80, 60), hours=(7, 9, 11), km=(0, 20, 40)):
    return pd.DataFrame(
        {
            "site": list("ABC"),
            "lat": [35 + d / 111.19 for d in km],
            "lon": 126.0,
            "time": [f"2024-01-15 {h:02d}:00" for h in hours],
            "count": counts,
        }
    )


def test_birds_that_could_fly_on_make_the_least_number_smaller():
    result = double_count_risk(roosts())
    assert (result.upper, result.lower) == (
        240,
        100,
    )  # 100 at A could be the 80 at B and the 60 at C
    assert result.share == pytest.approx(140 / 240)


def test_birds_that_join_are_not_lost():
    result = double_count_risk(roosts(counts=(50, 40, 200)))
    assert result.lower == 200


def test_counts_at_the_same_moment_hold_different_birds():
    assert double_count_risk(roosts(hours=(8, 8, 8))).lower == 240


def test_distance_and_time_limit_the_moves():
    assert double_count_risk(roosts(km=(0, 200, 400))).lower == 240
    assert double_count_risk(roosts(), reach_km=0).lower == 240
    assert double_count_risk(roosts(), speed_km_h=12).lower == 100
    assert double_count_risk(roosts(), speed_km_h=5).lower == 240


def least_by_brute_force(table, result):
    """Try every number of birds on every possible move."""
    n, best = table["count"].tolist(), 0
    names = table["site"].tolist()
    moves = [(names.index(a), names.index(b)) for a, b in result.pairs[["from", "to"]].to_numpy()]
    for birds in product(*[range(min(n[i], n[j]) + 1) for i, j in moves]):
        out, into = [0] * len(n), [0] * len(n)
        for (i, j), b in zip(moves, birds, strict=True):
            out[i] += b
            into[j] += b
        if all(o <= c and k <= c for o, k, c in zip(out, into, n, strict=True)):
            best = max(best, sum(birds))
    return sum(n) - best


@pytest.mark.parametrize("seed", range(8))
def test_least_number_is_right_by_brute_force(seed):
    rng = np.random.default_rng(seed)
    table = roosts(
        rng.integers(0, 6, 3),
        rng.choice(np.arange(6, 12), 3, replace=False),
        rng.uniform(0, 150, 3),
    )
    result = double_count_risk(table)
    assert result.lower == least_by_brute_force(table, result)


def test_blank_counts_take_no_part_and_days_without_a_clock_are_told():
    table = roosts(counts=(100, None, 60))
    assert double_count_risk(table).upper == 160
    assert "no clock time" in double_count_risk(table.assign(time="2024-01-15")).notes[0]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"lat": [35, 95, 36]}, {}, "lat is 95 in row 1"),
        ({"time": ["2024-01-15", None, "2024-01-16"]}, {}, "time is missing in row 1"),
        ({"count": [None] * 3}, {}, "every count is blank"),
        ({"count": [1, 2, -3]}, {}, "count is negative"),
        ({}, {"speed_km_h": 0}, "speed_km_h is 0"),
    ],
)
def test_double_count_refuses(change, options, message):
    with pytest.raises(ValueError, match=message):
        double_count_risk(roosts().assign(**change), **options)


def census():
    return pd.DataFrame(
        {
            "site": list("ABCDE"),
            "time": ["2024-01-13 08:00", "2024-01-14", "2024-01-20", None, "2024-01-14 17:00"],
            "count": [100, 50, 30, 20, None],
            "usual": [60, 20, 10, 5, 5],
        }
    )


def test_window_coverage_by_hand():
    result = window_coverage(census(), "2024-01-12", "2024-01-14", usual="usual")
    assert result.table["status"].tolist() == [
        "inside",
        "inside",
        "outside",
        "no time",
        "not counted",
    ]
    assert result.estimate == pytest.approx(0.8)
    assert result.share_of_sites == pytest.approx(0.4)
    assert result.table["days_off"][2] == pytest.approx(5, abs=0.01)
    assert "D: they count as outside" in result.notes[0]


@pytest.mark.parametrize(
    ("change", "window", "message"),
    [
        ({"site": list("AABCD")}, ("2024-01-12", "2024-01-14"), "site A is listed twice"),
        ({}, ("2024-01-14", "2024-01-12"), "ends"),
        ({"time": ["soon"] * 5}, ("2024-01-12", "2024-01-14"), "time is 'soon' in row 0"),
    ],
)
def test_window_refuses(change, window, message):
    with pytest.raises(ValueError, match=message):
        window_coverage(census().assign(**change), *window)


def test_methods_that_changed_or_are_unknown_are_named():
    before = pd.DataFrame(
        {"site": list("ABC"), "method": ["roost", "roost", None], "observers": [2, 2, 2]}
    )
    now = pd.DataFrame(
        {
            "site": list("ABCD"),
            "method": ["roost", "field", "roost", "roost"],
            "observers": [2, 3, 2, 2],
        }
    )
    table = compare_methods(before, now, ["method", "observers"]).set_index("site")
    assert table["comparable"].tolist() == [True, False, False, False]
    assert table.loc["B", "changed"] == "method: roost → field; observers: 2 → 3"
    assert table.loc["C", "changed"] == "method: unknown"
    assert table.loc["D", "changed"] == "new"


def test_the_worst_measure_decides_the_grade():
    assert census_grade(0.95, 0.95, 0.01).grade == "A"
    assert census_grade(0.95, 0.60, 0.01).grade == "C"
    result = census_grade(0.95, 0.95, 0.5)
    assert result.grade == "D"
    assert result.reasons["grade"].tolist() == ["A", "A", "D"]
    with pytest.raises(ValueError, match="in_window is 95"):
        census_grade(95, 0.9)


def reports(**columns):
    return pd.DataFrame(
        {
            "date": ["2025-01-18"] * 3,
            "local_time": ["08:00", "08:00", None],
            "utc_offset_h": [8, 9, 9],
        }
        | columns
    )


def test_local_times_come_onto_one_clock():
    clock = on_one_clock(reports(), 8)
    assert clock.dt.strftime("%H:%M").tolist()[:2] == ["08:00", "07:00"]
    assert pd.isna(clock[2])
    late = on_one_clock(reports(local_time=["00:30", "00:30", ""]), 8)
    assert late.dt.date.astype(str).tolist()[:2] == ["2025-01-18", "2025-01-17"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"utc_offset_h": [8, 90, 9]}, "utc_offset_h"),
        ({"utc_offset_h": [8, None, 9]}, "utc_offset_h"),
        ({"local_time": ["8 o'clock", "08:00", None]}, "local_time is .* cannot be read"),
    ],
)
def test_times_that_cannot_be_read_are_named(columns, message):
    with pytest.raises(ValueError, match=message):
        on_one_clock(reports(**columns), 8)

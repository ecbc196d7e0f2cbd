import numpy as np
import pandas as pd
import pytest

from flyway.counts.season import season_curve, season_of, season_peaks


def test_a_season_runs_over_the_turn_of_the_year():
    table = season_of(["2023-12-10", "2024-01-20", "2024-06-30", "2024-07-01", "1999-08-01"])
    assert table["season"].tolist() == ["2023/24", "2023/24", "2023/24", "2024/25", "1999/00"]
    assert table["day"].tolist() == [163, 204, 366, 1, 32]
    assert season_of(["2024-02-01"], start_month=1)["season"].tolist() == ["2024"]


def test_peaks_and_bird_days_by_hand():
    data = pd.DataFrame(
        {
            "date": ["2024-01-11", "2023-12-01", "2023-12-11", "2023-12-21", "2024-01-01"],
            "count": [0, 0, 100, None, 40],
        }
    )
    row = season_peaks(data).iloc[0]
    assert (row["season"], row["counts"], row["blanks"], row["peak"]) == ("2023/24", 4, 1, 100)
    assert row["peak_date"] == pd.Timestamp("2023-12-11")
    assert row["last"] == pd.Timestamp("2024-01-01")
    assert row["bird_days"] == pytest.approx(10 * 50 + 21 * 70 + 10 * 20)


def test_each_site_has_its_own_peak():
    data = pd.DataFrame(
        {
            "date": ["2024-01-01"] * 2 + ["2024-02-01"] * 2,
            "site": list("ABAB"),
            "count": [5, 9, 8, 1],
        }
    )
    table = season_peaks(data, site="site")
    assert dict(zip(table["site"], table["peak"], strict=True)) == {"A": 8, "B": 9}


def winter(rng, peak=180, width=35, top=800, every=8, phi=4.0):
    days = np.arange(92, 290, every)
    mean = top * np.exp(-((days - peak) ** 2) / (2 * width**2)) + 1
    dates = pd.Timestamp("2023-07-01") + pd.to_timedelta(days - 1, unit="D")
    return dates, rng.negative_binomial(mean / (phi - 1), 1 / phi)


def test_the_peak_day_is_found_and_covered():
    rng = np.random.default_rng(2)
    inside, found = 0, []
    for _ in range(40):
        curve = season_curve(*winter(rng), df=5)
        low, high = curve.interval()
        inside += low <= 180 <= high
        found.append(curve.estimate)
    assert np.mean(found) == pytest.approx(180, abs=2)
    assert 0.88 <= inside / 40 <= 1


def test_the_same_seed_gives_the_same_interval_and_a_plot():
    import matplotlib

    matplotlib.use("Agg")
    data = winter(np.random.default_rng(1))
    assert season_curve(*data).interval() == season_curve(*data).interval()
    assert "2023-07-01" in season_curve(*data).plot().get_xlabel()
    assert season_curve(*data).summary().shape == (3, 4)


def test_a_peak_at_the_edge_is_told():
    dates = pd.date_range("2024-01-01", periods=8, freq="10D")
    assert "first or last count" in season_curve(dates, [10, 20, 30, 45, 60, 80, 99, 120]).notes[0]


@pytest.mark.parametrize(
    ("dates", "counts", "message"),
    [
        (["2024-01-01", "2024-09-01"], [1, 2], "span 2 seasons"),
        (["2024-01-01"] * 2, [1, 2], "given twice"),
        (["2024-01-01", "2024-01-05"], [1, 2], "cannot carry a curve"),
        (["2024-01-01", "soon"], [1, 2], "'soon' in row 1"),
        (["2024-01-01", "03/04/2024"], [1, 2], "'03/04/2024' in row 1"),
        ([2024, 2025], [1, 2], "date is 2024 in row 0"),
        (["2024-01-01", None], [1, 2], "date is missing in row 1"),
        (["2024-01-01", "2024-01-02"], [1], "differ in length"),
    ],
)
def test_curve_refuses(dates, counts, message):
    with pytest.raises(ValueError, match=message):
        season_curve(dates, counts)


def test_doubled_dates_are_refused_unless_sites_are_named():
    data = pd.DataFrame({"date": ["2024-01-01"] * 2, "site": ["A", "B"], "count": [1, 2]})
    with pytest.raises(ValueError, match="2024-01-01 is given twice"):
        season_peaks(data)
    assert len(season_peaks(data, site="site")) == 2

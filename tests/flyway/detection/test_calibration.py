import numpy as np
import pandas as pd
import pytest

from flyway.detection.calibration import METHODS, calibrate, observer_ratio


def flocks(rng, n, slope=1.25, spread=0.2):
    visual = np.round(np.exp(rng.normal(4.5, 0.8, n)))
    photo = np.maximum(np.round(slope * visual * np.exp(rng.normal(0, spread, n))), 0)
    return visual, photo


def test_a_perfect_observer_has_ratio_one():
    truth = [10, 200, 35]
    result = observer_ratio(truth, truth)
    assert result.estimate == 1
    assert result.interval() == (1, 1)


def test_observer_ratio_by_hand():
    result = observer_ratio([50, 200], [100, 200])  # logs: -ln 2 and 0
    assert result.estimate == pytest.approx(np.sqrt(0.5))
    half = 12.706204736 * np.log(2) / 2  # t(1 df) · sd/√2, sd = ln 2/√2
    assert result.interval() == pytest.approx(
        (np.sqrt(0.5) / np.exp(half), np.sqrt(0.5) * np.exp(half))
    )


def test_observer_ratio_interval_covers_the_truth():
    rng = np.random.default_rng(42)
    covered, logs = 0, []
    for _ in range(400):
        truth = np.exp(rng.normal(5, 1, 15))
        result = observer_ratio(truth * 0.8 * np.exp(rng.normal(0, 0.3, 15)), truth)
        low, high = result.interval()
        covered += low <= 0.8 <= high
        logs.append(np.log(result.estimate))
    assert 0.92 <= covered / 400 <= 0.98
    assert np.mean(logs) == pytest.approx(np.log(0.8), abs=0.02)


@pytest.mark.parametrize("zero_in", ["estimate", "true count"])
def test_a_zero_is_refused_with_the_mend(zero_in):
    a, b = ([5, 0], [5, 5]) if zero_in == "estimate" else ([5, 5], [5, 0])
    with pytest.raises(ValueError, match=f"{zero_in} is 0 in row 1.*calibrate"):
        observer_ratio(a, b)


def test_prediction_intervals_cover_new_flocks_when_scatter_follows_the_method():
    rng = np.random.default_rng(7)
    inside = {m: [] for m in METHODS}
    for _ in range(60):
        visual = rng.integers(20, 400, 60).astype(float)
        noise = rng.normal(size=60)
        made = {
            "regression": 30 + 1.2 * visual + 15 * noise,
            "ratio": np.maximum(1.2 * visual + 1.5 * np.sqrt(visual) * noise, 0),
            "sqrt": (1 + 1.05 * np.sqrt(visual) + 0.9 * noise) ** 2,
        }
        for method, photo in made.items():
            table = calibrate(visual[:40], photo[:40], method).correct(visual[40:])
            inside[method].append(
                ((table["lower"] <= photo[40:]) & (photo[40:] <= table["upper"])).mean()
            )
    for method in METHODS:
        assert 0.93 <= np.mean(inside[method]) <= 0.97, method


@pytest.mark.parametrize("method", METHODS)
def test_total_covers_the_true_sum(method):
    rng = np.random.default_rng(11)
    covered, bias = [], []
    for _ in range(200):
        visual = rng.integers(20, 400, 70).astype(float)
        photo = (1.1 * np.sqrt(visual) + 0.6 * rng.normal(size=70)) ** 2
        row = calibrate(visual[:40], photo[:40], method).total(visual[40:]).iloc[0]
        covered.append(row["lower"] <= photo[40:].sum() <= row["upper"])
        bias.append(row["estimate"] / photo[40:].sum())
    assert 0.90 <= np.mean(covered) <= 0.985
    assert np.mean(bias) == pytest.approx(1, abs=0.01)


def test_blank_counts_stay_blank_and_rows_keep_their_labels():
    rng = np.random.default_rng(3)
    calibration = calibrate(*flocks(rng, 30))
    counts = pd.Series([100, pd.NA, 0], index=["a", "b", "c"], dtype="Int64")
    table = calibration.correct(counts)
    assert list(table.index) == ["a", "b", "c"]
    assert np.isnan(table.loc["b", "corrected"])
    assert not np.isnan(table.loc["c", "corrected"])
    assert (table["lower"].dropna() >= 0).all()
    assert table["extrapolated"].tolist() == [False, False, True]


def test_missed_flocks_raise_the_ratio():
    assert calibrate([0, 10, 10], [10, 10, 10], "ratio").estimate == 1.5


@pytest.mark.parametrize(
    ("visual", "photo", "method", "message"),
    [
        ([1, 2], [1, 2], "regression", "2 flocks are too few"),
        ([5, 5, 5], [1, 2, 3], "sqrt", "every visual count is 5"),
        ([0, 0, 0], [1, 2, 3], "ratio", "every visual count is 0"),
        ([1, -2, 3], [1, 2, 3], "ratio", r"visual count is negative \(-2\) in row 1"),
        ([1, 2, 3], [1, None, 3], "ratio", "photo count is missing in row 1"),
        ([1, 2, 3], [1, "many", 3], "ratio", "'many' in row 1"),
        ([1, 2, 3], [1, 2], "ratio", "differ in length"),
        ([1, 2, 3], [1, 2, 3], "spline", "choose one of 'regression'"),
    ],
)
def test_bad_input_is_named(visual, photo, method, message):
    with pytest.raises(ValueError, match=message):
        calibrate(visual, photo, method)


def test_plot_draws_the_flocks():
    import matplotlib

    matplotlib.use("Agg")
    ax = calibrate(*flocks(np.random.default_rng(1), 20), "sqrt").plot()
    assert "photograph" in ax.get_ylabel()
    assert len(ax.collections[1].get_offsets()) == 20

import numpy as np
import pandas as pd
import pytest

from flyway.detection.density import estimate_density
from flyway.detection.distance import fit_distance


def distances(rng, n, sigma=60.0, w=150.0, transect="line"):
    """Birds spread evenly within w; each seen with the half-normal chance."""
    x = rng.uniform(0, w, n) if transect == "line" else w * np.sqrt(rng.random(n))
    return x[rng.random(n) < np.exp(-(x**2) / (2 * sigma**2))]


@pytest.mark.parametrize("transect", ["line", "point"])
def test_average_detection_is_unbiased_and_covered(transect):
    rng = np.random.default_rng(4)
    x = np.linspace(0, 150, 20001)
    g = np.exp(-(x**2) / (2 * 60**2))
    truth = g.mean() if transect == "line" else (x * g).mean() / x.mean()
    inside, found = 0, []
    for _ in range(150):
        fit = fit_distance(distances(rng, 250, transect=transect), 150, transect)
        low, high = fit.interval()
        inside += low <= truth <= high
        found.append(fit.estimate)
    assert np.mean(found) == pytest.approx(truth, rel=0.02)
    assert 0.91 <= inside / 150 <= 0.985


def test_units_do_not_change_detection():
    x = distances(np.random.default_rng(1), 300)
    metres, tens = fit_distance(x, 150), fit_distance(x / 10, 15)
    assert metres.estimate == pytest.approx(tens.estimate, abs=1e-6)
    assert metres.effective_m == pytest.approx(10 * tens.effective_m, abs=1e-3)


def test_distances_beyond_truncation_are_told():
    fit = fit_distance([*range(1, 50), 400], 100)
    assert fit.n == 49
    assert "1 of 50 distances beyond 100 m were left out" in fit.notes[0]


def test_flat_detection_is_reported_as_one_without_standard_error():
    fit = fit_distance(np.linspace(0, 100, 60), 100)
    assert fit.estimate == 1
    assert np.isnan(fit.se)
    assert any("does not fall with distance" in note for note in fit.notes)


def test_goodness_of_fit_sees_birds_that_fled_the_line():
    rng = np.random.default_rng(9)
    good = distances(rng, 1500)
    fled = good[(good > 40) | (rng.random(len(good)) < 0.3)]
    assert fit_distance(good, 150).goodness_of_fit()["p"][0] > 0.05
    assert fit_distance(fled, 150).goodness_of_fit()["p"][0] < 0.01


def line_survey(rng, density=40.0, lines=16, w=150.0, sigma=60.0):
    rows, transects = [], []
    for k in range(lines):
        length = rng.uniform(2, 5)
        transects.append((f"L{k}", length))
        flocks = rng.poisson(density * rng.gamma(8, 1 / 8) * 2 * w / 1000 * length)
        rows += [(f"L{k}", d) for d in distances(rng, flocks, sigma, w)]
    return (
        pd.DataFrame(rows, columns=["transect", "distance_m"]),
        pd.DataFrame(transects, columns=["transect", "length_km"]),
    )


def test_density_is_unbiased_and_covered():
    rng = np.random.default_rng(12)
    inside, found = 0, []
    for _ in range(120):
        result = estimate_density(*line_survey(rng), truncation_m=150)
        low, high = result.interval()
        inside += low <= 40 <= high
        found.append(result.estimate)
    assert np.mean(found) == pytest.approx(40, rel=0.03)
    assert 0.90 <= inside / 120 <= 0.99


def test_density_by_hand():
    # detection flat: p = 1; 20 flocks of 3 birds on 2 lines of 5 km, 100 m to each side = 2 km²
    detections = pd.DataFrame(
        {"transect": ["A", "B"] * 10, "distance_m": np.linspace(5, 100, 20), "birds": 3}
    )
    transects = pd.DataFrame({"transect": ["A", "B"], "length_km": [5.0, 5.0]})
    result = estimate_density(detections, transects, size="birds", truncation_m=100, area_km2=10)
    assert result.estimate == pytest.approx(30)
    assert result.birds == pytest.approx(300)


def test_points_by_hand():
    r = 100 * np.sqrt(np.linspace(0.02, 1, 50))  # even over the circle: p = 1
    detections = pd.DataFrame({"transect": ["A", "B"] * 25, "distance_m": r})
    points = pd.DataFrame({"transect": ["A", "B", "C"], "visits": [2, 2, 1]})
    result = estimate_density(detections, points, kind="point", truncation_m=100)
    assert result.estimate == pytest.approx(50 / (np.pi * 0.01 * 5))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([1, 2, -3] * 5,), r"distance_m is negative \(-3\) in row 2"),
        (([1.0, None] * 9,), "distance_m is missing in row 1"),
        (([1, 2, 3],), "3 distances within 3 m are too few"),
        (([0] * 20,), "are all distances 0"),
        (([0] * 20, 50), "every distance is 0"),
        (([50] * 20, 100), "every distance is 50 m"),
        ((range(20), 3), "4 distances within 3 m are too few"),
        ((range(20), -5), "truncation distance is -5 m"),
        ((range(20), float("inf")), "truncation_m is infinite"),
        (([],), "there are no distances"),
        ((range(20), 10, "road"), "choose one of 'line'"),
        ((range(20), 10, "line", "hazard-rate"), "only 'half-normal'"),
        ((["near"] * 12,), "'near'"),
    ],
)
def test_bad_distances_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        fit_distance(*args)


def test_distances_in_classes_are_told():
    fit = fit_distance([10, 30, 50] * 12, 60)
    assert any("only 3 different values" in note for note in fit.notes)
    measured = fit_distance([1, 4, 9, 15, 22, 30] * 7, 40)
    assert not any("different values" in note for note in measured.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d, t: (d, t.iloc[1:]), "'L0', which is not in the table"),
        (lambda d, t: (d, pd.concat([t, t])), "'L0' is listed twice"),
        (lambda d, t: (d, t.assign(length_km=0)), "length_km is 0 in row 0"),
        (lambda d, t: (d[d["transect"] == "L0"], t.iloc[:1]), "one transect says nothing"),
        (lambda d, t: (d.drop(columns="distance_m"), t), "no column 'distance_m'"),
    ],
)
def test_bad_surveys_are_refused(change, message):
    detections, transects = line_survey(np.random.default_rng(3))
    with pytest.raises(ValueError, match=message):
        estimate_density(*change(detections, transects))


def test_plot():
    import matplotlib

    matplotlib.use("Agg")
    ax = fit_distance(distances(np.random.default_rng(1), 300), 150).plot()
    assert ax.get_xlabel() == "distance (m)"

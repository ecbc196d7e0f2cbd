import numpy as np
import pandas as pd
import pytest

from flyway.detection.closed import mark_resight
from flyway.detection.double_observer import dependent_observers, independent_observers
from flyway.detection.huggins import huggins
from flyway.detection.likelihood import NotIdentifiable


def independent(rng, sites=30, lam=12.0, p1=0.7, p2=0.5):
    birds = rng.poisson(lam, sites)
    cells = np.array([p1 * (1 - p2), (1 - p1) * p2, p1 * p2, (1 - p1) * (1 - p2)])
    y = np.array([rng.multinomial(n, cells) for n in birds])
    return pd.DataFrame(y[:, :3], columns=["only_first", "only_second", "both"]), birds.sum()


def dependent(rng, visits=40, lam=15.0, p1=0.8, p2=0.6):
    rows, present = [], 0
    for k in range(visits):
        a, b = (p1, p2) if k % 2 == 0 else (p2, p1)
        n = rng.poisson(lam)
        lead = rng.binomial(n, a)
        rows.append(("AB"[k % 2], lead, rng.binomial(n - lead, b)))
        present += n
    return pd.DataFrame(rows, columns=["primary", "seen_by_primary", "added_by_secondary"]), present


@pytest.mark.parametrize("make", [independent, dependent])
def test_birds_and_detection_are_found_and_covered(make):
    rng = np.random.default_rng(17)
    estimate = {independent: independent_observers, dependent: dependent_observers}[make]
    inside, ratio, p1 = 0, [], []
    runs = 60
    for _ in range(runs):
        table, truth = make(rng)
        result = estimate(table)
        low, high = result.interval()
        inside += low <= truth <= high
        ratio.append(result.estimate / truth)
        p1.append(result.p_first)
    assert np.mean(ratio) == pytest.approx(1, abs=0.02)
    assert np.mean(p1) == pytest.approx(0.7 if make is independent else 0.8, abs=0.02)
    assert 0.88 <= inside / runs <= 1


def test_by_hand():
    result = independent_observers(
        pd.DataFrame({"only_first": [20], "only_second": [10], "both": [40]})
    )
    assert result.p_first == pytest.approx(0.8)
    assert result.p_second == pytest.approx(2 / 3)
    assert result.estimate == pytest.approx(60 * 50 / 40)
    assert result.interval()[0] >= 70


def test_dependent_formula_by_hand():
    # 100 birds for each leader, p1 = 0.8, p2 = 0.5
    table = pd.DataFrame(
        {"primary": ["A", "B"], "seen_by_primary": [80, 50], "added_by_secondary": [10, 40]}
    )
    result = dependent_observers(table)
    assert (result.p_first, result.p_second) == pytest.approx((0.8, 0.5))
    assert result.estimate == pytest.approx(200)
    assert result.coefficients.identifiable


def test_abundance_may_follow_a_covariate():
    rng = np.random.default_rng(3)
    area = rng.uniform(0, 2, 60)
    table, _ = independent(rng, sites=60, lam=np.exp(1.5 + 0.8 * area))
    fit = independent_observers(table.assign(area=area), abundance="area").coefficients
    assert fit.params["log_lambda: area"] == pytest.approx(0.8, abs=3 * fit.se["log_lambda: area"])


def test_an_observer_who_misses_nothing_is_at_the_limit():
    table = pd.DataFrame({"only_first": [0], "only_second": [4], "both": [20]})
    result = independent_observers(table)
    assert result.p_second == 1
    assert result.estimate == 24
    assert result.interval() == (24, 24)
    assert "limit of 1" in result.notes[0]


def test_role_swap_is_required_and_the_reason_given():
    table, _ = dependent(np.random.default_rng(1))
    with pytest.raises(NotIdentifiable, match=r"A led every count.*swap roles"):
        dependent_observers(table[table["primary"] == "A"])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("only_first", -1, r"only_first is negative \(-1\) in row 1"),
        ("both", np.nan, "both is missing in row 1"),
        ("only_second", 1.5, "only_second is 1.5 in row 1"),
    ],
)
def test_independent_refuses(column, value, message):
    table = pd.DataFrame({"only_first": [2.0, 3], "only_second": [1.0, 2], "both": [4.0, 5]})
    table.loc[1, column] = value
    with pytest.raises(ValueError, match=message):
        independent_observers(table)


def test_no_overlap_is_refused():
    with pytest.raises(ValueError, match=r"no bird was seen by both.*minimum"):
        independent_observers(pd.DataFrame({"only_first": [2], "only_second": [1], "both": [0]}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"primary": ["A", "B", "C"]}, "3 names"),
        ({"primary": ["A", None, "B"]}, "primary is missing in row 1"),
        ({"seen_by_primary": [0, 5, 0]}, "A saw no bird as primary"),
        ({"added_by_secondary": [9, 9, 9]}, "added too many birds"),
    ],
)
def test_dependent_refuses(change, message):
    table = pd.DataFrame(
        {"primary": ["A", "B", "A"], "seen_by_primary": [5, 4, 3], "added_by_secondary": [1, 1, 0]}
    ).assign(**change)
    with pytest.raises(ValueError, match=message):
        dependent_observers(table)


@pytest.mark.parametrize("method", ["chapman", "petersen", "bailey"])
def test_closed_estimators_cover_the_truth(method):
    rng = np.random.default_rng(5)
    inside, ratio = 0, []
    for _ in range(400):
        n1, n2 = 150, 120
        m = rng.binomial(n2, n1 / 500) if method != "chapman" else rng.hypergeometric(n1, 350, n2)
        result = mark_resight(n1, n2, m, method)
        low, high = result.interval()
        inside += low <= 500 <= high
        ratio.append(result.estimate / 500)
    assert 0.92 <= inside / 400 <= 0.98
    assert np.mean(ratio) == pytest.approx(1, abs=0.03 if method == "petersen" else 0.01)


def test_no_bird_seen_twice():
    with pytest.raises(ValueError, match=r"infinite.*chapman"):
        mark_resight(20, 15, 0, "petersen")
    result = mark_resight(20, 15, 0)
    assert result.estimate == 21 * 16 - 1
    assert "far too low" in result.notes[0]


def test_every_bird_seen_twice():
    result = mark_resight(30, 30, 30)
    assert (result.estimate, result.se) == (30, 0)
    assert result.interval() == (30, 30)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((10, 5, 6), "m is 6, more than the 5"),
        ((10, 5.5, 3), "n2 .seen later. is 5.5"),
        ((-1, 5, 0), "n1 .marked. is negative"),
        ((0, 5, 0), "both visits need birds"),
        (("ten", 5, 3), "'ten'"),
        ((None, 5, 3), "n1 .marked. is missing"),
    ],
)
def test_impossible_numbers_are_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        mark_resight(*numbers)


def flocks(rng, n=400):
    size = np.round(np.exp(rng.normal(2.5, 1, n))) + 1
    p = 1 / (1 + np.exp(-(-2.0 + 1.0 * np.log(size))))
    seen = rng.random((n, 2)) < p[:, None]
    table = pd.DataFrame(
        {"seen_first": seen[:, 0].astype(int), "seen_second": seen[:, 1].astype(int), "size": size}
    )
    return table[seen.any(axis=1)], n, size.sum()


def test_huggins_without_covariates_is_lincoln_petersen():
    table, _, _ = flocks(np.random.default_rng(2))
    n1, n2 = table["seen_first"].sum(), table["seen_second"].sum()
    m = (table["seen_first"] * table["seen_second"]).sum()
    assert huggins(table).estimate == pytest.approx(n1 * n2 / m, rel=1e-6)


def test_huggins_with_size_finds_small_flocks_that_the_plain_estimate_misses():
    rng = np.random.default_rng(6)
    inside, plain, sized, birds = 0, [], [], []
    runs = 25
    for _ in range(runs):
        table, truth, birds_truth = flocks(rng)
        result = huggins(table, formula="np.log(size)", size="size")
        low, high = result.interval()
        inside += low <= truth <= high
        sized.append(result.estimate / truth)
        plain.append(huggins(table).estimate / truth)
        birds.append(result.birds / birds_truth)
    assert np.mean(plain) < 0.97
    assert np.mean(sized) == pytest.approx(1, abs=0.03)
    assert np.mean(birds) == pytest.approx(1, abs=0.03)
    assert inside / runs >= 0.84


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seen_first": [0, 1, 1], "seen_second": [0, 1, 1]}, "row 0 was seen by nobody"),
        ({"seen_first": [2, 1, 1]}, "seen_first is 2 in row 0"),
        ({"seen_first": [1, 1, 0], "seen_second": [0, 0, 1]}, "no flock was seen by both"),
        ({"seen_first": [1, 1, 1]}, "limit of 1"),
        ({"size": [1.0, None, 3.0]}, "cannot be read"),
    ],
)
def test_huggins_refuses(change, message):
    table = pd.DataFrame(
        {"seen_first": [1, 0, 1], "seen_second": [0, 1, 1], "size": [1.0, 2, 3]}
    ).assign(**change)
    with pytest.raises(ValueError, match=message):
        huggins(table, formula="size")
